/*
 * Loading a directory, routing by method, path and version, errors, shops, what plans say.
 */
#include "play.h"

#include <unistd.h>

static struct plans *library(void)
{
    struct findings findings;
    findings_init(&findings);
    struct plans *plans = plans_load(LIBRARY, &findings);
    if (!plans || findings.count > 1)
        for (size_t i = 0; i < findings.count; i++)
            print_error("%s: %s: %s\n", findings.items[i].file, findings.items[i].path,
                        findings.items[i].text);
    assert_non_null(plans);
    findings_clear(&findings);
    return plans;
}

static void loads_a_directory(void **state)
{
    (void)state;
    struct plans *plans = library();
    static const char *const names[] = {"loans/end", "loans/find", "loans/find_before_202305"};
    assert_int_equal(plans_count(plans), 3);
    for (size_t i = 0; i < 3; i++)
        assert_true(str_eq(plan_name(plans_at(plans, i)), str_from(names[i])));
    const struct plan *plan = plans_at(plans, 1);
    assert_true(str_eq(plan_legacy(plan), STR("POST /old/loans/search")));
    assert_true(str_eq(plan_version(plan), STR(">= 202305")));
    assert_true(str_eq(plan_about(plan), STR("Loans by shelf and time, one page at a time.")));
    assert_int_equal(plan_page_style(plan), PLAN_PAGE_CURSOR);
    assert_int_equal(plan_call_count(plan), 1);
    assert_true(plan_call_at(plan, 0)->cipher);
    assert_int_equal(plan_losses(plan), 0);
    const struct plan_profile *profile = plan_profile(plan);
    assert_true(str_eq(profile->name, STR("desk")));
    assert_true(profile->sign && profile->token && profile->shop && !profile->auth_host);
    assert_true(str_eq(profile->success, STR("Success")));
    assert_false(plan_version(plans_at(plans, 0)).p);
    assert_int_equal(plan_call_count(plans_at(plans, 0)), 0);
    plans_unref(plans);
}

static void routes(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path, *version;
        enum plan_found found;
        const char *name, *nearest;
    } rows[] = {
        {"POST", "/old/loans/search", "202309", PLAN_FOUND, "loans/find", NULL},
        {"POST", "/old/loans/search", "202305", PLAN_FOUND, "loans/find", NULL},
        {"POST", "/old/loans/search", "202304", PLAN_FOUND, "loans/find_before_202305", NULL},
        {"POST", "/old/loans/search", "", PLAN_FOUND, "loans/find_before_202305", NULL},
        {"POST", "/old/loans/search", NULL, PLAN_FOUND, "loans/find_before_202305", NULL},
        {"POST", "/old/loans/search", "v2", PLAN_BAD_VERSION, NULL, "POST /old/loans/search"},
        {"POST", "/old/loans/search", "-1", PLAN_BAD_VERSION, NULL, "POST /old/loans/search"},
        {"POST", "/old/loans/search", "99999999999999999999999", PLAN_BAD_VERSION, NULL,
         "POST /old/loans/search"},
        {"POST", "/old/loans/find", "202306", PLAN_FOUND, "loans/find", NULL},
        {"POST", "/old/loans/find", "202304", PLAN_BAD_VERSION, NULL, "POST /old/loans/find"},
        {"DELETE", "/old/loans", "202304", PLAN_FOUND, "loans/end", NULL},
        {"GET", "/old/loans/search", "", PLAN_NO_METHOD, NULL, "POST /old/loans/search"},
        {"post", "/old/loans/search", "", PLAN_NO_METHOD, NULL, "POST /old/loans/search"},
        {"POST", "/old/loans/serch", "", PLAN_NO_PATH, NULL, "POST /old/loans/search"},
        {"POST", "/old/loans/search/", "", PLAN_NO_PATH, NULL, "POST /old/loans/search"},
        {"POST", "/something/else/entirely", "", PLAN_NO_PATH, NULL, NULL},
        {"POST", "", "", PLAN_NO_PATH, NULL, NULL},
    };
    struct plans *plans = library();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct plan_match match;
        enum plan_found found = plans_route(plans, str_from(rows[i].method), str_from(rows[i].path),
                                            str_from(rows[i].version), &match);
        if (found != rows[i].found)
            fail_msg("%s %s %s: %d", rows[i].method, rows[i].path, rows[i].version, found);
        if (rows[i].name)
            assert_true(str_eq(plan_name(match.plan), str_from(rows[i].name)));
        else if (!str_eq(match.nearest, str_from(rows[i].nearest)))
            fail_msg("%s: nearest is " STR_FMT, rows[i].path, STR_ARG(match.nearest));
    }
    char longest[9000];
    memset(longest, 'a', sizeof longest);
    struct plan_match match;
    assert_int_equal(
        plans_route(plans, STR("GET"), str_of(longest, sizeof longest), STR(""), &match),
        PLAN_NO_PATH);
    plans_unref(plans);
}

