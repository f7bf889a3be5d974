/* What reaches upstream at all: routes, bodies, apps, signatures, times, tokens. */
#include "bench.h"

struct refusal {
    const char *name;
    struct ask ask;
    enum fault_kind kind;
    const char *words;
};

static const struct exchange_field as_form[] = {
    {STR_C("Content-Type"), STR_C("application/x-www-form-urlencoded; charset=utf-8")}};
static const struct exchange_field as_parts[] = {
    {STR_C("content-type"), STR_C("multipart/form-data; boundary=x")}};
static const struct exchange_field as_gzip[] = {{STR_C("Content-Encoding"), STR_C("gzip")}};
static const struct exchange_field as_it_is[] = {{STR_C("Content-Encoding"), STR_C("identity")}};
static const struct exchange_field as_text[] = {{STR_C("content-type"), STR_C("text/plain")}};
static const struct exchange_field with_token[] = {{STR_C("X-TTS-Access-Token"), STR_C("TOKEN_H")}};
static const struct exchange_field with_bad_token[] = {
    {STR_C("X-TTS-Access-Token"), STR_C("TOKEN\r\nX: y")}};

#define GET    .call = "GET /api/thing/get"
#define CHANGE .call = "POST /api/thing/change"

static const struct refusal refusals[] = {
    {"no such path", {.call = "GET /api/thing/gett"}, FAULT_ROUTE, "GET /api/thing/gett"},
    {"the nearest is named", {.call = "GET /api/thing/gett"}, FAULT_ROUTE, "GET /api/thing/get?"},
    {"far from everything", {.call = "GET /"}, FAULT_ROUTE, "no endpoint GET /."},
    {"v202309 path", {.call = "GET /thing/v2/1"}, FAULT_ROUTE, "no endpoint"},
    {"path with a bad escape", {.call = "GET /api/thing/%g0"}, FAULT_ROUTE, "percent"},
    {"path with bytes that are no text", {.call = "GET /api/%ff%fe"}, FAULT_ROUTE, "/api/??"},
    {"path that is text",
     {.call = "GET /%C3%A9%E2%82%AC%F0%9F%98%80"},
     FAULT_ROUTE,
     "/\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80."},
    {"overlong bytes",
     {.call = "GET /%C0%AF%E0%80%AF%F0%80%80%AF."},
     FAULT_ROUTE,
     "GET /?????????."},
    {"half a surrogate pair", {.call = "GET /%ED%A0%80."}, FAULT_ROUTE, "GET /???."},
    {"beyond Unicode", {.call = "GET /%F4%90%80%80%F5%80."}, FAULT_ROUTE, "GET /??????."},
    {"cut in the middle", {.call = "GET /%E2%82"}, FAULT_ROUTE, "GET /??."},
    {"wrong method", {.call = "POST /api/thing/get"}, FAULT_METHOD, "GET /api/thing/get, not POST"},
    {"bad version", {GET, .query = "version=new"}, FAULT_VERSION, "\"new\""},
    {"bad escape", {GET, .query = "id=%zz", .without = NO_SIGN}, FAULT_PARAMETER, "percent"},
    {"NUL", {GET, .query = "id=%00", .without = NO_SIGN}, FAULT_PARAMETER, "percent"},
    {"body is no JSON", {CHANGE, .body = "{\"id\":1,}"}, FAULT_BODY, "at byte 8"},
    {"body has a key twice", {CHANGE, .body = "{\"id\":1,\"id\":2}"}, FAULT_BODY, "\"id\" twice"},
    {"doubled key deep inside",
     {CHANGE, .body = "{\"a\":[{\"b\":{\"c\":1,\"d\":2,\"c\":3}}]}"},
     FAULT_BODY,
     "\"c\" twice"},
    {"body is a list", {CHANGE, .body = "[1]"}, FAULT_BODY, "must be a JSON object"},
    {"body is a text", {CHANGE, .body = "\"x\""}, FAULT_BODY, "must be a JSON object"},
    {"body is packed",
     {CHANGE, .body = "{}", .fields = as_gzip, .field_count = 1},
     FAULT_BODY,
     "Content-Encoding"},
    {"two byte order marks",
     {CHANGE, .body = "\xEF\xBB\xBF\xEF\xBB\xBF{}"},
     FAULT_BODY,
     "at byte 0"},
    {"multipart",
     {CHANGE, .body = "--x", .fields = as_parts, .field_count = 1},
     FAULT_BODY,
     "base64"},
    {"form with a bad escape",
     {CHANGE, .body = "id=%", .fields = as_form, .field_count = 1},
     FAULT_PARAMETER,
     "form in the body"},
    {"no app_key", {GET, .query = "id=1", .without = NO_KEY}, FAULT_APP, "app_key is missing"},
    {"empty app_key", {GET, .query = "app_key=", .without = NO_KEY}, FAULT_APP, "missing"},
    {"unknown app_key", {GET, .app = "app3", .query = "id=1"}, FAULT_APP, "app_key"},
    {"no sign", {GET, .query = "id=1", .without = NO_SIGN}, FAULT_SIGN_MISSING, "sign is missing"},
    {"empty sign", {GET, .query = "sign=", .without = NO_SIGN}, FAULT_SIGN_MISSING, "missing"},
    {"wrong secret", {GET, .query = "id=1", .secret = "x"}, FAULT_SIGN, "sign is invalid"},
    {"the other app's secret",
     {GET, .app = "app1", .secret = "the secret of app2"},
     FAULT_SIGN,
     "invalid"},
    {"the string to sign is told",
     {GET, .query = "id=1", .secret = "x"},
     FAULT_SIGN,
     "***/api/thing/getapp_keyapp1id1timestamp1690000000***"},
    {"without secrets in it",
     {GET, .query = "shop_cipher=CIPHER_X&refresh_token=R", .secret = "x"},
     FAULT_SIGN,
     "app1refresh_token***shop_cipher***timestamp"},
    {"no timestamp", {GET, .query = "id=1", .without = NO_TIME}, FAULT_TIME, "missing"},
    {"timestamp is no number",
     {GET, .query = "timestamp=now", .without = NO_TIME},
     FAULT_TIME,
     "not a number"},
    {"timestamp below 0",
     {GET, .query = "timestamp=-1", .without = NO_TIME},
     FAULT_TIME,
     "not a number"},
    {"milliseconds",
     {GET, .query = "timestamp=1690000000000", .without = NO_TIME},
     FAULT_TIME,
     "in milliseconds"},
    {"too old",
     {GET, .query = "timestamp=1689999699", .without = NO_TIME},
     FAULT_TIME,
     "301 seconds old"},
    {"too far ahead",
     {GET, .query = "timestamp=1690000031", .without = NO_TIME},
     FAULT_TIME,
     "31 seconds ahead"},
    {"no token", {GET, .query = "id=1", .without = NO_TOKEN}, FAULT_TOKEN, "missing"},
    {"token with a line break in the query",
     {GET, .query = "id=1&access_token=a%0d%0ab", .without = NO_TOKEN},
     FAULT_TOKEN,
     "invalid"},
    {"token with a line break in a field",
     {GET, .query = "id=1", .without = NO_TOKEN, .fields = with_bad_token, .field_count = 1},
     FAULT_TOKEN,
     "invalid"},
    {"a field is missing", {GET, .query = "shop_id=1001"}, FAULT_PARAMETER, "id"},
    {"the table refuses",
     {CHANGE, .query = "version=202305", .body = "{\"id\":1,\"name\":\"x\"}"},
     FAULT_REFUSED,
     "make a new one"},
};

