/*
 * The edges: of pages and of vector widths, of depth, of memory, of size; doubled keys of wide
 * objects; rows that are nearly alike.
 */
#include "base/buf.h"
#include "json/json.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MEMORY = 64 << 20 };

static char *page_end; /* the first byte of a page that may not be touched */
static struct arena *arena;

static int set_up(void **state)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    (void)state;
    arena = arena_new(MEMORY);
    char *pages = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (!arena || pages == MAP_FAILED || mprotect(pages + 2 * page, page, PROT_NONE) != 0)
        return -1;
    page_end = pages + 2 * page;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static bool parse(struct json_doc *doc, struct str text, bool unique_keys, struct json_error *error)
{
    struct json_limits limits = {.unique_keys = unique_keys};
    arena_reset(arena);
    return json_parse(doc, text, &limits, arena, error);
}

/* The text, moved to the end of the page. */
static struct str at_page_end(const char *text, size_t n)
{
    memcpy(page_end - n, text, n);
    return str_of(page_end - n, n);
}

/* A token of every length with what is odd at every place in it, the text's end just behind. */
static void nothing_is_read_behind_the_end(void **state)
{
    static const struct {
        const char *before, *fill, *odd, *behind;
        bool good;
    } rows[] = {
        {"[\"", "a", "", "\"]", true},
        {"[\"", "a", "\\n", "\"]", true},
        {"[\"", "a", "\xE2\x82\xAC", "\"]", true},
        {"[\"", "a", "\x01", "\"]", false},
        {"[\"", "a", "\xFF", "\"]", false},
        {"[\"", "a", "\"", "\"]", false},
        {"[\"", "a", "", "]", false},
        {"[", "1", "", "]", true},
        {"[1.", "1", "", "]", true},
        {"[1e", "1", "", "]", true},
        {"[1", "1", "x", "]", false},
        {"[", " ", "", "]", true},
        {"[1", " ", "x", "]", false},
        {"{\"", "k", "", "\":1}", true},
        {"{\"", "k", "\\u0041", "\":1}", true},
    };
    char text[300];
    struct json_doc doc;
    struct json_error error;
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        for (size_t n = 1; n < 100; n++) {
            for (size_t at = 0; at <= n; at += strlen(rows[r].odd) ? 1 : n + 1) {
                size_t end = (size_t)snprintf(text, sizeof text, "%s", rows[r].before);
                for (size_t i = 0; i <= n; i++) {
                    if (i == at)
                        end += (size_t)sprintf(text + end, "%s", rows[r].odd);
                    if (i < n)
                        text[end++] = rows[r].fill[0];
                }
                size_t behind = strlen(rows[r].behind);
                memcpy(text + end, rows[r].behind, behind);
                bool good = parse(&doc, at_page_end(text, end + behind), true, &error);
                assert_int_equal(good, rows[r].good);
            }
        }
    }
}

/* The second of two rows is compared with the first: their keys end where the page ends. */
static void nothing_is_read_behind_keys_that_repeat(void **state)
{
    char text[400], key[100];
    struct json_doc doc;
    struct json_error error;
    (void)state;
    for (size_t n = 0; n < sizeof key; n++) {
        memset(key, 'k', n);
        key[n] = '\0';
        size_t end = (size_t)snprintf(text, sizeof text, "[{\"%s\":1},{\"%s\":2}]", key, key);
        assert_true(parse(&doc, at_page_end(text, end), true, &error));
        struct json second = json_at(json_root(&doc), 1);
        assert_true(str_eq(json_raw(json_get(second, str_of(key, n))), STR("2")));
        for (size_t cut = 0; cut < end; cut++) {
            assert_false(parse(&doc, at_page_end(text, cut), true, &error));
            assert_int_equal(error.offset, cut);
        }
    }
}

