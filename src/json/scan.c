/*
 * Scanning of tokens: what is long (runs of plain text, of blanks) or rare (escapes, bytes
 * beyond ASCII, faults). Owns nothing.
 * Refuses, at the exact byte: sequences that are not UTF-8 by RFC 3629 (overlong forms,
 * surrogates, beyond U+10FFFF), unpaired surrogates in escapes, control characters.
 */
#include "json/scan.h"
#include <string.h>
#if JSON_SCAN > 1
#include <immintrin.h>
#endif

const char scan_no_quote[] = "'\"'";
const char scan_no_escape[] = "an escape in place of a control character";

const byte scan_special[256] = {
    [0x00 ... 0x1F] = 1,
    ['"'] = 1,
    ['\\'] = 1,
    [0x80 ... 0xFF] = 1,
};

#if JSON_SCAN > 1
__attribute__((target("avx2"))) static const byte *plain_avx2(const byte *p, const byte *end)
{
    const __m256i quote = _mm256_set1_epi8('"'), slash = _mm256_set1_epi8('\\');
    const __m256i space = _mm256_set1_epi8(0x20);
    for (; end - p >= 32; p += 32) {
        __m256i x = _mm256_loadu_si256((const __m256i *)p);
        __m256i hit = _mm256_or_si256(
            _mm256_or_si256(_mm256_cmpeq_epi8(x, quote), _mm256_cmpeq_epi8(x, slash)),
            _mm256_cmpgt_epi8(space, x)); /* signed: takes >= 0x80 along */
        uint32_t mask = (uint32_t)_mm256_movemask_epi8(hit);
        if (mask)
            return p + __builtin_ctz(mask);
    }
    return p;
}
#endif

const byte *scan_plain_long(const byte *p, const byte *end)
{
#if JSON_SCAN > 1
    if (__builtin_cpu_supports("avx2"))
        p = plain_avx2(p, end);
#endif
#if JSON_SCAN > 0
    for (; end - p >= 16; p += 16) {
        uint32_t mask = special_mask(p);
        if (mask)
            return p + __builtin_ctz(mask);
    }
#endif
    while (p < end && !scan_special[*p])
        p++;
    return p;
}

const byte *scan_blanks_long(const byte *p, const byte *end)
{
    /* One blank, or a line break and its indentation, are the common cases. */
    while (p < end && is_blank(*p)) {
        p++;
#if JSON_SCAN > 0
        while (end - p >= 16) {
            __m128i x = _mm_loadu_si128((const __m128i *)p);
            uint32_t spaces = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(x, _mm_set1_epi8(' ')));
            if (spaces != 0xFFFF) {
                p += __builtin_ctz(~spaces);
                break;
            }
            p += 16;
        }
#endif
    }
    return p;
}

static const byte *stop(struct snag *snag, const byte *at, const char *expected)
{
    snag->at = at;
    snag->expected = expected;
    return NULL;
}

static int hex_value(byte c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * Four hexadecimal digits at p: the half of a pair that `low` asks for, or any other character
 * or high half. *high tells whether a low half must follow.
 */
static const byte *scan_hex(const byte *p, const byte *end, bool low, bool *high, struct snag *snag)
{
    unsigned value = 0;
    for (unsigned i = 0; i < 4; i++, p++) {
        int digit = p < end ? hex_value(*p) : -1;
        if (digit < 0)
            return stop(snag, p, "a hexadecimal digit");
        value = value << 4 | (unsigned)digit;
        if (low && ((i == 0 && value != 0xD) || (i == 1 && value < 0xDC)))
            return stop(snag, p, "the low half of a surrogate pair");
        if (!low && i == 1 && value >= 0xDC && value <= 0xDF)
            return stop(snag, p, "the high half of a surrogate pair first");
    }
    *high = value >= 0xD800 && value <= 0xDBFF;
    return p;
}

/* p stands on a backslash. */
static const byte *scan_escape(const byte *p, const byte *end, struct snag *snag)
{
    bool high = false;
    if (++p == end)
        return stop(snag, p, "an escape");
    if (*p != 'u') {
        if (*p == '\0' || !strchr("\"\\/bfnrt", *p))
            return stop(snag, p, "an escape");
        return p + 1;
    }
    p = scan_hex(p + 1, end, false, &high, snag);
    if (!p || !high)
        return p;
    for (const char *mark = "\\u"; *mark; mark++, p++)
        if (p == end || *p != (byte)*mark)
            return stop(snag, p, "the low half of a surrogate pair");
    return scan_hex(p, end, true, &high, snag);
}

/* p stands on a byte >= 0x80: RFC 3629 section 4, for as long as such bytes follow. */
static const byte *scan_utf8(const byte *p, const byte *end, struct snag *snag)
{
    while (p < end && *p >= 0x80) {
        byte lead = *p++;
        byte least = 0x80, most = 0xBF; /* of the second byte */
        unsigned more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
        if (lead < 0xC2 || lead > 0xF4)
            return stop(snag, p - 1, "UTF-8");
        if (lead == 0xE0)
            least = 0xA0;
        else if (lead == 0xED)
            most = 0x9F;
        else if (lead == 0xF0)
            least = 0x90;
        else if (lead == 0xF4)
            most = 0x8F;
        for (; more > 0; more--, p++) {
            if (p == end || *p < least || *p > most)
                return stop(snag, p, "UTF-8");
            least = 0x80;
            most = 0xBF;
        }
    }
    return p;
}

const byte *scan_string_odd(const byte *p, const byte *end, bool *escaped, struct snag *snag)
{
    for (;; p = scan_plain(p, end)) {
        if (p == end)
            return stop(snag, p, scan_no_quote);
        if (*p == '"')
            return p;
        if (*p < 0x20)
            return stop(snag, p, scan_no_escape);
        if (*p == '\\') {
            *escaped = true;
            p = scan_escape(p, end, snag);
        } else {
            p = scan_utf8(p, end, snag);
        }
        if (!p)
            return NULL;
    }
}

const byte *scan_number_fault(const byte *p, const byte *end, struct snag *snag)
{
    p += *p == '-';
    const byte *digits = p;
    p = scan_digits(p, end);
    if (p - digits > 1 && *digits == '0')
        return stop(snag, digits + 1, "no digit behind a leading zero");
    /* Otherwise a digit is missing: behind '-', '.', or the exponent's mark. */
    if (p > digits && p < end && *p == '.') {
        digits = ++p;
        p = scan_digits(p, end);
    }
    if (p > digits && p < end) {
        p++;
        p += p < end && (*p == '+' || *p == '-');
    }
    return stop(snag, p, "a digit");
}

const byte *scan_word_fault(const byte *p, const byte *end, struct str word, struct snag *snag)
{
    size_t i = 0;
    while (p + i < end && i < word.n && p[i] == (byte)word.p[i])
        i++;
    return stop(snag, p + i, word.p);
}
