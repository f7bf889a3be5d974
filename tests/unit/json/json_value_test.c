/*
 * Values: types, bytes, decoded text, members, elements, walking; digits that stay as they are.
 */
#include "base/buf.h"
#include "json/json.h"
#include "json/writer.h"
#include <pthread.h>
#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new(16 << 20);
    return arena ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* The root of a text that must be valid; the documents of one test live side by side. */
static struct json root_of(struct str text)
{
    struct json_doc *doc = ARENA_NEW(arena, struct json_doc);
    struct json_error error;
    assert_non_null(doc);
    if (!json_parse(doc, text, NULL, arena, &error))
        fail_msg("refused at %zu: expected %s: %.*s", error.offset, error.expected, STR_ARG(text));
    return json_root(doc);
}

static void assert_text(struct str text, const char *expected)
{
    assert_int_equal(text.p != NULL, expected != NULL);
    if (expected && !str_eq(text, str_from(expected)))
        fail_msg("'%.*s' instead of '%s'", STR_ARG(text), expected);
}

static void types(void **state)
{
    static const struct {
        const char *text;
        enum json_type type;
        const char *name;
        size_t count;
        const char *plain; /* what json_text() gives */
    } rows[] = {
        {"null", JSON_NULL, "null", 0, NULL},
        {" false ", JSON_FALSE, "a boolean", 0, "false"},
        {"true", JSON_TRUE, "a boolean", 0, "true"},
        {"-1.50e3", JSON_NUMBER, "a number", 0, "-1.50e3"},
        {"\"\"", JSON_STRING, "a string", 0, ""},
        {"\"a b\"", JSON_STRING, "a string", 0, "a b"},
        {"[]", JSON_ARRAY, "an array", 0, NULL},
        {"[1,[2,3],4]", JSON_ARRAY, "an array", 3, NULL},
        {"{}", JSON_OBJECT, "an object", 0, NULL},
        {"{\"a\":{\"b\":1},\"c\":2}", JSON_OBJECT, "an object", 2, NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json value = root_of(str_from(rows[i].text));
        assert_true(json_exists(value));
        assert_int_equal(json_type(value), rows[i].type);
        assert_string_equal(json_type_name(json_type(value)), rows[i].name);
        assert_int_equal(json_count(value), rows[i].count);
        assert_text(json_text(value, arena), rows[i].plain);
        assert_int_equal(json_exists(json_first(value)), rows[i].count > 0);
        assert_false(json_exists(json_next(value)));
        assert_text(json_key(value, arena), NULL);
    }
}

static void nothing_comes_from_nothing(void **state)
{
    (void)state;
    assert_false(json_exists(JSON_NONE));
    assert_int_equal(json_type(JSON_NONE), JSON_ABSENT);
    assert_string_equal(json_type_name(JSON_ABSENT), "a missing value");
    assert_text(json_raw(JSON_NONE), NULL);
    assert_text(json_text(JSON_NONE, arena), NULL);
    assert_text(json_key(JSON_NONE, arena), NULL);
    assert_int_equal(json_count(JSON_NONE), 0);
    assert_false(json_exists(json_first(JSON_NONE)));
    assert_false(json_exists(json_next(JSON_NONE)));
    assert_false(json_exists(json_get(JSON_NONE, STR("a"))));
    assert_false(json_exists(json_at(JSON_NONE, 0)));
    struct json_doc empty = {0};
    assert_false(json_exists(json_root(&empty)));
}

static void digits_stay_as_they_are(void **state)
{
    static const char *const numbers[] = {
        "576461302937453663",
        "0.10",
        "1e400",
        "-1e-400",
        "123456789012345678901234567890",
        "-0",
        "0",
        "1E+2",
        "1.0",
        "100",
        "1e2",
        "-0.000",
        "0.30000000000000004",
        "9007199254740993",
        "18446744073709551615",
    };
    struct json_writer w;
    struct buf out, text;
    (void)state;
    buf_init(&text, 4096);
    buf_init(&out, 4096);
    for (size_t i = 0; i < COUNT(numbers); i++)
        buf_printf(&text, "%s%s", i ? "," : "[", numbers[i]);
    buf_add_char(&text, ']');
    struct json list = root_of(buf_str(&text));
    json_writer_init(&w, &out);
    json_open_array(&w);
    size_t i = 0;
    for (struct json v = json_first(list); json_exists(v); v = json_next(v), i++) {
        assert_text(json_raw(v), numbers[i]);
        assert_text(json_text(v, arena), numbers[i]);
        json_put_raw(&w, json_raw(v));
    }
    json_close_array(&w);
    assert_int_equal(i, COUNT(numbers));
    assert_true(str_eq(buf_str(&out), buf_str(&text)));
    buf_clear(&out);
    buf_clear(&text);
}

static void raw_is_exact(void **state)
{
    (void)state;
    struct json root = root_of(STR(" { \"a\" : [ 1 , \"x\\n\" ] , \"b\" : { } } "));
    assert_text(json_raw(root), "{ \"a\" : [ 1 , \"x\\n\" ] , \"b\" : { } }");
    assert_text(json_raw(json_get(root, STR("a"))), "[ 1 , \"x\\n\" ]");
    assert_text(json_raw(json_at(json_get(root, STR("a")), 1)), "\"x\\n\"");
    assert_text(json_raw(json_get(root, STR("b"))), "{ }");
}

static void decodes(void **state)
{
    static const struct {
        const char *text;
        struct str expected;
    } rows[] = {
        {"\"a\"", STR_C("a")},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", STR_C("\"\\/\b\f\n\r\t")},
        {"\"\\u0041\\u004a\\u004A\"", STR_C("AJJ")},
        {"\"\\u0000\"", STR_C("\0")},
        {"\"a\\u0000b\"", STR_C("a\0b")},
        {"\"\\u007f\\u0080\\u07ff\\u0800\\uffff\"",
         STR_C("\x7f\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF")},
        {"\"\\ud800\\udc00\\udbff\\udfff\"", STR_C("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF")},
        {"\"x\\uD83D\\uDE00y\"", STR_C("x\xF0\x9F\x98\x80y")},
        {"\"\xE2\x82\xAC\\n\xE2\x82\xAC\"", STR_C("\xE2\x82\xAC\n\xE2\x82\xAC")},
        {"\"\\\\u0041\"", STR_C("\\u0041")},
        {"\"\\n\"", STR_C("\n")},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json value = root_of(str_from(rows[i].text));
        assert_true(str_eq(json_text(value, arena), rows[i].expected));
    }
}

