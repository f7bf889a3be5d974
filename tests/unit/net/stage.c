/*
 * The server under test and its clients.
 */
#include "stage.h"
#include "base/log.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_S = 10 };

static int64_t now(void *ctx)
{
    (void)ctx;
    return (int64_t)time(NULL) * 1000;
}

/* ---- the server ---- */

void stage_init(struct stage *stage)
{
    *stage = (struct stage){.settings = server_default_settings};
    log_set_level(LOG_OFF);
    relay_reset();
    stage->exchange.deadline_ms = 30000;
    stage->settings.listen = "127.0.0.1:0";
    stage->settings.workers = 1;
    stage->plans = relay_plans_new("first");
    stage_upstream(stage, "http", 1);
}

void stage_upstream(struct stage *stage, const char *scheme, int port)
{
    snprintf(stage->api, sizeof stage->api, "%s://127.0.0.1:%d", scheme, port);
    snprintf(stage->auth, sizeof stage->auth, "%s://127.0.0.1:%d/as", scheme, port);
    stage->settings.upstream.api = stage->api;
    stage->settings.upstream.auth = stage->auth;
}

void stage_open(struct stage *stage)
{
    struct fault fault = {0};
    struct exchange_common common = {.settings = &stage->exchange, .clock = {now, NULL}};
    stage->server = server_new(&stage->settings, &common, stage->plans, &fault);
    if (!stage->server)
        fail_msg("server_new: %s", fault.text);
    if (!server_start(stage->server, &fault))
        fail_msg("server_start: %s", fault.text);
    assert_true(server_ready(stage->server));
}

void stage_close(struct stage *stage)
{
    server_stop(stage->server, 0);
    server_free(stage->server);
    plans_unref(stage->plans);
    assert_int_equal(relay_alive(), 0);
}

void wait_for(const struct stage *stage, bool (*condition)(const struct server_stats *stats))
{
    struct server_stats stats;
    for (int i = 0; i < PATIENCE_S * 1000; i++) {
        server_stats(stage->server, &stats);
        if (condition(&stats))
            return;
        usleep(1000);
    }
    fail_msg("the server never came to that state");
}

/* ---- clients ---- */

int client_open(const struct stage *stage)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)server_port(stage->server)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = PATIENCE_S};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

void client_send_bytes(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
        if (sent <= 0) /* the server closed early: what it says is read next */
            return;
        p += sent;
        n -= (size_t)sent;
    }
}

void client_send(int fd, const char *text)
{
    client_send_bytes(fd, text, strlen(text));
}

static char *read_head(int fd)
{
    char *head = calloc(1, 65536);
    size_t n = 0;
    assert_non_null(head);
    while (n < 65535 && (n < 4 || memcmp(head + n - 4, "\r\n\r\n", 4) != 0)) {
        ssize_t got = recv(fd, head + n, 1, 0);
        if (got <= 0) {
            assert_int_equal(n, 0);
            break;
        }
        n++;
    }
    return head;
}

struct reply client_read(int fd, bool to_head)
{
    struct reply reply = {.head = read_head(fd)};
    const char *length = strcasestr(reply.head, "\r\nContent-Length: ");
    if (reply.head[0])
        reply.status = atoi(reply.head + strlen("HTTP/1.1 "));
    if (length && !to_head)
        reply.body_length = strtoul(length + strlen("\r\nContent-Length: "), NULL, 10);
    reply.body = calloc(1, reply.body_length + 1);
    assert_non_null(reply.body);
    for (size_t n = 0; n < reply.body_length;) {
        ssize_t got = recv(fd, reply.body + n, reply.body_length - n, 0);
        assert_true(got > 0);
        n += (size_t)got;
    }
    return reply;
}

void reply_clear(struct reply *reply)
{
    free(reply->head);
    free(reply->body);
}

void expect_reply(int fd, int status, const char *body)
{
    struct reply reply = client_read(fd, false);
    if (status != reply.status)
        print_error("expected %d, got:\n%s%s\n", status, reply.head, reply.body);
    assert_int_equal(reply.status, status);
    assert_string_equal(reply.body, body);
    reply_clear(&reply);
}

void expect_closed(int fd)
{
    char byte;
    assert_true(recv(fd, &byte, 1, 0) <= 0);
}

void expect_exchange(const struct stage *stage, const char *request, int status, const char *body)
{
    int fd = client_open(stage);
    client_send(fd, request);
    expect_reply(fd, status, body);
    close(fd);
}
