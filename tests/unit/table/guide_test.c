/*
 * The guide: the file of the repository is whole and true of the contracts, and every kind of
 * fault in a file is told with its place.
 */
#include "table/contract.h"
#include "table/guide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct guide *guide;
static struct contracts *legacy, *current;

static int setup(void **state)
{
    (void)state;
    struct findings findings;
    findings_init(&findings);
    guide = guide_load(TEST_ROOT "/mappings/guide.json", &findings);
    legacy = contracts_load(TEST_ROOT "/mappings/contracts/legacy", &findings);
    current = contracts_load(TEST_ROOT "/mappings/contracts/v202309", &findings);
    for (size_t i = 0; i < findings.count; i++)
        print_error("%s: %s\n", findings.items[i].path, findings.items[i].text);
    findings_clear(&findings);
    return guide && legacy && current ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    guide_free(guide);
    contracts_free(legacy);
    contracts_free(current);
    return 0;
}

static void holds_all_rows(void **state)
{
    (void)state;
    size_t rows = 0, beyond = 0, native = 0, webhooks = 0, without_call = 0, without_upgrade = 0;
    for (size_t a = 0; a < guide->count; a++)
        for (size_t r = 0; r < guide->areas[a].count; r++) {
            const struct guide_row *row = &guide->areas[a].rows[r];
            rows += !row->beyond;
            beyond += row->beyond;
            native += row->native;
            webhooks += row->type != 0;
            without_call += !row->native && !row->type && !row->calls.count;
            without_upgrade += !row->beyond && !row->type && !row->upstream.count;
        }
    assert_int_equal(guide->count, 13);
    assert_int_equal(rows, 92);
    assert_int_equal(beyond, 4);
    assert_int_equal(native, 6);
    assert_int_equal(webhooks, 7);
    assert_int_equal(without_call, 0);
    assert_int_equal(without_upgrade, 3);
}

static void all_known(const struct contracts *contracts, const struct guide_texts *calls)
{
    for (size_t i = 0; i < calls->count; i++)
        if (!contracts_by_call(contracts, calls->items[i]))
            fail_msg("no contract has the call " STR_FMT, STR_ARG(calls->items[i]));
}

static void names_what_contracts_know(void **state)
{
    (void)state;
    for (size_t a = 0; a < guide->count; a++)
        for (size_t r = 0; r < guide->areas[a].count; r++) {
            const struct guide_row *row = &guide->areas[a].rows[r];
            all_known(legacy, &row->calls);
            all_known(current, &row->upstream);
            all_known(current, &row->instead);
        }
}

static void names_every_legacy_contract(void **state)
{
    (void)state;
    const struct guide_area *area;
    for (size_t i = 0; i < contracts_count(legacy); i++)
        if (!guide_find(guide, contracts_at(legacy, i)->call, &area))
            fail_msg("no row has the call " STR_FMT, STR_ARG(contracts_at(legacy, i)->call));
}

