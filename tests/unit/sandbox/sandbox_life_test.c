/*
 * The sandbox as a whole: starting and stopping, what a seed decides, apps of the caller, what
 * the trace shows, bodies of every method and size.
 */
#include "client.h"

#include <unistd.h>

#define SEARCH "/order/202309/orders/search"
#define PAGE   "shop_cipher=demo-cipher-gb&page_size=20"

static struct str list_of(struct sandbox_options options, struct buf *out)
{
    struct client client;
    struct sandbox *sandbox = client_start(options);
    assert_non_null(sandbox);
    client_open(&client, sandbox_url(sandbox));
    struct ask ask = {.method = "POST", .path = SEARCH, .query = PAGE};
    buf_reset(out);
    assert_int_equal(client_send(&client, &ask, out), 200);
    client_close(&client);
    sandbox_stop(sandbox);
    return buf_str(out);
}

static void a_seed_decides_the_data(void **state)
{
    (void)state;
    struct buf a, b;
    buf_init(&a, 16 << 20);
    buf_init(&b, 16 << 20);
    struct sandbox_options one = {.seed = 1}, other = {.seed = 2}, longer = {.seed = 1};
    struct str first = list_of(one, &a);
    assert_true(str_eq(first, list_of(one, &b)));
    assert_false(str_eq(first, list_of(other, &b)));
    assert_true(has_text(first, "\"total_count\":1000"));
    char id[64];
    const char *start = strstr(first.p, "\"orders\":[{\"id\":");
    assert_non_null(start);
    snprintf(id, sizeof id, "%.*s", 38, start);
    assert_true(has_text(first, id));
    assert_false(has_text(buf_str(&b), id + strlen("\"orders\":[{"))); /* ids differ too */
    longer.orders = 20000;
    struct str many = list_of(longer, &b);
    assert_true(has_text(many, "\"total_count\":20000"));
    buf_clear(&a);
    buf_clear(&b);
}

static void an_epoch_decides_the_times(void **state)
{
    (void)state;
    struct sandbox *sandbox = client_start((struct sandbox_options){.epoch = 1600000000});
    struct client client;
    client_open(&client, sandbox_url(sandbox));
    struct got got =
        client_good(&client, &(struct ask){.method = "POST", .path = SEARCH, .query = PAGE});
    assert_int_equal(int_at(got.data, "orders[0].create_time"), 1600000000 - 86400);
    got_clear(&got);
    client_close(&client);
    sandbox_stop(sandbox);
}

static void knows_apps_of_the_caller(void **state)
{
    (void)state;
    struct sandbox_app apps[] = {{STR("my-app"), STR("my-secret")}};
    struct sandbox *sandbox =
        client_start((struct sandbox_options){.apps = apps, .app_count = 1, .orders = 10});
    struct client client;
    client_open(&client, sandbox_url(sandbox));
    const struct ask asks[] = {
        {.path = "/authorization/202309/shops", .key = "my-app", .secret = "my-secret"},
        {.path = "/authorization/202309/shops"},
    };
    for (size_t i = 0; i < 2; i++) {
        struct got got = client_good(&client, &asks[i]);
        got_clear(&got);
    }
    client_close(&client);
    sandbox_stop(sandbox);
}

static void tokens_expire(void **state)
{
    (void)state;
    struct sandbox *sandbox = client_start((struct sandbox_options){.orders = 10});
    struct client client;
    client_open(&client, sandbox_url(sandbox));
    int64_t before = atomic_load(&client_time_ms);
    struct ask ask = {.path = "/authorization/202309/shops"};
    struct got got = client_good(&client, &ask);
    got_clear(&got);
    atomic_store(&client_time_ms, before + INT64_C(7) * 86400 * 1000);
    got = client_ask(&client, &ask);
    assert_int_equal(got.code, 105002);
    got_clear(&got);
    atomic_store(&client_time_ms, before);
    client_close(&client);
    sandbox_stop(sandbox);
}

/* ---- trace ---- */

struct trace {
    _Atomic int calls;
    char method[16], target[64];
    int status;
    size_t body, answer, headers;
};

