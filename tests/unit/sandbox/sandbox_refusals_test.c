/*
 * The sandbox over HTTP: every rule of v202309 that a request can break, and what is said.
 */
#include "client.h"

static struct sandbox *sandbox;
static struct client client;

static int setup(void **state)
{
    (void)state;
    sandbox = client_start((struct sandbox_options){.orders = 50});
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

#define SHOPS      "/authorization/202309/shops"
#define SEARCH     "/order/202309/orders/search"
#define DETAIL     "/order/202309/orders"
#define PRODUCT    "/product/202309/products/1729466252055584113"
#define PRICES     PRODUCT "/prices/update"
#define STOP       "/product/202309/products/deactivate"
#define UPLOAD     "/product/202309/images/upload"
#define CIPHER     "shop_cipher=demo-cipher-gb"
#define PAGE       CIPHER "&page_size=10"
#define BODY(text) .body = STR_C(text)
#define FORM       .multipart = true, .type = "multipart/form-data; boundary=B"

static const struct {
    const char *name;
    struct ask ask;
    int64_t code;
    int status;
    const char *says;
} rows[] = {
    /* path and method */
    {"unknown path",
     {.path = "/order/202309/orders/serach", .method = "POST"},
     36009009,
     404,
     "The nearest endpoint is POST /order/202309/orders/search; asked for was POST "
     "/order/202309/orders/serach"},
    {"legacy path",
     {.path = "/api/orders/search", .method = "POST"},
     36009009,
     404,
     "No endpoint is like it; asked for was POST /api/orders/search"},
    {"root", {.path = "/"}, 36009009, 404, "asked for was GET /"},
    {"wrong method",
     {.path = SEARCH},
     36009010,
     405,
     "This path has POST /order/202309/orders/search, not GET"},
    {"wrong method of several",
     {.path = PRODUCT, .method = "DELETE"},
     36009010,
     405,
     "This path has PUT, GET /product/202309/products/{product_id}, not DELETE"},
    /* app and time */
    {"unknown app", {.path = SHOPS, .key = "other"}, 36009004, 400, "app_key is unknown"},
    {"no app", {.path = SHOPS, .unsigned_call = true}, 36009004, 400, "app_key is missing"},
    {"no time", {.path = SHOPS, .no_time = true}, 36009004, 400, "timestamp is missing"},
    {"old", {.path = SHOPS, .age = 301}, 36009004, 400, "It is 301 seconds old, 300 are allowed"},
    {"ahead", {.path = SHOPS, .age = -31}, 36009004, 400, "It is 31 seconds ahead, 30 are allowed"},
    {"time is no number",
     {.path = SHOPS, .no_time = true, .query = "timestamp=now"},
     36009004,
     400,
     "must be seconds since 1970"},
    {"negative time",
     {.path = SHOPS, .no_time = true, .query = "timestamp=-5"},
     36009004,
     400,
     "must be seconds since 1970"},
    {"milliseconds",
     {.path = SHOPS, .no_time = true, .query = "timestamp=1700000000000"},
     36009004,
     400,
     "seconds ahead"},
    /* signature */
    {"no sign", {.path = SHOPS, .sign = ""}, 36009004, 400, "sign is missing"},
    {"wrong sign",
     {.path = SHOPS, .sign = "0000000000000000000000000000000000000000000000000000000000000000"},
     106001,
     401,
     "The string to sign is ***/authorization/202309/shopsapp_keydemo-apptimestamp1700000000***"},
    {"short sign", {.path = SHOPS, .sign = "00"}, 106001, 401, "string to sign"},
    {"other secret", {.path = SHOPS, .secret = "other-secret"}, 106001, 401, "string to sign"},
    {"body not signed",
     {.path = SEARCH, .method = "POST", .query = PAGE, BODY("{}"), .multipart = true},
     106001,
     401,
     "page_size10shop_cipher***timestamp1700000000{}***"},
    /* token */
    {"no token", {.path = SHOPS, .token = ""}, 36009004, 401, "x-tts-access-token is missing"},
    {"unknown token", {.path = SHOPS, .token = "other"}, 36009004, 401, "This token is unknown"},
    {"token that was taken back",
     {.path = SHOPS, .token = "demo-token-revoked"},
     105001,
     401,
     "Its owner has taken it back"},
    {"expired token",
     {.path = SHOPS, .token = "demo-token-expired"},
     105002,
     401,
     "It expired 86400 seconds ago"},
    {"token in the query",
     {.path = SHOPS, .query = "access_token=demo-token"},
     36009004,
     400,
     "goes into the header"},
    {"token of a creator",
     {.path = SHOPS, .token = "demo-token-creator"},
     105005,
     403,
     "user type 1"},
    /* content type */
    {"no content type", {.path = SHOPS, .type = ""}, 36009022, 400, "application/json"},
    {"text", {.path = SHOPS, .type = "text/plain"}, 36009022, 400, "'text/plain'"},
    {"JSON to the upload",
     {.path = UPLOAD, .method = "POST", BODY("{}")},
     36009023,
     400,
     "multipart/form-data"},
    {"form to JSON",
     {.path = SEARCH, .method = "POST", .query = PAGE, BODY("--B--"), FORM},
     36009022,
     400,
     "application/json"},
    /* shop */
    {"no cipher",
     {.path = SEARCH, .method = "POST", .query = "page_size=1"},
     106013,
     400,
     "shop_cipher is missing"},
    {"empty cipher",
     {.path = SEARCH, .method = "POST", .query = "page_size=1&shop_cipher="},
     106013,
     400,
     "shop_cipher is missing"},
    {"cipher where none is taken",
     {.path = SHOPS, .query = CIPHER},
     36009004,
     400,
     "This call takes no shop_cipher"},
    {"unknown cipher",
     {.path = SEARCH, .method = "POST", .query = "page_size=1&shop_cipher=x"},
     36009004,
     400,
     "shop_cipher is unknown"},
    {"cipher of another seller",
     {.path = SEARCH, .method = "POST", .query = "page_size=1&shop_cipher=demo-cipher-us"},
     101000,
     400,
     "other shops"},
    /* query */
    {"no page size",
     {.path = SEARCH, .method = "POST", .query = CIPHER},
     36009004,
     400,
     "query.page_size is missing"},
    {"page size 0",
     {.path = SEARCH, .method = "POST", .query = CIPHER "&page_size=0"},
     36009004,
     400,
     "query.page_size must be at least 1; it is 0"},
    {"page size 101",
     {.path = SEARCH, .method = "POST", .query = CIPHER "&page_size=101"},
     36009004,
     400,
     "query.page_size must be at most 100; it is 101"},
    {"too large, a number in a text",
     {.path = "/return_refund/202309/cancellations/search",
      .method = "POST",
      .query = CIPHER "&page_size=51",
      BODY("{}")},
     36009004,
     400,
     "query.page_size must be at most 50"},
    {"page size no number",
     {.path = SEARCH, .method = "POST", .query = CIPHER "&page_size=a"},
     36009004,
     400,
     "must be a whole number"},
    {"sort order",
     {.path = SEARCH, .method = "POST", .query = PAGE "&sort_order=asc"},
     36009004,
     400,
     "query.sort_order must be one of ASC, DESC; it is 'asc', did you mean ASC?"},
    {"unknown parameter",
     {.path = SEARCH, .method = "POST", .query = PAGE "&sort_by=x"},
     36009004,
     400,
     "query.sort_by is not a parameter of this call; there are page_size, sort_order"},
    {"misspelt parameter",
     {.path = SEARCH, .method = "POST", .query = PAGE "&sort_oder=ASC"},
     36009004,
     400,
     "did you mean sort_order?"},
    {"filter in the query",
     {.path = SEARCH, .method = "POST", .query = PAGE "&order_status=UNPAID"},
     36009004,
     400,
     "query.order_status is not a parameter of this call, did you mean body.order_status?"},
    {"page size in the body",
     {.path = SEARCH, .method = "POST", .query = CIPHER, BODY("{\"page_size\":5}")},
     36009004,
     400,
     "query.page_size is missing"},
    {"page token in the body",
     {.path = SEARCH, .method = "POST", .query = PAGE, BODY("{\"page_token\":\"x\"}")},
     36009004,
     400,
     "body.page_token is not a parameter of this call, did you mean query.page_token?"},
    {"legacy version",
     {.path = SHOPS, .query = "version=202212"},
     36009004,
     400,
     "query.version is not"},
    {"twice",
     {.path = SEARCH, .method = "POST", .query = PAGE "&page_size=11"},
     36009004,
     400,
     "query.page_size stands there twice"},
    {"truth value",
     {.path = PRODUCT, .query = CIPHER "&return_draft_version=yes"},
     36009004,
     400,
     "must be true or false"},
    {"no ids", {.path = DETAIL, .query = CIPHER}, 36009004, 400, "query.ids is missing"},
    {"empty ids", {.path = DETAIL, .query = CIPHER "&ids="}, 36009004, 400, "must not be empty"},
    {"empty id", {.path = DETAIL, .query = CIPHER "&ids=1,,2"}, 36009004, 400, "empty element"},
    {"51 ids",
     {.path = DETAIL,
      .query = CIPHER "&ids=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,"
                      "27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51"},
     36009004,
     400,
     "51 elements, at most 50"},
    /* body */
    {"body of a GET", {.path = SHOPS, BODY("{}")}, 36009004, 400, "A GET request has no body"},
    {"no JSON",
     {.path = SEARCH, .method = "POST", .query = PAGE, BODY("{\"a\":}")},
     36009004,
     400,
     "Invalid body. At byte 5"},
    {"doubled key",
     {.path = SEARCH,
      .method = "POST",
      .query = PAGE,
      BODY("{\"buyer_user_id\":\"1\",\"buyer_user_id\":\"2\"}")},
     36009004,
     400,
     "Invalid body."},
    {"no object",
     {.path = SEARCH, .method = "POST", .query = PAGE, BODY("[]")},
     36009004,
     400,
     "must be a JSON object"},
    {"misspelt field",
     {.path = SEARCH, .method = "POST", .query = PAGE, BODY("{\"order_statuss\":\"UNPAID\"}")},
     36009004,
     400,
     "body.order_statuss is not a parameter of this call, did you mean order_status?"},
    {"legacy field",
     {.path = SEARCH, .method = "POST", .query = PAGE, BODY("{\"create_time_from\":1}")},
     36009004,
     400,
     "body.create_time_from is not"},
    {"number as text",
     {.path = SEARCH, .method = "POST", .query = PAGE, BODY("{\"create_time_ge\":\"1\"}")},
     36009004,
     400,
     "body.create_time_ge must be of type int, found a string"},
    {"fraction",
     {.path = SEARCH, .method = "POST", .query = PAGE, BODY("{\"create_time_ge\":1.0}")},
     36009004,
     400,
     "must be of type int"},
    {"null",
     {.path = SEARCH, .method = "POST", .query = PAGE, BODY("{\"buyer_user_id\":null}")},
     36009004,
     400,
     "must be of type string, found"},
    {"id as number",
     {.path = SEARCH, .method = "POST", .query = PAGE, BODY("{\"buyer_user_id\":7021}")},
     36009004,
     400,
     "must be of type string"},
    {"legacy status",
     {.path = SEARCH, .method = "POST", .query = PAGE, BODY("{\"order_status\":\"100\"}")},
     36009004,
     400,
     "CANCELLED; it is '100'"},
    {"misspelt status",
     {.path = SEARCH, .method = "POST", .query = PAGE, BODY("{\"order_status\":\"CANCELED\"}")},
     36009004,
     400,
     "it is 'CANCELED', did you mean CANCELLED?"},
    {"long value",
     {.path = SEARCH,
      .method = "POST",
      .query = PAGE,
      BODY("{\"order_status\":\"0123456789012345678901234567890123456789012345678\"}")},
     36009004,
     400,
     "it is '012345678901234567890123456789012345678901234567...'"},
    {"no list",
     {.path = STOP, .method = "POST", .query = CIPHER, BODY("{\"product_ids\":\"1\"}")},
     36009004,
     400,
     "body.product_ids must be a list"},
    {"numbers in the list",
     {.path = STOP, .method = "POST", .query = CIPHER, BODY("{\"product_ids\":[1]}")},
     36009004,
     400,
     "body.product_ids[0] must be of type string"},
    {"long list",
     {.path = STOP,
      .method = "POST",
      .query = CIPHER,
      BODY("{\"product_ids\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\","
           "\"12\",\"13\",\"14\",\"15\",\"16\",\"17\",\"18\",\"19\",\"20\",\"21\"]}")},
     36009004,
     400,
     "21 elements, at most 20"},
    {"required field",
     {.path = STOP, .method = "POST", .query = CIPHER, BODY("{}")},
     36009004,
     400,
     "body.product_ids is missing"},
    {"required body",
     {.path = STOP, .method = "POST", .query = CIPHER},
     36009004,
     400,
     "body.product_ids is missing"},
    {"required field inside",
     {.path = PRICES,
      .method = "POST",
      .query = CIPHER,
      BODY("{\"skus\":[{\"id\":\"1\",\"price\":{\"amount\":\"1\"}}]}")},
     36009004,
     400,
     "body.skus[0].price.currency is missing"},
    {"value of an enum inside",
     {.path = PRICES,
      .method = "POST",
      .query = CIPHER,
      BODY("{\"skus\":[{\"id\":\"1\",\"price\":{\"amount\":\"1\",\"currency\":\"CHF\"}}]}")},
     36009004,
     400,
     "body.skus[0].price.currency must be one of BRL"},
    {"money as number",
     {.path = PRICES,
      .method = "POST",
      .query = CIPHER,
      BODY("{\"skus\":[{\"id\":\"1\",\"price\":{\"amount\":1.5,\"currency\":\"GBP\"}}]}")},
     36009004,
     400,
     "body.skus[0].price.amount must be of type string"},
    /* forms */
    {"no form",
     {.path = UPLOAD, .method = "POST", BODY("{}"), FORM},
     36009023,
     400,
     "does not begin with the boundary"},
    {"no file",
     {.path = UPLOAD,
      .method = "POST",
      BODY("--B\r\nContent-Disposition: form-data; name=\"use_case\"\r\n\r\nMAIN_IMAGE\r\n--B--"),
      FORM},
     36009004,
     400,
     "form.data is missing"},
    {"file without a name",
     {.path = UPLOAD,
      .method = "POST",
      BODY("--B\r\nContent-Disposition: form-data; name=\"data\"\r\n\r\nx\r\n--B--"),
      FORM},
     36009004,
     400,
     "form.data must be a file"},
    {"empty file",
     {.path = UPLOAD,
      .method = "POST",
      BODY("--B\r\nContent-Disposition: form-data; name=\"data\"; filename=\"a\"\r\n\r\n\r\n--B--"),
      FORM},
     36009004,
     400,
     "is an empty file"},
    {"unknown part",
     {.path = UPLOAD,
      .method = "POST",
      BODY("--B\r\nContent-Disposition: form-data; name=\"dat\"\r\n\r\nx\r\n--B--"),
      FORM},
     36009004,
     400,
     "did you mean data?"},
    {"use case",
     {.path = UPLOAD,
      .method = "POST",
      BODY("--B\r\nContent-Disposition: form-data; name=\"use_case\"\r\n\r\n1\r\n--B--"),
      FORM},
     36009004,
     400,
     "form.use_case must be one of MAIN_IMAGE"},
    /* auth host */
    {"POST to the auth host",
     {.path = "/api/v2/token/get", .method = "POST"},
     36009010,
     405,
     "This path has GET"},
    {"no code",
     {.path = "/api/v2/token/get",
      .unsigned_call = true,
      .query = "app_key=demo-app&app_secret=demo-secret&grant_type=authorized_code"},
     36009004,
     400,
     "query.auth_code is missing"},
};

static void refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("  %s\n", rows[i].name);
        struct got got = client_ask(&client, &rows[i].ask);
        if (got.code != rows[i].code || got.status != rows[i].status ||
            !has_text(got.message, rows[i].says))
            fail_msg("%s: %d %lld " STR_FMT, rows[i].name, got.status, (long long)got.code,
                     STR_ARG(got.message));
        assert_int_equal(json_type(got.data), JSON_NULL);
        assert_false(has_text(got.message, "demo-secret"));
        assert_false(has_text(got.message, "demo-cipher"));
        assert_false(has_text(got.message, "demo-token"));
        got_clear(&got);
    }
}