/* A key that is the one of the row before but for a byte, or its end. */
static void keys_that_nearly_repeat(void **state)
{
    char text[400];
    struct json_doc doc;
    struct json_error error;
    (void)state;
    for (size_t n = 1; n < 70; n++) {
        for (size_t at = 0; at <= n; at++) {
            char key[100], other[100];
            memset(key, 'k', sizeof key);
            memset(other, 'k', sizeof other);
            other[at] = 'x'; /* at n: one byte longer */
            size_t m = at == n ? n + 1 : n;
            int end = snprintf(text, sizeof text, "[{\"%.*s\":1},{\"%.*s\":2},{\"%.*s\":3}]",
                               (int)n, key, (int)m, other, (int)at, key);
            assert_true(parse(&doc, str_of(text, (size_t)end), true, &error));
            struct json second = json_at(json_root(&doc), 1), third = json_at(json_root(&doc), 2);
            assert_true(str_eq(json_key(json_first(second), arena), str_of(other, m)));
            assert_true(str_eq(json_key(json_first(third), arena), str_of(key, at)));
            assert_true(str_eq(json_raw(json_get(second, str_of(other, m))), STR("2")));
            assert_false(json_exists(json_get(second, str_of(key, n))));
        }
    }
}

static void depth_is_limited(void **state)
{
    static const struct {
        unsigned limit;
        size_t depth;
        bool good;
    } rows[] = {{0, 64, true}, {0, 65, false},     {1, 1, true},        {1, 2, false},
                {3, 3, true},  {1000, 1000, true}, {1000, 1001, false}, {4000000, 300000, true}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (int object = 0; object < 2; object++) {
            struct json_limits limits = {.depth = rows[i].limit};
            struct json_doc doc;
            struct json_error error;
            struct buf text;
            buf_init(&text, MEMORY);
            for (size_t j = 0; j < rows[i].depth; j++)
                buf_add_str(&text, object ? STR("{\"a\":") : STR("["));
            if (object)
                buf_add_char(&text, '1');
            for (size_t j = 0; j < rows[i].depth; j++)
                buf_add_char(&text, object ? '}' : ']');
            arena_reset(arena);
            assert_int_equal(json_parse(&doc, buf_str(&text), &limits, arena, &error),
                             rows[i].good);
            if (!rows[i].good) {
                unsigned limit = rows[i].limit ? rows[i].limit : 64;
                assert_int_equal(error.offset, limit * (object ? 5 : 1));
                assert_string_equal(error.expected, "no deeper nesting");
            }
            buf_clear(&text);
        }
    }
}

/* Side by side is not deep. */
static void width_is_not_depth(void **state)
{
    struct json_doc doc;
    struct json_error error;
    struct buf text;
    (void)state;
    buf_init(&text, MEMORY);
    buf_add_char(&text, '[');
    for (int i = 0; i < 50000; i++)
        buf_add_str(&text, STR("[{}],"));
    buf_add_str(&text, STR("[]]"));
    assert_true(parse(&doc, buf_str(&text), true, &error));
    assert_int_equal(json_count(json_root(&doc)), 50001);
    assert_int_equal(doc.count, 100002);
    buf_clear(&text);
}

static void memory_that_runs_out_is_an_error(void **state)
{
    struct buf text;
    bool good = false;
    (void)state;
    buf_init(&text, MEMORY);
    buf_add_str(&text, STR("{\"list\":["));
    for (int i = 0; i < 300; i++)
        buf_printf(&text, "%s{\"key\":[%d,\"\\u0041\"],\"\\u0041\":{}}", i ? "," : "", i);
    buf_add_str(&text, STR("]}"));
    for (size_t maximum = 0; !good; maximum += 97) {
        struct json_limits limits = {.unique_keys = true};
        struct json_doc doc;
        struct json_error error;
        struct arena *small = arena_new(maximum);
        good = json_parse(&doc, buf_str(&text), &limits, small, &error);
        assert_int_equal(json_exists(json_root(&doc)), good);
        if (!good) {
            assert_string_equal(error.expected, "memory");
            assert_true(arena_failed(small));
        }
        arena_free(small);
        assert_true(maximum < 1000000);
    }
    buf_clear(&text);
}

static void text_in_a_full_arena_is_absent(void **state)
{
    static const char text[] = "[\"\\u0041 and forty more bytes that do not fit any more\"]";
    struct json_doc doc;
    struct json_error error;
    (void)state;
    struct arena *small = arena_new(16384);
    assert_true(json_parse(&doc, str_from(text), NULL, small, &error));
    while (arena_alloc(small, 16))
        continue;
    assert_null(json_text(json_first(json_root(&doc)), small).p);
    arena_free(small);
}

