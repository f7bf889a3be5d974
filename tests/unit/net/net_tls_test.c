/* TLS to upstream: whom to trust, sessions, large bodies, broken connections. */
#include "stage.h"
#include <string.h>
#include <unistd.h>

static struct stage stage;
static char directory[] = "/tmp/shopshim-tls-XXXXXX";
static char ca[64], good[64], other[64], stranger[64];

static void run(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void run(const char *format, ...)
{
    char command[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(command, sizeof command, format, args);
    va_end(args);
    if (system(command) != 0)
        fail_msg("failed: %s", command);
}

static void make_ca(const char *name, char path[64])
{
    snprintf(path, 64, "%s/%s.pem", directory, name);
    run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
        "-subj /CN=%s -keyout %s/%s.key -out %s 2>/dev/null",
        name, directory, name, path);
}

/* A certificate and its key in one file. */
static void make_certificate(const char *name, const char *names, char path[64])
{
    snprintf(path, 64, "%s/%s.pem", directory, name);
    run("cd %s && openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=%s "
        "-keyout %s.key -out %s.csr 2>/dev/null && printf 'subjectAltName=%s' > %s.ext && "
        "openssl x509 -req -days 2 -in %s.csr -CA ca.pem -CAkey ca.key -set_serial 7 "
        "-extfile %s.ext -out %s.crt 2>/dev/null && cat %s.crt %s.key > %s",
        directory, name, name, name, names, name, name, name, name, name, name, path);
}

static int make_files(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(directory));
    make_ca("ca", ca);
    make_ca("stranger", stranger);
    make_certificate("good", "IP:127.0.0.1", good);
    make_certificate("other", "DNS:other.example", other);
    return 0;
}

static int remove_files(void **state)
{
    (void)state;
    run("rm -r %s", directory);
    return 0;
}

static int open_stage(void **state)
{
    (void)state;
    stage_init(&stage);
    stage.settings.upstream.ca_file = ca;
    return 0;
}

static void open_with(struct upstream_stage *upstream)
{
    stage_upstream(&stage, "https", upstream_port(upstream));
    stage_open(&stage);
}

/* ---- trust ---- */

