/*
 * What the sandbox keeps to be fast: the cache itself, and that no answer tells it from one
 * that was made anew, whoever asks and whatever was changed in between.
 */
#include "client.h"

#include "sandbox/cache.h"

#define SEARCH "/order/202309/orders/search"

/* ---- the cache ---- */

static struct str get(struct cache *cache, const char *key)
{
    struct str value;
    return cache_get(cache, str_from(key), &value) ? value : STR_NONE;
}

static void keeps_the_last_value(void **state)
{
    (void)state;
    struct cache *cache = cache_new(10000);
    assert_null(get(cache, "a").p);
    cache_put(cache, STR("a"), STR("one"));
    cache_put(cache, STR("b"), STR(""));
    cache_put(cache, STR("a"), STR("two"));
    assert_true(str_eq(get(cache, "a"), STR("two")));
    assert_true(str_eq(get(cache, "b"), STR("")));
    assert_non_null(get(cache, "b").p);
    cache_free(cache);
}

static void a_generation_ends_all(void **state)
{
    (void)state;
    struct cache *cache = cache_new(10000);
    cache_turn(cache, 5);
    cache_put(cache, STR("a"), STR("one"));
    cache_turn(cache, 5);
    assert_non_null(get(cache, "a").p);
    cache_turn(cache, 6);
    assert_null(get(cache, "a").p);
    assert_int_equal(cache_bytes(cache), 0);
    cache_free(cache);
}

static void the_oldest_make_room(void **state)
{
    enum { MOST = 100000, KEYS = 5000 };
    (void)state;
    struct cache *cache = cache_new(MOST);
    char key[32], value[100] = {0};
    for (int i = 0; i < KEYS; i++) {
        snprintf(key, sizeof key, "key %d", i);
        cache_put(cache, str_from(key), str_of(value, sizeof value));
        assert_non_null(get(cache, "key 0").p); /* asked for all the time */
        assert_true(cache_bytes(cache) <= MOST);
    }
    assert_null(get(cache, "key 1").p);
    snprintf(key, sizeof key, "key %d", KEYS - 1);
    assert_non_null(get(cache, key).p);
    char large[MOST];
    memset(large, 'x', sizeof large);
    cache_put(cache, STR("large"), str_of(large, sizeof large));
    assert_null(get(cache, "large").p);
    assert_non_null(get(cache, "key 0").p);
    cache_free(cache);
}

/* ---- answers ---- */

static struct sandbox *sandbox;

static int open_client(void **state)
{
    static struct client client;
    sandbox = client_start((struct sandbox_options){.orders = 300});
    if (!sandbox)
        return -1;
    client_open(&client, sandbox_url(sandbox));
    *state = &client;
    return 0;
}

static int close_client(void **state)
{
    client_close(*state);
    sandbox_stop(sandbox);
    return 0;
}

static struct str data_of(struct client *client, const struct ask *ask, struct buf *out)
{
    struct got got = client_good(client, ask);
    buf_reset(out);
    buf_add_str(out, json_raw(got.data));
    got_clear(&got);
    return buf_str(out);
}