static void sizes(void **state)
{
    struct json_doc doc;
    struct json_error error;
    (void)state;
    assert_false(parse(&doc, str_of("[", UINT32_MAX), true, &error)); /* nothing of it is read */
    assert_int_equal(error.offset, UINT32_MAX);
    assert_false(parse(&doc, STR_NONE, true, &error));
    assert_int_equal(error.offset, 0);
}

/* What the header says about memory. */
static void memory_is_bounded(void **state)
{
    enum { LENGTH = 5 << 20 };
    struct json_doc doc;
    struct json_error error;
    struct buf text;
    (void)state;
    buf_init(&text, MEMORY);
    buf_add_str(&text, STR("{\"data\":\""));
    memset(buf_reserve(&text, LENGTH), 'A', LENGTH);
    buf_added(&text, LENGTH);
    buf_add_str(&text, STR("\"}"));
    assert_true(parse(&doc, buf_str(&text), true, &error));
    assert_int_equal(json_raw(json_get(json_root(&doc), STR("data"))).n, LENGTH + 2);
    assert_true(arena_used(arena) < 4096);
    buf_reset(&text);
    buf_add_char(&text, '[');
    for (int i = 0; i < 200000; i++) /* as dense as can be */
        buf_add_str(&text, STR("1,"));
    buf_add_str(&text, STR("1]"));
    assert_true(parse(&doc, buf_str(&text), true, &error));
    assert_true(arena_used(arena) < 8 * text.n + 4096);
    buf_clear(&text);
}

/* Keys of 4 to 40 bytes, each in two spellings. */
static const char *key_name(char key[static 64], int i, bool escaped)
{
    snprintf(key, 64, "%sy%0*d", escaped ? "k\\u0065" : "ke", 2 + i % 37, i);
    return key;
}

static void wide_object(struct buf *text, int count, int doubled)
{
    char key[64];
    buf_reset(text);
    for (int i = 0; i < count; i++)
        buf_printf(text, "%s\"%s\":%d", i ? "," : "{", key_name(key, i, false), i);
    if (doubled >= 0)
        buf_printf(text, ",\"%s\":-1", key_name(key, doubled, true));
    buf_add_str(text, STR(",\"last\":[]}"));
}

static void check_wide_object(struct buf *text, int count)
{
    struct json_doc doc;
    struct json_error error;
    char key[64];
    int64_t value;
    wide_object(text, count, -1);
    assert_true(parse(&doc, buf_str(text), true, &error));
    for (int k = 0; k < count; k += 1 + count / 50) {
        struct json found = json_get(json_root(&doc), str_from(key_name(key, k, false)));
        assert_true(str_to_i64(json_raw(found), &value));
        assert_int_equal(value, k);
    }
    assert_false(json_exists(json_get(json_root(&doc), STR("key-1"))));
}

static void doubled_keys_of_wide_objects(void **state)
{
    static const int counts[] = {2, 7, 31, 62, 63, 64, 65, 66, 200, 10000};
    struct json_doc doc;
    struct json_error error;
    struct buf text;
    (void)state;
    buf_init(&text, MEMORY);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        int n = counts[i];
        check_wide_object(&text, n);
        for (int k = 0; k < n; k += 1 + n / 50) {
            char key[64];
            wide_object(&text, n, k);
            assert_false(parse(&doc, buf_str(&text), true, &error));
            assert_int_equal(error.key.p - text.p, error.offset + 1);
            assert_true(str_eq(error.key, str_from(key_name(key, k, true))));
            assert_true(parse(&doc, buf_str(&text), false, &error));
            struct json found = json_get(json_root(&doc), str_from(key_name(key, k, false)));
            assert_true(str_eq(json_raw(found), STR("-1")));
        }
    }
    buf_clear(&text);
}

/* Keys that only differ in the middle, where their tags do not look. */
static void keys_with_the_same_tag(void **state)
{
    struct json_doc doc;
    struct json_error error;
    struct buf text;
    (void)state;
    buf_init(&text, MEMORY);
    for (int n = 2; n < 60; n++) {
        for (int doubled = 0; doubled < 2; doubled++) {
            buf_reset(&text);
            for (int i = 0; i < n; i++)
                buf_printf(&text, "%s\"sale_%02d_price\":%d", i ? "," : "{", i, i);
            buf_printf(&text, ",\"sale_%02d_price\":%d}", doubled ? n / 2 : n, n);
            assert_int_equal(parse(&doc, buf_str(&text), true, &error), !doubled);
            assert_true(parse(&doc, buf_str(&text), false, &error));
            char key[32];
            snprintf(key, sizeof key, "sale_%02d_price", doubled ? n / 2 : n);
            int64_t value;
            assert_true(str_to_i64(json_raw(json_get(json_root(&doc), str_from(key))), &value));
            assert_int_equal(value, n); /* the last one wins */
        }
    }
    buf_clear(&text);
}

