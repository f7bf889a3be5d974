/*
 * The sandbox's tables: those of the repository load, and every kind of fault in a file is
 * told with its place. Each fault is tried in a copy made of links to the real files, with one
 * file of endpoints.
 */
#include "sandbox/tables.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define ENTITY(fields)                                                                             \
    "{\"entity\": \"thing\", \"id\": {\"field\": \"id\", \"prefix\": \"99\"}, \"count\": 3, "      \
    "\"fields\": " fields "}"
#define CALL       "GET /seller/202309/permissions"
#define RULE(rest) "{\"" CALL "\": {" rest "}}"
#define AT         "$[\"" CALL "\"]"

static const struct {
    const char *name, *file, *text, *path, *says;
} faults[] = {
    {"no JSON", "words.json", "{", "", "is not JSON"},
    {"no object", "words.json", "[]", "$", "expected an object"},
    {"refusal missing", "errors.json", "{}", "$.path", "expected {\"code\""},
    {"fallback without a type", "defaults.json", "{\"x\": \"1\"}", "$.x", "type pattern"},
    {"fallback naming a field", "defaults.json", "{\"string x\": \"title\"}", "$[\"string x\"]",
     "nothing is named 'title'"},
    {"unknown key", "entities/thing.json", "{\"entitty\": \"x\"}", "$.entitty",
     "unknown key (did you mean entity?)"},
    {"no id", "entities/thing.json", "{\"entity\": \"thing\", \"count\": 1, \"fields\": {}}",
     "$.id", "expected {\"field\""},
    {"short id", "entities/thing.json",
     "{\"entity\": \"thing\", \"count\": 1, \"fields\": {}, "
     "\"id\": {\"field\": \"id\", \"prefix\": \"1\", \"digits\": 5}}",
     "$.id", "9 to 18 digits"},
    {"count", "entities/thing.json",
     "{\"entity\": \"thing\", \"count\": 0, \"fields\": {}, "
     "\"id\": {\"field\": \"id\", \"prefix\": \"1\"}}",
     "$.count", "expected a number"},
    {"name taken", "entities/thing.json",
     "{\"entity\": \"shop\", \"id\": {\"field\": \"id\", \"prefix\": \"1\"}, \"count\": 1, "
     "\"fields\": {}}",
     "$.entity", "another file"},
    {"expression", "entities/thing.json", ENTITY("{\"id\": \"1 +\"}"), "$.fields.id",
     "expected a value"},
    {"unknown name", "entities/thing.json", ENTITY("{\"title\": \"1\", \"id\": \"titel\"}"),
     "$.fields.id", "did you mean title?"},
    {"fresh id in a template", "entities/thing.json", ENTITY("{\"id\": \"fresh('1', 18)\"}"),
     "$.fields.id", "only in `set`"},
    {"itself", "entities/thing.json", ENTITY("{\"id\": \"id + 1\"}"), "$.fields.id",
     "needs itself"},
    {"unknown entity", "entities/thing.json", ENTITY("{\"id\": \"record('thong', 1).id\"}"),
     "$.fields.id", "no entity is named 'thong'"},
    {"list without a count", "entities/thing.json", ENTITY("{\"id\": [{}]}"), "$.fields.id",
     "expected [count, form"},
    {"unknown call", "endpoints/more.json", "{\"GET /seller/202309/shopps\": {}}",
     "$[\"GET /seller/202309/shopps\"]", "did you mean GET /seller/202309/shops?"},
    {"call served twice", "endpoints/more.json", "{\"GET /authorization/202309/shops\": {}}",
     "$[\"GET /authorization/202309/shops\"]", "another rule"},
    {"unknown rule", "endpoints/more.json", RULE("\"lists\": \"shop\""), AT ".lists",
     "did you mean list?"},
    {"list of nothing", "endpoints/more.json",
     RULE("\"list\": \"thing\", \"at\": \"permissions[]\""), AT, "no entity is named 'thing'"},
    {"list without a place", "endpoints/more.json", RULE("\"list\": \"shop\""), AT, "needs \"at\""},
    {"unknown place", "endpoints/more.json", RULE("\"list\": \"shop\", \"at\": \"rows[]\""),
     AT ".at", "has no list"},
    {"unknown filter", "endpoints/more.json",
     RULE("\"list\": \"shop\", \"at\": \"permissions[]\", \"where\": {\"x\": \"true\"}"),
     AT ".where.x", "takes no 'x'"},
    {"change without ids", "endpoints/more.json", RULE("\"change\": \"shop\""), AT, "needs \"by\""},
    {"unknown ids in silence", "endpoints/more.json",
     "{\"DELETE /event/202309/webhooks\": {\"change\": \"webhook\", \"by\": \"event_type\"}}",
     "$[\"DELETE /event/202309/webhooks\"]", "needs \"unknown\" or"},
    {"set of nothing", "endpoints/more.json", RULE("\"set\": {\"x\": \"1\"}"), AT ".set",
     "only \"change\" and \"create\" may"},
    {"denials of a list", "endpoints/more.json",
     RULE("\"list\": \"shop\", \"answer\": {}, \"denies\": []"), AT ".denies", "only \"change\""},
    {"two things at once", "endpoints/more.json",
     RULE("\"create\": \"shop\", \"get\": \"shop\", \"of\": \"1\""), AT, "one thing only"},
    {"status of no answer", "endpoints/more.json",
     RULE("\"get\": \"shop\", \"unknown\": {\"code\": 1, \"message\": \"no\", \"status\": 99}"),
     AT ".unknown", "a status from 200 to 599"},
    {"condition of an unknown id", "endpoints/more.json",
     RULE("\"get\": \"shop\", \"unknown\": {\"code\": 1, \"message\": \"no\", \"when\": \"true\"}"),
     AT ".unknown", "needs no condition"},
    {"error of no name", "endpoints/more.json",
     RULE("\"create\": \"shop\", \"refuse\": [\"no_ordr\"]"), AT ".refuse[0]",
     "no error is named 'no_ordr' (did you mean no_order?)"},
    {"several errors for an unknown id", "endpoints/more.json",
     RULE("\"get\": \"shop\", \"unknown\": \"listing\""), AT ".unknown",
     "of one error, not of several"},
    {"named error of another record", "endpoints/more.json",
     RULE("\"create\": \"shop\", \"refuse\": [\"activity_ended\"]"), AT ".refuse[0].when",
     "nothing is named '_off'"},
    {"named error without a condition", "endpoints/more.json",
     RULE("\"create\": \"shop\", \"refuse\": [\"no_order\"]"), AT ".refuse[0]",
     "expected a condition"},
    {"named error of nothing", "mistakes.json", "{\"x\": 1}", "$.x", "expected {\"code\""},
    {"named errors of no name", "mistakes.json", "{\"x\": [\"y\"]}", "$.x[0]",
     "no error is named 'y'"},
    {"unknown field set", "endpoints/more.json",
     RULE("\"create\": \"shop\", \"set\": {\"x\": \"1\"}"), AT ".set.x", "no such field"},
    {"unknown name in a form", "endpoints/more.json",
     RULE("\"create\": \"shop\", \"set\": {\"name\": [\"1\", {\"a\": \"nmae\"}]}"),
     AT ".set.name[1].a", "did you mean name?"},
    {"denial without condition", "endpoints/more.json",
     RULE("\"create\": \"shop\", \"denies\": [{\"code\": 1, \"message\": \"no\"}]"),
     AT ".denies[0]", "expected a condition"},
    {"also nowhere", "endpoints/more.json", RULE("\"create\": \"shop\", \"also\": [{}]"),
     AT ".also[0]", "expected an entity"},
    {"also without ids", "endpoints/more.json",
     RULE("\"create\": \"shop\", \"also\": [{\"in\": \"shop\"}]"), AT ".also[0]", "needs \"of\""},
    {"reuse where nothing is made", "endpoints/more.json",
     RULE("\"change\": \"shop\", \"of\": \"1\", \"reuse\": \"1\""), AT ".reuse", "only \"create\""},
    {"webhook without data", "endpoints/more.json",
     RULE("\"create\": \"shop\", \"notify\": [{\"type\": 1}]"), AT ".notify[0]", "expected {"},
    {"many records without a prefix", "entities/thing.json",
     "{\"entity\": \"thing\", \"id\": {\"field\": \"id\"}, \"count\": 5000, \"fields\": {}}",
     "$.id", "need ids with a"},
    {"count of nothing", "entities/thing.json",
     "{\"entity\": \"thing\", \"id\": {\"field\": \"id\", \"prefix\": \"99\"}, "
     "\"count\": \"orderss / 5\", \"fields\": {}}",
     "$.count", "nothing is named 'orderss'"},
    {"existence of nothing", "entities/thing.json",
     "{\"entity\": \"thing\", \"id\": {\"field\": \"id\", \"prefix\": \"99\"}, "
     "\"count\": 5, \"exists\": \"gone\", \"fields\": {}}",
     "$.exists", "nothing is named 'gone'"},
    {"unknown answer", "endpoints/more.json", RULE("\"answer\": {\"x\": \"1\"}"), AT ".answer",
     "has no field 'x'"},
    {"refusal without condition", "endpoints/more.json",
     RULE("\"refuse\": [{\"code\": 1, \"message\": \"no\"}]"), AT ".refuse[0]",
     "expected a condition"},
    {"grant of nothing", "endpoints/more.json", RULE("\"grant\": \"money\""), AT,
     "expected \"code\""},
};

