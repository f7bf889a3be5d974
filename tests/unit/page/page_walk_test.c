/*
 * Walks over lists that are made up here: each stream is a row of letters, served in pages of
 * the size that the walk asks for. What comes out must be the rows of the list, in order, in
 * every split into legacy pages.
 */
#include "page/page.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* Upstream: tokens are offsets as text; `shorter` gives pages one row short of what was asked. */
struct upstream {
    const char *rows[PAGE_STREAMS];
    bool shorter;
    size_t from[PAGE_STREAMS]; /* of the page in hand */
    unsigned fetches;
    char tokens[64][24];
    unsigned token_count;
};

static int compare(void *ctx, unsigned a, size_t row_a, unsigned b, size_t row_b)
{
    struct upstream *up = ctx;
    return up->rows[a][up->from[a] + row_a] - up->rows[b][up->from[b] + row_b];
}

static void serve(struct upstream *up, struct page_walk *walk, const struct page_step *step)
{
    uint64_t from = 0;
    struct fault fault;
    size_t all = strlen(up->rows[step->stream]), size = walk->position.size - up->shorter;
    assert_true(step->token.n == 0 || str_to_u64(step->token, &from));
    size_t to = from + size < all ? from + size : all;
    up->from[step->stream] = from;
    char *token = up->tokens[up->token_count++ % 64];
    token[0] = '\0';
    if (to < all)
        snprintf(token, sizeof up->tokens[0], "%zu", to);
    up->fetches++;
    assert_true(page_walk_came(walk, step->stream, to - from, str_from(token), &fault));
}

/* One legacy page, appended to `out`. */
static void walk_page(struct upstream *up, struct page_walk *walk, char *out)
{
    struct page_step step, asked[PAGE_STREAMS];
    unsigned waiting = 0;
    for (;;) {
        page_walk_step(walk, &step);
        switch (step.what) {
        case PAGE_FETCH:
            asked[waiting++] = step;
            break;
        case PAGE_WAIT:
            assert_true(waiting > 0);
            serve(up, walk, &asked[--waiting]); /* the last one first: order must not matter */
            break;
        case PAGE_GIVE:
            strncat(out, up->rows[step.stream] + up->from[step.stream] + step.from,
                    step.to - step.from);
            break;
        case PAGE_REACHED:
            assert_int_equal(walk->skip, 0);
            break;
        case PAGE_END:
            assert_int_equal(waiting, 0);
            return;
        }
    }
}

struct list {
    const char *name;
    const char *rows[PAGE_STREAMS];
    unsigned count;
    bool merged;
    const char *expected;
};

static const struct list lists[] = {
    {"nothing", {""}, 1, false, ""},
    {"one row", {"a"}, 1, false, "a"},
    {"a list", {"abcdefghijklmnopq"}, 1, false, "abcdefghijklmnopq"},
    {"two, merged", {"acegikm", "bdfhjl"}, 2, true, "abcdefghijklm"},
    {"two, one before the other", {"abc", "xyz"}, 2, true, "abcxyz"},
    {"two, one empty", {"", "abc"}, 2, true, "abc"},
    {"two, both empty", {"", ""}, 2, true, ""},
    {"equal rows: the lower stream first", {"aab", "abb"}, 2, true, "aaabbb"},
    {"four, merged", {"aei", "bfj", "cgk", "dhl"}, 4, true, "abcdefghijkl"},
    {"two, one after the other", {"xyz", "abc"}, 2, false, "xyzabc"},
};

static void page_through(const struct list *list, uint32_t size, uint64_t want, bool shorter)
{
    struct upstream up = {.shorter = shorter};
    struct page_order order = {compare, &up};
    struct page_position position;
    char got[64] = "";
    memcpy(up.rows, list->rows, sizeof up.rows);
    page_start(&position, list->count);
    position.size = size;
    for (int page = 0; !page_done(&position); page++) {
        struct page_walk walk;
        size_t before = strlen(got);
        assert_true(page < 100);
        page_walk_start(&walk, &position, 0, want, list->merged ? &order : NULL);
        walk_page(&up, &walk, got);
        position = walk.position;
        assert_true(page_done(&position) || strlen(got) - before == want); /* full pages */
    }
    if (strcmp(got, list->expected) != 0)
        fail_msg("%s: pages of %u for %u: %s", list->name, size, (unsigned)want, got);
}

static void gives_all_rows_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (uint32_t size = 1; size <= 9; size++)
            for (uint64_t want = 1; want <= 9; want++) {
                page_through(&lists[i], size, want, false);
                if (size > 1)
                    page_through(&lists[i], size, want, true);
            }
}

