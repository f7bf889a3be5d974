/*
 * Paths of v202309 form: patterns that match, patterns that are refused, and what contracts and
 * the list `no_cipher` say of an endpoint.
 */
#include "play.h"
#include "table/contract.h"

#define PROFILE(host, shop)                                                                        \
    "{`host`: `" host "`, `sign`: true, `token`: true, `shop`: `" shop "`, `success`: `Success`}"

/* The plans of profiles.json with this "native", one table beside it. */
static struct plans *load(const char *native, struct findings *findings)
{
    char *errors = file_text(LIBRARY "/errors.json"), profiles[2048];
    char *table = quotes("{`legacy`: `GET /old/202301/books`, `about`: `A table.`, `uses`: `desk`,"
                         " `accept`: {}, `calls`: {}, `reply`: {`a`: 1}}");
    snprintf(profiles, sizeof profiles,
             "{`profiles`: {`desk`: " PROFILE("api", "cipher") ", `hall`: " PROFILE(
                 "api", "none") ", `door`: " PROFILE("auth", "none") "}, `common`: [],"
                                                                     " `no_cipher`: [`POST "
                                                                     "/books/202301/shelves/"
                                                                     "{shelf_id}`], `native`: %s}",
             native);
    char *quoted = quotes(profiles);
    struct plan_text texts[] = {{"profiles.json", str_from(quoted)},
                                {"errors.json", str_from(errors)},
                                {"area/table.json", str_from(table)}};
    struct plans *plans = plans_load_texts(texts, 3, findings);
    free(quoted);
    free(errors);
    free(table);
    return plans;
}

static struct plans *good(const char *native)
{
    struct findings findings;
    findings_init(&findings);
    struct plans *plans = load(native, &findings);
    for (size_t i = 0; i < findings.count && !plans; i++)
        print_error("%s: %s\n", findings.items[i].path, findings.items[i].text);
    assert_non_null(plans);
    findings_clear(&findings);
    return plans;
}

static void matches_paths(void **state)
{
    (void)state;
    static const struct {
        const char *path, *profile; /* NULL: none */
    } rows[] = {
        {"/books/202301/loans", "desk"},
        {"/books/202301/loans/7/end", "desk"},
        {"/books/000000/x", "desk"},
        {"/old/202301/book", "desk"},
        {"/old/202301/books", NULL}, /* served by the table */
        {"/books/202301/", NULL},
        {"/books/202301", NULL},
        {"/books/20230/loans", NULL},
        {"/books/2023011/loans", NULL},
        {"/books/20230a/loans", NULL},
        {"//202301/loans", NULL},
        {"/a/books/202301/loans", NULL},
        {"books/202301/loans", NULL},
        {"", NULL},
        {"/", NULL},
        {"/tokens/v2/get", "door"},
        {"/tokens/v2/", NULL},
        {"/tokens/v2/get/more", NULL},
        {"/tokens/v3/get", NULL},
    };
    struct plans *plans = good("[{`path`: `/*/######/**`, `uses`: `desk`},"
                               " {`path`: `/tokens/v2/*`, `uses`: `door`}]");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct plan_native found;
        bool is = plans_native(plans, STR("GET"), str_from(rows[i].path), &found);
        if (is != (rows[i].profile != NULL) || is != (found.profile != NULL))
            fail_msg("%s: %d", rows[i].path, is);
        if (is && !str_eq(found.profile->name, str_from(rows[i].profile)))
            fail_msg("%s: " STR_FMT, rows[i].path, STR_ARG(found.profile->name));
    }
    plans_unref(plans);
}

