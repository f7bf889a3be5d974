/* Log: levels, one line an event, masking at the sink, threads. */
#include "base/log.h"
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static char seen[1 << 20]; /* what the log wrote since begin() */
static int fd = -1;

static void begin(void)
{
    fd = open("/tmp", O_TMPFILE | O_RDWR | O_APPEND, 0600);
    assert_true(fd >= 0);
    log_set_fd(fd);
}

static size_t end(void)
{
    ssize_t n = pread(fd, seen, sizeof seen - 1, 0);
    assert_true(n >= 0);
    seen[n] = '\0';
    log_set_fd(2);
    close(fd);
    return (size_t)n;
}

static void masks_named_values(void **state)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        /* queries */
        {"GET /x?sign=abc&a=1", "GET /x?sign=***&a=1"},
        {"sign=abc", "sign=***"},
        {"a=1&access_token=TOK.en-_~%2B", "a=1&access_token=***"},
        {"?app_secret=s&refresh_token=r&auth_code=c&shop_cipher=d done",
         "?app_secret=***&refresh_token=***&auth_code=***&shop_cipher=*** done"},
        {"SIGN=abc&Access_Token=x", "SIGN=***&Access_Token=***"},
        {"url=https%3A%2F%2Fh%2F%3Fsign%3Dabc%26a%3D1",
         "url=https%3A%2F%2Fh%2F%3Fsign%3D***%26a%3D1"},
        {"redirect=%26access_token%3dabc&x=1", "redirect=%26access_token%3d***&x=1"},
        {"sign=&a=1", "sign=&a=1"},
        {"sign=a=b==&c=d", "sign=***&c=d"},
        {"sign=a,b;c", "sign=***"},
        /* JSON */
        {"{\"sign\":\"abc\",\"a\":1}", "{\"sign\":\"***\",\"a\":1}"},
        {"{\"sign\" : \"abc\" }", "{\"sign\" : \"***\" }"},
        {"{\"sign\":\"a\\\"b&c\",\"a\":1}", "{\"sign\":\"***\",\"a\":1}"},
        {"{\"sign\":\"a\\\\\",\"a\":1}", "{\"sign\":\"***\",\"a\":1}"},
        {"{\"sign\":12345,\"a\":1}", "{\"sign\":***,\"a\":1}"},
        {"{\"sign\":12345}", "{\"sign\":***}"},
        {"{\"shop_cipher\":[\"ab\",\"c]d\"],\"a\":1}", "{\"shop_cipher\":***,\"a\":1}"},
        {"{\"shop_cipher\":{\"x\":[\"ab\"]}}", "{\"shop_cipher\":***}"},
        {"{\\\"access_token\\\":\\\"abc\\\",\\\"a\\\":1}",
         "{\\\"access_token\\\":\\\"***\\\",\\\"a\\\":1}"},
        {"{\\\"sign\\\":\\\"a\\\\\\\"b\\\"}", "{\\\"sign\\\":\\\"***\\\"}"},
        {"{'sign': 'abc'}", "{'sign': '***'}"},
        {"{\"sign\":\"cut off", "{\"sign\":\"***"},
        {"{\"sign\":\"\"}", "{\"sign\":\"\"}"},
        /* headers */
        {"x-tts-access-token: abc\r\nHost: x", "x-tts-access-token: ***\r\nHost: x"},
        {"X-TTS-Access-Token:abc", "X-TTS-Access-Token:***"},
        {"Authorization: Bearer abc def\r\nHost: x", "Authorization: ***\r\nHost: x"},
        {"authorization=abc status=200", "authorization=*** status=200"},
        /* not a name, or no value */
        {"design=blue", "design=blue"},
        {"sign is wrong", "sign is wrong"},
        {"sign", "sign"},
        {"sign\"", "sign\""},
        {"signs=1&signature=2", "signs=1&signature=2"},
        {"plain text", "plain text"},
        {"", ""},
        /* a name counts behind a mark as well */
        {"old_sign=abc", "old_sign=***"},
        {"(sign=abc", "(sign=***"},
    };
    struct buf out;
    (void)state;
    buf_init(&out, 4096);
    for (size_t i = 0; i < COUNT(rows); i++) {
        buf_reset(&out);
        log_mask(str_from(rows[i].text), &out);
        buf_add_char(&out, '\0');
        assert_string_equal(out.p, rows[i].expected);
    }
    buf_clear(&out);
}

static void masks_registered_secrets(void **state)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"hunter22", "***"},
        {"xhunter22x", "x***x"},
        {"hunter22hunter22", "***"},
        {"hunter22 hunter22", "*** ***"},
        {"hunter2", "hunter2"},
        {"hunter22-long", "***"}, /* the longest wins */
        {"ab+cd/", "***"},
        {"ab%2Bcd%2F", "***"}, /* as written in a query */
        {"overlaps", "***"},   /* "overl" and "rlaps" */
        {"sign=hunter22&a=hunter22", "sign=***&a=***"},
        {"sign=x-hunter22-y&a=1", "sign=***&a=1"},
        {"sign=abc\"hunter22", "sign=***\"***"},
    };
    struct buf out;
    (void)state;
    assert_true(log_hide(STR("hunter22")));
    assert_true(log_hide(STR("hunter22-long")));
    assert_true(log_hide(STR("ab+cd/")));
    assert_true(log_hide(STR("overl")));
    assert_true(log_hide(STR("rlaps")));
    assert_false(log_hide(STR("abc"))); /* too short to hide without hiding the text */
    buf_init(&out, 4096);
    for (size_t i = 0; i < COUNT(rows); i++) {
        buf_reset(&out);
        log_mask(str_from(rows[i].text), &out);
        buf_add_char(&out, '\0');
        assert_string_equal(out.p, rows[i].expected);
    }
    log_forget();
    buf_reset(&out);
    log_mask(STR("hunter22"), &out);
    assert_true(str_eq(buf_str(&out), STR("hunter22")));
    buf_clear(&out);
}

