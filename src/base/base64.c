/*
 * Base64 of both alphabets. Owns nothing: decoded bytes live in the arena that is handed in.
 * The lenient decoder takes what apps send (see the header); the strict one, for our own
 * seals, takes exactly one spelling of each byte string, so that a seal has no second form.
 */
#include "base/base64.h"

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

enum { BAD = 0xFF, BLANK = 0xFE, PAD = 0xFD, DIGITS = 64 }; /* a digit's value is below DIGITS */

#define KIND(c)                                                                                    \
    ((c) >= 'A' && (c) <= 'Z'                                  ? (c) - 'A'                         \
     : (c) >= 'a' && (c) <= 'z'                                ? (c) - 'a' + 26                    \
     : (c) >= '0' && (c) <= '9'                                ? (c) - '0' + 52                    \
     : (c) == '+' || (c) == '-'                                ? 62                                \
     : (c) == '/' || (c) == '_'                                ? 63                                \
     : (c) == '='                                              ? PAD                               \
     : (c) == ' ' || (c) == '\t' || (c) == '\r' || (c) == '\n' ? BLANK                             \
                                                               : BAD)
#define KIND_1(c)   (unsigned char)(KIND(c))
#define KINDS_4(c)  KIND_1(c), KIND_1((c) + 1), KIND_1((c) + 2), KIND_1((c) + 3)
#define KINDS_16(c) KINDS_4(c), KINDS_4((c) + 4), KINDS_4((c) + 8), KINDS_4((c) + 12)
#define KINDS_64(c) KINDS_16(c), KINDS_16((c) + 16), KINDS_16((c) + 32), KINDS_16((c) + 48)

/* A digit's value, or what else a byte is. */
static const unsigned char kinds[256] = {KINDS_64(0), KINDS_64(64), KINDS_64(128), KINDS_64(192)};

static unsigned char kind_of(char c)
{
    return kinds[(unsigned char)c];
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

/* Whole quadruples with nothing between them, as long as they last; where they end. */
static size_t add_quadruples(struct base64_feed *d, struct str text, size_t at)
{
    for (; d->digits == 0 && text.n - at >= 4; at += 4, d->in_line = true) {
        uint32_t a = kind_of(text.p[at]), b = kind_of(text.p[at + 1]);
        uint32_t c = kind_of(text.p[at + 2]), e = kind_of(text.p[at + 3]);
        if ((a | b | c | e) >= DIGITS)
            break;
        uint32_t bits = a << 18 | b << 12 | c << 6 | e;
        d->out[d->n++] = (char)(bits >> 16);
        d->out[d->n++] = (char)(bits >> 8);
        d->out[d->n++] = (char)bits;
    }
    return at;
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

/* One or two '=' too many change no byte, and real apps send them. */
static bool may_pad(const struct base64_feed *feed)
{
    return feed->pads < 2 && feed->digits != 1 && (feed->n > 0 || feed->digits > 0);
}

static void note_blank(struct base64_feed *feed, char c)
{
    if (c == '\r' || c == '\n')
        feed->in_line = feed->gap = false;
    else
        feed->gap = feed->in_line;
}

void base64_feed_init(struct base64_feed *feed, char *out)
{
    *feed = (struct base64_feed){.out = out};
}

bool base64_feed(struct base64_feed *feed, struct str piece)
{
    for (size_t at = feed->fed ? 0 : data_url_head(piece); at < piece.n; at++) {
        if (!feed->pads && !feed->gap)
            at = add_quadruples(feed, piece, at);
        if (at == piece.n)
            break;
        unsigned char what = kind_of(piece.p[at]);
        if (what == BLANK) {
            note_blank(feed, piece.p[at]);
        } else if (what < DIGITS && !feed->pads && !feed->gap) {
            add_digit(feed, what);
            feed->in_line = true;
        } else if (what == PAD && may_pad(feed)) {
            feed->pads++;
        } else {
            feed->fed += at;
            return false;
        }
    }
    feed->fed += piece.n;
    return true;
}

bool base64_feed_end(struct base64_feed *feed)
{
    return (!feed->pads || feed->pads >= pads_due(feed->digits)) && finish(feed);
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
        unsigned char what = kind_of(text.p[at]);
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
    const unsigned char *p = (const unsigned char *)bytes.p;
    size_t rest = bytes.n % 3;
    char *o = buf_reserve(out, bytes.n / 3 * 4 + (rest == 0 ? 0 : pad ? 4 : rest + 1));
    if (!o)
        return;
    const char *start = o;
    for (size_t i = 0; i < bytes.n; i += 3) {
        size_t have = bytes.n - i < 3 ? bytes.n - i : 3;
        uint32_t bits = (uint32_t)p[i] << 16;
        if (have > 1)
            bits |= (uint32_t)p[i + 1] << 8;
        if (have > 2)
            bits |= p[i + 2];
        for (size_t j = 0; j < 4; j++)
            if (j <= have || pad)
                *o++ = j <= have ? alphabet[bits >> (18 - 6 * j) & 63] : '=';
    }
    buf_added(out, (size_t)(o - start));
}

void base64_encode(struct str bytes, struct buf *out)
{
    encode(bytes, standard, true, out);
}

void base64url_encode(struct str bytes, struct buf *out)
{
    encode(bytes, url_safe, false, out);
}
