/*
 * Table files: what is JSON and what is not, doubled keys, paths, directories.
 */
#include "table/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void parses(void **state)
{
    (void)state;
    static const struct {
        const char *text, *finding; /* NULL: it is good */
    } rows[] = {
        {"{}", NULL},
        {" [1, {\"a\": null}] \n", NULL},
        {"{\"a\": {\"b\": 1}, \"c\": {\"b\": 1}}", NULL},
        {"", "error: f: is not JSON: expected a value at line 1, column 1\n"},
        {"{", "error: f: is not JSON: expected a key at line 1, column 2\n"},
        {"{\n  \"a\": 1,\n}", "error: f: is not JSON: expected a key at line 3, column 1\n"},
        {"{} x", "error: f: is not JSON: expected the end of the text at line 1, column 4\n"},
        {"\xef\xbb\xbf{}", "error: f: is not JSON: expected a value at line 1, column 1\n"},
        {"[01]",
         "error: f: is not JSON: expected no digit behind a leading zero at line 1, column 3\n"},
        {"[\"\\\\u0000 \\\"\"]", NULL},
        {"[\"a\\u0000b\"]", "error: f: holds an escaped NUL at line 1, column 4\n"},
        {"{\"a\": 1, \"b\": {\"x\": 1, \"x\": 2}, \"a\": 3, \"a\": 4}",
         "error: f: $.b.x: this key stands here twice\n"
         "error: f: $.a: this key stands here twice\n"
         "error: f: $.a: this key stands here twice\n"},
        {"[{\"a b\": [{\"\": 1, \"\": 2}]}]",
         "error: f: $[0][\"a b\"][0][\"\"]: this key stands here twice\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct findings findings;
        struct buf out;
        findings_init(&findings);
        buf_init(&out, 1 << 16);
        cJSON *tree = table_parse("f", str_from(rows[i].text), &findings);
        findings_print(&findings, &out);
        if ((tree != NULL) != (rows[i].finding == NULL) ||
            !str_eq(buf_str(&out), str_from(rows[i].finding)))
            fail_msg("%s: " STR_FMT, rows[i].text, STR_ARG(buf_str(&out)));
        cJSON_Delete(tree);
        buf_clear(&out);
        findings_clear(&findings);
    }
}

static void takes_no_endless_file(void **state)
{
    (void)state;
    size_t n = (4 << 20) + 1;
    char *text = malloc(n);
    struct findings findings;
    findings_init(&findings);
    memset(text, ' ', n);
    assert_null(table_parse("f", str_of(text, n), &findings));
    assert_string_equal(findings.items[0].text, "is larger than 4194304 bytes");
    findings_clear(&findings);
    free(text);
}

static void makes_paths(void **state)
{
    (void)state;
    char a[TABLE_PATH], b[TABLE_PATH], longest[2 * TABLE_PATH];
    table_path_key(a, "$", "calls");
    table_path_index(b, a, 12);
    assert_string_equal(b, "$.calls[12]");
    table_path_key(a, b, "a.b");
    assert_string_equal(a, "$.calls[12][\"a.b\"]");
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    table_path_key(a, "$", longest);
    assert_int_equal(strlen(a), TABLE_PATH - 1);
}

static void put_file(const char *directory, const char *name, const char *text)
{
    char full[512];
    snprintf(full, sizeof full, "%s/%s", directory, name);
    FILE *out = fopen(full, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
}

static void lists_and_reads(void **state)
{
    (void)state;
    char directory[] = "/tmp/table_load_XXXXXX", name[512];
    assert_non_null(mkdtemp(directory));
    snprintf(name, sizeof name, "%s/b", directory);
    assert_int_equal(mkdir(name, 0700), 0);
    put_file(directory, "b/z.json", "{\"a\": 1}");
    put_file(directory, "b/a.json", "[");
    put_file(directory, "a.json", "{}");
    put_file(directory, ".hidden.json", "{}");
    put_file(directory, "notes.md", "");
    struct table_files files;
    struct findings findings;
    findings_init(&findings);
    assert_true(table_list(directory, &files, &findings));
    static const char *const expected[] = {"a.json", "b/a.json", "b/z.json"};
    assert_int_equal(files.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(files.names[i] + strlen(directory) + 1, expected[i]);
    cJSON *tree = table_read(files.names[2], &findings);
    assert_non_null(tree);
    cJSON_Delete(tree);
    assert_null(table_read(files.names[1], &findings));
    assert_int_equal(findings_count(&findings, FINDING_ERROR), 1);
    assert_null(table_read("/tmp/table_load_nowhere.json", &findings));
    assert_int_equal(findings_count(&findings, FINDING_ERROR), 2);
    table_files_clear(&files);
    assert_false(table_list("/tmp/table_load_nowhere", &files, &findings));
    table_files_clear(&files);
    findings_clear(&findings);
    static const char *const made[] = {"b/z.json",     "b/a.json", "b", "a.json",
                                       ".hidden.json", "notes.md", ""};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        snprintf(name, sizeof name, "%s/%s", directory, made[i]);
        assert_int_equal(remove(name), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses),
        cmocka_unit_test(takes_no_endless_file),
        cmocka_unit_test(makes_paths),
        cmocka_unit_test(lists_and_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
