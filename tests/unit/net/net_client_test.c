/* Clients: keeping alive, sending ahead, every way bytes may be cut, large bodies. */
#include "stage.h"
#include <sched.h>
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

/* ---- talks ---- */

struct talk {
    const char *name;
    const char *bytes;
    const char *expected; /* "status body;" for each answer, "closed" when it closes then */
};

static const struct talk talks[] = {
    {"one", "GET /local HTTP/1.1\r\nHost: h\r\n\r\n", "200 local;"},
    {"two at once",
     "GET /local HTTP/1.1\r\nHost: h\r\n\r\nGET /bytes?3 HTTP/1.1\r\nHost: h\r\n\r\n",
     "200 local;200 abc;"},
    {"bodies at once",
     "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nxyz"
     "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"
     "GET /c?d HTTP/1.1\r\nHost: h\r\n\r\n",
     "200 POST /a xyz;200 POST /b ;200 GET /c?d ;"},
    {"chunks",
     "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
     "3\r\nabc\r\n1;x=y\r\nd\r\n0\r\nT: v\r\n\r\nGET /local HTTP/1.1\r\nHost: h\r\n\r\n",
     "200 POST /a abcd;200 local;"},
    {"an empty body with a method that has one",
     "PUT /a HTTP/1.1\r\nHost: h\r\n\r\nGET /local HTTP/1.1\r\nHost: h\r\n\r\n",
     "200 PUT /a ;200 local;"},
    {"the other origin, and its prefix", "GET /auth/x HTTP/1.1\r\nHost: h\r\n\r\n",
     "200 GET /as/auth/x ;"},
    {"close is asked for", "GET /local HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
     "200 local;closed"},
    {"nothing is served behind a close",
     "GET /local HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
     "GET /local HTTP/1.1\r\nHost: h\r\n\r\n",
     "200 local;closed"},
    {"HTTP/1.0", "GET /local HTTP/1.0\r\n\r\n", "200 local;closed"},
    {"HTTP/1.0 kept", "GET /local HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "200 local;"},
    {"two empty answers",
     "GET /bytes?0 HTTP/1.1\r\nHost: h\r\n\r\nGET /bytes?0 HTTP/1.1\r\nHost: h\r\n\r\n",
     "200 ;200 ;"},
    {"empty lines before a request", "\r\n\r\nGET /local HTTP/1.1\r\nHost: h\r\n\r\n",
     "200 local;"},
    {"an expectation whose body came along",
     "POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab",
     "200 POST /a ab;"},
    {"broken from the start", "\x16\x03\x01\x02",
     "400 http: The message does not begin as HTTP "
     "does.;closed"},
    {"broken behind a good one",
     "GET /local HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost : h\r\n\r\n",
     "200 local;400 *;closed"},
    {"no host", "GET / HTTP/1.1\r\n\r\n", "400 *;closed"},
    {"another version", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", "505 *;closed"},
    {"two framings",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
     "400 *;closed"},
    {"a bad chunk", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
     "400 *;closed"},
    {"a body too long by its length",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000001\r\n\r\n",
     "413 too_large: The body is longer than 2000000 bytes (client.body_bytes).;closed"},
    {"CONNECT", "CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n", "501 *;closed"},
    {"an unknown expectation",
     "POST / HTTP/1.1\r\nHost: h\r\nExpect: more\r\nContent-Length: 1\r\n\r\nx", "417 *;closed"},
};

/* Compares up to the ';'; '*' stands for any body. */
static const char *expect_one(const char *name, int fd, const char *expected)
{
    char got[256];
    struct reply reply = client_read(fd, false);
    if (reply.status == 100) { /* asked for, and its body came late enough */
        reply_clear(&reply);
        reply = client_read(fd, false);
    }
    size_t n = strcspn(expected, ";");
    bool any = n > 0 && expected[n - 1] == '*';
    snprintf(got, sizeof got, "%d %s", reply.status, reply.body);
    if (strncmp(got, expected, any ? n - 1 : n) != 0 || (!any && strlen(got) != n))
        fail_msg("%s: expected %.*s, got %s", name, (int)n, expected, got);
    reply_clear(&reply);
    return expected + n + 1;
}

static void expect_talk(const struct talk *talk, int fd)
{
    const char *expected = talk->expected;
    while (*expected && strcmp(expected, "closed") != 0)
        expected = expect_one(talk->name, fd, expected);
    if (*expected) {
        expect_closed(fd);
    } else {
        /* Still open: it serves another one. */
        client_send(fd, "GET /local HTTP/1.1\r\nHost: h\r\n\r\n");
        expect_reply(fd, 200, "local");
    }
}

/* `step` bytes at a time, each in a packet of its own. */
static void hold_talks(size_t step)
{
    struct upstream_stage *upstream = upstream_echo(NULL);
    stage_upstream(&stage, "http", upstream_port(upstream));
    stage.settings.client.body_bytes = 2000000;
    stage_open(&stage);
    for (size_t i = 0; i < sizeof talks / sizeof *talks; i++) {
        int fd = client_open(&stage);
        size_t n = strlen(talks[i].bytes);
        for (size_t at = 0; at < n; at += step) {
            client_send_bytes(fd, talks[i].bytes + at, n - at < step ? n - at : step);
            if (step < n)
                sched_yield();
        }
        expect_talk(&talks[i], fd);
        close(fd);
    }
    stage_close(&stage);
    free(upstream_close(upstream));
}

static void talks_at_once(void **state)
{
    (void)state;
    hold_talks(1 << 20);
}

static void talks_in_pieces(void **state)
{
    (void)state;
    hold_talks(7);
}

static void talks_byte_by_byte(void **state)
{
    (void)state;
    hold_talks(1);
}

/* ---- heads ---- */

static void head_has_no_body(void **state)
{
    (void)state;
    stage_open(&stage);
    int fd = client_open(&stage);
    client_send(fd, "HEAD /local HTTP/1.1\r\nHost: h\r\n\r\n");
    struct reply reply = client_read(fd, true);
    assert_int_equal(reply.status, 200);
    assert_non_null(strstr(reply.head, "\r\nContent-Length: 5\r\n"));
    reply_clear(&reply);
    client_send(fd, "GET /local HTTP/1.1\r\nHost: h\r\n\r\n");
    expect_reply(fd, 200, "local");
    close(fd);
    stage_close(&stage);
}

struct field {
    const char *name;
    const char *request;
    const char *expected, *unexpected;
};

static void fields_of_answers(void **state)
{
    static const struct field fields[] = {
        {"kept", "GET /local HTTP/1.1\r\nHost: h\r\n\r\n", "\r\nContent-Type: text/plain\r\n",
         "Connection:"},
        {"a date", "GET /local HTTP/1.1\r\nHost: h\r\n\r\n", "\r\nDate: ", "Connection:"},
        {"close", "GET /local HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
         "\r\nConnection: close\r\n", "keep-alive"},
        {"1.0 kept", "GET /local HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
         "\r\nConnection: keep-alive\r\n", "close"},
        {"broken", "GET / HTTP/1.1\r\n\r\n", "\r\nConnection: close\r\n", "keep-alive"},
    };
    (void)state;
    stage_open(&stage);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        int fd = client_open(&stage);
        client_send(fd, fields[i].request);
        struct reply reply = client_read(fd, false);
        if (!strstr(reply.head, fields[i].expected) || strstr(reply.head, fields[i].unexpected))
            fail_msg("%s: got %s", fields[i].name, reply.head);
        reply_clear(&reply);
        close(fd);
    }
    stage_close(&stage);
}

static void expectation_is_met(void **state)
{
    struct upstream_stage *upstream = upstream_echo(NULL);
    (void)state;
    stage_upstream(&stage, "http", upstream_port(upstream));
    stage_open(&stage);
    int fd = client_open(&stage);
    client_send(fd, "POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                    "Content-Length: 4\r\n\r\n");
    struct reply interim = client_read(fd, true);
    assert_int_equal(interim.status, 100);
    reply_clear(&interim);
    client_send(fd, "body");
    expect_reply(fd, 200, "POST /a body");
    close(fd);
    stage_close(&stage);
    free(upstream_close(upstream));
}

/* A head larger than a block of input, then a body behind it. */
static void long_head(void **state)
{
    struct upstream_stage *upstream = upstream_echo(NULL);
    char *text = malloc(40000);
    (void)state;
    assert_non_null(text);
    int n = sprintf(text, "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 6000\r\n");
    for (int i = 0; i < 3; i++)
        n += sprintf(text + n, "F%d: %07000d\r\n", i, i);
    n += sprintf(text + n, "\r\n%06000d", 7);
    stage_upstream(&stage, "http", upstream_port(upstream));
    stage_open(&stage);
    int fd = client_open(&stage);
    client_send_bytes(fd, text, (size_t)n);
    struct reply reply = client_read(fd, false);
    assert_int_equal(reply.status, 200);
    assert_int_equal(reply.body_length, strlen("POST /a ") + 6000);
    assert_memory_equal(reply.body + strlen("POST /a "), text + n - 6000, 6000);
    reply_clear(&reply);
    close(fd);
    free(text);
    stage_close(&stage);
    free(upstream_close(upstream));
}

/* ---- large bodies ---- */

struct large {
    const char *name;
    size_t body;
    size_t chunk; /* 0: with a length */
};

static void send_large(int fd, const struct large *large, const char *body)
{
    char line[128];
    if (large->chunk == 0) {
        snprintf(line, sizeof line, "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n\r\n",
                 large->body);
        client_send(fd, line);
        client_send_bytes(fd, body, large->body);
        return;
    }
    client_send(fd, "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (size_t at = 0; at < large->body; at += large->chunk) {
        size_t n = large->body - at < large->chunk ? large->body - at : large->chunk;
        snprintf(line, sizeof line, "%zx\r\n", n);
        client_send(fd, line);
        client_send_bytes(fd, body + at, n);
        client_send(fd, "\r\n");
    }
    client_send(fd, "0\r\n\r\n");
}

static void large_bodies_both_ways(void **state)
{
    static const struct large larges[] = {
        {"just what a block holds", 16384 - 64, 0},    {"more than a block", 20000, 0},
        {"more than is reserved first", 3000000, 0},   {"small chunks that fit", 5000, 100},
        {"chunks that outgrow a block", 100000, 1000}, {"large chunks", 1000000, 300000},
    };
    struct upstream_stage *upstream = upstream_echo(NULL);
    char *body = malloc(3000000);
    (void)state;
    assert_non_null(body);
    for (size_t i = 0; i < 3000000; i++)
        body[i] = (char)('A' + i % 53);
    stage_upstream(&stage, "http", upstream_port(upstream));
    stage_open(&stage);
    int fd = client_open(&stage);
    for (size_t i = 0; i < sizeof larges / sizeof *larges; i++) {
        size_t n = larges[i].body;
        send_large(fd, &larges[i], body);
        struct reply reply = client_read(fd, false);
        if (reply.body_length != n + 8 || memcmp(reply.body + 8, body, n) != 0)
            fail_msg("%s: %zu bytes came back", larges[i].name, reply.body_length);
        reply_clear(&reply);
    }
    close(fd);
    free(body);
    stage_close(&stage);
    free(upstream_close(upstream));
}

/* Far more than socket buffers hold, to a client that waits before it reads. */
static void slow_reader(void **state)
{
    (void)state;
    stage_open(&stage);
    int fd = client_open(&stage);
    client_send(fd, "GET /bytes?20000000 HTTP/1.1\r\nHost: h\r\n\r\n");
    usleep(50000);
    struct reply reply = client_read(fd, false);
    assert_int_equal(reply.body_length, 20000000);
    for (size_t i = 0; i < reply.body_length; i++)
        if (reply.body[i] != (char)('a' + i % 23))
            fail_msg("byte %zu is wrong", i);
    reply_clear(&reply);
    client_send(fd, "GET /local HTTP/1.1\r\nHost: h\r\n\r\n");
    expect_reply(fd, 200, "local");
    close(fd);
    stage_close(&stage);
}

/* More requests than a block of input holds, sent before any answer is read. */
static void far_ahead(void **state)
{
    enum { REQUESTS = 1000 };
    struct upstream_stage *upstream = upstream_echo(NULL);
    (void)state;
    stage_upstream(&stage, "http", upstream_port(upstream));
    stage_open(&stage);
    int fd = client_open(&stage);
    char line[128], expected[64];
    for (int i = 0; i < REQUESTS; i++) {
        snprintf(line, sizeof line, "GET /%s%d HTTP/1.1\r\nHost: h\r\n\r\n", i % 3 ? "bytes?" : "x",
                 i);
        client_send(fd, line);
    }
    for (int i = 0; i < REQUESTS; i++) {
        struct reply reply = client_read(fd, false);
        snprintf(expected, sizeof expected, "GET /x%d ", i);
        if (i % 3)
            assert_int_equal(reply.body_length, i);
        else
            assert_string_equal(reply.body, expected);
        reply_clear(&reply);
    }
    close(fd);
    stage_close(&stage);
    free(upstream_close(upstream));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(talks_at_once, open_stage),
        cmocka_unit_test_setup(talks_in_pieces, open_stage),
        cmocka_unit_test_setup(talks_byte_by_byte, open_stage),
        cmocka_unit_test_setup(head_has_no_body, open_stage),
        cmocka_unit_test_setup(fields_of_answers, open_stage),
        cmocka_unit_test_setup(expectation_is_met, open_stage),
        cmocka_unit_test_setup(long_head, open_stage),
        cmocka_unit_test_setup(large_bodies_both_ways, open_stage),
        cmocka_unit_test_setup(slow_reader, open_stage),
        cmocka_unit_test_setup(far_ahead, open_stage),
    };
    return cmocka_run_group_tests_name("net_client", tests, NULL, NULL);
}