static char root[] = "/tmp/sandbox_testXXXXXX";

static void join(char out[512], const char *a, const char *b)
{
    int n = snprintf(out, 512, "%s/%s", a, b);
    assert_true(n > 0 && n < 512);
}

/* Links every file of a folder of the repository into the copy. */
static void link_folder(const char *folder)
{
    char from[512], to[512], source[512], target[512];
    join(from, TEST_ROOT "/mappings", folder);
    join(to, root, folder);
    mkdir(to, 0700);
    DIR *dir = opendir(from);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        struct stat info;
        join(source, from, entry->d_name);
        join(target, to, entry->d_name);
        if (stat(source, &info) == 0 && S_ISREG(info.st_mode))
            assert_int_equal(symlink(source, target), 0);
    }
    closedir(dir);
}

static int setup(void **state)
{
    (void)state;
    if (!mkdtemp(root))
        return -1;
    char from[512], to[512];
    join(to, root, "contracts");
    link_folder("sandbox");
    link_folder("sandbox/entities");
    join(from, root, "sandbox/endpoints");
    mkdir(from, 0700);
    join(from, root, "sandbox/endpoints/authorization.json");
    if (symlink(TEST_ROOT "/mappings/sandbox/endpoints/authorization.json", from) != 0)
        return -1;
    return symlink(TEST_ROOT "/mappings/contracts", to);
}

