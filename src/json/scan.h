/*
 * Scanning of tokens, private to this room: where strings, digits and blanks end.
 *
 * On x86-64 sixteen bytes are looked at in one step (SSE2 is always there), and thirty-two in
 * long strings when the machine has AVX2; other machines take the portable loops. Every
 * function stays below `end`, whatever stands there: no byte behind the text is read.
 * JSON_SCAN picks a form at compile time for tests: 0 portable, 1 SSE2, 2 with AVX2.
 */
#ifndef SHOPSHIM_JSON_SCAN_H
#define SHOPSHIM_JSON_SCAN_H

#include "base/str.h"

#ifndef JSON_SCAN
#if defined(__x86_64__)
#define JSON_SCAN 2
#else
#define JSON_SCAN 0
#endif
#endif

#if JSON_SCAN > 0
#include <emmintrin.h>
#endif

#define ALWAYS_INLINE static inline __attribute__((always_inline))

typedef unsigned char byte;

/* What stopped the reader, for struct json_error. */
struct snag {
    const byte *at;
    const char *expected;
};

/* The words of snags of strings that do not end, and of control characters in them. */
extern const char scan_no_quote[], scan_no_escape[];

/* What a byte is inside a string: 0 plain, 1 something to look at. */
extern const byte scan_special[256];

/* ---- out of line, for what is long or rare (scan.c) ---- */

/* The first byte of a string at p or behind it that is not plain ASCII text, or end. */
const byte *scan_plain_long(const byte *p, const byte *end);

/* As scan_string below, from the first byte on that is not plain. */
const byte *scan_string_odd(const byte *p, const byte *end, bool *escaped, struct snag *snag);

/* What is wrong with a number, or with what begins like a word: fills *snag, returns NULL. */
const byte *scan_number_fault(const byte *p, const byte *end, struct snag *snag);
const byte *scan_word_fault(const byte *p, const byte *end, struct str word, struct snag *snag);

const byte *scan_blanks_long(const byte *p, const byte *end);

/* ---- inline ---- */

#if JSON_SCAN > 0
/* Bits of the bytes that are quotes, backslashes, control characters or >= 0x80. */
ALWAYS_INLINE uint32_t special_mask(const byte *p)
{
    __m128i x = _mm_loadu_si128((const __m128i *)p);
    __m128i quote = _mm_cmpeq_epi8(x, _mm_set1_epi8('"'));
    __m128i slash = _mm_cmpeq_epi8(x, _mm_set1_epi8('\\'));
    __m128i other = _mm_cmplt_epi8(x, _mm_set1_epi8(0x20)); /* signed: takes >= 0x80 along */
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, slash), other));
}

ALWAYS_INLINE uint32_t digit_mask(const byte *p)
{
    __m128i x = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)p), _mm_set1_epi8('0'));
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(9)), x));
}
#endif

ALWAYS_INLINE const byte *scan_plain(const byte *p, const byte *end)
{
#if JSON_SCAN > 0
    if (end - p >= 32) {
        uint32_t mask = special_mask(p);
        if (mask)
            return p + __builtin_ctz(mask);
        mask = special_mask(p + 16);
        if (mask)
            return p + 16 + __builtin_ctz(mask);
        return scan_plain_long(p + 32, end);
    }
#endif
    while (p < end && !scan_special[*p])
        p++;
    return p;
}

/*
 * p stands behind the opening quote: the place of the closing one, or NULL with *snag filled.
 * Sets *escaped when there is a backslash, and leaves it alone otherwise.
 */
ALWAYS_INLINE const byte *scan_string(const byte *p, const byte *end, bool *escaped,
                                      struct snag *snag)
{
    p = scan_plain(p, end);
    if (p < end && *p == '"')
        return p;
    return scan_string_odd(p, end, escaped, snag);
}

ALWAYS_INLINE const byte *scan_digits(const byte *p, const byte *end)
{
#if JSON_SCAN > 0
    while (end - p >= 16) {
        uint32_t mask = digit_mask(p);
        if (mask != 0xFFFF)
            return p + __builtin_ctz(~mask);
        p += 16;
    }
#endif
    while (p < end && (unsigned)(*p - '0') <= 9)
        p++;
    return p;
}

/* p stands on the first letter of true, false or null: the place behind it. */
ALWAYS_INLINE const byte *scan_word(const byte *p, const byte *end, struct str word,
                                    struct snag *snag)
{
    if ((size_t)(end - p) >= word.n && memcmp(p, word.p, word.n) == 0)
        return p + word.n;
    return scan_word_fault(p, end, word, snag);
}

/* p stands on '-' or a digit: the place behind the number. */
ALWAYS_INLINE const byte *scan_number(const byte *p, const byte *end, struct snag *snag)
{
    const byte *start = p;
    p += *p == '-';
    const byte *digits = p;
    p = scan_digits(p, end);
    if (p == digits || (*digits == '0' && p - digits > 1))
        return scan_number_fault(start, end, snag);
    if (p == end)
        return p;
    if (*p == '.') {
        digits = ++p;
        p = scan_digits(p, end);
        if (p == digits)
            return scan_number_fault(start, end, snag);
        if (p == end)
            return p;
    }
    if ((*p | 0x20) == 'e') {
        p++;
        if (p < end && (*p == '+' || *p == '-'))
            p++;
        digits = p;
        p = scan_digits(p, end);
        if (p == digits)
            return scan_number_fault(start, end, snag);
    }
    return p;
}

#if JSON_SCAN > 0
ALWAYS_INLINE uint32_t same_mask(const byte *p, const byte *q)
{
    __m128i a = _mm_loadu_si128((const __m128i *)p), b = _mm_loadu_si128((const __m128i *)q);
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(a, b));
}
#endif

/* Whether the n bytes at p are those at q, which stand earlier in the same text. */
ALWAYS_INLINE bool same_bytes(const byte *p, const byte *end, const byte *q, size_t n)
{
#if JSON_SCAN > 0
    if (n <= 32 && end - p >= 32) {
        if (n > 16)
            return (same_mask(p, q) & same_mask(p + n - 16, q + n - 16)) == 0xFFFF;
        return (~same_mask(p, q) & ((1u << n) - 1)) == 0;
    }
#endif
    return (size_t)(end - p) >= n && memcmp(p, q, n) == 0;
}

ALWAYS_INLINE bool is_blank(byte c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* *p must be readable even when p is `end`. */
ALWAYS_INLINE const byte *scan_blanks(const byte *p, const byte *end)
{
    if (__builtin_expect(*p <= ' ', 0))
        return scan_blanks_long(p, end);
    return p;
}

#endif
