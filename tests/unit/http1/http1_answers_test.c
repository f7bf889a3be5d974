/* Answers: interim ones, those without a body, every way a body ends, and cut-off ones. */
#include "feed.h"

struct row {
    const char *name;
    struct str bytes;
    const char *expected;
    bool to_head;
};

static void run(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct feed answers = {.side = HTTP1_ANSWERS, .to_head = rows[i].to_head};
        expect_feed(rows[i].name, &answers, rows[i].bytes, rows[i].expected);
    }
}

#define RUN(rows) run((rows), sizeof(rows) / sizeof(rows)[0])
#define OK        "HTTP/1.1 200 OK\r\n"

static void whole_answers(void **state)
{
    static const struct row rows[] = {
        {"nothing", STR_C(""), "idle", false},
        {"length", STR_C(OK "Content-Length: 2\r\n\r\n{}"), "200 1.1 keep len=2 | {} | end | idle",
         false},
        {"length 0", STR_C(OK "Content-Length: 0\r\n\r\n"), "200 1.1 keep len=0 | end | idle",
         false},
        {"close", STR_C(OK "Connection: close\r\nContent-Length: 0\r\n\r\n"),
         "200 1.1 len=0 | end | idle", false},
        {"1.0", STR_C("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx"),
         "200 1.0 len=1 | x | end | idle", false},
        {"1.0 kept",
         STR_C("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"),
         "200 1.0 keep len=0 | end | idle", false},
        {"no reason", STR_C("HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n"),
         "404 1.1 keep len=0 | end | idle", false},
        {"no blank behind the status", STR_C("HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n"),
         "404 1.1 keep len=0 | end | idle", false},
        {"long reason", STR_C("HTTP/1.1 599 a b\tc \xC3\xA9\r\nContent-Length: 0\r\n\r\n"),
         "599 1.1 keep len=0 | end | idle", false},
        {"chunked",
         STR_C(OK "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x\r\nd\r\n0\r\nT: v\r\n\r\n"),
         "200 1.1 keep chunked | abcd | end | idle", false},
        {"gzip", STR_C(OK "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\n\x1F"),
         "200 1.1 keep gzip len=1 | \x1F | end | idle", false},
        {"two in a row", STR_C(OK "Content-Length: 1\r\n\r\na" OK "Content-Length: 1\r\n\r\nb"),
         "200 1.1 keep len=1 | a | end | 200 1.1 keep len=1 | b | end | idle", false},
        {"to the close", STR_C(OK "\r\nhello"), "200 1.1 | hello | end", false},
        {"nothing to the close", STR_C(OK "\r\n"), "200 1.1 | end", false},
        {"to the close, said to be kept", STR_C(OK "Connection: keep-alive\r\n\r\nhello"),
         "200 1.1 | hello | end", false},
        {"expect means nothing here", STR_C(OK "Expect: x\r\nContent-Length: 0\r\n\r\n"),
         "200 1.1 keep len=0 | end | idle", false},
        {"host means nothing here", STR_C(OK "Host: /\r\nHost: /\r\nContent-Length: 0\r\n\r\n"),
         "200 1.1 keep len=0 | end | idle", false},
    };
    (void)state;
    RUN(rows);
}