static void refuses_patterns(void **state)
{
    (void)state;
    static const struct {
        const char *native, *path, *text;
    } rows[] = {
        {"{}", "$.native", "expected a list of forms, found an object"},
        {"[]", "$.native", "expected a list of forms, found an empty one"},
        {"[1]", "$.native[0]", "expected an object, found a number"},
        {"[{`uses`: `desk`}]", "$.native[0].path", "expected a text, found nothing"},
        {"[{`path`: `/x`, `uses`: 1}]", "$.native[0].uses",
         "expected the name of a profile, found a number"},
        {"[{`path`: `/x`, `uses`: `dusk`}]", "$.native[0].uses", "no profile 'dusk'"},
        {"[{`path`: `/x`, `uses`: `desk`, `for`: 1}]", "$.native[0].for", "unknown key 'for'"},
        {"[{`path`: `x/*`, `uses`: `desk`}]", "$.native[0].path",
         "expected a path that begins with '/'"},
        {"[{`path`: `/`, `uses`: `desk`}]", "$.native[0].path",
         "expected a path that begins with '/'"},
        {"[{`path`: `/x//y`, `uses`: `desk`}]", "$.native[0].path", "a part of the path is empty"},
        {"[{`path`: `/x/`, `uses`: `desk`}]", "$.native[0].path", "a part of the path is empty"},
        {"[{`path`: `/**/x`, `uses`: `desk`}]", "$.native[0].path",
         "** stands for the rest and must be the last part"},
        {"[{`path`: `/v#`, `uses`: `desk`}]", "$.native[0].path",
         "expected *, **, a row of # or a plain part, found 'v#'"},
        {"[{`path`: `/***`, `uses`: `desk`}]", "$.native[0].path",
         "expected *, **, a row of # or a plain part, found '***'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct findings findings;
        findings_init(&findings);
        assert_null(load(rows[i].native, &findings));
        if (findings.count != 1)
            fail_msg("%s: %zu findings", rows[i].native, findings.count);
        assert_string_equal(findings.items[0].path, rows[i].path);
        if (!strstr(findings.items[0].text, rows[i].text))
            fail_msg("%s: %s", rows[i].native, findings.items[0].text);
        findings_clear(&findings);
    }
}

static void knows_endpoints(void **state)
{
    (void)state;
    static const struct {
        const char *call, *name;
        enum plan_cipher cipher, before; /* before: without contracts */
    } rows[] = {
        {"POST /loans/202301/loans/search", "loans/search", PLAN_CIPHER_NEEDED, PLAN_CIPHER_NAMED},
        {"GET /loans/202301/loans/7", "loans/get", PLAN_CIPHER_NAMED, PLAN_CIPHER_NAMED},
        {"GET /loans/202301/loans/newest", "loans/newest", PLAN_CIPHER_NONE, PLAN_CIPHER_NAMED},
        {"GET /loans/202301/loans/newest/x", NULL, PLAN_CIPHER_NAMED, PLAN_CIPHER_NAMED},
        {"PUT /loans/202301/loans/7", NULL, PLAN_CIPHER_NAMED, PLAN_CIPHER_NAMED},
        {"GET /loans/202302/loans/7", NULL, PLAN_CIPHER_NAMED, PLAN_CIPHER_NAMED},
        {"POST /books/202301/shelves/3", NULL, PLAN_CIPHER_NONE, PLAN_CIPHER_NONE},
        {"GET /books/202301/shelves/3", NULL, PLAN_CIPHER_NAMED, PLAN_CIPHER_NAMED},
        {"GET /hall/202301/x", NULL, PLAN_CIPHER_NONE, PLAN_CIPHER_NONE},
    };
    struct findings findings;
    findings_init(&findings);
    struct plans *plans = good("[{`path`: `/hall/######/**`, `uses`: `hall`},"
                               " {`path`: `/*/######/**`, `uses`: `desk`}]");
    struct contracts *contracts =
        contracts_load(TEST_ROOT "/tests/unit/plan/fixtures/native", &findings);
    assert_non_null(contracts);
    for (int known = 0; known < 2; known++) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            struct str path = str_from(rows[i].call), method = str_cut(&path, ' ');
            struct plan_native found;
            assert_true(plans_native(plans, method, path, &found));
            if (found.cipher != (known ? rows[i].cipher : rows[i].before) ||
                !str_eq(found.name, known ? str_from(rows[i].name) : STR_NONE))
                fail_msg("%s: " STR_FMT " %d", rows[i].call, STR_ARG(found.name), found.cipher);
        }
        assert_true(plans_know(plans, contracts));
    }
    contracts_free(contracts); /* nothing of it is kept */
    struct plan_native found;
    assert_true(plans_native(plans, STR("GET"), STR("/loans/202301/loans/7"), &found));
    assert_true(str_eq(found.name, STR("loans/get")));
    plans_unref(plans);
    findings_clear(&findings);
}

static void needs_no_native(void **state)
{
    (void)state;
    struct findings findings;
    struct plan_native found;
    findings_init(&findings);
    struct plans *plans = plans_load(LIBRARY, &findings);
    struct contracts *contracts =
        contracts_load(TEST_ROOT "/tests/unit/plan/fixtures/native", &findings);
    assert_non_null(plans);
    assert_true(plans_know(plans, contracts));
    assert_false(plans_native(plans, STR("GET"), STR("/loans/202301/loans/7"), &found));
    assert_null(found.profile);
    contracts_free(contracts);
    plans_unref(plans);
    findings_clear(&findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_paths),
        cmocka_unit_test(refuses_patterns),
        cmocka_unit_test(knows_endpoints),
        cmocka_unit_test(needs_no_native),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
