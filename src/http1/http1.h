/*
 * Strict HTTP/1.1 messages (RFC 9112, RFC 9110): bytes in, events out, both directions.
 * No I/O, no memory of its own but the field array of a head, which is fixed in size.
 *
 * The caller keeps unread input contiguous and calls http1_read() with it; the reader says
 * what it saw and how many bytes are done with. Spans of a head point into the caller's
 * bytes and are valid until these move.
 *
 * Refused with an HTTP status and words, always to be followed by closing the connection:
 * Content-Length together with Transfer-Encoding, doubled or signed or empty lengths, any
 * transfer coding but a single chunked, bare LF, obs-fold, blanks before the colon, NUL and
 * control characters, bad chunk sizes, more than the limits, HTTP/2 and other versions, a
 * request without or with two Host fields (HTTP/1.1), an absolute target of another scheme,
 * a target with a fragment or with bytes outside ASCII, CONNECT and `OPTIONS *` (501), an
 * expectation other than 100-continue (417). What is wrong with an answer has status 502.
 * What is refused, and after which byte, does not depend on how input is cut into calls.
 */
#ifndef SHOPSHIM_HTTP1_HTTP1_H
#define SHOPSHIM_HTTP1_HTTP1_H

#include "base/buf.h"
#include "base/str.h"

enum { HTTP1_FIELDS = 100 }; /* most header fields of one message */

enum http1_side { HTTP1_REQUESTS, HTTP1_ANSWERS };

struct http1_limits {
    size_t line;   /* request or status line, bytes; a longer one: 414 or a fault */
    size_t head;   /* whole head, bytes: 431 */
    size_t fields; /* count, at most HTTP1_FIELDS: 431 */
    size_t body;   /* bytes after decoding the framing: 413 */
};

extern const struct http1_limits http1_default_limits; /* 8 KiB, 32 KiB, 100, 16 MiB */

struct http1_field {
    struct str name;  /* as sent */
    struct str value; /* trimmed */
};

struct http1_head {
    /* requests */
    struct str method;
    struct str target; /* as sent */
    struct str path;   /* from the first '/', still percent-coded, without query */
    struct str query;  /* behind '?', absent when there is no '?' */
    /* answers */
    int status;
    /* both */
    int minor; /* 0 or 1 */
    struct http1_field fields[HTTP1_FIELDS];
    size_t count;
    bool keep_alive;      /* after this message, by version and Connection */
    bool expect_continue; /* requests: a body follows and waits for a 100 */
    bool chunked;
    bool gzip;              /* Content-Encoding is gzip (or x-gzip) */
    bool other_coding;      /* Content-Encoding is neither that nor identity */
    int64_t content_length; /* -1 when not given */
};

enum http1_event {
    HTTP1_MORE,  /* needs more bytes; nothing consumed unless *used says so */
    HTTP1_HEAD,  /* reader->head is filled */
    HTTP1_BODY,  /* *body is a piece of the body, framing removed */
    HTTP1_END,   /* the message is whole; the reader is ready for the next one */
    HTTP1_BROKEN /* refused: reader->status and reader->words */
};

struct http1_reader {
    enum http1_side side;
    struct http1_limits limits;
    struct http1_head head;
    int status;        /* of a refusal: the status to answer with: 400, 413, ... or 502 */
    const char *words; /* of a refusal: static, one sentence */
    /* private */
    int state;           /* enum http1_state */
    size_t scanned;      /* bytes of an unfinished head without LF; digits of a chunk size */
    uint64_t left;       /* bytes to come of the body or chunk */
    uint64_t body_seen;  /* bytes given */
    size_t trailer_seen; /* bytes of chunk extensions and trailers */
    int empty_lines;     /* dropped before a request */
    int interim;         /* interim answers skipped */
    bool no_body;        /* the answer to a HEAD request */
};

/* limits NULL: the defaults. Too many fields or too long a line for the head are cut down. */
void http1_reader_init(struct http1_reader *reader, enum http1_side side,
                       const struct http1_limits *limits);

/* Between two answers: whether the next one answers a HEAD request (then it has no body). */
void http1_reader_answers_head(struct http1_reader *reader, bool is_head);

/*
 * Looks at `n` bytes of input that begin where the last call's *used ended. Call again at
 * once (with the rest, even when it is empty) after every event but MORE and BROKEN.
 * With MORE, only what *used counts may be dropped: the bytes of an unfinished head must be
 * there again. Interim answers (1xx except 101) are skipped inside; 101 is BROKEN.
 * The head stays filled until the next one is read, END included.
 */
enum http1_event http1_read(struct http1_reader *reader, const char *p, size_t n, size_t *used,
                            struct str *body);

/*
 * The peer closed. HTTP1_END when that ends a body that runs to the close (answers only);
 * HTTP1_MORE when no message was under way; HTTP1_BROKEN when one was cut off.
 */
enum http1_event http1_read_eof(struct http1_reader *reader);

/* Whether a message is under way (a byte of it was seen and its end was not). */
bool http1_reader_busy(const struct http1_reader *reader);

/* First value of a field by name, any case; absent when there is none. */
struct str http1_get(const struct http1_head *head, struct str name);

/* ---- writing ---- */

/*
 * "POST /x?y HTTP/1.1\r\n" and Host; then fields, then http1_write_end. Turns the buffer
 * failed where a reader would refuse the method, the target or the host.
 */
void http1_write_request(struct buf *out, struct str method, struct str target, struct str host);
/* "HTTP/1.1 200 OK\r\n"; the reason phrase is ours. */
void http1_write_status(struct buf *out, int status);
/* A name or value that no reader would take (CR, LF, NUL, ...) turns the buffer failed. */
void http1_write_field(struct buf *out, struct str name, struct str value);
void http1_write_length(struct buf *out, uint64_t length);
void http1_write_end(struct buf *out); /* the empty line */
const char *http1_reason(int status);

#endif
