/*
 * Strings as pointer and length: comparing, cutting, numbers, the nearest name.
 * Owns nothing. ASCII only where case or blanks matter; no locale is consulted.
 */
#include "base/str.h"

enum { NEAREST_LONGEST = 128 }; /* names longer than this are not guessed at */

static unsigned char lower(char c)
{
    unsigned char u = (unsigned char)c;
    return u >= 'A' && u <= 'Z' ? (unsigned char)(u | 0x20) : u;
}

bool str_ieq(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (lower(a.p[i]) != lower(b.p[i]))
            return false;
    return true;
}

int str_cmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n == 0 ? 0 : memcmp(a.p, b.p, n);
    if (order != 0)
        return order;
    return (a.n > b.n) - (a.n < b.n);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct str str_trim(struct str s)
{
    while (s.n > 0 && is_blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

size_t str_find(struct str s, char c)
{
    if (s.n == 0)
        return 0;
    const char *hit = memchr(s.p, c, s.n);
    return hit ? (size_t)(hit - s.p) : s.n;
}

struct str str_cut(struct str *rest, char c)
{
    struct str head = *rest;
    size_t at = str_find(head, c);
    if (at == head.n) {
        *rest = STR_NONE;
        return head;
    }
    *rest = str_of(head.p + at + 1, head.n - at - 1);
    return str_of(head.p, at);
}

bool str_to_u64(struct str s, uint64_t *out)
{
    uint64_t value = 0;
    if (s.n == 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';
        if (digit > 9 || value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

bool str_to_i64(struct str s, int64_t *out)
{
    bool minus = s.n > 0 && s.p[0] == '-';
    uint64_t size;
    if (minus)
        s = str_of(s.p + 1, s.n - 1);
    if (!str_to_u64(s, &size) || size > (uint64_t)INT64_MAX + minus)
        return false;
    *out = minus ? (int64_t)(0 - size) : (int64_t)size;
    return true;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Changed, added, left out or swapped neighbours count one each. */
static unsigned distance(struct str a, struct str b)
{
    unsigned rows[3][NEAREST_LONGEST + 1];
    unsigned *older = rows[0], *last = rows[1], *row = rows[2];
    for (unsigned j = 0; j <= b.n; j++)
        last[j] = j;
    for (unsigned i = 1; i <= a.n; i++) {
        row[0] = i;
        for (unsigned j = 1; j <= b.n; j++) {
            unsigned best = last[j - 1] + (a.p[i - 1] != b.p[j - 1]);
            best = least(best, least(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1])
                best = least(best, older[j - 2] + 1);
            row[j] = best;
        }
        unsigned *spare = older;
        older = last;
        last = row;
        row = spare;
    }
    return last[b.n];
}

struct str str_nearest(struct str s, const struct str *candidates, size_t count)
{
    struct str nearest = STR_NONE;
    if (s.n == 0 || s.n > NEAREST_LONGEST)
        return nearest;
    unsigned limit = s.n < 3 ? 1 : (unsigned)(s.n / 3);
    for (size_t i = 0; i < count; i++) {
        struct str c = candidates[i];
        if (c.n > NEAREST_LONGEST || c.n > s.n + limit || s.n > c.n + limit)
            continue;
        unsigned far = distance(s, c);
        if (far <= limit) {
            nearest = c;
            if (far == 0)
                break;
            limit = far - 1;
        }
    }
    return nearest;
}

uint64_t str_hash(struct str s)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < s.n; i++)
        hash = (hash ^ (unsigned char)s.p[i]) * 0x100000001b3u;
    return hash;
}
