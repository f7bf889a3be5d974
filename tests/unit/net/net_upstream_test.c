/* Upstream answers in every form, and every way a connection to upstream may break. */
#include "stage.h"
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct stage stage;

static int open_stage(void **state)
{
    (void)state;
    stage_init(&stage);
    return 0;
}

#define GET         "GET /x HTTP/1.1\r\nHost: h\r\n\r\n"
#define POST        "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody"
#define OK          ANSWER("Content-Length: 2\r\n\r\nok")
#define SCRIPT(...) ((const struct act[]){__VA_ARGS__, {ACT_END, NULL, 0}})
#define ACCEPT                                                                                     \
    {                                                                                              \
        ACT_ACCEPT, NULL, 0                                                                        \
    }
#define READ                                                                                       \
    {                                                                                              \
        ACT_READ, NULL, 0                                                                          \
    }
#define SEND(x)                                                                                    \
    {                                                                                              \
        ACT_SEND, x, sizeof(x) - 1                                                                 \
    }
#define DROP                                                                                       \
    {                                                                                              \
        ACT_DROP, NULL, 0                                                                          \
    }
#define RESET                                                                                      \
    {                                                                                              \
        ACT_RESET, NULL, 0                                                                         \
    }
#define GONE                                                                                       \
    {                                                                                              \
        ACT_GONE, NULL, 0                                                                          \
    }
#define SIGNAL                                                                                     \
    {                                                                                              \
        ACT_SIGNAL, NULL, 0                                                                        \
    }
#define HOLD                                                                                       \
    {                                                                                              \
        ACT_HOLD, NULL, 0                                                                          \
    }
#define END                                                                                        \
    {                                                                                              \
        ACT_END, NULL, 0                                                                           \
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

/* ---- one request, one answer ---- */

struct row {
    const char *name;
    const struct act *acts;
    const char *request;
    int status;
    const char *body;
    const char *noted; /* what upstream saw */
};

static void expect_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct upstream_stage *upstream = upstream_play(rows[i].acts, NULL);
        char want[512], got[512];
        stage_init(&stage);
        stage.settings.upstream.answer_bytes = 8192;
        if (strstr(rows[i].body, " 300 ms "))
            stage.settings.upstream.answer_ms = 300;
        stage_upstream(&stage, "http", upstream_port(upstream));
        snprintf(want, sizeof want, rows[i].body, stage.api + strlen("http://"));
        stage_open(&stage);
        int fd = client_open(&stage);
        client_send(fd, rows[i].request);
        struct reply reply = client_read(fd, false);
        stage_close(&stage);
        close(fd);
        char *noted = upstream_close(upstream);
        snprintf(got, sizeof got, "%s", reply.body);
        if (reply.status != rows[i].status || strcmp(got, want) != 0)
            fail_msg("%s: got %d %s", rows[i].name, reply.status, got);
        if (strcmp(noted, rows[i].noted) != 0)
            fail_msg("%s: upstream saw %s", rows[i].name, noted);
        reply_clear(&reply);
        free(noted);
    }
}

#define EXPECT(rows) expect_rows((rows), sizeof(rows) / sizeof *(rows))

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

/* ---- what is sent again, and what is not ---- */

static void broken_connections(void **state)
{
    const struct row rows[] = {
        {"a GET moves once", SCRIPT(ACCEPT, READ, DROP, ACCEPT, READ, SEND(OK), GONE), GET, 200,
         "ok", "GET /x [];GET /x [];"},
        {"after a reset too", SCRIPT(ACCEPT, READ, RESET, ACCEPT, READ, SEND(OK), GONE), GET, 200,
         "ok", "GET /x [];GET /x [];"},
        {"but not twice", SCRIPT(ACCEPT, READ, DROP, ACCEPT, READ, DROP), GET, 502,
         "unreachable: %s closed the connection without an answer.", "GET /x [];GET /x [];"},
        {"a POST never moves", SCRIPT(ACCEPT, READ, DROP), POST, 502,
         "lost: The connection to %s broke before an answer came. The write may have happened: "
         "look before sending it again.",
         "POST /x [body];"},
        {"nor after a reset", SCRIPT(ACCEPT, READ, RESET), POST, 502,
         "lost: The connection to %s broke before an answer came. The write may have happened: "
         "look before sending it again.",
         "POST /x [body];"},
        {"nor when only its head was read", SCRIPT(ACCEPT, {ACT_HEAD, NULL, 0}, RESET), POST, 502,
         "lost: The connection to %s broke before an answer came. The write may have happened: "
         "look before sending it again.",
         "POST /x [];"},
        {"nor when its answer was cut off",
         SCRIPT(ACCEPT, READ, SEND(ANSWER("Content-Length: 9\r\n\r\nab")), DROP), POST, 502,
         "lost: The connection to %s broke in the middle of the answer. The write may have "
         "happened: look before sending it again.",
         "POST /x [body];"},
        {"a DELETE is a write", SCRIPT(ACCEPT, READ, DROP), "DELETE /x HTTP/1.1\r\nHost: h\r\n\r\n",
         502,
         "lost: The connection to %s broke before an answer came. The write may have happened: "
         "look before sending it again.",
         "DELETE /x [];"},
    };
    (void)state;
    EXPECT(rows);
}

