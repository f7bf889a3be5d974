/*
 * Requests that are of v202309 form already: what of them is translated, what passes, what is
 * refused, and that the answer comes back as it is.
 */
#include "bench.h"
#include "table/contract.h"
#include <ctype.h>

static const char *const edit = "POST /thing/202401/things/5/edit"; /* needs a cipher */
static const char *const list = "GET /thing/202401/things";         /* takes one */
static const char *const upload = "POST /thing/202401/files";       /* takes none */
static const char *const strange = "PUT /other/202512/x/1";         /* nobody knows */

static int native_set_up(void **state)
{
    struct findings findings;
    findings_init(&findings);
    if (world_set_up(state) != 0)
        return -1;
    struct world *world = *state;
    struct contracts *contracts =
        contracts_load(TEST_ROOT "/tests/unit/exchange/fixtures/contracts/v202309", &findings);
    bool good = contracts && plans_know(world->plans, contracts);
    contracts_free(contracts);
    findings_clear(&findings);
    return good ? 0 : -1;
}

enum dialect { LEGACY, ANEW, ANEW_IN_CAPITALS, WRONG, UNSIGNED };

struct call {
    const char *call;
    const char *query; /* what stands before the rest */
    const char *body;
    const char *type;       /* content-type, NULL: none is sent */
    enum dialect dialect;   /* LEGACY */
    bool header;            /* the token is in the header */
    const char *more_query; /* behind the signature, which does not cover it */
};

static const char *const app_key = "app1";

static struct str sign_call(struct world *world, const struct call *call, struct str path,
                            struct str query)
{
    struct pairs pairs;
    char *hex = arena_alloc(world->arena, SIGN_HEX + 1);
    struct sign_key *key = sign_key_new(str_from(app_key), bench_apps[0].secret);
    bool anew = call->dialect == ANEW || call->dialect == ANEW_IN_CAPITALS;
    bool covered = anew && !sign_is_multipart(str_from(call->type));
    assert_true(url_parse_query(query, world->arena, 100, &pairs));
    assert_true(sign_request(key, path, &pairs, covered ? str_from(call->body) : STR_NONE, hex));
    sign_key_free(key);
    for (int i = 0; call->dialect == ANEW_IN_CAPITALS && i < SIGN_HEX; i++)
        hex[i] = (char)toupper(hex[i]);
    if (call->dialect == WRONG)
        hex[0] = hex[0] == '0' ? '1' : '0';
    return str_of(hex, SIGN_HEX);
}

/* As a client makes it; the query that it sent. */
static struct str begin(struct client *client, struct world *world, const struct call *call)
{
    struct str path = str_from(call->call), method = str_cut(&path, ' ');
    struct exchange_field *fields = ARENA_ARRAY(world->arena, struct exchange_field, 2);
    struct exchange_request request = {
        .method = method, .path = path, .body = str_from(call->body), .fields = fields};
    if (call->type)
        fields[request.field_count++] =
            (struct exchange_field){STR("Content-Type"), str_from(call->type)};
    if (call->header)
        fields[request.field_count++] =
            (struct exchange_field){STR("X-Tts-Access-Token"), STR("TOKEN_1")};
    struct buf query;
    buf_init_arena(&query, 1 << 16, world->arena);
    buf_printf(&query, "%s%sapp_key=%s&timestamp=%d%s", call->query ? call->query : "",
               call->query ? "&" : "", app_key, NOW - 7,
               call->header ? "" : "&access_token=TOKEN_1");
    if (call->dialect != UNSIGNED) {
        struct str sign = sign_call(world, call, path, buf_str(&query));
        buf_printf(&query, "&sign=" STR_FMT, STR_ARG(sign));
    }
    buf_printf(&query, "%s", call->more_query ? call->more_query : "");
    request.query = arena_str(world->arena, buf_str(&query));
    client_new(client, world);
    exchange_start(client->x, &request);
    return request.query;
}

