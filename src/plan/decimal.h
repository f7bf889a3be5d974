/*
 * Exact arithmetic on decimal digits, of any length, without a float or an overflow.
 */
#ifndef SHOPSHIM_PLAN_DECIMAL_H
#define SHOPSHIM_PLAN_DECIMAL_H

#include "base/arena.h"

/* At least one digit, and nothing else. */
static inline bool decimal_is_digits(struct str text)
{
    size_t i = 0;
    for (; i + 8 <= text.n; i += 8) { /* eight at a time: 0x30 to 0x39 stay below 0x80 */
        uint64_t x;
        memcpy(&x, text.p + i, sizeof x);
        x ^= UINT64_C(0x3030303030303030);
        if (((x + UINT64_C(0x7676767676767676)) | x) & UINT64_C(0x8080808080808080))
            return false;
    }
    for (; i < text.n; i++)
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
    return text.n > 0;
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

/* A whole number times 1000, or divided by 1000 (towards zero). */
struct str decimal_times_1000(struct str whole, struct arena *arena);
struct str decimal_by_1000(struct str whole, struct arena *arena);

/* Compares two whole numbers: negative, 0 or positive. */
int decimal_compare(struct str a, struct str b);

#endif
