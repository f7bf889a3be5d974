/* Requests: what is read from good ones and which words refuse the others. */
#include "feed.h"

struct row {
    const char *name;
    struct str bytes;
    const char *expected;
};

static void run(const struct row *rows, size_t count)
{
    static const struct feed requests = {.side = HTTP1_REQUESTS};
    for (size_t i = 0; i < count; i++)
        expect_feed(rows[i].name, &requests, rows[i].bytes, rows[i].expected);
}

#define RUN(rows) run((rows), sizeof(rows) / sizeof(rows)[0])
#define H         "Host: h\r\n"

static void good_requests(void **state)
{
    static const struct row rows[] = {
        {"nothing", STR_C(""), "idle"},
        {"smallest", STR_C("GET / HTTP/1.1\r\n" H "\r\n"), "GET / 1.1 keep | end | idle"},
        {"query", STR_C("GET /a?b=c&d=%20 HTTP/1.1\r\n" H "\r\n"),
         "GET /a?b=c&d=%20 1.1 keep | end | idle"},
        {"empty query", STR_C("GET /a? HTTP/1.1\r\n" H "\r\n"), "GET /a? 1.1 keep | end | idle"},
        {"question mark in query", STR_C("GET /a?b?c HTTP/1.1\r\n" H "\r\n"),
         "GET /a?b?c 1.1 keep | end | idle"},
        {"raw JSON in query", STR_C("GET /a?b={\"c\":[1|2]}\\^`<> HTTP/1.1\r\n" H "\r\n"),
         "GET /a?b={\"c\":[1|2]}\\^`<> 1.1 keep | end | idle"},
        {"two slashes", STR_C("GET //h/a HTTP/1.1\r\n" H "\r\n"),
         "GET //h/a 1.1 keep | end | idle"},
        {"body", STR_C("POST /a HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\nhello"),
         "POST /a 1.1 keep len=5 | hello | end | idle"},
        {"empty body", STR_C("POST /a HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n"),
         "POST /a 1.1 keep len=0 | end | idle"},
        {"zeros before the length",
         STR_C("POST /a HTTP/1.1\r\n" H "Content-Length: 0002\r\n\r\nab"),
         "POST /a 1.1 keep len=2 | ab | end | idle"},
        {"DELETE with a body", STR_C("DELETE /a HTTP/1.1\r\n" H "content-length: 2\r\n\r\n{}"),
         "DELETE /a 1.1 keep len=2 | {} | end | idle"},
        {"GET with a body", STR_C("GET /a HTTP/1.1\r\n" H "CONTENT-LENGTH: 2\r\n\r\n{}"),
         "GET /a 1.1 keep len=2 | {} | end | idle"},
        {"HEAD", STR_C("HEAD /a HTTP/1.1\r\n" H "\r\n"), "HEAD /a 1.1 keep | end | idle"},
        {"unknown method", STR_C("m-1 /a HTTP/1.1\r\n" H "\r\n"), "m-1 /a 1.1 keep | end | idle"},
        {"close", STR_C("GET / HTTP/1.1\r\n" H "Connection: close\r\n\r\n"),
         "GET / 1.1 | end | idle"},
        {"close in a list", STR_C("GET / HTTP/1.1\r\n" H "Connection: te ,, Close ,x\r\n\r\n"),
         "GET / 1.1 | end | idle"},
        {"close in a second field",
         STR_C("GET / HTTP/1.1\r\n" H "Connection: keep-alive\r\nConnection: close\r\n\r\n"),
         "GET / 1.1 | end | idle"},
        {"closed is not close", STR_C("GET / HTTP/1.1\r\n" H "Connection: closed\r\n\r\n"),
         "GET / 1.1 keep | end | idle"},
        {"1.0", STR_C("GET / HTTP/1.0\r\n\r\n"), "GET / 1.0 | end | idle"},
        {"1.0 kept", STR_C("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"),
         "GET / 1.0 keep | end | idle"},
        {"1.0 kept and closed", STR_C("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n"),
         "GET / 1.0 | end | idle"},
        {"1.0 with a body", STR_C("POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\nx"),
         "POST / 1.0 len=1 | x | end | idle"},
        {"gzip", STR_C("POST / HTTP/1.1\r\n" H "Content-Encoding: GZip\r\n\r\n"),
         "POST / 1.1 keep gzip | end | idle"},
        {"x-gzip", STR_C("POST / HTTP/1.1\r\n" H "Content-Encoding: x-gzip\r\n\r\n"),
         "POST / 1.1 keep gzip | end | idle"},
        {"identity", STR_C("POST / HTTP/1.1\r\n" H "Content-Encoding: identity\r\n\r\n"),
         "POST / 1.1 keep | end | idle"},
        {"br", STR_C("POST / HTTP/1.1\r\n" H "Content-Encoding: br\r\n\r\n"),
         "POST / 1.1 keep coded | end | idle"},
        {"gzip twice",
         STR_C("POST / HTTP/1.1\r\n" H "Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n\r\n"),
         "POST / 1.1 keep coded | end | idle"},
        {"expect",
         STR_C("POST / HTTP/1.1\r\n" H "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\nx"),
         "POST / 1.1 keep expect len=1 | x | end | idle"},
        {"expect for nothing", STR_C("GET / HTTP/1.1\r\n" H "Expect: 100-continue\r\n\r\n"),
         "GET / 1.1 keep | end | idle"},
        {"expect in 1.0", STR_C("POST / HTTP/1.0\r\nExpect: x\r\nContent-Length: 1\r\n\r\nx"),
         "POST / 1.0 len=1 | x | end | idle"},
        {"two empty lines before", STR_C("\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n"),
         "GET / 1.1 keep | end | idle"},
        {"empty lines alone", STR_C("\r\n\r\n"), "idle"},
        {"pipelined",
         STR_C("GET /1 HTTP/1.1\r\n" H "\r\nPOST /2 HTTP/1.1\r\n" H "Content-Length: 1\r\n\r\nx"
               "\r\nGET /3 HTTP/1.1\r\n" H "Connection: close\r\n\r\n"),
         "GET /1 1.1 keep | end | POST /2 1.1 keep len=1 | x | end | GET /3 1.1 | end | idle"},
        {"names as long as those that count",
         STR_C("GET / HTTP/1.1\r\n" H "Date: x\r\nAccept: x\r\nUser-Agent: close\r\n"
               "Accept-Charset: 1\r\nX-Requested-With: gzip\r\nIf-Modified-Since: chunked\r\n\r\n"),
         "GET / 1.1 keep | end | idle"},
        {"names much like those that count",
         STR_C("GET / HTTP/1.1\r\n" H "Hast: x\r\nExpecT-: x\r\nExpert: x\r\nConnectiom: close\r\n"
               "Content_Length: 1\r\nContent-Encodinh: gzip\r\nTransfer-encodimg: chunked\r\n\r\n"),
         "GET / 1.1 keep | end | idle"},
        {"bytes above ASCII in a value",
         STR_C("GET / HTTP/1.1\r\n" H "A: caf\xC3\xA9 \x80\xFF\r\n\r\n"),
         "GET / 1.1 keep | end | idle"},
        {"tab in a value", STR_C("GET / HTTP/1.1\r\n" H "Aaaaaaaa: b\tcdefghijk\tl\r\n\r\n"),
         "GET / 1.1 keep | end | idle"},
        {"every token character", STR_C("GET / HTTP/1.1\r\n" H "!#$%&'*+-.^_`|~09AZaz: x\r\n\r\n"),
         "GET / 1.1 keep | end | idle"},
        {"empty host", STR_C("GET / HTTP/1.1\r\nHost:\r\n\r\n"), "GET / 1.1 keep | end | idle"},
        {"host of every kind", STR_C("GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n"),
         "GET / 1.1 keep | end | idle"},
    };
    (void)state;
    RUN(rows);
}

