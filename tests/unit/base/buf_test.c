/* Growing buffer: adding, the maximum, dropping. */
#include "base/arena.h"
#include "base/buf.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void adds(void **state)
{
    struct buf buf;
    (void)state;
    buf_init(&buf, 1000);
    assert_true(str_eq(buf_str(&buf), STR("")));
    assert_non_null(buf_str(&buf).p);
    buf_add(&buf, NULL, 0);
    buf_add_str(&buf, STR_NONE);
    buf_add(&buf, "ab", 2);
    buf_add_str(&buf, STR("c"));
    buf_add_char(&buf, 'd');
    buf_printf(&buf, "%s=%d;", "e", 5);
    assert_true(str_eq(buf_str(&buf), STR("abcde=5;")));
    assert_false(buf_failed(&buf));
    buf_clear(&buf);
    buf_add_char(&buf, 'x'); /* usable again */
    assert_true(str_eq(buf_str(&buf), STR("x")));
    buf_clear(&buf);
}

static void writes_numbers(void **state)
{
    static const struct {
        int64_t value;
        const char *text;
    } rows[] = {
        {0, "0"},
        {7, "7"},
        {-1, "-1"},
        {1234567890, "1234567890"},
        {INT64_MAX, "9223372036854775807"},
        {INT64_MIN, "-9223372036854775808"},
    };
    struct buf buf;
    (void)state;
    buf_init(&buf, 100);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        buf_reset(&buf);
        buf_add_i64(&buf, rows[i].value);
        assert_true(str_eq(buf_str(&buf), str_from(rows[i].text)));
    }
    buf_reset(&buf);
    buf_add_u64(&buf, UINT64_MAX);
    assert_true(str_eq(buf_str(&buf), STR("18446744073709551615")));
    buf_clear(&buf);
}

static void keeps_the_maximum(void **state)
{
    (void)state;
    for (size_t maximum = 0; maximum < 300; maximum++) {
        struct buf buf;
        buf_init(&buf, maximum);
        for (size_t i = 0; i < maximum; i++)
            buf_add_char(&buf, 'a');
        assert_false(buf_failed(&buf));
        assert_int_equal(buf.n, maximum);
        assert_true(buf.room <= maximum || maximum == 0);
        buf_add_char(&buf, 'b');
        assert_true(buf_failed(&buf));
        assert_int_equal(buf.n, 0);
        buf_add(&buf, "", 0);
        buf_printf(&buf, "c");
        buf_drop(&buf, 1);
        buf_added(&buf, 1);
        assert_null(buf_reserve(&buf, 0));
        assert_int_equal(buf.n, 0); /* ignored until reset */
        buf_reset(&buf);
        assert_false(buf_failed(&buf));
        buf_clear(&buf);
    }
}

static void printf_fits_exactly(void **state)
{
    struct buf buf;
    char text[601];
    (void)state;
    memset(text, 'z', 600);
    text[600] = '\0';
    buf_init(&buf, 600);
    buf_printf(&buf, "%s", text); /* no room is needed for a NUL */
    assert_true(str_eq(buf_str(&buf), str_from(text)));
    buf_reset(&buf);
    buf_printf(&buf, "%s!", text);
    assert_true(buf_failed(&buf));
    buf_clear(&buf);
}

static void refuses_absurd_sizes(void **state)
{
    struct buf buf;
    (void)state;
    buf_init(&buf, SIZE_MAX);
    buf_add(&buf, "abc", 3);
    assert_null(buf_reserve(&buf, SIZE_MAX));
    assert_true(buf_failed(&buf));
    buf_clear(&buf);
}

static void reserves_and_drops(void **state)
{
    struct buf buf;
    (void)state;
    buf_init(&buf, 4096);
    memcpy(buf_reserve(&buf, 10), "0123456789", 10);
    buf_added(&buf, 6);
    assert_true(str_eq(buf_str(&buf), STR("012345")));
    buf_drop(&buf, 2);
    assert_true(str_eq(buf_str(&buf), STR("2345")));
    buf_drop(&buf, 0);
    buf_drop(&buf, 4);
    assert_int_equal(buf.n, 0);
    buf_clear(&buf);
}

static void lives_in_an_arena(void **state)
{
    struct arena *arena = arena_new(20000);
    struct buf buf;
    (void)state;
    buf_init_arena(&buf, 100000, arena);
    for (int i = 0; i < 1000; i++)
        buf_printf(&buf, "%d,", i % 10);
    assert_int_equal(buf.n, 2000);
    assert_memory_equal(buf.p + 1990, "5,6,7,8,9,", 10);
    assert_true(arena_used(arena) >= 2000);
    while (!buf_failed(&buf)) /* the arena is full before the buffer's own maximum */
        buf_add_str(&buf, STR("twenty more bytes .."));
    assert_true(arena_failed(arena));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds),
        cmocka_unit_test(writes_numbers),
        cmocka_unit_test(keeps_the_maximum),
        cmocka_unit_test(printf_fits_exactly),
        cmocka_unit_test(refuses_absurd_sizes),
        cmocka_unit_test(reserves_and_drops),
        cmocka_unit_test(lives_in_an_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