static void refuses(void **state)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct client client;
        print_message("           %s\n", refusals[i].name);
        client_new(&client, *state);
        client_start(&client, &refusals[i].ask);
        assert_int_equal(client.count, 0);
        assert_fault(&client, refusals[i].kind, refusals[i].words);
        assert_true(client.reply->status >= 400);
        assert_text(reply_field(&client, "content-type"), "application/json");
        client_free(&client);
    }
}

struct admission {
    const char *name;
    struct ask ask;
};

static const struct admission admissions[] = {
    {"plain", {GET, .query = "id=1&shop_id=1001"}},
    {"another app", {GET, .query = "id=1&shop_id=1001", .app = "app2"}},
    {"as old as it may be", {GET, .query = "id=1&timestamp=1689999700", .without = NO_TIME}},
    {"as far ahead as it may be", {GET, .query = "id=1&timestamp=1690000030", .without = NO_TIME}},
    {"token in a field",
     {GET, .query = "id=1", .without = NO_TOKEN, .fields = with_token, .field_count = 1}},
    {"id in the body of a GET", {GET, .body = "{\"id\":1}"}},
    {"JSON called text",
     {CHANGE, .body = " {\"id\":1,\"name\":\"x\"}\r\n", .fields = as_text, .field_count = 1}},
    {"JSON called a form",
     {CHANGE, .body = "{\"id\":1,\"name\":\"x\"}", .fields = as_form, .field_count = 1}},
    {"a form", {CHANGE, .body = "id=1&name=x+y", .fields = as_form, .field_count = 1}},
    {"no fields, as PHP writes them", {GET, .query = "id=1", .body = "[]"}},
    {"null", {GET, .query = "id=1", .body = "null"}},
    {"an empty text", {GET, .query = "id=1", .body = "\"\""}},
    {"a byte order mark", {CHANGE, .body = "\xEF\xBB\xBF{\"id\":1,\"name\":\"x\"}"}},
    {"a byte order mark alone", {GET, .query = "id=1", .body = "\xEF\xBB\xBF"}},
    {"not packed", {GET, .query = "id=1", .body = "{}", .fields = as_it_is, .field_count = 1}},
    {"packed, but empty", {GET, .query = "id=1", .fields = as_gzip, .field_count = 1}},
    {"blanks", {GET, .query = "id=1", .body = " \r\n"}},
    {"old version", {CHANGE, .query = "version=202212", .body = "{\"id\":1,\"name\":\"x\"}"}},
    {"what it does not know", {GET, .query = "id=1&strange=1"}},
};

