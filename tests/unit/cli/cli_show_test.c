/* Showing messages: indentation, what a long document leaves out, masks, colour. */
#include "cli/show.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct arena *arena;
static struct buf out;

static int begin(void **state)
{
    (void)state;
    arena = arena_new(1 << 20);
    buf_init(&out, 1 << 20);
    return arena ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    buf_clear(&out);
    arena_free(arena);
    return 0;
}

static const char *shown(struct str body, bool colour)
{
    const struct show show = {&out, arena, colour};
    buf_reset(&out);
    show_body(&show, body);
    buf_add_char(&out, '\0');
    return out.p;
}

static void bodies(void **state)
{
    static const struct {
        const char *body, *shown;
    } cases[] = {
        {"", ""},
        {"no json", "    7 bytes\n"},
        {"{}", "    {}\n"},
        {"[]", "    []\n"},
        {"12345678901234567890123", "    12345678901234567890123\n"},
        {"{\"a\": 0.10, \"b\": [true, null]}", "    {\n      \"a\": 0.10,\n      \"b\": [\n        "
                                               "true,\n        null\n      ]\n    }\n"},
        {"{\"access_token\": \"t0k3n\", \"x\": {\"cipher\": \"c1ph3r\", \"sign\": \"\"}}",
         "    {\n      \"access_token\": \"***\",\n      \"x\": {\n        \"cipher\": \"***\",\n"
         "        \"sign\": \"\"\n      }\n    }\n"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(shown(str_from(cases[i].body), false), cases[i].shown);
}

/* A list of `count` numbers that is long enough to be shortened. */
static void long_documents_are_shortened(void **state)
{
    (void)state;
    struct buf body;
    buf_init(&body, 65536);
    buf_add_str(&body, STR("{\"list\": [1"));
    for (int i = 0; i < 500; i++)
        buf_add_str(&body, STR(", 1"));
    buf_add_str(&body, STR("]"));
    for (int i = 0; i < 20; i++)
        buf_printf(&body, ", \"m%d\": 1", i);
    buf_add_str(&body, STR("}"));
    const char *text = shown(buf_str(&body), false);
    assert_non_null(
        strstr(text, "\"list\": [\n        1,\n        \xe2\x80\xa6 500 more\n      ]"));
    assert_non_null(strstr(text, "\"m7\": 1,\n      \xe2\x80\xa6 12 more\n    }\n"));
    assert_null(strstr(text, "\"m8\""));
    buf_clear(&body);
}

/* The cut is between two characters: the text stays UTF-8. */
static void long_texts_are_cut(void **state)
{
    (void)state;
    struct buf body;
    buf_init(&body, 65536);
    buf_add_str(&body, STR("\"x"));
    for (int i = 0; i < 60; i++)
        buf_add_str(&body, STR("\xc3\xa9"));
    buf_add_str(&body, STR("\""));
    const char *text = shown(buf_str(&body), false);
    assert_non_null(strstr(text, "\xc3\xa9\xe2\x80\xa6\" (121 bytes)\n"));
    assert_null(strstr(text, "\xc3\xe2"));
    buf_clear(&body);
}

static void colour_only_where_asked_for(void **state)
{
    (void)state;
    assert_null(strchr(shown(STR("{\"a\": 1}"), false), '\033'));
    assert_non_null(
        strstr(shown(STR("{\"a\": 1}"), true), "\033[36m\"a\"\033[0m: \033[33m1\033[0m"));
}

static void request_lines(void **state)
{
    (void)state;
    const struct show show = {&out, arena, false};
    buf_reset(&out);
    show_request_line(&show, STR("POST"), STR("/a?long_name=b%20c&sign=abc"),
                      STR("x-tts-access-token"));
    buf_add_char(&out, '\0');
    assert_string_equal(out.p,
                        "    POST /a\n    long_name           b c\n    sign                ***\n"
                        "    x-tts-access-token  ***\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies),
        cmocka_unit_test(long_documents_are_shortened),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(colour_only_where_asked_for),
        cmocka_unit_test(request_lines),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
