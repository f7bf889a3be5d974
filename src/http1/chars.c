/*
 * The table of byte classes and the scans over long spans.
 *
 * A scan takes eight bytes into one word, the first as the lowest, and marks suspicious ones
 * in their highest bit. A borrow or a carry can mark a byte wrongly, but only above one that
 * is marked rightly or above 0xFF.
 */
#include "http1/chars.h"
#include <endian.h>

/* Sums of CHAR_*; one row is sixteen bytes. */
// clang-format off
const uint8_t char_classes[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    4, 15, 6, 5, 15, 15, 15, 15, 14, 14, 15, 15, 14, 15, 15, 6,
    15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 14, 14, 6, 14, 6, 6,
    6, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,
    15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 14, 6, 14, 7, 15,
    7, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,
    15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 6, 7, 6, 15, 0,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
};
// clang-format on

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))
#define HIGH       EACH(0x80)

static inline uint64_t load(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return le64toh(word);
}

/* Where the lowest mark is. */
static inline size_t first_of(uint64_t marks)
{
    return (size_t)__builtin_ctzll(marks) / 8;
}

static const char *skip_rest(const char *p, const char *end, int class)
{
    while (p < end && char_is(*p, class))
        p++;
    return p;
}

/* A byte below 0x21, above 0x7E, or '#': the lowest mark is never wrong. */
static inline uint64_t marks_for_target(uint64_t word)
{
    uint64_t low = word - EACH(0x21);
    uint64_t high = word | (word + EACH(1));
    uint64_t number_sign = (word ^ EACH('#')) - EACH(1);
    return (low | high | number_sign) & HIGH;
}

/* A byte below 0x20, tab among them, or 0x7F; sometimes one above 0xFF. */
static inline uint64_t marks_for_value(uint64_t word)
{
    uint64_t low = word - EACH(0x20);
    uint64_t delete = word + EACH(1);
    return (low | delete) & ~word & HIGH;
}

const char *skip_target(const char *p, const char *end)
{
    for (; end - p >= 8; p += 8) {
        uint64_t marks = marks_for_target(load(p));
        if (marks)
            return p + first_of(marks);
    }
    return skip_rest(p, end, CHAR_TARGET);
}

const char *skip_value(const char *p, const char *end)
{
    while (end - p >= 8) {
        uint64_t marks = marks_for_value(load(p));
        if (!marks) {
            p += 8;
            continue;
        }
        p += first_of(marks);
        if (!char_is(*p, CHAR_VALUE))
            return p;
        p++;
    }
    return skip_rest(p, end, CHAR_VALUE);
}

bool all_are(struct str s, int class)
{
    for (size_t i = 0; i < s.n; i++)
        if (!char_is(s.p[i], class))
            return false;
    return true;
}
