/*
 * What is sound: variants of clean tables that must stay clean, the tables of the repository
 * with their cases, and every word of the vocabulary.
 */
#include "plan/expression.h"
#include "plant.h"

struct variant {
    const char *name;
    const char *table; /* "thing/list_things.json" */
    struct edit edits[4];
};

#define LIST    "thing/list_things.json"
#define DETAIL  "thing/get_thing.json"
#define CHANGE  "thing/change_thing.json"
#define PICTURE "thing/upload_picture.json"
#define MARKS   "mark/list_marks.json"
#define TAGGED  "mark/list_tags.json"

/* clang-format off */
static const struct variant variants[] = {
    /* ---- presence ---- */
    {"a default in `accept`", CHANGE,
     {{DROP, "refuse", NULL}, {SET, "accept/remark", "`text = none`"}}},
    {"a default in the leaf", CHANGE,
     {{DROP, "refuse", NULL}, {SET, "calls/change/body/remark", "`remark | or 'none'`"}}},
    {"required, and made of what may be no number", CHANGE,
     {{DROP, "refuse", NULL}, {SET, "accept/remark", "`text`"},
      {SET, "calls/change/body/remark", "`remark | number | or 0 | text`"}}},
    {"a call that is only made when the field is there", CHANGE,
     {{DROP, "refuse", NULL}, {SET, "calls/change/when", "`remark | is_not 'no'`"}}},
    {"a choice guarded by the field", CHANGE,
     {{DROP, "refuse", NULL},
      {SET, "calls/change/body/remark", "{`choose`: [{`when`: `remark | has`, `make`: `remark`}, {`make`: `'none'`}]}"}}},
    {"the other way round", CHANGE,
     {{DROP, "refuse", NULL},
      {SET, "calls/change/body/remark", "{`choose`: [{`when`: `remark | has | not`, `make`: `'none'`}, {`make`: `remark`}]}"}}},
    {"one of two, as a refusal sees to", CHANGE,
     {{SET, "refuse", "[{`when`: [`remark | has | not`, `options.fast | has | not`], `say`: `One of the two.`}]"},
      {SET, "calls/change/body/remark", "`remark | or options.fast | text`"},
      {SET, "accept/options", "{`fast`: `bool`}"}, {RENAME, "accept/options", "options?"}}},
    {"elements without the field are left out", CHANGE,
     {{SET, "accept/parts/0/price", "`decimal?`"}, {SET, "calls/change/body/parts/where", "`price`"}}},
    {"an object that is absent with its only source", MARKS,
     {{SET, "calls/new/body/filter", "{`id`: `weight | text`, `colour`: `weight | text`}"}}},
    {"an object that is never absent", MARKS,
     {{SET, "calls/new/body/filter", "{`id`: `'1'`, `colour`: `weight | text`}"}}},

    /* ---- words ---- */
    {"an element picked from a list", DETAIL,
     {{SET, "reply/name", "`thing.places | where level 'L1' | collect name | first`"}}},
    {"texts cut and changed", DETAIL,
     {{SET, "reply/name", "`thing.title | split ',' | last | lower | prefix 'x'`"}}},
    {"texts joined", DETAIL,
     {{SET, "reply/name", "`thing.lines | collect tax | unique | join ','`"}}},
    {"JSON in a text", DETAIL,
     {{SET, "reply/name", "`thing.owner | json`"}, {SET, "reply/owner", "`thing.title | parse`"},
      {DROP, "loses", NULL}}},
    {"a list made flat", DETAIL,
     {{SET, "reply/name", "`thing.boxes | collect id | flat | first`"}}},
    {"elements of two kinds, each with members of its own", CHANGE,
     {{SET, "reply/failed_part_ids", "{`each`: [`parts`, `change.errors`], `make`: `id | or detail.part_id | or ''`}"}}},
    {"a group of two lists", DETAIL,
     {{SET, "reply/groups/group", "[`thing.lines`, `boxes | collect lines | flat`]"},
      {SET, "reply/groups/by", "`box_id | or id`"}}},
    {"texts put together and trimmed", DETAIL,
     {{SET, "reply/name", "`thing.title | trim | suffix thing.status | filled | or 'x'`"}}},
    {"a value that depends", DETAIL,
     {{SET, "reply/name", "`thing.title | if thing.status 'OPEN' 'LOST' | unless thing.title | or 'x'`"}}},
    {"members that have much in common", DETAIL,
     {{DROP, "reply/name", NULL}, {DROP, "reply/thing_id", NULL},
      {SET, "reply/= thing. | text", "[{`name`: `title`, `thing_id`: `id`}]"}}},
    {"members of one object", DETAIL,
     {{SET, "reply/owner", "{`in`: `thing.owner`, `make`: {`=`: [`name`, `phone`]}}"}}},
    {"an amount rounded", DETAIL,
     {{SET, "reply/groups/make/tax", "`* | collect tax | sum | round 2`"}}},
    {"lists put together", DETAIL,
     {{SET, "reply/groups/group", "`thing.lines | plus thing.lines`"}}},
    {"what holds and what does not", DETAIL,
     {{SET, "reply/groups/group", "`thing.lines | where tax | without box_id 'x' | without tax`"}}},
    {"calls for lists of a few", DETAIL,
     {{SET, "calls/boxes/each", "`thing.boxes | collect id | chunk 20`"},
      {SET, "calls/boxes/send", "`GET /thing/202309/boxes/{@ | first}`"},
      {SET, "reply/boxes/make/box_id", "`@ | first`"}}},
    {"an enum asked whether it knows", DETAIL,
     {{SET, "enums", "{`level`: {`pairs`: [[`a`, `L0`], [`b`, `L1`]], `unknown`: `a`}}"},
      {SET, "reply/region", "`thing.places | collect level | enum level | first`"},
      {SET, "reply/has_open", "`thing.title | known level`"}}},
    {"a list of lists as one", DETAIL,
     {{SET, "reply/groups", "{`flat`: {`each`: `boxes`, `make`: {`each`: `lines`, `make`: {`box_id`: `@`, `count`: 1, `tax`: `0.5`}}}}"}}},
    {"JSON of a shape in a text", DETAIL,
     {{SET, "reply/name", "{`json`: {`a`: `thing.title`, `b`: [`thing.status`]}}"}}},
    {"a date", DETAIL,
     {{SET, "reply/changed_time", "`thing.title | time_in 'UTC+8' | s_to_ms`"}}},
    {"a comparison behind a word that changes the value", DETAIL,
     {{SET, "reply/has_open/choose/0/when", "`thing.status | lower | is 'open'`"}}},
    {"a comparison with one of several", DETAIL,
     {{SET, "reply/has_open", "`thing.status | one_of 'OPEN' 'LOST' | or false`"}}},
    {"a comparison of what may be anything", DETAIL,
     {{SET, "reply/has_open", "`thing.title | is 'any' | or false`"}}},
    {"a comparison of two paths", DETAIL,
     {{SET, "reply/has_open", "`thing.title | is thing.owner.name | or false`"}}},
    {"a text that holds a truth", DETAIL,
     {{SET, "reply/has_open", "`'true' | bool`"}}},
    {"an enum on a list", DETAIL,
     {{SET, "enums", "{`level`: {`pairs`: [[`a`, `L0`], [`b`, `L1`]], `unknown`: `a`}}"},
      {SET, "reply/region", "`thing.places | collect level | enum level | first`"}}},
    {"an enum that says nothing of some values", LIST,
     {{SET, "enums/kind/pairs", "[[`BIG`, `LARGE`], [`SMALL`, `SMALL`], [null, `TINY`]]"},
      {SET, "assumes", "[`low: TINY came for a while`]"}}},
    {"a decimal constant", LIST,
     {{SET, "reply/things/rows/found/weight", "`weight | number | or 0.5`"}}},

    /* ---- what is vague ---- */
    {"a list taken as it is", CHANGE, {{SET, "accept/parts", "`list`"}}},
    {"an object handed on that nobody knows", MARKS,
     {{SET, "reply/marks/rows/new/extra", "`blob`"}, {SET, "reply/marks/rows/past/extra", "{}"},
      {DROP, "loses/answer/marks[].extra", NULL}}},
    {"an object for one without known members", MARKS,
     {{SET, "reply/marks/rows/new/extra", "{`any`: `at`}"}, {SET, "reply/marks/rows/past/extra", "{}"},
      {DROP, "loses/answer/marks[].extra", NULL}}},
    {"a field that one of the merged lists makes, confessed", MARKS,
     {{DROP, "reply/marks/rows/past/tags", NULL}, {SET, "loses/answer/marks[].tags", "`Old marks have none.`"}}},
    {"a choice whose last way makes nothing", DETAIL,
     {{SET, "reply/boxes/make/lines/make", "{`choose`: [{`when`: `id`, `make`: {`line_id`: `id`, `count`: 1,"
       "`whole_name`: `amount`}}, {`make`: null}]}"}}},
    {"a list in a query as a text", MARKS,
     {{RENAME, "accept/ids?", "ids"}, {SET, "accept/ids", "`text?`"},
      {SET, "calls/new/body/ids", "`ids | split ','`"}, {DROP, "calls/past/on_error", NULL}}},
    {"a member of an object within itself", MARKS,
     {{SET, "reply/marks/rows/new/tags", "{`each`: `marks`, `make`: {`id`: `note`}}"}}},
    {"the members of an object within itself, deeper", MARKS,
     {{SET, "reply/marks/rows/new/tags",
       "{`each`: `marks | collect marks | flat`, `make`: {`id`: `owner.name | or ^note`}}"}}},
    {"a name for a file", PICTURE,
     {{SET, "calls/picture/form/data", "{`file`: `data`, `name`: `'a.png'`}"}}},
    {"a call for each row of a page", TAGGED,
     {{SET, "calls/tags", "{`each`: `marks.rows`, `send`: `GET /mark/202309/marks/{@id}/tags`,"
                          "`query`: {`page_size`: 50}}"},
      {SET, "reply/tags", "{`rows`: {`marks`: {`tag_id`: `/tags.tags | collect id | first | or ''`,"
                          "`mark_id`: `id | text`, `number`: `/tags.tags | collect number | sum`}}}"}}},
    {"an order that depends", MARKS,
     {{SET, "calls/new/order_by", "{`choose`: [{`when`: `/old`, `make`: `at`}, {`make`: `at | negate`}]}"}}},
    {"a cipher that is optional", MARKS, {{SET, "calls/new/query", "{}"}}},
};
/* clang-format on */

