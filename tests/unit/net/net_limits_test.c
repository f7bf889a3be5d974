/* Bounds and endings: time-outs, limits, clients that vanish, wakes, drain, reload. */
#include "stage.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static struct stage stage;

static int open_stage(void **state)
{
    (void)state;
    stage_init(&stage);
    return 0;
}

static bool one_abandoned(const struct server_stats *stats)
{
    return stats->abandoned == 1 && stats->running == 0;
}

static bool twenty_came_and_went(const struct server_stats *stats)
{
    return stats->accepted == 20 && stats->connections == 0 && stats->running == 0;
}

static bool one_idle(const struct server_stats *stats)
{
    return stats->connections == 1 && stats->running == 0;
}

/* ---- time-outs ---- */

struct late {
    const char *name;
    const char *bytes;
    int status; /* 0: closed without a word */
    const char *body;
};

static void late_requests(void **state)
{
    static const struct late rows[] = {
        {"silence", "", 0, ""},
        {"half a line", "GET /local HT", 408,
         "http: The request did not arrive in time (client.head_ms)."},
        {"half a head", "GET /local HTTP/1.1\r\nHost: h\r\n", 408,
         "http: The request did not arrive in time (client.head_ms)."},
        {"no body", "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n", 408,
         "http: The request did not arrive in time (client.body_ms)."},
        {"half a body", "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nab", 408,
         "http: The request did not arrive in time (client.body_ms)."},
    };
    (void)state;
    stage.settings.client.head_ms = 60;
    stage.settings.client.body_ms = 60;
    stage_open(&stage);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int fd = client_open(&stage);
        client_send(fd, rows[i].bytes);
        expect_reply(fd, rows[i].status, rows[i].body);
        expect_closed(fd);
        close(fd);
    }
    stage_close(&stage);
}

static void idle_connections_end(void **state)
{
    (void)state;
    stage.settings.client.idle_ms = 60;
    stage_open(&stage);
    int fd = client_open(&stage);
    client_send(fd, "GET /local HTTP/1.1\r\nHost: h\r\n\r\n");
    expect_reply(fd, 200, "local");
    expect_closed(fd);
    close(fd);
    stage_close(&stage);
}

static void answers_nobody_takes(void **state)
{
    (void)state;
    stage.settings.client.write_ms = 100;
    stage_open(&stage);
    int fd = client_open(&stage);
    client_send(fd, "GET /bytes?30000000 HTTP/1.1\r\nHost: h\r\n\r\n");
    wait_for(&stage, one_abandoned);
    close(fd);
    stage_close(&stage);
}

static void deadline_of_a_request(void **state)
{
    (void)state;
    stage.exchange.deadline_ms = 60;
    stage_open(&stage);
    int fd = client_open(&stage);
    client_send(fd, "GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
    expect_reply(fd, 504, "timeout: deadline");
    client_send(fd, "GET /local HTTP/1.1\r\nHost: h\r\n\r\n");
    expect_reply(fd, 200, "local");
    close(fd);
    stage_close(&stage);
}

/* ---- limits ---- */

static void limits_of_heads(void **state)
{
    static const struct {
        const char *name;
        int line, field, fields;
        int status;
        const char *body;
    } rows[] = {
        {"as allowed", 200, 200, 5, 200, ""},
        {"line", 300, 1, 1, 414,
         "too_large: The request line is longer than 256 bytes (client.line_bytes)."},
        {"head", 1, 1100, 1, 431,
         "too_large: The head is longer than 1024 bytes (client.head_bytes) or has more than 8 "
         "fields (client.fields)."},
        {"fields", 1, 1, 12, 431,
         "too_large: The head is longer than 1024 bytes (client.head_bytes) or has more than 8 "
         "fields (client.fields)."},
    };
    (void)state;
    stage.settings.client.line_bytes = 256;
    stage.settings.client.head_bytes = 1024;
    stage.settings.client.fields = 8;
    stage_open(&stage);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[4096];
        int n = sprintf(text, "GET /bytes?%0*d HTTP/1.1\r\nHost: h\r\nX: %0*d\r\n", rows[i].line, 0,
                        rows[i].field, 0);
        for (int k = 0; k < rows[i].fields; k++)
            n += sprintf(text + n, "F%d: v\r\n", k);
        sprintf(text + n, "\r\n");
        expect_exchange(&stage, text, rows[i].status, rows[i].body);
    }
    stage_close(&stage);
}

