/*
 * The sandbox over HTTP: every served endpoint, every answer held against its contract, and
 * the data coherent between endpoints.
 */
#include "client.h"

static struct sandbox *sandbox;
static struct client client;

static int setup(void **state)
{
    (void)state;
    sandbox = client_start((struct sandbox_options){.orders = 300});
    if (!sandbox)
        return -1;
    client_open(&client, sandbox_url(sandbox));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    client_close(&client);
    sandbox_stop(sandbox);
    return 0;
}

static const struct {
    const char *token, *cipher;
} shops[] = {{"demo-token", "demo-cipher-gb"},
             {"demo-token", "demo-cipher-th"},
             {"demo-token-single", "demo-cipher-id"},
             {"demo-token-us", "demo-cipher-us"}};

enum { SHOPS = sizeof shops / sizeof *shops, GB = 0 };

/* ---- shops ---- */

static void lists_the_shops_of_each_token(void **state)
{
    (void)state;
    static const struct {
        const char *token, *path;
        size_t count;
        const char *first;
    } rows[] = {
        {"demo-token", "/authorization/202309/shops", 2, "7495000000000000017"},
        {"demo-token-single", "/authorization/202309/shops", 1, "7495000000000000031"},
        {"demo-token", "/seller/202309/shops", 2, "7495000000000000017"},
        {"demo-token-us", "/seller/202309/shops", 1, "7495000000000000048"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct got got =
            client_good(&client, &(struct ask){.path = rows[i].path, .token = rows[i].token});
        assert_int_equal(json_count(at(got.data, "shops")), rows[i].count);
        assert_true(str_eq(text_at(&got, got.data, "shops[0].id"), str_from(rows[i].first)));
        got_clear(&got);
    }
}

/* ---- lists ---- */

static struct got search(size_t shop, const char *query, const char *body, struct str page)
{
    struct buf text, token;
    buf_init(&text, 8192);
    buf_init(&token, 8192);
    url_encode(page, &token);
    buf_printf(&text, "shop_cipher=%s&%s&page_token=" STR_FMT, shops[shop].cipher, query,
               STR_ARG(buf_str(&token)));
    buf_add_char(&text, '\0');
    struct got got = client_good(&client, &(struct ask){.method = "POST",
                                                        .path = "/order/202309/orders/search",
                                                        .query = text.p,
                                                        .body = str_from(body),
                                                        .token = shops[shop].token});
    buf_clear(&text);
    buf_clear(&token);
    return got;
}

struct walk {
    size_t rows, pages;
    int64_t total;
    bool sorted; /* by `field`, in the direction asked for */
};

/* All pages of a search: counts rows, and looks at the order of one field. */
static struct walk walk_pages(const char *query, const char *body, const char *field, bool down)
{
    struct walk walk = {.sorted = true};
    char next[512] = "";
    int64_t last = down ? INT64_MAX : INT64_MIN;
    do {
        struct got got = search(GB, query, body, str_from(next));
        for (struct json o = json_first(at(got.data, "orders")); json_exists(o); o = json_next(o)) {
            int64_t key = int_at(o, field);
            walk.sorted = walk.sorted && (down ? key <= last : key >= last);
            last = key;
            walk.rows++;
        }
        struct str token = text_at(&got, got.data, "next_page_token");
        snprintf(next, sizeof next, STR_FMT, STR_ARG(token));
        walk.total = int_at(got.data, "total_count");
        walk.pages++;
        got_clear(&got);
    } while (*next && walk.pages < 1000);
    return walk;
}

static void walks_pages(void **state)
{
    (void)state;
    static const struct {
        const char *name, *query, *body, *field;
        bool down;
        size_t pages;
    } rows[] = {
        {"newest first by default", "page_size=100", "{}", "create_time", true, 3},
        {"no body at all", "page_size=100", "", "create_time", true, 3},
        {"a remainder", "page_size=99", "{}", "create_time", true, 4},
        {"oldest first", "page_size=100&sort_order=ASC", "{}", "create_time", false, 3},
        {"by change", "page_size=100&sort_field=update_time", "{}", "update_time", true, 3},
        {"by change, oldest first", "page_size=50&sort_field=update_time&sort_order=ASC", "{}",
         "update_time", false, 6},
        {"small pages", "page_size=7", "{}", "create_time", true, 43},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("  %s\n", rows[i].name);
        struct walk walk = walk_pages(rows[i].query, rows[i].body, rows[i].field, rows[i].down);
        assert_int_equal(walk.rows, 300);
        assert_int_equal(walk.total, 300);
        assert_int_equal(walk.pages, rows[i].pages);
        assert_true(walk.sorted);
    }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void gives_each_row_once(void **state)
{
    (void)state;
    static char ids[300][24];
    size_t count = 0;
    char next[512] = "";
    do {
        struct got got = search(GB, "page_size=33", "{}", str_from(next));
        for (struct json o = json_first(at(got.data, "orders")); json_exists(o); o = json_next(o)) {
            struct str id = text_at(&got, o, "id");
            assert_true(count < 300 && id.n == 18);
            snprintf(ids[count++], sizeof ids[0], STR_FMT, STR_ARG(id));
        }
        struct str token = text_at(&got, got.data, "next_page_token");
        snprintf(next, sizeof next, STR_FMT, STR_ARG(token));
        got_clear(&got);
    } while (*next);
    qsort(ids, count, sizeof ids[0], by_text);
    for (size_t i = 1; i < count; i++)
        assert_string_not_equal(ids[i - 1], ids[i]);
    assert_int_equal(count, 300);
}

static void filters_rows(void **state)
{
    (void)state;
    struct got first = search(GB, "page_size=1", "{}", STR(""));
    int64_t newest = int_at(first.data, "orders[0].create_time");
    struct str buyer = text_at(&first, first.data, "orders[0].user_id");
    struct str warehouse = text_at(&first, first.data, "orders[0].warehouse_id");
    char since[128], until[128], changed[128], by_buyer[128], by_warehouse[128];
    snprintf(since, sizeof since, "{\"create_time_ge\":%lld}", (long long)newest - 1200);
    snprintf(until, sizeof until, "{\"create_time_lt\":%lld}", (long long)newest);
    snprintf(changed, sizeof changed, "{\"update_time_ge\":%lld,\"update_time_lt\":%lld}",
             (long long)newest, (long long)newest + 1);
    snprintf(by_buyer, sizeof by_buyer, "{\"buyer_user_id\":\"" STR_FMT "\"}", STR_ARG(buyer));
    snprintf(by_warehouse, sizeof by_warehouse, "{\"warehouse_ids\":[\"" STR_FMT "\"]}",
             STR_ARG(warehouse));
    got_clear(&first);
    const struct {
        const char *name, *body;
        int64_t least, most;
    } rows[] = {
        {"status", "{\"order_status\":\"UNPAID\"}", 10, 20},
        {"two filters", "{\"order_status\":\"COMPLETED\",\"shipping_type\":\"SELLER\"}", 10, 40},
        {"shipping", "{\"shipping_type\":\"SELLER\"}", 100, 100},
        {"from a time on", since, 4, 4},
        {"before a time", until, 298, 298},
        {"changed in a second", changed, 0, 2},
        {"buyer", by_buyer, 1, 2},
        {"nobody", "{\"buyer_user_id\":\"1\"}", 0, 0},
        {"warehouse", by_warehouse, 150, 150},
        {"asked to cancel", "{\"is_buyer_request_cancel\":true}", 5, 40},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("  %s\n", rows[i].name);
        struct walk walk = walk_pages("page_size=100", rows[i].body, "create_time", true);
        assert_in_range(walk.rows, rows[i].least, rows[i].most);
        assert_int_equal(walk.total, walk.rows);
    }
}

/* ---- one record ---- */

static int64_t cents(struct got *got, struct json object, const char *name)
{
    struct str text = text_at(got, object, name);
    int64_t number = 0;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] != '.')
            number = number * 10 + (text.p[i] - '0');
    return number;
}