/* The query of what was sent, without "&sign=", which must be right. */
static struct str sent_query(struct client *client, unsigned i, bool multipart)
{
    struct world *world = client->world;
    const struct exchange_send *send = client->sends[i];
    struct str rest = send->target, path = str_cut(&rest, '?');
    struct pairs pairs;
    char hex[SIGN_HEX + 1];
    struct sign_key *key = sign_key_new(str_from(app_key), bench_apps[0].secret);
    assert_true(url_parse_query(rest, world->arena, 100, &pairs));
    assert_true(sign_request(key, path, &pairs, multipart ? STR_NONE : send->body, hex));
    sign_key_free(key);
    assert_text(pairs_get(&pairs, STR("sign")), hex);
    assert_true(rest.n > SIGN_HEX + 6);
    rest.n -= SIGN_HEX + 6;
    assert_true(str_starts(str_of(rest.p + rest.n, 6), STR("&sign=")));
    return rest;
}

#define TIME "timestamp=1690000000"
#define FORM "multipart/form-data; boundary=X"

static void translates_credentials(void **state)
{
    static const struct {
        struct call call;
        const char *query; /* upstream, without signature */
        const char *type;
    } rows[] = {
        {{.call = edit,
          .query = "b=2&shop_id=1001&a=%2F+x&version=202309",
          .body = "{\"n\": 1.0}",
          .type = "application/json"},
         "b=2&a=%2F%20x&app_key=app1&" TIME "&shop_cipher=CIPHER_A",
         "application/json"},
        {{.call = edit, .query = "shop_id=1002", .body = "{}"},
         "app_key=app1&" TIME "&shop_cipher=CIPHER_B",
         "application/json"},
        {{.call = edit, .query = "shop_id=1001"},
         "app_key=app1&" TIME "&shop_cipher=CIPHER_A",
         "application/json"},
        {{.call = edit,
          .query = "shop_cipher=MINE&shop_id=1001",
          .body = "{}",
          .type = "application/json; charset=utf-8"},
         "shop_cipher=MINE&app_key=app1&" TIME,
         "application/json; charset=utf-8"},
        {{.call = edit,
          .query = "shop_cipher=&shop_id=1001",
          .body = "[]",
          .type = "application/x-www-form-urlencoded"},
         "app_key=app1&" TIME "&shop_cipher=CIPHER_A",
         "application/json"},
        {{.call = edit,
          .query = "shop_id=1001",
          .body = "a=b",
          .type = "application/x-www-form-urlencoded"},
         "app_key=app1&" TIME "&shop_cipher=CIPHER_A",
         "application/x-www-form-urlencoded"},
        {{.call = list, .query = "shop_id=1001&ids=1,2&ids=3&empty="},
         "ids=1%2C2&ids=3&empty=&app_key=app1&" TIME "&shop_cipher=CIPHER_A",
         "application/json"},
        {{.call = list, .query = "a=1"}, "a=1&app_key=app1&" TIME, "application/json"},
        {{.call = upload,
          .query = "shop_id=1001",
          .body = "--X\r\n\r\n\x01\xff--X--",
          .type = FORM},
         "app_key=app1&" TIME,
         FORM},
        {{.call = upload, .query = "shop_id=1001&shop_cipher=MINE", .body = "--X", .type = FORM},
         "app_key=app1&" TIME,
         FORM},
        {{.call = strange, .query = "shop_id=1001", .body = "{}"},
         "app_key=app1&" TIME "&shop_cipher=CIPHER_A",
         "application/json"},
        {{.call = strange, .body = "{}"}, "app_key=app1&" TIME, "application/json"},
        {{.call = "DELETE /other/202512/x", .query = "q=1", .body = "{\"ids\":[]}"},
         "q=1&app_key=app1&" TIME,
         "application/json"},
        {{.call = edit,
          .query = "shop_cipher=MINE",
          .body = "{}",
          .dialect = ANEW_IN_CAPITALS,
          .header = true},
         "shop_cipher=MINE&app_key=app1&" TIME,
         "application/json"},
        /* signed anew, but with something of the old kind */
        {{.call = edit, .query = "shop_id=1001", .body = "{}", .dialect = ANEW},
         "app_key=app1&" TIME "&shop_cipher=CIPHER_A",
         "application/json"},
        {{.call = edit,
          .query = "shop_id=1001",
          .body = "{}",
          .type = "application/json",
          .dialect = ANEW,
          .header = true},
         "app_key=app1&" TIME "&shop_cipher=CIPHER_A",
         "application/json"},
        {{.call = list, .query = "shop_id=1001", .dialect = LEGACY, .header = true},
         "app_key=app1&" TIME "&shop_cipher=CIPHER_A",
         "application/json"},
        {{.call = edit,
          .query = "shop_cipher=MINE",
          .body = "{}",
          .dialect = ANEW,
          .header = true,
          .more_query = "&access_token=TOKEN_1"},
         "shop_cipher=MINE&app_key=app1&" TIME,
         "application/json"},
        {{.call = edit,
          .query = "shop_cipher=MINE",
          .body = "{}",
          .dialect = LEGACY,
          .header = true},
         "shop_cipher=MINE&app_key=app1&" TIME,
         "application/json"},
    };
    know_shops(*state);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct call *call = &rows[i].call;
        struct client client;
        begin(&client, *state, call);
        if (client.count != 1)
            fail_msg("row %zu: %u sent", i, client.count);
        const struct exchange_send *send = client.sends[0];
        struct str path = str_from(call->call), method = str_cut(&path, ' ');
        assert_true(str_eq(send->method, method));
        assert_true(str_starts(send->target, path));
        assert_int_equal(send->target.p[path.n], '?');
        assert_text(sent_query(&client, 0, strcmp(rows[i].type, FORM) == 0), rows[i].query);
        assert_int_equal(send->field_count, 2);
        assert_text(sent_field(&client, 0, "x-tts-access-token"), "TOKEN_1");
        assert_text(sent_field(&client, 0, "content-type"), rows[i].type);
        assert_text(send->body, call->body ? call->body : "");
        assert_int_equal(send->repeatable, strncmp(call->call, "GET ", 4) == 0);
        assert_false(send->auth_host);
        client_free(&client);
    }
}

