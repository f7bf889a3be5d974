/*
 * The table of byte classes and the scans over long spans.
 *
 * A scan takes eight bytes into one word and asks whether any of them is suspicious. The
 * question may only err towards "yes" (a borrow can mark a byte above a true hit, never
 * without one), and a suspicious word is looked at byte by byte through the table, so byte
 * order does not matter.
 */
#include "http1/chars.h"

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
    return word;
}

/* Nonzero when a byte of `word` is below `bound` (bound <= 0x80). */
static inline uint64_t any_below(uint64_t word, uint64_t bound)
{
    return (word - EACH(bound)) & ~word & HIGH;
}

static inline uint64_t any_equal(uint64_t word, uint64_t byte)
{
    return any_below(word ^ EACH(byte), 1);
}

static const char *skip_rest(const char *p, const char *end, int class)
{
    while (p < end && char_is(*p, class))
        p++;
    return p;
}

const char *skip_target(const char *p, const char *end)
{
    while (end - p >= 8) {
        uint64_t word = load(p);
        if (any_below(word, 0x21) | any_equal(word, 0x7f) | any_equal(word, '#') | (word & HIGH))
            return skip_rest(p, p + 8, CHAR_TARGET);
        p += 8;
    }
    return skip_rest(p, end, CHAR_TARGET);
}

const char *skip_value(const char *p, const char *end)
{
    while (end - p >= 8) {
        uint64_t word = load(p);
        if (any_below(word, 0x20) | any_equal(word, 0x7f)) {
            const char *stop = skip_rest(p, p + 8, CHAR_VALUE);
            if (stop < p + 8)
                return stop;
        }
        p += 8;
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
