/* The calls of a plan: what is sent, when, and what becomes of the answers. */
#include "bench.h"

static const char *const get = "GET /api/thing/get";

static void makes_one_call(void **state)
{
    struct client client;
    know_shops(*state);
    client_begin(&client, *state, get, "id=17&shop_id=1001", NULL);
    assert_int_equal(client.count, 1);
    const struct exchange_send *send = client.sends[0];
    assert_text(send->method, "GET");
    assert_true(str_starts(send->target, STR("/thing/v2/17?")));
    assert_true(send->repeatable);
    assert_false(send->auth_host);
    assert_int_equal(send->body.n, 0);
    assert_text(sent_parameter(&client, 0, "app_key"), "app1");
    assert_text(sent_parameter(&client, 0, "timestamp"), "1690000000");
    assert_text(sent_parameter(&client, 0, "shop_cipher"), "CIPHER_A");
    assert_null(sent_parameter(&client, 0, "access_token").p);
    assert_text(sent_field(&client, 0, "x-tts-access-token"), "TOKEN_1");
    assert_text(sent_field(&client, 0, "content-type"), "application/json");
    answer_data(&client, 0, "{\"thing\":1,\"name\":\"\\u00e9\",\"cost\":1.10}");
    assert_data(&client, "{\"name\":\"\\u00e9\",\"cost\":1.10}");
    assert_text(reply_field(&client, "X-Shopshim-Upstream-Id"), "up-0");
    client_free(&client);
}

/* The signature must hold over the very bytes that are sent. */
static void assert_signed(struct client *client, unsigned i, bool body)
{
    const struct exchange_send *send = client->sends[i];
    struct str query = send->target, path = str_cut(&query, '?');
    struct pairs pairs;
    char hex[SIGN_HEX + 1];
    struct sign_key *key = sign_key_new(STR("app1"), bench_apps[0].secret);
    assert_true(url_parse_query(query, client->world->arena, 100, &pairs));
    assert_true(sign_request(key, path, &pairs, body ? send->body : STR_NONE, hex));
    sign_key_free(key);
    assert_text(pairs_get(&pairs, STR("sign")), hex);
}

static void signs_what_it_sends(void **state)
{
    struct client client;
    know_shops(*state);
    client_begin(&client, *state, get, "id=1%2F%C3%A9&shop_id=1001", NULL);
    if (client.count == 1) /* the id may also be refused for not being one */
        assert_signed(&client, 0, true);
    client_free(&client);
    client_begin(&client, *state, "POST /api/thing/change", "shop_id=1001",
                 "{\"id\":17,\"name\":\"caf\xc3\xa9 & co\"}");
    assert_int_equal(client.count, 1);
    assert_text(client.sends[0]->method, "PUT");
    assert_text(client.sends[0]->body, "{\"name\":\"caf\xc3\xa9 & co\"}");
    assert_false(client.sends[0]->repeatable);
    assert_signed(&client, 0, true);
    client_free(&client);
    client_begin(&client, *state, "POST /api/thing/upload", NULL, "{\"data\":\"aGVsbG8=\"}");
    assert_int_equal(client.count, 1); /* no cipher, so no shop is asked for */
    assert_null(sent_parameter(&client, 0, "shop_cipher").p);
    assert_true(
        str_starts(sent_field(&client, 0, "content-type"), STR("multipart/form-data; boundary=")));
    assert_true(str_has(client.sends[0]->body, "hello"));
    assert_signed(&client, 0, false);
    client_free(&client);
}

static void tells_what_was_not_used(void **state)
{
    struct client client;
    know_shops(*state);
    client_begin(&client, *state, get, "id=1&shop_id=1001&colour=red&str%0d%0aange=1", NULL);
    answer_data(&client, 0, "{}");
    assert_data(&client, "{}");
    assert_text(reply_field(&client, "X-Shopshim-Unused"), "str??ange");
    assert_text(reply_field(&client, "X-Shopshim-Lost"), "colour");
    client_free(&client);
}

static void bounds_its_notes(void **state)
{
    struct client client;
    struct buf query;
    know_shops(*state);
    buf_init_arena(&query, 1 << 16, ((struct world *)*state)->arena);
    buf_add_str(&query, STR("id=1&shop_id=1001"));
    for (int i = 0; i < 60; i++)
        buf_printf(&query, "&a_rather_long_name_that_nobody_knows_%d=1", i);
    buf_add_char(&query, '\0');
    client_begin(&client, *state, get, query.p, NULL);
    answer_data(&client, 0, "{}");
    assert_data(&client, "{}");
    struct str unused = reply_field(&client, "X-Shopshim-Unused");
    assert_true(unused.n > 100 && unused.n <= 1024);
    client_free(&client);
}