static void holds_256_secrets(void **state)
{
    char secret[32];
    (void)state;
    for (int round = 0; round < 2; round++) { /* the same again is no new one */
        for (int i = 0; i < 256; i++) {
            snprintf(secret, sizeof secret, "secret/%d", i);
            assert_true(log_hide(str_from(secret)));
        }
    }
    assert_false(log_hide(STR("one more")));
    log_forget();
    assert_true(log_hide(STR("one more")));
    log_forget();
}

static void writes_lines(void **state)
{
    (void)state;
    begin();
    log_info("started port=%d sign=%s", 8080, "abc");
    end();
    /* 2024-01-31T12:34:56.789Z info started port=8080 sign=*** */
    assert_int_equal(strspn(seen, "0123456789-:.TZ"), 24);
    assert_int_equal(seen[23], 'Z');
    assert_string_equal(seen + 24, " info started port=8080 sign=***\n");
}

static void escapes_control_characters(void **state)
{
    (void)state;
    begin();
    log_warn("a\nb\r\tc\x1b[0m\x7f \xE2\x82\xAC");
    end();
    assert_string_equal(seen + 24, " warn a\\nb\\r\\tc\\x1b[0m\\x7f \xE2\x82\xAC\n");
}

static void knows_levels(void **state)
{
    static const char *const names[] = {"debug", "info", "warn", "error", "off"};
    enum log_level level;
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_true(log_level_by_name(str_from(names[i]), &level));
        assert_int_equal(level, i);
        log_set_level(level);
        begin();
        log_debug("m");
        log_info("m");
        log_warn("m");
        log_error("m");
        log_line(LOG_OFF, "never");
        end();
        size_t lines = 0;
        for (const char *p = seen; *p; p++)
            lines += *p == '\n';
        assert_int_equal(lines, 4 - i);
    }
    log_set_level(LOG_INFO);
    assert_false(log_level_by_name(STR("INFO"), &level));
    assert_false(log_level_by_name(STR_NONE, &level));
}

static void cuts_after_masking(void **state)
{
    static char text[10000];
    (void)state;
    for (size_t before = 4000; before < 4120; before++) {
        memset(text, 'a', before);
        strcpy(text + before, "topsecret and more");
        memset(text + strlen(text), 'b', 200);
        log_hide(STR("topsecret"));
        begin();
        log_info("%s", text);
        size_t n = end();
        assert_true(n <= 4096);
        assert_null(strstr(seen, "top"));
        assert_memory_equal(seen + n - 4, "...\n", 4);
        log_forget();
        memset(text, 0, sizeof text);
    }
}

static void cuts_between_characters(void **state)
{
    char text[6000];
    (void)state;
    for (size_t before = 0; before < 4; before++) {
        memset(text, 'a', before);
        for (size_t i = before; i + 3 < sizeof text; i += 3)
            memcpy(text + i, "\xE2\x82\xAC", 4);
        begin();
        log_info("%s", text);
        size_t n = end();
        assert_memory_equal(seen + n - 7, "\xE2\x82\xAC...\n", 7);
    }
}

enum { THREADS = 4, LINES = 200 };

static void *log_many(void *mark)
{
    char text[201];
    memset(text, *(const char *)mark, 200);
    text[200] = '\0';
    for (int i = 0; i < LINES; i++)
        log_info("%s", text);
    return NULL;
}

static void lines_of_threads_do_not_mix(void **state)
{
    static const char marks[THREADS] = "abcd";
    pthread_t threads[THREADS];
    size_t lines = 0;
    (void)state;
    begin();
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, log_many, (void *)&marks[i]), 0);
    for (int i = 0; i < 100; i++) { /* registering while others log */
        log_hide(STR("never seen"));
        log_forget();
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    struct str rest = str_of(seen, end());
    while (rest.n > 0) {
        struct str line = str_cut(&rest, '\n');
        assert_int_equal(line.n, 24 + 6 + 200);
        for (size_t i = 31; i < line.n; i++)
            assert_int_equal(line.p[i], line.p[30]);
        lines++;
    }
    assert_int_equal(lines, THREADS * LINES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks_named_values),          cmocka_unit_test(masks_registered_secrets),
        cmocka_unit_test(holds_256_secrets),           cmocka_unit_test(writes_lines),
        cmocka_unit_test(escapes_control_characters),  cmocka_unit_test(knows_levels),
        cmocka_unit_test(cuts_after_masking),          cmocka_unit_test(cuts_between_characters),
        cmocka_unit_test(lines_of_threads_do_not_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
