/*
 * Decimal digits, see decimal.h. Works on texts, one digit at a time, as on paper: amounts
 * have a dozen digits, and an id's digits must never meet a double.
 */
#include "plan/decimal.h"

/* A number taken apart: digits of the whole part without zeros in front, and the places. */
struct parts {
    bool negative;
    struct str whole;
    struct str places;
};

bool decimal_is_whole(struct str text)
{
    if (text.n && text.p[0] == '-')
        text = str_of(text.p + 1, text.n - 1);
    return decimal_is_digits(text);
}

bool decimal_is_plain(struct str text)
{
    size_t point = str_find(text, '.');
    if (point == text.n)
        return decimal_is_whole(text);
    return decimal_is_whole(str_of(text.p, point)) &&
           decimal_is_digits(str_of(text.p + point + 1, text.n - point - 1));
}

static struct parts take_apart(struct str text)
{
    struct parts parts = {0};
    if (text.n && text.p[0] == '-') {
        parts.negative = true;
        text = str_of(text.p + 1, text.n - 1);
    }
    size_t point = str_find(text, '.');
    parts.whole = str_of(text.p, point);
    while (parts.whole.n && parts.whole.p[0] == '0')
        parts.whole = str_of(parts.whole.p + 1, parts.whole.n - 1);
    if (point < text.n)
        parts.places = str_of(text.p + point + 1, text.n - point - 1);
    return parts;
}

/* The digit of value 10^at; negative positions stand behind the point. */
static int digit(const struct parts *n, ptrdiff_t at)
{
    if (at >= 0)
        return (size_t)at < n->whole.n ? n->whole.p[n->whole.n - 1 - (size_t)at] - '0' : 0;
    size_t place = (size_t)(-at) - 1;
    return place < n->places.n ? n->places.p[place] - '0' : 0;
}

static int compare_sizes(const struct parts *a, const struct parts *b, ptrdiff_t high,
                         ptrdiff_t low)
{
    for (ptrdiff_t at = high; at >= low; at--)
        if (digit(a, at) != digit(b, at))
            return digit(a, at) - digit(b, at);
    return 0;
}

static size_t longer(size_t a, size_t b)
{
    return a > b ? a : b;
}

int decimal_compare(struct str a, struct str b)
{
    struct parts x = take_apart(a), y = take_apart(b);
    bool x_below = x.negative && x.whole.n, y_below = y.negative && y.whole.n;
    if (x_below != y_below)
        return x_below ? -1 : 1;
    int by_size = compare_sizes(&x, &y, (ptrdiff_t)longer(x.whole.n, y.whole.n), 0);
    return x_below ? -by_size : by_size;
}

/* Puts sign and point around result digits written from the back. */
static struct str put_together(char *first, const char *end, bool negative)
{
    const char *point = memchr(first, '.', (size_t)(end - first));
    const char *last_whole = (point ? point : end) - 1;
    while (first < last_whole && *first == '0')
        first++;
    bool zero = true;
    for (const char *p = first; p < end; p++)
        zero = zero && (*p == '0' || *p == '.');
    if (negative && !zero)
        *--first = '-';
    return str_of(first, (size_t)(end - first));
}

struct str decimal_add(struct str a, struct str b, struct arena *arena)
{
    struct parts x = take_apart(a), y = take_apart(b);
    size_t places = longer(x.places.n, y.places.n);
    size_t whole = longer(x.whole.n, y.whole.n) + 1;
    ptrdiff_t high = (ptrdiff_t)whole, low = -(ptrdiff_t)places;
    bool same_sign = x.negative == y.negative;
    if (!same_sign && compare_sizes(&x, &y, high, low) < 0) {
        struct parts swap = x;
        x = y;
        y = swap;
    }
    size_t size = 1 + whole + (places ? 1 + places : 0); /* '-', digits, '.', places */
    char *out = arena_alloc(arena, size);
    if (!out)
        return STR_NONE;
    char *p = out + size;
    int carry = 0;
    for (ptrdiff_t at = low; at < high; at++) {
        if (at == 0 && places)
            *--p = '.';
        int sum = digit(&x, at) + (same_sign ? digit(&y, at) : -digit(&y, at)) + carry;
        carry = sum > 9 ? 1 : sum < 0 ? -1 : 0;
        *--p = (char)('0' + sum - 10 * carry);
    }
    return put_together(p, out + size, x.negative);
}

/* Of the number that has its point `shift` digits further left. */
static struct str rounded(struct str text, unsigned places, ptrdiff_t shift, struct arena *arena)
{
    struct parts n = take_apart(text);
    ptrdiff_t low = -(ptrdiff_t)places, high = (ptrdiff_t)n.whole.n + 1 - shift;
    if (high < 1)
        high = 1;
    size_t size = 1 + (size_t)high + (places ? 1 + places : 0); /* '-', digits, '.', places */
    char *out = arena_alloc(arena, size);
    if (!out)
        return STR_NONE;
    char *p = out + size;
    int carry = digit(&n, low - 1 + shift) >= 5;
    for (ptrdiff_t at = low; at < high; at++) {
        if (at == 0 && places)
            *--p = '.';
        int sum = digit(&n, at + shift) + carry;
        carry = sum > 9;
        *--p = (char)('0' + sum - 10 * carry);
    }
    return put_together(p, out + size, n.negative);
}

struct str decimal_round(struct str text, unsigned places, struct arena *arena)
{
    return rounded(text, places, 0, arena);
}

struct str decimal_thousandth(struct str text, unsigned places, struct arena *arena)
{
    return rounded(text, places, 3, arena);
}

struct str decimal_times_1000(struct str whole, struct arena *arena)
{
    struct parts n = take_apart(whole);
    if (!n.whole.n)
        return STR("0");
    char *out = arena_alloc(arena, n.whole.n + 4), *p = out;
    if (!out)
        return STR_NONE;
    if (n.negative)
        *p++ = '-';
    memcpy(p, n.whole.p, n.whole.n);
    memcpy(p + n.whole.n, "000", 3);
    return str_of(out, n.negative + n.whole.n + 3);
}

struct str decimal_by_1000(struct str whole, struct arena *arena)
{
    struct parts n = take_apart(whole);
    if (n.whole.n <= 3)
        return STR("0");
    n.whole.n -= 3;
    return n.negative ? arena_printf(arena, "-" STR_FMT, STR_ARG(n.whole)) : n.whole;
}

struct str decimal_negate(struct str text, struct arena *arena)
{
    bool zero = true;
    if (text.n && text.p[0] == '-')
        return str_of(text.p + 1, text.n - 1);
    for (size_t i = 0; i < text.n; i++)
        zero = zero && (text.p[i] == '0' || text.p[i] == '.');
    return zero ? text : arena_printf(arena, "-" STR_FMT, STR_ARG(text));
}