static void admits(void **state)
{
    for (size_t i = 0; i < sizeof admissions / sizeof *admissions; i++) {
        struct client client;
        print_message("           %s\n", admissions[i].name);
        client_new(&client, *state);
        client_start(&client, &admissions[i].ask);
        if (client.replies)
            fail_msg(STR_FMT, STR_ARG(client.reply->body));
        assert_int_equal(client.count, 1);
        client_free(&client);
    }
}

static void start_with_sign(struct client *client, struct world *world, const char *query,
                            const char *hex)
{
    struct str text = arena_printf(world->arena, "%s&sign=%s", query, hex);
    struct exchange_request request = {
        .method = STR("GET"), .path = STR("/api/thing/get"), .query = text};
    client_new(client, world);
    exchange_start(client->x, &request);
}

static void sign_pairs(struct world *world, const char *query, enum sign_habit habit,
                       char hex[SIGN_HEX + 1])
{
    struct pairs pairs;
    struct sign_key *key = sign_key_new(STR("app1"), bench_apps[0].secret);
    assert_true(url_parse_query(str_from(query), world->arena, 100, &pairs));
    assert_true(sign_by_habit(key, STR("/api/thing/get"), &pairs, habit, hex));
    sign_key_free(key);
}

static void takes_signs_in_either_case(void **state)
{
    const char *query = "id=1&app_key=app1&timestamp=1690000000&access_token=T";
    char hex[SIGN_HEX + 1];
    struct client client;
    sign_pairs(*state, query, SIGN_AS_ASKED, hex);
    for (int i = 0; i < SIGN_HEX; i++)
        if (hex[i] >= 'a')
            hex[i] = (char)(hex[i] - 'a' + 'A');
    start_with_sign(&client, *state, query, hex);
    assert_int_equal(client.count, 1);
    client_free(&client);
}

#define COMMON "app_key=app1&timestamp=1690000000&access_token=T"

