/* Limits: what just fits passes, one byte or field more is refused, cut in any way. */
#include "feed.h"

static const struct http1_limits small = {.line = 40, .head = 100, .fields = 3, .body = 10};

static struct buf text;

static int set_up(void **state)
{
    (void)state;
    buf_init(&text, 1 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buf_clear(&text);
    return 0;
}

static void fill(char c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_add_char(&text, c);
}

/* Reads `text` and expects what it read to begin, and a refusal to go on, like that. */
static void expect(enum http1_side side, const char *name, bool refused, const char *words)
{
    struct feed how = {.side = side, .limits = &small};
    struct buf line = feed(&how, buf_str(&text), 0, text.n);
    const char *mark = strchr(line.p, '!');
    if (refused ? !mark || !strstr(mark, words) : mark != NULL)
        fail_msg("%s: %s", name, line.p);
    /* The same when cut. */
    char *copy = test_malloc(line.n);
    memcpy(copy, line.p, line.n);
    if (mark) {
        copy[mark - line.p + 4] = '\0';
        expect_feed(name, &how, buf_str(&text), copy);
    } else {
        expect_feed(name, &how, buf_str(&text), copy);
    }
    test_free(copy);
    buf_clear(&line);
}

static void first_line(void **state)
{
    static const struct {
        size_t length;
        bool refused;
    } table[] = {{39, false}, {40, false}, {41, true}, {42, true}, {99, true}, {300, true}};
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        buf_reset(&text);
        buf_add_str(&text, STR("GET /"));
        fill('a', table[i].length - sizeof "GET / HTTP/1.1" + 1);
        buf_add_str(&text, STR(" HTTP/1.1\r\nHost: h\r\n\r\n"));
        expect(HTTP1_REQUESTS, "request", table[i].refused, "!414 The first line");
        buf_reset(&text);
        buf_add_str(&text, STR("HTTP/1.1 200 "));
        fill('a', table[i].length - sizeof "HTTP/1.1 200 " + 1);
        buf_add_str(&text, STR("\r\nContent-Length: 0\r\n\r\n"));
        expect(HTTP1_ANSWERS, "answer", table[i].refused, "!502 The first line");
    }
    /* Told before it ends. */
    buf_reset(&text);
    fill('a', 42);
    expect(HTTP1_REQUESTS, "no end", true, "!414 The first line");
}

