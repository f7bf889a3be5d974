/*
 * Base64 of both alphabets. Owns nothing: decoded bytes live in the arena that is handed in.
 * The lenient decoder takes what apps send (see the header); the strict one, for our own
 * seals, takes exactly one spelling of each byte string, so that a seal has no second form.
 */
#include "base/base64.h"

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

enum { BAD = 0xFF, BLANK = 0xFE, PAD = 0xFD, DIGITS = 64 }; /* a digit's value is below DIGITS */

/* What a byte is, by arithmetic: a table built at run time would need a lock. */
static unsigned char classify(unsigned char c)
{
    if (c >= 'A' && c <= 'Z')
        return (unsigned char)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (unsigned char)(c - 'a' + 26);
    if (c >= '0' && c <= '9')
        return (unsigned char)(c - '0' + 52);
    if (c == '+' || c == '-')
        return 62;
    if (c == '/' || c == '_')
        return 63;
    if (c == '=')
        return PAD;
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' ? BLANK : BAD;
}

/* Offset behind "data:...;base64,", or 0 when text does not begin like that. */
static size_t data_url_head(struct str text)
{
    static const struct str mark = STR_C(";base64");
    size_t comma = str_find(text, ',');
    if (comma == text.n || comma < 5 + mark.n || !str_ieq(str_of(text.p, 5), STR("data:")) ||
        !str_ieq(str_of(text.p + comma - mark.n, mark.n), mark))
        return 0;
    return comma + 1;
}

static void add_digit(struct base64_feed *d, unsigned char value)
{
    d->bits = d->bits << 6 | value;
    if (++d->digits < 4)
        return;
    d->out[d->n++] = (char)(d->bits >> 16);
    d->out[d->n++] = (char)(d->bits >> 8);
    d->out[d->n++] = (char)d->bits;
    d->digits = 0;
    d->bits = 0;
}

/* The last one or two bytes. One digit alone is no byte. */
static bool finish(struct base64_feed *d)
{
    if (d->digits == 2) {
        d->out[d->n++] = (char)(d->bits >> 4);
    } else if (d->digits == 3) {
        d->out[d->n++] = (char)(d->bits >> 10);
        d->out[d->n++] = (char)(d->bits >> 2);
    }
    return d->digits != 1;
}

/* How many '=' belong behind the digits of the last quadruple. */
static unsigned pads_due(unsigned digits)
{
    return digits == 2 ? 2 : digits == 3 ? 1 : 0;
}

void base64_feed_init(struct base64_feed *feed, char *out)
{
    *feed = (struct base64_feed){.out = out};
}

bool base64_feed(struct base64_feed *feed, struct str piece)
{
    for (size_t at = feed->fed ? 0 : data_url_head(piece); at < piece.n; at++) {
        unsigned char what = classify((unsigned char)piece.p[at]);
        if (what < DIGITS && !feed->pads) {
            add_digit(feed, what);
        } else if (what == PAD && feed->pads < pads_due(feed->digits)) {
            feed->pads++;
        } else if (what != BLANK) {
            feed->fed += at;
            return false;
        }
    }
    feed->fed += piece.n;
    return true;
}

bool base64_feed_end(struct base64_feed *feed)
{
    return (!feed->pads || feed->pads == pads_due(feed->digits)) && finish(feed);
}

bool base64_decode(struct str text, struct arena *arena, struct str *out, size_t *bad)
{
    struct base64_feed feed;
    base64_feed_init(&feed, arena_alloc(arena, text.n / 4 * 3 + 3));
    *bad = text.n;
    if (!feed.out)
        return false;
    bool good = base64_feed(&feed, text) && base64_feed_end(&feed);
    *bad = feed.fed;
    if (good)
        *out = str_of(feed.out, feed.n);
    return good;
}

bool base64url_decode(struct str text, struct arena *arena, struct str *out)
{
    struct base64_feed d = {.out = arena_alloc(arena, text.n / 4 * 3 + 3)};
    if (!d.out)
        return false;
    for (size_t at = 0; at < text.n; at++) {
        unsigned char what = classify((unsigned char)text.p[at]);
        if (what >= DIGITS || text.p[at] == '+' || text.p[at] == '/')
            return false;
        add_digit(&d, what);
    }
    uint32_t unused = d.digits == 2 ? 0xF : d.digits == 3 ? 0x3 : 0;
    if ((d.bits & unused) != 0 || !finish(&d))
        return false;
    *out = str_of(d.out, d.n);
    return true;
}

static void encode(struct str bytes, const char alphabet[static 64], bool pad, struct buf *out)
{
    char group[4];
    const unsigned char *p = (const unsigned char *)bytes.p;
    for (size_t i = 0; i < bytes.n; i += 3) {
        size_t have = bytes.n - i < 3 ? bytes.n - i : 3;
        uint32_t bits = (uint32_t)p[i] << 16;
        if (have > 1)
            bits |= (uint32_t)p[i + 1] << 8;
        if (have > 2)
            bits |= p[i + 2];
        for (size_t j = 0; j < 4; j++)
            group[j] = j <= have ? alphabet[bits >> (18 - 6 * j) & 63] : '=';
        buf_add(out, group, pad ? 4 : have + 1);
    }
}

void base64_encode(struct str bytes, struct buf *out)
{
    encode(bytes, standard, true, out);
}

void base64url_encode(struct str bytes, struct buf *out)
{
    encode(bytes, url_safe, false, out);
}
