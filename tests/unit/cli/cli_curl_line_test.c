/* Curl lines: what a person reads of an upstream request, with nothing secret in it. */
#include "cli/curl_line.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct curl_line how = {STR_C("https://h"), STR_C("MADE%20UP"), STR_C("<the cipher>")};

static void masks_targets(void **state)
{
    static const struct {
        const char *target, *shown;
    } cases[] = {
        {"/a", "/a"},
        {"/a?", "/a?"},
        {"/a?b=1&sign=abcdef", "/a?b=1&sign=***"},
        {"/a?shop_cipher=MADE%20UP&b", "/a?shop_cipher=<the cipher>&b"},
        {"/a?shop_cipher=real", "/a?shop_cipher=***"},
        {"/a?app_secret=x1&auth_code=y2&refresh_token=z3&access_token=w4",
         "/a?app_secret=***&auth_code=***&refresh_token=***&access_token=***"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf out;
        buf_init(&out, 1000);
        curl_line_target(&how, str_from(cases[i].target), &out);
        assert_true(str_eq(buf_str(&out), str_from(cases[i].shown)));
        buf_clear(&out);
    }
}

static void writes_commands(void **state)
{
    static const struct exchange_field json[] = {
        {STR_C("x-tts-access-token"), STR_C("TOKEN-1")},
        {STR_C("content-type"), STR_C("application/json")}};
    static const struct exchange_field form[] = {
        {STR_C("content-type"), STR_C("multipart/form-data; boundary=XyZ")}};
    static const struct {
        struct exchange_send send;
        const char *line;
    } cases[] = {
        {{.method = STR_C("GET"), .target = STR_C("/a"), .body = STR_C("")},
         "curl -X GET 'https://h/a'\n"},
        {{.method = STR_C("POST"),
          .target = STR_C("/a?sign=12"),
          .fields = json,
          .field_count = 2,
          .body = STR_C("{\"n\": \"it's\", \"access_token\": \"t0k3n\"}")},
         "curl -X POST 'https://h/a?sign=***' \\\n  -H 'x-tts-access-token: ***' \\\n"
         "  -H 'content-type: application/json' \\\n"
         "  -d '{\"n\": \"it'\\''s\", \"access_token\": \"***\"}'\n"},
        {{.method = STR_C("POST"),
          .target = STR_C("/up"),
          .fields = form,
          .field_count = 1,
          .body = STR_C("--XyZ\r\nContent-Disposition: form-data; name=\"use\"\r\n\r\nMAIN\r\n"
                        "--XyZ\r\nContent-Disposition: form-data; name=\"data\"; "
                        "filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n\x01\r\n"
                        "--XyZ--\r\n")},
         "curl -X POST 'https://h/up' \\\n  -F 'use=MAIN' \\\n  -F 'data=@a.png (7 bytes)'\n"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf out;
        buf_init(&out, 4000);
        curl_line(&how, &cases[i].send, &out);
        buf_add_char(&out, '\0');
        assert_string_equal(out.p, cases[i].line);
        buf_clear(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks_targets),
        cmocka_unit_test(writes_commands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