static void finds_rows_by_call(void **state)
{
    (void)state;
    static const struct {
        const char *call, *area, *name;
    } rows[] = {
        {"GET /api/shop/get_authorized_shop", "Seller", "Get Authorized Shop"},
        {"POST /api/token/getAccessToken", "Authorization", "Get Access Token"},
        {"GET /api/v2/token/get", "Authorization", "Get Access Token"},
        {"PUT /api/shop/get_authorized_shop", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct guide_area *area = NULL;
        const struct guide_row *row = guide_find(guide, str_from(rows[i].call), &area);
        assert_int_equal(row != NULL, rows[i].name != NULL);
        if (!row)
            continue;
        assert_true(str_eq(row->name, str_from(rows[i].name)));
        assert_true(str_eq(area->name, str_from(rows[i].area)));
    }
}

static void reads_webhooks(void **state)
{
    (void)state;
    const struct guide_area *area = &guide->areas[guide->count - 1];
    const struct guide_row *row = &area->rows[1];
    assert_true(str_eq(area->page, STR("webhook")));
    assert_int_equal(row->type, 2);
    assert_int_equal(row->event_count, 2);
    assert_int_equal(row->events[1].type, 12);
    assert_true(str_eq(row->events[1].name, STR("Return Status Change")));
}

#define ONE(row)                                                                                   \
    "{\"areas\": [{\"name\": \"A\", \"page\": \"a\", \"rows\": [{\"legacy\": \"X\"}, " row "]}]}"

static void tells_faults(void **state)
{
    (void)state;
    static const struct {
        const char *json, *path, *text, *hint;
    } rows[] = {
        {"[]", "$.areas", "expected a list of areas", ""},
        {"{", "", "", ""},
        {"{\"areas\": [], \"area\": 1}", "$.area", "unknown key", "did you mean areas?"},
        {"{\"areas\": [{\"name\": \"A\", \"page\": \"A b\", \"rows\": [{\"legacy\": \"X\"}]}]}",
         "$.areas[0]", "small letters", ""},
        {"{\"areas\": [{\"name\": \"A\", \"page\": \"a\", \"rows\": []}]}", "$.areas[0].rows",
         "a list of rows", ""},
        {"{\"areas\": [{\"name\": \"A\", \"page\": \"a\", \"rows\": [{\"legacy\": \"X\"}]},"
         "{\"name\": \"B\", \"page\": \"a\", \"rows\": [{\"legacy\": \"X\"}]}]}",
         "$.areas[1]", "another area has this `page`", ""},
        {ONE("{}"), "$.areas[0].rows[1]", "either `legacy` or `native`", ""},
        {ONE("{\"legacy\": \"X\", \"native\": \"Y\", \"v202309\": \"GET /y\"}"),
         "$.areas[0].rows[1]", "either `legacy` or `native`", ""},
        {ONE("{\"legacy\": 1}"), "$.areas[0].rows[1].legacy", "expected a text", ""},
        {ONE("{\"legacy\": \"X\", \"calls\": \"GET /x\"}"), "$.areas[0].rows[1].calls",
         "unknown key", "did you mean call?"},
        {ONE("{\"legacy\": \"X\", \"call\": \"/x\"}"), "$.areas[0].rows[1].call", "expected a call",
         ""},
        {ONE("{\"legacy\": \"X\", \"call\": [\"GET /x\", \"GET x\"]}"),
         "$.areas[0].rows[1].call[1]", "expected a call", ""},
        {ONE("{\"legacy\": \"X\", \"call\": \"GET /x y\"}"), "$.areas[0].rows[1].call",
         "expected a call", ""},
        {ONE("{\"legacy\": \"X\", \"v202309\": \"GET /x?y\"}"), "$.areas[0].rows[1].v202309",
         "expected a call", ""},
        {ONE("{\"native\": \"X\"}"), "$.areas[0].rows[1]", "a native endpoint has", ""},
        {ONE("{\"legacy\": \"X\", \"v202309\": \"GET /x\", \"instead\": \"GET /y\"}"),
         "$.areas[0].rows[1]", "rows without `v202309`", ""},
        {ONE("{\"legacy\": \"X\", \"beyond\": 1}"), "$.areas[0].rows[1].beyond", "true or false",
         ""},
        {ONE("{\"legacy\": \"X\", \"type\": \"1\"}"), "$.areas[0].rows[1].type", "the number", ""},
        {ONE("{\"legacy\": \"X\", \"type\": 1}"), "$.areas[0].rows[1].events",
         "a list of what that webhook became", ""},
        {ONE("{\"legacy\": \"X\", \"type\": 1, \"events\": [{\"type\": 1}]}"),
         "$.areas[0].rows[1].events[0]", "expected {\"type\"", ""},
        {ONE("{\"legacy\": \"Y\", \"call\": \"GET /x\"}, {\"legacy\": \"Z\", \"call\": \"GET "
             "/x\"}"),
         "$.areas", "two rows have the call GET /x", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct findings findings;
        findings_init(&findings);
        assert_null(guide_parse("guide.json", str_from(rows[i].json), &findings));
        bool found = false;
        for (size_t k = 0; k < findings.count; k++) {
            const struct finding *f = &findings.items[k];
            found |= (!*rows[i].path || strcmp(f->path, rows[i].path) == 0) &&
                     strstr(f->text, rows[i].text) && strcmp(f->file, "guide.json") == 0 &&
                     (!*rows[i].hint || strcmp(f->hint, rows[i].hint) == 0);
            if (!found)
                print_message("%s: %s (%s)\n", f->path, f->text, f->hint);
        }
        if (!found)
            fail_msg("row %zu: %s: %s", i, rows[i].path, rows[i].text);
        findings_clear(&findings);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_all_rows),
        cmocka_unit_test(names_what_contracts_know),
        cmocka_unit_test(names_every_legacy_contract),
        cmocka_unit_test(finds_rows_by_call),
        cmocka_unit_test(reads_webhooks),
        cmocka_unit_test(tells_faults),
    };
    return cmocka_run_group_tests_name("table/guide", tests, setup, teardown);
}