static void stays_clean(void **state)
{
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        struct findings findings;
        findings_init(&findings);
        check_planted(*state, plant(variants[i].table, variants[i].edits, 4, &findings), &findings);
        if (findings.count) {
            print_all(&findings);
            fail_msg("%s: expected no finding", variants[i].name);
        }
        findings_clear(&findings);
    }
}

static void knows_every_word(void **state)
{
    (void)state;
    for (size_t i = 0; word_at(i); i++)
        if (!check_knows_word(str_from(word_at(i)->name)))
            fail_msg("the checker does not know the word '%s'", word_at(i)->name);
    assert_false(check_knows_word(STR("nothing")));
}

/* Whether the table of that name has a finding there, with that hint. */
static bool is_told(const struct findings *findings, const char *table, const char *path,
                    const char *hint)
{
    char file[256];
    snprintf(file, sizeof file, FIXTURES "/broken/thing/%s.json", table);
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *f = &findings->items[i];
        if (strcmp(f->file, file) == 0 && strcmp(f->path, path) == 0 && f->hint &&
            strcmp(f->hint, hint) == 0)
            return true;
    }
    return false;
}

/* Tables that do not compile do not keep the others from being checked. */
static void checks_what_is_sound(void **state)
{
    struct findings findings;
    findings_init(&findings);
    struct plans *plans = plans_load_sound(FIXTURES "/mappings", &findings);
    assert_non_null(plans);
    size_t all = plans_count(plans);
    check_planted(*state, plans, &findings);
    assert_int_equal(findings.count, 0);
    plans = plans_load_sound(FIXTURES "/broken", &findings);
    assert_non_null(plans);
    assert_int_equal(all, 8);
    assert_int_equal(plans_count(plans), 2);
    assert_string_equal(findings.items[0].file, FIXTURES "/broken/thing/b.json");
    check_planted(*state, plans, &findings);
    assert_true(is_told(&findings, "a", "$.reply.name", "did you mean title?"));
    findings_clear(&findings);
    assert_null(plans_load(FIXTURES "/broken", &findings));
    findings_clear(&findings);
}

