/*
 * What the json room costs, against cJSON in the same process: made-up lists of orders of 2 KB
 * and 200 KB, four tasks each, interleaved over many rounds so that a busy machine disturbs
 * all alike; medians and their ratios.
 *   parse        json_parse alone
 *   translate    json_parse, a handful of fields of each row read, all of them written
 *   cjson        cJSON_Parse and cJSON_PrintUnformatted
 *   cjson parse  cJSON_Parse alone
 * usage: json_bench [rounds]
 */
#include "json/json.h"
#include "json/writer.h"
#include <cjson/cJSON.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MEMORY = 64 << 20 };

static void make_row(struct buf *out, unsigned i)
{
    uint64_t id = UINT64_C(576461302937453663) + i * UINT64_C(7919);
    unsigned cents = 100 + i * 37 % 9900;
    buf_printf(
        out,
        "{\"id\":\"%llu\",\"status\":\"AWAITING_SHIPMENT\",\"buyer_uid\":\"74%llu\","
        "\"buyer_message\":\"Please leave at the door, no. %u\",\"create_time\":%u,"
        "\"update_time\":%u,\"cancel_reason\":\"\",\"is_cod\":false,"
        "\"is_sample_order\":false,\"payment_method_name\":\"CCDC\","
        "\"shipping_provider\":\"J&T Express\",\"shipping_provider_id\":\"6617675021119438849\","
        "\"warehouse_id\":\"6955005333819123123\",\"tracking_number\":\"JX%010u\",",
        (unsigned long long)id, (unsigned long long)id % 10000000000, i, 1690000000 + i,
        1690000500 + i, i * 7919u);
    buf_printf(
        out,
        "\"payment\":{\"currency\":\"IDR\",\"sub_total\":\"%u.%02u\",\"shipping_fee\":\"%u\","
        "\"seller_discount\":\"0\",\"platform_discount\":\"500\",\"total_amount\":\"%u.%02u\","
        "\"original_shipping_fee\":\"5000\",\"tax\":\"0\"},",
        cents, cents % 100, cents / 10, cents + cents / 10, cents % 100);
    buf_printf(
        out,
        "\"recipient_address\":{\"full_address\":\"Jalan Sudirman %u, Jakarta\","
        "\"phone_number\":\"(+62)812****%02u\",\"name\":\"B*** %u\",\"postal_code\":\"%05u\","
        "\"region_code\":\"ID\",\"district_info\":[{\"address_level_name\":\"Country\","
        "\"address_name\":\"Indonesia\"},{\"address_level_name\":\"Province\","
        "\"address_name\":\"DKI Jakarta\"}]},\"line_items\":[",
        i, i % 100, i, 10000 + i % 90000);
    for (unsigned j = 0; j < 1 + i % 3; j++)
        buf_printf(
            out,
            "%s{\"id\":\"%llu\",\"sku_id\":\"17293%014llu\",\"sku_name\":\"Red, XL\","
            "\"product_id\":\"17294%014llu\",\"product_name\":\"Cotton shirt with pocket\","
            "\"seller_sku\":\"SHIRT-%u\",\"sale_price\":\"%u.00\",\"original_price\":\"%u.00\","
            "\"quantity\":%u,\"is_gift\":false,\"package_id\":\"11531%014llu\"}",
            j ? "," : "", (unsigned long long)id + j, (unsigned long long)id % 1000000 + j,
            (unsigned long long)id % 999983, i % 50, cents, cents + 10, 1 + j,
            (unsigned long long)id % 99991);
    buf_add_str(out, STR("]}"));
}

static void make_document(struct buf *out, size_t size)
{
    buf_reset(out);
    buf_add_str(out, STR("{\"code\":0,\"message\":\"Success\",\"request_id\":"
                         "\"202309121212120102030405060708090A0B\",\"data\":{\"orders\":["));
    for (unsigned i = 0; out->n < size; i++) {
        if (i > 0)
            buf_add_char(out, ',');
        make_row(out, i);
    }
    buf_printf(out, "],\"next_page_token\":\"aDU2Nzg5\",\"total_count\":1234}}");
    buf_add_char(out, '\0'); /* cJSON reads C strings */
    out->n--;
}

struct bench {
    struct str text;
    struct arena *arena;
    struct buf out;
    size_t check; /* of what was read, so that nothing is optimised away */
};

static void must(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "json_bench: %s failed\n", what);
    exit(1);
}

static void parse(struct bench *b)
{
    struct json_doc doc;
    struct json_error error;
    arena_reset(b->arena);
    must(json_parse(&doc, b->text, NULL, b->arena, &error), "json_parse");
    b->check += doc.count;
}

#define PUT(w, name, value)                                                                        \
    (json_put_key_raw(w, STR("\"" name "\":")), json_put_raw(w, json_raw(value)))

static void translate_items(struct json items, struct json_writer *w)
{
    json_put_key_raw(w, STR("\"item_list\":"));
    json_open_array(w);
    for (struct json item = json_first(items); json_exists(item); item = json_next(item)) {
        json_open_object(w);
        PUT(w, "sku_id", json_get(item, STR("sku_id")));
        PUT(w, "sku_name", json_get(item, STR("sku_name")));
        PUT(w, "product_id", json_get(item, STR("product_id")));
        PUT(w, "sku_sale_price", json_get(item, STR("sale_price")));
        PUT(w, "quantity", json_get(item, STR("quantity")));
        json_close_object(w);
    }
    json_close_array(w);
}

