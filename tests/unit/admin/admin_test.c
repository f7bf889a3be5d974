/* The admin pages against a server that works, drains, and has something to count. */
#include "admin/admin.h"
#include "stage.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct stage stage;
static struct admin *admin;

static int open_both(void **state)
{
    struct fault fault;
    (void)state;
    stage_init(&stage);
    stage_open(&stage);
    admin = admin_new("127.0.0.1:0", stage.server, &fault);
    if (!admin || !admin_start(admin, &fault))
        fail_msg("admin: %s", fault.text);
    return 0;
}

static int close_both(void **state)
{
    (void)state;
    admin_free(admin);
    stage_close(&stage);
    return 0;
}

static int admin_open(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)admin_port(admin)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = 10};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static struct reply ask(const char *request)
{
    int fd = admin_open();
    client_send(fd, request);
    struct reply reply = client_read(fd, strncmp(request, "HEAD", 4) == 0);
    close(fd);
    return reply;
}

static void expect_page(const char *request, int status, const char *body)
{
    struct reply reply = ask(request);
    if (reply.status != status || (body && strcmp(reply.body, body) != 0))
        fail_msg("%s: got %d %s", request, reply.status, reply.body);
    reply_clear(&reply);
}

static void pages(void **state)
{
    (void)state;
    expect_page("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n", 200, "ok\n");
    expect_page("HEAD /healthz HTTP/1.1\r\nHost: h\r\n\r\n", 200, NULL);
    expect_page("GET /readyz HTTP/1.1\r\nHost: h\r\n\r\n", 200, "ready\n");
    expect_page("GET / HTTP/1.1\r\nHost: h\r\n\r\n", 404,
                "there are /healthz, /readyz, /metrics and /tables\n");
    expect_page("POST /healthz HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", 501, NULL);
}

static void tables(void **state)
{
    (void)state;
    expect_page("GET /tables HTTP/1.1\r\nHost: h\r\n\r\n", 200,
                "{\"gone\":[],\"unknown_count\":5,\"unknown_values\":["
                "{\"table\":\"first\",\"enum\":\"mood\",\"value\":\"NEW\",\"count\":1},"
                "{\"table\":\"first\",\"enum\":\"mood\",\"value\":\"qu\\\"ote\",\"count\":2}]}\n");
}

static void draining_is_not_ready(void **state)
{
    (void)state;
    server_drain(stage.server);
    expect_page("GET /readyz HTTP/1.1\r\nHost: h\r\n\r\n", 503,
                "not ready: it does not listen, or is draining\n");
    expect_page("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n", 200, "ok\n");
}

static bool three_ended(const struct server_stats *stats)
{
    return stats->requests[FAULT_NONE] == 1 && stats->requests[FAULT_HTTP] == 1 &&
           stats->requests[FAULT_UNREACHABLE] == 1 && stats->running == 0;
}

static void counters(void **state)
{
    static const char *const lines[] = {
        "\nshopshim_requests_total{reason=\"ok\"} 1\n",
        "\nshopshim_requests_total{reason=\"http\"} 1\n",
        "\nshopshim_requests_total{reason=\"lost\"} 0\n",
        "\nshopshim_upstream_calls_total{reason=\"unreachable\"} 1\n",
        "\nshopshim_client_connections_total 3\n",
        "\nshopshim_request_duration_seconds_count 3\n",
        "\nshopshim_request_duration_seconds_bucket{le=\"+Inf\"} 3\n",
        "\nshopshim_unknown_values_total 5\n",
        "\nshopshim_workers 1\n",
        "\nshopshim_table_sets 1\n",
        "\nshopshim_tables_gone 0\n",
    };
    (void)state;
    expect_exchange(&stage, "GET /local HTTP/1.1\r\nHost: h\r\n\r\n", 200, "local");
    expect_exchange(&stage, "GET /x HTTP/1.1\r\nHost: h\r\n\r\n", 502,
                    "unreachable: No connection to 127.0.0.1:1: Connection refused.");
    int fd = client_open(&stage);
    client_send(fd, "\1\2\3");
    expect_reply(fd, 400, "http: The message does not begin as HTTP does.");
    close(fd);
    wait_for(&stage, three_ended);
    struct reply reply = ask("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_int_equal(reply.status, 200);
    assert_non_null(strstr(reply.head, "Content-Type: text/plain; version=0.0.4"));
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (!strstr(reply.body, lines[i]))
            fail_msg("no %s in\n%s", lines[i] + 1, reply.body);
    reply_clear(&reply);
}

/* Every line is a comment or a sample, and every sample's metric was declared. */
static void the_text_form(void **state)
{
    (void)state;
    struct server_stats stats = {.times = {[0] = 2, [3] = 1}, .time_ms = 12345};
    struct buf page;
    buf_init(&page, 1 << 20);
    admin_metrics(&stats, &page);
    assert_false(buf_failed(&page));
    struct str rest = buf_str(&page);
    struct str declared = STR("-");
    while (rest.n > 0) {
        struct str line = str_cut(&rest, '\n');
        if (str_starts(line, STR("# HELP "))) {
            declared = str_of(line.p + 7, line.n - 7);
            declared = str_cut(&declared, ' ');
        } else if (!str_starts(line, STR("# TYPE "))) {
            assert_true(str_starts(line, declared));
            assert_true(line.p[line.n - 1] >= '0' && line.p[line.n - 1] <= '9');
        }
    }
    buf_add_char(&page, '\0');
    assert_non_null(strstr(page.p, "\nshopshim_request_duration_seconds_bucket{le=\"0.005\"} 2\n"));
    assert_non_null(strstr(page.p, "\nshopshim_request_duration_seconds_bucket{le=\"0.050\"} 3\n"));
    assert_non_null(strstr(page.p, "\nshopshim_request_duration_seconds_sum 12.345\n"));
    buf_clear(&page);
}

static void bad_addresses(void **state)
{
    struct fault fault;
    (void)state;
    assert_null(admin_new("8081", stage.server, &fault));
    assert_string_equal(fault.text, "admin: 8081: it has no port: write HOST:PORT");
    char taken[64];
    snprintf(taken, sizeof taken, "127.0.0.1:%d", admin_port(admin));
    struct admin *second = admin_new(taken, stage.server, &fault);
    assert_non_null(second);
    assert_false(admin_start(second, &fault));
    assert_non_null(strstr(fault.text, "another process listens there"));
    admin_free(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pages, open_both, close_both),
        cmocka_unit_test_setup_teardown(tables, open_both, close_both),
        cmocka_unit_test_setup_teardown(draining_is_not_ready, open_both, close_both),
        cmocka_unit_test_setup_teardown(counters, open_both, close_both),
        cmocka_unit_test(the_text_form),
        cmocka_unit_test_setup_teardown(bad_addresses, open_both, close_both),
    };
    return cmocka_run_group_tests_name("admin", tests, NULL, NULL);
}