/* What is wrong with the language of a table does not hide what is wrong with its fields. */
static void tells_all_of_one_table(void **state)
{
    static const struct {
        const char *path, *hint;
    } told[] = {
        {"$.refuse[0].wen", "did you mean when?"},
        {"$.refuse[0].when", "did you mean scene?"},
        {"$.calls.picture.form.data.name", "did you mean lower?"},
        {"$.calls.picture.form.uses", "did you mean scene?"},
        {"$.calls.picture.form.uses", "did you mean use?"},
        {"$.reply.picture_id", "did you mean uri?"},
        {"$.reply.widht", "did you mean width?"},
    };
    struct findings findings;
    findings_init(&findings);
    struct plans *plans = plans_load_sound(FIXTURES "/broken", &findings);
    check_planted(*state, plans, &findings);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        if (!is_told(&findings, "c", told[i].path, told[i].hint)) {
            print_all(&findings);
            fail_msg("nothing at %s (%s)", told[i].path, told[i].hint);
        }
    findings_clear(&findings);
}

/* ---- cases ---- */

static void misses_cases(void **state)
{
    struct findings findings;
    (void)state;
    findings_init(&findings);
    struct plans *plans = plans_load(FIXTURES "/mappings", &findings);
    assert_non_null(plans);
    check_cases(plans, FIXTURES "/cases", &findings);
    assert_int_equal(findings.count, 1);
    assert_string_equal(findings.items[0].file, FIXTURES "/mappings/thing/upload_picture.json");
    assert_string_equal(findings.items[0].text, "the endpoint has no case");
    assert_string_equal(findings.items[0].hint,
                        "write one in " FIXTURES "/cases/thing/upload_picture/");
    check_cases(plans, FIXTURES "/nowhere", &findings);
    assert_int_equal(findings.count, 2);
    assert_string_equal(findings.items[1].text, "cannot be opened: No such file or directory");
    plans_unref(plans);
    findings_clear(&findings);
}

