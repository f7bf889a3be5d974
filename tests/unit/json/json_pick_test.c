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
    };
    return cmocka_run_group_tests(tests, begin, end);
}
