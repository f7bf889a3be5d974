/*
 * Trouble on order: which rules are taken, when they strike, what they do to an answer.
 */
#include "client.h"

#include "sandbox/trouble.h"

#include <unistd.h>

#define SEARCH "POST /order/202309/orders/search"

struct bench {
    struct contracts *contracts;
    struct trouble *trouble;
};

static int set_up(void **state)
{
    static struct bench bench;
    struct findings findings;
    findings_init(&findings);
    bench.contracts = contracts_load(TEST_ROOT "/mappings/contracts/v202309", &findings);
    bench.trouble = bench.contracts ? trouble_new(bench.contracts) : NULL;
    findings_clear(&findings);
    *state = &bench;
    return bench.trouble ? 0 : -1;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    trouble_free(bench->trouble);
    contracts_free(bench->contracts);
    return 0;
}

static struct harm draw(struct bench *bench, const char *call)
{
    struct harm harm = {0};
    const struct contract *contract = contracts_by_call(bench->contracts, str_from(call));
    assert_non_null(contract);
    trouble_draw(bench->trouble, contract, &harm);
    return harm;
}

/* ---- reading ---- */

static void bad_rules_are_refused_in_words(void **state)
{
    static const struct {
        const char *rule, *words;
    } rows[] = {
        {"{\"do\":\"delays\"}", "Rule 1: 'delays' is no trouble; did you mean 'delay'?"},
        {"{\"do\":\"explode\"}", "Rule 1: 'explode' is no trouble; there are delay, status, "},
        {"{\"do\":1}", "do must be the name of what goes wrong"},
        {"{\"do\":\"delay\"}", "ms must be there"},
        {"{\"do\":\"delay\",\"ms\":1.5}", "ms must be a whole number from 0 to 600000"},
        {"{\"do\":\"delay\",\"ms\":-1}", "ms must be a whole number from 0 to 600000"},
        {"{\"do\":\"delay\",\"ms\":{\"unifrom\":[1,2]}}",
         "'unifrom' is no distribution of ms; did you mean 'uniform'?"},
        {"{\"do\":\"delay\",\"ms\":{\"uniform\":[2]}}", "ms must be two numbers"},
        {"{\"do\":\"delay\",\"ms\":{\"uniform\":[2,1]}}", "the smaller one first"},
        {"{\"do\":\"delay\",\"ms\":1,\"probabilty\":1}",
         "'probabilty' is no member of this rule; did you mean 'probability'?"},
        {"{\"do\":\"delay\",\"ms\":1,\"probability\":1.1}", "probability must be a number from 0"},
        {"{\"do\":\"delay\",\"ms\":1,\"probability\":\"1\"}",
         "probability must be a number from 0"},
        {"{\"do\":\"delay\",\"ms\":1,\"probability\":1e-3}", "at most 6 decimals"},
        {"{\"do\":\"delay\",\"ms\":1,\"times\":0}", "times must be a whole number of at least 1"},
        {"{\"do\":\"reset\",\"bytes\":1}", "'bytes' is no member of this rule"},
        {"{\"do\":\"reset\",\"when\":\"later\"}", "when must be \"before\" or \"after\""},
        {"{\"do\":\"status\",\"status\":200}", "status must be a whole number from 500 to 599"},
        {"{\"do\":\"status\",\"status\":502,\"body\":\"xml\"}", "body must be \"json\", \"html\""},
        {"{\"do\":\"retired\",\"endpoint\":\"POST /order/202309/orders/serach\"}",
         "is none of the shop; did you mean '" SEARCH "'?"},
        {"{\"do\":\"retired\",\"endpoint\":\"PUT /nowhere/*\"}", "is none of the shop."},
        {"{\"do\":\"retired\",\"endpoint\":7}", "endpoint must be a call such as"},
        {"{\"do\":\"retired\"", "The rules are no JSON: byte 16, expected"},
        {"delay:fast", "ms must be a whole number"},
        {"delay:gauss(1,2)", "'gauss' is no distribution of ms"},
        {"delay:50@*:often", "probability must be a number"},
        {"retired:now", "'retired' takes nothing behind a colon."},
        {"slwo:9", "'slwo' is no trouble; did you mean 'slow'?"},
    };
    struct bench *bench = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault = {0};
        bool taken = trouble_add(bench->trouble, str_from(rows[i].rule), &fault);
        if (taken || !has_text(str_from(fault.text), rows[i].words))
            fail_msg("%s: %s", rows[i].rule, taken ? "taken" : fault.text);
    }
    assert_true(trouble_quiet(bench->trouble));
}

