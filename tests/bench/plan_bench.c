/*
 * What translating costs: the answer of a page of whole orders, indexed, translated by the table
 * of mappings/order/get_order_detail.json and written, at 2 KB and at 200 KB. The steps are
 * timed one by one, the median of many rounds each.
 * usage: plan_bench [rounds [directory of mappings]]
 */
#include "plan/plan.h"
#include "times.h"

#include <malloc.h>
#include <stdio.h>

static void make_lines(struct buf *out, unsigned i)
{
    for (unsigned j = 0; j < 2; j++)
        buf_printf(out,
                   "%s{\"id\":\"57646130293745%04u\",\"sku_id\":\"172938226293%04u\","
                   "\"sku_name\":\"Red, XL\",\"product_id\":\"172947%06u\","
                   "\"product_name\":\"Cotton shirt with a pocket\",\"seller_sku\":\"SHIRT-%u\","
                   "\"sku_image\":\"https://p16.example/img/%u.jpg\",\"sku_type\":\"NORMAL\","
                   "\"sale_price\":\"%u.00\",\"original_price\":\"%u.50\",\"currency\":\"GBP\","
                   "\"platform_discount\":\"0\",\"seller_discount\":\"1.25\",\"is_gift\":false,"
                   "\"retail_delivery_fee\":\"0\",\"small_order_fee\":\"0\","
                   "\"display_status\":\"AWAITING_SHIPMENT\",\"rts_time\":1690000000,"
                   "\"shipping_provider_id\":\"6617675021119438849\","
                   "\"shipping_provider_name\":\"Royal Parcel\",\"tracking_number\":\"JX%010u\","
                   "\"package_id\":\"11531%014u\",\"package_status\":\"PROCESSING\","
                   "\"item_tax\":[{\"tax_type\":\"SALES_TAX\",\"tax_amount\":\"0.20\","
                   "\"tax_rate\":\"0.10\"}]}",
                   j ? "," : "", i + j, i + j, i, i % 50, i, 10 + i % 90, 12 + i % 90, i * 7919u,
                   i * 31u);
}

static void make_order(struct buf *out, unsigned i)
{
    buf_printf(out,
               "{\"id\":\"5764613029374%05u\",\"status\":\"AWAITING_SHIPMENT\","
               "\"user_id\":\"7436%06u\",\"buyer_message\":\"Please leave it at the door\","
               "\"buyer_email\":\"v3b2c1d0%u@scs.example\",\"seller_note\":\"fragile\","
               "\"create_time\":%u,\"update_time\":%u,\"paid_time\":%u,\"rts_time\":%u,"
               "\"rts_sla_time\":%u,\"tts_sla_time\":%u,\"delivery_sla_time\":%u,"
               "\"cancel_order_sla_time\":%u,\"is_cod\":false,\"is_sample_order\":false,"
               "\"is_buyer_request_cancel\":false,\"is_on_hold_order\":false,"
               "\"payment_method_name\":\"CCDC\",\"cpf\":\"3213-31123\","
               "\"fulfillment_type\":\"FULFILLMENT_BY_SELLER\",\"delivery_type\":\"HOME_DELIVERY\","
               "\"shipping_type\":\"TIKTOK\",\"shipping_provider\":\"Royal Parcel\","
               "\"shipping_provider_id\":\"6617675021119438849\",\"order_type\":\"NORMAL\","
               "\"warehouse_id\":\"6955005333819123123\",\"tracking_number\":\"JX%010u\","
               "\"delivery_option_id\":\"1231231\",\"delivery_option_name\":\"Standard shipping\","
               "\"has_updated_recipient_address\":false,\"cancellation_initiator\":\"SELLER\","
               "\"cancel_reason\":\"\",\"need_upload_invoice\":\"NO_NEED\","
               "\"split_or_combine_tag\":\"COMBINED\",",
               i, i, i, 1690000000 + i, 1690000500 + i, 1690000600 + i, 1690000700 + i,
               1690000800 + i, 1690000900 + i, 1690001000 + i, 1690001100 + i, i * 7919u);
    buf_printf(
        out,
        "\"payment\":{\"currency\":\"GBP\",\"sub_total\":\"%u.10\",\"shipping_fee\":\"2.50\","
        "\"seller_discount\":\"0\",\"platform_discount\":\"5\",\"total_amount\":\"%u.60\","
        "\"original_total_product_price\":\"%u.10\",\"original_shipping_fee\":\"5\","
        "\"shipping_fee_seller_discount\":\"0\",\"shipping_fee_platform_discount\":\"2.5\","
        "\"shipping_fee_cofunded_discount\":\"0\",\"tax\":\"0.20\",\"product_tax\":\"0.1\","
        "\"shipping_fee_tax\":\"0.1\",\"retail_delivery_fee\":\"0\",\"small_order_fee\":\"0\"},",
        i + 9, i + 12, i + 9);
    buf_printf(
        out,
        "\"recipient_address\":{\"full_address\":\"%u High Street, Kent\",\"name\":\"B*** %u\","
        "\"first_name\":\"B\",\"last_name\":\"C\",\"phone_number\":\"(+44)78****%02u\","
        "\"postal_code\":\"CT%05u\",\"region_code\":\"GB\",\"address_detail\":\"Flat %u\","
        "\"address_line1\":\"%u High Street\",\"address_line2\":\"\",\"address_line3\":\"\","
        "\"address_line4\":\"\",\"delivery_preferences\":{\"drop_off_location\":\"Door\"},"
        "\"district_info\":[{\"address_level_name\":\"Country\",\"address_name\":\"UK\","
        "\"address_level\":\"L0\"},{\"address_level_name\":\"County\","
        "\"address_name\":\"Kent\",\"address_level\":\"L1\"}]},"
        "\"packages\":[{\"id\":\"11531%014u\"}],\"line_items\":[",
        i, i, i % 100, 10000 + i % 90000, i, i, i * 31u);
    make_lines(out, i);
    buf_add_str(out, STR("]}"));
}