static void check_sums(struct got *got, struct json order)
{
    static const char *const parts[] = {
        "sub_total",           "shipping_fee",      "tax",          "small_order_fee",
        "retail_delivery_fee", "buyer_service_fee", "handling_fee", "shipping_insurance_fee",
        "item_insurance_fee",  "item_insurance_tax"};
    struct json payment = at(order, "payment");
    int64_t total = 0, price = 0, sale = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        total += cents(got, payment, parts[i]);
    for (struct json l = json_first(at(order, "line_items")); json_exists(l); l = json_next(l)) {
        price += cents(got, l, "original_price");
        sale += cents(got, l, "sale_price");
    }
    assert_int_equal(total, cents(got, payment, "total_amount"));
    assert_int_equal(price, cents(got, payment, "original_total_product_price"));
    assert_int_equal(sale, cents(got, payment, "sub_total"));
    assert_int_equal(price, sale + cents(got, payment, "seller_discount") +
                                cents(got, payment, "platform_discount"));
}

static void check_times(struct json order)
{
    static const char *const times[] = {"paid_time",           "rts_time",
                                        "collection_time",     "delivery_time",
                                        "request_cancel_time", "cancel_time"};
    int64_t created = int_at(order, "create_time"), updated = int_at(order, "update_time");
    assert_true(created > 0 && created <= updated && updated <= CLIENT_NOW);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        if (json_exists(at(order, times[i])))
            assert_in_range(int_at(order, times[i]), created, updated);
}