static void answers_without_a_body(void **state)
{
    static const struct row rows[] = {
        {"204", STR_C("HTTP/1.1 204 No Content\r\n\r\n"), "204 1.1 keep | end | idle", false},
        {"304 with the length of another", STR_C("HTTP/1.1 304 x\r\nContent-Length: 10\r\n\r\n"),
         "304 1.1 keep len=10 | end | idle", false},
        {"204 with chunks announced", STR_C("HTTP/1.1 204 x\r\nTransfer-Encoding: chunked\r\n\r\n"),
         "204 1.1 keep chunked | end | idle", false},
        {"to HEAD", STR_C(OK "Content-Length: 10\r\n\r\n"), "200 1.1 keep len=10 | end | idle",
         true},
        {"to HEAD, larger than our limit", STR_C(OK "Content-Length: 99999999999\r\n\r\n"),
         "200 1.1 keep len=99999999999 | end | idle", true},
        {"to HEAD, chunks announced", STR_C(OK "Transfer-Encoding: chunked\r\n\r\n"),
         "200 1.1 keep chunked | end | idle", true},
        {"to HEAD, no length", STR_C(OK "\r\n"), "200 1.1 keep | end | idle", true},
        {"to HEAD, twice", STR_C(OK "\r\n" OK "Content-Length: 3\r\n\r\n"),
         "200 1.1 keep | end | 200 1.1 keep len=3 | end | idle", true},
        {"to HEAD, yet a body", STR_C(OK "Content-Length: 1\r\n\r\nx"),
         "200 1.1 keep len=1 | end | !502 begin as", true},
        {"204, yet a body", STR_C("HTTP/1.1 204 x\r\nContent-Length: 1\r\n\r\nx"),
         "204 1.1 keep len=1 | end | !502 begin as", false},
    };
    (void)state;
    RUN(rows);
}

#define FOUR(text)    text text text text
#define SIXTEEN(text) FOUR(FOUR(text))
#define EARLY         "HTTP/1.1 103 x\r\nA: b\r\n\r\n"

static void interim_answers(void **state)
{
    static const struct row rows[] = {
        {"continue", STR_C("HTTP/1.1 100 Continue\r\n\r\n" OK "Content-Length: 1\r\n\r\nx"),
         "200 1.1 keep len=1 | x | end | idle", false},
        {"several", STR_C("HTTP/1.1 100\r\n\r\n" EARLY EARLY "HTTP/1.1 204 x\r\n\r\n"),
         "204 1.1 keep | end | idle", false},
        {"with a length",
         STR_C("HTTP/1.1 100 x\r\nContent-Length: 5\r\n\r\nHTTP/1.1 204 x\r\n\r\n"),
         "204 1.1 keep | end | idle", false},
        {"before the answer to HEAD", STR_C(EARLY OK "Content-Length: 5\r\n\r\n"),
         "200 1.1 keep len=5 | end | idle", true},
        {"alone", STR_C("HTTP/1.1 100 Continue\r\n\r\n"), "cut", false},
        {"sixteen", STR_C(SIXTEEN(EARLY) "HTTP/1.1 204 x\r\n\r\n"), "204 1.1 keep | end | idle",
         false},
        {"seventeen", STR_C(SIXTEEN(EARLY) EARLY), "!502 Too many interim", false},
        {"sixteen before each",
         STR_C(SIXTEEN(EARLY) "HTTP/1.1 204 x\r\n\r\n" SIXTEEN(EARLY) "HTTP/1.1 204 x\r\n\r\n"),
         "204 1.1 keep | end | 204 1.1 keep | end | idle", false},
        {"switching", STR_C("HTTP/1.1 101 x\r\nUpgrade: h2c\r\n\r\n"), "!502 switches to a", false},
        {"malformed", STR_C("HTTP/1.1 100 x\r\nA b\r\n\r\n"), "!502 followed by a blank", false},
    };
    (void)state;
    RUN(rows);
}

