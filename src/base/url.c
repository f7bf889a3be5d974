/*
 * Percent coding of queries and paths. Owns nothing: decoded text lives in the arena that is
 * handed in, one copy of the whole query, decoded in place.
 * Refuses bad escapes and NUL bytes, written or escaped, because C interfaces below would
 * read a different string than was signed.
 */
#include "base/url.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Whether decoding would leave the text as it is. */
static bool is_plain(const char *p, size_t n)
{
    return !memchr(p, '%', n) && !memchr(p, '+', n) && !memchr(p, '\0', n);
}

/* Decodes p[0..n) in place; the new length, or -1. */
static ptrdiff_t decode(char *p, size_t n, bool plus_is_blank)
{
    size_t out = 0;
    if (is_plain(p, n))
        return (ptrdiff_t)n;
    for (size_t i = 0; i < n; i++) {
        char c = p[i];
        if (c == '%') {
            int high = n - i > 2 ? hex_digit(p[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(p[i + 2]) : -1;
            if (low < 0)
                return -1;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus_is_blank) {
            c = ' ';
        }
        if (c == '\0')
            return -1;
        p[out++] = c;
    }
    return (ptrdiff_t)out;
}

static bool decode_pair(char *p, size_t n, struct pair *out)
{
    size_t mark = str_find(str_of(p, n), '=');
    ptrdiff_t name = decode(p, mark, true);
    if (name < 0)
        return false;
    out->name = str_of(p, (size_t)name);
    out->value = str_of(p + n, 0);
    if (mark == n)
        return true;
    ptrdiff_t value = decode(p + mark + 1, n - mark - 1, true);
    if (value < 0)
        return false;
    out->value = str_of(p + mark + 1, (size_t)value);
    return true;
}

/* Pieces between '&' that are not empty. */
static size_t count_pieces(struct str query)
{
    size_t count = 0;
    for (struct str rest = query; rest.p;)
        count += str_cut(&rest, '&').n > 0;
    return count;
}

bool url_parse_query(struct str query, struct arena *arena, size_t maximum, struct pairs *out)
{
    *out = (struct pairs){NULL, 0};
    size_t count = count_pieces(query);
    if (count == 0)
        return true;
    if (count > maximum)
        return false;
    struct pair *items = ARENA_ARRAY(arena, struct pair, count);
    char *copy = arena_cstr(arena, query);
    if (!items || !copy)
        return false;
    size_t at = 0, done = 0;
    for (struct str rest = str_of(copy, query.n); rest.p;) {
        size_t n = str_cut(&rest, '&').n;
        if (n > 0 && !decode_pair(copy + at, n, &items[done++]))
            return false;
        at += n + 1;
    }
    *out = (struct pairs){items, count};
    return true;
}

bool url_decode_path(struct str path, struct arena *arena, struct str *out)
{
    char *copy = arena_cstr(arena, path);
    if (!copy)
        return false;
    ptrdiff_t n = decode(copy, path.n, false);
    if (n < 0)
        return false;
    *out = str_of(copy, (size_t)n);
    return true;
}

static bool is_unreserved(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void url_encode(struct str text, struct buf *out)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t run = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (is_unreserved(text.p[i]))
            continue;
        unsigned char c = (unsigned char)text.p[i];
        char escape[3] = {'%', digits[c >> 4], digits[c & 15]};
        buf_add(out, text.p + run, i - run);
        buf_add(out, escape, sizeof escape);
        run = i + 1;
    }
    if (run < text.n)
        buf_add(out, text.p + run, text.n - run);
}

struct str pairs_get(const struct pairs *pairs, struct str name)
{
    for (size_t i = 0; i < pairs->count; i++)
        if (str_eq(pairs->items[i].name, name))
            return pairs->items[i].value;
    return STR_NONE;
}