static void whole_head(void **state)
{
    static const size_t lengths[] = {99, 100, 101, 102, 500};
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        bool refused = lengths[i] > 100;
        buf_reset(&text);
        buf_add_str(&text, STR("GET / HTTP/1.1\r\nHost: h\r\nA: "));
        fill('a', lengths[i] - text.n - 4);
        buf_add_str(&text, STR("\r\n\r\n"));
        expect(HTTP1_REQUESTS, "request", refused, "!431 The head");
        buf_reset(&text);
        buf_add_str(&text, STR("HTTP/1.1 204 x\r\nA: "));
        fill('a', lengths[i] - text.n - 4);
        buf_add_str(&text, STR("\r\n\r\n"));
        expect(HTTP1_ANSWERS, "answer", refused, "!502 The head");
    }
    /* Only what comes before the end of the head counts. */
    buf_reset(&text);
    for (int i = 0; i < 20; i++)
        buf_add_str(&text, STR("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
    expect(HTTP1_REQUESTS, "many", false, "");
    buf_reset(&text);
    buf_add_str(&text, STR("GET / HTTP/1.1\r\n"));
    fill('a', 84);
    expect(HTTP1_REQUESTS, "no end", true, "!431 The head");
}

static void count_of_fields(void **state)
{
    (void)state;
    for (int count = 2; count < 6; count++) {
        buf_reset(&text);
        buf_add_str(&text, STR("GET / HTTP/1.1\r\nHost: h\r\n"));
        for (int i = 1; i < count; i++)
            buf_add_str(&text, STR("A: b\r\n"));
        buf_add_str(&text, STR("\r\n"));
        expect(HTTP1_REQUESTS, "fields", count > 3, "!431 The message has too many");
    }
}

/* Limits past what the head can hold are cut down to it. */
static void no_more_fields_than_room(void **state)
{
    static const struct http1_limits wide = {
        .line = SIZE_MAX, .head = 8192, .fields = SIZE_MAX, .body = SIZE_MAX};
    struct feed how = {.side = HTTP1_REQUESTS, .limits = &wide};
    (void)state;
    for (int count = HTTP1_FIELDS; count <= HTTP1_FIELDS + 1; count++) {
        buf_reset(&text);
        buf_add_str(&text, STR("GET / HTTP/1.1\r\nHost: h\r\n"));
        for (int i = 1; i < count; i++)
            buf_add_str(&text, STR("A: b\r\n"));
        buf_add_str(&text, STR("\r\n"));
        struct buf line = feed(&how, buf_str(&text), 0, text.n);
        expect_line("fields", line.p,
                    count > HTTP1_FIELDS ? "!431 too many" : "GET / 1.1 keep | end | idle");
        buf_clear(&line);
    }
    buf_reset(&text);
    fill('a', 9000);
    expect_feed("line", &how, buf_str(&text), "!414 first line");
}

static void body(void **state)
{
    (void)state;
    for (size_t n = 9; n < 13; n++) {
        bool refused = n > 10;
        buf_reset(&text);
        buf_printf(&text, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n\r\n", n);
        fill('x', n);
        expect(HTTP1_REQUESTS, "length", refused, "!413 The body");

        buf_reset(&text);
        buf_add_str(&text, STR("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
        buf_printf(&text, "5\r\naaaaa\r\n%zx\r\n", n - 5);
        fill('x', n - 5);
        buf_add_str(&text, STR("\r\n0\r\n\r\n"));
        expect(HTTP1_REQUESTS, "chunks", refused, "!413 The body");

        buf_reset(&text);
        buf_add_str(&text, STR("HTTP/1.1 200 OK\r\n\r\n"));
        fill('x', n);
        expect(HTTP1_ANSWERS, "to the close", refused, "!502 The body");
    }
}

/* A length that is too large is told with the head, before any of the body came. */
static void large_body_is_told_at_once(void **state)
{
    (void)state;
    buf_reset(&text);
    buf_add_str(&text, STR("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n"));
    expect(HTTP1_REQUESTS, "length", true, "!413 The body");
}

static void extensions_and_trailers(void **state)
{
    (void)state;
    for (size_t n = 98; n < 103; n++) {
        buf_reset(&text);
        buf_add_str(&text, STR("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;"));
        fill('e', n - 2); /* ';' and CR count too */
        buf_add_str(&text, STR("\r\nx\r\n0\r\n\r\n"));
        expect(HTTP1_ANSWERS, "extension", n > 100, "!502 Chunk extensions");

        buf_reset(&text);
        buf_add_str(&text, STR("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"));
        for (size_t i = 0; i < 9; i++)
            buf_add_str(&text, STR("Aaaa: bbb\r\n")); /* 10, the LF does not count */
        buf_add_str(&text, STR("A:"));
        fill('t', n - 93);
        buf_add_str(&text, STR("\r\n\r\n"));
        expect(HTTP1_ANSWERS, "trailers", n > 100, "!502 Chunk extensions");

        /* Over all chunks of a message, and anew for the next one. */
        buf_reset(&text);
        for (int twice = 0; twice < 2; twice++) {
            buf_add_str(&text, STR("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;"));
            fill('e', 48);
            buf_add_str(&text, STR("\r\nx\r\n0;"));
            fill('e', n - 52);
            buf_add_str(&text, STR("\r\n\r\n"));
        }
        expect(HTTP1_ANSWERS, "extensions", n > 100, "!502 Chunk extensions");
    }
}

static void defaults(void **state)
{
    struct http1_reader reader;
    (void)state;
    http1_reader_init(&reader, HTTP1_REQUESTS, NULL);
    assert_int_equal(reader.limits.line, 8192);
    assert_int_equal(reader.limits.head, 32768);
    assert_int_equal(reader.limits.fields, 100);
    assert_int_equal(reader.limits.body, 16777216);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_line),
        cmocka_unit_test(whole_head),
        cmocka_unit_test(count_of_fields),
        cmocka_unit_test(no_more_fields_than_room),
        cmocka_unit_test(body),
        cmocka_unit_test(large_body_is_told_at_once),
        cmocka_unit_test(extensions_and_trailers),
        cmocka_unit_test(defaults),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
