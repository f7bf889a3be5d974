/*
 * JSON writer: one reservation of the buffer for each token, then plain copies. Owns nothing.
 */
#include "json/writer.h"
#include "json/scan.h"
#include <assert.h>

void json_writer_init(struct json_writer *w, struct buf *out)
{
    *w = (struct json_writer){out, false};
}

/* Room for a comma that is due and n bytes; NULL when the buffer failed. */
static inline char *place(struct json_writer *w, size_t n)
{
    struct buf *out = w->out;
    char *p =
        n < out->room - out->n && !out->failed ? out->p + out->n : buf_reserve(out, n + w->comma);
    if (p && w->comma)
        *p++ = ',';
    return p;
}

/* p is the end of what was written to place(). */
static inline void placed(struct json_writer *w, const char *p, bool comma)
{
    w->out->n = (size_t)(p - w->out->p);
    w->comma = comma;
}

static __attribute__((noinline)) void put_long(struct json_writer *w, struct str text, bool comma)
{
    char *p = place(w, text.n);
    if (!p)
        return;
    memcpy(p, text.p, text.n);
    placed(w, p + text.n, comma);
}

/* Most of what is written is short and fits: that way calls nothing. */
static inline void put_copy(struct json_writer *w, struct str text, bool comma)
{
    assert(text.n > 0); /* nothing is no JSON */
    struct buf *out = w->out;
    if (text.n > 32 || out->room - out->n < 33 || out->failed) {
        put_long(w, text, comma);
        return;
    }
    char *p = out->p + out->n;
    *p = ',';
    p += w->comma;
    str_copy_short(p, text.p, text.n);
    placed(w, p + text.n, comma);
}

static void open_with(struct json_writer *w, char bracket)
{
    char *p = place(w, 1);
    if (!p)
        return;
    *p = bracket;
    placed(w, p + 1, false);
}

static void close_with(struct json_writer *w, char bracket)
{
    w->comma = false;
    char *p = place(w, 1);
    if (!p)
        return;
    *p = bracket;
    placed(w, p + 1, true);
}

void json_open_object(struct json_writer *w)
{
    open_with(w, '{');
}

void json_close_object(struct json_writer *w)
{
    close_with(w, '}');
}

void json_open_array(struct json_writer *w)
{
    open_with(w, '[');
}

void json_close_array(struct json_writer *w)
{
    close_with(w, ']');
}

void json_put_key_raw(struct json_writer *w, struct str key)
{
    put_copy(w, key, false);
}

void json_put_raw(struct json_writer *w, struct str json)
{
    put_copy(w, json, true);
}

void json_put_bool(struct json_writer *w, bool value)
{
    put_copy(w, value ? STR("true") : STR("false"), true);
}

void json_put_null(struct json_writer *w)
{
    put_copy(w, STR("null"), true);
}

void json_put_i64(struct json_writer *w, int64_t value)
{
    if (w->comma)
        buf_add_char(w->out, ',');
    buf_add_i64(w->out, value);
    w->comma = true;
}

/* The escape of a quote, backslash or control character. */
static void add_escape(byte c, struct buf *out)
{
    static const char short_forms[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    static const char digits[] = "0123456789abcdef";
    for (const char *form = short_forms; *form; form += 2) {
        if ((byte)*form == c) {
            buf_add(out, (char[]){'\\', form[1]}, 2);
            return;
        }
    }
    buf_add(out, (char[]){'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]}, 6);
}

static void add_quoted(struct str text, struct buf *out)
{
    const byte *p = (const byte *)text.p, *end = p + text.n, *run = p;
    buf_add_char(out, '"');
    while (p < end) {
        p = scan_plain(p, end);
        if (p < end && *p < 0x80) {
            buf_add(out, (const char *)run, (size_t)(p - run));
            add_escape(*p, out);
            run = p + 1;
        }
        p += p < end;
    }
    buf_add(out, (const char *)run, (size_t)(end - run));
    buf_add_char(out, '"');
}

void json_quote(struct str text, struct buf *out)
{
    add_quoted(text, out);
}

void json_put_string(struct json_writer *w, struct str text)
{
    if (w->comma)
        buf_add_char(w->out, ',');
    add_quoted(text, w->out);
    w->comma = true;
}

void json_put_key(struct json_writer *w, struct str key)
{
    if (w->comma)
        buf_add_char(w->out, ',');
    add_quoted(key, w->out);
    buf_add_char(w->out, ':');
    w->comma = false;
}