/* ---- rows that are alike, nearly alike, and not at all ---- */

static uint32_t random_state;

static uint32_t draw(uint32_t below)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % below;
}

static void add_row(struct buf *text, int depth)
{
    static const char *const keys[] = {
        "id",        "name",      "a",
        "price_1_x", "price_2_x", "a_long_key_of_over_thirty_two_bytes",
        "sub",       "list",      "n\\u0061me2"};
    uint32_t start = draw(3);
    bool first = true;
    buf_add_char(text, '{');
    for (uint32_t i = 0; i < 9; i++) {
        if (draw(8) == 0)
            continue;
        const char *key = keys[draw(5000) == 0 ? draw(9) : (i + (start == 0)) % 9];
        buf_printf(text, "%s%s\"%s\":", first ? "" : ",", draw(10) ? "" : " ", key);
        first = false;
        if (depth > 0 && draw(4) == 0) {
            bool list = draw(2);
            buf_add_str(text, list ? STR("[") : STR(""));
            add_row(text, depth - 1);
            for (uint32_t more = list ? draw(3) : 0; more > 0; more--) {
                buf_add_char(text, ',');
                add_row(text, depth - 1);
            }
            buf_add_str(text, list ? STR("]") : STR(""));
        } else {
            buf_printf(text, "%u", draw(100));
        }
    }
    buf_add_char(text, '}');
}

/* Looks every member up and compares with a search that knows nothing but json_next(). */
static void check_lookups(struct json value, bool *doubled)
{
    struct json last = JSON_NONE;
    size_t count = 0;
    for (struct json v = json_first(value); json_exists(v); v = json_next(v)) {
        count++;
        if (json_type(value) == JSON_OBJECT) {
            struct str key = json_key(v, arena);
            for (struct json w = json_first(value); json_exists(w); w = json_next(w)) {
                if (str_eq(json_key(w, arena), key)) {
                    *doubled |= w.at < v.at;
                    last = w;
                }
            }
            assert_int_equal(json_get(value, key).at, last.at);
            assert_true(str_eq(json_key(json_get(value, key), arena), key));
        }
        check_lookups(v, doubled);
    }
    assert_int_equal(json_count(value), count);
    assert_false(json_exists(json_get(value, STR("not there"))));
}

static void lookups_of_rows_that_are_nearly_alike(void **state)
{
    int refused = 0;
    struct buf text;
    (void)state;
    buf_init(&text, MEMORY);
    for (int round = 0; round < 150; round++) {
        struct json_doc doc;
        struct json_error error;
        bool doubled = false;
        random_state = (uint32_t)round;
        buf_reset(&text);
        for (int i = 0; i < 12; i++) {
            buf_add_char(&text, i ? ',' : '[');
            add_row(&text, 3);
        }
        buf_add_char(&text, ']');
        assert_true(parse(&doc, buf_str(&text), false, &error));
        check_lookups(json_root(&doc), &doubled);
        check_lookups(json_root(&doc), &doubled); /* now with notes of the first time */
        assert_int_equal(parse(&doc, buf_str(&text), true, &error), !doubled);
        refused += doubled;
    }
    assert_true(refused > 20 && refused < 130); /* both happened */
    buf_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_read_behind_the_end),
        cmocka_unit_test(nothing_is_read_behind_keys_that_repeat),
        cmocka_unit_test(keys_that_nearly_repeat),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(width_is_not_depth),
        cmocka_unit_test(memory_that_runs_out_is_an_error),
        cmocka_unit_test(text_in_a_full_arena_is_absent),
        cmocka_unit_test(sizes),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(doubled_keys_of_wide_objects),
        cmocka_unit_test(keys_with_the_same_tag),
        cmocka_unit_test(lookups_of_rows_that_are_nearly_alike),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