static void waits_for_what_a_call_reads(void **state)
{
    struct client client;
    know_shops(*state);
    client_begin(&client, *state, "GET /api/thing/chain", "id=1&more=true&shop_id=1001", NULL);
    assert_int_equal(client.count, 2); /* first and third side by side */
    assert_true(str_starts(client.sends[0]->target, STR("/thing/v2/1?")));
    assert_true(str_starts(client.sends[1]->target, STR("/extra/v2/1?")));
    answer_data(&client, 1, "{\"text\":\"more\"}");
    assert_int_equal(client.count, 2);
    answer_data(&client, 0, "{\"name\":\"a\",\"box\":\"b7\"}");
    assert_int_equal(client.count, 3);
    assert_true(str_starts(client.sends[2]->target, STR("/box/v2/b7?")));
    assert_int_equal(client.replies, 0);
    answer_data(&client, 2, "{\"name\":\"the box\"}");
    assert_data(&client, "{\"name\":\"a\",\"box\":\"the box\",\"extra\":\"more\"}");
    assert_text(reply_field(&client, "X-Shopshim-Upstream-Id"), "up-1,up-0,up-2");
    client_free(&client);
}

static void leaves_out_what_is_not_wanted(void **state)
{
    struct client client;
    know_shops(*state);
    client_begin(&client, *state, "GET /api/thing/chain", "id=1&shop_id=1001", NULL);
    assert_int_equal(client.count, 1);
    answer_data(&client, 0, "{\"name\":\"a\",\"box\":\"b7\"}");
    answer_data(&client, 1, "{\"name\":\"the box\"}");
    assert_data(&client, "{\"name\":\"a\",\"box\":\"the box\"}");
    client_free(&client);
    client_begin(&client, *state, "GET /api/thing/constant", NULL, NULL);
    assert_int_equal(client.count, 0); /* its only call is not wanted */
    assert_data(&client, "{}");
    client_free(&client);
}

static void forgives(void **state)
{
    struct client client;
    struct exchange_upstream answer = {
        .status = 404, .body = STR("{\"code\":700003,\"message\":\"no\",\"request_id\":\"up-x\"}")};
    know_shops(*state);
    client_begin(&client, *state, "GET /api/thing/chain", "id=1&more=true&shop_id=1001", NULL);
    answer_with(&client, 1, &answer);
    answer_data(&client, 0, "{\"name\":\"a\",\"box\":\"b7\"}");
    answer_data(&client, 2, "{\"name\":\"the box\"}");
    assert_data(&client, "{\"name\":\"a\",\"box\":\"the box\",\"extra\":\"none\"}");
    client_free(&client);
}

static void keeps_the_order_of_elements(void **state)
{
    struct world *world = *state;
    struct client client;
    know_shops(world);
    world->settings.side_by_side = 3;
    client_begin(&client, world, "POST /api/thing/mark", "shop_id=1001",
                 "{\"ids\":[11,12,13,14,15]}");
    assert_int_equal(client.count, 3);
    assert_text(client.sends[2]->body, "{\"id\":\"13\"}");
    answer_data(&client, 2, "{\"mark\":\"c\"}");
    assert_int_equal(client.count, 4);
    answer_data(&client, 3, "{\"mark\":\"d\"}");
    answer_data(&client, 4, "{\"mark\":\"e\"}");
    assert_int_equal(client.count, 5);
    answer_data(&client, 0, "{\"mark\":\"a\"}");
    assert_int_equal(client.replies, 0);
    answer_data(&client, 1, "{\"mark\":\"b\"}");
    assert_data(&client, "{\"marked\":[\"a\",\"b\",\"c\",\"d\",\"e\"]}");
    client_free(&client);
    client_begin(&client, world, "POST /api/thing/mark", "shop_id=1001", "{\"ids\":[]}");
    assert_int_equal(client.count, 0);
    assert_data(&client, "{\"marked\":[]}");
    client_free(&client);
}