static void check_status(struct got *got, struct json order)
{
    struct str status = text_at(got, order, "status");
    bool unpaid = str_eq(status, STR("UNPAID")), cancelled = str_eq(status, STR("CANCELLED"));
    assert_false(unpaid && json_exists(at(order, "paid_time")));
    assert_int_equal(cancelled, json_exists(at(order, "cancel_time")));
    assert_int_equal(cancelled, json_exists(at(order, "cancel_reason")));
    if (str_eq(status, STR("DELIVERED")) || str_eq(status, STR("IN_TRANSIT")))
        assert_int_equal(json_type(at(order, "tracking_number")), JSON_STRING);
}

static void adds_up(void **state)
{
    (void)state;
    size_t statuses = 0;
    bool met[9] = {false};
    static const char *const names[] = {
        "UNPAID",     "ON_HOLD",   "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "AWAITING_COLLECTION",
        "IN_TRANSIT", "DELIVERED", "COMPLETED",         "CANCELLED"};
    for (size_t shop = 0; shop < SHOPS; shop++) {
        struct got got = search(shop, "page_size=100", "{}", STR(""));
        for (struct json o = json_first(at(got.data, "orders")); json_exists(o); o = json_next(o)) {
            check_sums(&got, o);
            check_times(o);
            check_status(&got, o);
            for (size_t i = 0; i < 9; i++)
                met[i] = met[i] || str_eq(text_at(&got, o, "status"), str_from(names[i]));
        }
        got_clear(&got);
    }
    for (size_t i = 0; i < 9; i++)
        statuses += met[i];
    assert_int_equal(statuses, 9);
}

/* Every member that both hold, compared as bytes; numbers that one gives as text as text. */
static void check_same(struct got *a, struct json left, struct got *b, struct json right)
{
    for (struct json m = json_first(left); json_exists(m); m = json_next(m)) {
        struct json other = json_get(right, json_key(m, a->arena));
        if (!json_exists(other))
            continue;
        if (json_type(m) == JSON_OBJECT)
            check_same(a, m, b, other);
        if (json_type(m) == JSON_OBJECT || json_type(m) == JSON_ARRAY)
            continue;
        struct str x = json_text(m, a->arena), y = json_text(other, b->arena);
        if (!str_eq(x, y))
            fail_msg(STR_FMT ": " STR_FMT " and " STR_FMT, STR_ARG(json_key(m, a->arena)),
                     STR_ARG(x), STR_ARG(y));
    }
}

static void check_detail(struct got *list, size_t shop, const char *path)
{
    struct buf query;
    buf_init(&query, 8192);
    buf_printf(&query, "shop_cipher=%s&ids=", shops[shop].cipher);
    size_t count = 0;
    for (struct json o = json_first(at(list->data, "orders")); json_exists(o); o = json_next(o))
        buf_printf(&query, "%s" STR_FMT, count++ ? "%2C" : "", STR_ARG(text_at(list, o, "id")));
    buf_add_char(&query, '\0');
    struct got got = client_good(
        &client, &(struct ask){.path = path, .query = query.p, .token = shops[shop].token});
    assert_int_equal(json_count(at(got.data, "orders")), count);
    struct json o = json_first(at(list->data, "orders"));
    struct json d = json_first(at(got.data, "orders"));
    for (; json_exists(o); o = json_next(o), d = json_next(d)) {
        check_same(list, o, &got, d);
        struct json l = json_first(at(o, "line_items")), m = json_first(at(d, "line_items"));
        assert_int_equal(json_count(at(o, "line_items")), json_count(at(d, "line_items")));
        for (; json_exists(l); l = json_next(l), m = json_next(m))
            check_same(list, l, &got, m);
    }
    got_clear(&got);
    buf_clear(&query);
}