static void sends_no_empty_fields_with_a_get(void **state)
{
    static const struct {
        const char *call, *body, *sent;
    } rows[] = {
        {"GET /thing/202401/things", "{}", ""},
        {"GET /thing/202401/things", "[]", ""},
        {"GET /thing/202401/things", "null", ""},
        {"GET /thing/202401/things", "{\"a\":1}", "{\"a\":1}"},
        {"POST /thing/202401/things/5/edit", "{}", "{}"},
    };
    know_shops(*state);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct client client;
        struct call call = {.call = rows[i].call, .query = "shop_id=1001", .body = rows[i].body};
        begin(&client, *state, &call);
        assert_int_equal(client.count, 1);
        assert_text(sent_query(&client, 0, false), "app_key=app1&" TIME "&shop_cipher=CIPHER_A");
        assert_text(client.sends[0]->body, rows[i].sent);
        client_free(&client);
    }
}

static void passes_what_is_complete(void **state)
{
    static const struct call calls[] = {
        {.call = edit,
         .query = "shop_cipher=A%20b&z=1&a=%2f",
         .body = "{\"n\": 1.0}",
         .type = "application/json",
         .dialect = ANEW,
         .header = true},
        {.call = edit,
         .query = "shop_cipher=A&shop_id=1001",
         .body = "{}",
         .type = "application/json",
         .dialect = ANEW,
         .header = true},
        {.call = edit,
         .query = "z=1",
         .body = "{}",
         .type = "application/json",
         .dialect = ANEW,
         .header = true}, /* upstream says what is missing */
        {.call = list, .query = "shop_cipher=A&version=202309", .dialect = ANEW, .header = true},
        {.call = list, .query = "shop_id=", .dialect = ANEW, .header = true},
        {.call = upload,
         .query = "shop_id=1001",
         .body = "--X",
         .type = FORM,
         .dialect = ANEW,
         .header = true}, /* takes no cipher */
        {.call = strange, .type = "application/json", .dialect = ANEW, .header = true},
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        struct world *world = *state;
        struct client client;
        struct str query = begin(&client, world, &calls[i]);
        struct str path = str_from(calls[i].call);
        str_cut(&path, ' ');
        if (client.count != 1)
            fail_msg("row %zu: %u sent", i, client.count);
        struct str target =
            arena_printf(world->arena, STR_FMT "?" STR_FMT, STR_ARG(path), STR_ARG(query));
        assert_text(client.sends[0]->target, target.p);
        assert_text(client.sends[0]->body, calls[i].body ? calls[i].body : "");
        assert_int_equal(client.sends[0]->field_count, calls[i].type ? 2 : 1);
        assert_text(sent_field(&client, 0, "x-tts-access-token"), "TOKEN_1");
        assert_true(str_eq(sent_field(&client, 0, "content-type"), str_from(calls[i].type)));
        client_free(&client);
        world->settings.native = EXCHANGE_NATIVE_TRANSLATE;
        begin(&client, world, &calls[i]);
        if (client.count > 0 && str_eq(client.sends[0]->target, target))
            fail_msg("row %zu passed untouched", i);
        client_free(&client);
        world->settings.native = EXCHANGE_NATIVE_PASS;
    }
}

