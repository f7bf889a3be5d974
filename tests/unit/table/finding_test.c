/*
 * Findings: everything is counted, kept up to the maximum, and printed on one line each.
 */
#include "table/finding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void prints_one_line_each(void **state)
{
    (void)state;
    static const struct str names[] = {STR_C("body"), STR_C("query")};
    struct findings findings;
    findings_init(&findings);
    assert_false(findings_add(&findings, FINDING_ERROR, "a.json", "$.x", "expected %d", 7));
    findings_add(&findings, FINDING_WARNING, "b.json", NULL, "odd");
    findings_hint(&findings, "look at %s", "c");
    findings_add(&findings, FINDING_ERROR, NULL, NULL, "unknown key");
    findings_did_you_mean(&findings, STR("qurey"), names, 2);
    findings_add(&findings, FINDING_ERROR, NULL, NULL, "unknown key");
    findings_did_you_mean(&findings, STR("something else"), names, 2);
    struct buf out;
    buf_init(&out, 4096);
    findings_print(&findings, &out);
    buf_add_char(&out, '\0');
    assert_string_equal(out.p, "error: a.json: $.x: expected 7\n"
                               "warning: b.json: odd (look at c)\n"
                               "error: unknown key (did you mean query?)\n"
                               "error: unknown key\n");
    assert_int_equal(findings_count(&findings, FINDING_ERROR), 3);
    assert_int_equal(findings_count(&findings, FINDING_WARNING), 1);
    buf_clear(&out);
    findings_clear(&findings);
    assert_int_equal(findings.count, 0);
}

static void counts_beyond_what_it_keeps(void **state)
{
    (void)state;
    struct findings findings;
    findings_init(&findings);
    for (int i = 0; i < FINDINGS_MAX + 3; i++)
        findings_add(&findings, FINDING_ERROR, "a", "", "%d", i);
    findings_hint(&findings, "belongs to one that was not kept");
    assert_int_equal(findings.count, FINDINGS_MAX);
    assert_int_equal(findings_count(&findings, FINDING_ERROR), FINDINGS_MAX + 3);
    assert_string_equal(findings.items[FINDINGS_MAX - 1].hint, "");
    struct buf out;
    buf_init(&out, 1 << 20);
    findings_print(&findings, &out);
    buf_add_char(&out, '\0');
    assert_non_null(strstr(out.p, "and 3 more\n"));
    buf_clear(&out);
    findings_clear(&findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_one_line_each),
        cmocka_unit_test(counts_beyond_what_it_keeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