static void accepts_what_is_allowed(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct ask ask;
    } good[] = {
        {"300 seconds old", {.path = SHOPS, .age = 300}},
        {"30 seconds ahead", {.path = SHOPS, .age = -30}},
        {"charset", {.path = SHOPS, .type = "Application/JSON; charset=utf-8"}},
        {"page size 100",
         {.path = SEARCH, .method = "POST", .query = CIPHER "&page_size=100", BODY("{}")}},
        {"escaped cipher",
         {.path = SEARCH, .method = "POST", .query = "shop_cipher=demo%2Dcipher%2Dgb&page_size=1"}},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        print_message("  %s\n", good[i].name);
        struct got got = client_good(&client, &good[i].ask);
        got_clear(&got);
    }
}

/* ---- page tokens ---- */

static struct got page(const char *cipher, const char *rest, const char *body, const char *token)
{
    char query[1024];
    snprintf(query, sizeof query, "shop_cipher=%s&page_size=5%s&page_token=%s", cipher, rest,
             token);
    return client_ask(
        &client,
        &(struct ask){.method = "POST", .path = SEARCH, .query = query, .body = str_from(body)});
}

static void page_tokens_are_bound(void **state)
{
    (void)state;
    char token[512], altered[512];
    struct buf escaped;
    struct got first = page("demo-cipher-gb", "", "{}", "");
    buf_init(&escaped, 4096);
    url_encode(text_at(&first, first.data, "next_page_token"), &escaped);
    snprintf(token, sizeof token, STR_FMT, STR_ARG(buf_str(&escaped)));
    snprintf(altered, sizeof altered, "%s", token);
    altered[3] = altered[3] == 'A' ? 'B' : 'A';
    buf_clear(&escaped);
    got_clear(&first);
    const struct {
        const char *name, *cipher, *rest, *body, *token;
        int64_t code;
    } tokens[] = {
        {"good", "demo-cipher-gb", "", "{}", token, 0},
        {"other shop", "demo-cipher-th", "", "{}", token, 36009004},
        {"other order", "demo-cipher-gb", "&sort_order=ASC", "{}", token, 36009004},
        {"other filter", "demo-cipher-gb", "", "{\"order_status\":\"UNPAID\"}", token, 36009004},
        {"altered", "demo-cipher-gb", "", "{}", altered, 36009004},
        {"not ours", "demo-cipher-gb", "", "{}", "b2Zmc2V0PTA%3D", 36009004},
        {"no base64", "demo-cipher-gb", "", "{}", "%21%21", 36009004},
    };
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        print_message("  %s\n", tokens[i].name);
        struct got got = page(tokens[i].cipher, tokens[i].rest, tokens[i].body, tokens[i].token);
        assert_int_equal(got.code, tokens[i].code);
        if (tokens[i].code)
            assert_true(has_text(got.message, "Invalid page_token."));
        got_clear(&got);
    }
}

