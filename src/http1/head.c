/*
 * Heads: first line and fields, and what they say about framing (RFC 9112, RFC 9110).
 *
 * Owns nothing: spans point into the bytes it was given. One walk over them; each line is
 * checked while it is cut, and the six fields that matter to the reader are noticed by the
 * length of their name first.
 * Refuses whatever two implementations could read in two ways: that is how requests are
 * smuggled (RFC 9112 section 11.2).
 */
#include "http1/head.h"
#include "http1/chars.h"
#include "http1/states.h"

/* What was met among the fields and is judged when all are read. */
struct met {
    int hosts;
    int lengths;
    int transfer_codings;
    int content_codings;
    bool close;
    bool keep_alive;
    struct str host;
    struct str length;
    struct str transfer_coding;
    struct str content_coding;
    struct str expect;
};

bool http1_refuse(struct http1_reader *reader, int status, const char *words)
{
    reader->status = reader->side == HTTP1_ANSWERS ? 502 : status;
    reader->words = words;
    reader->state = IS_BROKEN;
    return false;
}

static inline bool at_crlf(const char *p)
{
    return p[0] == '\r' && p[1] == '\n';
}

/* "HTTP/1.1" and "HTTP/1.0" only; *p moves behind it. RFC 9112 section 2.3. */
static bool read_version(struct http1_reader *reader, const char **p, const char *end)
{
    const char *at = *p;
    if (end - at < 8 || memcmp(at, "HTTP/", 5) != 0 || at[6] != '.')
        return http1_refuse(reader, 400, "The first line does not name an HTTP version.");
    if (at[5] != '1' || (at[7] != '0' && at[7] != '1'))
        return http1_refuse(reader, 505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
    reader->head.minor = at[7] - '0';
    *p = at + 8;
    return true;
}

static void split_query(struct http1_head *head, struct str path)
{
    const char *mark = memchr(path.p, '?', path.n);
    if (!mark) {
        head->path = path;
        head->query = STR_NONE;
        return;
    }
    head->path = str_of(path.p, (size_t)(mark - path.p));
    head->query = str_of(mark + 1, path.n - head->path.n - 1);
}

/* "http://host/path": the host must be there and hold no user (RFC 9110 section 4.2). */
static bool read_absolute(struct http1_reader *reader, struct str rest)
{
    size_t n = 0;
    while (n < rest.n && char_is(rest.p[n], CHAR_HOST))
        n++;
    if (n == 0 || (n < rest.n && rest.p[n] != '/' && rest.p[n] != '?'))
        return http1_refuse(reader, 400, "The host in the request target is not valid.");
    split_query(&reader->head, str_of(rest.p + n, rest.n - n));
    if (reader->head.path.n == 0)
        reader->head.path = STR("/");
    return true;
}

/* The four forms of RFC 9112 section 3.2; two of them are for other kinds of servers. */
static bool read_target(struct http1_reader *reader)
{
    static const struct str scheme = STR_C("http://");
    struct http1_head *head = &reader->head;
    struct str target = head->target;
    if (str_eq(head->method, STR("CONNECT")))
        return http1_refuse(reader, 501, "CONNECT is not offered here.");
    if (target.p[0] == '/') {
        split_query(head, target);
        return true;
    }
    if (target.n > scheme.n && str_ieq(str_of(target.p, scheme.n), scheme))
        return read_absolute(reader, str_of(target.p + scheme.n, target.n - scheme.n));
    if (str_eq(target, STR("*")) && str_eq(head->method, STR("OPTIONS")))
        return http1_refuse(reader, 501, "OPTIONS * is not offered here.");
    return http1_refuse(reader, 400, "The request target is neither a path nor an http address.");
}

static bool read_request_line(struct http1_reader *reader, const char **p, const char *end)
{
    struct http1_head *head = &reader->head;
    const char *at = *p;
    const char *stop = skip_token(at);
    if (stop == at || *stop != ' ')
        return http1_refuse(reader, 400, "The request line does not begin with a method.");
    head->method = str_of(at, (size_t)(stop - at));

    at = stop + 1;
    stop = skip_target(at, end);
    head->target = str_of(at, (size_t)(stop - at));
    if (stop == at)
        return http1_refuse(reader, 400, "The request line has no target.");
    if (*stop != ' ')
        return http1_refuse(reader, 400, "The request target ends in a byte it may not hold.");

    at = stop + 1;
    if (!read_version(reader, &at, end))
        return false;
    if (!at_crlf(at))
        return http1_refuse(reader, 400, "Something follows the version in the request line.");
    *p = at + 2;
    return read_target(reader);
}

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* RFC 9112 section 4. The blank before an empty reason is often missing: harmless. */
static bool read_status_line(struct http1_reader *reader, const char **p, const char *end)
{
    const char *at = *p;
    if (!read_version(reader, &at, end))
        return false;
    if (end - at < 8 || at[0] != ' ' || !is_digit(at[1]) || !is_digit(at[2]) || !is_digit(at[3]))
        return http1_refuse(reader, 502, "The status line of the answer holds no status.");
    int status = (at[1] - '0') * 100 + (at[2] - '0') * 10 + (at[3] - '0');
    if (status < 100 || status > 599)
        return http1_refuse(reader, 502, "The status of the answer is outside 100 to 599.");
    reader->head.status = status;
    at += 4;
    if (*at == ' ')
        at = skip_value(at, end);
    if (!at_crlf(at))
        return http1_refuse(reader, 502, "The status line of the answer is malformed.");
    *p = at + 2;
    return true;
}

/* RFC 9110 section 7.6.1; any number of lists, empty elements allowed. */
static void note_connection(struct met *met, struct str list)
{
    while (list.p) {
        struct str option = str_trim(str_cut(&list, ','));
        if (is_word(option, STR("close")))
            met->close = true;
        else if (is_word(option, STR("keep-alive")))
            met->keep_alive = true;
    }
}

static void note_field(struct met *met, const struct http1_field *field)
{
    struct str name = field->name;
    switch (name.n) {
    case 4:
        if (is_word(name, STR("host"))) {
            met->hosts++;
            met->host = field->value;
        }
        break;
    case 6:
        if (is_word(name, STR("expect")))
            met->expect = field->value;
        break;
    case 10:
        if (is_word(name, STR("connection")))
            note_connection(met, field->value);
        break;
    case 14:
        if (is_word(name, STR("content-length"))) {
            met->lengths++;
            met->length = field->value;
        }
        break;
    case 16:
        if (is_word(name, STR("content-encoding"))) {
            met->content_codings++;
            met->content_coding = field->value;
        }
        break;
    case 17:
        if (is_word(name, STR("transfer-encoding"))) {
            met->transfer_codings++;
            met->transfer_coding = field->value;
        }
        break;
    default:
        break;
    }
}

/* Cuts one line into a field (RFC 9112 section 5); *p moves behind its CRLF. */
static bool read_field(struct http1_reader *reader, const char **p, const char *end,
                       struct http1_field *field)
{
    const char *at = *p;
    const char *stop = skip_token(at);
    if (stop == at)
        return http1_refuse(reader, 400,
                            char_is_blank(*at) ? "A header line is folded (obs-fold)."
                                               : "A header line does not begin with a name.");
    if (*stop != ':')
        return http1_refuse(reader, 400,
                            char_is_blank(*stop) ? "A header name is followed by a blank."
                                                 : "A header name holds a byte it may not hold.");
    field->name = str_of(at, (size_t)(stop - at));

    at = stop + 1;
    while (char_is_blank(*at))
        at++;
    stop = skip_value(at, end);
    if (!at_crlf(stop))
        return http1_refuse(reader, 400, "A header value holds a control character.");
    *p = stop + 2;
    while (stop > at && char_is_blank(stop[-1]))
        stop--;
    field->value = str_of(at, (size_t)(stop - at));
    return true;
}

static bool read_fields(struct http1_reader *reader, const char *p, const char *end,
                        struct met *met)
{
    struct http1_head *head = &reader->head;
    const char *last = end - 2; /* the empty line */
    while (p < last) {
        if (head->count >= reader->limits.fields)
            return http1_refuse(reader, 431, "The message has too many header fields.");
        struct http1_field *field = &head->fields[head->count];
        if (!read_field(reader, &p, end, field))
            return false;
        head->count++;
        note_field(met, field);
    }
    return true;
}

/* RFC 9112 sections 6.1 to 6.3: a length or chunks, never both, never in two ways. */
static bool judge_framing(struct http1_reader *reader, const struct met *met)
{
    struct http1_head *head = &reader->head;
    if (met->transfer_codings > 0) {
        if (met->lengths > 0)
            return http1_refuse(reader, 400,
                                "Content-Length and Transfer-Encoding are both there.");
        if (head->minor == 0)
            return http1_refuse(reader, 400, "Transfer-Encoding does not belong in HTTP/1.0.");
        if (met->transfer_codings > 1)
            return http1_refuse(reader, 400, "Transfer-Encoding is there more than once.");
        if (!str_ieq(met->transfer_coding, STR("chunked")))
            return http1_refuse(reader, 501, "The only transfer coding known here is chunked.");
        head->chunked = true;
        return true;
    }
    if (met->lengths == 0)
        return true;
    if (met->lengths > 1)
        return http1_refuse(reader, 400, "Content-Length is there more than once.");
    struct str digits = met->length;
    if (digits.n == 0)
        return http1_refuse(reader, 400, "Content-Length is empty.");
    for (size_t i = 0; i < digits.n; i++)
        if (!is_digit(digits.p[i]))
            return http1_refuse(reader, 400, "Content-Length is not a plain number.");
    /* RFC 9110 section 8.6: a number too large for us is large, not malformed. */
    uint64_t length;
    if (!str_to_u64(digits, &length) || length > INT64_MAX)
        length = INT64_MAX;
    head->content_length = (int64_t)length;
    return true;
}

/* RFC 9112 section 3.2 */
static bool judge_host(struct http1_reader *reader, const struct met *met)
{
    if (met->hosts == 0 && reader->head.minor == 1)
        return http1_refuse(reader, 400, "The Host field is missing.");
    if (met->hosts > 1)
        return http1_refuse(reader, 400, "The Host field is there more than once.");
    if (!all_are(met->host, CHAR_HOST))
        return http1_refuse(reader, 400, "The Host field is not a host.");
    return true;
}

/* RFC 9110 section 10.1.1 */
static bool judge_expect(struct http1_reader *reader, const struct met *met)
{
    struct http1_head *head = &reader->head;
    if (!met->expect.p || head->minor == 0)
        return true;
    if (!str_ieq(met->expect, STR("100-continue")))
        return http1_refuse(reader, 417, "The only expectation known here is 100-continue.");
    head->expect_continue = head->chunked || head->content_length > 0;
    return true;
}

/* RFC 9110 section 8.4.1; x-gzip is gzip by section 8.4.1.3. */
static void judge_content_coding(struct http1_head *head, const struct met *met)
{
    struct str coding = met->content_coding;
    if (met->content_codings == 0 || str_ieq(coding, STR("identity")))
        return;
    head->gzip = met->content_codings == 1 &&
                 (str_ieq(coding, STR("gzip")) || str_ieq(coding, STR("x-gzip")));
    head->other_coding = !head->gzip;
}

static void clear_head(struct http1_head *head)
{
    head->method = head->target = head->path = head->query = STR_NONE;
    head->status = 0;
    head->minor = 0;
    head->count = 0;
    head->keep_alive = false;
    head->expect_continue = false;
    head->chunked = false;
    head->gzip = false;
    head->other_coding = false;
    head->content_length = -1;
}

bool head_read(struct http1_reader *reader, const char *p, size_t n)
{
    struct http1_head *head = &reader->head;
    struct met met = {.hosts = 0};
    const char *end = p + n;
    clear_head(head);
    bool requests = reader->side == HTTP1_REQUESTS;
    if (!(requests ? read_request_line(reader, &p, end) : read_status_line(reader, &p, end)))
        return false;
    if (!read_fields(reader, p, end, &met) || !judge_framing(reader, &met))
        return false;
    if (requests && (!judge_host(reader, &met) || !judge_expect(reader, &met)))
        return false;
    judge_content_coding(head, &met);
    /* RFC 9112 section 9.3 */
    head->keep_alive = !met.close && (head->minor == 1 || met.keep_alive);
    return true;
}

struct str http1_get(const struct http1_head *head, struct str name)
{
    for (size_t i = 0; i < head->count; i++)
        if (head->fields[i].name.n == name.n && str_ieq(head->fields[i].name, name))
            return head->fields[i].value;
    return STR_NONE;
}
