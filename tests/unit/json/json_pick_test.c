/*
 * Picking: what is found is what looking it up finds, whatever the order, escapes and doubles.
 */
#include "base/buf.h"
#include "json/pick.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { A, B, B_IN, B_DEEP, LONG_ONE, LONG_TWO, EMPTY, PLACES };

static struct arena *arena;

static struct json_keys *make_keys(void)
{
    const struct json_key deep[] = {{STR("deep"), B_DEEP, NULL}};
    const struct json_keys *below_in = json_keys_new(deep, 1, arena);
    const struct json_key in[] = {{STR("in"), B_IN, below_in}};
    const struct json_keys *below_b = json_keys_new(in, 1, arena);
    const struct json_key keys[] = {
        {STR("a"), A, NULL},
        {STR("b"), B, below_b},
        {STR("fee_of_the_seller_discount"), LONG_ONE, NULL}, /* same ends, same length */
        {STR("fee_of_the_slower_discount"), LONG_TWO, NULL},
        {STR(""), EMPTY, NULL},
    };
    return json_keys_new(keys, sizeof keys / sizeof *keys, arena);
}

static struct json parse(const char *text)
{
    struct json_doc *doc = ARENA_NEW(arena, struct json_doc);
    struct json_limits limits = {0};
    struct json_error error;
    if (!json_parse(doc, str_from(text), &limits, arena, &error))
        fail_msg("%s", text);
    return json_root(doc);
}

static void finds(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *found[PLACES]; /* NULL: absent */
    } rows[] = {
        {"{}", {0}},
        {"[1]", {0}},
        {"7", {0}},
        {"{\"a\": 1}", {[A] = "1"}},
        {"{\"x\": {\"a\": 9}, \"a\": \"t\\n\", \"y\": []}", {[A] = "\"t\\n\""}},
        {"{\"a\": null, \"b\": false}", {[B] = "false"}},
        {"{\"b\": {\"x\": 1, \"in\": {\"deep\": [ 2 ]}}, \"a\": 3}",
         {[A] = "3",
          [B] = "{\"x\": 1, \"in\": {\"deep\": [ 2 ]}}",
          [B_IN] = "{\"deep\": [ 2 ]}",
          [B_DEEP] = "[ 2 ]"}},
        {"{\"b\": [{\"in\": 1}]}", {[B] = "[{\"in\": 1}]"}},
        {"{\"deep\": 1, \"in\": 2}", {0}},
        {"{\"fee_of_the_slower_discount\": 1}", {[LONG_TWO] = "1"}},
        {"{\"fee_of_the_seller_discount\": 2, \"fee_of_the_slower_discount\": 1}",
         {[LONG_ONE] = "2", [LONG_TWO] = "1"}},
        {"{\"fee_of_the_sXXXer_discount\": 1}", {0}},
        {"{\"\": 5}", {[EMPTY] = "5"}},
        {"{\"\\u0061\": 1, \"\\u0062\": {\"i\\u006e\": 2}}",
         {[A] = "1", [B] = "{\"i\\u006e\": 2}", [B_IN] = "2"}},
        {"{\"\\u0061\\u0000\": 1, \"a\": 2}", {[A] = "2"}},
        {"{\"a\": 1, \"a\": 2}", {[A] = "2"}},
        {"{\"a\": 1, \"a\": null}", {0}},
        {"{\"b\": {\"in\": {\"deep\": 1}}, \"b\": {\"in\": 2}}",
         {[B] = "{\"in\": 2}", [B_IN] = "2"}},
        {"{\"b\": {\"in\": {\"deep\": 1}}, \"b\": 3}", {[B] = "3"}},
    };
    const struct json_keys *keys = make_keys();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json_found out[PLACES] = {0};
        json_pick(parse(rows[i].text), keys, out, arena);
        for (int place = 0; place < PLACES; place++) {
            struct str found = str_of(out[place].p, out[place].n);
            if (!str_eq(found, str_from(rows[i].found[place])) ||
                (out[place].type == JSON_ABSENT) != (rows[i].found[place] == NULL))
                fail_msg("%s: place %d is " STR_FMT, rows[i].text, place, STR_ARG(found));
            if (out[place].type == JSON_ABSENT)
                continue;
            assert_int_equal(json_type(out[place].value), out[place].type);
            assert_true(str_eq(json_raw(out[place].value), found));
        }
    }
}

static void marks_escapes(void **state)
{
    (void)state;
    struct json_found out[PLACES] = {0};
    json_pick(parse("{\"a\": \"x\\ty\", \"b\": {\"in\": \"plain\"}}"), make_keys(), out, arena);
    assert_true(out[A].escaped);
    assert_false(out[B].escaped);
    assert_false(out[B_IN].escaped);
    struct json_found one = json_as_found(out[A].value);
    assert_true(one.escaped && one.type == JSON_STRING && one.n == out[A].n);
    assert_int_equal(json_as_found(JSON_NONE).type, JSON_ABSENT);
    assert_int_equal(json_as_found(parse("null")).type, JSON_ABSENT);
}

static void goes_on_behind_a_member(void **state)
{
    (void)state;
    struct json_found out[PLACES] = {0};
    json_pick(parse("{\"x\": 1, \"a\": 2, \"y\": 3}"), make_keys(), out, arena);
    struct json next = json_next(out[A].value);
    assert_true(str_eq(json_key(next, arena), STR("y")));
    assert_false(json_exists(json_next(next)));
}

