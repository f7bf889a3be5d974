/*
 * The state file: what was changed is there in the next run, and a file that does not fit is
 * refused in words.
 */
#include "own_boxes.h"

static char file[512];

static int setup(void **state)
{
    int result = boxes_setup(state);
    own_path(file, shop.root, "state.json");
    return result;
}

static void start(void)
{
    own_start(&shop, (struct sandbox_options){.seed = 1, .orders = 15, .state = file});
}

/* The path of the uploaded file. */
static void upload(char path[256])
{
    struct got got =
        client_good(&shop.client, &(struct ask){.method = "POST",
                                                .path = "/box/202309/pictures",
                                                .body = STR(PART "%PDF-\0\r1\r\n--B--\r\n"),
                                                .type = "multipart/form-data; boundary=B",
                                                .multipart = true});
    struct str url = text_at(&got, got.data, "url");
    size_t n = strlen(shop.client.url);
    snprintf(path, 256, "%.*s", (int)(url.n - n), url.p + n);
    got_clear(&got);
}

static int plain(const char *method, const char *path)
{
    struct buf bytes;
    buf_init(&bytes, 1 << 20);
    int status = client_send(
        &shop.client, &(struct ask){.method = method, .path = path, .unsigned_call = true}, &bytes);
    buf_clear(&bytes);
    return status;
}

static void change_much(void)
{
    boxes_go_on("before",
                STORY({PUT "{0}", "{\"name\":\"m\\u00e9 \\\"x\\\"\",\"amount\":\"7.5\"}",
                       "{\"id\":\"{0}\",\"state\":\"OPEN\"}"},
                      {PUT "{2}", "{\"lines\":[{\"key\":\"x\",\"pieces\":5}]}",
                       "{\"id\":\"{2}\",\"state\":\"OPEN\"}"},
                      {PUT "{2}", "{\"plain\":true}", "{\"id\":\"{2}\",\"state\":\"OPEN\"}"},
                      {"POST /box/202309/boxes", "{\"name\":\"fourth\"}", "{\"box_id\":\"{3}\"}"},
                      {"DELETE /box/202309/boxes",
                       "{\"boxes\":[{\"id\":\"{1}\",\"why\":\"broken\"}]}", "{}"}));
}

static void look_at_all(void)
{
    boxes_go_on(
        "after",
        STORY(
            {SEARCH, "{}",
             "{\"names\":[\"m\u00e9 \\\"x\\\"\",\"box "
             "2\",\"fourth\"],\"total_count\":3,\"next_page_token\":\"\"}"},
            {GET "{2}", NULL,
             BOX("{2}", "\"name\":\"box 2\",\"state\":\"OPEN\",\"pieces\":5,\"total\":\"0\"," PRICE(
                            "1.02") ",\"lines\":[{\"key\":\"x\",\"pieces\":5}]")},
            {"POST /box/202309/boxes", "{\"name\":\"again\"}", "{\"box_id\":\"{0}\"}"},
            {GET "{0}", NULL,
             BOX("{0}",
                 "\"name\":\"again\",\"state\":\"OPEN\",\"pieces\":3,\"total\":\"0.30\"," PRICE(
                     "7.50") "," SEEDED)}));
}

static void the_next_run_goes_on(void **state)
{
    (void)state;
    char path[256];
    start();
    change_much();
    upload(path);
    own_stop(&shop);
    start();
    look_at_all();
    assert_int_equal(plain("GET", path), 200);
    boxes_go_on("more",
                STORY({"POST /box/202309/boxes", "{\"name\":\"fifth\"}", "{\"box_id\":\"{4}\"}"}));
    own_stop(&shop);
    start();
    boxes_go_on("third run",
                STORY({"POST /box/202309/boxes", "{\"name\":\"sixth\"}", "{\"box_id\":\"{5}\"}"}));
    own_stop(&shop);
    unlink(file);
}

static void a_reset_forgets(void **state)
{
    (void)state;
    char path[256];
    start();
    change_much();
    upload(path);
    assert_int_equal(plain("GET", "/sandbox/reset"), 405);
    assert_int_equal(plain("POST", "/sandbox/resett"), 404);
    assert_int_equal(plain("POST", "/sandbox/reset"), 200);
    assert_int_equal(plain("GET", path), 404);
    struct own_step seeded = {
        SEARCH, "{}",
        "{\"names\":[\"box 0\",\"box 1\",\"box 2\"],\"total_count\":3,\"next_page_token\":\"\"}"};
    boxes_go_on("reset", &seeded, 1);
    own_stop(&shop);
    start();
    boxes_go_on("reset, next run", &seeded, 1);
    own_stop(&shop);
    unlink(file);
}