static void list_and_detail_agree(void **state)
{
    (void)state;
    for (size_t shop = 0; shop < SHOPS; shop++) {
        struct got list = search(shop, "page_size=50", "{}", STR(""));
        check_detail(&list, shop, "/order/202309/orders");
        check_detail(&list, shop, "/order/202507/orders");
        got_clear(&list);
    }
}

/* ---- products ---- */

static struct got product(size_t shop, struct str id)
{
    char path[128], query[128];
    snprintf(path, sizeof path, "/product/202309/products/" STR_FMT, STR_ARG(id));
    snprintf(query, sizeof query, "shop_cipher=%s", shops[shop].cipher);
    return client_good(&client,
                       &(struct ask){.path = path, .query = query, .token = shops[shop].token});
}

static void check_line(struct got *list, size_t shop, struct json line)
{
    struct got got = product(shop, text_at(list, line, "product_id"));
    struct str sku = text_at(list, line, "sku_id");
    bool found = false;
    for (struct json s = json_first(at(got.data, "skus")); json_exists(s); s = json_next(s))
        if (str_eq(text_at(&got, s, "id"), sku)) {
            found = true;
            assert_true(str_eq(text_at(&got, s, "seller_sku"), text_at(list, line, "seller_sku")));
            assert_true(str_eq(text_at(&got, s, "price.sale_price"),
                               text_at(list, line, "original_price")));
        }
    assert_true(found);
    assert_true(str_eq(text_at(&got, got.data, "title"), text_at(list, line, "product_name")));
    assert_true(str_eq(text_at(&got, got.data, "main_images[0].urls[0]"),
                       text_at(list, line, "sku_image")));
    got_clear(&got);
}

static void lines_name_products_that_exist(void **state)
{
    (void)state;
    for (size_t shop = 0; shop < SHOPS; shop++) {
        struct got list = search(shop, "page_size=40", "{}", STR(""));
        for (struct json o = json_first(at(list.data, "orders")); json_exists(o); o = json_next(o))
            for (struct json l = json_first(at(o, "line_items")); json_exists(l); l = json_next(l))
                check_line(&list, shop, l);
        got_clear(&list);
    }
}

static void texts_are_of_many_scripts(void **state)
{
    (void)state;
    static const char *const samples[] = {"🔔",   "ส่ง",      "请",      "Siân", "\\\"left\\\"",
                                          "\\n", "\\u003c", "\\u0026", "\\t"};
    struct ask ask = {.method = "POST",
                      .path = "/order/202309/orders/search",
                      .query = "shop_cipher=demo-cipher-gb&page_size=100"};
    struct buf answer;
    buf_init(&answer, 16 << 20);
    assert_int_equal(client_send(&client, &ask, &answer), 200);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        if (!has_text(buf_str(&answer), samples[i]))
            fail_msg("no '%s' in the answer", samples[i]);
    buf_clear(&answer);
}

/* ---- changes ---- */

static struct got post(const char *path, const char *body)
{
    return client_ask(&client, &(struct ask){.method = "POST",
                                             .path = path,
                                             .query = "shop_cipher=demo-cipher-gb",
                                             .body = str_from(body)});
}

static struct got first_product(void)
{
    struct got list = search(GB, "page_size=1", "{}", STR(""));
    struct got got = product(GB, text_at(&list, list.data, "orders[0].line_items[0].product_id"));
    got_clear(&list);
    return got;
}