static void skips_to_an_offset(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        size_t all = strlen(lists[i].expected);
        for (uint32_t size = 1; size <= 7; size++)
            for (size_t skip = 0; skip <= all + 2; skip++) {
                struct upstream up = {0};
                struct page_order order = {compare, &up};
                struct page_position position;
                struct page_walk walk;
                char got[64] = "", expected[64] = "";
                memcpy(up.rows, lists[i].rows, sizeof up.rows);
                page_start(&position, lists[i].count);
                position.size = size;
                page_walk_start(&walk, &position, skip, 3, lists[i].merged ? &order : NULL);
                walk_page(&up, &walk, got);
                if (skip < all)
                    strncat(expected, lists[i].expected + skip, 3);
                if (strcmp(got, expected) != 0)
                    fail_msg("%s from %zu: %s, not %s", lists[i].name, skip, got, expected);
            }
    }
}

static void fetches_no_more_than_it_needs(void **state)
{
    static const struct {
        uint64_t skip, want;
        uint32_t size;
        unsigned fetches;
    } cases[] = {{0, 5, 5, 1}, {0, 5, 3, 2}, {0, 3, 5, 1}, {4, 4, 8, 1},
                 {4, 4, 7, 2}, {0, 0, 5, 0}, {9, 1, 5, 2}, {0, 17, 100, 1}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct upstream up = {.rows = {"abcdefghijklmnopq"}};
        struct page_position position;
        struct page_walk walk;
        char got[64] = "";
        page_start(&position, 1);
        position.size = cases[i].size;
        page_walk_start(&walk, &position, cases[i].skip, cases[i].want, NULL);
        walk_page(&up, &walk, got);
        assert_int_equal(up.fetches, cases[i].fetches);
        assert_int_equal(strlen(got), cases[i].want);
    }
}

static void remembers_where_it_stands(void **state)
{
    struct upstream up = {.rows = {"abcdefgh"}};
    struct page_position position;
    struct page_walk walk;
    char got[64] = "";
    (void)state;
    page_start(&position, 1);
    position.size = 4;
    page_walk_start(&walk, &position, 0, 3, NULL);
    walk_page(&up, &walk, got);
    assert_int_equal(walk.position.streams[0].token.n, 0); /* still on the first page */
    assert_int_equal(walk.position.streams[0].given, 3);
    position = walk.position;
    page_walk_start(&walk, &position, 0, 1, NULL);
    walk_page(&up, &walk, got);
    assert_true(str_eq(walk.position.streams[0].token, STR("4")));
    assert_int_equal(walk.position.streams[0].given, 0);
    assert_false(page_done(&walk.position));
    assert_string_equal(got, "abcd");
}

/* Rows were deleted between two pages: the page in progress is shorter than what was given. */
static void survives_a_list_that_shrank(void **state)
{
    struct upstream up = {.rows = {"abcdef"}};
    struct page_position position;
    struct page_walk walk;
    char got[64] = "";
    (void)state;
    page_start(&position, 1);
    position.size = 3;
    position.streams[0].given = 5;
    page_walk_start(&walk, &position, 0, 2, NULL);
    walk_page(&up, &walk, got);
    assert_string_equal(got, "de");
}

static void notices_a_circle(void **state)
{
    struct page_position position;
    struct page_walk walk;
    struct page_step step;
    struct fault fault;
    (void)state;
    page_start(&position, 1);
    position.size = 3;
    position.streams[0].token = STR("t1");
    page_walk_start(&walk, &position, 0, 9, NULL);
    page_walk_step(&walk, &step);
    assert_int_equal(step.what, PAGE_FETCH);
    assert_false(page_walk_came(&walk, 0, 0, STR("t1"), &fault));
    assert_int_equal(fault.kind, FAULT_UPSTREAM_BAD);
}

static void chooses_page_sizes(void **state)
{
    static const struct {
        uint64_t rows;
        uint32_t min, max, size;
        uint64_t pages;
    } cases[] = {
        {20, 1, 100, 20, 1},   {100, 1, 100, 100, 1}, {101, 1, 100, 51, 2},
        {200, 1, 100, 100, 2}, {150, 1, 100, 75, 2},  {3, 10, 50, 10, 1},
        {0, 1, 100, 1, 1},     {7, 5, 5, 5, 2},       {1000, 1, 1, 1, 1000},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t pages;
        assert_int_equal(page_size_for(cases[i].rows, cases[i].min, cases[i].max, &pages),
                         cases[i].size);
        assert_int_equal(pages, cases[i].pages);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_all_rows_in_order),
        cmocka_unit_test(skips_to_an_offset),
        cmocka_unit_test(fetches_no_more_than_it_needs),
        cmocka_unit_test(remembers_where_it_stands),
        cmocka_unit_test(survives_a_list_that_shrank),
        cmocka_unit_test(notices_a_circle),
        cmocka_unit_test(chooses_page_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