/* ---- the guide ---- */

#define ROWS(text) "{`areas`: [{`name`: `Things`, `page`: `things`, `rows`: [" text "]}]}"
#define ALL                                                                                        \
    "{`legacy`: `All`, `call`: [`POST /api/things/list`, `GET /api/things/detail`, "               \
    "`PUT /api/things`, `DELETE /api/things`, `POST /api/things/pictures`, `GET /api/marks`, "     \
    "`GET /api/v2/marks`], `v202309`: `POST /thing/202309/things/search`}"
#define TAGS                                                                                       \
    "{`legacy`: `Tags`, `call`: `GET /api/tags`, `v202309`: `GET /mark/202309/marks/{id}/tags`}"

static const struct {
    const char *name, *guide, *path, *text, *hint;
} guides[] = {
    {"sound", ROWS(ALL ", " TAGS), NULL, NULL, NULL},
    {"a legacy call that is not there",
     ROWS(ALL ", {`legacy`: `Tag`, `call`: [`GET /api/tags`, `GET /api/tag`], `v202309`: `GET "
              "/mark/202309/marks/{id}/tags`}"),
     "$.areas[0].rows[1].call[1]", "no legacy contract of 'GET /api/tag'",
     "did you mean GET /api/tags?"},
    {"a call that v202309 does not have",
     ROWS(ALL ", {`legacy`: `Tags`, `call`: `GET /api/tags`, `v202309`: `GET "
              "/mark/202309/marks/{id}/tag`}"),
     "$.areas[0].rows[1].v202309", "v202309 has no 'GET /mark/202309/marks/{id}/tag'",
     "did you mean GET /mark/202309/marks/{mark_id}/tags?"},
    {"a recommended call that v202309 does not have",
     ROWS(ALL ", {`legacy`: `Tags`, `call`: `GET /api/tags`, `instead`: `PUT /mark/202309/tags`}"),
     "$.areas[0].rows[1].instead", "v202309 has no 'PUT /mark/202309/tags'", ""},
    {"an endpoint without a row", ROWS(ALL), "$.areas",
     "no row has 'GET /api/tags', of which there is a legacy contract", ""},
};