static void bounds_the_calls(void **state)
{
    struct world *world = *state;
    struct client client;
    know_shops(world);
    world->settings.calls = 2;
    client_begin(&client, world, "POST /api/thing/mark", "shop_id=1001", "{\"ids\":[1,2]}");
    assert_int_equal(client.count, 2);
    client_free(&client);
    client_begin(&client, world, "POST /api/thing/mark", "shop_id=1001", "{\"ids\":[1,2,3]}");
    assert_int_equal(client.count, 0); /* none of them: nothing is half done */
    assert_fault(&client, FAULT_TOO_LARGE, "exchange.calls");
    client_free(&client);
}

static void fails_as_a_whole(void **state)
{
    struct client client;
    struct exchange_upstream answer = {
        .status = 400,
        .body = STR("{\"code\":700009,\"message\":\"No such thing.\",\"request_id\":\"up-bad\"}")};
    know_shops(*state);
    client_begin(&client, *state, "POST /api/thing/mark", "shop_id=1001", "{\"ids\":[1,2,3]}");
    answer_data(&client, 0, "{\"mark\":\"a\"}");
    answer_with(&client, 1, &answer);
    assert_int_equal(client.cancelled, 1);
    assert_fault(&client, FAULT_UPSTREAM, "marks failed for element 2 of 3");
    assert_true(str_has(reply_text(&client, "message"), "No such thing."));
    assert_true(str_has(reply_text(&client, "message"), "1 other change was made before"));
    assert_text(reply_text(&client, "code"), "700009");
    assert_int_equal(client.reply->status, 400);
    assert_true(str_has(reply_field(&client, "X-Shopshim-Upstream-Id"), "up-bad"));
    client_free(&client);
    /* the only one of its kind says what it says */
    client_begin(&client, *state, "POST /api/thing/mark", "shop_id=1001", "{\"ids\":[1]}");
    answer_with(&client, 0, &answer);
    read_reply(&client);
    assert_text(reply_text(&client, "message"), "No such thing.");
    client_free(&client);
}

static void tells_upstreams_faults(void **state)
{
    static const struct {
        const char *name;
        struct exchange_upstream answer;
        enum fault_kind kind;
        int status;
        const char *code, *words;
    } cases[] = {
        {"an error of its own",
         {.status = 200, .body = STR_C("{\"code\":105002,\"message\":\"expired\"}")},
         FAULT_UPSTREAM,
         200,
         "105002",
         "expired"},
        {"with its status",
         {.status = 403, .body = STR_C("{\"code\":105005,\"message\":\"no scope\"}")},
         FAULT_UPSTREAM,
         403,
         "105005",
         "no scope"},
        {"one that is told in the old way",
         {.status = 500, .body = STR_C("{\"code\":700002,\"message\":\"new words\"}")},
         FAULT_UPSTREAM,
         403,
         "55",
         "said in the old way"},
        {"without a message",
         {.status = 200, .body = STR_C("{\"code\":700004}")},
         FAULT_UPSTREAM,
         200,
         "700004",
         "without a message"},
        {"that quotes the token",
         {.status = 200, .body = STR_C("{\"code\":700004,\"message\":\"not TOKEN_1, CIPHER_A\"}")},
         FAULT_UPSTREAM,
         200,
         "700004",
         "not ***, ***"},
        {"too many requests",
         {.status = 429, .body = STR_C("slow down"), .retry_after = 7},
         FAULT_BUSY,
         429,
         "10021",
         "Too many requests"},
        {"too many requests, in an envelope",
         {.status = 429, .body = STR_C("{\"code\":36009002,\"message\":\"x\"}"), .retry_after = 9},
         FAULT_UPSTREAM,
         429,
         "36009002",
         "x"},
        {"a gateway's page",
         {.status = 502, .body = STR_C("<html>")},
         FAULT_UPSTREAM_BAD,
         502,
         "10017",
         "HTTP 502"},
        {"a page that is not there",
         {.status = 404, .body = STR_C("404")},
         FAULT_UPSTREAM_BAD,
         502,
         "10017",
         "HTTP 404"},
        {"elsewhere",
         {.status = 302, .body = STR_C("")},
         FAULT_UPSTREAM_BAD,
         502,
         "10017",
         "HTTP 302"},
        {"nothing", {.status = 200, .body = STR_C("")}, FAULT_UPSTREAM_BAD, 502, "10017", ""},
        {"no envelope",
         {.status = 200, .body = STR_C("[1]")},
         FAULT_UPSTREAM_BAD,
         502,
         "10017",
         ""},
        {"a good one under a bad status",
         {.status = 500, .body = STR_C("{\"code\":0,\"message\":\"\",\"data\":{}}")},
         FAULT_UPSTREAM_BAD,
         502,
         "10017",
         "HTTP 500"},
    };
    know_shops(*state);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct client client;
        char seconds[12];
        print_message("           %s\n", cases[i].name);
        client_begin(&client, *state, get, "id=1&shop_id=1001", NULL);
        answer_with(&client, 0, &cases[i].answer);
        assert_fault(&client, cases[i].kind, cases[i].words);
        assert_int_equal(client.reply->status, cases[i].status);
        assert_text(reply_text(&client, "code"), cases[i].code);
        snprintf(seconds, sizeof seconds, "%d", cases[i].answer.retry_after);
        if (cases[i].answer.retry_after)
            assert_text(reply_field(&client, "Retry-After"), seconds);
        else
            assert_null(reply_field(&client, "Retry-After").p);
        client_free(&client);
    }
}