static void make_answer(struct buf *out, unsigned orders)
{
    buf_add_str(out, STR("{\"code\":0,\"data\":{\"orders\":["));
    for (unsigned i = 0; i < orders; i++) {
        if (i)
            buf_add_char(out, ',');
        make_order(out, i);
    }
    buf_add_str(
        out, STR("]},\"message\":\"Success\",\"request_id\":\"202203070749000101890810281E8\"}"));
}

enum { KEPT = 32 << 20 };

static const struct plan *find(const struct plans *plans, const char *name)
{
    for (size_t i = 0; i < plans_count(plans); i++)
        if (str_eq(plan_name(plans_at(plans, i)), str_from(name)))
            return plans_at(plans, i);
    fprintf(stderr, "plan_bench: no table %s\n", name);
    exit(1);
}

static void must(bool good, const struct fault *fault)
{
    if (good)
        return;
    fprintf(stderr, "plan_bench: %s: %s\n", fault->where, fault->text);
    exit(1);
}

struct times {
    double begin, build, take, reply;
};

static void once(const struct plan *plan, struct arena *arena, struct str body, struct buf *out,
                 struct times *times)
{
    struct json_doc doc;
    struct json_limits limits = {0};
    struct json_error error;
    struct fault fault = {0};
    struct plan_message message;
    struct plan_answer answer;
    struct json_writer w;
    double t0 = now_us();
    must(json_parse(&doc, STR("{\"order_id_list\":[\"576461302937453663\"]}"), &limits, arena,
                    &error),
         &fault);
    struct plan_request request = {.body = json_root(&doc)};
    struct plan_run *run = plan_begin(plan, &request, arena, &fault);
    must(run != NULL, &fault);
    double t1 = now_us();
    size_t many;
    must(plan_call_times(run, 0, &many, &fault), &fault);
    must(plan_build(run, (struct plan_slot){0}, NULL, &message, &fault), &fault);
    double t2 = now_us();
    must(plan_take(run, (struct plan_slot){0}, body, &answer, &fault), &fault);
    double t3 = now_us();
    json_writer_init(&w, out);
    must(plan_reply(run, NULL, &w, &fault), &fault);
    double t4 = now_us();
    *times = (struct times){t1 - t0, t2 - t1, t3 - t2, t4 - t3};
}

static void measure(const struct plan *plan, unsigned orders, size_t rounds)
{
    struct buf body, out;
    struct arena *arena = arena_new(64 << 20);
    double *columns[4];
    buf_init(&body, 1 << 24);
    buf_init(&out, 1 << 24);
    make_answer(&body, orders);
    for (int i = 0; i < 4; i++)
        columns[i] = calloc(rounds, sizeof(double));
    for (size_t i = 0; i < rounds; i++) {
        struct times t;
        arena_reset(arena);
        buf_reset(&out);
        once(plan, arena, buf_str(&body), &out, &t);
        columns[0][i] = t.begin;
        columns[1][i] = t.build;
        columns[2][i] = t.take;
        columns[3][i] = t.reply;
    }
    printf("%u orders: %zu bytes in, %zu out, arena %zu\n", orders, body.n, out.n,
           arena_used(arena));
    static const char *const names[] = {"begin", "build", "take", "reply"};
    for (int i = 0; i < 4; i++) {
        printf("  %-6s %8.2f us\n", names[i], median(columns[i], rounds));
        free(columns[i]);
    }
    buf_clear(&body);
    buf_clear(&out);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    size_t rounds = argc > 1 ? (size_t)atol(argv[1]) : 1000;
    struct findings findings;
    /* What is freed stays in the process, as the proxy has it. */
    mallopt(M_TRIM_THRESHOLD, KEPT);
    mallopt(M_MMAP_THRESHOLD, KEPT / 2);
    findings_init(&findings);
    struct plans *plans = plans_load(argc > 2 ? argv[2] : BENCH_ROOT "/mappings", &findings);
    if (!plans) {
        struct buf text;
        buf_init(&text, 1 << 20);
        findings_print(&findings, &text);
        fwrite(text.p, 1, text.n, stderr);
        return 1;
    }
    const struct plan *plan = find(plans, "order/get_order_detail");
    measure(plan, 1, rounds);
    measure(plan, 50, rounds);
    plans_unref(plans);
    findings_clear(&findings);
    return 0;
}