static void short_forms_are_rules(void **state)
{
    static const struct {
        const char *rule, *shown;
    } rows[] = {
        {"delay:50", "{\"do\":\"delay\",\"ms\":50}"},
        {"delay:50..200@POST /order/*:0.1",
         "{\"do\":\"delay\",\"ms\":{\"uniform\":[50,200]},\"endpoint\":\"POST /order/*\","
         "\"probability\":0.1}"},
        {"delay:exponential(80)@*",
         "{\"do\":\"delay\",\"ms\":{\"exponential\":80},\"endpoint\":\"*\"}"},
        {"delay:normal(100, 20)", "{\"do\":\"delay\",\"ms\":{\"normal\":[100,20]}}"},
        {"status:503", "{\"do\":\"status\",\"status\":503}"},
        {"rate_limit", "{\"do\":\"rate_limit\"}"},
        {"rate_limit:7", "{\"do\":\"rate_limit\",\"retry_after\":7}"},
        {"reset:after", "{\"do\":\"reset\",\"when\":\"after\"}"},
        {"clock_skew:-600", "{\"do\":\"clock_skew\",\"seconds\":-600}"},
        {"unknown_enum:status", "{\"do\":\"unknown_enum\",\"field\":\"status\"}"},
        {"{\"do\":\"retired\"}", "{\"do\":\"retired\"}"},
    };
    struct bench *bench = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault = {0};
        struct buf out;
        char expected[300];
        trouble_forget(bench->trouble);
        if (!trouble_add(bench->trouble, str_from(rows[i].rule), &fault))
            fail_msg("%s: %s", rows[i].rule, fault.text);
        buf_init(&out, 4096);
        trouble_write(bench->trouble, &out);
        snprintf(expected, sizeof expected, "{\"rule\":%s,\"seen\":0,\"done\":0}", rows[i].shown);
        if (!has_text(buf_str(&out), expected))
            fail_msg("%s: " STR_FMT, rows[i].rule, STR_ARG(buf_str(&out)));
        buf_clear(&out);
    }
}

/* ---- striking ---- */

static void add(struct bench *bench, const char *rule)
{
    struct fault fault = {0};
    if (!trouble_add(bench->trouble, str_from(rule), &fault))
        fail_msg("%s", fault.text);
}

static void strikes_the_endpoints_it_names(void **state)
{
    static const struct {
        const char *endpoint;
        bool search, shops, nothing;
    } rows[] = {
        {"*", true, true, true},
        {SEARCH, true, false, false},
        {"POST *", true, false, false},
        {"* /authorization/*", false, true, false},
    };
    struct bench *bench = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char rule[200];
        struct harm none = {0};
        trouble_forget(bench->trouble);
        snprintf(rule, sizeof rule, "retired@%s", rows[i].endpoint);
        add(bench, rule);
        trouble_draw(bench->trouble, NULL, &none);
        assert_int_equal(draw(bench, SEARCH).retired, rows[i].search);
        assert_int_equal(draw(bench, "GET /authorization/202309/shops").retired, rows[i].shops);
        assert_int_equal(none.retired, rows[i].nothing);
    }
}

static void the_seed_decides_when(void **state)
{
    enum { DRAWS = 1000 };
    static bool struck[3][DRAWS];
    static const uint64_t seeds[3] = {7, 7, 8};
    struct bench *bench = *state;
    size_t count = 0, other = 0;
    add(bench, "retired@" SEARCH ":0.25");
    add(bench, "status:500@GET *:0.5");
    for (size_t run = 0; run < 3; run++) {
        trouble_seed(bench->trouble, seeds[run]);
        for (size_t i = 0; i < DRAWS; i++) {
            /* What else is asked in between changes nothing. */
            for (size_t k = 0; k < run; k++)
                draw(bench, "GET /authorization/202309/shops");
            struck[run][i] = draw(bench, SEARCH).retired;
        }
    }
    assert_memory_equal(struck[0], struck[1], sizeof struck[0]);
    for (size_t i = 0; i < DRAWS; i++) {
        count += struck[0][i];
        other += struck[0][i] != struck[2][i];
    }
    assert_in_range(count, 200, 300);
    assert_in_range(other, 200, 600);
}