#define FILE_OF(rest)                                                                              \
    "{\"sandbox\":1,\"seed\":1,\"orders\":15,\"epoch\":1699920000,\"fresh\":0" rest "}"
#define CHANGE(rest) FILE_OF(",\"changes\":[{" rest "}]")

static const struct {
    const char *name, *text, *says;
} refused[] = {
    {"no JSON", "{", "is no JSON"},
    {"other form", "{\"sandbox\":2}", "is none of a sandbox of this version"},
    {"no origin", "{\"sandbox\":1}", "does not say what it was made from"},
    {"other seed", "{\"sandbox\":1,\"seed\":2,\"orders\":15,\"epoch\":1,\"fresh\":0}",
     "made with --seed 2 --orders 15, not with --seed 1 --orders 15"},
    {"other size", "{\"sandbox\":1,\"seed\":1,\"orders\":16,\"epoch\":1,\"fresh\":0}",
     "--orders 16, not with"},
    {"unknown entity",
     CHANGE("\"entity\":\"bag\",\"shop\":0,\"index\":0,\"path\":\"name\",\"text\":\"x\""),
     "do not have"},
    {"bad shop",
     CHANGE("\"entity\":\"box\",\"shop\":64,\"index\":0,\"path\":\"name\",\"text\":\"x\""),
     "do not have"},
    {"bad index",
     CHANGE("\"entity\":\"box\",\"shop\":0,\"index\":-1,\"path\":\"name\",\"text\":\"x\""),
     "an index that is no number"},
    {"no path", CHANGE("\"entity\":\"box\",\"shop\":0,\"index\":0,\"text\":\"x\""),
     "without a path"},
    {"no value", CHANGE("\"entity\":\"box\",\"shop\":0,\"index\":0,\"path\":\"name\""),
     "without a value"},
    {"too many records", FILE_OF(",\"added\":[{\"entity\":\"box\",\"shop\":0,\"count\":99999999}]"),
     "out of range"},
    {"token of an unknown app",
     FILE_OF(",\"tokens\":[{\"access\":\"a\",\"like\":\"demo-token\",\"expires\":1,"
             "\"app\":\"none\"}]"),
     "of an app that access.json does not have"},
    {"stranger's token",
     FILE_OF(",\"tokens\":[{\"access\":\"a\",\"like\":\"nobody\",\"expires\":1}]"),
     "of an owner that access.json does not have"},
    {"unknown code", FILE_OF(",\"codes\":[\"nothing\"]"), "a code that access.json does not have"},
    {"no base64", FILE_OF(",\"files\":[{\"hash\":\"a\",\"base64\":\"?\"}]"), "is no base64"},
};

static void refuse(const char *name, const char *path, const char *says)
{
    struct findings findings;
    struct fault fault;
    struct sandbox_options options = {
        .mappings = shop.root, .clock = &client_clock, .seed = 1, .orders = 15, .state = path};
    findings_init(&findings);
    assert_null(sandbox_start(&options, &findings, &fault));
    if (!strstr(fault.text, says))
        fail_msg("%s: expected '%s', found '%s'", name, says, fault.text);
    findings_clear(&findings);
}

static void files_that_do_not_fit(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        own_write(shop.root, "state.json", refused[i].text);
        refuse(refused[i].name, file, refused[i].says);
    }
    unlink(file);
    refuse("no folder", "/nonexistent/state.json", "cannot write /nonexistent/state.json");
    refuse("a folder", shop.root, "is no file");
}

/* An authorization code that works once is used in the next run too; so is the token. */
static void tokens_go_on(void **state)
{
    (void)state;
    start();
    own_stop(&shop);
    own_write(shop.root, "state.json",
              FILE_OF(",\"tokens\":[{\"access\":\"kept-token\",\"like\":\"demo-token\",\"expires\":"
                      "1800000000,\"app\":\"demo-app\"}],"
                      "\"codes\":[\"demo-code-once\"]"));
    start();
    struct ask ask = {.method = "POST",
                      .path = "/box/202309/boxes/search",
                      .query = "shop_cipher=demo-cipher-gb",
                      .body = STR("{}"),
                      .token = "kept-token"};
    for (int run = 0; run < 2; run++) {
        struct got got = client_good(&shop.client, &ask);
        got_clear(&got);
        own_stop(&shop);
        start();
    }
    own_stop(&shop);
    unlink(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_run_goes_on),
        cmocka_unit_test(a_reset_forgets),
        cmocka_unit_test(files_that_do_not_fit),
        cmocka_unit_test(tokens_go_on),
    };
    return cmocka_run_group_tests(tests, setup, boxes_teardown);
}