/* Many keys, of many lengths, against look-ups. */
static void agrees_with_look_ups(void **state)
{
    (void)state;
    enum { MANY = 300 };
    struct json_key keys[MANY];
    struct json_found out[MANY];
    for (uint32_t i = 0; i < MANY; i++)
        keys[i] = (struct json_key){arena_printf(arena, "%.*s%u", (int)(i % 40),
                                                 "a_long_beginning_that_many_of_them_share",
                                                 i * 7 % 97 + i / 97 * 1000),
                                    i, NULL};
    const struct json_keys *set = json_keys_new(keys, MANY, arena);
    for (unsigned round = 0; round < 20; round++) {
        struct buf text;
        buf_init(&text, 1 << 16);
        buf_add_char(&text, '{');
        for (unsigned i = 0; i < MANY; i++)
            if ((i * 31 + round) % 3 == 0)
                buf_printf(&text, "%s\"%s" STR_FMT "\":%u", text.n > 1 ? "," : "",
                           (i + round) % 5 == 0 ? "not" : "", STR_ARG(keys[i].name), i);
        buf_add_str(&text, STR("}"));
        buf_add_char(&text, '\0');
        struct json object = parse(text.p);
        memset(out, 0, sizeof out);
        json_pick(object, set, out, arena);
        for (uint32_t i = 0; i < MANY; i++) {
            assert_int_equal(json_keys_find(set, keys[i].name), i);
            assert_true(
                str_eq(str_of(out[i].p, out[i].n), json_raw(json_get(object, keys[i].name))));
        }
        buf_clear(&text);
    }
    assert_int_equal(json_keys_find(set, STR("nobody")), -1);
    assert_int_equal(json_keys_find(set, STR_NONE), -1);
}

/* A number that looks drawn, the same in every run. */
static unsigned draw(unsigned below)
{
    static uint64_t x = 1;
    x = x * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(x >> 33) % below;
}

static void add_object(struct buf *out, unsigned depth)
{
    static const char *const names[] = {"a", "b", "in",      "deep", "c",        "d",
                                        "e", "f", "\\u0061", "",     "a longer", "g"};
    enum { NAMES = sizeof names / sizeof *names };
    unsigned start = draw(9) ? 0 : draw(NAMES), step = draw(9) ? 1 : 5;
    unsigned kept = draw(9) ? 30 : 3;
    const char *comma = "";
    buf_add_char(out, '{');
    for (unsigned i = 0; i < NAMES; i++) {
        const char *name = names[(start + i * step) % NAMES];
        if (draw(kept) == 0 || (name[0] == '\\' && draw(20)))
            continue;
        buf_printf(out, "%s\"%s\":", comma, draw(99) ? name : "a");
        if (depth < 2 && (i == 1 || i == 2) && draw(9))
            add_object(out, depth + 1);
        else
            buf_printf(out, draw(9) ? "%u" : "null", draw(1000));
        comma = ",";
    }
    buf_add_char(out, '}');
}

static void check_found(struct json_found found, struct json expected)
{
    if (json_type(expected) == JSON_NULL)
        expected = JSON_NONE;
    struct str text = str_of(found.p, found.n), other = json_raw(expected);
    if (found.type != json_type(expected) || !str_eq(text, other))
        fail_msg("picked " STR_FMT ", looked up " STR_FMT, STR_ARG(text), STR_ARG(other));
}

/*
 * Rows of one document, whose members mostly come in the same order: some are left out, doubled
 * or escaped, others come elsewhere, and rows grow. By more sets of keys than notes have room for.
 */
static void agrees_row_by_row(void **state)
{
    (void)state;
    enum { SETS = 40, ROWS = 1000 };
    const struct json_keys *sets[SETS];
    struct buf text;
    for (size_t i = 0; i < SETS; i++)
        sets[i] = make_keys();
    buf_init(&text, 1 << 20);
    buf_add_char(&text, '[');
    for (size_t i = 0; i < ROWS; i++) {
        if (i)
            buf_add_char(&text, ',');
        add_object(&text, 0);
    }
    buf_add_str(&text, STR("]"));
    buf_add_char(&text, '\0');
    size_t i = 0;
    for (struct json row = json_first(parse(text.p)); json_exists(row); row = json_next(row), i++) {
        /* One set sees all rows; later others come and go, too many for the notes. */
        const struct json_keys *pair[] = {sets[0], sets[1 + i % (SETS - 1)]};
        for (size_t s = 0; s < (i < ROWS / 2 ? 1 : 2); s++) {
            struct json_found out[PLACES] = {0};
            json_pick(row, pair[s], out, arena);
            struct json b = json_get(row, STR("b")), in = json_get(b, STR("in"));
            check_found(out[A], json_get(row, STR("a")));
            check_found(out[B], b);
            check_found(out[B_IN], in);
            check_found(out[B_DEEP], json_get(in, STR("deep")));
            check_found(out[EMPTY], json_get(row, STR("")));
        }
    }
    assert_int_equal(i, ROWS);
    buf_clear(&text);
}

static int begin(void **state)
{
    (void)state;
    arena = arena_new(32 << 20);
    return arena ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds),
        cmocka_unit_test(marks_escapes),
        cmocka_unit_test(goes_on_behind_a_member),
        cmocka_unit_test(agrees_with_look_ups),
        cmocka_unit_test(agrees_row_by_row),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