static void whom_to_trust(void **state)
{
    const struct {
        const char *name;
        const char *certificate;
        const char *ca;
        int status;
        const char *words; /* in the body */
    } rows[] = {
        {"signed by the authority that is set", good, ca, 200, "GET /x "},
        {"by another one", good, stranger, 502, "unreachable: The TLS certificate of 127.0.0.1:"},
        {"by none of the system's", good, NULL, 502, "set upstream.ca_file"},
        {"for another host", other, ca, 502, "unreachable: The TLS certificate of 127.0.0.1:"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct upstream_stage *upstream = upstream_echo(rows[i].certificate);
        stage_init(&stage);
        stage.settings.upstream.ca_file = rows[i].ca;
        open_with(upstream);
        int fd = client_open(&stage);
        client_send(fd, "GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
        struct reply reply = client_read(fd, false);
        if (reply.status != rows[i].status || !strstr(reply.body, rows[i].words))
            fail_msg("%s: got %d %s", rows[i].name, reply.status, reply.body);
        reply_clear(&reply);
        close(fd);
        stage_close(&stage);
        char *noted = upstream_close(upstream);
        assert_string_equal(noted, rows[i].status == 200 ? "GET /x [];" : "");
        free(noted);
    }
}

/* ---- connections ---- */

static void connections_are_kept(void **state)
{
    struct upstream_stage *upstream = upstream_echo(good);
    struct server_stats stats;
    (void)state;
    open_with(upstream);
    int fd = client_open(&stage);
    for (int i = 0; i < 20; i++) {
        client_send(fd, "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody");
        expect_reply(fd, 200, "POST /x body");
    }
    server_stats(stage.server, &stats);
    assert_int_equal(stats.upstream_connects, 1);
    assert_int_equal(stats.upstream_idle, 1);
    close(fd);
    stage_close(&stage);
    free(upstream_close(upstream));
}

static void sessions_are_resumed(void **state)
{
    struct upstream_stage *upstream = upstream_echo(good);
    (void)state;
    stage.settings.upstream.idle = 0;
    open_with(upstream);
    for (int i = 0; i < 4; i++)
        expect_exchange(&stage, "GET /x HTTP/1.1\r\nHost: h\r\n\r\n", 200, "GET /x ");
    stage_close(&stage);
    assert_int_equal(upstream_resumed(upstream), 3);
    free(upstream_close(upstream));
}

/* More connections than libcurl would keep by itself, used again after a while. */
static void many_connections(void **state)
{
    enum { MANY = 40 };
    struct upstream_stage *upstream = upstream_echo(good);
    struct server_stats stats;
    int fds[MANY];
    (void)state;
    open_with(upstream);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < MANY; i++) {
            if (round == 0)
                fds[i] = client_open(&stage);
            client_send(fds[i], "GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
        }
        for (int i = 0; i < MANY; i++)
            expect_reply(fds[i], 200, "GET /x ");
        if (round == 0)
            usleep(1100000); /* libcurl looks for dead connections once a second */
    }
    server_stats(stage.server, &stats);
    assert_int_equal(stats.upstream_retries, 0);
    assert_int_equal(stats.upstream_calls[FAULT_NONE], 3 * MANY);
    for (int i = 0; i < MANY; i++)
        close(fds[i]);
    stage_close(&stage);
    free(upstream_close(upstream));
}

static void large_bodies_both_ways(void **state)
{
    enum { LARGE = 6000000 };
    struct upstream_stage *upstream = upstream_echo(good);
    char *body = malloc(LARGE);
    char line[128];
    (void)state;
    assert_non_null(body);
    for (size_t i = 0; i < LARGE; i++)
        body[i] = (char)('A' + i % 53);
    open_with(upstream);
    int fd = client_open(&stage);
    for (size_t n = 1000; n <= LARGE; n = n == 1000 ? 16384 : n == 16384 ? 100000 : n * 60) {
        snprintf(line, sizeof line, "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n\r\n",
                 n);
        client_send(fd, line);
        client_send_bytes(fd, body, n);
        struct reply reply = client_read(fd, false);
        assert_int_equal(reply.body_length, n + 8);
        assert_memory_equal(reply.body + 8, body, n);
        reply_clear(&reply);
    }
    close(fd);
    free(body);
    stage_close(&stage);
    free(upstream_close(upstream));
}

static bool all_came(const struct server_stats *stats)
{
    return stats->bytes_in > 40000000;
}

/* Upstream begins to read when the server can send no more. */
static void large_write_taken_late(void **state)
{
    enum { LARGE = 40000000 };
    static const struct act acts[] = {{ACT_ACCEPT, NULL, 0},
                                      {ACT_HEAD, NULL, 0},
                                      {ACT_HOLD, NULL, 0},
                                      {ACT_TAKE, NULL, LARGE},
                                      {ACT_SEND, ANSWER("Content-Length: 2\r\n\r\nok"), 0},
                                      {ACT_GONE, NULL, 0},
                                      {ACT_END, NULL, 0}};
    struct upstream_stage *upstream = upstream_play(acts, good);
    char *body = calloc(1, LARGE);
    (void)state;
    assert_non_null(body);
    stage.settings.client.body_bytes = LARGE;
    open_with(upstream);
    int fd = client_open(&stage);
    client_send(fd, "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 40000000\r\n\r\n");
    client_send_bytes(fd, body, LARGE);
    wait_for(&stage, all_came);
    upstream_go(upstream);
    expect_reply(fd, 200, "ok");
    close(fd);
    free(body);
    stage_close(&stage);
    free(upstream_close(upstream));
}

/* ---- breaks ---- */

static bool no_connection_left(const struct server_stats *stats)
{
    return stats->upstream_connections == 0;
}

#define OK ANSWER("Content-Length: 2\r\n\r\nok")

static void broken_connections(void **state)
{
    static const struct {
        const char *name;
        struct act second; /* what happens to the second request */
        bool before;       /* it happens before that request */
        const char *request;
        int status;
        const char *words;
        const char *noted;
    } rows[] = {
        {"closed in order and noticed",
         {ACT_DROP, NULL, 0},
         true,
         "POST /x HTTP/1.1\r\nHost: h\r\n\r\n",
         200,
         "ok",
         "GET /1 [];POST /x [];"},
        {"reset and noticed",
         {ACT_RESET, NULL, 0},
         true,
         "POST /x HTTP/1.1\r\nHost: h\r\n\r\n",
         200,
         "ok",
         "GET /1 [];POST /x [];"},
        {"dies under a GET",
         {ACT_DROP, NULL, 0},
         false,
         "GET /x HTTP/1.1\r\nHost: h\r\n\r\n",
         200,
         "ok",
         "GET /1 [];GET /x [];GET /x [];"},
        {"is reset under a GET",
         {ACT_RESET, NULL, 0},
         false,
         "GET /x HTTP/1.1\r\nHost: h\r\n\r\n",
         200,
         "ok",
         "GET /1 [];GET /x [];GET /x [];"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct act acts[12] = {{ACT_ACCEPT, NULL, 0}, {ACT_READ, NULL, 0}, {ACT_SEND, OK, 0}};
        size_t n = 3;
        if (!rows[i].before)
            acts[n++] = (struct act){ACT_READ, NULL, 0};
        acts[n++] = rows[i].second;
        acts[n++] = (struct act){ACT_ACCEPT, NULL, 0};
        acts[n++] = (struct act){ACT_READ, NULL, 0};
        acts[n++] = (struct act){ACT_SEND, OK, 0};
        acts[n++] = (struct act){ACT_GONE, NULL, 0};
        struct upstream_stage *upstream = upstream_play(acts, good);
        open_stage(NULL);
        open_with(upstream);
        int fd = client_open(&stage);
        client_send(fd, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
        expect_reply(fd, 200, "ok");
        if (rows[i].before)
            wait_for(&stage, no_connection_left);
        client_send(fd, rows[i].request);
        expect_reply(fd, rows[i].status, rows[i].words);
        close(fd);
        stage_close(&stage);
        char *noted = upstream_close(upstream);
        if (strcmp(noted, rows[i].noted) != 0)
            fail_msg("%s: upstream saw %s", rows[i].name, noted);
        free(noted);
    }
}

static void a_write_is_lost(void **state)
{
    static const struct act acts[] = {
        {ACT_ACCEPT, NULL, 0}, {ACT_READ, NULL, 0}, {ACT_RESET, NULL, 0}, {ACT_END, NULL, 0}};
    struct upstream_stage *upstream = upstream_play(acts, good);
    char want[256];
    (void)state;
    open_with(upstream);
    snprintf(want, sizeof want,
             "lost: The connection to %s broke before an answer came. The write may have "
             "happened: look before sending it again.",
             stage.api + strlen("https://"));
    expect_exchange(&stage, "POST /x HTTP/1.1\r\nHost: h\r\n\r\n", 502, want);
    stage_close(&stage);
    char *noted = upstream_close(upstream);
    assert_string_equal(noted, "POST /x [];");
    free(noted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whom_to_trust),
        cmocka_unit_test_setup(connections_are_kept, open_stage),
        cmocka_unit_test_setup(sessions_are_resumed, open_stage),
        cmocka_unit_test_setup(many_connections, open_stage),
        cmocka_unit_test_setup(large_bodies_both_ways, open_stage),
        cmocka_unit_test_setup(large_write_taken_late, open_stage),
        cmocka_unit_test(broken_connections),
        cmocka_unit_test_setup(a_write_is_lost, open_stage),
    };
    return cmocka_run_group_tests_name("net_tls", tests, make_files, remove_files);
}