static void finds_the_shop(void **state)
{
    struct client client;
    static const struct call call = {.call = edit, .query = "shop_id=1002", .body = "{}"};
    begin(&client, *state, &call);
    answer_shops(&client, 0);
    assert_int_equal(client.count, 2);
    assert_text(sent_parameter(&client, 1, "shop_cipher"), "CIPHER_B");
    answer_data(&client, 1, "{}");
    assert_int_equal(client.replies, 1);
    assert_true(str_has(client.reply->body, "\"request_id\":\"up-1\",\"data\":{}}"));
    client_free(&client);
    static const struct {
        const char *query, *words;
    } refused[] = {{"shop_id=9", "shop_id is invalid"}, {NULL, "good for 2 shops"}};
    for (size_t i = 0; i < 2; i++) {
        begin(&client, *state,
              &(struct call){.call = edit, .query = refused[i].query, .body = "{}"});
        assert_int_equal(client.count, 0);
        assert_fault(&client, FAULT_SHOP, refused[i].words);
        client_free(&client);
    }
}

static void takes_the_only_shop(void **state)
{
    struct client client;
    begin(&client, *state, &(struct call){.call = edit, .body = "{}"});
    struct exchange_upstream answer = {
        .status = 200,
        .body = STR("{\"code\":0,\"message\":\"Success\",\"request_id\":\"u\",\"data\":{\"shops\":["
                    "{\"id\":\"1001\",\"cipher\":\"ONLY\"}]}}")};
    answer_with(&client, 0, &answer);
    assert_text(sent_parameter(&client, 1, "shop_cipher"), "ONLY");
    client_free(&client);
}

