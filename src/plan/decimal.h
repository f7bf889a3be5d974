/*
 * Exact arithmetic on decimal digits, of any length, without a float or an overflow.
 */
#ifndef SHOPSHIM_PLAN_DECIMAL_H
#define SHOPSHIM_PLAN_DECIMAL_H

#include "base/arena.h"
#include <endian.h>

/* The top bit of each of eight bytes that is no digit: 0x30 to 0x39 stay below it. */
static inline uint64_t decimal_odd(uint64_t x)
{
    x ^= UINT64_C(0x3030303030303030);
    return ((x + UINT64_C(0x7676767676767676)) | x) & UINT64_C(0x8080808080808080);
}

static inline uint64_t decimal_eight(const char *p)
{
    uint64_t x;
    memcpy(&x, p, sizeof x);
    return le64toh(x);
}

/* One to eight bytes, the first one lowest, filled up with '0'. Reads no other byte. */
static inline uint64_t decimal_few(const char *p, size_t n)
{
    uint64_t x;
    if (n >= 4) {
        uint32_t front, back;
        memcpy(&front, p, 4);
        memcpy(&back, p + n - 4, 4);
        x = le32toh(front) | (uint64_t)le32toh(back) << 8 * (n - 4);
    } else {
        x = (uint64_t)(unsigned char)p[0] | (uint64_t)(unsigned char)p[n / 2] << 8 * (n / 2) |
            (uint64_t)(unsigned char)p[n - 1] << 8 * (n - 1);
    }
    return n < 8 ? x | UINT64_C(0x3030303030303030) << 8 * n : x;
}

/* At least one digit, and nothing else. */
static inline bool decimal_is_digits(struct str text)
{
    if (text.n <= 8)
        return text.n > 0 && decimal_odd(decimal_few(text.p, text.n)) == 0;
    for (size_t i = 0; i + 8 < text.n; i += 8)
        if (decimal_odd(decimal_eight(text.p + i)))
            return false;
    return decimal_odd(decimal_eight(text.p + text.n - 8)) == 0;
}

/* Up to eight bytes, all digits or with one point among them: how many stand before it. */
static inline bool decimal_is_short(struct str text, size_t *whole)
{
    if (text.n - 1 > 7)
        return false;
    uint64_t x = decimal_few(text.p, text.n), odd = decimal_odd(x);
    *whole = text.n;
    if (!odd)
        return true;
    size_t at = (size_t)__builtin_ctzll(odd) / 8;
    *whole = at;
    return (odd & (odd - 1)) == 0 && text.p[at] == '.' && at > 0 && at < text.n - 1;
}

/* "-12", "0", "007": an optional '-' and at least one digit. */
bool decimal_is_whole(struct str text);

/* The same with an optional fraction: "12.50", "-0.1". No exponent, no blank, no '+'. */
bool decimal_is_plain(struct str text);

/*
 * a + b of two plain decimals, with as many places behind the point as the longer of them
 * ("1.10" + "2" = "3.10"). No zeros in front, no "-0". Absent when the arena is full.
 */
struct str decimal_add(struct str a, struct str b, struct arena *arena);

/* A plain decimal with the other sign; zero has none. */
struct str decimal_negate(struct str text, struct arena *arena);

/* With exactly so many places behind the point; half a unit goes away from zero. */
struct str decimal_round(struct str text, unsigned places, struct arena *arena);

/* The same of a thousandth of it. */
struct str decimal_thousandth(struct str text, unsigned places, struct arena *arena);

/* A whole number times 1000, or divided by 1000 (towards zero). */
struct str decimal_times_1000(struct str whole, struct arena *arena);
struct str decimal_by_1000(struct str whole, struct arena *arena);

/* Compares two whole numbers: negative, 0 or positive. */
int decimal_compare(struct str a, struct str b);

#endif
