/* Connections to upstream: made, kept, waited for, given up. */
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

static bool no_connection_left(const struct server_stats *stats)
{
    return stats->upstream_connections == 0;
}

static bool one_rests(const struct server_stats *stats)
{
    return stats->upstream_idle == 1 && stats->upstream_connections == 1;
}

/* A first request leaves a pooled connection; then a second one comes. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(idle_connections_grow_old, open_stage),
        cmocka_unit_test_setup(few_idle_connections_are_kept, open_stage),
        cmocka_unit_test_setup(calls_wait_for_a_connection, open_stage),
        cmocka_unit_test_setup(one_who_waits_may_leave, open_stage),
        cmocka_unit_test_setup(cancelled_calls, open_stage),
        cmocka_unit_test_setup(nobody_listens, open_stage),
        cmocka_unit_test_setup(nobody_has_that_name, open_stage),
        cmocka_unit_test_setup(connecting_takes_too_long, open_stage),
        cmocka_unit_test_setup(through_a_proxy, open_stage),
    };
    return cmocka_run_group_tests_name("net_pool", tests, NULL, NULL);
}
