/* Every way a connection to upstream may break, and what is sent again. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_connections),
        cmocka_unit_test(pooled_connections),
        cmocka_unit_test(large_writes),
        cmocka_unit_test_setup(dead_before_a_byte_was_sent, open_stage),
    };
    return cmocka_run_group_tests_name("net_break", tests, NULL, NULL);
}