static void text_without_escapes_is_borrowed(void **state)
{
    static const struct str text = STR_C("[\"plain\",\"esc\\n\"]");
    (void)state;
    struct json root = root_of(text);
    size_t used = arena_used(arena);
    assert_ptr_equal(json_text(json_first(root), arena).p, text.p + 2);
    assert_int_equal(arena_used(arena), used);
    assert_text(json_text(json_at(root, 1), arena), "esc\n");
}

static void gets_members(void **state)
{
    static const struct str text = STR_C(
        "{\"id\":1,\"name\":2,\"nam\":3,\"names\":4,\"\":5,\"n\\u0061me2\":6,\"\\ud83d\\ude00\":7,"
        "\"a\\u0000b\":8,\"\xC3\xA9\":9,\"\\\"\":10,\"sub\":{\"id\":11,\"deep\":12},"
        "\"a_key_of_more_than_sixteen_bytes\":13,\"a_key_of_more_than_sixteen_bytez\":14}");
    static const struct {
        struct str key;
        const char *raw;
    } rows[] = {
        {STR_C("id"), "1"},
        {STR_C("name"), "2"},
        {STR_C("nam"), "3"},
        {STR_C("names"), "4"},
        {STR_C(""), "5"},
        {STR_C("name2"), "6"},
        {STR_C("\xF0\x9F\x98\x80"), "7"},
        {STR_C("a\0b"), "8"},
        {STR_C("\xC3\xA9"), "9"},
        {STR_C("\""), "10"},
        {STR_C("deep"), NULL},
        {STR_C("n\\u0061me2"), NULL},
        {STR_C("ID"), NULL},
        {STR_C("i"), NULL},
        {STR_C("id "), NULL},
        {STR_C("a"), NULL},
        {STR_C("a_key_of_more_than_sixteen_bytes"), "13"},
        {STR_C("a_key_of_more_than_sixteen_bytez"), "14"},
        {STR_C("a_key_of_more_than_sixteen_bytex"), NULL},
    };
    (void)state;
    struct json root = root_of(text);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < COUNT(rows); i++)
            assert_text(json_raw(json_get(root, rows[round == 1 ? COUNT(rows) - 1 - i : i].key)),
                        rows[round == 1 ? COUNT(rows) - 1 - i : i].raw);
        assert_text(json_raw(json_get(json_get(root, STR("sub")), STR("id"))), "11");
    }
    assert_text(json_raw(json_get(root, STR_NONE)), "5"); /* the absent key is the empty one */
    assert_false(json_exists(json_get(json_get(root, STR("id")), STR("id"))));
    assert_false(json_exists(json_get(root_of(STR("[1]")), STR("0"))));
    assert_false(json_exists(json_get(root_of(STR("{}")), STR("a"))));
}

