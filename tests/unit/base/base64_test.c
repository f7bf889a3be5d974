/* Base64: the vectors of RFC 4648 section 10, and what apps really send. */
#include "base/base64.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void encodes(void **state)
{
    static const struct {
        struct str bytes;
        const char *padded, *url;
    } rows[] = {
        {STR_C(""), "", ""},
        {STR_C("f"), "Zg==", "Zg"},
        {STR_C("fo"), "Zm8=", "Zm8"},
        {STR_C("foo"), "Zm9v", "Zm9v"},
        {STR_C("foob"), "Zm9vYg==", "Zm9vYg"},
        {STR_C("fooba"), "Zm9vYmE=", "Zm9vYmE"},
        {STR_C("foobar"), "Zm9vYmFy", "Zm9vYmFy"},
        {STR_C("\xFB\xEF\xFF\0\xFE"), "++//AP4=", "--__AP4"},
    };
    struct buf out;
    (void)state;
    buf_init(&out, 100);
    for (size_t i = 0; i < COUNT(rows); i++) {
        buf_reset(&out);
        base64_encode(rows[i].bytes, &out);
        assert_true(str_eq(buf_str(&out), str_from(rows[i].padded)));
        buf_reset(&out);
        base64url_encode(rows[i].bytes, &out);
        assert_true(str_eq(buf_str(&out), str_from(rows[i].url)));
    }
    buf_clear(&out);
}

static void decodes(void **state)
{
    static const struct {
        struct str text, bytes;
    } rows[] = {
        {STR_C(""), STR_C("")},
        {STR_C(" \r\n\t"), STR_C("")},
        {STR_C("Zg=="), STR_C("f")},
        {STR_C("Zg"), STR_C("f")},
        {STR_C("Zg = =\n"), STR_C("f")},
        {STR_C("Zm8="), STR_C("fo")},
        {STR_C("Zm8"), STR_C("fo")},
        {STR_C("Zm9v\r\nYmFy\n"), STR_C("foobar")},
        {STR_C(" Zm9vY \n\tmF\r\n\r\n  y "), STR_C("foobar")},
        {STR_C("++//AP4="), STR_C("\xFB\xEF\xFF\0\xFE")},
        {STR_C("--__AP4"), STR_C("\xFB\xEF\xFF\0\xFE")},
        {STR_C("data:image/png;base64,Zm9v"), STR_C("foo")},
        {STR_C("DATA:;Base64,Zm8="), STR_C("fo")},
        {STR_C("data:image/svg+xml;charset=utf-8;base64,\nZm8="), STR_C("fo")},
        {STR_C("Zh=="), STR_C("f")}, /* stray low bits do not change the bytes */
        {STR_C("Zm8=="), STR_C("fo")},
        {STR_C("Zm9v=="), STR_C("foo")},
    };
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str out = STR_NONE;
        size_t bad = 0;
        assert_true(base64_decode(rows[i].text, arena, &out, &bad));
        assert_non_null(out.p);
        assert_true(str_eq(out, rows[i].bytes));
    }
    arena_free(arena);
}

static void refuses(void **state)
{
    static const struct {
        struct str text;
        size_t bad;
    } rows[] = {
        {STR_C("Z"), 1},
        {STR_C("Zm9vY"), 5},
        {STR_C("Zg="), 3},
        {STR_C("Zg==="), 4},
        {STR_C("Zm8==="), 5},
        {STR_C("Zm9v==="), 6},
        {STR_C("Zm9v==Z"), 6},
        {STR_C("="), 0},
        {STR_C("Zg==Zg=="), 4},
        {STR_C("Zg=x"), 3},
        {STR_C("Zm9v!"), 4},
        {STR_C("Z\0g="), 1},
        {STR_C("Zm9v\\n"), 4},
        {STR_C("Zm9\xC3\xA4"), 3},
        {STR_C("data:image/png,Zm9v"), 4},
        {STR_C("data:;base64,Zm9v,"), 17},
        {STR_C("Zm.v"), 2},
        {STR_C("Zm9v YmFy"), 5},
        {STR_C("Zm9vYmFy\nZm9 YmFy"), 13},
        {STR_C("Zm9v\t\tYmFy"), 6},
        {STR_C("Z\vg="), 1},
    };
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str out = STR_NONE;
        size_t bad = 99;
        assert_false(base64_decode(rows[i].text, arena, &out, &bad));
        assert_int_equal(bad, rows[i].bad);
    }
    arena_free(arena);
}