static void empty_folder(const char *folder)
{
    char path[512], file[512];
    join(path, root, folder);
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        join(file, path, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(file);
    }
    if (dir)
        closedir(dir);
    rmdir(path);
}

static int teardown(void **state)
{
    (void)state;
    empty_folder("sandbox/entities");
    empty_folder("sandbox/endpoints");
    empty_folder("sandbox");
    empty_folder(".");
    return rmdir(root);
}

static void loads_the_repository(void **state)
{
    (void)state;
    struct findings findings;
    findings_init(&findings);
    struct tables *tables = tables_load(TEST_ROOT "/mappings", &findings);
    assert_non_null(tables);
    assert_int_equal(findings.count, 0);
    const struct contract *contract =
        contracts_by_call(tables->contracts, STR("GET /authorization/202309/shops"));
    const struct rule *rule = tables_rule(tables, contract);
    assert_int_equal(rule->kind, RULE_LIST);
    assert_ptr_equal(rule->entity, tables->shop);
    tables_free(tables);
    findings_clear(&findings);
}

static void try_fault(size_t i)
{
    char folder[512], file[512], kept[520];
    struct findings findings;
    struct buf out;
    join(folder, root, "sandbox");
    join(file, folder, faults[i].file);
    snprintf(kept, sizeof kept, "%s.kept", file);
    bool real = rename(file, kept) == 0;
    FILE *stream = fopen(file, "w");
    assert_non_null(stream);
    fputs(faults[i].text, stream);
    fclose(stream);
    findings_init(&findings);
    buf_init(&out, 1 << 20);
    assert_null(tables_load(root, &findings));
    bool found = false;
    for (size_t k = 0; k < findings.count; k++) {
        struct findings one = {.items = &findings.items[k], .count = 1, .errors = 1};
        buf_reset(&out);
        findings_print(&one, &out);
        buf_add_char(&out, '\0');
        found = found ||
                (strcmp(findings.items[k].path, faults[i].path) == 0 &&
                 strstr(findings.items[k].file, faults[i].file) && strstr(out.p, faults[i].says));
    }
    if (!found)
        fail_msg("%s: expected %s: %s, found: %s", faults[i].name, faults[i].path, faults[i].says,
                 out.p);
    buf_clear(&out);
    findings_clear(&findings);
    unlink(file);
    if (real)
        assert_int_equal(rename(kept, file), 0);
}

static void tells_each_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        print_message("  %s\n", faults[i].name);
        try_fault(i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads_the_repository),
        cmocka_unit_test(tells_each_fault),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
