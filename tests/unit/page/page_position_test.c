/* Positions: what is sealed is what is opened, and nothing else opens. */
#include "page/page.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct sign_key *key, *other_key;
static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    key = sign_key_new(STR("app"), STR("a secret of the app"));
    other_key = sign_key_new(STR("app"), STR("a secret of another app"));
    arena = arena_new(1 << 20);
    return key && other_key && arena ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    sign_key_free(key);
    sign_key_free(other_key);
    arena_free(arena);
    return 0;
}

static struct str seal(const struct page_position *position, struct str context)
{
    struct buf cursor;
    buf_init_arena(&cursor, 1 << 16, arena);
    assert_true(page_seal(position, key, context, &cursor));
    assert_false(buf_failed(&cursor));
    return buf_str(&cursor);
}

static void start_like(const struct page_position *position, struct page_position *start)
{
    if (position->nested)
        page_start_nested(start);
    else
        page_start(start, position->count);
}

static void opens_what_it_sealed(void **state)
{
    static const struct page_position cases[] = {
        {.streams = {{STR_C(""), 0, false}}, .count = 1, .size = 20},
        {.streams = {{STR_C("b2Zmc2V0PTA="), 7, false}}, .count = 1, .size = 100},
        {.streams = {{STR_C("with blanks 1 2 3"), 4294967295, true}}, .count = 1, .size = 1},
        {.streams = {{STR_C(" "), 1, false}, {STR_C(""), 0, true}}, .count = 2, .size = 50},
        {.streams = {{STR_C("a"), 1, true},
                     {STR_C("\x01\xff\x80"), 2, false},
                     {STR_C("c"), 3, true},
                     {STR_C("4 0 0 0 "), 4, false}},
         .count = 4,
         .size = 4294967295},
        {.streams = {{STR_C("o"), 7, false}, {STR_C("i n"), 3, false}},
         .count = 2,
         .size = 10,
         .nested = true,
         .mark = 18446744073709551615u},
        {.streams = {{STR_C(""), 0, false}, {STR_C(""), 0, false}},
         .count = 2,
         .size = 1,
         .nested = true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct page_position got;
        struct fault fault;
        struct str cursor = seal(&cases[i], STR("filters"));
        start_like(&cases[i], &got);
        assert_true(page_open(cursor, key, STR("filters"), arena, &got, &fault));
        assert_int_equal(got.nested, cases[i].nested);
        assert_int_equal(got.mark, cases[i].mark);
        assert_int_equal(got.count, cases[i].count);
        assert_int_equal(got.size, cases[i].size);
        for (unsigned s = 0; s < got.count; s++) {
            assert_true(str_eq(got.streams[s].token, cases[i].streams[s].token));
            assert_int_equal(got.streams[s].given, cases[i].streams[s].given);
            assert_int_equal(got.streams[s].done, cases[i].streams[s].done);
        }
    }
}

static void refuses_what_is_not_its_own(void **state)
{
    struct page_position position = {.streams = {{STR("token"), 3, false}}, .count = 1, .size = 9};
    struct page_position got = {.count = 1};
    struct fault fault;
    (void)state;
    struct str cursor = seal(&position, STR("filters"));
    assert_false(page_open(cursor, key, STR("filter"), arena, &got, &fault));
    assert_int_equal(fault.kind, FAULT_CURSOR);
    assert_false(page_open(cursor, other_key, STR("filters"), arena, &got, &fault));
    assert_int_equal(fault.kind, FAULT_CURSOR);
    page_start(&got, 2);
    assert_false(page_open(cursor, key, STR("filters"), arena, &got, &fault));
    assert_int_equal(fault.kind, FAULT_CURSOR);
    assert_int_equal(got.count, 2); /* as it was */
    page_start_nested(&got);
    assert_false(page_open(cursor, key, STR("filters"), arena, &got, &fault));
    assert_int_equal(fault.kind, FAULT_CURSOR);
    page_start(&got, 1);
    assert_false(page_open(STR(""), key, STR("filters"), arena, &got, &fault));
    assert_int_equal(fault.kind, FAULT_CURSOR);
    assert_true(page_open(cursor, key, STR("filters"), arena, &got, &fault));
}

static void refuses_every_altered_cursor(void **state)
{
    struct page_position position = {.streams = {{STR("token"), 3, false}}, .count = 1, .size = 9};
    struct page_position got = {.count = 1};
    struct fault fault;
    (void)state;
    struct str cursor = seal(&position, STR("filters"));
    for (size_t i = 0; i < cursor.n; i++) {
        char *altered = arena_cstr(arena, cursor);
        altered[i] = altered[i] == 'A' ? 'B' : 'A';
        assert_false(
            page_open(str_of(altered, cursor.n), key, STR("filters"), arena, &got, &fault));
        assert_int_equal(fault.kind, FAULT_CURSOR);
        assert_false(page_open(str_of(cursor.p, i), key, STR("filters"), arena, &got, &fault));
    }
}

/* Sealed by us, so the seal is good, but not a position of this version. */
static void refuses_other_texts_under_the_seal(void **state)
{
    static const char *const texts[] = {
        "",
        "2 9 1 0 0 0 ",
        "1 9 1 0 0 0",
        "1 9 2 0 0 0 ",
        "1 9 1 0 2 0 ",
        "1 9 1 0 0",
        "1 9 1 0 0 5 ab",
        "1 9 1 0 0 1 ab",
        "1 4294967296 1 0 0 0 ",
        "1 9 1 -1 0 0 ",
        "2 9 0 0 0 0  0 0 0 ",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct page_position got = {.count = 1};
        struct fault fault;
        struct buf cursor;
        buf_init_arena(&cursor, 1 << 16, arena);
        assert_true(seal_close(key, STR("filters"), str_from(texts[i]), &cursor));
        if (page_open(buf_str(&cursor), key, STR("filters"), arena, &got, &fault))
            fail_msg("opened: %s", texts[i]);
        assert_int_equal(fault.kind, FAULT_CURSOR);
    }
}

static void bounds_its_cursors(void **state)
{
    struct page_position position, got = {.count = 1};
    struct fault fault;
    struct buf cursor;
    size_t huge = 100000;
    char *token = arena_alloc(arena, huge);
    (void)state;
    memset(token, 'A', huge);
    page_start(&position, 1);
    position.streams[0].token = str_of(token, huge);
    buf_init_arena(&cursor, 1 << 20, arena);
    assert_false(page_seal(&position, key, STR("filters"), &cursor));
    assert_false(page_open(str_of(token, huge), key, STR("filters"), arena, &got, &fault));
    assert_int_equal(fault.kind, FAULT_CURSOR);
}

static void runs_out_of_memory(void **state)
{
    struct page_position position = {.streams = {{STR("token"), 3, false}}, .count = 1, .size = 9};
    struct page_position got = {.count = 1};
    struct fault fault;
    struct arena *tiny = arena_new(1);
    (void)state;
    struct str cursor = seal(&position, STR("filters"));
    assert_false(page_open(cursor, key, STR("filters"), tiny, &got, &fault));
    assert_int_equal(fault.kind, FAULT_INTERNAL);
    arena_free(tiny);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_what_it_sealed),
        cmocka_unit_test(refuses_what_is_not_its_own),
        cmocka_unit_test(refuses_every_altered_cursor),
        cmocka_unit_test(refuses_other_texts_under_the_seal),
        cmocka_unit_test(bounds_its_cursors),
        cmocka_unit_test(runs_out_of_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
