/*
 * The check of the sandbox's tables: sound ones pass, and every planted fault is found at its
 * place. A shop of one kind of thing, with one file replaced at a time.
 */
#include "sandbox/check.h"

#include "own_shop.h"

#define THING(id, names, state)                                                                    \
    "{\"entity\": \"thing\", \"id\": {\"field\": \"id\", \"prefix\": \"10\"}, \"count\": 3,"       \
    " \"fields\": {\"id\": " id ", \"names\": " names ", \"state\": " state "}}"
#define ENTITY(fields)                                                                             \
    "{\"entity\": \"thing\", \"id\": {\"field\": \"id\", \"prefix\": \"10\"}, \"count\": 3,"       \
    " \"fields\": {\"id\": \"id()\", \"names\": [\"1\", \"'a'\"], \"box\": {\"size\": 1},"         \
    " \"state\": \"'NEW'\"" fields "}}"
#define FIELDS                                                                                     \
    "\"things[]\": \"object\", \"things[].id\": \"string\", \"things[].names[]\": \"string\","     \
    " \"things[].box\": \"object\", \"things[].box.size\": \"int\","                               \
    " \"things[].state\": \"string {NEW, OLD}\""
#define CONTRACT(call, fields)                                                                     \
    "{\"name\": \"X\", \"call\": \"" call "\", \"content\": \"json\", \"path\": {},"               \
    " \"query\": {\"shop_cipher\": \"string!\"}, \"body\": {\"ids[]\": \"string\","                \
    " \"rows[]\": \"object\", \"rows[].id\": \"string\"}, \"errors\": [77],"                       \
    " \"answer\": {" fields "}}"
#define RULES(change)                                                                              \
    "{\"GET /x/202309/things\": {\"list\": \"thing\", \"at\": \"things[]\"},"                      \
    " \"POST /x/202309/things\": {" change "}}"
#define CHANGE "\"change\": \"thing\", \"of\": \"body.ids\""
#define AT     "$[\"POST /x/202309/things\"]"

static const struct own_file sound[] = {
    {"contracts/v202309/list.json", CONTRACT("GET /x/202309/things", FIELDS)},
    {"contracts/v202309/change.json",
     CONTRACT("POST /x/202309/things", "\"errors[]\": \"object\", \"errors[].code\": \"int\"")},
    {"contracts/webhooks/told.json",
     "{\"name\": \"Told\", \"call\": \"POST /webhooks/1\", \"content\": \"json\", \"path\": {},"
     " \"query\": {}, \"body\": {\"id\": \"string\"}, \"answer\": {}, \"errors\": []}"},
    {"sandbox/webhooks.json", "{\"entity\": \"thing\", \"when\": \"false\", \"address\": \"id\"}"},
    {"sandbox/words.json", "{\"phrases\": [\"x\"]}"},
    {"sandbox/defaults.json", "{\"string *\": \"pick(words.phrases)\"}"},
    {"sandbox/entities/thing.json", ENTITY("")},
    {"sandbox/endpoints/things.json",
     RULES(CHANGE ", \"set\": {\"state\": \"'OLD'\"},"
                  " \"denies\": [{\"when\": \"false\", \"code\": 77, \"message\": \"x\"}],"
                  " \"notify\": [{\"type\": 1, \"data\": {\"id\": \"id\"}}]")},
};

