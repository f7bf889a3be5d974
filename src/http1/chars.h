/*
 * Which bytes may stand where in an HTTP head (private to this room).
 *
 * Names are short and go through a table; targets and values are long and go eight bytes at
 * a time. Each skip_ function returns the first byte that does not belong.
 */
#ifndef SHOPSHIM_HTTP1_CHARS_H
#define SHOPSHIM_HTTP1_CHARS_H

#include "base/str.h"

enum {
    CHAR_TOKEN = 1,  /* RFC 9110 section 5.6.2, tchar */
    CHAR_TARGET = 2, /* visible ASCII but '#': wider than RFC 3986, as clients send JSON raw */
    CHAR_VALUE = 4,  /* RFC 9110 section 5.5: blank, tab, visible, 0x80 and above */
    CHAR_HOST = 8    /* RFC 3986 section 3.2: host and port, without user information */
};

extern const uint8_t char_classes[256];

static inline bool char_is(char c, int class)
{
    return (char_classes[(uint8_t)c] & class) != 0;
}

static inline bool char_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* For bytes that are known to end, further on, in one that belongs to no token. */
static inline const char *skip_token(const char *p)
{
    while (char_is(*p, CHAR_TOKEN))
        p++;
    return p;
}

/*
 * Whether s is `lower`, any case: `lower` holds small letters and hyphens only. Setting one
 * bit makes letters small; the only foreign byte it turns into one of those is CR, which
 * stands in no name and no value.
 */
static inline bool is_word(struct str s, struct str lower)
{
    if (s.n != lower.n || (s.p[0] | 0x20) != lower.p[0])
        return false;
    unsigned difference = 0;
    for (size_t i = 1; i < s.n; i++)
        difference |= (unsigned)((s.p[i] | 0x20) ^ lower.p[i]);
    return difference == 0;
}

/* Both stop at `end` at the latest. */
const char *skip_target(const char *p, const char *end);
const char *skip_value(const char *p, const char *end);

/* Whether all of s is of that class; an empty s is. */
bool all_are(struct str s, int class);

#endif