static void takes_signs_by_the_habits_of_apps(void **state)
{
    static const struct {
        const char *sent, *is_signed;
        enum sign_habit habit;
        bool good;
    } rows[] = {
        {"id=1&" COMMON "&x%5B0%5D=7", "id=1&" COMMON, SIGN_AS_ASKED, true},
        {"id=1&" COMMON "&y=7", "id=1&" COMMON, SIGN_AS_ASKED, false},
        {"id=1&" COMMON "&y=7&y=8", "id=1&" COMMON "&y=7", SIGN_AS_ASKED, true},
        {"id=1&" COMMON "&y=7&y=8", "id=1&" COMMON "&y=8", SIGN_AS_ASKED, false},
        {"id=1&" COMMON, "id=1&" COMMON, SIGN_ONE_SECRET, true},
        {"id=1&" COMMON, "id=2&" COMMON, SIGN_ONE_SECRET, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char hex[SIGN_HEX + 1];
        struct client client;
        sign_pairs(*state, rows[i].is_signed, rows[i].habit, hex);
        start_with_sign(&client, *state, rows[i].sent, hex);
        assert_int_equal(client.count, rows[i].good);
        if (!rows[i].good)
            assert_fault(&client, FAULT_SIGN, "invalid");
        client_free(&client);
    }
}

static void checks_only_what_it_is_told_to(void **state)
{
    struct world *world = *state;
    struct client client;
    struct ask ask = {GET, .query = "id=1&sign=00", .without = NO_SIGN | NO_TIME};
    world->settings.check_sign = world->settings.check_time = false;
    client_new(&client, world);
    client_start(&client, &ask);
    assert_int_equal(client.count, 1);
    client_free(&client);
    ask.without |= NO_KEY; /* without the app nothing can be signed upstream */
    client_new(&client, world);
    client_start(&client, &ask);
    assert_fault(&client, FAULT_APP, "missing");
    client_free(&client);
}

static void bounds_parameters(void **state)
{
    struct world *world = *state;
    struct client client;
    struct ask ask = {CHANGE, .query = "shop_id=1001", .body = "id=1&name=x", .fields = as_form,
                      .field_count = 1};
    world->settings.query_pairs = 7; /* shop_id, three of the bench, sign, and two of the form */
    client_new(&client, world);
    client_start(&client, &ask);
    assert_int_equal(client.count, 1);
    client_free(&client);
    ask.body = "id=1&name=x&more=y";
    client_new(&client, world);
    client_start(&client, &ask);
    assert_fault(&client, FAULT_TOO_LARGE, "exchange.query_pairs");
    client_free(&client);
    client_begin(&client, world, "GET /api/thing/get", "a=1&b=2&c=3&d=4", NULL);
    assert_fault(&client, FAULT_TOO_LARGE, "exchange.query_pairs");
    client_free(&client);
}

static void bounds_nesting(void **state)
{
    struct world *world = *state;
    struct client client;
    world->settings.json_depth = 3;
    client_begin(&client, world, "GET /api/thing/get", "id=1", "{\"a\":{\"b\":{}}}");
    assert_int_equal(client.count, 1);
    client_free(&client);
    client_begin(&client, world, "GET /api/thing/get", "id=1", "{\"a\":{\"b\":{\"c\":{}}}}");
    assert_fault(&client, FAULT_BODY, "not JSON");
    client_free(&client);
}

static void leaves_the_auth_host_to_upstream(void **state)
{
    static const struct ask asks[] = {
        {.call = "GET /api/v2/token/get",
         .without = BARE,
         .query = "app_key=unknown&app_secret=s%26s&auth_code=c"},
        {.call = "POST /api/token/getAccessToken",
         .without = BARE,
         .body = "{\"app_key\":\"unknown\",\"app_secret\":\"s&s\",\"auth_code\":\"c\"}"},
    };
    for (size_t i = 0; i < 2; i++) {
        struct client client;
        client_new(&client, *state);
        client_start(&client, &asks[i]);
        assert_int_equal(client.count, 1);
        assert_true(client.sends[0]->auth_host);
        assert_text(client.sends[0]->target,
                    "/api/v2/token/get?app_key=unknown&app_secret=s%26s&auth_code=c");
        assert_null(sent_field(&client, 0, "x-tts-access-token").p);
        answer_data(&client, 0, "{\"access_token\":\"TOKEN_NEW\"}");
        read_reply(&client);
        assert_text(reply_text(&client, "message"), "success");
        assert_text(json_raw(json_get(client.root, STR("data"))),
                    "{\"access_token\":\"TOKEN_NEW\"}");
        client_free(&client);
    }
}

/* Upstream repeats them in words of its own. */
static void hides_what_was_sent_for_a_token(void **state)
{
    static const struct ask asks[] = {
        {.call = "GET /api/v2/token/get",
         .without = BARE,
         .query = "app_key=unknown&app_secret=SECRET%26S&auth_code=CODE_1"},
        {.call = "POST /api/token/getAccessToken",
         .without = BARE,
         .body = "{\"app_key\":\"unknown\",\"app_secret\":\"SECRET&S\","
                 "\"auth_code\":\"CODE\\u005f1\"}"},
    };
    for (size_t i = 0; i < 2; i++) {
        struct client client;
        client_new(&client, *state);
        client_start(&client, &asks[i]);
        assert_int_equal(client.count, 1);
        answer_with(&client, 0,
                    &(struct exchange_upstream){
                        .status = 200,
                        .body = STR("{\"code\":36004004,\"message\":\"CODE_1 is not of SECRET&S\","
                                    "\"request_id\":\"u\"}")});
        read_reply(&client);
        assert_text(reply_text(&client, "message"), "*** is not of ***");
        client_free(&client);
    }
}

static void answers_what_is_no_request(void **state)
{
    struct client client;
    struct fault fault;
    fault_set(&fault, FAULT_HTTP, "Two lengths.");
    client_new(&client, *state);
    exchange_refuse(client.x, &fault);
    assert_fault(&client, FAULT_HTTP, "Two lengths.");
    assert_int_equal(client.reply->status, 400);
    assert_text(reply_text(&client, "code"), "10001");
    client_free(&client);
}

static void knows_many_apps(void **state)
{
    enum { APPS = 40 };
    static char keys[APPS][8];
    static struct exchange_app apps[APPS];
    struct world *world = *state;
    for (int i = 0; i < APPS; i++) {
        snprintf(keys[i], sizeof keys[i], "k%d", i % (APPS - 1)); /* the last one is there twice */
        apps[i] = (struct exchange_app){str_from(keys[i]), str_from(i < APPS - 1 ? "one" : "two")};
    }
    world->common.apps = apps;
    world->common.app_count = APPS;
    struct exchange_host *host = exchange_host_new(&world->common);
    struct exchange_host *before = world->host;
    world->host = host;
    for (int i = 0; i < APPS; i++) {
        struct client client;
        struct ask ask = {GET, .query = "id=1", .app = keys[i], .secret = "one"};
        client_new(&client, world);
        client_start(&client, &ask);
        assert_int_equal(client.count, 1);
        client_free(&client);
    }
    struct client client;
    struct ask ask = {GET, .query = "id=1", .app = "k0", .secret = "two"};
    client_new(&client, world);
    client_start(&client, &ask);
    assert_fault(&client, FAULT_SIGN, "invalid"); /* the first one counts */
    client_free(&client);
    exchange_host_free(host);
    world->host = before;
}

static void never_tells_secrets(void **state)
{
    static const struct {
        const char *query, *hidden;
    } cases[] = {
        {"version=access_token=TOKEN_1", "TOKEN_1"},
        {"version=x&refresh_token=RRRR", "RRRR"},
        {"id=1&shop_cipher=CIPHER_X&timestamp=access_token:TOKEN_1", "CIPHER_X"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ask ask = {GET, .query = cases[i].query, .secret = "x"};
        struct client client;
        client_new(&client, *state);
        client_start(&client, &ask);
        read_reply(&client);
        assert_false(str_has(client.reply->body, cases[i].hidden));
        assert_false(str_has(client.reply->body, "the secret of"));
        client_free(&client);
    }
}

#define WORLD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD(refuses),
        WORLD(admits),
        WORLD(takes_signs_in_either_case),
        WORLD(takes_signs_by_the_habits_of_apps),
        WORLD(checks_only_what_it_is_told_to),
        WORLD(bounds_parameters),
        WORLD(bounds_nesting),
        WORLD(leaves_the_auth_host_to_upstream),
        WORLD(hides_what_was_sent_for_a_token),
        WORLD(answers_what_is_no_request),
        WORLD(knows_many_apps),
        WORLD(never_tells_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
