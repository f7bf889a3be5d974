/*
 * The reader: where messages begin and end in a stream of bytes (RFC 9112 sections 2, 6, 7).
 *
 * Owns no bytes. A head is read at one go once its empty line has arrived; until then only
 * the new bytes are searched, so that a head sent byte by byte costs no more than twice.
 * Framing of chunks is consumed byte by byte, bodies in pieces as large as they come.
 * Each refusal depends on the bytes up to one place and never on how they were cut into
 * calls. Refuses what http1.h lists, and endless interim answers, extensions and trailers.
 */
#include "http1/chars.h"
#include "http1/head.h"
#include "http1/states.h"
#include <assert.h>

enum {
    EMPTY_LINES = 2,      /* tolerated before a request line, RFC 9112 section 2.2 */
    INTERIM_ANSWERS = 16, /* skipped before one final answer */
    CHUNK_DIGITS = 16
};

const struct http1_limits http1_default_limits = {
    .line = 8192, .head = 32768, .fields = HTTP1_FIELDS, .body = 16 << 20};

void http1_reader_init(struct http1_reader *reader, enum http1_side side,
                       const struct http1_limits *limits)
{
    memset(reader, 0, sizeof *reader);
    reader->side = side;
    reader->limits = limits ? *limits : http1_default_limits;
    struct http1_limits *bound = &reader->limits;
    assert(bound->head >= 16);
    if (bound->fields > HTTP1_FIELDS)
        bound->fields = HTTP1_FIELDS;
    /* So that a long first line is always told before a long head. */
    if (bound->line > bound->head - 4)
        bound->line = bound->head - 4;
    reader->head.content_length = -1;
}

void http1_reader_answers_head(struct http1_reader *reader, bool is_head)
{
    assert(reader->side == HTTP1_ANSWERS && !http1_reader_busy(reader));
    reader->no_body = is_head;
}

bool http1_reader_busy(const struct http1_reader *reader)
{
    if (reader->state == AT_START)
        return reader->interim > 0;
    return reader->state != IS_BROKEN;
}

/* The head stays: the caller still asks it for keep_alive. */
static enum http1_event finish(struct http1_reader *reader)
{
    reader->state = AT_START;
    reader->scanned = 0;
    reader->left = 0;
    reader->body_seen = 0;
    reader->trailer_seen = 0;
    reader->empty_lines = 0;
    reader->interim = 0;
    reader->no_body = false;
    return HTTP1_END;
}

static enum http1_event broken(struct http1_reader *reader, int status, const char *words)
{
    http1_refuse(reader, status, words);
    return HTTP1_BROKEN;
}

/* ---- heads ---- */

/* Drops empty lines before a request and looks at the first byte of a message. */
static enum http1_event read_start(struct http1_reader *reader, const char *p, size_t n,
                                   size_t *used)
{
    size_t at = 0;
    if (reader->side == HTTP1_REQUESTS) {
        while (n - at >= 2 && p[at] == '\r' && p[at + 1] == '\n') {
            if (++reader->empty_lines > EMPTY_LINES)
                return broken(reader, 400, "Too many empty lines stand before the request.");
            at += 2;
            *used = at;
        }
        if (n - at == 1 && p[at] == '\r')
            return HTTP1_MORE;
    }
    if (at == n)
        return HTTP1_MORE;
    /* At once, and not when the head is whole: TLS sent to this port never makes one. */
    if (reader->side == HTTP1_REQUESTS ? !char_is(p[at], CHAR_TOKEN) : p[at] != 'H')
        return broken(reader, 400, "The message does not begin as HTTP does.");
    reader->state = IN_FIRST_LINE;
    reader->scanned = 0;
    return HTTP1_HEAD;
}

/* HTTP1_HEAD when the head ends within the n bytes: *length then counts its bytes. */
static enum http1_event find_head(struct http1_reader *reader, const char *p, size_t n,
                                  size_t *length)
{
    const struct http1_limits *limits = &reader->limits;
    for (;;) {
        size_t from = reader->scanned;
        const char *lf = from < n ? memchr(p + from, '\n', n - from) : NULL;
        size_t at = lf ? (size_t)(lf - p) : n;
        if (reader->state == IN_FIRST_LINE && at > limits->line + 1)
            return broken(reader, reader->side == HTTP1_REQUESTS ? 414 : 502,
                          "The first line is longer than the limit of a line.");
        if (at >= limits->head)
            return broken(reader, 431, "The head is longer than the limit of a head.");
        reader->scanned = at;
        if (!lf)
            return HTTP1_MORE;
        if (at == 0 || p[at - 1] != '\r')
            return broken(reader, 400, "A line ends in a bare LF.");
        reader->scanned = at + 1;
        if (reader->state == IN_FIELDS && p[at - 2] == '\n') {
            *length = at + 1;
            return HTTP1_HEAD;
        }
        reader->state = IN_FIELDS;
    }
}