/* A list, a filtered one, records by id, of two shops, two tokens and another time. */
static void asked_again_is_answered_alike(void **state)
{
    static const char *const queries[] = {
        "shop_cipher=demo-cipher-gb&page_size=50",
        "shop_cipher=demo-cipher-th&page_size=50",
        "shop_cipher=demo-cipher-gb&page_size=50&sort_field=update_time&sort_order=DESC",
        "shop_cipher=demo-cipher-gb&page_size=50&sort_field=update_time&sort_order=ASC",
        "shop_cipher=demo-cipher-id&page_size=50",
    };
    static const char *const bodies[] = {"{}", "{\"order_status\":\"DELIVERED\"}",
                                         "{\"order_status\":\"COMPLETED\"}",
                                         "{\"create_time_ge\":1699800000}"};
    enum { QUERIES = sizeof queries / sizeof *queries, BODIES = sizeof bodies / sizeof *bodies };
    struct client *client = *state;
    struct buf first[QUERIES * BODIES], again;
    buf_init(&again, 4 << 20);
    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < QUERIES * BODIES; i++) {
            bool single = i / BODIES == QUERIES - 1;
            struct ask ask = {.method = "POST",
                              .path = SEARCH,
                              .query = queries[i / BODIES],
                              .body = str_from(bodies[i % BODIES]),
                              .token = single ? "demo-token-single" : NULL};
            if (round == 0)
                buf_init(&first[i], 4 << 20);
            struct str data = data_of(client, &ask, round == 0 ? &first[i] : &again);
            assert_true(str_eq(data, buf_str(&first[i])));
            for (size_t k = 0; k < i; k++)
                assert_false(str_eq(data, buf_str(&first[k])));
        }
    for (size_t i = 0; i < QUERIES * BODIES; i++)
        buf_clear(&first[i]);
    buf_clear(&again);
}

/* All pages together are the list, each row once, whatever was kept of it. */
static void pages_are_the_list(void **state)
{
    struct client *client = *state;
    struct buf whole, paged, page;
    buf_init(&whole, 16 << 20);
    buf_init(&paged, 16 << 20);
    buf_init(&page, 1024);
    for (int round = 0; round < 2; round++) {
        size_t rows = 0;
        char token[600] = "";
        do {
            char query[900];
            snprintf(query, sizeof query,
                     "shop_cipher=demo-cipher-gb&page_size=%d&sort_field=update_time%s%s",
                     round ? 7 : 100, *token ? "&page_token=" : "", token);
            struct got got = client_good(
                client, &(struct ask){.method = "POST", .path = SEARCH, .query = query});
            for (struct json o = json_first(at(got.data, "orders")); json_exists(o);
                 o = json_next(o), rows++) {
                buf_add_str(round ? &paged : &whole, text_at(&got, o, "id"));
                buf_add_char(round ? &paged : &whole, '\n');
            }
            buf_reset(&page);
            url_encode(text_at(&got, got.data, "next_page_token"), &page);
            snprintf(token, sizeof token, STR_FMT, STR_ARG(buf_str(&page)));
            got_clear(&got);
        } while (*token);
        assert_int_equal(rows, 300);
    }
    assert_true(str_eq(buf_str(&whole), buf_str(&paged)));
    buf_clear(&whole);
    buf_clear(&paged);
    buf_clear(&page);
}

/* A change shows in what was kept before it: in the list, in filters, by id. */
static void changes_show_at_once(void **state)
{
    static const struct ask list = {.method = "POST",
                                    .path = "/product/202502/products/search",
                                    .query = "shop_cipher=demo-cipher-gb&page_size=100",
                                    .body = STR_C("{\"status\":\"ACTIVATE\"}")};
    struct client *client = *state;
    struct buf before, after;
    buf_init(&before, 4 << 20);
    buf_init(&after, 4 << 20);
    data_of(client, &list, &before);
    struct got got = client_good(client, &list);
    struct str id = text_at(&got, got.data, "products[0].id");
    int64_t count = int_at(got.data, "total_count");
    char body[100];
    snprintf(body, sizeof body, "{\"product_ids\":[\"" STR_FMT "\"]}", STR_ARG(id));
    struct ask other = list;
    other.query = "shop_cipher=demo-cipher-th&page_size=100";
    struct str elsewhere = arena_str(got.arena, data_of(client, &other, &after));
    struct got done =
        client_good(client, &(struct ask){.method = "POST",
                                          .path = "/product/202309/products/deactivate",
                                          .query = "shop_cipher=demo-cipher-gb",
                                          .body = str_from(body)});
    struct got then = client_good(client, &list);
    assert_int_equal(int_at(then.data, "total_count"), count - 1);
    assert_false(str_eq(text_at(&then, then.data, "products[0].id"), id));
    /* The other shop has what it had. */
    assert_true(str_eq(data_of(client, &other, &after), elsewhere));
    got_clear(&done);
    got_clear(&then);
    got_clear(&got);
    buf_clear(&before);
    buf_clear(&after);
}