static void targets(void **state)
{
    static const struct row rows[] = {
        {"absolute", STR_C("GET http://h:80/a?b HTTP/1.1\r\n" H "\r\n"),
         "GET /a?b 1.1 keep | end | idle"},
        {"absolute, scheme in capitals", STR_C("GET HTTP://h/a HTTP/1.1\r\n" H "\r\n"),
         "GET /a 1.1 keep | end | idle"},
        {"absolute without path", STR_C("GET http://h HTTP/1.1\r\n" H "\r\n"),
         "GET / 1.1 keep | end | idle"},
        {"absolute, query only", STR_C("GET http://h?b HTTP/1.1\r\n" H "\r\n"),
         "GET /?b 1.1 keep | end | idle"},
        {"absolute without host", STR_C("GET http:///a HTTP/1.1\r\n" H "\r\n"), "!400 host in the"},
        {"absolute, nothing behind", STR_C("GET http:// HTTP/1.1\r\n" H "\r\n"), "!400 neither"},
        {"absolute with user", STR_C("GET http://u@h/a HTTP/1.1\r\n" H "\r\n"), "!400 host in the"},
        {"https", STR_C("GET https://h/a HTTP/1.1\r\n" H "\r\n"), "!400 neither a path"},
        {"another scheme as long", STR_C("GET hxxp://h/a HTTP/1.1\r\n" H "\r\n"), "!400 neither"},
        {"no slash", STR_C("GET a HTTP/1.1\r\n" H "\r\n"), "!400 neither a path"},
        {"query alone", STR_C("GET ?a HTTP/1.1\r\n" H "\r\n"), "!400 neither a path"},
        {"OPTIONS *", STR_C("OPTIONS * HTTP/1.1\r\n" H "\r\n"), "!501 OPTIONS *"},
        {"OPTIONS of a path", STR_C("OPTIONS /a HTTP/1.1\r\n" H "\r\n"),
         "OPTIONS /a 1.1 keep | end | idle"},
        {"GET *", STR_C("GET * HTTP/1.1\r\n" H "\r\n"), "!400 neither a path"},
        {"CONNECT", STR_C("CONNECT h:443 HTTP/1.1\r\n" H "\r\n"), "!501 CONNECT"},
        {"CONNECT of a path", STR_C("CONNECT /a HTTP/1.1\r\n" H "\r\n"), "!501 CONNECT"},
        {"fragment", STR_C("GET /a#b HTTP/1.1\r\n" H "\r\n"), "!400 may not hold"},
        {"fragment far behind", STR_C("GET /aaaaaaaaaaaaaaaaaaa#b HTTP/1.1\r\n" H "\r\n"),
         "!400 may not hold"},
        {"beyond ASCII", STR_C("GET /caf\xC3\xA9 HTTP/1.1\r\n" H "\r\n"), "!400 may not hold"},
        {"tab", STR_C("GET /a\tb HTTP/1.1\r\n" H "\r\n"), "!400 may not hold"},
        {"NUL", STR_C("GET /a\0b HTTP/1.1\r\n" H "\r\n"), "!400 may not hold"},
        {"DEL", STR_C("GET /a\x7F HTTP/1.1\r\n" H "\r\n"), "!400 may not hold"},
        {"CR", STR_C("GET /a\rb HTTP/1.1\r\n" H "\r\n"), "!400 may not hold"},
        {"blank", STR_C("GET /a b HTTP/1.1\r\n" H "\r\n"), "!400 version"},
    };
    (void)state;
    RUN(rows);
}

