/* Arena: alignment, growth, the maximum, reset, resizing. */
#include "base/arena.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void gives_aligned_memory(void **state)
{
    struct arena *arena = arena_new(1 << 20);
    (void)state;
    assert_non_null(arena);
    assert_int_equal(arena_blocks(arena), 0);
    for (size_t size = 0; size < 100; size++) {
        char *p = arena_alloc(arena, size);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        memset(p, 0xAA, size);
    }
    assert_true(arena_used(arena) >= 99 * 100 / 2);
    arena_free(arena);
}

static void pieces_do_not_overlap(void **state)
{
    enum { PIECES = 400 };
    struct arena *arena = arena_new(64 << 20);
    unsigned char *pieces[PIECES];
    (void)state;
    for (size_t i = 0; i < PIECES; i++) {
        pieces[i] = arena_alloc(arena, i * i % 5000 + 1);
        assert_non_null(pieces[i]);
        memset(pieces[i], (int)(i & 0xFF), i * i % 5000 + 1);
    }
    for (size_t i = 0; i < PIECES; i++)
        for (size_t j = 0; j < i * i % 5000 + 1; j++)
            assert_int_equal(pieces[i][j], i & 0xFF);
    arena_free(arena);
}

static void zeroes(void **state)
{
    struct arena *arena = arena_new(1 << 16);
    (void)state;
    memset(arena_alloc(arena, 1000), 0xFF, 1000);
    arena_reset(arena);
    int *numbers = ARENA_ARRAY(arena, int, 250);
    for (size_t i = 0; i < 250; i++)
        assert_int_equal(numbers[i], 0);
    assert_false(arena_failed(arena));
    assert_null(arena_zero(arena, SIZE_MAX / 2, 3)); /* the product overflows */
    assert_true(arena_failed(arena));
    arena_free(arena);
}

static void keeps_the_maximum(void **state)
{
    static const size_t sizes[] = {1, 100, 1000, 10000, 100000};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct arena *arena = arena_new(200000);
        size_t given = 0;
        while (arena_alloc(arena, sizes[i]))
            given += sizes[i];
        assert_true(given > 0 && given <= 200000);
        assert_true(arena_failed(arena));
        assert_null(arena_alloc(arena, 1)); /* stays failed */
        assert_null(arena_str(arena, STR("x")).p);
        assert_null(arena_printf(arena, "%d", 1).p);
        arena_reset(arena);
        assert_false(arena_failed(arena));
        assert_non_null(arena_alloc(arena, sizes[i]));
        arena_free(arena);
    }
}

static void refuses_absurd_sizes(void **state)
{
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 8, SIZE_MAX / 2, (size_t)1 << 62};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct arena *arena = arena_new(1 << 20);
        assert_null(arena_alloc(arena, sizes[i]));
        assert_true(arena_failed(arena));
        arena_reset(arena);
        char *p = arena_alloc(arena, 10);
        assert_null(arena_resize(arena, p, 10, sizes[i]));
        arena_free(arena);
    }
    struct arena *tiny = arena_new(0);
    assert_null(arena_alloc(tiny, 0));
    arena_free(tiny);
    arena_free(NULL);
}

static void reset_keeps_the_first_block(void **state)
{
    struct arena *arena = arena_new(1 << 20);
    (void)state;
    for (size_t i = 0; i < 50; i++)
        arena_alloc(arena, 1000);
    size_t blocks = arena_blocks(arena);
    assert_true(blocks > 1);
    arena_reset(arena);
    assert_int_equal(arena_used(arena), 0);
    arena_alloc(arena, 1000);
    assert_int_equal(arena_blocks(arena), blocks); /* no new one */
    arena_free(arena);
}

static void resizes_in_place(void **state)
{
    struct arena *arena = arena_new(1 << 20);
    (void)state;
    char *p = arena_resize(arena, NULL, 0, 100);
    memset(p, 'a', 100);
    size_t used = arena_used(arena);
    assert_ptr_equal(arena_resize(arena, p, 100, 1000), p);
    memset(p + 100, 'b', 900);
    assert_ptr_equal(arena_resize(arena, p, 1000, 100), p);
    assert_int_equal(arena_used(arena), used);
    char *next = arena_alloc(arena, 16);
    assert_true(next > p && next < p + 200);              /* took the room given back */
    assert_ptr_equal(arena_resize(arena, p, 100, 50), p); /* not the newest: shrinks idly */
    char *moved = arena_resize(arena, p, 100, 200);
    assert_ptr_not_equal(moved, p);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(moved[i], 'a');
    arena_free(arena);
}

static void resizes_large_pieces(void **state)
{
    struct arena *arena = arena_new(1 << 20);
    (void)state;
    size_t size = 5000;
    char *p = arena_resize(arena, NULL, 0, size);
    memset(p, 'x', size);
    for (size_t more = 5001; more < 1000000; more += more / 3) {
        p = arena_resize(arena, p, size, more);
        assert_non_null(p);
        for (size_t i = 0; i < size; i += 61)
            assert_int_equal(p[i], 'x');
        memset(p, 'x', more);
        size = more;
    }
    assert_null(arena_resize(arena, p, size, 2000000)); /* over the maximum ... */
    assert_true(arena_failed(arena));
    assert_int_equal(p[size - 1], 'x'); /* ... and the piece is still there */
    arena_reset(arena);
    assert_non_null(arena_alloc(arena, 900000)); /* the maximum counts what is there now */
    arena_free(arena);
}

static void resize_counts_against_the_maximum(void **state)
{
    struct arena *arena = arena_new(100000);
    (void)state;
    char *p = arena_alloc(arena, 40000);
    assert_non_null(arena_alloc(arena, 40000));
    assert_null(arena_resize(arena, p, 40000, 70000));
    assert_true(arena_failed(arena));
    arena_free(arena);
}

static void copies_strings(void **state)
{
    struct arena *arena = arena_new(1 << 16);
    (void)state;
    struct str copy = arena_str(arena, STR("a\0b"));
    assert_int_equal(copy.n, 3);
    assert_memory_equal(copy.p, "a\0b", 4); /* the NUL behind it as well */
    assert_string_equal(arena_cstr(arena, STR("text")), "text");
    struct str none = arena_str(arena, STR_NONE);
    assert_true(none.p != NULL && none.n == 0);
    struct str made = arena_printf(arena, "%s-%d", "x", 7);
    assert_int_equal(made.n, 3);
    assert_string_equal(made.p, "x-7");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_aligned_memory),
        cmocka_unit_test(pieces_do_not_overlap),
        cmocka_unit_test(zeroes),
        cmocka_unit_test(keeps_the_maximum),
        cmocka_unit_test(refuses_absurd_sizes),
        cmocka_unit_test(reset_keeps_the_first_block),
        cmocka_unit_test(resizes_in_place),
        cmocka_unit_test(resizes_large_pieces),
        cmocka_unit_test(resize_counts_against_the_maximum),
        cmocka_unit_test(copies_strings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