static void strikes_so_many_times(void **state)
{
    struct bench *bench = *state;
    add(bench, "{\"do\":\"retired\",\"times\":2}");
    for (int i = 0; i < 5; i++)
        assert_int_equal(draw(bench, SEARCH).retired, i < 2);
    struct buf out;
    buf_init(&out, 4096);
    trouble_write(bench->trouble, &out);
    assert_true(has_text(buf_str(&out), "\"seen\":5,\"done\":2"));
    buf_clear(&out);
}

static void delays_follow_their_distribution(void **state)
{
    enum { DRAWS = 20000 };
    static const struct {
        const char *rule;
        int64_t least, most;     /* of one */
        int64_t average, spread; /* and their mean absolute distance from it */
    } rows[] = {
        {"delay:50", 50, 50, 50, 0},
        {"delay:100..300", 100, 300, 200, 50},
        {"delay:exponential(1000)", 0, 20000, 1000, 736},
        {"delay:normal(1000,100)", 400, 1600, 1000, 80},
        {"delay:normal(0,100)", 0, 600, 40, 47},
    };
    struct bench *bench = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t sum = 0, away = 0;
        trouble_forget(bench->trouble);
        add(bench, rows[i].rule);
        for (int k = 0; k < DRAWS; k++) {
            int64_t ms = draw(bench, SEARCH).delay_ms;
            assert_in_range(ms, rows[i].least, rows[i].most);
            sum += ms;
            away += llabs(ms - rows[i].average);
        }
        sum /= DRAWS;
        away /= DRAWS;
        if (llabs(sum - rows[i].average) > rows[i].average / 20 + 1 ||
            llabs(away - rows[i].spread) > rows[i].spread / 20 + 1)
            fail_msg("%s: average %lld, distance %lld", rows[i].rule, (long long)sum,
                     (long long)away);
    }
}

static void several_rules_add_up(void **state)
{
    struct bench *bench = *state;
    add(bench, "delay:50");
    add(bench, "delay:25");
    add(bench, "slow:1000");
    add(bench, "slow:500");
    add(bench, "reset:after");
    add(bench, "truncate:3");
    struct harm harm = draw(bench, SEARCH);
    struct visit_answer answer = {0};
    harm_answer(&harm, &answer);
    assert_int_equal(answer.delay_ms, 75);
    assert_int_equal(answer.rate, 500);
    assert_int_equal(answer.end, END_AFTER_HEAD);
}

static void a_bad_list_changes_nothing(void **state)
{
    static const char *const lists[] = {"[{\"do\":\"retired\"},{\"do\":\"nothing\"}]",
                                        "{\"rules\":[],\"sed\":1}",
                                        "{}",
                                        "{\"rules\":[],\"seed\":-1}",
                                        "{\"rules\":[],\"seed\":9223372036854775808}",
                                        "7",
                                        "[7]"};
    struct bench *bench = *state;
    struct buf before, after;
    buf_init(&before, 4096);
    buf_init(&after, 4096);
    add(bench, "status:503@" SEARCH);
    draw(bench, SEARCH);
    trouble_write(bench->trouble, &before);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct fault fault = {0};
        assert_false(trouble_put(bench->trouble, str_from(lists[i]), &fault));
        assert_true(fault.text[0] != 0);
    }
    trouble_write(bench->trouble, &after);
    assert_true(str_eq(buf_str(&before), buf_str(&after)));
    struct fault fault;
    assert_true(
        trouble_put(bench->trouble, STR("{\"seed\":9,\"rules\":[{\"do\":\"retired\"}]}"), &fault));
    assert_int_equal(draw(bench, SEARCH).status, 0);
    assert_true(draw(bench, SEARCH).retired);
    buf_clear(&before);
    buf_clear(&after);
}