static void bad_request_lines(void **state)
{
    static const struct row rows[] = {
        {"TLS", STR_C("\x16\x03\x01\x02"), "!400 begin as HTTP"},
        {"JSON", STR_C("{\"a\":1}"), "!400 begin as HTTP"},
        {"blank first", STR_C(" GET / HTTP/1.1\r\n"), "!400 begin as HTTP"},
        {"LF first", STR_C("\nGET / HTTP/1.1\r\n"), "!400 begin as HTTP"},
        {"CR first", STR_C("\rGET / HTTP/1.1\r\n"), "!400 begin as HTTP"},
        {"three empty lines", STR_C("\r\n\r\n\r\nGET / HTTP/1.1\r\n"), "!400 Too many empty"},
        {"0.9", STR_C("GET /\r\n\r\n"), "!400 may not hold"},
        {"method alone", STR_C("GET\r\n\r\n"), "!400 begin with a method"},
        {"method and blank", STR_C("GET \r\n\r\n"), "!400 no target"},
        {"two blanks", STR_C("GET  / HTTP/1.1\r\n" H "\r\n"), "!400 no target"},
        {"two blanks behind", STR_C("GET /  HTTP/1.1\r\n" H "\r\n"), "!400 version"},
        {"blank at the end", STR_C("GET / HTTP/1.1 \r\n" H "\r\n"), "!400 follows the version"},
        {"tab between", STR_C("GET\t/ HTTP/1.1\r\n" H "\r\n"), "!400 begin with a method"},
        {"bad method", STR_C("G(T / HTTP/1.1\r\n" H "\r\n"), "!400 begin with a method"},
        {"small version", STR_C("GET / http/1.1\r\n" H "\r\n"), "!400 version"},
        {"short version", STR_C("GET / HTTP/1\r\n" H "\r\n"), "!400 version"},
        {"no version", STR_C("GET / \r\n\r\n"), "!400 version"},
        {"long version", STR_C("GET / HTTP/1.11\r\n" H "\r\n"), "!400 follows the version"},
        {"1.2", STR_C("GET / HTTP/1.2\r\n" H "\r\n"), "!505 HTTP/1.1"},
        {"2.0", STR_C("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "!505 HTTP/1.1"},
        {"bare LF", STR_C("GET / HTTP/1.1\nHost: h\n\n"), "!400 bare LF"},
        {"bare CR", STR_C("GET / HTTP/1.1\rHost: h\r\n\r\n"), "!400 follows the version"},
    };
    (void)state;
    RUN(rows);
}

static void bad_fields(void **state)
{
    static const struct row rows[] = {
        {"bare LF", STR_C("GET / HTTP/1.1\r\nHost: h\n\r\n"), "!400 bare LF"},
        {"bare LF at the end", STR_C("GET / HTTP/1.1\r\nHost: h\r\n\n"), "!400 bare LF"},
        {"LF twice", STR_C("GET / HTTP/1.1\r\nHost: h\n\nrest"), "!400 bare LF"},
        {"bare CR", STR_C("GET / HTTP/1.1\r\nHost: h\rA: b\r\n\r\n"), "!400 control character"},
        {"two CR", STR_C("GET / HTTP/1.1\r\nHost: h\r\r\n\r\n"), "!400 control character"},
        {"CR where the empty line is", STR_C("GET / HTTP/1.1\r\n" H "\rA: b\r\n\r\n"),
         "!400 begin with a name"},
        {"NUL in a value", STR_C("GET / HTTP/1.1\r\n" H "A: b\0c\r\n\r\n"),
         "!400 control character"},
        {"NUL far in a value", STR_C("GET / HTTP/1.1\r\n" H "A: bbbbbbbbbbbbbbbbb\0c\r\n\r\n"),
         "!400 control character"},
        {"escape in a value", STR_C("GET / HTTP/1.1\r\n" H "A: \x1B[m\r\n\r\n"), "!400 control"},
        {"DEL in a value", STR_C("GET / HTTP/1.1\r\n" H "A: \x7F\r\n\r\n"), "!400 control"},
        {"NUL in a name", STR_C("GET / HTTP/1.1\r\n" H "A\0: b\r\n\r\n"), "!400 name holds"},
        {"blank in a name", STR_C("GET / HTTP/1.1\r\n" H "A b: c\r\n\r\n"),
         "!400 followed by a blank"},
        {"blank before the colon", STR_C("GET / HTTP/1.1\r\n" H "A : b\r\n\r\n"),
         "!400 followed by a blank"},
        {"tab before the colon", STR_C("GET / HTTP/1.1\r\n" H "A\t: b\r\n\r\n"),
         "!400 followed by a blank"},
        {"folded", STR_C("GET / HTTP/1.1\r\n" H "A: b\r\n c\r\n\r\n"), "!400 folded"},
        {"folded with a tab", STR_C("GET / HTTP/1.1\r\n" H "A: b\r\n\tc\r\n\r\n"), "!400 folded"},
        {"folded at once", STR_C("GET / HTTP/1.1\r\n A: b\r\n" H "\r\n"), "!400 folded"},
        {"no colon", STR_C("GET / HTTP/1.1\r\n" H "A\r\n\r\n"), "!400 name holds"},
        {"no name", STR_C("GET / HTTP/1.1\r\n" H ": b\r\n\r\n"), "!400 begin with a name"},
        {"name in quotes", STR_C("GET / HTTP/1.1\r\n" H "\"A\": b\r\n\r\n"),
         "!400 begin with a name"},
        {"name beyond ASCII", STR_C("GET / HTTP/1.1\r\n" H "A\xC3\xA9: b\r\n\r\n"),
         "!400 name holds"},
        {"no host", STR_C("GET / HTTP/1.1\r\n\r\n"), "!400 Host field is missing"},
        {"two hosts", STR_C("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n"),
         "!400 Host field is there"},
        {"two hosts in 1.0", STR_C("GET / HTTP/1.0\r\nHost: a\r\nhost: a\r\n\r\n"),
         "!400 Host field is there"},
        {"host with a path", STR_C("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), "!400 not a host"},
        {"host with a user", STR_C("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"), "!400 not a host"},
        {"two hosts in one", STR_C("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), "!400 not a host"},
        {"another expectation", STR_C("GET / HTTP/1.1\r\n" H "Expect: 200-ok\r\n\r\n"),
         "!417 expectation"},
    };
    (void)state;
    RUN(rows);
}

#define POST "POST / HTTP/1.1\r\n" H

static void bad_framing(void **state)
{
    static const struct row rows[] = {
        {"both", STR_C(POST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"),
         "!400 both"},
        {"both, other order", STR_C(POST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"),
         "!400 both"},
        {"length twice", STR_C(POST "Content-Length: 3\r\nContent-Length: 3\r\n\r\n"),
         "!400 Content-Length is there more"},
        {"lengths in a list", STR_C(POST "Content-Length: 3, 3\r\n\r\n"), "!400 plain number"},
        {"signed", STR_C(POST "Content-Length: +3\r\n\r\n"), "!400 plain number"},
        {"negative", STR_C(POST "Content-Length: -3\r\n\r\n"), "!400 plain number"},
        {"hexadecimal", STR_C(POST "Content-Length: 0x3\r\n\r\n"), "!400 plain number"},
        {"fraction", STR_C(POST "Content-Length: 3.0\r\n\r\n"), "!400 plain number"},
        {"blank inside", STR_C(POST "Content-Length: 3 3\r\n\r\n"), "!400 plain number"},
        {"empty", STR_C(POST "Content-Length:\r\n\r\n"), "!400 Content-Length is empty"},
        {"too large", STR_C(POST "Content-Length: 16777217\r\n\r\n"), "!413 body is longer"},
        {"beyond 63 bits", STR_C(POST "Content-Length: 9223372036854775808\r\n\r\n"), "!413 body"},
        {"beyond 64 bits", STR_C(POST "Content-Length: 18446744073709551617\r\n\r\n"), "!413 body"},
        {"coding in 1.0", STR_C("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
         "!400 HTTP/1.0"},
        {"coding twice",
         STR_C(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"),
         "!400 Transfer-Encoding is there"},
        {"codings in a list", STR_C(POST "Transfer-Encoding: gzip, chunked\r\n\r\n"),
         "!501 chunked"},
        {"chunked twice", STR_C(POST "Transfer-Encoding: chunked, chunked\r\n\r\n"),
         "!501 chunked"},
        {"identity", STR_C(POST "Transfer-Encoding: identity\r\n\r\n"), "!501 chunked"},
        {"empty coding", STR_C(POST "Transfer-Encoding:\r\n\r\n"), "!501 chunked"},
        {"coding with a parameter", STR_C(POST "Transfer-Encoding: chunked;a=b\r\n\r\n"),
         "!501 chunked"},
        {"vertical tab before the coding", STR_C(POST "Transfer-Encoding: \vchunked\r\n\r\n"),
         "!400 control"},
        {"no length, yet a body", STR_C(POST "\r\n{\"a\":1}"),
         "POST / 1.1 keep | end | !400 begin as"},
        {"length 0, yet a body", STR_C(POST "Content-Length: 0\r\n\r\n{\"a\":1}"),
         "POST / 1.1 keep len=0 | end | !400 begin as"},
        {"length too short", STR_C(POST "Content-Length: 2\r\n\r\n{\"a\":1}"),
         "POST / 1.1 keep len=2 | {\" | end | cut"},
    };
    (void)state;
    RUN(rows);
}

#define CHUNKED POST "Transfer-Encoding: Chunked\r\n\r\n"
#define BEGUN   "POST / 1.1 keep chunked | "

static void chunks(void **state)
{
    static const struct row rows[] = {
        {"one", STR_C(CHUNKED "5\r\nhello\r\n0\r\n\r\n"), BEGUN "hello | end | idle"},
        {"none", STR_C(CHUNKED "0\r\n\r\n"), BEGUN "end | idle"},
        {"three", STR_C(CHUNKED "1\r\na\r\n2\r\nbc\r\n0a\r\n0123456789\r\n000\r\n\r\n"),
         BEGUN "abc0123456789 | end | idle"},
        {"both cases", STR_C(CHUNKED "A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n"),
         BEGUN "01234567890123456789 | end | idle"},
        {"every digit",
         STR_C(CHUNKED "00000009\r\n012345678\r\n0000000F\r\n0123456789abcde\r\n"
                       "8\r\n01234567\r\n12\r\n0123456789abcdefgh\r\n0\r\n\r\n"),
         BEGUN "0123456780123456789abcde012345670123456789abcdefgh | end | idle"},
        {"one blank before an extension", STR_C(CHUNKED "1 ;a\r\nx\r\n0\r\n\r\n"),
         BEGUN "x | end | idle"},
        {"CRLF inside", STR_C(CHUNKED "4\r\n\r\n\r\n\r\n0\r\n\r\n"), BEGUN "\r\n\r\n | end | idle"},
        {"sixteen digits", STR_C(CHUNKED "0000000000000001\r\na\r\n0\r\n\r\n"),
         BEGUN "a | end | idle"},
        {"extension", STR_C(CHUNKED "1;a=b;c=\"d e\"\r\nx\r\n0;z\r\n\r\n"), BEGUN "x | end | idle"},
        {"blanks before an extension", STR_C(CHUNKED "1 \t;a\r\nx\r\n0\r\n\r\n"),
         BEGUN "x | end | idle"},
        {"trailers", STR_C(CHUNKED "1\r\nx\r\n0\r\nA: b\r\nContent-Length:9\r\n\r\n"),
         BEGUN "x | end | idle"},
        {"another behind", STR_C(CHUNKED "0\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n"),
         BEGUN "end | GET / 1.1 keep | end | idle"},
        {"expected",
         STR_C(POST "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
         "POST / 1.1 keep chunked expect | end | idle"},
    };
    (void)state;
    RUN(rows);
}

static void bad_chunks(void **state)
{
    static const struct row rows[] = {
        {"no size", STR_C(CHUNKED "\r\nx\r\n"), BEGUN "!400 size line"},
        {"not hexadecimal", STR_C(CHUNKED "g\r\n"), BEGUN "!400 size line"},
        {"signed", STR_C(CHUNKED "+1\r\nx\r\n"), BEGUN "!400 size line"},
        {"negative", STR_C(CHUNKED "-1\r\nx\r\n"), BEGUN "!400 size line"},
        {"0x", STR_C(CHUNKED "0x1\r\nx\r\n"), BEGUN "!400 size line"},
        {"underscore", STR_C(CHUNKED "1_0\r\nx\r\n"), BEGUN "!400 size line"},
        {"blank first", STR_C(CHUNKED " 1\r\nx\r\n"), BEGUN "!400 size line"},
        {"blank at the end", STR_C(CHUNKED "1 \r\nx\r\n"), BEGUN "!400 size line"},
        {"letter behind a blank", STR_C(CHUNKED "1 a\r\nx\r\n"), BEGUN "!400 size line"},
        {"letter behind f", STR_C(CHUNKED "G\r\nx\r\n"), BEGUN "!400 size line"},
        {"sign behind 9", STR_C(CHUNKED ":\r\nx\r\n"), BEGUN "!400 size line"},
        {"sign before a", STR_C(CHUNKED "@\r\nx\r\n"), BEGUN "!400 size line"},
        {"byte that a bit makes a digit", STR_C(CHUNKED "\x11\r\nx\r\n"), BEGUN "!400 size line"},
        {"seventeen digits", STR_C(CHUNKED "00000000000000001\r\nx\r\n"), BEGUN "!400 size line"},
        {"64 bits", STR_C(CHUNKED "ffffffffffffffff\r\nx\r\n"), BEGUN "!413 body"},
        {"sum past 64 bits", STR_C(CHUNKED "1\r\nx\r\nffffffffffffffff\r\n"),
         BEGUN "x | !413 body"},
        {"bare LF", STR_C(CHUNKED "1\nx\r\n"), BEGUN "!400 size line"},
        {"bare CR", STR_C(CHUNKED "1\rx\r\n"), BEGUN "!400 size line"},
        {"bare LF in an extension", STR_C(CHUNKED "1;a\nx\r\n"), BEGUN "!400 size line"},
        {"bare CR in an extension", STR_C(CHUNKED "1;a\rb\r\nx\r\n"), BEGUN "!400 size line"},
        {"NUL in an extension", STR_C(CHUNKED "1;\0\r\nx\r\n"), BEGUN "!400 size line"},
        {"LF behind the chunk", STR_C(CHUNKED "1\r\nx\n0\r\n\r\n"),
         BEGUN "x | !400 longer than its"},
        {"chunk too long", STR_C(CHUNKED "1\r\nxy\r\n0\r\n\r\n"), BEGUN "x | !400 longer than its"},
        {"CR alone behind the chunk", STR_C(CHUNKED "1\r\nx\r0\r\n\r\n"),
         BEGUN "x | !400 longer than its"},
        {"folded trailer", STR_C(CHUNKED "0\r\nA: b\r\n c\r\n\r\n"), BEGUN "!400 trailer"},
        {"trailer without a name", STR_C(CHUNKED "0\r\n: b\r\n\r\n"), BEGUN "!400 trailer"},
        {"trailer without a colon", STR_C(CHUNKED "0\r\nA\r\n\r\n"), BEGUN "!400 trailer"},
        {"blank before the colon", STR_C(CHUNKED "0\r\nA : b\r\n\r\n"), BEGUN "!400 trailer"},
        {"NUL in a trailer", STR_C(CHUNKED "0\r\nA: \0\r\n\r\n"), BEGUN "!400 trailer"},
        {"bare LF in a trailer", STR_C(CHUNKED "0\r\nA: b\n\r\n"), BEGUN "!400 trailer"},
        {"bare CR in a trailer", STR_C(CHUNKED "0\r\nA: b\rc\r\n\r\n"), BEGUN "!400 trailer"},
        {"bare LF at the end", STR_C(CHUNKED "0\r\n\n"), BEGUN "!400 trailer"},
        {"no end", STR_C(CHUNKED "0\r\n\rx"), BEGUN "!400 trailer"},
        {"a request instead of a trailer", STR_C(CHUNKED "0\r\nGET / HTTP/1.1\r\n"),
         BEGUN "!400 trailer"},
    };
    (void)state;
    RUN(rows);
}

/* Each byte at each of some places of a target and of a value, against the rule in words. */
static void every_byte_in_every_place(void **state)
{
    enum { PLACES = 19 };
    (void)state;
    for (int c = 0; c < 256; c++)
        for (size_t place = 0; place < PLACES; place++) {
            struct buf text, line;
            char run[PLACES + 1] = "aaaaaaaaaaaaaaaaaaa";
            bool in_target = c > 0x20 && c < 0x7F && c != '#';
            bool in_value = c == '\t' || (c >= 0x20 && c != 0x7F);
            run[place] = (char)c;
            buf_init(&text, 200);
            buf_add_str(&text, STR("GET /"));
            buf_add(&text, run, PLACES);
            buf_add_str(&text, STR(" HTTP/1.1\r\n" H "\r\n"));
            line = feed(&(struct feed){HTTP1_REQUESTS, NULL, false}, buf_str(&text), 0, text.n);
            assert_int_equal(strchr(line.p, '!') && c != '!', !in_target);
            buf_clear(&line);
            buf_reset(&text);
            buf_add_str(&text, STR("GET / HTTP/1.1\r\n" H "A:\x80"));
            buf_add(&text, run, PLACES);
            buf_add_str(&text, STR("\xFF\r\n\r\n"));
            line = feed(&(struct feed){HTTP1_REQUESTS, NULL, false}, buf_str(&text), 0, text.n);
            assert_int_equal(strchr(line.p, '!') != NULL, !in_value);
            buf_clear(&line);
            buf_clear(&text);
        }
}

/* A value of bytes that lie on the borders of what is refused, in every order. */
static void neighbours_are_told_apart(void **state)
{
    static const uint8_t border[] = {0x1F, 0x20, 0x7E, 0x7F, 0x80, 0xFF, '\t', 0x00};
    (void)state;
    for (size_t i = 0; i < 8 * 8 * 8 * 8; i++) {
        uint8_t run[8];
        struct buf text;
        bool bad = false;
        for (size_t j = 0; j < 8; j++) {
            run[j] = border[(j < 4 ? i >> 3 * j : i >> 3 * (7 - j)) & 7];
            bad = bad || run[j] < 9 || run[j] == 0x1F || run[j] == 0x7F;
        }
        buf_init(&text, 200);
        buf_add_str(&text, STR("GET / HTTP/1.1\r\n" H "A:x"));
        buf_add(&text, (const char *)run, 8);
        buf_add_str(&text, STR("x\r\n\r\n"));
        struct buf line =
            feed(&(struct feed){HTTP1_REQUESTS, NULL, false}, buf_str(&text), 0, text.n);
        assert_int_equal(strchr(line.p, '!') != NULL, bad);
        buf_clear(&line);
        buf_clear(&text);
    }
}

/* A prefix of a request is never whole, wherever the connection ends. */
static void cut_requests(void **state)
{
    static const struct str whole[] = {
        STR_C(POST "Content-Length: 5\r\n\r\nhello"),
        STR_C(CHUNKED "5;a=b\r\nhello\r\n0\r\nA: b\r\n\r\n"),
    };
    (void)state;
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        for (size_t n = 1; n < whole[i].n; n++) {
            struct buf line =
                feed(&(struct feed){HTTP1_REQUESTS, NULL, false}, str_of(whole[i].p, n), 0, n);
            assert_string_equal(line.p + line.n - sizeof "cut", "cut");
            buf_clear(&line);
        }
}

static void fields_are_cut_and_found(void **state)
{
    static const struct {
        const char *name, *value;
    } table[] = {
        {"host", "h"},        {"X-A", "one"},      {"x-b", "two words"},
        {"X-Empty", ""},      {"X-Blank", ""},     {"X-Colon", "a:b: c"},
        {"X-Twice", "first"}, {"X-Missing", NULL}, {"X-", NULL},
    };
    static const char bytes[] =
        "GET /p?q HTTP/1.1\r\nHost: h\r\nx-a:one\r\nX-B: \t two words \t \r\n"
        "X-Empty:\r\nX-Blank:   \r\nX-Colon: a:b: c\r\n"
        "X-Twice: first\r\nX-Twice: second\r\n\r\n";
    struct http1_reader reader;
    struct str body;
    size_t used;
    (void)state;
    http1_reader_init(&reader, HTTP1_REQUESTS, NULL);
    assert_int_equal(http1_read(&reader, bytes, sizeof bytes - 1, &used, &body), HTTP1_HEAD);
    assert_int_equal(used, sizeof bytes - 1);
    assert_int_equal(reader.head.count, 8);
    assert_true(str_eq(reader.head.target, STR("/p?q")));
    assert_true(str_eq(reader.head.fields[1].name, STR("x-a")));
    assert_true(str_eq(reader.head.fields[7].value, STR("second")));
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct str value = http1_get(&reader.head, str_from(table[i].name));
        assert_int_equal(value.p == NULL, table[i].value == NULL);
        assert_true(str_eq(value, str_from(table[i].value)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_requests),
        cmocka_unit_test(targets),
        cmocka_unit_test(bad_request_lines),
        cmocka_unit_test(bad_fields),
        cmocka_unit_test(bad_framing),
        cmocka_unit_test(chunks),
        cmocka_unit_test(bad_chunks),
        cmocka_unit_test(every_byte_in_every_place),
        cmocka_unit_test(neighbours_are_told_apart),
        cmocka_unit_test(cut_requests),
        cmocka_unit_test(fields_are_cut_and_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
