/* Upstream answers in every form, what is told of them, and what upstream is sent. */
#include "script.h"
#include <string.h>
#include <unistd.h>

static struct stage stage;

static int open_stage(void **state)
{
    (void)state;
    stage_init(&stage);
    return 0;
}

/* "a packed answer" */
#define PACKED                                                                                     \
    "\037\213\010\000\000\000\000\000\002\003\113\124\050\110\114\316\116\115\121\110\314\053\056" \
    "\117\055\002\000\331\016\267\356\017\000\000\000"
/* 20,000 times x */
#define BOMB                                                                                       \
    "\037\213\010\000\000\000\000\000\002\003\355\301\061\001\000\000\000\302\240\332\213\157\015" \
    "\017\240\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\170\060\003" \
    "\107\145\101\040\116\000\000"

static void forms_of_answers(void **state)
{
    const struct row rows[] = {
        {"with a length", SCRIPT(ACCEPT, READ, SEND(OK), GONE), GET, 200, "ok", "GET /x [];"},
        {"in pieces",
         SCRIPT(ACCEPT, READ, SEND("HTT"), SEND("P/1.1 200 OK\r\nContent-Le"), SEND("ngth: 2\r"),
                SEND("\n\r"), SEND("\no"), SEND("k"), GONE),
         GET, 200, "ok", "GET /x [];"},
        {"chunks",
         SCRIPT(ACCEPT, READ, SEND(ANSWER("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")),
                SEND("2;x=y\r\nde\r\n0\r\n\r\n"), GONE),
         GET, 200, "abcde", "GET /x [];"},
        {"to the close", SCRIPT(ACCEPT, READ, SEND(ANSWER("\r\nall of ")), SEND("it"), DROP), GET,
         200, "all of it", "GET /x [];"},
        {"HTTP/1.0", SCRIPT(ACCEPT, READ, SEND("HTTP/1.0 200 OK\r\n\r\nold"), DROP), GET, 200,
         "old", "GET /x [];"},
        {"no content", SCRIPT(ACCEPT, READ, SEND("HTTP/1.1 204 No\r\n\r\n"), GONE), GET, 200, "",
         "GET /x [];"},
        {"a head alone",
         SCRIPT(ACCEPT, READ, SEND("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"), GONE),
         "HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n", 200, "", "HEAD /x [];"},
        {"interim answers",
         SCRIPT(ACCEPT, READ, SEND("HTTP/1.1 103 Early\r\nLink: x\r\n\r\n"),
                SEND("HTTP/1.1 100 Go\r\n\r\n" OK), GONE),
         POST, 200, "ok", "POST /x [body];"},
        {"packed",
         SCRIPT(ACCEPT, {ACT_READ, "\r\nAccept-Encoding: gzip\r\n", 0},
                SEND(ANSWER("Content-Encoding: gzip\r\nContent-Length: 35\r\n\r\n") PACKED), GONE),
         GET, 200, "a packed answer", "GET /x [];"},
        {"packed in chunks",
         SCRIPT(ACCEPT, READ,
                SEND(ANSWER("Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n23\r\n")
                         PACKED),
                SEND("\r\n0\r\n\r\n"), GONE),
         GET, 200, "a packed answer", "GET /x [];"},
        {"packed to the close",
         SCRIPT(ACCEPT, READ, SEND(ANSWER("Content-Encoding: gzip\r\n\r\n") PACKED), DROP), GET,
         200, "a packed answer", "GET /x [];"},
        {"packed and empty",
         SCRIPT(ACCEPT, READ, SEND(ANSWER("Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n")),
                GONE),
         GET, 200, "", "GET /x [];"},
        {"an answer before the request was all there",
         SCRIPT(ACCEPT, {ACT_HEAD, NULL, 0},
                SEND("HTTP/1.1 413 No\r\nContent-Length: 5\r\n\r\nlarge"), GONE),
         POST, 200, "large", "POST /x [];"},
    };
    (void)state;
    EXPECT(rows);
}

