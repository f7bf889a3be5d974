/* Requests as people have them: curl commands in every dress, HTTP as text, and faults. */
#include "cli/request.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void understands(void **state)
{
    static const struct {
        const char *text, *method, *path, *query, *body, *fields;
    } cases[] = {
        {"curl https://h/a", "GET", "/a", "", "", ""},
        {"curl h", "GET", "/", "", "", ""},
        {"$ curl 'https://h/a?b=c&d=%20'", "GET", "/a", "b=c&d=%20", "", ""},
        {"curl \"http://h:80/a?b\"", "GET", "/a", "b", "", ""},
        {"curl /a#x", "GET", "/a", "", "", ""},
        {"curl h/a?b=1#c", "GET", "/a", "b=1", "", ""},
        {"curl -X PUT h/a", "PUT", "/a", "", "", ""},
        {"curl -XPUT --url h/a", "PUT", "/a", "", "", ""},
        {"curl -sSkL h/a -o /dev/null -w '%{http_code}'", "GET", "/a", "", "", ""},
        {"curl -sXDELETE h/a", "DELETE", "/a", "", "", ""},
        {"curl h/a -d '{\"a\": 1}'", "POST", "/a", "", "{\"a\": 1}", ""},
        {"curl h/a -d a=1 --data b=2", "POST", "/a", "", "a=1&b=2", ""},
        {"curl -G h/a?x=1 -d a=1 -d b=2", "GET", "/a", "x=1&a=1&b=2", "", ""},
        {"curl -G h/a -d a=1", "GET", "/a", "a=1", "", ""},
        {"curl -X DELETE h/a -d '{}'", "DELETE", "/a", "", "{}", ""},
        {"curl h/a --data-raw '@x'", "POST", "/a", "", "@x", ""},
        {"curl h/a --json '{}'", "POST", "/a", "", "{}", "Content-Type=application/json;"},
        {"curl h/a -H 'A: b' -H 'C:d:e'", "GET", "/a", "", "", "A=b;C=d:e;"},
        {"curl \\\n  h/a \\\r\n  -d \\\n'x'", "POST", "/a", "", "x", ""},
        {"curl h/a -d 'it'\\''s'", "POST", "/a", "", "it's", ""},
        {"curl h/a -d \"q\\\"\\$\\n\"", "POST", "/a", "", "q\"$\\n", ""},
        {"curl h/a -d $'a\\n\\u00e9\\''", "POST", "/a", "", "a\n\xc3\xa9'", ""},
        {"curl h/a -d ''", "POST", "/a", "", "", ""},
        {"GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n", "GET", "/a", "b=c", "", "Host=h;"},
        {"POST /a\nX: y\n\n{\"a\":\n1}\n", "POST", "/a", "", "{\"a\":\n1}\n", "X=y;"},
        {"POST https://h/a?b=c", "POST", "/a", "b=c", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena *arena = arena_new(1 << 20);
        struct request request;
        struct fault fault = {0};
        if (!request_of_text(&request, str_from(cases[i].text), arena, &fault))
            fail_msg("%s: %s", cases[i].text, fault.text);
        struct buf fields;
        buf_init(&fields, 1000);
        for (size_t k = 0; k < request.http.field_count; k++)
            buf_printf(&fields, STR_FMT "=" STR_FMT ";", STR_ARG(request.http.fields[k].name),
                       STR_ARG(request.http.fields[k].value));
        const struct {
            struct str got;
            const char *expected;
        } parts[] = {{request.http.method, cases[i].method},
                     {request.http.path, cases[i].path},
                     {request.http.query, cases[i].query},
                     {request.http.body, cases[i].body},
                     {buf_str(&fields), cases[i].fields}};
        for (size_t k = 0; k < COUNT(parts); k++)
            if (!str_eq(parts[k].got, str_from(parts[k].expected)))
                fail_msg("%s: `" STR_FMT "`, expected `%s`", cases[i].text, STR_ARG(parts[k].got),
                         parts[k].expected);
        buf_clear(&fields);
        arena_free(arena);
    }
}

static void refuses(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"", "expected a request line"},
        {"hello", "expected a request line"},
        {"curl", "the curl command holds no URL"},
        {"curl -s", "the curl command holds no URL"},
        {"curl h/a h/b", "more than one URL"},
        {"curl h/a -X", "-X needs a value"},
        {"curl h/a --request", "--request needs a value"},
        {"curl h/a --form a=b", "not known here: --form"},
        {"curl h/a -F a=b", "not known here: -F"},
        {"curl h/a -d 'x", "a quote ' is opened and never closed"},
        {"curl h/a -d \"x", "a quote \" is opened and never closed"},
        {"curl h/a -H novalue", "expected a header as `Name: value`, not `novalue`"},
        {"curl h/a -d @/does/not/exist", "cannot read /does/not/exist"},
        {"GET /a\nbad header\n\n", "expected a header as `Name: value`, not `bad header`"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena *arena = arena_new(1 << 20);
        struct request request;
        struct fault fault = {0};
        assert_false(request_of_text(&request, str_from(cases[i].text), arena, &fault));
        if (!strstr(fault.text, cases[i].words))
            fail_msg("%s: %s", cases[i].text, fault.text);
        arena_free(arena);
    }
}

static void takes_words(void **state)
{
    static const struct str words[] = {STR_C("curl"), STR_C("h/a b"), STR_C("-d"), STR_C("{ }")};
    static const struct str plain[] = {STR_C("POST"), STR_C("/a?b"), STR_C("{ }")};
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct request request;
    struct fault fault = {0};
    assert_true(request_of_words(&request, words, COUNT(words), arena, &fault));
    assert_true(str_eq(request.http.path, STR("/a b")));
    assert_true(str_eq(request.http.body, STR("{ }")));
    assert_true(request_of_words(&request, plain, COUNT(plain), arena, &fault));
    assert_true(str_eq(request.http.method, STR("POST")));
    assert_true(str_eq(request.http.query, STR("b")));
    assert_false(request_of_words(&request, plain, 1, arena, &fault));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(understands),
        cmocka_unit_test(refuses),
        cmocka_unit_test(takes_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
