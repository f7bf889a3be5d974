/*
 * Findings as JUnit's XML: one test for each file, escaped, masked.
 */
#include "cli/junit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

struct row {
    const char *name;
    struct {
        const char *file, *path, *text, *hint;
    } findings[3];
    const char *head; /* the numbers */
    const char *rest; /* what the suite holds */
};

#define TESTS "    <testcase classname=\"check\" name=\"a.json\"/>\n"
#define OPEN  "    <testcase classname=\"check\" name="

static const struct row rows[] = {
    {"nothing",
     {{NULL, NULL, NULL, NULL}},
     "tests=\"2\" failures=\"0\"",
     TESTS OPEN "\"b.json\"/>\n"},
    {"one",
     {{"b.json", "$.x", "is wrong", "make it right"}},
     "tests=\"2\" failures=\"1\"",
     TESTS OPEN "\"b.json\">\n      <failure message=\"1 finding\">"
                "error: $.x: is wrong (make it right)\n</failure>\n    </testcase>\n"},
    {"two of a file",
     {{"b.json", "$.x", "is wrong", NULL}, {"b.json", NULL, "is bad", NULL}},
     "tests=\"2\" failures=\"1\"",
     TESTS OPEN "\"b.json\">\n      <failure message=\"2 findings\">"
                "error: $.x: is wrong\nerror: is bad\n</failure>\n    </testcase>\n"},
    {"files that nobody listed",
     {{"c.json", "$", "one", NULL}, {"", NULL, "two", NULL}, {"c.json", "$", "three", NULL}},
     "tests=\"4\" failures=\"2\"",
     TESTS OPEN "\"b.json\"/>\n" OPEN "\"c.json\">\n      <failure message=\"2 findings\">"
                "error: $: one\nerror: $: three\n</failure>\n    </testcase>\n" OPEN
                "\"command line\">\n      <failure message=\"1 finding\">"
                "error: two\n</failure>\n    </testcase>\n"},
    {"what XML must not hold",
     {{"b.json", "$[\"<\"]", "a & b > \"c\" \x01", "\t<d>"}},
     "tests=\"2\" failures=\"1\"",
     TESTS OPEN "\"b.json\">\n      <failure message=\"1 finding\">"
                "error: $[&quot;&lt;&quot;]: a &amp; b &gt; &quot;c&quot; ? (\t&lt;d&gt;)\n"
                "</failure>\n    </testcase>\n"},
    {"secrets",
     {{"b.json", "$", "found access_token=TTP_abcdef", NULL}},
     "tests=\"2\" failures=\"1\"",
     TESTS OPEN "\"b.json\">\n      <failure message=\"1 finding\">"
                "error: $: found access_token=***\n</failure>\n    </testcase>\n"},
};

static void prints(void **state)
{
    static const struct str files[] = {STR_C("a.json"), STR_C("b.json")};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct findings findings;
        struct buf out;
        char want[2048];
        findings_init(&findings);
        buf_init(&out, 65536);
        for (size_t k = 0; k < 3 && row->findings[k].text; k++) {
            findings_add(&findings, FINDING_ERROR, row->findings[k].file, row->findings[k].path,
                         "%s", row->findings[k].text);
            if (row->findings[k].hint)
                findings_hint(&findings, "%s", row->findings[k].hint);
        }
        print_findings_junit(&findings, files, 2, &out);
        buf_add_char(&out, '\0');
        snprintf(want, sizeof want,
                 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites %s>\n"
                 "  <testsuite name=\"shopshim check\" %s errors=\"0\">\n%s"
                 "  </testsuite>\n</testsuites>\n",
                 row->head, row->head, row->rest);
        if (strcmp(out.p, want) != 0)
            fail_msg("%s: got\n%sexpected\n%s", row->name, out.p, want);
        buf_clear(&out);
        findings_clear(&findings);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(prints)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