/* Decides how the body ends (RFC 9112 section 6.3) and tells the head. */
static enum http1_event begin_body(struct http1_reader *reader)
{
    struct http1_head *head = &reader->head;
    bool answers = reader->side == HTTP1_ANSWERS;
    if (answers && (reader->no_body || head->status == 204 || head->status == 304)) {
        reader->state = AT_END;
        return HTTP1_HEAD;
    }
    if (head->chunked) {
        reader->state = AT_CHUNK_SIZE;
        return HTTP1_HEAD;
    }
    if (answers && head->content_length < 0) {
        head->keep_alive = false;
        reader->state = IN_BODY_TO_CLOSE;
        return HTTP1_HEAD;
    }
    if (head->content_length > 0 && (uint64_t)head->content_length > reader->limits.body)
        return broken(reader, 413, "The body is longer than the limit of a body.");
    reader->left = head->content_length > 0 ? (uint64_t)head->content_length : 0;
    reader->state = reader->left > 0 ? IN_BODY : AT_END;
    return HTTP1_HEAD;
}

/* An interim answer was read: whether it may be skipped (RFC 9110 section 15.2). */
static bool skip_interim(struct http1_reader *reader)
{
    if (reader->head.status == 101)
        return http1_refuse(reader, 502, "The answer switches to a protocol nobody asked for.");
    if (++reader->interim > INTERIM_ANSWERS)
        return http1_refuse(reader, 502, "Too many interim answers came before the answer.");
    reader->state = AT_START;
    return true;
}

static enum http1_event read_head(struct http1_reader *reader, const char *p, size_t n,
                                  size_t *used)
{
    for (;;) {
        if (reader->state == AT_START) {
            size_t dropped = 0;
            enum http1_event event = read_start(reader, p, n, &dropped);
            *used += dropped;
            p += dropped;
            n -= dropped;
            if (event != HTTP1_HEAD)
                return event;
        }
        size_t length = 0;
        enum http1_event event = find_head(reader, p, n, &length);
        if (event != HTTP1_HEAD)
            return event;
        if (!head_read(reader, p, length))
            return HTTP1_BROKEN;
        *used += length;
        p += length;
        n -= length;
        if (reader->side == HTTP1_REQUESTS || reader->head.status >= 200)
            return begin_body(reader);
        if (!skip_interim(reader))
            return HTTP1_BROKEN;
    }
}

/* ---- chunks, RFC 9112 section 7.1 ---- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool bad_chunk(struct http1_reader *reader)
{
    return http1_refuse(reader, 400, "The size line of a chunk is malformed.");
}

static bool add_digit(struct http1_reader *reader, char c)
{
    int value = hex_value(c);
    if (value < 0 || reader->scanned == CHUNK_DIGITS)
        return bad_chunk(reader);
    reader->scanned++;
    reader->left = reader->left << 4 | (uint64_t)value;
    return true;
}

/* Extensions and trailers carry nothing for us; together they are bounded like a head. */
static bool count_extra(struct http1_reader *reader)
{
    if (++reader->trailer_seen > reader->limits.head)
        return http1_refuse(reader, 431, "Chunk extensions and trailers exceed the head limit.");
    return true;
}

static bool step_size(struct http1_reader *reader, char c)
{
    switch (reader->state) {
    case AT_CHUNK_SIZE:
        reader->left = 0;
        reader->scanned = 0;
        reader->state = IN_CHUNK_SIZE;
        return add_digit(reader, c);
    case IN_CHUNK_SIZE:
        if (c != '\r' && c != ';' && !char_is_blank(c))
            return add_digit(reader, c);
        reader->state = c == '\r'  ? AT_CHUNK_SIZE_LF
                        : c == ';' ? IN_CHUNK_EXTENSION
                                   : IN_CHUNK_BLANKS;
        return c == '\r' || count_extra(reader);
    case IN_CHUNK_BLANKS:
        if (c == ';')
            reader->state = IN_CHUNK_EXTENSION;
        else if (!char_is_blank(c))
            return bad_chunk(reader);
        return count_extra(reader);
    case IN_CHUNK_EXTENSION:
        if (c == '\r')
            reader->state = AT_CHUNK_SIZE_LF;
        else if (!char_is(c, CHAR_VALUE))
            return bad_chunk(reader);
        return count_extra(reader);
    default: /* AT_CHUNK_SIZE_LF */
        if (c != '\n')
            return bad_chunk(reader);
        if (reader->left > reader->limits.body - reader->body_seen)
            return http1_refuse(reader, 413, "The body is longer than the limit of a body.");
        reader->state = reader->left > 0 ? IN_CHUNK : AT_TRAILER;
        return true;
    }
}