/* Two tables of one endpoint, for one setting each. */
static void generations(void **state)
{
    (void)state;
    static const char *const tables[] = {
        "{ `legacy`: `GET /old/x`, `upstream`: `202309`, `about`: `A.`, `uses`: `desk`,"
        " `reply`: {} }",
        "{ `legacy`: `GET /old/x`, `upstream`: `newest`, `about`: `B.`, `uses`: `desk`,"
        " `reply`: {} }",
        "{ `legacy`: `GET /old/y`, `about`: `C.`, `uses`: `desk`, `reply`: {} }",
        "{ `legacy`: `GET /old/z`, `upstream`: `newest`, `about`: `D.`, `uses`: `desk`,"
        " `reply`: {} }"};
    static const char *const shared[] = {"profiles.json", "errors.json"};
    struct plan_text texts[6];
    char *held[6], names[6][512];
    for (int i = 0; i < 2; i++) {
        snprintf(names[i], sizeof names[i], LIBRARY "/%s", shared[i]);
        held[i] = file_text(names[i]);
        texts[i] = (struct plan_text){shared[i], str_from(held[i])};
    }
    for (int i = 2; i < 6; i++) {
        snprintf(names[i], sizeof names[i], "area/%d.json", i);
        held[i] = quotes(tables[i - 2]);
        texts[i] = (struct plan_text){names[i], str_from(held[i])};
    }
    struct findings findings;
    struct plan_match match;
    findings_init(&findings);
    struct plans *plans = plans_load_texts(texts, 6, &findings);
    assert_non_null(plans);
    for (int newest = 0; newest < 2; newest++) {
        if (newest)
            plans_set_target(plans, PLAN_TARGET_NEWEST);
        assert_int_equal(plans_route(plans, STR("GET"), STR("/old/x"), STR(""), &match),
                         PLAN_FOUND);
        assert_true(str_eq(plan_upstream(match.plan), newest ? STR("newest") : STR("202309")));
        assert_int_equal(plans_route(plans, STR("GET"), STR("/old/y"), STR(""), &match),
                         PLAN_FOUND);
        assert_false(plan_upstream(match.plan).p);
        assert_int_equal(plans_route(plans, STR("GET"), STR("/old/z"), STR(""), &match),
                         newest ? PLAN_FOUND : PLAN_BAD_VERSION);
    }
    for (int i = 0; i < 6; i++)
        free(held[i]);
    findings_clear(&findings);
    plans_unref(plans);
}

static void errors(void **state)
{
    (void)state;
    static const struct {
        enum fault_kind kind;
        int64_t code;
        int status;
        int64_t told;
        int told_status;
        const char *message;
    } rows[] = {
        {FAULT_PARAMETER, 0, 0, 12, 400, NULL},
        {FAULT_PARAMETER, 0, 431, 12, 400, NULL},
        {FAULT_TOO_LARGE, 0, 0, 2, 413, NULL},
        {FAULT_TOO_LARGE, 0, 431, 2, 431, NULL},
        {FAULT_UPSTREAM_BAD, 0, 0, 17, 502, "the library answered in a way nobody understands"},
        {FAULT_UPSTREAM, 5001, 400, 501, 403, "the card has run out"},
        {FAULT_UPSTREAM, 5002, 400, 502, 409, NULL},
        {FAULT_UPSTREAM, 5003, 429, 5003, 429, NULL}, /* passes as it is */
        {FAULT_UPSTREAM, 5003, 0, 5003, 502, NULL},
        {FAULT_UPSTREAM, 9223372036854775807, 200, 9223372036854775807, 200, NULL},
    };
    struct plans *plans = library();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault = {.kind = rows[i].kind, .code = rows[i].code, .status = rows[i].status};
        struct plan_error told;
        plans_error(plans, &fault, &told);
        assert_int_equal(told.code, rows[i].told);
        assert_int_equal(told.status, rows[i].told_status);
        assert_true(str_eq(told.message, str_from(rows[i].message)));
        assert_int_equal(told.message.p != NULL, rows[i].message != NULL);
    }
    plans_unref(plans);
}

static void shops(void **state)
{
    (void)state;
    struct plans *plans = library();
    const struct plan_shops *shops = plans_shops(plans);
    assert_true(str_eq(shops->method, STR("GET")) && str_eq(shops->path, STR("/new/branches")));
    assert_true(str_eq(shops->list, STR("branches")) && str_eq(shops->id, STR("id")));
    assert_true(str_eq(shops->cipher, STR("cipher")) && str_eq(shops->region, STR("region")));
    assert_false(shops->name.p);
    assert_int_equal(shops->stale_count, 1);
    assert_int_equal(shops->stale[0], 106013);
    plans_unref(plans);
}

/* What is printed is what was understood. */
static void prints(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "loans/find (version >= 202305): Loans by shelf and time, one page at a time.\n",
        "\n  serves POST /old/loans/find\n",
        "\n  takes shelf: int (optional)\n",
        "\n  takes page_size: int (default 20) in 1..50\n",
        "\n  call 1 loans: POST /new/loans/search\n",
        "\n    rows in loans, 10 to 100 on a page\n",
        "\n      to_lt: to | add 1\n",
        "\n  pages by cursor in cursor, size in page_size from 1 to 50\n",
        "shelf: shelf | enum shelf\n",
        "\n    total: loans.total_count\n",
    };
    struct plans *plans = library();
    struct buf out;
    buf_init(&out, 1 << 16);
    plan_print(plans_at(plans, 1), &out);
    buf_add_char(&out, '\0');
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (!strstr(out.p, lines[i]))
            fail_msg("no '%s' in\n%s", lines[i], out.p);
    buf_clear(&out);
    plans_unref(plans);
}

static void references(void **state)
{
    (void)state;
    struct plans *plans = library();
    assert_ptr_equal(plans_ref(plans), plans);
    plans_unref(plans);
    assert_int_equal(plans_count(plans), 3); /* the sanitizer would see it gone */
    plans_unref(plans);
    plans_unref(NULL);
}

static void no_directory(void **state)
{
    (void)state;
    struct findings findings;
    findings_init(&findings);
    assert_null(plans_load(TEST_ROOT "/tests/unit/plan/fixtures/nowhere", &findings));
    assert_true(findings_count(&findings, FINDING_ERROR) > 0);
    findings_clear(&findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads_a_directory),
        cmocka_unit_test(generations),
        cmocka_unit_test(routes),
        cmocka_unit_test(errors),
        cmocka_unit_test(shops),
        cmocka_unit_test(prints),
        cmocka_unit_test(references),
        cmocka_unit_test(no_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