static void holds_the_guide(void **state)
{
    const struct world *world = *state;
    struct check_sides sides = {world->legacy, world->upstream};
    struct findings loading;
    findings_init(&loading);
    struct plans *plans = plans_load(FIXTURES "/mappings", &loading);
    assert_non_null(plans);
    for (size_t i = 0; i < sizeof guides / sizeof *guides; i++) {
        struct findings findings;
        char *text = quotes(guides[i].guide);
        findings_init(&findings);
        struct guide *guide = guide_parse("guide.json", str_from(text), &findings);
        print_all(&findings);
        assert_non_null(guide);
        check_guide(guide, plans, &sides, "guide.json", &findings);
        if (findings.count != (guides[i].text ? 1 : 0))
            print_all(&findings);
        assert_int_equal(findings.count, guides[i].text ? 1 : 0);
        if (guides[i].text) {
            assert_string_equal(findings.items[0].path, guides[i].path);
            assert_string_equal(findings.items[0].text, guides[i].text);
            assert_string_equal(findings.items[0].hint, guides[i].hint);
        }
        guide_free(guide);
        findings_clear(&findings);
        free(text);
    }
    plans_unref(plans);
    findings_clear(&loading);
}

/* ---- the repository's own ---- */

static void the_repository_is_clean(void **state)
{
    struct findings findings;
    (void)state;
    findings_init(&findings);
    struct check_sides sides = {contracts_load(TEST_ROOT "/mappings/contracts/legacy", &findings),
                                contracts_load(TEST_ROOT "/mappings/contracts/v202309", &findings)};
    struct plans *plans = plans_load(TEST_ROOT "/mappings", &findings);
    assert_true(sides.legacy && sides.upstream && plans);
    check_plans(plans, &sides, TEST_ROOT "/mappings", &findings);
    check_cases(plans, TEST_ROOT "/tests/cases", &findings);
    struct guide *guide = guide_load(TEST_ROOT "/mappings/guide.json", &findings);
    assert_non_null(guide);
    check_guide(guide, plans, &sides, "guide.json", &findings);
    guide_free(guide);
    print_all(&findings);
    assert_int_equal(findings.count, 0);
    plans_unref(plans);
    contracts_free((struct contracts *)sides.legacy);
    contracts_free((struct contracts *)sides.upstream);
    findings_clear(&findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stays_clean),
        cmocka_unit_test(knows_every_word),
        cmocka_unit_test(checks_what_is_sound),
        cmocka_unit_test(tells_all_of_one_table),
        cmocka_unit_test(misses_cases),
        cmocka_unit_test(holds_the_guide),
        cmocka_unit_test(the_repository_is_clean),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
