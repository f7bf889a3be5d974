/*
 * Coverage: every row of the guide has its state, every table its row.
 */
#include "library.h"

static void rows_have_states(void **state)
{
    (void)state;
    static const struct {
        const char *area, *name;
        enum docs_state state;
        const char *text;
        size_t plans;
    } rows[] = {
        {"Loans", "Find Loans", DOCS_LOSSES, "2 losses", 3},
        {"Loans", "Get Loan/Copy", DOCS_WHOLE, "whole", 1},
        {"Loans", "End Loan", DOCS_NO_COUNTERPART, "no counterpart", 1},
        {"Loans", "Lend Again", DOCS_NOT_YET, "not yet", 0},
        {"Loans", "Burn Loan", DOCS_NO_COUNTERPART, "no counterpart", 0},
        {"Loans", "Renew Loan", DOCS_NATIVE, "native", 0},
        {"Loans", "Shred Loan", DOCS_REFUSED, "refused", 1},
        {"Loans", "Watch Loans", DOCS_NO_COUNTERPART, "no counterpart", 0},
        {"Loans", "Smell Loan", DOCS_NO_COUNTERPART, "no counterpart", 0},
        {"Bells", "Loan Bell", DOCS_PUSHED, "pushed", 0},
        {"Other tables", "cards/give", DOCS_WHOLE, "whole", 1},
        {"Other tables", "cards/list", DOCS_WHOLE, "whole", 1},
        {"Other tables", "cards/stamps", DOCS_WHOLE, "whole", 1},
    };
    struct arena *arena = arena_new(1 << 20);
    struct docs_coverage coverage;
    assert_true(docs_cover(&library, arena, &coverage));
    assert_int_equal(coverage.count, sizeof rows / sizeof *rows);
    for (size_t i = 0; i < coverage.count; i++) {
        const struct docs_row *row = &coverage.rows[i];
        assert_true(str_eq(row->area->name, str_from(rows[i].area)));
        assert_true(str_eq(row->row->name, str_from(rows[i].name)));
        assert_int_equal(row->state, rows[i].state);
        assert_int_equal(row->plan_count, rows[i].plans);
        assert_true(
            str_eq(docs_state_text(row->state, row->losses, arena), str_from(rows[i].text)));
    }
    static const size_t guide[DOCS_STATES] = {1, 1, 1, 1, 3, 1, 1},
                        beyond[DOCS_STATES] = {3, 0, 0, 0, 1, 0, 0};
    assert_memory_equal(coverage.guide, guide, sizeof guide);
    assert_memory_equal(coverage.beyond, beyond, sizeof beyond);
    arena_free(arena);
}

static void tables_have_states(void **state)
{
    (void)state;
    static const struct {
        const char *name, *state, *versions;
    } rows[] = {
        {"cards/give", "whole", ""},
        {"cards/list", "whole", ""},
        {"cards/stamps", "whole", ""},
        {"loans/end", "no counterpart", ""},
        {"loans/find", "2 losses", ">= 202305"},
        {"loans/find_before_202305", "whole", "< 202305, 202309"},
        {"loans/find_newest", "1 loss", "< 202305, newest"},
        {"loans/get", "whole", ""},
        {"loans/shred", "no counterpart", ""},
    };
    struct arena *arena = arena_new(1 << 20);
    assert_int_equal(plans_count(library.plans), sizeof rows / sizeof *rows);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct plan *plan = plans_at(library.plans, i);
        assert_true(str_eq(plan_name(plan), str_from(rows[i].name)));
        assert_true(str_eq(docs_plan_state(plan, arena), str_from(rows[i].state)));
        assert_true(str_eq(docs_plan_versions(plan, arena), str_from(rows[i].versions)));
    }
    arena_free(arena);
}

static void without_guide_tables_stand_alone(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct docs_coverage coverage;
    const struct docs_sources sources = {.plans = library.plans};
    assert_true(docs_cover(&sources, arena, &coverage));
    static const char *const names[] = {"cards/give", "cards/list", "cards/stamps", "loans/end",
                                        "loans/find", "loans/get",  "loans/shred"};
    assert_int_equal(coverage.count, 7);
    for (size_t i = 0; i < 7; i++) {
        assert_true(str_eq(coverage.rows[i].row->name, str_from(names[i])));
        assert_int_equal(coverage.rows[i].plan_count, i == 4 ? 3 : 1);
    }
    arena_free(arena);
}

static void a_full_arena_is_told(void **state)
{
    (void)state;
    struct arena *arena = arena_new(16);
    struct docs_coverage coverage;
    assert_false(docs_cover(&library, arena, &coverage));
    arena_free(arena);
}

static void summary_has_a_line_for_each_area(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct docs_coverage coverage;
    struct buf out;
    buf_init(&out, 1 << 16);
    assert_true(docs_cover(&library, arena, &coverage));
    docs_put_summary(&coverage, "x/", &out);
    buf_add_char(&out, '\0');
    assert_string_equal(out.p, "| area | whole | with losses | refused | not yet | no counterpart "
                               "| native | pushed |\n"
                               "|---|--:|--:|--:|--:|--:|--:|--:|\n"
                               "| [Loans](x/loans.md) | 1 | 1 | 1 | 1 | 4 | 1 | 0 |\n"
                               "| [Bells](x/bells.md) | 0 | 0 | 0 | 0 | 0 | 0 | 1 |\n"
                               "| [Other tables](x/other.md) | 3 | 0 | 0 | 0 | 0 | 0 | 0 |\n"
                               "| all | 4 | 1 | 1 | 1 | 4 | 1 | 1 |\n");
    buf_clear(&out);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_have_states),
        cmocka_unit_test(tables_have_states),
        cmocka_unit_test(without_guide_tables_stand_alone),
        cmocka_unit_test(a_full_arena_is_told),
        cmocka_unit_test(summary_has_a_line_for_each_area),
    };
    return cmocka_run_group_tests_name("docs/coverage", tests, open_library, close_library);
}