static void bad_answers(void **state)
{
    static const struct row rows[] = {
        {"not HTTP", STR_C("SSH-2.0-x\r\n"), "!502 begin as", false},
        {"empty line before", STR_C("\r\n" OK "\r\n"), "!502 begin as", false},
        {"HTTP/2", STR_C("HTTP/2 200\r\n\r\n"), "!502 name an HTTP", false},
        {"HTTP/2.0", STR_C("HTTP/2.0 200\r\n\r\n"), "!502 Only HTTP/1.1", false},
        {"no status", STR_C("HTTP/1.1\r\n\r\n"), "!502 holds no status", false},
        {"short status", STR_C("HTTP/1.1 20\r\n\r\n"), "!502 holds no status", false},
        {"long status", STR_C("HTTP/1.1 2000\r\n\r\n"), "!502 malformed", false},
        {"letter in the status", STR_C("HTTP/1.1 x00\r\n\r\n"), "!502 holds no status", false},
        {"letter within the status", STR_C("HTTP/1.1 2x0\r\n\r\n"), "!502 holds no status", false},
        {"letter behind the status", STR_C("HTTP/1.1 20x\r\n\r\n"), "!502 holds no status", false},
        {"no blank before the status", STR_C("HTTP/1.1-200\r\n\r\n"), "!502 holds no status",
         false},
        {"signed status", STR_C("HTTP/1.1 +20\r\n\r\n"), "!502 holds no status", false},
        {"two blanks", STR_C("HTTP/1.1  200 OK\r\n\r\n"), "!502 holds no status", false},
        {"status 099", STR_C("HTTP/1.1 099 x\r\n\r\n"), "!502 outside 100", false},
        {"status 600", STR_C("HTTP/1.1 600 x\r\n\r\n"), "!502 outside 100", false},
        {"NUL in the reason", STR_C("HTTP/1.1 200 \0\r\n\r\n"), "!502 malformed", false},
        {"bare LF", STR_C("HTTP/1.1 200 OK\n\n"), "!502 bare LF", false},
        {"folded", STR_C(OK "A: b\r\n c\r\n\r\n"), "!502 folded", false},
        {"both framings", STR_C(OK "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
         "!502 both", false},
        {"both framings to HEAD",
         STR_C(OK "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"), "!502 both", true},
        {"length twice", STR_C(OK "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx"),
         "!502 there more", false},
        {"coding in 1.0", STR_C("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
         "!502 HTTP/1.0", false},
        {"another coding", STR_C(OK "Transfer-Encoding: gzip\r\n\r\n"), "!502 chunked", false},
        {"too large", STR_C(OK "Content-Length: 16777217\r\n\r\n"), "!502 body is longer", false},
        {"bad chunk", STR_C(OK "Transfer-Encoding: chunked\r\n\r\n1\r\nxy"),
         "200 1.1 keep chunked | x | !502 longer than its", false},
        {"more than was announced", STR_C(OK "Content-Length: 1\r\n\r\nxy"),
         "200 1.1 keep len=1 | x | end | !502 begin as", false},
    };
    (void)state;
    RUN(rows);
}

/* Every prefix of an answer that says how long it is ends as cut. */
static void cut_answers(void **state)
{
    static const struct str whole[] = {
        STR_C(OK "Content-Length: 5\r\n\r\nhello"),
        STR_C(OK "Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nA: b\r\n\r\n"),
        STR_C("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 x\r\n\r\n"),
    };
    (void)state;
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        for (size_t n = 1; n < whole[i].n; n++) {
            struct buf line =
                feed(&(struct feed){HTTP1_ANSWERS, NULL, false}, str_of(whole[i].p, n), 0, n);
            assert_string_equal(line.p + line.n - sizeof "cut", "cut");
            buf_clear(&line);
        }
}

/* What was said about HEAD holds for one answer. */
static void head_holds_for_one_answer(void **state)
{
    static const char bytes[] = OK "Content-Length: 1\r\n\r\n" OK "Content-Length: 1\r\n\r\nx";
    static const enum http1_event events[] = {HTTP1_HEAD, HTTP1_END, HTTP1_HEAD,
                                              HTTP1_BODY, HTTP1_END, HTTP1_MORE};
    struct http1_reader reader;
    size_t done = 0;
    (void)state;
    http1_reader_init(&reader, HTTP1_ANSWERS, NULL);
    http1_reader_answers_head(&reader, true);
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        struct str body;
        size_t used;
        assert_int_equal(http1_read(&reader, bytes + done, sizeof bytes - 1 - done, &used, &body),
                         events[i]);
        done += used;
    }
    assert_int_equal(done, sizeof bytes - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_answers),   cmocka_unit_test(answers_without_a_body),
        cmocka_unit_test(interim_answers), cmocka_unit_test(bad_answers),
        cmocka_unit_test(cut_answers),     cmocka_unit_test(head_holds_for_one_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