static bool no_connection_left(const struct server_stats *stats)
{
    return stats->upstream_connections == 0;
}

static bool one_rests(const struct server_stats *stats)
{
    return stats->upstream_idle == 1 && stats->upstream_connections == 1;
}

/* A first request leaves a pooled connection; then a second one comes. */
struct second {
    const char *name;
    const struct act *acts;
    bool noticed; /* the closing is seen before the second request */
    const char *request;
    int status;
    const char *body;
    const char *noted;
    uint64_t connects, retries;
};

static void expect_second(const struct second *row)
{
    struct upstream_stage *upstream = upstream_play(row->acts, NULL);
    struct server_stats stats;
    char want[512];
    stage_init(&stage);
    stage_upstream(&stage, "http", upstream_port(upstream));
    snprintf(want, sizeof want, row->body, stage.api + strlen("http://"));
    stage_open(&stage);
    int fd = client_open(&stage);
    client_send(fd, "GET /first-one HTTP/1.1\r\nHost: h\r\n\r\n");
    expect_reply(fd, 200, "ok");
    if (row->noticed)
        wait_for(&stage, no_connection_left);
    client_send(fd, row->request);
    struct reply reply = client_read(fd, false);
    server_stats(stage.server, &stats);
    if (reply.status != row->status || strcmp(reply.body, want) != 0)
        fail_msg("%s: got %d %s", row->name, reply.status, reply.body);
    if (stats.upstream_connects != row->connects || stats.upstream_retries != row->retries)
        fail_msg("%s: %llu connects, %llu retries", row->name,
                 (unsigned long long)stats.upstream_connects,
                 (unsigned long long)stats.upstream_retries);
    reply_clear(&reply);
    close(fd);
    stage_close(&stage);
    char *noted = upstream_close(upstream);
    if (strcmp(noted, row->noted) != 0)
        fail_msg("%s: upstream saw %s", row->name, noted);
    free(noted);
}