/* What depends on the caller is made for each: two tokens, two lists of shops. */
static void callers_do_not_share(void **state)
{
    static const struct ask asks[] = {
        {.path = "/authorization/202309/shops"},
        {.path = "/authorization/202309/shops", .token = "demo-token-single"},
        {.path = "/authorization/202309/shops", .token = "demo-token-us"},
    };
    static const char *const ciphers[] = {"demo-cipher-gb", "demo-cipher-id", "demo-cipher-us"};
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < 3; i++) {
            struct got got = client_good(*state, &asks[i]);
            assert_true(str_eq(text_at(&got, got.data, "shops[0].cipher"), str_from(ciphers[i])));
            got_clear(&got);
        }
}

/* Rows that depend on the request's query: never those of another language. */
static void requests_do_not_share(void **state)
{
    static const char *const queries[] = {"shop_cipher=demo-cipher-gb&locale=en-GB",
                                          "shop_cipher=demo-cipher-gb&locale=th-TH"};
    struct buf first[2], again;
    buf_init(&again, 4 << 20);
    for (size_t i = 0; i < 6; i++) {
        struct ask ask = {.path = "/product/202309/categories", .query = queries[i % 2]};
        if (i < 2)
            buf_init(&first[i], 4 << 20);
        data_of(*state, &ask, i < 2 ? &first[i] : &again);
        if (i >= 2)
            assert_true(str_eq(buf_str(&again), buf_str(&first[i % 2])));
    }
    assert_false(str_eq(buf_str(&first[0]), buf_str(&first[1])));
    buf_clear(&first[0]);
    buf_clear(&first[1]);
    buf_clear(&again);
}

/* All in their own order: no record is looked at that is not shown. */
static void a_million_are_paged(void **state)
{
    (void)state;
    struct client client;
    struct sandbox *large = client_start((struct sandbox_options){.orders = 1000000});
    assert_non_null(large);
    client_open(&client, sandbox_url(large));
    char query[700] = "shop_cipher=demo-cipher-gb&page_size=20";
    char last[32] = "";
    for (int page = 0; page < 3; page++) {
        struct buf token;
        struct got got =
            client_good(&client, &(struct ask){.method = "POST", .path = SEARCH, .query = query});
        assert_int_equal(int_at(got.data, "total_count"), 1000000);
        struct str id = text_at(&got, got.data, "orders[0].id");
        assert_false(str_eq(id, str_from(last)));
        snprintf(last, sizeof last, STR_FMT, STR_ARG(id));
        buf_init(&token, 1000);
        url_encode(text_at(&got, got.data, "next_page_token"), &token);
        snprintf(query, sizeof query, "shop_cipher=demo-cipher-gb&page_size=20&page_token=" STR_FMT,
                 STR_ARG(buf_str(&token)));
        buf_clear(&token);
        got_clear(&got);
    }
    client_close(&client);
    sandbox_stop(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_last_value),
        cmocka_unit_test(a_generation_ends_all),
        cmocka_unit_test(the_oldest_make_room),
        cmocka_unit_test_setup_teardown(asked_again_is_answered_alike, open_client, close_client),
        cmocka_unit_test_setup_teardown(pages_are_the_list, open_client, close_client),
        cmocka_unit_test_setup_teardown(changes_show_at_once, open_client, close_client),
        cmocka_unit_test_setup_teardown(requests_do_not_share, open_client, close_client),
        cmocka_unit_test(a_million_are_paged),
        cmocka_unit_test_setup_teardown(callers_do_not_share, open_client, close_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