static void bad_answers(void **state)
{
    const struct row rows[] = {
        {"not HTTP", SCRIPT(ACCEPT, READ, SEND("SSH-2.0-x\r\n"), GONE), GET, 502,
         "upstream_bad: The answer of %s is not proper HTTP: The message does not begin as HTTP "
         "does.",
         "GET /x [];"},
        {"another coding",
         SCRIPT(ACCEPT, READ, SEND(ANSWER("Content-Encoding: br\r\nContent-Length: 1\r\n\r\nx")),
                GONE),
         GET, 502, "upstream_bad: %s answered in the coding br, which was not asked for.",
         "GET /x [];"},
        {"too long by its length",
         SCRIPT(ACCEPT, READ, SEND(ANSWER("Content-Length: 8193\r\n\r\n")), GONE), GET, 502,
         "upstream_bad: The answer of %s is longer than 8192 bytes (upstream.answer_bytes).",
         "GET /x [];"},
        {"too long in chunks",
         SCRIPT(ACCEPT, READ, SEND(ANSWER("Transfer-Encoding: chunked\r\n\r\nffff\r\n")),
                {ACT_BYTES, NULL, 9000}, GONE),
         GET, 502,
         "upstream_bad: The answer of %s is longer than 8192 bytes (upstream.answer_bytes).",
         "GET /x [];"},
        {"too long when unpacked",
         SCRIPT(ACCEPT, READ,
                SEND(ANSWER("Content-Encoding: gzip\r\nContent-Length: 54\r\n\r\n") BOMB), GONE),
         GET, 502,
         "upstream_bad: The answer of %s is longer than 8192 bytes (upstream.answer_bytes).",
         "GET /x [];"},
        {"not gzip",
         SCRIPT(ACCEPT, READ,
                SEND(ANSWER("Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nlies")), GONE),
         GET, 502, "upstream_bad: The gzip of the answer of %s is damaged.", "GET /x [];"},
        {"half of gzip",
         SCRIPT(ACCEPT, READ,
                SEND(ANSWER(
                    "Content-Encoding: gzip\r\nContent-Length: 12\r\n\r\n") "\037\213\010\000\000"
                                                                            "\000\000\000\002\003"
                                                                            "\113\124"),
                GONE),
         GET, 502, "upstream_bad: The gzip of the answer of %s is damaged.", "GET /x [];"},
        {"cut off", SCRIPT(ACCEPT, READ, SEND(ANSWER("Content-Length: 9\r\n\r\nab")), DROP), GET,
         502, "upstream_bad: %s cut its answer off.", "GET /x [];"},
        {"a head cut off", SCRIPT(ACCEPT, READ, SEND("HTTP/1.1 200 OK\r\nConte"), DROP), GET, 502,
         "upstream_bad: %s cut its answer off.", "GET /x [];"},
        {"chunks cut off",
         SCRIPT(ACCEPT, READ, SEND(ANSWER("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")), DROP),
         GET, 502, "upstream_bad: %s cut its answer off.", "GET /x [];"},
        {"silence", SCRIPT(ACCEPT, READ, GONE), GET, 502,
         "timeout: %s was silent for 300 ms (upstream.answer_ms).", "GET /x [];"},
        {"silence in the middle",
         SCRIPT(ACCEPT, READ, SEND(ANSWER("Content-Length: 9\r\n\r\nab")), GONE), GET, 502,
         "timeout: %s was silent for 300 ms (upstream.answer_ms).", "GET /x [];"},
        {"silence after a write", SCRIPT(ACCEPT, READ, GONE), POST, 502,
         "timeout: %s was silent for 300 ms (upstream.answer_ms). The write may have happened: "
         "look before sending it again.",
         "POST /x [body];"},
    };
    (void)state;
    EXPECT(rows);
}

/* ---- what is told of an answer ---- */