static void prices_stay_changed(void **state)
{
    (void)state;
    struct got before = first_product();
    struct str id = text_at(&before, before.data, "id");
    struct str sku = text_at(&before, before.data, "skus[0].id");
    char path[128], body[512];
    snprintf(path, sizeof path, "/product/202309/products/" STR_FMT "/prices/update", STR_ARG(id));
    const struct {
        const char *name, *id, *price;
        int64_t code;
    } rows[] = {
        {"unknown element", "1", "{\"amount\":\"9.00\",\"currency\":\"GBP\"}", 12052557},
        {"other currency", NULL, "{\"amount\":\"9.00\",\"currency\":\"EUR\"}", 12052084},
        {"no decimal", NULL, "{\"amount\":\"9,00\",\"currency\":\"GBP\"}", 12052012},
        {"good", NULL, "{\"amount\":\"123.40\",\"currency\":\"GBP\"}", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("  %s\n", rows[i].name);
        struct str which = rows[i].id ? str_from(rows[i].id) : sku;
        snprintf(body, sizeof body, "{\"skus\":[{\"id\":\"" STR_FMT "\",\"price\":%s}]}",
                 STR_ARG(which), rows[i].price);
        struct got got = post(path, body);
        assert_int_equal(got.code, rows[i].code);
        got_clear(&got);
        got = first_product();
        assert_int_equal(str_eq(text_at(&got, got.data, "skus[0].price.sale_price"),
                                text_at(&before, before.data, "skus[0].price.sale_price")),
                         rows[i].code != 0);
        got_clear(&got);
    }
    struct got after = first_product();
    assert_true(str_eq(text_at(&after, after.data, "skus[0].price.sale_price"), STR("123.40")));
    assert_int_equal(int_at(after.data, "update_time"), CLIENT_NOW);
    got_clear(&after);
    got_clear(&before);
}

static void deactivates_in_part(void **state)
{
    (void)state;
    struct got before = first_product();
    struct str id = text_at(&before, before.data, "id");
    char body[256];
    snprintf(body, sizeof body, "{\"product_ids\":[\"17\",\"" STR_FMT "\",\"18\"]}", STR_ARG(id));
    struct got got = post("/product/202309/products/deactivate", body);
    assert_int_equal(got.code, 0);
    assert_int_equal(json_count(at(got.data, "errors")), 2);
    assert_true(str_eq(text_at(&got, got.data, "errors[0].detail.product_id"), STR("17")));
    assert_true(str_eq(text_at(&got, got.data, "errors[1].detail.product_id"), STR("18")));
    assert_int_equal(int_at(got.data, "errors[0].code"), 12052048);
    got_clear(&got);
    snprintf(body, sizeof body, "{\"product_ids\":[\"" STR_FMT "\"]}", STR_ARG(id));
    got = post("/product/202309/products/deactivate", body);
    assert_int_equal(json_count(got.data), 0);
    got_clear(&got);
    got = first_product();
    assert_true(str_eq(text_at(&got, got.data, "status"), STR("SELLER_DEACTIVATED")));
    got_clear(&got);
    got_clear(&before);
}

static void unknown_ids_are_errors_of_the_shop(void **state)
{
    (void)state;
    static const struct {
        const char *path, *query;
        int64_t code;
    } rows[] = {
        {"/product/202309/products/1729000000000000000", "shop_cipher=demo-cipher-gb", 12052032},
        {"/order/202309/orders", "shop_cipher=demo-cipher-gb&ids=576400000000000000", 21008111},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct got got =
            client_ask(&client, &(struct ask){.path = rows[i].path, .query = rows[i].query});
        assert_int_equal(got.code, rows[i].code);
        assert_int_equal(got.status, 200);
        assert_int_equal(json_type(got.data), JSON_NULL);
        got_clear(&got);
    }
    struct got th = search(1, "page_size=1", "{}", STR(""));
    char query[128];
    snprintf(query, sizeof query, "shop_cipher=demo-cipher-gb&ids=" STR_FMT,
             STR_ARG(text_at(&th, th.data, "orders[0].id")));
    struct got got =
        client_ask(&client, &(struct ask){.path = "/order/202309/orders", .query = query});
    assert_int_equal(got.code, 21008111);
    got_clear(&got);
    got_clear(&th);
}

/* ---- files ---- */

#define PNG  "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x58\0\0\x01\x90\x08\x06\0\0\0"
#define PART "--B\r\nContent-Disposition: form-data; name=\"data\"; filename=\"a.png\"\r\n\r\n"
#define USE  "--B\r\nContent-Disposition: form-data; name=\"use_case\"\r\n\r\nSIZE_CHART_IMAGE\r\n"

static void takes_pictures(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct str body;
        int64_t code, width, height;
        const char *use;
    } rows[] = {
        {"PNG", STR_C(PART PNG "\r\n" USE "--B--\r\n"), 0, 600, 400, "SIZE_CHART_IMAGE"},
        {"no use case", STR_C(PART "RIFF\0\0\0\0WEBPVP8 \r\n--B--\r\n"), 0, 600, 600, "MAIN_IMAGE"},
        {"no picture", STR_C(PART "PNG?\r\n--B--\r\n"), 12038004, 0, 0, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("  %s\n", rows[i].name);
        struct got got =
            client_ask(&client, &(struct ask){.method = "POST",
                                              .path = "/product/202309/images/upload",
                                              .body = rows[i].body,
                                              .type = "multipart/form-data; boundary=B",
                                              .multipart = true});
        assert_int_equal(got.code, rows[i].code);
        if (!rows[i].code) {
            assert_int_equal(int_at(got.data, "width"), rows[i].width);
            assert_int_equal(int_at(got.data, "height"), rows[i].height);
            assert_true(str_eq(text_at(&got, got.data, "use_case"), str_from(rows[i].use)));
            assert_true(str_starts(text_at(&got, got.data, "uri"), STR("tos-demo-i-upload/")));
        }
        got_clear(&got);
    }
}

/* ---- tokens ---- */

static struct got token(const char *path, const char *query)
{
    return client_ask(&client, &(struct ask){.path = path, .query = query, .unsigned_call = true});
}

#define GET_TOKEN     "/api/v2/token/get"
#define REFRESH_TOKEN "/api/v2/token/refresh"
#define CLIENT_ID     "app_key=demo-app&app_secret=demo-secret"
#define BY_CODE       CLIENT_ID "&grant_type=authorized_code&auth_code="
#define BY_REFRESH    CLIENT_ID "&grant_type=refresh_token&refresh_token="

static void issues_tokens(void **state)
{
    (void)state;
    static const struct {
        const char *name, *path, *query;
        int64_t code;
        size_t shops;
    } rows[] = {
        {"code", GET_TOKEN, BY_CODE "demo-code", 0, 2},
        {"code again", GET_TOKEN, BY_CODE "demo-code", 0, 2},
        {"code of another owner", GET_TOKEN, BY_CODE "demo-code-single", 0, 1},
        {"code for once", GET_TOKEN, BY_CODE "demo-code-once", 0, 2},
        {"code for once, again", GET_TOKEN, BY_CODE "demo-code-once", 36004004, 0},
        {"unknown code", GET_TOKEN, BY_CODE "no-code", 36004004, 0},
        {"refresh", REFRESH_TOKEN, BY_REFRESH "demo-refresh", 0, 2},
        {"unknown refresh token", REFRESH_TOKEN, BY_REFRESH "no-refresh", 36004005, 0},
        {"expired refresh token", REFRESH_TOKEN, BY_REFRESH "demo-refresh-expired", 36004001, 0},
        {"wrong grant", GET_TOKEN, CLIENT_ID "&grant_type=refresh_token&auth_code=demo-code",
         36009004, 0},
        {"wrong secret", GET_TOKEN,
         "app_key=demo-app&app_secret=x&grant_type=authorized_code&auth_code=demo-code", 36004003,
         0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("  %s\n", rows[i].name);
        struct got got = token(rows[i].path, rows[i].query);
        assert_int_equal(got.code, rows[i].code);
        assert_int_equal(got.status, 200);
        if (!rows[i].code) {
            char access[64];
            struct str issued = text_at(&got, got.data, "access_token");
            snprintf(access, sizeof access, STR_FMT, STR_ARG(issued));
            assert_true(str_starts(issued, STR("demo-issued-token-")));
            assert_int_equal(int_at(got.data, "access_token_expire_in"), CLIENT_NOW + 7 * 86400);
            struct got list = client_good(
                &client, &(struct ask){.path = "/authorization/202309/shops", .token = access});
            assert_int_equal(json_count(at(list.data, "shops")), rows[i].shops);
            got_clear(&list);
        }
        got_clear(&got);
    }
}

#define SECOND_CLIENT                                                                              \
    "app_key=demo-app-two&app_secret=demo-secret-two&grant_type=authorized_code&auth_code="

/* A token that is issued for `query`, used by the app of `ask`. */
static void ask_with_issued(const char *query, const struct ask *ask, int64_t code)
{
    char access[64];
    struct got issued = token(GET_TOKEN, query);
    assert_int_equal(issued.code, 0);
    snprintf(access, sizeof access, STR_FMT,
             STR_ARG(text_at(&issued, issued.data, "access_token")));
    got_clear(&issued);
    struct ask with = *ask;
    with.path = "/authorization/202309/shops";
    with.token = access;
    struct got got = client_ask(&client, &with);
    assert_int_equal(got.code, code);
    got_clear(&got);
}

static void tokens_belong_to_apps(void **state)
{
    (void)state;
    static const struct ask one = {.key = "demo-app", .secret = "demo-secret"},
                            two = {.key = "demo-app-two", .secret = "demo-secret-two"};
    ask_with_issued(BY_CODE "demo-code", &one, 0);
    ask_with_issued(BY_CODE "demo-code", &two, 36009004);
    ask_with_issued(SECOND_CLIENT "demo-code", &two, 0);
    ask_with_issued(SECOND_CLIENT "demo-code", &one, 36009004);
}

static void tokens_may_be_brief(void **state)
{
    (void)state;
    char access[64];
    struct got issued = token(GET_TOKEN, BY_CODE "demo-code-brief");
    assert_int_equal(int_at(issued.data, "access_token_expire_in"), CLIENT_NOW + 5);
    snprintf(access, sizeof access, STR_FMT,
             STR_ARG(text_at(&issued, issued.data, "access_token")));
    got_clear(&issued);
    for (int i = 0; i < 2; i++) {
        struct got got = client_ask(
            &client, &(struct ask){.path = "/authorization/202309/shops", .token = access});
        assert_int_equal(got.code, i ? 105002 : 0);
        got_clear(&got);
        atomic_store(&client_time_ms, (int64_t)(CLIENT_NOW + (i ? 0 : 5)) * 1000);
    }
}

/* ---- coverage ---- */

static void ask_for_everything(size_t shop)
{
    struct got list = search(shop, "page_size=100", "{}", STR(""));
    struct json orders = at(list.data, "orders");
    for (struct json o = json_first(orders); json_exists(o); o = json_next(o)) {
        struct got got = product(shop, text_at(&list, o, "line_items[0].product_id"));
        got_clear(&got);
    }
    got_clear(&list);
}

static void every_field_was_seen(void **state)
{
    (void)state;
    for (size_t shop = 0; shop < SHOPS; shop++)
        ask_for_everything(shop);
    size_t contracts = 0, missing = 0;
    for (size_t i = 0; i < contracts_count(client.contracts); i++) {
        const struct contract *c = contracts_at(client.contracts, i);
        if (!client.seen[i])
            continue;
        contracts++;
        for (size_t k = 0; k < c->answer.count; k++)
            if (!client.seen[i][k]) {
                missing++;
                print_error("never seen: " STR_FMT " " STR_FMT "\n", STR_ARG(c->id),
                            STR_ARG(c->answer.items[k].path));
            }
    }
    assert_true(contracts >= 11);
    assert_int_equal(missing, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_the_shops_of_each_token),
        cmocka_unit_test(walks_pages),
        cmocka_unit_test(gives_each_row_once),
        cmocka_unit_test(filters_rows),
        cmocka_unit_test(adds_up),
        cmocka_unit_test(list_and_detail_agree),
        cmocka_unit_test(lines_name_products_that_exist),
        cmocka_unit_test(texts_are_of_many_scripts),
        cmocka_unit_test(prices_stay_changed),
        cmocka_unit_test(deactivates_in_part),
        cmocka_unit_test(unknown_ids_are_errors_of_the_shop),
        cmocka_unit_test(takes_pictures),
        cmocka_unit_test(issues_tokens),
        cmocka_unit_test(tokens_belong_to_apps),
        cmocka_unit_test(tokens_may_be_brief),
        cmocka_unit_test(every_field_was_seen),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
