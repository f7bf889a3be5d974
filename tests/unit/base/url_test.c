/* Percent coding of queries and paths. */
#include "base/url.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void parses_queries(void **state)
{
    /* Expected: name, value, name, value, ... */
    static const struct {
        const char *query;
        size_t count;
        const char *expected[6];
    } rows[] = {
        {"", 0, {0}},
        {"&", 0, {0}},
        {"a=1", 1, {"a", "1"}},
        {"a", 1, {"a", ""}},
        {"a=", 1, {"a", ""}},
        {"=1", 1, {"", "1"}},
        {"=", 1, {"", ""}},
        {"a=1&&b=2&", 2, {"a", "1", "b", "2"}},
        {"a=1&a=2&b=3", 3, {"a", "1", "a", "2", "b", "3"}},
        {"a=b=c", 1, {"a", "b=c"}},
        {"a+b=c+d%2Be", 1, {"a b", "c d+e"}},
        {"%61%3d=%3D%26", 1, {"a=", "=&"}},
        {"a=%E2%82%ac", 1, {"a", "\xE2\x82\xAC"}},
        {"a=?/:@", 1, {"a", "?/:@"}},
    };
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct pairs pairs = {NULL, 99};
        assert_true(url_parse_query(str_from(rows[i].query), arena, 3, &pairs));
        assert_int_equal(pairs.count, rows[i].count);
        for (size_t j = 0; j < pairs.count; j++) {
            assert_true(str_eq(pairs.items[j].name, str_from(rows[i].expected[2 * j])));
            assert_true(str_eq(pairs.items[j].value, str_from(rows[i].expected[2 * j + 1])));
            assert_non_null(pairs.items[j].value.p);
        }
    }
    struct pairs none = {NULL, 99};
    assert_true(url_parse_query(STR_NONE, arena, 3, &none));
    assert_int_equal(none.count, 0);
    arena_free(arena);
}

static void refuses_queries(void **state)
{
    static const struct str rows[] = {
        STR_C("a=%"),    STR_C("a=%4"),   STR_C("a=%4g"), STR_C("a=%g4"),     STR_C("%=1"),
        STR_C("a=%00"),  STR_C("a=x\0y"), STR_C("\0"),    STR_C("a&b&c&d"),   STR_C("a=%4&1"),
        STR_C("a=%%41"), STR_C("a=% 41"), STR_C("a=%+1"), STR_C("a=1&b=%-1"),
    };
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct pairs pairs = {NULL, 99};
        assert_false(url_parse_query(rows[i], arena, 3, &pairs));
        assert_int_equal(pairs.count, 0);
    }
    struct arena *tiny = arena_new(16);
    struct pairs pairs;
    assert_false(url_parse_query(STR("a=1"), tiny, 3, &pairs));
    assert_true(arena_failed(tiny));
    arena_free(tiny);
    arena_free(arena);
}

static void gets_the_first(void **state)
{
    struct pairs pairs;
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    assert_true(url_parse_query(STR("a=1&b=2&a=3&c"), arena, 10, &pairs));
    assert_true(str_eq(pairs_get(&pairs, STR("a")), STR("1")));
    assert_true(str_eq(pairs_get(&pairs, STR("b")), STR("2")));
    assert_non_null(pairs_get(&pairs, STR("c")).p);
    assert_null(pairs_get(&pairs, STR("A")).p);
    assert_null(pairs_get(&pairs, STR("")).p);
    arena_free(arena);
}

static void decodes_paths(void **state)
{
    static const struct {
        struct str path;
        const char *expected; /* NULL: refused */
    } rows[] = {
        {STR_C(""), ""},
        {STR_C("/a/b"), "/a/b"},
        {STR_C("/a+b"), "/a+b"},
        {STR_C("/a%2Fb%20c"), "/a/b c"},
        {STR_C("/%e2%82%AC"), "/\xE2\x82\xAC"},
        {STR_C("/%00"), NULL},
        {STR_C("/\0"), NULL},
        {STR_C("/%"), NULL},
        {STR_C("/%2"), NULL},
        {STR_C("/%2x"), NULL},
    };
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str out = STR_NONE;
        bool good = url_decode_path(rows[i].path, arena, &out);
        assert_int_equal(good, rows[i].expected != NULL);
        if (good)
            assert_true(str_eq(out, str_from(rows[i].expected)));
    }
    arena_free(arena);
}

static void encodes(void **state)
{
    static const struct {
        struct str text;
        const char *expected;
    } rows[] = {
        {STR_C(""), ""},
        {STR_C("azAZ09-._~"), "azAZ09-._~"},
        {STR_C(" +/?&=%"), "%20%2B%2F%3F%26%3D%25"},
        {STR_C("a\xE2\x82\xAC"
               "b"),
         "a%E2%82%ACb"},
        {STR_C("\0\xFF"), "%00%FF"},
        {STR_C("*'()!"), "%2A%27%28%29%21"},
    };
    struct buf out;
    (void)state;
    buf_init(&out, 1000);
    for (size_t i = 0; i < COUNT(rows); i++) {
        buf_reset(&out);
        url_encode(rows[i].text, &out);
        assert_true(str_eq(buf_str(&out), str_from(rows[i].expected)));
    }
    buf_clear(&out);
}

static void round_trips(void **state)
{
    char text[255];
    struct buf out;
    struct pairs pairs;
    (void)state;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(i + 1); /* every byte but NUL */
    buf_init(&out, 1000);
    url_encode(str_of(text, sizeof text), &out);
    struct arena *arena = arena_new(1 << 16);
    assert_true(url_parse_query(buf_str(&out), arena, 1, &pairs));
    assert_true(str_eq(pairs.items[0].name, str_of(text, sizeof text)));
    arena_free(arena);
    buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_queries), cmocka_unit_test(refuses_queries),
        cmocka_unit_test(gets_the_first), cmocka_unit_test(decodes_paths),
        cmocka_unit_test(encodes),        cmocka_unit_test(round_trips),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
