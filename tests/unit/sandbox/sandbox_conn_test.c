/*
 * The sandbox's connections, byte by byte over a socket: what goes in, what comes out.
 */
#include "client.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#define SEEN "/sandbox/violations"
#define HOST "Host: shop\r\n"

static int dial(const struct sandbox *sandbox)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(sandbox_port(sandbox))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_sec = 20},
                                sizeof(struct timeval)),
                     0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void give(int fd, struct str bytes)
{
    while (bytes.n > 0) {
        ssize_t n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL);
        assert_true(n > 0);
        bytes = str_of(bytes.p + n, bytes.n - (size_t)n);
    }
}

/* Until `end` was read, or the other side closes when `end` is NULL. */
static struct str take(int fd, const char *end, struct buf *out)
{
    buf_reset(out);
    while (!end || !has_text(buf_str(out), end)) {
        char bytes[65536];
        ssize_t n = recv(fd, bytes, sizeof bytes, 0);
        assert_true(n >= 0);
        if (n == 0)
            break;
        buf_add(out, bytes, (size_t)n);
    }
    return buf_str(out);
}

static size_t times(struct str text, const char *part)
{
    size_t n = strlen(part), found = 0;
    for (size_t i = 0; i + n <= text.n; i++)
        found += memcmp(text.p + i, part, n) == 0;
    return found;
}

static int open_sandbox(void **state)
{
    *state = client_start((struct sandbox_options){.orders = 10});
    return *state ? 0 : -1;
}

static int close_sandbox(void **state)
{
    sandbox_stop(*state);
    return 0;
}