static void the_last_of_doubled_keys_wins(void **state)
{
    static const struct {
        const char *text, *key, *raw;
    } rows[] = {
        {"{\"a\":1,\"a\":2}", "a", "2"},
        {"{\"a\":1,\"b\":2,\"a\":3,\"c\":4}", "a", "3"},
        {"{\"a\":1,\"\\u0061\":2}", "a", "2"},
        {"{\"\\u0061\":1,\"a\":2}", "a", "2"},
        {"[{\"a\":1,\"b\":2},{\"a\":1,\"b\":2,\"a\":3}]", "a", "3"},
        {"[{\"a\":1,\"a\":2},{\"a\":1,\"a\":2}]", "a", "2"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json value = root_of(str_from(rows[i].text));
        if (json_type(value) == JSON_ARRAY)
            value = json_at(value, 1);
        for (int round = 0; round < 2; round++)
            assert_text(json_raw(json_get(value, str_from(rows[i].key))), rows[i].raw);
    }
}

static void walks(void **state)
{
    static const char *const keys[] = {"a", "b\n", "c", "d"};
    static const char *const raws[] = {"1", "[2,[3],{}]", "{\"x\":{\"y\":4}}", "\"5\""};
    (void)state;
    struct json root =
        root_of(STR("{\"a\":1,\"b\\n\":[2,[3],{}],\"c\":{\"x\":{\"y\":4}},\"d\":\"5\"}"));
    size_t i = 0;
    for (struct json v = json_first(root); json_exists(v); v = json_next(v), i++) {
        assert_text(json_key(v, arena), keys[i]);
        assert_text(json_raw(v), raws[i]);
    }
    assert_int_equal(i, 4);
    struct json b = json_get(root, STR("b\n"));
    assert_text(json_key(b, arena), "b\n");
    assert_text(json_raw(json_next(b)), raws[2]); /* goes on from a look-up as well */
    assert_text(json_key(json_next(b), arena), "c");
    assert_text(json_raw(json_at(b, 0)), "2");
    assert_text(json_raw(json_at(b, 1)), "[3]");
    assert_text(json_raw(json_at(b, 2)), "{}");
    assert_text(json_raw(json_next(json_at(b, 1))), "{}");
    assert_false(json_exists(json_at(b, 3)));
    assert_false(json_exists(json_at(b, SIZE_MAX)));
    assert_false(json_exists(json_at(root, 0)));
    assert_text(json_key(json_at(b, 0), arena), NULL);
}

static void knows_numbers(void **state)
{
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        {"0", true},      {"-0", true},
        {"12", true},     {"1.5", true},
        {"1e5", true},    {"1E-5", true},
        {"", false},      {"-", false},
        {"01", false},    {"1.", false},
        {".5", false},    {"1e", false},
        {"+1", false},    {"1 ", false},
        {" 1", false},    {"1a", false},
        {"nan", false},   {"1,2", false},
        {"\"1\"", false}, {"123456789012345678901234567890.123456789e1234567890", true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(json_is_number(str_from(rows[i].text)), rows[i].good);
    assert_false(json_is_number(STR_NONE));
    assert_true(json_is_number(str_of("123x", 3)));
}

enum { THREADS = 4, ROWS = 300 };

/* Looks all up in an order of its own. */
static void *look_up(void *given)
{
    const struct json_doc *doc = ((void **)given)[0];
    size_t step = (size_t)((void **)given)[1];
    size_t wrong = 0;
    for (size_t i = 0; i < ROWS; i++) {
        size_t at = i * step % ROWS;
        struct json row = json_at(json_root(doc), at);
        struct str id = json_raw(json_get(row, STR("id")));
        struct str next = json_raw(json_get(json_get(row, STR("sub")), STR("id")));
        uint64_t value;
        wrong += !str_to_u64(id, &value) || value != at;
        wrong += !str_to_u64(next, &value) || value != at + 1;
        wrong += json_exists(json_get(row, STR("none")));
    }
    return (void *)wrong;
}

static void threads_may_read_one_document(void **state)
{
    static void *given[THREADS][2];
    pthread_t threads[THREADS];
    struct buf text;
    (void)state;
    buf_init(&text, 1 << 20);
    for (int i = 0; i < ROWS; i++)
        buf_printf(&text, "%s{%s\"id\":%d,\"sub\":{\"id\":%d}}", i ? "," : "[",
                   i % 3 ? "\"x\":1," : "", i, i + 1);
    buf_add_char(&text, ']');
    struct json root = root_of(buf_str(&text));
    static const size_t steps[THREADS] = {1, 7, 299, 101};
    for (int i = 0; i < THREADS; i++) {
        given[i][0] = (void *)root.doc;
        given[i][1] = (void *)steps[i];
        assert_int_equal(pthread_create(&threads[i], NULL, look_up, given[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
    buf_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types),
        cmocka_unit_test(nothing_comes_from_nothing),
        cmocka_unit_test(digits_stay_as_they_are),
        cmocka_unit_test(raw_is_exact),
        cmocka_unit_test(decodes),
        cmocka_unit_test(text_without_escapes_is_borrowed),
        cmocka_unit_test(gets_members),
        cmocka_unit_test(the_last_of_doubled_keys_wins),
        cmocka_unit_test(walks),
        cmocka_unit_test(knows_numbers),
        cmocka_unit_test(threads_may_read_one_document),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
