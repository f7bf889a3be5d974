/* Writing: the very bytes, what is refused, and that our own reader takes them. */
#include "feed.h"

static struct buf out;

static int set_up(void **state)
{
    (void)state;
    buf_init(&out, 1 << 16);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buf_clear(&out);
    return 0;
}

static void expect_out(const char *expected)
{
    buf_add_char(&out, '\0');
    assert_false(buf_failed(&out));
    assert_string_equal(out.p, expected);
    buf_reset(&out);
}

static void heads_are_written(void **state)
{
    (void)state;
    http1_write_request(&out, STR("POST"), STR("/x?y"), STR("api.example.com:443"));
    http1_write_field(&out, STR("Content-Type"), STR("application/json"));
    http1_write_field(&out, STR("X-Empty"), STR(""));
    http1_write_field(&out, STR("X-Absent"), STR_NONE);
    http1_write_field(&out, STR("X-Any"), STR("a\tb c\xC3\xA9"));
    http1_write_length(&out, 12);
    http1_write_end(&out);
    expect_out(
        "POST /x?y HTTP/1.1\r\nHost: api.example.com:443\r\nContent-Type: application/json\r\n"
        "X-Empty: \r\nX-Absent: \r\nX-Any: a\tb c\xC3\xA9\r\nContent-Length: 12\r\n\r\n");
    http1_write_status(&out, 200);
    http1_write_length(&out, 0);
    http1_write_end(&out);
    expect_out("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

static void reasons(void **state)
{
    static const struct {
        int status;
        const char *line;
    } table[] = {
        {100, "HTTP/1.1 100 Continue\r\n"},
        {404, "HTTP/1.1 404 Not Found\r\n"},
        {414, "HTTP/1.1 414 URI Too Long\r\n"},
        {431, "HTTP/1.1 431 Request Header Fields Too Large\r\n"},
        {504, "HTTP/1.1 504 Gateway Timeout\r\n"},
        {299, "HTTP/1.1 299 Status\r\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        http1_write_status(&out, table[i].status);
        expect_out(table[i].line);
    }
}

static void bad_fields_spoil_the_buffer(void **state)
{
    static const struct {
        struct str name, value;
    } table[] = {
        {STR_C("A"), STR_C("b\r\nC: d")},
        {STR_C("A"), STR_C("b\r")},
        {STR_C("A"), STR_C("b\n")},
        {STR_C("A"), STR_C("\0")},
        {STR_C("A"), STR_C("bbbbbbbbbbbbbbbbbbbbbb\nbbb")},
        {STR_C("A"), STR_C("\x7F")},
        {STR_C("A\r\nB"), STR_C("c")},
        {STR_C("A "), STR_C("b")},
        {STR_C("A:"), STR_C("b")},
        {STR_C(""), STR_C("b")},
        {STR_C("A\0"), STR_C("b")},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        http1_write_status(&out, 200);
        http1_write_field(&out, table[i].name, table[i].value);
        assert_true(buf_failed(&out));
        http1_write_end(&out);
        assert_int_equal(out.n, 0);
        buf_reset(&out);
    }
}

/* Values in memory of their own: the sanitizer notices a look behind them. */
static void values_of_any_length_are_whole(void **state)
{
    (void)state;
    for (size_t n = 0; n < 40; n++) {
        char *value = malloc(n + (n == 0));
        assert_non_null(value);
        memset(value, 'v', n);
        http1_write_field(&out, STR("A"), str_of(value, n));
        assert_int_equal(out.n, n + 5);
        assert_memory_equal(out.p + 3, value, n);
        buf_reset(&out);
        for (size_t i = 0; i < n; i++) {
            value[i] = '\r';
            http1_write_field(&out, STR("A"), str_of(value, n));
            assert_true(buf_failed(&out));
            value[i] = 'v';
            buf_reset(&out);
        }
        free(value);
    }
}

static void bad_request_lines_spoil_the_buffer(void **state)
{
    static const struct {
        struct str method, target, host;
    } table[] = {
        {STR_C("GET /"), STR_C("/"), STR_C("h")},   {STR_C(""), STR_C("/"), STR_C("h")},
        {STR_C("GET"), STR_C("/a b"), STR_C("h")},  {STR_C("GET"), STR_C(""), STR_C("h")},
        {STR_C("GET"), STR_C("/\r\n"), STR_C("h")}, {STR_C("GET"), STR_C("/\xC3\xA9"), STR_C("h")},
        {STR_C("GET"), STR_C("/#"), STR_C("h")},    {STR_C("GET"), STR_C("/"), STR_C("h\r\nA: b")},
        {STR_C("GET"), STR_C("/"), STR_C("u@h")},   {STR_C("GET\n"), STR_C("/"), STR_C("h")},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        http1_write_request(&out, table[i].method, table[i].target, table[i].host);
        assert_true(buf_failed(&out));
        buf_reset(&out);
    }
}

static void a_full_buffer_stays_failed(void **state)
{
    struct buf small;
    (void)state;
    for (size_t room = 0; room < 40; room++) {
        buf_init(&small, room);
        http1_write_status(&small, 200);
        http1_write_field(&small, STR("Name"), STR("value"));
        http1_write_length(&small, 1);
        http1_write_end(&small);
        assert_true(buf_failed(&small));
        buf_clear(&small);
    }
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    http1_write_request(&out, STR("PUT"), STR("/a?b=%20"), STR("h"));
    http1_write_field(&out, STR("Connection"), STR("close"));
    http1_write_length(&out, 2);
    http1_write_end(&out);
    buf_add_str(&out, STR("{}"));
    expect_feed("request", &(struct feed){HTTP1_REQUESTS, NULL, false}, buf_str(&out),
                "PUT /a?b=%20 1.1 len=2 | {} | end | idle");
    buf_reset(&out);
    http1_write_status(&out, 431);
    http1_write_length(&out, 0);
    http1_write_end(&out);
    expect_feed("answer", &(struct feed){HTTP1_ANSWERS, NULL, false}, buf_str(&out),
                "431 1.1 keep len=0 | end | idle");
    buf_reset(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads_are_written),
        cmocka_unit_test(reasons),
        cmocka_unit_test(bad_fields_spoil_the_buffer),
        cmocka_unit_test(values_of_any_length_are_whole),
        cmocka_unit_test(bad_request_lines_spoil_the_buffer),
        cmocka_unit_test(a_full_buffer_stays_failed),
        cmocka_unit_test(what_is_written_is_read),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