static void cuts_long_messages(void **state)
{
    struct client client;
    struct exchange_upstream answer = {.status = 200};
    struct buf body;
    know_shops(*state);
    for (size_t shift = 0; shift < 4; shift++) {
        buf_init_arena(&body, 1 << 16, ((struct world *)*state)->arena);
        buf_printf(&body, "{\"code\":7,\"message\":\"%.*s", (int)shift, "abc");
        for (int i = 0; i < 400; i++)
            buf_add_str(&body, STR("\xf0\x9f\x98\x80"));
        buf_add_str(&body, STR("\"}"));
        answer.body = buf_str(&body);
        client_begin(&client, *state, get, "id=1&shop_id=1001", NULL);
        answer_with(&client, 0, &answer);
        assert_fault(&client, FAULT_UPSTREAM, "\xf0\x9f\x98\x80"); /* valid UTF-8, or no JSON */
        struct str message = reply_text(&client, "message");
        assert_true(message.n > 500 && message.n < 512);
        assert_false(str_has(message, "?"));
        client_free(&client);
    }
}

static void bounds_the_target(void **state)
{
    struct client client;
    struct world *world = *state;
    struct buf body;
    buf_init_arena(&body, 1 << 20, world->arena);
    buf_add_str(&body, STR("{\"app_key\":\"k\",\"auth_code\":\"c\",\"app_secret\":\""));
    for (int i = 0; i < 65000; i++)
        buf_add_char(&body, 'x');
    buf_add(&body, "\"}", 3);
    client_begin(&client, world, "POST /api/token/getAccessToken", NULL, body.p);
    assert_int_equal(client.count, 1);
    client_free(&client);
    buf_cut(&body, body.n - 3);
    for (int i = 0; i < 600; i++)
        buf_add_char(&body, 'x');
    buf_add(&body, "\"}", 3);
    client_begin(&client, world, "POST /api/token/getAccessToken", NULL, body.p);
    assert_int_equal(client.count, 0);
    assert_fault(&client, FAULT_TOO_LARGE, "longer than 65536 bytes");
    client_free(&client);
}

static void passes_on_what_broke(void **state)
{
    static const enum fault_kind kinds[] = {FAULT_UNREACHABLE, FAULT_TIMEOUT, FAULT_LOST,
                                            FAULT_TOO_LARGE};
    know_shops(*state);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct client client;
        struct fault fault;
        fault_set(&fault, kinds[i], "It broke.");
        client_begin(&client, *state, "GET /api/thing/chain", "id=1&more=1&shop_id=1001", NULL);
        exchange_on_fault(client.x, client.tags[1], &fault);
        assert_fault(&client, kinds[i], "The upstream call third failed: It broke.");
        assert_int_equal(client.cancelled, 1);
        client_free(&client);
    }
}

static void keeps_its_deadline(void **state)
{
    struct client client;
    know_shops(*state);
    client_begin(&client, *state, get, "id=1&shop_id=1001", NULL);
    exchange_on_deadline(client.x);
    assert_fault(&client, FAULT_TIMEOUT, "exchange.deadline_ms");
    assert_int_equal(client.cancelled, 1);
    exchange_on_deadline(client.x); /* a timer that was on its way */
    assert_int_equal(client.replies, 1);
    client_free(&client);
}