/* Cut in two anywhere, it is decoded or refused as a whole would be. */
static void feeds_piece_by_piece(void **state)
{
    static const struct {
        struct str text, bytes; /* bytes absent: refused */
        size_t bad;
    } rows[] = {
        {STR_C("Zm9vYmFy"), STR_C("foobar"), 0}, {STR_C("Zm9v\nYmE="), STR_C("fooba"), 0},
        {STR_C("Zm9vYg=="), STR_C("foob"), 0},   {STR_C("Zm9vYg"), STR_C("foob"), 0},
        {STR_C("Zm9vY"), {NULL, 0}, 5},          {STR_C("Zm9vYg=x"), {NULL, 0}, 7},
        {STR_C("Zm9vYg="), {NULL, 0}, 7},        {STR_C("Zm9v!mFy"), {NULL, 0}, 4},
        {STR_C("Zm9vYg==Z"), {NULL, 0}, 8},      {STR_C("Zm9vY FyZm9v"), {NULL, 0}, 6},
        {STR_C("Zm \n 9v"), STR_C("foo"), 0},
    };
    char out[32];
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str text = rows[i].text;
        for (size_t cut = 0; cut <= text.n; cut++) {
            struct base64_feed feed;
            base64_feed_init(&feed, out);
            bool good = base64_feed(&feed, str_of(text.p, cut)) &&
                        base64_feed(&feed, str_of(text.p + cut, text.n - cut)) &&
                        base64_feed_end(&feed);
            assert_int_equal(good, rows[i].bytes.p != NULL);
            if (good)
                assert_true(str_eq(str_of(out, feed.n), rows[i].bytes));
            else
                assert_int_equal(feed.fed, rows[i].bad);
        }
    }
}

static void url_form_has_one_spelling(void **state)
{
    static const struct {
        struct str text;
        bool good;
    } rows[] = {
        {STR_C(""), true},        {STR_C("Zg"), true},      {STR_C("Zm8"), true},
        {STR_C("--__AP4"), true}, {STR_C("Zg=="), false},   {STR_C("Zh"), false},
        {STR_C("Zm9"), false},    {STR_C("Z"), false},      {STR_C("Zm 8"), false},
        {STR_C("++//"), false},   {STR_C("Zm9v\n"), false},
    };
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str out = STR_NONE;
        assert_int_equal(base64url_decode(rows[i].text, arena, &out), rows[i].good);
    }
    arena_free(arena);
}

static void round_trips(void **state)
{
    char bytes[600];
    struct buf text;
    (void)state;
    struct arena *arena = arena_new(1 << 22);
    buf_init(&text, 4096);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 167 + i / 7);
    for (size_t n = 0; n < sizeof bytes; n++) {
        struct str out = STR_NONE;
        size_t bad;
        buf_reset(&text);
        base64_encode(str_of(bytes, n), &text);
        assert_int_equal(text.n, (n + 2) / 3 * 4);
        assert_true(base64_decode(buf_str(&text), arena, &out, &bad));
        assert_true(str_eq(out, str_of(bytes, n)));
        buf_reset(&text);
        base64url_encode(str_of(bytes, n), &text);
        assert_true(base64url_decode(buf_str(&text), arena, &out));
        assert_true(str_eq(out, str_of(bytes, n)));
    }
    buf_clear(&text);
    arena_free(arena);
}

static void fails_without_memory(void **state)
{
    char text[4096];
    struct str out;
    size_t bad;
    (void)state;
    memset(text, 'A', sizeof text);
    struct arena *arena = arena_new(100);
    assert_false(base64_decode(str_of(text, sizeof text), arena, &out, &bad));
    assert_true(arena_failed(arena));
    assert_false(base64url_decode(str_of(text, sizeof text), arena, &out));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodes),
        cmocka_unit_test(decodes),
        cmocka_unit_test(refuses),
        cmocka_unit_test(url_form_has_one_spelling),
        cmocka_unit_test(round_trips),
        cmocka_unit_test(fails_without_memory),
        cmocka_unit_test(feeds_piece_by_piece),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