static void gives_the_answer_as_it_is(void **state)
{
    static const struct {
        struct exchange_upstream answer;
        const char *reason, *retry;
        int64_t code;
    } rows[] = {
        {{200, STR_C("{\"data\":{\"n\":1.0},\"code\":0}"), STR_C("application/json"), 0},
         "ok",
         NULL,
         0},
        {{200, STR_C(" {\"code\": 12019, \"message\": \"No.\"}"), STR_C("text/json;a=b"), 0},
         "upstream",
         NULL,
         12019},
        {{403, STR_C("{\"code\":700002,\"message\":\"x\"}"), STR_C("application/json"), 0},
         "upstream",
         NULL,
         700002},
        {{401, STR_C("{\"code\":105002,\"message\":\"\"}"), STR_C("application/json"), 0},
         "upstream",
         NULL,
         105002},
        {{429, STR_C("{\"code\":36009002,\"message\":\"Slow.\"}"), STR_C("application/json"), 7},
         "upstream",
         "7",
         36009002},
        {{502, STR_C("<html>"), STR_C("text/html"), 0}, "upstream_bad", NULL, 10017},
        {{429, STR_C(""), {NULL, 0}, 60}, "busy", "60", 10021},
        {{200, STR_C("%PDF\x01"), STR_C("application/pdf"), 0}, "ok", NULL, 0},
        {{204, STR_C(""), {NULL, 0}, 0}, "ok", NULL, 0},
        {{302, STR_C("moved"), STR_C("text/plain"), 0}, "ok", NULL, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct exchange_report report;
        struct client client;
        begin(&client, *state, &(struct call){.call = strange, .body = "{}"});
        answer_with(&client, 0, &rows[i].answer);
        assert_int_equal(client.replies, 1);
        assert_int_equal(client.reply->status, rows[i].answer.status);
        assert_true(str_eq(client.reply->body, rows[i].answer.body));
        assert_true(str_eq(reply_field(&client, "Content-Type"), rows[i].answer.content_type));
        assert_true(str_eq(reply_field(&client, "Retry-After"), str_from(rows[i].retry)));
        assert_int_equal(client.reply->field_count,
                         (rows[i].answer.content_type.n > 0) + (rows[i].retry != NULL));
        exchange_report(client.x, &report);
        assert_string_equal(report.reason, rows[i].reason);
        assert_string_equal(report.endpoint, "native");
        assert_int_equal(report.code, rows[i].code);
        assert_int_equal(report.status, rows[i].answer.status);
        client_free(&client);
    }
}

static void names_what_it_served(void **state)
{
    struct exchange_report report;
    struct client client;
    begin(&client, *state, &(struct call){.call = list});
    answer_data(&client, 0, "{\"n\":18014398509481985}");
    exchange_report(client.x, &report);
    assert_string_equal(report.endpoint, "native/thing/list-things");
    assert_text(report.upstream_id, "up-0");
    assert_int_equal(report.calls, 1);
    client_free(&client);
}

static void tells_faults_of_upstream(void **state)
{
    struct fault fault = {0};
    struct client client;
    fault_set(&fault, FAULT_LOST, "It broke.");
    begin(&client, *state, &(struct call){.call = strange, .body = "{}"});
    client.over[0] = true;
    exchange_on_fault(client.x, client.tags[0], &fault);
    assert_fault(&client, FAULT_LOST, "It broke.");
    assert_text(reply_text(&client, "message"), "It broke.");
    client_free(&client);
    begin(&client, *state, &(struct call){.call = edit, .query = "shop_id=1001", .body = "{}"});
    client.over[0] = true;
    exchange_on_fault(client.x, client.tags[0], &fault);
    assert_fault(&client, FAULT_LOST, "The call that lists the shops of the token failed");
    client_free(&client);
    begin(&client, *state, &(struct call){.call = strange, .body = "{}"});
    exchange_on_deadline(client.x);
    assert_fault(&client, FAULT_TIMEOUT, "exchange.deadline_ms");
    assert_int_equal(client.cancelled, 1);
    client_free(&client);
}

static void bounds_the_answer(void **state)
{
    struct world *world = *state;
    char text[512];
    memset(text, '7', sizeof text);
    for (size_t n = 400; n <= 401; n++) {
        struct exchange_upstream answer = {.status = 200, .body = str_of(text, n)};
        struct client client;
        world->settings.answer = 400;
        begin(&client, world, &(struct call){.call = strange, .body = "{}"});
        answer_with(&client, 0, &answer);
        if (n == 400)
            assert_true(str_eq(client.reply->body, answer.body));
        else
            assert_fault(&client, FAULT_TOO_LARGE, "400 bytes (setting exchange.answer)");
        client_free(&client);
    }
}

static void forgets_a_cipher_that_is_refused(void **state)
{
    struct world *world = *state;
    struct exchange_upstream stale = {.status = 400,
                                      .body = STR("{\"code\":700001,\"message\":\"Stale.\"}")};
    static const struct call call = {.call = edit, .query = "shop_id=1001", .body = "{}"};
    struct client client;
    know_shops(world);
    world->now_ms += 5000; /* what is younger than shops.retry_ms is kept */
    begin(&client, world,
          &(struct call){.call = edit, .query = "shop_id=1001&shop_cipher=MINE", .body = "{}"});
    answer_with(&client, 0, &stale); /* not one that was remembered */
    client_free(&client);
    begin(&client, world, &call);
    assert_text(sent_parameter(&client, 0, "shop_cipher"), "CIPHER_A");
    answer_with(&client, 0, &stale);
    assert_true(str_eq(client.reply->body, stale.body));
    client_free(&client);
    begin(&client, world, &call);
    assert_true(str_starts(client.sends[0]->target, STR("/who/shops?")));
    client_free(&client);
}

static void refuses(void **state)
{
    static const struct {
        struct call call;
        enum fault_kind kind;
        const char *words;
    } rows[] = {
        {{.call = edit, .query = "shop_id=1001", .body = "{}", .dialect = UNSIGNED},
         FAULT_SIGN_MISSING,
         "sign is missing"},
        {{.call = edit, .query = "a=1", .body = "{\"x\":1}", .dialect = WRONG},
         FAULT_SIGN,
         "as v202309 has it: "
         "***/thing/202401/things/5/edita1app_keyapp1timestamp1689999993{\"x\":1}"
         "*** or, as the retired API had it, without the body: "
         "***/thing/202401/things/5/edita1app_keyapp1timestamp1689999993***"},
        {{.call = edit, .query = "shop_cipher=SECRETCIPHER", .body = "{}", .dialect = WRONG},
         FAULT_SIGN,
         "shop_cipher***timestamp"},
        {{.call = list, .query = "a=1", .dialect = WRONG},
         FAULT_SIGN,
         "The string to sign is (*** for each secret): "
         "***/thing/202401/thingsa1app_keyapp1timestamp1689999993***"},
        {{.call = upload, .body = "--X", .type = FORM, .dialect = WRONG},
         FAULT_SIGN,
         "(*** for each secret): ***/thing/202401/filesapp_keyapp1timestamp1689999993***"},
        {{.call = "HEAD /thing/202401/things"}, FAULT_METHOD, "not HEAD"},
        {{.call = "OPTIONS /other/202401/things"}, FAULT_METHOD, "not OPTIONS"},
        {{.call = edit, .query = "x=%0"}, FAULT_PARAMETER, "percent-coded"},
        {{.call = "GET /other/20240/things"}, FAULT_ROUTE, "no endpoint"},
        {{.call = "GET /api/202401/thing%00"}, FAULT_ROUTE, "percent-coded"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct client client;
        if (rows[i].kind == FAULT_PARAMETER) {
            struct ask ask = {.call = edit, .query = rows[i].call.query, .without = BARE};
            client_new(&client, *state);
            client_start(&client, &ask);
        } else {
            begin(&client, *state, &rows[i].call);
        }
        assert_int_equal(client.count, 0);
        assert_fault(&client, rows[i].kind, rows[i].words);
        assert_false(str_has(client.reply->body, "SECRETCIPHER"));
        client_free(&client);
    }
}

static void checks_app_time_and_token(void **state)
{
    static const struct {
        struct ask ask;
        enum fault_kind kind;
        const char *words;
    } rows[] = {
        {{.call = list, .without = NO_KEY | NO_SIGN}, FAULT_APP, "app_key is missing"},
        {{.call = list, .app = "app9"}, FAULT_APP, "app_key is not one"},
        {{.call = list, .without = NO_TIME}, FAULT_TIME, "timestamp is missing"},
        {{.call = list, .query = "timestamp=1689999000", .without = NO_TIME},
         FAULT_TIME,
         "1000 seconds old"},
        {{.call = list, .without = NO_TOKEN}, FAULT_TOKEN, "access_token is missing"},
        {{.call = list, .query = "access_token=a%0ab", .without = NO_TOKEN},
         FAULT_TOKEN,
         "access_token is invalid"},
        {{.call = list, .secret = "another"}, FAULT_SIGN, "The string to sign is"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct client client;
        client_new(&client, *state);
        client_start(&client, &rows[i].ask);
        assert_int_equal(client.count, 0);
        assert_fault(&client, rows[i].kind, rows[i].words);
        client_free(&client);
    }
}

static void shows_a_long_body_in_part(void **state)
{
    struct world *world = *state;
    struct client client;
    char *body = arena_alloc(world->arena, 100001);
    memset(body, 'b', 100000);
    body[100000] = '\0';
    begin(&client, world, &(struct call){.call = edit, .body = body, .dialect = WRONG});
    assert_fault(&client, FAULT_SIGN, "bbb...(100000 bytes)...***");
    assert_true(client.reply->body.n < 4000);
    client_free(&client);
}

static void refuses_packed_bodies(void **state)
{
    static const struct {
        const char *coding;
        bool good;
    } rows[] = {{"gzip", false}, {"identity", true}, {"", true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct exchange_field field = {STR("Content-Encoding"), str_from(rows[i].coding)};
        struct ask ask = {.call = strange, .body = "x", .fields = &field, .field_count = 1};
        struct client client;
        client_new(&client, *state);
        client_start(&client, &ask);
        assert_int_equal(client.count, rows[i].good);
        if (!rows[i].good)
            assert_fault(&client, FAULT_BODY, "Content-Encoding");
        client_free(&client);
    }
}

static void does_not_check_what_it_is_told_not_to(void **state)
{
    struct world *world = *state;
    struct client client;
    world->settings.check_sign = world->settings.check_time = false;
    static const enum dialect dialects[] = {WRONG, UNSIGNED};
    for (size_t i = 0; i < 2; i++) {
        begin(&client, world,
              &(struct call){.call = strange,
                             .query = "a=1",
                             .body = "{}",
                             .dialect = dialects[i],
                             .header = true});
        assert_int_equal(client.count, 1); /* signed anew, whatever it brought */
        assert_text(sent_query(&client, 0, false), "a=1&app_key=app1&" TIME);
        client_free(&client);
    }
    struct call call = {
        .call = strange, .query = "a=1", .body = "{}", .dialect = ANEW, .header = true};
    struct str query = begin(&client, world, &call);
    struct str sent = client.sends[0]->target;
    str_cut(&sent, '?');
    assert_true(str_eq(sent, query));
    client_free(&client);
}

static void may_be_off(void **state)
{
    struct world *world = *state;
    struct client client;
    world->settings.native = EXCHANGE_NATIVE_OFF;
    begin(&client, world, &(struct call){.call = edit, .query = "shop_id=1001", .body = "{}"});
    assert_int_equal(client.count, 0);
    assert_fault(&client, FAULT_ROUTE, "(setting native)");
    assert_int_equal(client.reply->status, 404);
    client_free(&client);
}

static void leaves_the_auth_host_to_upstream(void **state)
{
    struct ask ask = {
        .call = "GET /key/v2/get", .query = "app_key=no&app_secret=s%20&a=1", .without = BARE};
    struct client client;
    client_new(&client, *state);
    client_start(&client, &ask);
    assert_int_equal(client.count, 1);
    assert_true(client.sends[0]->auth_host);
    assert_text(client.sends[0]->target, "/key/v2/get?app_key=no&app_secret=s%20&a=1");
    assert_int_equal(client.sends[0]->field_count, 0);
    client_free(&client);
    ask.query = NULL;
    client_new(&client, *state);
    client_start(&client, &ask);
    assert_text(client.sends[0]->target, "/key/v2/get?");
    client_free(&client);
}

#define WORLD(test) cmocka_unit_test_setup_teardown(test, native_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD(translates_credentials),
        WORLD(sends_no_empty_fields_with_a_get),
        WORLD(passes_what_is_complete),
        WORLD(finds_the_shop),
        WORLD(takes_the_only_shop),
        WORLD(gives_the_answer_as_it_is),
        WORLD(names_what_it_served),
        WORLD(tells_faults_of_upstream),
        WORLD(bounds_the_answer),
        WORLD(forgets_a_cipher_that_is_refused),
        WORLD(refuses),
        WORLD(checks_app_time_and_token),
        WORLD(shows_a_long_body_in_part),
        WORLD(refuses_packed_bodies),
        WORLD(does_not_check_what_it_is_told_not_to),
        WORLD(may_be_off),
        WORLD(leaves_the_auth_host_to_upstream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