/* ---- in a sandbox ---- */

struct shop {
    struct sandbox *sandbox;
    struct client client;
};

static void open_shop(struct shop *shop, const char *rule)
{
    shop->sandbox = client_start(
        (struct sandbox_options){.orders = 20, .trouble = &rule, .trouble_count = rule ? 1 : 0});
    assert_non_null(shop->sandbox);
    client_open(&shop->client, sandbox_url(shop->sandbox));
}

static void close_shop(struct shop *shop)
{
    client_close(&shop->client);
    sandbox_stop(shop->sandbox);
}

static const struct ask search = {.method = "POST",
                                  .path = "/order/202309/orders/search",
                                  .query = "shop_cipher=demo-cipher-gb&page_size=3"};

static void answers_instead_of_serving(void **state)
{
    static const struct {
        const char *rule;
        int status;
        int64_t code;
    } rows[] = {
        {"status:503", 503, 36009003},     {"status:599", 599, 36009003},
        {"rate_limit:3", 429, 36009002},   {"retired", 400, 36009014},
        {"expire_token", 401, 105002},     {"clock_skew:400", 400, 36009004},
        {"clock_skew:-40", 400, 36009004},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct shop shop;
        open_shop(&shop, rows[i].rule);
        struct got got = client_ask(&shop.client, &search);
        if (got.status != rows[i].status || got.code != rows[i].code)
            fail_msg("%s: %d %lld", rows[i].rule, got.status, (long long)got.code);
        got_clear(&got);
        /* The caller broke no rule. */
        struct buf seen;
        buf_init(&seen, 4096);
        struct ask violations = {.path = "/sandbox/violations", .unsigned_call = true};
        assert_int_equal(client_send(&shop.client, &violations, &seen), 200);
        assert_true(has_text(buf_str(&seen), "{\"count\":0"));
        buf_clear(&seen);
        close_shop(&shop);
    }
}

static void a_gateway_answers_otherwise(void **state)
{
    static const struct {
        const char *rule, *body;
    } rows[] = {
        {"{\"do\":\"status\",\"status\":502,\"body\":\"html\"}", "<html>"},
        {"{\"do\":\"status\",\"status\":502,\"body\":\"empty\"}", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct shop shop;
        struct buf out;
        open_shop(&shop, rows[i].rule);
        buf_init(&out, 4096);
        assert_int_equal(client_send(&shop.client, &search, &out), 502);
        assert_true(str_starts(buf_str(&out), str_from(rows[i].body)));
        assert_true(out.n < 200);
        buf_clear(&out);
        close_shop(&shop);
    }
}

static void enums_get_values_that_nobody_knows(void **state)
{
    (void)state;
    struct shop shop;
    struct buf out;
    open_shop(&shop, "unknown_enum:status");
    buf_init(&out, 1 << 20);
    assert_int_equal(client_send(&shop.client, &search, &out), 200);
    assert_true(has_text(buf_str(&out), "\"status\":\"SANDBOX_UNKNOWN_VALUE\""));
    assert_true(has_text(buf_str(&out), "\"fulfillment_type\":\"FULFILLMENT_BY_SELLER\""));
    buf_clear(&out);
    close_shop(&shop);
}

static size_t keep(char *p, size_t size, size_t count, void *ctx)
{
    buf_add(ctx, p, size * count);
    return size * count;
}

/* How curl ends when an answer breaks. */
static void broken_answers_break(void **state)
{
    static const struct {
        const char *rule;
        CURLcode code;
        size_t least, most; /* of the body that arrives */
    } rows[] = {
        {"reset", CURLE_RECV_ERROR, 0, 0},
        {"reset:after", CURLE_RECV_ERROR, 0, 0},
        {"truncate:10", CURLE_PARTIAL_FILE, 10, 10},
        {"truncate", CURLE_PARTIAL_FILE, 20, 400},
        {"garble:3", CURLE_OK, 50, 400},
        {"slow:20000", CURLE_OK, 50, 400},
        {"delay:20", CURLE_OK, 50, 400},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct shop shop;
        struct buf out;
        char url[200];
        buf_init(&out, 4096);
        open_shop(&shop, rows[i].rule);
        snprintf(url, sizeof url, "%s/nowhere", sandbox_url(shop.sandbox));
        CURL *curl = curl_easy_init();
        curl_easy_setopt(curl, CURLOPT_URL, url);
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
        curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 20000L);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &out);
        CURLcode code = curl_easy_perform(curl);
        if (code != rows[i].code || out.n < rows[i].least || out.n > rows[i].most)
            fail_msg("%s: %s, %zu bytes", rows[i].rule, curl_easy_strerror(code), out.n);
        bool garbled =
            !has_text(buf_str(&out), "{\"code\":36009009,\"data\":null,\"message\":\"") ||
            !has_text(buf_str(&out), "Invalid path. ");
        if (rows[i].code == CURLE_OK)
            assert_int_equal(garbled, strncmp(rows[i].rule, "garble", 6) == 0);
        curl_easy_cleanup(curl);
        buf_clear(&out);
        close_shop(&shop);
    }
}