/* The client goes on sending, and still reads why it was refused. */
static void refusal_reaches_a_sender(void **state)
{
    char *block = calloc(1, 1 << 20);
    (void)state;
    assert_non_null(block);
    stage.settings.client.body_bytes = 1000;
    stage_open(&stage);
    int fd = client_open(&stage);
    client_send(fd, "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4000000\r\n\r\n");
    for (int i = 0; i < 4; i++)
        client_send_bytes(fd, block, 1000000);
    expect_reply(fd, 413, "too_large: The body is longer than 1000 bytes (client.body_bytes).");
    expect_closed(fd);
    close(fd);
    free(block);
    stage_close(&stage);
}

static void memory_of_bodies(void **state)
{
    char *block = calloc(1, 2000000);
    (void)state;
    assert_non_null(block);
    stage.settings.client.memory_bytes = 1 << 20;
    stage_open(&stage);
    int fd = client_open(&stage);
    client_send(fd, "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n");
    client_send_bytes(fd, block, 2000000);
    expect_reply(fd, 503,
                 "busy: There is no room for this body now: those under way reach the maximum "
                 "(client.memory_bytes).");
    close(fd);
    free(block);
    stage_close(&stage);
}

static void too_many_connections(void **state)
{
    (void)state;
    stage.settings.client.connections = 2;
    stage_open(&stage);
    int first = client_open(&stage);
    int second = client_open(&stage);
    client_send(first, "GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
    client_send(second, "GET /local HT");
    relay_await_wait();
    expect_exchange(&stage, "", 503, "busy: 2 connections are open already (client.connections).");
    client_send(second, "TP/1.1\r\nHost: h\r\n\r\n");
    expect_reply(second, 200, "local");
    /* The second one is idle now and makes room. */
    expect_exchange(&stage, "GET /local HTTP/1.1\r\nHost: h\r\n\r\n", 200, "local");
    expect_closed(second);
    close(first);
    close(second);
    stage_close(&stage);
}

/* Far over the limit there is not even an answer. */
static void far_too_many_connections(void **state)
{
    enum { MANY = 80 };
    int fds[MANY], answered = 0;
    (void)state;
    stage.settings.client.connections = 1;
    stage_open(&stage);
    int first = client_open(&stage);
    client_send(first, "GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
    relay_await_wait();
    for (int i = 0; i < MANY; i++)
        fds[i] = client_open(&stage);
    for (int i = 0; i < MANY; i++) {
        struct reply reply = client_read(fds[i], false);
        assert_true(reply.status == 503 || reply.status == 0);
        answered += reply.status == 503;
        reply_clear(&reply);
    }
    assert_true(answered > 0 && answered < MANY);
    for (int i = 0; i < MANY; i++)
        close(fds[i]);
    relay_wake();
    expect_reply(first, 200, "woken");
    close(first);
    stage_close(&stage);
}

/* The process runs out of descriptors, and goes on when there are some again. */
static void no_more_descriptors(void **state)
{
    struct rlimit before, few;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    (void)state;
    stage_open(&stage);
    address.sin_port = htons((uint16_t)server_port(stage.server));
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    few = before;
    few.rlim_cur = (rlim_t)fd + 1;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    client_send(fd, "GET /local HTTP/1.1\r\nHost: h\r\n\r\n");
    usleep(20000); /* so that it was refused by then; else the test shows less, and still holds */
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    expect_reply(fd, 200, "local");
    close(fd);
    stage_close(&stage);
}

/* ---- clients that vanish ---- */

static void client_vanishes(void **state)
{
    static const struct act acts[] = {{ACT_ACCEPT, NULL, 0}, {ACT_READ, NULL, 0},
                                      {ACT_SIGNAL, NULL, 0}, {ACT_GONE, NULL, 0},
                                      {ACT_SIGNAL, NULL, 0}, {ACT_END, NULL, 0}};
    struct upstream_stage *upstream = upstream_play(acts, NULL);
    int before = relay_cancelled();
    (void)state;
    stage_upstream(&stage, "http", upstream_port(upstream));
    stage_open(&stage);
    int fd = client_open(&stage);
    client_send(fd, "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab");
    upstream_wait(upstream);
    close(fd);
    wait_for(&stage, one_abandoned);
    upstream_wait(upstream); /* its connection was closed: nobody waits for the answer */
    assert_int_equal(relay_alive(), 0);
    assert_int_equal(relay_cancelled(), before + 1);
    stage_close(&stage);
    char *noted = upstream_close(upstream);
    assert_string_equal(noted, "POST /a [ab];");
    free(noted);
}

static void client_resets_while_it_is_written_to(void **state)
{
    struct linger now = {.l_onoff = 1};
    (void)state;
    stage_open(&stage);
    for (int i = 0; i < 20; i++) {
        int fd = client_open(&stage);
        client_send(fd, "GET /bytes?9000000 HTTP/1.1\r\nHost: h\r\n\r\n");
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        close(fd);
    }
    wait_for(&stage, twenty_came_and_went);
    assert_int_equal(relay_alive(), 0);
    stage_close(&stage);
}

/* ---- wakes ---- */

static void wakes(void **state)
{
    (void)state;
    stage_open(&stage);
    int fd = client_open(&stage);
    client_send(fd, "GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
    relay_await_wait();
    relay_wake();
    expect_reply(fd, 200, "woken");
    /* Late ones find nothing, or another request, which they leave alone. */
    wait_for(&stage, one_idle);
    relay_wake();
    client_send(fd, "GET /local HTTP/1.1\r\nHost: h\r\n\r\n");
    relay_wake();
    expect_reply(fd, 200, "local");
    close(fd);
    stage_close(&stage);
}

/* ---- drain, stop, reload ---- */

static void drain_lets_requests_end(void **state)
{
    (void)state;
    stage.settings.workers = 2;
    stage_open(&stage);
    int idle = client_open(&stage);
    int busy = client_open(&stage);
    client_send(idle, "GET /local HTTP/1.1\r\nHost: h\r\n\r\n");
    expect_reply(idle, 200, "local");
    client_send(busy, "GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
    relay_await_wait();
    server_drain(stage.server);
    assert_false(server_ready(stage.server));
    expect_closed(idle);
    relay_wake();
    struct reply reply = client_read(busy, false);
    assert_string_equal(reply.body, "woken");
    assert_non_null(strstr(reply.head, "\r\nConnection: close\r\n"));
    reply_clear(&reply);
    expect_closed(busy);
    assert_true(server_stop(stage.server, 5000));
    close(idle);
    close(busy);
    stage_close(&stage);
}

static void stop_cuts_off_at_the_end(void **state)
{
    (void)state;
    stage_open(&stage);
    int fd = client_open(&stage);
    client_send(fd, "GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
    relay_await_wait();
    assert_false(server_stop(stage.server, 30));
    expect_closed(fd);
    close(fd);
    stage_close(&stage);
}

static void reload_leaves_running_requests_alone(void **state)
{
    (void)state;
    stage_open(&stage);
    struct plans *second = relay_plans_new("second");
    struct server_stats stats;
    int waiting = client_open(&stage);
    client_send(waiting, "GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
    relay_await_wait();
    expect_exchange(&stage, "GET /plans HTTP/1.1\r\nHost: h\r\n\r\n", 200, "first");
    server_stats(stage.server, &stats);
    assert_int_equal(stats.unknown_values, 5);
    server_reload(stage.server, second);
    plans_unref(second);
    expect_exchange(&stage, "GET /plans HTTP/1.1\r\nHost: h\r\n\r\n", 200, "second");
    server_stats(stage.server, &stats);
    assert_int_equal(stats.unknown_values, 6);
    relay_wake(); /* its plans are still there, or the sanitizer says so */
    expect_reply(waiting, 200, "woken");
    close(waiting);
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(late_requests, open_stage),
        cmocka_unit_test_setup(idle_connections_end, open_stage),
        cmocka_unit_test_setup(answers_nobody_takes, open_stage),
        cmocka_unit_test_setup(deadline_of_a_request, open_stage),
        cmocka_unit_test_setup(limits_of_heads, open_stage),
        cmocka_unit_test_setup(refusal_reaches_a_sender, open_stage),
        cmocka_unit_test_setup(memory_of_bodies, open_stage),
        cmocka_unit_test_setup(too_many_connections, open_stage),
        cmocka_unit_test_setup(far_too_many_connections, open_stage),
        cmocka_unit_test_setup(no_more_descriptors, open_stage),
        cmocka_unit_test_setup(client_vanishes, open_stage),
        cmocka_unit_test_setup(client_resets_while_it_is_written_to, open_stage),
        cmocka_unit_test_setup(wakes, open_stage),
        cmocka_unit_test_setup(drain_lets_requests_end, open_stage),
        cmocka_unit_test_setup(stop_cuts_off_at_the_end, open_stage),
        cmocka_unit_test_setup(reload_leaves_running_requests_alone, open_stage),
    };
    return cmocka_run_group_tests_name("net_limits", tests, NULL, NULL);
}