static void ignores_what_comes_too_late(void **state)
{
    struct client client;
    struct fault fault;
    struct exchange_upstream answer = {.status = 200, .body = STR("{\"code\":0,\"data\":{}}")};
    fault_set(&fault, FAULT_LOST, "It broke.");
    know_shops(*state);
    client_begin(&client, *state, get, "id=1&shop_id=1001", NULL);
    answer_data(&client, 0, "{\"name\":\"a\"}");
    exchange_on_answer(client.x, client.tags[0], &answer);
    exchange_on_answer(client.x, 99, &answer);
    exchange_on_fault(client.x, client.tags[0], &fault);
    exchange_on_wake(client.x);
    assert_data(&client, "{\"name\":\"a\"}");
    client_free(&client);
}

static void lets_the_client_vanish(void **state)
{
    struct client client;
    know_shops(*state);
    client_new(&client, *state);
    client_free(&client); /* before anything */
    client_begin(&client, *state, "POST /api/thing/mark", "shop_id=1001", "{\"ids\":[1,2,3]}");
    answer_data(&client, 1, "{\"mark\":\"b\"}");
    assert_int_equal(client.cancelled, 0);
    client_free(&client); /* while calling */
    assert_int_equal(client.cancelled, 2);
    assert_int_equal(client.replies, 0);
    client_begin(&client, *state, get, "id=1&shop_id=1001", NULL);
    answer_data(&client, 0, "{}");
    client_free(&client); /* when all is done */
    assert_int_equal(client.cancelled, 0);
}

static void bounds_the_answer(void **state)
{
    struct world *world = *state;
    struct client client;
    know_shops(world);
    world->settings.answer = 300;
    world_host(world);
    client_begin(&client, world, get, "id=1&shop_id=1001", NULL);
    struct buf data;
    buf_init_arena(&data, 1 << 16, world->arena);
    buf_printf(&data, "{\"name\":\"%0300d\"}", 0);
    buf_add_char(&data, '\0');
    answer_data(&client, 0, data.p);
    assert_fault(&client, FAULT_TOO_LARGE, "exchange.answer");
    client_free(&client);
    client_begin(&client, world, get, "id=1&shop_id=1001", NULL);
    answer_data(&client, 0, "{\"name\":\"small\"}"); /* the buffer works again */
    assert_data(&client, "{\"name\":\"small\"}");
    client_free(&client);
}

static void gives_large_buffers_back(void **state)
{
    struct client client;
    struct world *world = *state;
    struct buf data;
    know_shops(world);
    buf_init_arena(&data, 1 << 21, world->arena);
    buf_add_str(&data, STR("{\"name\":\""));
    for (int i = 0; i < 600000; i++)
        buf_add_char(&data, 'x');
    buf_add(&data, "\"}", 3);
    for (int i = 0; i < 3; i++) {
        client_begin(&client, world, get, "id=1&shop_id=1001", NULL);
        answer_data(&client, 0, i == 1 ? data.p : "{\"name\":\"small\"}");
        assert_data(&client, i == 1 ? data.p : "{\"name\":\"small\"}");
        client_free(&client);
    }
}

static void many_at_once(void **state)
{
    enum { CLIENTS = 300 }; /* more than the pool keeps */
    static struct client clients[CLIENTS];
    know_shops(*state);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < CLIENTS; i++)
            client_begin(&clients[i], *state, get, "id=1&shop_id=1001", NULL);
        for (int i = 0; i < CLIENTS; i++)
            answer_data(&clients[i], 0, "{\"name\":\"x\"}");
        for (int i = 0; i < CLIENTS; i++) {
            assert_data(&clients[i], "{\"name\":\"x\"}");
            client_free(&clients[i]);
        }
    }
}

static void reports(void **state)
{
    struct client client;
    struct exchange_report report;
    know_shops(*state);
    client_begin(&client, *state, get, "id=1&shop_id=1001", NULL);
    answer_data(&client, 0, "{}");
    exchange_report(client.x, &report);
    assert_string_equal(report.endpoint, "thing/get_thing");
    assert_string_equal(report.reason, "ok");
    assert_int_equal(report.status, 200);
    assert_int_equal(report.code, 0);
    assert_int_equal(report.calls, 1);
    assert_int_equal(report.words.n, 0);
    assert_text(report.upstream_id, "up-0");
    assert_true(str_starts(report.request_id, STR("20230722042640"))); /* of NOW */
    client_free(&client);
    client_begin(&client, *state, "GET /nowhere", NULL, NULL);
    exchange_report(client.x, &report);
    assert_string_equal(report.endpoint, "-");
    assert_string_equal(report.reason, "route");
    assert_int_equal(report.status, 404);
    assert_int_equal(report.code, 10003);
    client_free(&client);
}