static const struct {
    const char *name, *file, *text, *path, *says;
} planted[] = {
    {"contract without endpoint", "contracts/v202309/more.json",
     CONTRACT("GET /x/202309/others", "\"a\": \"int\""), "$.call",
     "no endpoint for GET /x/202309/others"},
    {"dead field", "sandbox/entities/thing.json", ENTITY(", \"colour\": \"'red'\""),
     "$.fields.colour", "no answer has this field"},
    {"dead helper", "sandbox/entities/thing.json", ENTITY(", \"_colour\": \"'red'\""),
     "$.fields._colour", "nothing reads it"},
    {"dead field inside", "sandbox/entities/thing.json",
     ENTITY(", \"_a\": {\"depth\": 1}, \"_b\": \"_a == _b2\", \"_b2\": \"_b\""),
     "$.fields._a.depth", "no answer has this field"},
    {"no list", "sandbox/entities/thing.json",
     THING("[\"1\", \"'a'\"]", "[\"1\", \"'a'\"]", "\"'NEW'\""), "$.fields.id",
     "things[].id is no list"},
    {"no object", "sandbox/entities/thing.json",
     THING("{\"size\": 1}", "[\"1\", \"'a'\"]", "\"'NEW'\""), "$.fields.id",
     "things[].id is no object"},
    {"a list after all", "sandbox/entities/thing.json",
     THING("\"id()\"", "{\"size\": 1}", "\"'NEW'\""), "$.fields.names",
     "things[].names[] is a list"},
    {"no such value", "sandbox/entities/thing.json",
     THING("\"id()\"", "[\"1\", \"'a'\"]",
           "\"if index == 1 then 'NEW' else ['OLD', 'ODD'][index]\""),
     "$.fields.state", "has no value 'ODD'"},
    {"no such value by or", "sandbox/entities/thing.json",
     THING("\"id()\"", "[\"1\", \"'a'\"]", "\"absent or 'NONE'\""), "$.fields.state",
     "has no value 'NONE'"},
    {"unknown code of a denial", "sandbox/endpoints/things.json",
     RULES(CHANGE ", \"denies\": [{\"when\": \"false\", \"code\": 78, \"message\": \"x\"}]"),
     AT ".denies[0]", "no contract has an error 78"},
    {"unknown code of a refusal", "sandbox/endpoints/things.json",
     RULES(CHANGE ", \"refuse\": [{\"when\": \"false\", \"code\": 78, \"message\": \"x\"}]"),
     AT ".refuse[0]", "no contract has an error 78"},
    {"unknown code of unknown ids", "sandbox/endpoints/things.json",
     RULES(CHANGE ", \"unknown\": {\"code\": 78, \"message\": \"x\"}"), AT ".unknown",
     "no contract has an error 78"},
    {"failures of another form", "sandbox/endpoints/things.json",
     RULES(CHANGE ", \"fails\": {\"at\": \"errors[]\", \"make\": {\"cod\": \"1\"}}"),
     AT ".fails.make.cod", "no such field (did you mean code?)"},
    {"webhook of another form", "sandbox/endpoints/things.json",
     RULES(CHANGE ", \"notify\": [{\"type\": 1, \"data\": {\"idd\": \"id\"}}]"),
     AT ".notify[0].data.idd", "no such field (did you mean id?)"},
    {"webhook of a related record", "sandbox/endpoints/things.json",
     RULES(CHANGE ", \"also\": [{\"in\": \"thing\", \"of\": \"id\","
                  " \"notify\": [{\"type\": 1, \"data\": {\"idd\": \"id\"}}]}]"),
     AT ".also[0].notify[0].data.idd", "no such field"},
    {"answer of another form", "sandbox/endpoints/things.json",
     RULES("\"answer\": {\"errors\": [\"1\", {\"words\": \"'x'\"}]}"), AT ".answer.errors[1].words",
     "no such field"},
    {"elements without the key", "sandbox/endpoints/things.json",
     RULES(CHANGE ", \"elements\": {\"in\": \"rows[]\", \"of\": \"names\", \"by\": \"code\","
                  " \"unknown\": {\"code\": 77, \"message\": \"x\"}}"),
     AT ".elements", "the elements of 'rows' have no 'code'"},
    {"fallback for nothing", "sandbox/defaults.json",
     "{\"int *_weight\": \"1\", \"string *\": \"pick(words.phrases)\"}", "$[\"int *_weight\"]",
     "no answer has such a field"},
    {"words for nobody", "sandbox/words.json", "{\"phrases\": [\"x\"], \"jokes\": []}", "$.jokes",
     "nothing reads these words"},
    {"named error for nobody", "sandbox/mistakes.json",
     "{\"gone\": {\"code\": 77, \"message\": \"x\"}}", "$.gone", "no call has this error"},
    {"tables that do not load", "sandbox/entities/thing.json", "{", "", "is not JSON"},
};

static char root[64];

static void look(struct buf *out, size_t *count, size_t *endpoints)
{
    struct findings findings;
    findings_init(&findings);
    sandbox_check(root, &findings, endpoints);
    findings_print(&findings, out);
    *count = findings.count;
    findings_clear(&findings);
}

/* The repository's errors, but files of its own where a fault is planted. */
static int setup(void **state)
{
    (void)state;
    char path[512];
    own_make(root, NULL, 0);
    own_path(path, root, "sandbox/words.json");
    unlink(path);
    own_path(path, root, "sandbox/defaults.json");
    unlink(path);
    for (size_t i = 0; i < sizeof sound / sizeof *sound; i++)
        own_write(root, sound[i].path, sound[i].text);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    own_empty(root);
    return 0;
}

static void sound_tables_pass(void **state)
{
    (void)state;
    struct buf text;
    size_t count, endpoints;
    buf_init(&text, 1 << 20);
    look(&text, &count, &endpoints);
    if (count)
        fail_msg(STR_FMT, STR_ARG(buf_str(&text)));
    assert_int_equal(endpoints, 2);
    buf_clear(&text);
}

static void restore(const char *file)
{
    char path[512];
    own_path(path, root, file);
    unlink(path);
    for (size_t i = 0; i < sizeof sound / sizeof *sound; i++)
        if (strcmp(sound[i].path, file) == 0)
            own_write(root, file, sound[i].text);
}

static void planted_faults_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof planted / sizeof *planted; i++) {
        struct buf text;
        size_t count, endpoints;
        char place[1024];
        buf_init(&text, 1 << 20);
        own_write(root, planted[i].file, planted[i].text);
        look(&text, &count, &endpoints);
        buf_add_char(&text, '\0');
        snprintf(place, sizeof place, "%s/%s: %s%s", root, planted[i].file, planted[i].path,
                 *planted[i].path ? ": " : "");
        char *line = strstr(text.p, place), *says = line ? strstr(line, planted[i].says) : NULL;
        char *end = line ? strchr(line, '\n') : NULL;
        if (!says || (end && says > end))
            fail_msg("%s: expected %s%s, found: %s", planted[i].name, place, planted[i].says,
                     text.p);
        restore(planted[i].file);
        buf_clear(&text);
    }
}

static void own_tables_may_have_no_sandbox(void **state)
{
    (void)state;
    struct findings findings;
    size_t endpoints = 1;
    findings_init(&findings);
    sandbox_check("/nonexistent", &findings, &endpoints);
    assert_int_equal(findings.count, 0);
    assert_int_equal(endpoints, 0);
    findings_clear(&findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_tables_pass),
        cmocka_unit_test(planted_faults_are_found),
        cmocka_unit_test(own_tables_may_have_no_sandbox),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