static void on_exchange(void *ctx, const struct sandbox_exchange *x)
{
    struct trace *trace = ctx;
    snprintf(trace->method, sizeof trace->method, STR_FMT, STR_ARG(x->method));
    snprintf(trace->target, sizeof trace->target, STR_FMT, STR_ARG(x->target));
    trace->status = x->status;
    trace->body = x->body.n;
    trace->answer = x->answer.n;
    trace->headers = x->headers->count;
    atomic_fetch_add(&trace->calls, 1);
}

static void shows_each_exchange(void **state)
{
    (void)state;
    struct trace trace = {0};
    struct sandbox *sandbox = client_start(
        (struct sandbox_options){.on_exchange = on_exchange, .ctx = &trace, .orders = 10});
    struct client client;
    struct buf answer;
    client_open(&client, sandbox_url(sandbox));
    buf_init(&answer, 1 << 20);
    struct ask ask = {
        .method = "PUT", .path = "/x", .body = STR("{\"a\":1}"), .unsigned_call = true};
    assert_int_equal(client_send(&client, &ask, &answer), 404);
    client_close(&client);
    sandbox_stop(sandbox);
    assert_int_equal(atomic_load(&trace.calls), 1);
    assert_string_equal(trace.method, "PUT");
    assert_string_equal(trace.target, "/x");
    assert_int_equal(trace.status, 404);
    assert_int_equal(trace.body, 7);
    assert_int_equal(trace.answer, answer.n);
    assert_true(trace.headers >= 2);
    buf_clear(&answer);
}

/* ---- HTTP ---- */

static void reads_bodies_of_all_methods(void **state)
{
    (void)state;
    static const char *const methods[] = {"POST", "PUT", "DELETE", "PATCH", "GET"};
    struct trace trace = {0};
    struct sandbox *sandbox = client_start(
        (struct sandbox_options){.on_exchange = on_exchange, .ctx = &trace, .orders = 10});
    struct client client;
    client_open(&client, sandbox_url(sandbox));
    char *big = malloc(15 << 20);
    assert_non_null(big);
    memset(big, 'x', 15 << 20);
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        struct buf answer;
        buf_init(&answer, 1 << 20);
        struct ask ask = {.method = methods[i],
                          .path = "/nowhere",
                          .body = str_of(big, i ? 1000 : 15 << 20),
                          .unsigned_call = true};
        assert_int_equal(client_send(&client, &ask, &answer), 404);
        assert_int_equal(atomic_load(&trace.calls), i + 1);
        assert_string_equal(trace.method, methods[i]);
        assert_int_equal(trace.body, ask.body.n);
        buf_clear(&answer);
    }
    free(big);
    client_close(&client);
    sandbox_stop(sandbox);
}

static void tells_why_it_cannot_start(void **state)
{
    (void)state;
    struct sandbox *first = client_start((struct sandbox_options){.orders = 10});
    assert_non_null(first);
    char taken[64];
    snprintf(taken, sizeof taken, "127.0.0.1:%u", sandbox_port(first));
    const struct {
        const char *mappings, *listen;
        uint64_t orders;
        const char *says;
        bool findings;
    } rows[] = {
        {TEST_ROOT "/mappings", taken, 0, "cannot listen on 127.0.0.1:", false},
        {TEST_ROOT "/mappings", "localhost", 0, "cannot listen on localhost: expected", false},
        {TEST_ROOT "/mappings", "127.0.0.1:70000", 0, "expected an IPv4 address", false},
        {TEST_ROOT "/mappings", "[::1]:0", 0, "expected an IPv4 address", false},
        {TEST_ROOT "/mappings", NULL, 1000001, "at most 1000000", false},
        {"/nonexistent", NULL, 0, "tables have faults", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct findings findings;
        struct fault fault;
        struct sandbox_options options = {
            .mappings = rows[i].mappings, .listen = rows[i].listen, .orders = rows[i].orders};
        findings_init(&findings);
        assert_null(sandbox_start(&options, &findings, &fault));
        assert_non_null(strstr(fault.text, rows[i].says));
        assert_int_equal(findings.count > 0, rows[i].findings);
        findings_clear(&findings);
    }
    sandbox_stop(first);
    sandbox_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seed_decides_the_data),   cmocka_unit_test(an_epoch_decides_the_times),
        cmocka_unit_test(knows_apps_of_the_caller),  cmocka_unit_test(tokens_expire),
        cmocka_unit_test(shows_each_exchange),       cmocka_unit_test(reads_bodies_of_all_methods),
        cmocka_unit_test(tells_why_it_cannot_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