static void gives_each_request_its_id(void **state)
{
    enum { COUNT = 200 };
    static char ids[COUNT][35];
    for (int i = 0; i < COUNT; i++) {
        struct client client;
        struct exchange_report report;
        client_new(&client, *state);
        exchange_report(client.x, &report);
        memcpy(ids[i], report.request_id.p, 34);
        client_free(&client);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(ids[i], ids[k]);
    }
}

static void takes_its_memory_from_a_pool(void **state)
{
    struct client client;
    know_shops(*state);
    for (int i = 0; i < 3; i++) {
        client_begin(&client, *state, get, "id=1&shop_id=1001", NULL);
        answer_data(&client, 0, "{\"name\":\"x\"}");
        size_t blocks = exchange_blocks(client.x);
        client_free(&client);
        client_new(&client, *state);
        assert_int_equal(exchange_blocks(client.x), blocks); /* the same arena, kept */
        client_free(&client);
    }
}

#define WORLD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

/* ---- part answers ---- */

static void gives_a_part_where_that_is_harmless(void **state)
{
    static const struct {
        const char *body, *data, *left_out;
        unsigned calls;
    } rows[] = {
        {"{\"ids\":[1,2,3]}", "{\"names\":[\"a\",\"a\",\"a\"],\"boxes\":[]}", NULL, 3},
        {"{\"ids\":[1,2,3,4]}", "{\"names\":[\"a\",\"a\",\"a\"],\"boxes\":[]}",
         "looks: 1 of 4 (three are enough)", 3},
        {"{\"ids\":[1,2,3,4,5],\"boxes\":[1,2,3]}",
         "{\"names\":[\"a\",\"a\",\"a\"],\"boxes\":[\"a\",\"a\"]}",
         "looks: 2 of 5 (three are enough); boxes_of: 1 of 3 (two as well)", 5},
    };
    know_shops(*state);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct client client;
        client_begin(&client, *state, "POST /api/thing/look", "shop_id=1001", rows[i].body);
        assert_int_equal(client.count, rows[i].calls);
        for (unsigned call = 0; call < client.count; call++)
            answer_data(&client, call, "{\"name\":\"a\"}");
        assert_data(&client, rows[i].data);
        struct str told = reply_field(&client, "X-Shopshim-Left-Out");
        assert_int_equal(told.p != NULL, rows[i].left_out != NULL);
        if (rows[i].left_out)
            assert_text(told, rows[i].left_out);
        client_free(&client);
    }
}

static void rows_beyond_the_part_have_no_answer(void **state)
{
    struct client client;
    know_shops(*state);
    client_begin(&client, *state, "POST /api/thing/peek", "shop_id=1001", "{}");
    answer_data(&client, 0, "{\"things\":[{\"id\":\"1\"},{\"id\":\"2\"},{\"id\":\"3\"}]}");
    assert_int_equal(client.count, 3);
    answer_data(&client, 2, "{\"note\":\"n2\"}");
    answer_data(&client, 1, "{\"note\":\"n1\"}");
    assert_data(&client, "{\"list\":[{\"id\":\"1\",\"note\":\"n1\"},{\"id\":\"2\",\"note\":\"n2\"},"
                         "{\"id\":\"3\"}]}");
    assert_text(reply_field(&client, "X-Shopshim-Left-Out"), "notes: 1 of 3 (notes are a help)");
    client_free(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD(makes_one_call),
        WORLD(signs_what_it_sends),
        WORLD(tells_what_was_not_used),
        WORLD(bounds_its_notes),
        WORLD(waits_for_what_a_call_reads),
        WORLD(leaves_out_what_is_not_wanted),
        WORLD(forgives),
        WORLD(keeps_the_order_of_elements),
        WORLD(bounds_the_calls),
        WORLD(fails_as_a_whole),
        WORLD(tells_upstreams_faults),
        WORLD(cuts_long_messages),
        WORLD(bounds_the_target),
        WORLD(passes_on_what_broke),
        WORLD(keeps_its_deadline),
        WORLD(ignores_what_comes_too_late),
        WORLD(lets_the_client_vanish),
        WORLD(bounds_the_answer),
        WORLD(gives_large_buffers_back),
        WORLD(many_at_once),
        WORLD(reports),
        WORLD(gives_each_request_its_id),
        WORLD(takes_its_memory_from_a_pool),
        WORLD(gives_a_part_where_that_is_harmless),
        WORLD(rows_beyond_the_part_have_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
