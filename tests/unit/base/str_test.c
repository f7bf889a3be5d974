/* Strings: comparing, cutting, numbers, the nearest name. */
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void compares(void **state)
{
    static const struct {
        const char *a, *b;
        int order;
        bool ieq;
    } rows[] = {
        {"", "", 0, true},          {"a", "a", 0, true},    {"a", "b", -1, false},
        {"b", "a", 1, false},       {"a", "ab", -1, false}, {"ab", "a", 1, false},
        {"", "a", -1, false},       {"A", "a", -1, true},   {"Host", "hOST", -1, true},
        {"[", "{", -1, false},      {"@", "`", -1, false},  {"\xC3\x84", "\xC3\xA4", -1, false},
        {"\x80", "\x7f", 1, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str a = str_from(rows[i].a), b = str_from(rows[i].b);
        int order = str_cmp(a, b);
        assert_int_equal((order > 0) - (order < 0), rows[i].order);
        assert_int_equal(str_eq(a, b), rows[i].order == 0);
        assert_int_equal(str_ieq(a, b), rows[i].ieq);
    }
    assert_true(str_eq(STR_NONE, STR("")));
    assert_int_equal(str_cmp(STR_NONE, STR("")), 0);
    assert_false(str_eq(STR("a\0b"), STR("a\0c")));
}

static void starts(void **state)
{
    (void)state;
    assert_true(str_starts(STR("/api/x"), STR("/api/")));
    assert_true(str_starts(STR("x"), STR("")));
    assert_true(str_starts(STR_NONE, STR_NONE));
    assert_false(str_starts(STR("/ap"), STR("/api/")));
    assert_false(str_starts(STR("/apx/"), STR("/api/")));
}

static void trims(void **state)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"", ""}, {" ", ""}, {" \t ", ""}, {"a", "a"}, {" a b\t", "a b"}, {"\na ", "\na"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_true(str_eq(str_trim(str_from(rows[i].text)), str_from(rows[i].expected)));
}

static void cuts(void **state)
{
    static const struct {
        const char *text;
        size_t count;
        const char *pieces[4];
    } rows[] = {
        {"", 1, {""}},
        {"a", 1, {"a"}},
        {"a&b", 2, {"a", "b"}},
        {"&", 2, {"", ""}},
        {"a&&b", 3, {"a", "", "b"}},
        {"a&b&", 3, {"a", "b", ""}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t count = 0;
        for (struct str rest = str_from(rows[i].text); rest.p; count++) {
            struct str piece = str_cut(&rest, '&');
            assert_true(count < rows[i].count);
            assert_true(str_eq(piece, str_from(rows[i].pieces[count])));
        }
        assert_int_equal(count, rows[i].count);
    }
    assert_int_equal(str_find(STR("abc"), 'c'), 2);
    assert_int_equal(str_find(STR("abc"), 'x'), 3);
    assert_int_equal(str_find(STR_NONE, 'x'), 0);
}

static void reads_numbers(void **state)
{
    static const struct {
        const char *text;
        bool is_u64;
        uint64_t u64;
        bool is_i64;
        int64_t i64;
    } rows[] = {
        {"0", true, 0, true, 0},
        {"007", true, 7, true, 7},
        {"9223372036854775807", true, INT64_MAX, true, INT64_MAX},
        {"9223372036854775808", true, (uint64_t)INT64_MAX + 1, false, 0},
        {"18446744073709551615", true, UINT64_MAX, false, 0},
        {"18446744073709551616", false, 0, false, 0},
        {"99999999999999999999", false, 0, false, 0},
        {"-1", false, 0, true, -1},
        {"-0", false, 0, true, 0},
        {"-9223372036854775808", false, 0, true, INT64_MIN},
        {"-9223372036854775809", false, 0, false, 0},
        {"", false, 0, false, 0},
        {"-", false, 0, false, 0},
        {"--1", false, 0, false, 0},
        {"+1", false, 0, false, 0},
        {" 1", false, 0, false, 0},
        {"1 ", false, 0, false, 0},
        {"1e3", false, 0, false, 0},
        {"0x1", false, 0, false, 0},
        {"\xB2", false, 0, false, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t u64 = 42;
        int64_t i64 = 42;
        assert_int_equal(str_to_u64(str_from(rows[i].text), &u64), rows[i].is_u64);
        assert_true(u64 == (rows[i].is_u64 ? rows[i].u64 : 42));
        assert_int_equal(str_to_i64(str_from(rows[i].text), &i64), rows[i].is_i64);
        assert_true(i64 == (rows[i].is_i64 ? rows[i].i64 : 42));
    }
}

static void finds_nearest(void **state)
{
    static const struct str names[] = {STR_C("listen"), STR_C("upstream"), STR_C("mappings"),
                                       STR_C("workers"), STR_C("ab")};
    static const struct {
        const char *text, *nearest;
    } rows[] = {
        {"listen", "listen"},
        {"lisen", "listen"},
        {"listenn", "listen"},
        {"lsiten", "listen"},
        {"LISTEN", NULL},
        {"upstrem", "upstream"},
        {"worker", "workers"},
        {"mapings", "mappings"},
        {"zzz", NULL},
        {"", NULL},
        {"a", "ab"},
        {"xyab", NULL},
        {"completely_else", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str found = str_nearest(str_from(rows[i].text), names, COUNT(names));
        assert_int_equal(found.p != NULL, rows[i].nearest != NULL);
        assert_true(str_eq(found, str_from(rows[i].nearest)));
    }
    char lengthy[400];
    memset(lengthy, 'a', sizeof lengthy);
    struct str self = str_of(lengthy, sizeof lengthy);
    assert_null(str_nearest(self, &self, 1).p);
    assert_null(str_nearest(STR("a"), NULL, 0).p);
}

static void hashes(void **state)
{
    (void)state;
    assert_true(str_hash(STR("")) == 0xcbf29ce484222325u);
    assert_true(str_hash(STR("a")) == 0xaf63dc4c8601ec8cu);
    assert_true(str_hash(STR("foobar")) == 0x85944171f73967e8u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares),      cmocka_unit_test(starts),
        cmocka_unit_test(trims),         cmocka_unit_test(cuts),
        cmocka_unit_test(reads_numbers), cmocka_unit_test(finds_nearest),
        cmocka_unit_test(hashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