/* What a client sends, and what stands in the bytes until the connection ends. */
static void answers_as_it_is_asked(void **state)
{
    static const struct {
        const char *name, *sent, *expected;
    } rows[] = {
        {"one", "GET " SEEN " HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n",
         "{\"count\":0,\"last\":[]}"},
        {"says that it closes", "GET " SEEN " HTTP/1.0\r\n\r\n", "Connection: close\r\n"},
        {"keeps 1.0 when asked",
         "GET " SEEN " HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET " SEEN " HTTP/1.0\r\n\r\n",
         "Connection: keep-alive\r\n"},
        {"no body for HEAD", "HEAD " SEEN " HTTP/1.0\r\n\r\n",
         "Content-Length: 21\r\nConnection: close\r\n\r\n"},
        {"no Host", "GET " SEEN " HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "},
        {"two lengths",
         "POST /x HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
         "HTTP/1.1 400 "},
        {"both framings",
         "POST /x HTTP/1.1\r\n" HOST
         "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         "HTTP/1.1 400 "},
        {"too long a body", "POST /x HTTP/1.1\r\n" HOST "Content-Length: 16777217\r\n\r\n",
         "HTTP/1.1 413 "},
        {"too long a body, in words",
         "POST /x HTTP/1.1\r\n" HOST "Content-Length: 16777217\r\n\r\n",
         "{\"code\":36009021,\"data\":null,\"message\":\"Invalid file size. The body is longer "
         "than"},
        {"no HTTP, in words", "hello\r\n\r\n",
         "{\"code\":36009022,\"data\":null,\"message\":\"Invalid request format. "},
        {"no HTTP", "hello\r\n\r\n", "HTTP/1.1 400 "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out;
        int fd = dial(*state);
        buf_init(&out, 1 << 20);
        give(fd, str_from(rows[i].sent));
        assert_int_equal(shutdown(fd, SHUT_WR), 0);
        struct str got = take(fd, NULL, &out);
        if (!has_text(got, rows[i].expected))
            fail_msg("%s: " STR_FMT, rows[i].name, STR_ARG(got));
        buf_clear(&out);
        close(fd);
    }
}

static void serves_what_is_sent_ahead(void **state)
{
    enum { REQUESTS = 3000 };
    struct buf sent, out;
    int fd = dial(*state);
    buf_init(&sent, 1 << 20);
    buf_init(&out, 4 << 20);
    for (int i = 0; i < REQUESTS; i++)
        buf_add_str(&sent, STR("GET " SEEN " HTTP/1.1\r\n" HOST "\r\n"));
    buf_add_str(&sent, STR("GET " SEEN " HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"));
    give(fd, buf_str(&sent));
    struct str got = take(fd, NULL, &out);
    assert_int_equal(times(got, "HTTP/1.1 200 OK\r\n"), REQUESTS + 1);
    assert_int_equal(times(got, "{\"count\":0,\"last\":[]}"), REQUESTS + 1);
    buf_clear(&sent);
    buf_clear(&out);
    close(fd);
}

static void a_head_may_come_in_bytes(void **state)
{
    struct str sent = STR("GET " SEEN " HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
    struct buf out;
    int fd = dial(*state);
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < sent.n; i++)
        give(fd, str_of(sent.p + i, 1));
    assert_true(has_text(take(fd, NULL, &out), "{\"count\":0,\"last\":[]}"));
    buf_clear(&out);
    close(fd);
}

static void says_continue_when_asked(void **state)
{
    struct buf out;
    int fd = dial(*state);
    buf_init(&out, 1 << 20);
    give(fd, STR("POST /nowhere HTTP/1.1\r\n" HOST
                 "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n"));
    struct str got = take(fd, "\r\n\r\n", &out);
    assert_true(str_eq(got, STR("HTTP/1.1 100 Continue\r\n\r\n")));
    give(fd, STR("hello"));
    assert_true(str_starts(take(fd, "}", &out), STR("HTTP/1.1 404 ")));
    /* A body that is there already needs no invitation. */
    give(fd, STR("POST /nowhere HTTP/1.1\r\n" HOST
                 "Content-Length: 5\r\nExpect: 100-continue\r\n\r\nhello"));
    assert_true(str_starts(take(fd, "}", &out), STR("HTTP/1.1 404 ")));
    buf_clear(&out);
    close(fd);
}

/* Whatever the framing and the pieces, what follows the body is the next request. */
static void bodies_end_where_they_should(void **state)
{
    static const size_t pieces[] = {1, 4095, 65536, 300000};
    struct buf sent, out;
    int fd = dial(*state);
    buf_init(&sent, 16 << 20);
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        buf_reset(&sent);
        buf_add_str(&sent,
                    STR("POST /nowhere HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"));
        for (int chunk = 0; chunk < 7; chunk++) {
            buf_printf(&sent, "%zx\r\n", pieces[i]);
            memset(buf_reserve(&sent, pieces[i]), 'x', pieces[i]);
            buf_added(&sent, pieces[i]);
            buf_add_str(&sent, STR("\r\n"));
        }
        buf_add_str(&sent, STR("0\r\n\r\nGET " SEEN " HTTP/1.1\r\n" HOST "\r\n"));
        give(fd, buf_str(&sent));
        struct str got = take(fd, "\"last\":", &out);
        assert_int_equal(times(got, "HTTP/1.1 404 "), 1);
        assert_int_equal(times(got, "HTTP/1.1 200 "), 1);
        assert_int_equal(times(got, "HTTP/1.1 "), 2);
    }
    buf_clear(&sent);
    buf_clear(&out);
    close(fd);
}

static void turns_the_surplus_away(void **state)
{
    enum { MOST = 400 };
    static int fds[MOST];
    struct buf out;
    buf_init(&out, 1 << 20);
    for (int i = 0; i < MOST; i++)
        fds[i] = dial(*state);
    int late = dial(*state);
    assert_true(str_starts(take(late, NULL, &out), STR("HTTP/1.1 503 ")));
    close(late);
    give(fds[0], STR("GET " SEEN " HTTP/1.1\r\n" HOST "\r\n"));
    assert_true(str_starts(take(fds[0], "\"last\":", &out), STR("HTTP/1.1 200 ")));
    for (int i = 0; i < MOST; i++)
        close(fds[i]);
    buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(answers_as_it_is_asked, open_sandbox, close_sandbox),
        cmocka_unit_test_setup_teardown(serves_what_is_sent_ahead, open_sandbox, close_sandbox),
        cmocka_unit_test_setup_teardown(a_head_may_come_in_bytes, open_sandbox, close_sandbox),
        cmocka_unit_test_setup_teardown(says_continue_when_asked, open_sandbox, close_sandbox),
        cmocka_unit_test_setup_teardown(bodies_end_where_they_should, open_sandbox, close_sandbox),
        cmocka_unit_test_setup_teardown(turns_the_surplus_away, open_sandbox, close_sandbox),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