static bool step_trailer(struct http1_reader *reader, char c)
{
    switch (reader->state) {
    case AT_TRAILER:
        if (c == '\r') {
            reader->state = AT_LAST_LF;
            return true;
        }
        reader->state = IN_TRAILER_NAME;
        if (char_is(c, CHAR_TOKEN))
            return count_extra(reader);
        break;
    case IN_TRAILER_NAME:
        if (c == ':')
            reader->state = IN_TRAILER_VALUE;
        if (c == ':' || char_is(c, CHAR_TOKEN))
            return count_extra(reader);
        break;
    case IN_TRAILER_VALUE:
        if (c == '\r')
            reader->state = AT_TRAILER_LF;
        if (c == '\r' || char_is(c, CHAR_VALUE))
            return count_extra(reader);
        break;
    default: /* AT_TRAILER_LF, AT_LAST_LF */
        if (c != '\n')
            break;
        reader->state = reader->state == AT_LAST_LF ? AT_END : AT_TRAILER;
        return true;
    }
    return http1_refuse(reader, 400, "A trailer line is malformed.");
}

/* One byte of framing between, before and behind the chunks' bytes. */
static bool step(struct http1_reader *reader, char c)
{
    switch (reader->state) {
    case AT_CHUNK_CR:
    case AT_CHUNK_LF:
        if (c != (reader->state == AT_CHUNK_CR ? '\r' : '\n'))
            return http1_refuse(reader, 400, "A chunk is longer than its size says.");
        reader->state = reader->state == AT_CHUNK_CR ? AT_CHUNK_LF : AT_CHUNK_SIZE;
        return true;
    case AT_TRAILER:
    case IN_TRAILER_NAME:
    case IN_TRAILER_VALUE:
    case AT_TRAILER_LF:
    case AT_LAST_LF:
        return step_trailer(reader, c);
    default:
        return step_size(reader, c);
    }
}

/* ---- bodies ---- */

/* Gives what there is of `left`; `next` follows when that was all. */
static enum http1_event give(struct http1_reader *reader, struct str input, size_t *used,
                             struct str *body)
{
    size_t piece = input.n < reader->left ? input.n : (size_t)reader->left;
    *body = str_of(input.p, piece);
    *used += piece;
    reader->left -= piece;
    reader->body_seen += piece;
    return HTTP1_BODY;
}

static enum http1_event read_chunks(struct http1_reader *reader, struct str input, size_t *used,
                                    struct str *body)
{
    while (*used < input.n) {
        if (reader->state == IN_CHUNK) {
            give(reader, str_of(input.p + *used, input.n - *used), used, body);
            if (reader->left == 0)
                reader->state = AT_CHUNK_CR;
            return HTTP1_BODY;
        }
        if (!step(reader, input.p[*used]))
            return HTTP1_BROKEN;
        ++*used;
        if (reader->state == AT_END)
            return finish(reader);
    }
    return HTTP1_MORE;
}

static enum http1_event read_body(struct http1_reader *reader, struct str input, size_t *used,
                                  struct str *body)
{
    if (input.n == 0)
        return HTTP1_MORE;
    if (reader->state == IN_BODY_TO_CLOSE) {
        reader->left = reader->limits.body - reader->body_seen;
        if (reader->left == 0)
            return broken(reader, 413, "The body is longer than the limit of a body.");
        return give(reader, input, used, body);
    }
    give(reader, input, used, body);
    if (reader->left == 0)
        reader->state = AT_END;
    return HTTP1_BODY;
}

enum http1_event http1_read(struct http1_reader *reader, const char *p, size_t n, size_t *used,
                            struct str *body)
{
    *used = 0;
    *body = STR_NONE;
    switch (reader->state) {
    case AT_START:
    case IN_FIRST_LINE:
    case IN_FIELDS:
        return read_head(reader, p, n, used);
    case IN_BODY:
    case IN_BODY_TO_CLOSE:
        return read_body(reader, str_of(p, n), used, body);
    case AT_END:
        return finish(reader);
    case IS_BROKEN:
        return HTTP1_BROKEN;
    default:
        return read_chunks(reader, str_of(p, n), used, body);
    }
}

enum http1_event http1_read_eof(struct http1_reader *reader)
{
    if (!http1_reader_busy(reader))
        return reader->state == IS_BROKEN ? HTTP1_BROKEN : HTTP1_MORE;
    switch (reader->state) {
    case AT_END:
    case IN_BODY_TO_CLOSE:
        return finish(reader);
    default:
        return broken(reader, 400, "The connection ended in the middle of a message.");
    }
}
