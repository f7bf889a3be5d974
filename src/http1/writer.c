/*
 * Writing heads: the same grammar as the reader's, in the other direction.
 *
 * Owns nothing; adds to the caller's buffer. Refuses, by turning that buffer failed, any
 * part that would not read back as exactly what it was meant to be: nothing that came from
 * a client can end a line or begin another message.
 */
#include "http1/chars.h"
#include "http1/http1.h"

static void spoil(struct buf *out)
{
    out->n = 0;
    out->failed = true;
}

static bool is_value(struct str s)
{
    return skip_value(s.p, s.p + s.n) == s.p + s.n;
}

void http1_write_request(struct buf *out, struct str method, struct str target, struct str host)
{
    if (method.n == 0 || !all_are(method, CHAR_TOKEN) || target.n == 0 ||
        skip_target(target.p, target.p + target.n) != target.p + target.n ||
        !all_are(host, CHAR_HOST)) {
        spoil(out);
        return;
    }
    buf_add_str(out, method);
    buf_add_char(out, ' ');
    buf_add_str(out, target);
    buf_add_str(out, STR(" HTTP/1.1\r\nHost: "));
    buf_add_str(out, host);
    buf_add_str(out, STR("\r\n"));
}

void http1_write_status(struct buf *out, int status)
{
    buf_add_str(out, STR("HTTP/1.1 "));
    buf_add_u64(out, (uint64_t)status);
    buf_add_char(out, ' ');
    buf_add_str(out, str_from(http1_reason(status)));
    buf_add_str(out, STR("\r\n"));
}

void http1_write_field(struct buf *out, struct str name, struct str value)
{
    if (name.n == 0 || !all_are(name, CHAR_TOKEN) || (value.n > 0 && !is_value(value))) {
        spoil(out);
        return;
    }
    char *at = buf_reserve(out, name.n + value.n + 4);
    if (!at)
        return;
    memcpy(at, name.p, name.n);
    at += name.n;
    *at++ = ':';
    *at++ = ' ';
    if (value.n > 0)
        memcpy(at, value.p, value.n);
    at += value.n;
    *at++ = '\r';
    *at = '\n';
    buf_added(out, name.n + value.n + 4);
}

void http1_write_length(struct buf *out, uint64_t length)
{
    buf_add_str(out, STR("Content-Length: "));
    buf_add_u64(out, length);
    buf_add_str(out, STR("\r\n"));
}

void http1_write_end(struct buf *out)
{
    buf_add_str(out, STR("\r\n"));
}

/* RFC 9110 section 15; the phrase means nothing to programs. */
const char *http1_reason(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {{200, "OK"},
                   {100, "Continue"},
                   {201, "Created"},
                   {202, "Accepted"},
                   {204, "No Content"},
                   {301, "Moved Permanently"},
                   {302, "Found"},
                   {304, "Not Modified"},
                   {307, "Temporary Redirect"},
                   {308, "Permanent Redirect"},
                   {400, "Bad Request"},
                   {401, "Unauthorized"},
                   {403, "Forbidden"},
                   {404, "Not Found"},
                   {405, "Method Not Allowed"},
                   {406, "Not Acceptable"},
                   {408, "Request Timeout"},
                   {409, "Conflict"},
                   {411, "Length Required"},
                   {413, "Content Too Large"},
                   {414, "URI Too Long"},
                   {415, "Unsupported Media Type"},
                   {417, "Expectation Failed"},
                   {422, "Unprocessable Content"},
                   {429, "Too Many Requests"},
                   {431, "Request Header Fields Too Large"},
                   {500, "Internal Server Error"},
                   {501, "Not Implemented"},
                   {502, "Bad Gateway"},
                   {503, "Service Unavailable"},
                   {504, "Gateway Timeout"},
                   {505, "HTTP Version Not Supported"}};
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Status";
}
