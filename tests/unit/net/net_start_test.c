/* Settings and addresses: what is refused before anything runs, and where it may listen. */
#include "stage.h"
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct stage stage;

static int open_stage(void **state)
{
    (void)state;
    stage_init(&stage);
    return 0;
}

/* ---- settings ---- */

static void expect_finding(const struct server_settings *settings, const char *expected)
{
    struct findings findings;
    struct buf text;
    findings_init(&findings);
    buf_init(&text, 1 << 16);
    bool good = server_check(settings, &findings);
    findings_print(&findings, &text);
    buf_add_char(&text, '\0');
    assert_int_equal(good, *expected == '\0');
    if (*expected ? !strstr(text.p, expected) : text.n > 1)
        fail_msg("expected %s, got %s", expected, text.p);
    findings_clear(&findings);
    buf_clear(&text);
}

static void addresses_in_settings(void **state)
{
    static const struct {
        const char *listen;
        const char *expected;
    } rows[] = {
        {"127.0.0.1:8080", ""},
        {"[::1]:0", ""},
        {"localhost:65535", ""},
        {"unix:/run/shopshim.sock", ""},
        {NULL, "listen: it is missing"},
        {"", "listen: it is missing"},
        {"8080", "it has no port"},
        {"127.0.0.1:", "is not a port"},
        {"127.0.0.1:65536", "is not a port"},
        {"127.0.0.1:http", "is not a port"},
        {":8080", "it has no host"},
        {"::1:8080", "in brackets"},
        {"unix:", "wants a path"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        stage.settings.listen = rows[i].listen;
        expect_finding(&stage.settings, rows[i].expected);
    }
    plans_unref(stage.plans);
}

static void urls_in_settings(void **state)
{
    static const struct {
        const char *url;
        const char *expected;
    } rows[] = {
        {"https://api.example.com", ""},
        {"http://127.0.0.1:8000/prefix/", ""},
        {"https://[::1]:444", ""},
        {NULL, "upstream.api: it is missing"},
        {"api.example.com", "upstream.api"},
        {"ftp://api.example.com", "only https:// and http://"},
        {"https://user:pw@api.example.com", "no user name"},
        {"https://api.example.com/?a=b", "no query"},
        {"https://api.example.com:99999", "not a URL"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        stage.settings.upstream.api = rows[i].url;
        expect_finding(&stage.settings, rows[i].expected);
    }
    plans_unref(stage.plans);
}

/* Everything wrong is told at once. */
static void ranges_in_settings(void **state)
{
    static const char *const expected[] = {
        "client.idle_ms: 0 is not within 1 to ",      "client.fields: 101 is not within 8 to 100",
        "upstream.connections: 0 is not within 1 to", "upstream.answer_bytes: 1 is not within",
        "workers: 65 is not within 0 to 64",          "upstream.ca_file: cannot read /none: ",
    };
    struct server_settings *s = &stage.settings;
    struct fault fault;
    (void)state;
    s->client.idle_ms = 0;
    s->client.fields = 101;
    s->upstream.connections = 0;
    s->upstream.answer_bytes = 1;
    s->upstream.ca_file = "/none";
    s->workers = 65;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        expect_finding(s, expected[i]);
    struct exchange_common common = {.settings = &stage.exchange};
    assert_null(server_new(s, &common, stage.plans, &fault));
    assert_int_equal(fault.kind, FAULT_PARAMETER);
    assert_string_equal(fault.where, "workers");
    plans_unref(stage.plans);
}

static void a_deadline_is_needed(void **state)
{
    struct exchange_settings none = {.deadline_ms = 0};
    struct exchange_common common = {.settings = &none};
    struct fault fault;
    (void)state;
    assert_null(server_new(&stage.settings, &common, stage.plans, &fault));
    assert_int_equal(fault.kind, FAULT_PARAMETER);
    assert_string_equal(fault.where, "exchange.deadline_ms");
    plans_unref(stage.plans);
}

/* ---- listening ---- */

static void as_many_workers_as_processors(void **state)
{
    struct server_stats stats;
    (void)state;
    stage.settings.workers = 0;
    stage_open(&stage);
    server_stats(stage.server, &stats);
    assert_in_range(stats.workers, 1, 8);
    expect_exchange(&stage, "GET /local HTTP/1.1\r\nHost: h\r\n\r\n", 200, "local");
    stage_close(&stage);
}

static void taken_ports(void **state)
{
    char listen_at[64];
    struct fault fault;
    (void)state;
    stage.settings.workers = 3;
    stage_open(&stage);
    /* The sharing of its own workers is not open to others. */
    for (unsigned workers = 1; workers <= 2; workers++) {
        struct stage second;
        stage_init(&second);
        second.settings.workers = workers;
        second.settings.listen = listen_at;
        snprintf(listen_at, sizeof listen_at, "127.0.0.1:%d", server_port(stage.server));
        struct exchange_common common = {.settings = &second.exchange};
        second.server = server_new(&second.settings, &common, second.plans, &fault);
        assert_non_null(second.server);
        assert_false(server_start(second.server, &fault));
        assert_int_equal(fault.kind, FAULT_BUSY);
        assert_string_equal(fault.where, "listen");
        assert_non_null(strstr(fault.text, "another process listens there"));
        assert_false(server_ready(second.server));
        server_free(second.server);
        plans_unref(second.plans);
    }
    expect_exchange(&stage, "GET /local HTTP/1.1\r\nHost: h\r\n\r\n", 200, "local");
    stage_close(&stage);
}

static void addresses_that_cannot_be(void **state)
{
    static const struct {
        const char *listen;
        const char *words;
    } rows[] = {
        {"192.0.2.1:0", "this machine has no such address"},
        {"no-such-host.invalid:0", "cannot listen on no-such-host.invalid:0"},
        {"unix:/no/such/directory/s", "No such file or directory"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault;
        struct exchange_common common = {.settings = &stage.exchange};
        stage.settings.listen = rows[i].listen;
        struct server *server = server_new(&stage.settings, &common, stage.plans, &fault);
        assert_non_null(server);
        assert_false(server_start(server, &fault));
        if (!strstr(fault.text, rows[i].words))
            fail_msg("%s: %s", rows[i].listen, fault.text);
        server_free(server);
    }
    plans_unref(stage.plans);
}

static void port_is_free_after_the_end(void **state)
{
    char listen_at[64];
    (void)state;
    stage_open(&stage);
    snprintf(listen_at, sizeof listen_at, "127.0.0.1:%d", server_port(stage.server));
    expect_exchange(&stage, "GET /local HTTP/1.1\r\nHost: h\r\n\r\n", 200, "local");
    stage_close(&stage);
    stage_init(&stage);
    stage.settings.listen = listen_at;
    stage_open(&stage);
    expect_exchange(&stage, "GET /local HTTP/1.1\r\nHost: h\r\n\r\n", 200, "local");
    stage_close(&stage);
}

static void expect_over_unix(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    strcpy(address.sun_path, path);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    client_send(fd, "GET /local HTTP/1.1\r\nHost: h\r\n\r\n");
    expect_reply(fd, 200, "local");
    close(fd);
}

/* As a process that was killed leaves it. */
static void leave_stale(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    strcpy(address.sun_path, path);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    assert_int_equal(access(path, F_OK), 0);
}

static void unix_sockets(void **state)
{
    char directory[] = "/tmp/shopshim-net-XXXXXX", listen_at[128];
    struct fault fault;
    (void)state;
    assert_non_null(mkdtemp(directory));
    snprintf(listen_at, sizeof listen_at, "unix:%s/s", directory);
    const char *path = listen_at + strlen("unix:");
    stage.settings.listen = listen_at;
    stage.settings.workers = 2;
    leave_stale(path);
    stage_open(&stage);
    assert_int_equal(server_port(stage.server), 0);
    for (int i = 0; i < 8; i++)
        expect_over_unix(path);
    /* While somebody answers there, another one is refused. */
    struct exchange_common common = {.settings = &stage.exchange};
    struct server *second = server_new(&stage.settings, &common, stage.plans, &fault);
    assert_false(server_start(second, &fault));
    assert_non_null(strstr(fault.text, "another process listens there"));
    server_free(second);
    expect_over_unix(path);
    stage_close(&stage);
    assert_int_not_equal(access(path, F_OK), 0);
    rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(addresses_in_settings, open_stage),
        cmocka_unit_test_setup(urls_in_settings, open_stage),
        cmocka_unit_test_setup(ranges_in_settings, open_stage),
        cmocka_unit_test_setup(a_deadline_is_needed, open_stage),
        cmocka_unit_test_setup(as_many_workers_as_processors, open_stage),
        cmocka_unit_test_setup(taken_ports, open_stage),
        cmocka_unit_test_setup(addresses_that_cannot_be, open_stage),
        cmocka_unit_test_setup(port_is_free_after_the_end, open_stage),
        cmocka_unit_test_setup(unix_sockets, open_stage),
    };
    return cmocka_run_group_tests_name("net_start", tests, NULL, NULL);
}