static void pooled_connections(void **state)
{
    const struct second rows[] = {
        {"is used again", SCRIPT(ACCEPT, READ, SEND(OK), READ, SEND(OK), GONE), false, POST, 200,
         "ok", "GET /first-one [];POST /x [body];", 1, 0},
        {"not when upstream said close",
         SCRIPT(ACCEPT, READ, SEND(ANSWER("Connection: close\r\nContent-Length: 2\r\n\r\nok")),
                ACCEPT, READ, SEND(OK), GONE),
         true, POST, 200, "ok", "GET /first-one [];POST /x [body];", 2, 0},
        {"not with bytes behind the answer",
         SCRIPT(ACCEPT, READ, SEND(OK "HTTP/1.1 200 OK\r\n"), ACCEPT, READ, SEND(OK), GONE), true,
         POST, 200, "ok", "GET /first-one [];POST /x [body];", 2, 0},
        {"not with bytes that come later",
         SCRIPT(ACCEPT, READ, SEND(OK), SEND("x"), GONE, ACCEPT, READ, SEND(OK), GONE), true, POST,
         200, "ok", "GET /first-one [];POST /x [body];", 2, 0},
        {"closed and noticed, a GET",
         SCRIPT(ACCEPT, READ, SEND(OK), DROP, ACCEPT, READ, SEND(OK), GONE), true, GET, 200, "ok",
         "GET /first-one [];GET /x [];", 2, 0},
        {"closed and noticed, a POST",
         SCRIPT(ACCEPT, READ, SEND(OK), RESET, ACCEPT, READ, SEND(OK), GONE), true, POST, 200, "ok",
         "GET /first-one [];POST /x [body];", 2, 0},
        {"dies under a GET",
         SCRIPT(ACCEPT, READ, SEND(OK), READ, RESET, ACCEPT, READ, SEND(OK), GONE), false, GET, 200,
         "ok", "GET /first-one [];GET /x [];GET /x [];", 2, 1},
        {"dies under a POST", SCRIPT(ACCEPT, READ, SEND(OK), READ, DROP), false, POST, 502,
         "lost: The connection to %s broke before an answer came. The write may have happened: "
         "look before sending it again.",
         "GET /first-one [];POST /x [body];", 1, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_second(&rows[i]);
}

/* ---- pools ---- */

static void idle_connections_grow_old(void **state)
{
    static const struct act acts[] = {ACCEPT, READ, SEND(OK), GONE, SIGNAL, END};
    struct upstream_stage *upstream = upstream_play(acts, NULL);
    (void)state;
    stage.settings.upstream.idle_ms = 60;
    stage_upstream(&stage, "http", upstream_port(upstream));
    stage_open(&stage);
    expect_exchange(&stage, GET, 200, "ok");
    wait_for(&stage, no_connection_left);
    upstream_wait(upstream);
    stage_close(&stage);
    free(upstream_close(upstream));
}

static void few_idle_connections_are_kept(void **state)
{
    struct upstream_stage *upstream = upstream_echo(NULL);
    struct server_stats stats;
    (void)state;
    stage.settings.upstream.idle = 1;
    stage_upstream(&stage, "http", upstream_port(upstream));
    stage_open(&stage);
    expect_exchange(&stage, "GET /both HTTP/1.1\r\nHost: h\r\n\r\n", 200, "GET /a |GET /b ");
    wait_for(&stage, one_rests);
    server_stats(stage.server, &stats);
    assert_int_equal(stats.upstream_connects, 2);
    stage_close(&stage);
    free(upstream_close(upstream));
}

static bool one_waits(const struct server_stats *stats)
{
    return stats->upstream_waiting == 1;
}

static bool nobody_waits(const struct server_stats *stats)
{
    return stats->upstream_waiting == 0;
}

static bool busy_and_waiting(const struct server_stats *stats)
{
    return stats->upstream_waiting == 1 && stats->upstream_connections == 1;
}

static void calls_wait_for_a_connection(void **state)
{
    static const struct act acts[] = {ACCEPT, READ,     SIGNAL, HOLD,   SEND(OK),
                                      READ,   SEND(OK), GONE,   SIGNAL, END};
    struct upstream_stage *upstream = upstream_play(acts, NULL);
    (void)state;
    stage.settings.upstream.connections = 1;
    stage.settings.upstream.waiting = 1;
    stage_upstream(&stage, "http", upstream_port(upstream));
    stage_open(&stage);
    int first = client_open(&stage);
    int second = client_open(&stage);
    client_send(first, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
    upstream_wait(upstream);
    client_send(second, "POST /2 HTTP/1.1\r\nHost: h\r\n\r\n");
    wait_for(&stage, busy_and_waiting);
    char want[256];
    snprintf(want, sizeof want,
             "busy: 1 calls wait for a connection to %s already (upstream.waiting).",
             stage.api + strlen("http://"));
    expect_exchange(&stage, "GET /3 HTTP/1.1\r\nHost: h\r\n\r\n", 502, want);
    upstream_go(upstream);
    expect_reply(first, 200, "ok");
    expect_reply(second, 200, "ok");
    close(first);
    close(second);
    stage_close(&stage);
    char *noted = upstream_close(upstream);
    assert_string_equal(noted, "GET /1 [];POST /2 [];");
    free(noted);
}

static void one_who_waits_may_leave(void **state)
{
    static const struct act acts[] = {ACCEPT, READ, SIGNAL, HOLD, SEND(OK), GONE, END};
    struct upstream_stage *upstream = upstream_play(acts, NULL);
    (void)state;
    stage.settings.upstream.connections = 1;
    stage_upstream(&stage, "http", upstream_port(upstream));
    stage_open(&stage);
    int first = client_open(&stage);
    int second = client_open(&stage);
    client_send(first, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
    upstream_wait(upstream);
    client_send(second, "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
    wait_for(&stage, one_waits);
    close(second);
    wait_for(&stage, nobody_waits);
    upstream_go(upstream);
    expect_reply(first, 200, "ok");
    wait_for(&stage, one_rests);
    close(first);
    stage_close(&stage);
    char *noted = upstream_close(upstream);
    assert_string_equal(noted, "GET /1 [];");
    free(noted);
}

/* One of two calls answers; the other one's connection is closed. */
static void cancelled_calls(void **state)
{
    static const struct act acts[] = {ACCEPT, READ,   ACCEPT, READ, SEND(OK), {ACT_USE, NULL, 0},
                                      GONE,   SIGNAL, HOLD,   END};
    struct upstream_stage *upstream = upstream_play(acts, NULL);
    (void)state;
    stage_upstream(&stage, "http", upstream_port(upstream));
    stage_open(&stage);
    int fd = client_open(&stage);
    client_send(fd, "GET /first HTTP/1.1\r\nHost: h\r\n\r\n");
    expect_reply(fd, 200, "ok");
    upstream_wait(upstream);
    wait_for(&stage, one_rests);
    upstream_go(upstream);
    close(fd);
    stage_close(&stage);
    free(upstream_close(upstream));
}

/* ---- connecting ---- */

static void nobody_listens(void **state)
{
    struct server_stats stats;
    (void)state;
    stage_open(&stage);
    expect_exchange(&stage, POST, 502,
                    "unreachable: No connection to 127.0.0.1:1: Connection refused.");
    server_stats(stage.server, &stats);
    assert_int_equal(stats.upstream_calls[FAULT_UNREACHABLE], 1);
    stage_close(&stage);
}

static void nobody_has_that_name(void **state)
{
    (void)state;
    stage.settings.upstream.api = "http://shopshim-test.invalid:8080";
    stage_open(&stage);
    expect_exchange(
        &stage, GET, 502,
        "unreachable: No address was found for the name of shopshim-test.invalid:8080.");
    stage_close(&stage);
}

/* TLS that is never greeted back. */
static void connecting_takes_too_long(void **state)
{
    static const struct act acts[] = {ACCEPT, GONE, END};
    struct upstream_stage *upstream = upstream_play(acts, NULL);
    char want[256];
    (void)state;
    stage.settings.upstream.connect_ms = 100;
    stage_upstream(&stage, "https", upstream_port(upstream));
    stage_open(&stage);
    snprintf(want, sizeof want, "timeout: No connection to %s within 100 ms (upstream.connect_ms).",
             stage.api + strlen("https://"));
    expect_exchange(&stage, GET, 502, want);
    stage_close(&stage);
    free(upstream_close(upstream));
}

/* A proxy of the environment is asked for a tunnel, whatever the origin. */
static void through_a_proxy(void **state)
{
    static const struct act acts[] = {ACCEPT,   READ,     SEND("HTTP/1.1 200 Go on\r\n\r\n"),
                                      READ,     SEND(OK), READ,
                                      SEND(OK), GONE,     END};
    struct upstream_stage *upstream = upstream_play(acts, NULL);
    char proxy[64];
    (void)state;
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", upstream_port(upstream));
    setenv("http_proxy", proxy, 1);
    stage.settings.upstream.api = "http://far.example:8000";
    stage_open(&stage);
    expect_exchange(&stage, GET, 200, "ok");
    expect_exchange(&stage, POST, 200, "ok");
    unsetenv("http_proxy");
    stage_close(&stage);
    char *noted = upstream_close(upstream);
    assert_string_equal(noted, "CONNECT far.example:8000 [];GET /x [];POST /x [body];");
    free(noted);
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

/* ---- large writes to an upstream that does not read ---- */

enum { LARGE = 40000000 };

static bool all_came(const struct server_stats *stats)
{
    return stats->bytes_in > LARGE;
}

struct large_write {
    const char *name;
    const struct act *acts; /* behind the head, once the server can send no more */
    int status;
    const char *body;
};

static void expect_large_write(const struct large_write *row)
{
    struct act acts[16] = {ACCEPT, {ACT_HEAD, NULL, 0}, HOLD};
    char want[512], *body = calloc(1, LARGE);
    assert_non_null(body);
    for (size_t i = 0; row->acts[i].kind != ACT_END; i++)
        acts[3 + i] = row->acts[i];
    struct upstream_stage *upstream = upstream_play(acts, NULL);
    stage_init(&stage);
    stage.settings.client.body_bytes = LARGE;
    stage_upstream(&stage, "http", upstream_port(upstream));
    snprintf(want, sizeof want, row->body, strstr(stage.api, "127."));
    stage_open(&stage);
    int fd = client_open(&stage);
    client_send(fd, "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 40000000\r\n\r\n");
    client_send_bytes(fd, body, LARGE);
    wait_for(&stage, all_came);
    upstream_go(upstream);
    struct reply reply = client_read(fd, false);
    if (reply.status != row->status || strcmp(reply.body, want) != 0)
        fail_msg("%s: got %d %s", row->name, reply.status, reply.body);
    reply_clear(&reply);
    close(fd);
    free(body);
    stage_close(&stage);
    free(upstream_close(upstream));
}

static void large_writes(void **state)
{
    const struct large_write rows[] = {
        {"taken late", SCRIPT({ACT_TAKE, NULL, LARGE}, SEND(OK), GONE), 200, "ok"},
        {"answered early", SCRIPT(SEND("HTTP/1.1 413 No\r\nContent-Length: 5\r\n\r\nlarge"), GONE),
         200, "large"},
        {"answered early and closed in order",
         SCRIPT(SEND("HTTP/1.1 413 No\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlarge"),
                GONE, DROP),
         200, "large"},
        {"reset", SCRIPT(RESET), 502,
         "lost: The connection to %s broke before an answer came. The write may have happened: "
         "look before sending it again."},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_large_write(&rows[i]);
}

/* A pooled connection is found dead by the sending itself: nothing was sent, so that even a
 * write moves. */
static void dead_before_a_byte_was_sent(void **state)
{
    static const struct act acts[] = {ACCEPT, READ, SEND(OK), HOLD, RESET, SIGNAL,
                                      ACCEPT, READ, SEND(OK), GONE, END};
    struct upstream_stage *upstream = upstream_play(acts, NULL);
    struct server_stats stats;
    (void)state;
    stage_upstream(&stage, "http", upstream_port(upstream));
    stage_open(&stage);
    int fd = client_open(&stage);
    client_send(fd, GET);
    expect_reply(fd, 200, "ok");
    client_send(fd, "POST /block HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody");
    relay_await_block();
    upstream_go(upstream);
    upstream_wait(upstream);
    relay_unblock();
    expect_reply(fd, 200, "ok");
    server_stats(stage.server, &stats);
    assert_int_equal(stats.upstream_retries, 1);
    close(fd);
    stage_close(&stage);
    char *noted = upstream_close(upstream);
    assert_string_equal(noted, "GET /x [];POST /block [body];");
    free(noted);
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
        cmocka_unit_test(broken_connections),
        cmocka_unit_test(pooled_connections),
        cmocka_unit_test_setup(idle_connections_grow_old, open_stage),
        cmocka_unit_test_setup(few_idle_connections_are_kept, open_stage),
        cmocka_unit_test_setup(calls_wait_for_a_connection, open_stage),
        cmocka_unit_test_setup(one_who_waits_may_leave, open_stage),
        cmocka_unit_test_setup(cancelled_calls, open_stage),
        cmocka_unit_test_setup(nobody_listens, open_stage),
        cmocka_unit_test_setup(nobody_has_that_name, open_stage),
        cmocka_unit_test_setup(connecting_takes_too_long, open_stage),
        cmocka_unit_test_setup(through_a_proxy, open_stage),
        cmocka_unit_test(facts_of_answers),
        cmocka_unit_test_setup(what_upstream_is_sent, open_stage),
        cmocka_unit_test(large_answers),
        cmocka_unit_test(large_writes),
        cmocka_unit_test_setup(dead_before_a_byte_was_sent, open_stage),
        cmocka_unit_test_setup(memory_of_answers, open_stage),
    };
    return cmocka_run_group_tests_name("net_upstream", tests, NULL, NULL);
}