static void rules_change_while_it_runs(void **state)
{
    static const struct {
        const char *method, *body;
        int status;
        const char *shown;
        int then; /* status of the next search */
    } rows[] = {
        {"GET", "", 200, "{\"seed\":1,\"rules\":[]}", 200},
        {"PUT", "[{\"do\":\"status\",\"status\":503}]", 200,
         "[{\"rule\":{\"do\":\"status\",\"status\":503},\"seen\":0,\"done\":0}]", 503},
        {"GET", "", 200, "\"seen\":1,\"done\":1", 503},
        {"PUT", "[{\"do\":\"stauts\"}]", 400, "did you mean 'status'?", 503},
        {"POST", "", 405, "GET PUT DELETE", 503},
        {"DELETE", "", 200, "\"rules\":[]", 200},
    };
    (void)state;
    struct shop shop;
    open_shop(&shop, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out;
        struct ask ask = {.method = rows[i].method,
                          .path = "/sandbox/trouble",
                          .body = str_from(rows[i].body),
                          .unsigned_call = true};
        buf_init(&out, 1 << 20);
        int status = client_send(&shop.client, &ask, &out);
        if (status != rows[i].status || !has_text(buf_str(&out), rows[i].shown))
            fail_msg("row %zu: %d " STR_FMT, i, status, STR_ARG(buf_str(&out)));
        buf_reset(&out);
        assert_int_equal(client_send(&shop.client, &search, &out), rows[i].then);
        buf_clear(&out);
    }
    close_shop(&shop);
}

static void a_bad_rule_is_no_start(void **state)
{
    const char *rule = "explode";
    struct findings findings;
    struct fault fault = {0};
    (void)state;
    findings_init(&findings);
    assert_null(sandbox_start(&(struct sandbox_options){.mappings = TEST_ROOT "/mappings",
                                                        .trouble = &rule,
                                                        .trouble_count = 1},
                              &findings, &fault));
    assert_int_equal(fault.kind, FAULT_PARAMETER);
    assert_null(sandbox_start(&(struct sandbox_options){.mappings = TEST_ROOT "/mappings",
                                                        .trouble_file = "/nonexistent/rules"},
                              &findings, &fault));
    assert_true(has_text(str_from(fault.text), "/nonexistent/rules: No such file"));
    findings_clear(&findings);
}

#define OF_RULES(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OF_RULES(bad_rules_are_refused_in_words),
        OF_RULES(short_forms_are_rules),
        OF_RULES(strikes_the_endpoints_it_names),
        OF_RULES(the_seed_decides_when),
        OF_RULES(strikes_so_many_times),
        OF_RULES(delays_follow_their_distribution),
        OF_RULES(several_rules_add_up),
        OF_RULES(a_bad_list_changes_nothing),
        cmocka_unit_test(answers_instead_of_serving),
        cmocka_unit_test(a_gateway_answers_otherwise),
        cmocka_unit_test(enums_get_values_that_nobody_knows),
        cmocka_unit_test(broken_answers_break),
        cmocka_unit_test(rules_change_while_it_runs),
        cmocka_unit_test(a_bad_rule_is_no_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
