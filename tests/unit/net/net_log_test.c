/* What is written to the log: which requests, in which words. */
#include "base/log.h"
#include "stage.h"
#include <string.h>
#include <unistd.h>

static struct stage stage;

/* Serves one good and one failing request and gives what was logged meanwhile. */
static char *log_of(enum server_access access, enum log_level level)
{
    FILE *file = tmpfile();
    char *text = calloc(1, 65536);
    assert_non_null(file);
    assert_non_null(text);
    stage_init(&stage);
    stage.settings.access_log = access;
    log_set_fd(fileno(file));
    log_set_level(level);
    stage_open(&stage);
    expect_exchange(&stage, "GET /local?access_token=SECRET HTTP/1.1\r\nHost: h\r\n\r\n", 200,
                    "local");
    expect_exchange(&stage, "GET /x?access_token=SECRET HTTP/1.1\r\nHost: h\r\n\r\n", 502,
                    "unreachable: No connection to 127.0.0.1:1: Connection refused.");
    stage_close(&stage);
    log_set_level(LOG_OFF);
    log_set_fd(2);
    rewind(file);
    assert_true(fread(text, 1, 65535, file) < 65535);
    fclose(file);
    return text;
}

#define GOOD "request id=1 endpoint=relay status=200 code=0 reason=ok calls=0 ms="
#define BAD  "request id=1 endpoint=relay status=502 code=0 reason=unreachable calls=1 ms="
#define DOWN "upstream setting=upstream.api host=127.0.0.1:1: No connection to 127.0.0.1:1: "

static void which_requests(void **state)
{
    static const struct {
        const char *name;
        enum server_access access;
        enum log_level level;
        bool good, bad;
    } rows[] = {
        {"none", SERVER_ACCESS_NONE, LOG_INFO, false, false},
        {"failures", SERVER_ACCESS_FAILURES, LOG_INFO, false, true},
        {"all", SERVER_ACCESS_ALL, LOG_INFO, true, true},
        {"none, but a level that tells all", SERVER_ACCESS_NONE, LOG_DEBUG, true, true},
        {"all, but a level that tells little", SERVER_ACCESS_ALL, LOG_WARN, false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = log_of(rows[i].access, rows[i].level);
        if (!strstr(text, GOOD) == rows[i].good || !strstr(text, BAD) == rows[i].bad)
            fail_msg("%s: %s", rows[i].name, text);
        assert_non_null(strstr(text, DOWN)); /* a warning, once */
        assert_null(strstr(strstr(text, DOWN) + 1, DOWN));
        assert_null(strstr(text, "SECRET"));
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(which_requests),
    };
    return cmocka_run_group_tests_name("net_log", tests, NULL, NULL);
}
