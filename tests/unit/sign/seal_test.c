/* Seals: round trips, and everything that must not open. */
#include "sign/seal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena *arena;
static struct sign_key *key;
static struct sign_key *other;
static struct buf sealed;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new(16 << 20);
    key = sign_key_new(STR("app"), STR("secret"));
    other = sign_key_new(STR("app"), STR("secrets"));
    buf_init(&sealed, 1 << 20);
    return arena && key && other ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    buf_clear(&sealed);
    sign_key_free(key);
    sign_key_free(other);
    arena_free(arena);
    return 0;
}

static struct str close_seal(struct str context, struct str text)
{
    buf_reset(&sealed);
    assert_true(seal_close(key, context, text, &sealed));
    return buf_str(&sealed);
}

static bool opens(struct sign_key *with, struct str context, struct str what)
{
    struct str text;
    return seal_open(with, context, what, arena, &text);
}

static void what_is_closed_opens(void **state)
{
    static const size_t lengths[] = {0, 1, 2, 3, 15, 16, 17, 100, 1000};
    char bytes[1000];
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 11);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct str text = str_of(bytes, lengths[i]), opened;
        struct str seal = close_seal(STR("context"), text);
        assert_true(seal_open(key, STR("context"), seal, arena, &opened));
        assert_int_equal(opened.n, text.n);
        assert_memory_equal(opened.p, text.p, text.n);
        /* Equal content, equal seal: an app may ask for the same page again. */
        struct str kept = arena_str(arena, seal);
        assert_true(str_eq(close_seal(STR("context"), text), kept));
    }
}

static void a_seal_fits_in_a_query(void **state)
{
    (void)state;
    struct str seal = close_seal(STR("c"), STR("\xFF\xFE\xFD\xFC"));
    for (size_t i = 0; i < seal.n; i++)
        assert_non_null(
            strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", seal.p[i]));
}

static void an_altered_byte_is_refused(void **state)
{
    (void)state;
    for (size_t length = 0; length < 6; length++) {
        struct str seal = arena_str(arena, close_seal(STR("c"), str_of("abcdef", length)));
        assert_true(opens(key, STR("c"), seal));
        for (size_t i = 0; i < seal.n; i++)
            for (int c = 0; c < 256; c++) {
                char copy[64];
                memcpy(copy, seal.p, seal.n);
                copy[i] = (char)c;
                bool same = copy[i] == seal.p[i];
                assert_int_equal(opens(key, STR("c"), str_of(copy, seal.n)), same);
            }
    }
}

static void a_shorter_or_longer_one_is_refused(void **state)
{
    (void)state;
    struct str seal = arena_str(arena, close_seal(STR("c"), STR("abcdef")));
    for (size_t n = 0; n < seal.n; n++)
        assert_false(opens(key, STR("c"), str_of(seal.p, n)));
    for (int c = 0; c < 256; c++) {
        char copy[64];
        memcpy(copy, seal.p, seal.n);
        copy[seal.n] = (char)c;
        assert_false(opens(key, STR("c"), str_of(copy, seal.n + 1)));
    }
    assert_false(opens(key, STR("c"), STR_NONE));
}

static void another_context_is_refused(void **state)
{
    static const struct {
        const char *context, *text, *opened_with;
        bool opens;
    } table[] = {
        {"shop 1", "x", "shop 1", true},
        {"shop 1", "x", "shop 2", false},
        {"shop 1", "x", "shop 1x", false},
        {"shop 1", "x", "shop ", false},
        {"", "x", "", true},
        {"", "x", "x", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct str seal = close_seal(str_from(table[i].context), str_from(table[i].text));
        assert_int_equal(opens(key, str_from(table[i].opened_with), seal), table[i].opens);
    }
}

/* "ab" + "c" and "a" + "bc" are the same bytes in a row, but not the same seal. */
static void the_border_of_the_context_counts(void **state)
{
    (void)state;
    struct str one = arena_str(arena, close_seal(STR("ab"), STR("c")));
    struct str two = close_seal(STR("a"), STR("bc"));
    assert_memory_not_equal(one.p, two.p, 20);
}

static void another_key_is_refused(void **state)
{
    (void)state;
    struct str seal = close_seal(STR("c"), STR("text"));
    assert_true(opens(key, STR("c"), seal));
    assert_false(opens(other, STR("c"), seal));
    /* The signing key and the sealing key are two: using one leaves the other alone. */
    char hex[SIGN_HEX + 1];
    assert_true(sign_webhook(key, STR("text"), hex));
    assert_true(opens(key, STR("c"), seal));
}

static void a_full_buffer_is_told(void **state)
{
    struct buf small;
    (void)state;
    buf_init(&small, 21);
    assert_false(seal_close(key, STR("c"), STR(""), &small));
    assert_true(buf_failed(&small));
    buf_clear(&small);
    buf_init(&small, 22);
    assert_true(seal_close(key, STR("c"), STR(""), &small));
    buf_clear(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_closed_opens),
        cmocka_unit_test(a_seal_fits_in_a_query),
        cmocka_unit_test(an_altered_byte_is_refused),
        cmocka_unit_test(a_shorter_or_longer_one_is_refused),
        cmocka_unit_test(another_context_is_refused),
        cmocka_unit_test(the_border_of_the_context_counts),
        cmocka_unit_test(another_key_is_refused),
        cmocka_unit_test(a_full_buffer_is_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