/* ---- violations ---- */

static struct json violations(const char *method, struct arena *arena, struct json_doc *doc)
{
    struct buf answer;
    struct json_error error;
    buf_init(&answer, 1 << 20);
    struct ask ask = {.method = method, .path = "/sandbox/violations", .unsigned_call = true};
    assert_int_equal(client_send(&client, &ask, &answer), 200);
    assert_true(json_parse(doc, arena_str(arena, buf_str(&answer)), NULL, arena, &error));
    buf_clear(&answer);
    return json_root(doc);
}

static void counts_violations(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct json_doc doc;
    assert_int_equal(int_at(violations("DELETE", arena, &doc), "count"), 0);
    for (int i = 0; i < 103; i++) {
        struct got got = client_ask(&client, &(struct ask){.path = SHOPS, .age = i % 2 ? 400 : 0});
        got_clear(&got);
    }
    struct got unknown =
        client_ask(&client, &(struct ask){.path = "/product/202309/products/17", .query = CIPHER});
    assert_int_equal(unknown.code, 12052032); /* no violation: the shop's own answer */
    got_clear(&unknown);
    struct json root = violations("GET", arena, &doc);
    assert_int_equal(int_at(root, "count"), 51);
    assert_int_equal(json_count(at(root, "last")), 51);
    assert_true(str_eq(json_text(at(root, "last[0].request"), arena), STR("GET " SHOPS)));
    assert_int_equal(int_at(root, "last[0].code"), 36009004);
    assert_int_equal(int_at(root, "last[0].status"), 400);
    for (int i = 0; i < 60; i++) {
        struct got got = client_ask(&client, &(struct ask){.path = "/nowhere"});
        got_clear(&got);
    }
    root = violations("GET", arena, &doc);
    assert_int_equal(int_at(root, "count"), 111);
    assert_int_equal(json_count(at(root, "last")), 100);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses),
        cmocka_unit_test(accepts_what_is_allowed),
        cmocka_unit_test(page_tokens_are_bound),
        cmocka_unit_test(counts_violations),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