static void translate_row(struct json row, struct arena *arena, struct json_writer *w)
{
    struct json payment = json_get(row, STR("payment"));
    struct json address = json_get(row, STR("recipient_address"));
    json_open_object(w);
    PUT(w, "order_id", json_get(row, STR("id")));
    json_put_key_raw(w, STR("\"order_status\":"));
    json_put_i64(w,
                 str_eq(json_text(json_get(row, STR("status")), arena), STR("UNPAID")) ? 100 : 111);
    PUT(w, "buyer_message", json_get(row, STR("buyer_message")));
    PUT(w, "create_time", json_get(row, STR("create_time")));
    PUT(w, "tracking_number", json_get(row, STR("tracking_number")));
    json_put_key_raw(w, STR("\"payment_info\":"));
    json_open_object(w);
    PUT(w, "currency", json_get(payment, STR("currency")));
    PUT(w, "sub_total", json_get(payment, STR("sub_total")));
    PUT(w, "total_amount", json_get(payment, STR("total_amount")));
    json_close_object(w);
    json_put_key_raw(w, STR("\"recipient_address\":"));
    json_open_object(w);
    PUT(w, "full_address", json_get(address, STR("full_address")));
    PUT(w, "name", json_get(address, STR("name")));
    json_close_object(w);
    translate_items(json_get(row, STR("line_items")), w);
    json_close_object(w);
}

static void translate(struct bench *b)
{
    struct json_doc doc;
    struct json_error error;
    struct json_writer w;
    arena_reset(b->arena);
    buf_reset(&b->out);
    must(json_parse(&doc, b->text, NULL, b->arena, &error), "json_parse");
    struct json data = json_get(json_root(&doc), STR("data"));
    json_writer_init(&w, &b->out);
    json_open_array(&w);
    for (struct json row = json_first(json_get(data, STR("orders"))); json_exists(row);
         row = json_next(row))
        translate_row(row, b->arena, &w);
    json_close_array(&w);
    must(!buf_failed(&b->out), "writing");
    b->check += b->out.n;
}

static void cjson_both(struct bench *b)
{
    cJSON *tree = cJSON_Parse(b->text.p);
    must(tree != NULL, "cJSON_Parse");
    char *text = cJSON_PrintUnformatted(tree);
    must(text != NULL, "cJSON_PrintUnformatted");
    b->check += (size_t)text[0];
    free(text);
    cJSON_Delete(tree);
}

static void cjson_parse(struct bench *b)
{
    cJSON *tree = cJSON_Parse(b->text.p);
    must(tree != NULL, "cJSON_Parse");
    b->check += (size_t)tree->type;
    cJSON_Delete(tree);
}

static const struct task {
    const char *name;
    void (*run)(struct bench *b);
} tasks[] = {
    {"parse", parse},
    {"translate", translate},
    {"cjson parse + print", cjson_both},
    {"cjson parse", cjson_parse},
};
enum { TASKS = sizeof tasks / sizeof *tasks, COMPARED = 2 };

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* What the task before left for malloc to clean up shall not count for the next. */
static void tidy_heap(void)
{
    void *volatile p = malloc(MEMORY / 4);
    free(p);
}

static void measure(struct bench *b, size_t rounds)
{
    double *times[TASKS], median[TASKS];
    size_t repeat = 200000 / b->text.n + 1; /* enough for the clock */
    for (size_t t = 0; t < TASKS; t++)
        must((times[t] = calloc(rounds, sizeof(double))) != NULL, "calloc");
    for (size_t round = 0; round < rounds; round++) {
        for (size_t t = 0; t < TASKS; t++) {
            tidy_heap();
            double start = now_us();
            for (size_t i = 0; i < repeat; i++)
                tasks[t].run(b);
            times[t][round] = (now_us() - start) / (double)repeat;
        }
    }
    for (size_t t = 0; t < TASKS; t++) {
        qsort(times[t], rounds, sizeof(double), by_value);
        median[t] = times[t][rounds / 2];
        free(times[t]);
    }
    printf(
        "\n%zu bytes, %zu rounds      median us      MB/s   times as fast as cjson parse + print\n",
        b->text.n, rounds);
    for (size_t t = 0; t < TASKS; t++)
        printf("  %-22s %12.2f %9.0f   %10.1f\n", tasks[t].name, median[t],
               (double)b->text.n / median[t], median[COMPARED] / median[t]);
}

int main(int argc, char **argv)
{
    static const size_t sizes[] = {2000, 200000};
    uint64_t rounds = 300;
    struct buf text;
    if (argc > 2 || (argc == 2 && (!str_to_u64(str_from(argv[1]), &rounds) || rounds == 0))) {
        fprintf(stderr, "usage: json_bench [rounds]\n");
        return 2;
    }
    /* What is freed stays in the process, as in one that has served for a while. */
    mallopt(M_TRIM_THRESHOLD, MEMORY);
    mallopt(M_MMAP_THRESHOLD, MEMORY / 2);
    struct bench b = {.arena = arena_new(MEMORY)};
    must(b.arena != NULL, "arena_new");
    buf_init(&b.out, MEMORY);
    buf_init(&text, MEMORY);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        make_document(&text, sizes[i]);
        b.text = buf_str(&text);
        measure(&b, (size_t)rounds);
    }
    printf("\n(check sum %zu)\n", b.check);
    buf_clear(&text);
    buf_clear(&b.out);
    arena_free(b.arena);
    return 0;
}
