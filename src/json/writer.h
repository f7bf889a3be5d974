/*
 * JSON writer: appends to a buffer, places commas, escapes strings; a fault of the buffer
 * sticks there, so check buf_failed() once at the end.
 * Strings are escaped by RFC 8259 section 7 with the shortest form; bytes >= 0x80 pass
 * unchanged (the caller hands in valid UTF-8; what json_text() gave is).
 */
#ifndef SHOPSHIM_JSON_WRITER_H
#define SHOPSHIM_JSON_WRITER_H

#include "base/buf.h"
#include "json/json.h"

struct json_writer {
    struct buf *out;
    bool comma; /* a comma is due before the next key or element */
};

void json_writer_init(struct json_writer *w, struct buf *out);

void json_open_object(struct json_writer *w);
void json_close_object(struct json_writer *w);
void json_open_array(struct json_writer *w);
void json_close_array(struct json_writer *w);

void json_put_key(struct json_writer *w, struct str key);     /* escapes */
void json_put_key_raw(struct json_writer *w, struct str key); /* already quoted: "\"id\":" */
void json_put_string(struct json_writer *w, struct str text); /* quotes and escapes */
void json_put_raw(struct json_writer *w, struct str json);    /* one valid JSON value, as is */
void json_put_i64(struct json_writer *w, int64_t value);
void json_put_bool(struct json_writer *w, bool value);
void json_put_null(struct json_writer *w);

/* Quotes and escapes `text` without any state, for places outside a document. */
void json_quote(struct str text, struct buf *out);

#endif