static void facts_of_answers(void **state)
{
    static const struct {
        const char *name;
        const char *answer;
        const char *told; /* status, content type, seconds of Retry-After */
    } rows[] = {
        {"as it is", OK, "\r\nX-Upstream: 200 text/plain 0\r\n"},
        {"no type", "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", "\r\nX-Upstream: 404  0\r\n"},
        {"seconds",
         "HTTP/1.1 429 Slow\r\nContent-Type: a/b; c=d\r\nRetry-After: 7\r\nContent-Length: "
         "0\r\n\r\n",
         "\r\nX-Upstream: 429 a/b; c=d 7\r\n"},
        {"a date to come",
         "HTTP/1.1 503 x\r\nRetry-After: Fri, 31 Dec 2100 23:59:59 GMT\r\nContent-Length: "
         "0\r\n\r\n",
         "\r\nX-Upstream: 503  86400\r\n"},
        {"a date gone by",
         "HTTP/1.1 503 x\r\nRetry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\nContent-Length: "
         "0\r\n\r\n",
         "\r\nX-Upstream: 503  0\r\n"},
        {"no sense", "HTTP/1.1 503 x\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n",
         "\r\nX-Upstream: 503  0\r\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct act acts[] = {ACCEPT, READ, {ACT_SEND, rows[i].answer, 0}, GONE, END};
        struct upstream_stage *upstream = upstream_play(acts, NULL);
        stage_init(&stage);
        stage_upstream(&stage, "http", upstream_port(upstream));
        stage_open(&stage);
        int fd = client_open(&stage);
        client_send(fd, GET);
        struct reply reply = client_read(fd, false);
        if (!strstr(reply.head, rows[i].told))
            fail_msg("%s: got %s", rows[i].name, reply.head);
        reply_clear(&reply);
        close(fd);
        stage_close(&stage);
        free(upstream_close(upstream));
    }
}

static void what_upstream_is_sent(void **state)
{
    char head[512];
    const struct act acts[] = {ACCEPT, {ACT_READ, head, 0}, SEND(OK), GONE, END};
    struct upstream_stage *upstream = upstream_play(acts, NULL);
    (void)state;
    /* Known only now, and looked at when the request comes. */
    snprintf(head, sizeof head,
             "POST /as/auth?a=%%20b HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nX-Kept: yes\r\n"
             "Accept-Encoding: gzip\r\nContent-Length: 0\r\n\r\n",
             upstream_port(upstream));
    stage_upstream(&stage, "http", upstream_port(upstream));
    stage_open(&stage);
    expect_exchange(&stage,
                    "POST /auth?a=%20b HTTP/1.1\r\nHost: h\r\nX-Kept: yes\r\nOther: no\r\n\r\n",
                    200, "ok");
    stage_close(&stage);
    free(upstream_close(upstream));
}

/* ---- large answers and requests ---- */

static void large_answers(void **state)
{
    static const struct {
        const char *name;
        struct act head;
        size_t n;
        struct act tail;
    } rows[] = {
        {"with a length", SEND(ANSWER("Content-Length: 3000000\r\n\r\n")), 3000000, SIGNAL},
        {"in one chunk", SEND(ANSWER("Transfer-Encoding: chunked\r\n\r\n2dc6c0\r\n")), 3000000,
         SEND("\r\n0\r\n\r\n")},
        {"to the close", SEND(ANSWER("\r\n")), 3000000, DROP},
        {"just over a block", SEND(ANSWER("Content-Length: 17000\r\n\r\n")), 17000, SIGNAL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct act acts[] = {ACCEPT,       READ, rows[i].head, {ACT_BYTES, NULL, rows[i].n},
                                   rows[i].tail, END};
        struct upstream_stage *upstream = upstream_play(acts, NULL);
        stage_init(&stage);
        stage_upstream(&stage, "http", upstream_port(upstream));
        stage_open(&stage);
        int fd = client_open(&stage);
        client_send(fd, GET);
        struct reply reply = client_read(fd, false);
        if (reply.body_length != rows[i].n)
            fail_msg("%s: %zu bytes came", rows[i].name, reply.body_length);
        for (size_t k = 0; k < reply.body_length; k++)
            if (reply.body[k] != (char)('a' + k % (23 * 1024) % 23))
                fail_msg("%s: byte %zu is wrong", rows[i].name, k);
        reply_clear(&reply);
        close(fd);
        stage_close(&stage);
        free(upstream_close(upstream));
    }
}

static void memory_of_answers(void **state)
{
    static const struct act acts[] = {ACCEPT,
                                      READ,
                                      SEND(ANSWER("Content-Length: 2000000\r\n\r\n")),
                                      {ACT_BYTES, NULL, 2000000},
                                      END};
    struct upstream_stage *upstream = upstream_play(acts, NULL);
    char want[256];
    (void)state;
    stage.settings.client.memory_bytes = 1 << 20;
    stage_upstream(&stage, "http", upstream_port(upstream));
    stage_open(&stage);
    snprintf(want, sizeof want,
             "busy: No memory for the answer of %s: the bodies under way reach the maximum "
             "(client.memory_bytes).",
             stage.api + strlen("http://"));
    expect_exchange(&stage, GET, 502, want);
    stage_close(&stage);
    free(upstream_close(upstream));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_of_answers),
        cmocka_unit_test(bad_answers),
        cmocka_unit_test(facts_of_answers),
        cmocka_unit_test_setup(what_upstream_is_sent, open_stage),
        cmocka_unit_test(large_answers),
        cmocka_unit_test_setup(memory_of_answers, open_stage),
    };
    return cmocka_run_group_tests_name("net_upstream", tests, NULL, NULL);
}
