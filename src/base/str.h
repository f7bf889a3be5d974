/*
 * Strings as pointer and length.
 *
 * A `struct str` borrows: it never owns its bytes and need not end in NUL. An absent
 * string has p == NULL; an empty one has n == 0 and p != NULL. Functions that allocate
 * take an arena and say so in their name or comment.
 */
#ifndef SHOPSHIM_BASE_STR_H
#define SHOPSHIM_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *p;
    size_t n;
};

/* STR("text") for literals; STR_C("text") in static initialisers. */
#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_C(literal)                                                                             \
    {                                                                                              \
        "" literal, sizeof(literal) - 1                                                            \
    }
#define STR_NONE ((struct str){NULL, 0})

/* For printf: printf(STR_FMT, STR_ARG(s)). */
#define STR_FMT    "%.*s"
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

static inline struct str str_of(const char *p, size_t n)
{
    return (struct str){p, n};
}

/* NULL gives the absent string. */
static inline struct str str_from(const char *cstring)
{
    return (struct str){cstring, cstring ? strlen(cstring) : 0};
}

static inline bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_starts(struct str s, struct str prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

/* Copies up to 32 bytes, by two moves that overlap: most of what is written is no longer. */
static inline void str_copy_short(char *to, const char *from, size_t n)
{
    if (n >= 16) {
        memcpy(to, from, 16);
        memcpy(to + n - 16, from + n - 16, 16);
    } else if (n >= 8) {
        memcpy(to, from, 8);
        memcpy(to + n - 8, from + n - 8, 8);
    } else if (n >= 4) {
        memcpy(to, from, 4);
        memcpy(to + n - 4, from + n - 4, 4);
    } else if (n > 0) {
        to[0] = from[0];
        to[n / 2] = from[n / 2];
        to[n - 1] = from[n - 1];
    }
}

/* ASCII letters compare without case; other bytes exactly. */
bool str_ieq(struct str a, struct str b);

/* Byte order, as strcmp: negative, 0 or positive. */
int str_cmp(struct str a, struct str b);

/* Without blanks and tabs at both ends. */
struct str str_trim(struct str s);

/* Index of the first c in s, or s.n. */
size_t str_find(struct str s, char c);

/*
 * Cuts *rest at the first `c`: returns what stands before it and leaves in *rest what
 * stands behind it; without a `c`, returns all and leaves *rest absent. Loop while
 * rest->p != NULL.
 */
struct str str_cut(struct str *rest, char c);

/* Decimal digits only, no sign, no overflow; false leaves *out alone. */
bool str_to_u64(struct str s, uint64_t *out);

/* An optional '-' and decimal digits. */
bool str_to_i64(struct str s, int64_t *out);

/*
 * The candidate nearest to `s` by edit distance, for "did you mean"; absent when none is
 * near (distance at most a third of the length, at least 1). O(len^2) per candidate.
 */
struct str str_nearest(struct str s, const struct str *candidates, size_t count);

/* FNV-1a over the bytes, for hash tables of our own keys; not for hostile input. */
uint64_t str_hash(struct str s);

#endif
