/*
 * Escapes of strings: what was validated while indexing is decoded here on demand, so this
 * checks nothing again. Owns nothing; decoded text lives in the arena that is handed in.
 */
#include "json/node.h"
#include <assert.h>

static unsigned hex4(const unsigned char *p)
{
    unsigned value = 0;
    for (int i = 0; i < 4; i++) {
        unsigned c = p[i];
        value = value << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value;
}

/* Writes a character as UTF-8, 1 to 4 bytes. */
static unsigned put_utf8(uint32_t c, unsigned char out[static 4])
{
    if (c < 0x80) {
        out[0] = (unsigned char)c;
        return 1;
    }
    unsigned n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (unsigned i = n - 1; i > 0; i--) {
        out[i] = (unsigned char)(0x80 | (c & 0x3F));
        c >>= 6;
    }
    out[0] = (unsigned char)((0xF00 >> n & 0xF0) | c);
    return n;
}

/* Decodes the escape whose backslash stands at p; the place behind it. */
static const unsigned char *decode_escape(const unsigned char *p, unsigned char out[static 4],
                                          unsigned *n)
{
    static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
    if (p[1] != 'u') {
        const char *letter = strchr(letters, p[1]);
        out[0] = letter ? (unsigned char)meant[letter - letters] : p[1];
        *n = 1;
        return p + 2;
    }
    uint32_t c = hex4(p + 2);
    p += 6;
    if (c >= 0xD800 && c <= 0xDBFF) {
        c = 0x10000 + ((c - 0xD800) << 10) + (hex4(p + 2) - 0xDC00);
        p += 6;
    }
    *n = put_utf8(c, out);
    return p;
}

struct str string_decode(struct str inner, struct arena *arena)
{
    unsigned char *out = arena_alloc(arena, inner.n), *o = out;
    const unsigned char *p = (const unsigned char *)inner.p, *end = p + inner.n;
    if (!out)
        return STR_NONE;
    while (p < end) {
        const unsigned char *slash = memchr(p, '\\', (size_t)(end - p));
        size_t run = (size_t)((slash ? slash : end) - p);
        memcpy(o, p, run);
        o += run;
        p += run;
        if (slash) {
            unsigned char character[4];
            unsigned n;
            p = decode_escape(p, character, &n);
            memcpy(o, character, n);
            o += n;
        }
    }
    size_t n = (size_t)(o - out);
    return str_of(arena_resize(arena, out, inner.n, n), n);
}

int decoder_next(struct decoder *d)
{
    if (d->given < d->have)
        return d->pending[d->given++];
    if (d->p == d->end)
        return -1;
    if (*d->p != '\\')
        return *d->p++;
    d->p = decode_escape(d->p, d->pending, &d->have);
    d->given = 1;
    return d->pending[0];
}

bool key_is(const char *text, const struct json_node *node, struct str key)
{
    struct str inner = node_inner(text, node);
    if (!(node->meta & NODE_ESCAPED))
        return str_eq(inner, key);
    struct decoder d;
    decoder_init(&d, inner);
    for (size_t i = 0; i < key.n; i++)
        if (decoder_next(&d) != (unsigned char)key.p[i])
            return false;
    return decoder_next(&d) < 0;
}
