/*
 * Percent coding of query strings, as browsers and HTTP clients write them
 * (RFC 3986 section 2.1; '+' for a blank in queries, WHATWG URL form decoding).
 */
#ifndef SHOPSHIM_BASE_URL_H
#define SHOPSHIM_BASE_URL_H

#include "base/arena.h"
#include "base/buf.h"

struct pair {
    struct str name;
    struct str value;
};

struct pairs {
    struct pair *items;
    size_t count;
};

/*
 * Splits and decodes a query (without '?') into the arena; '+' decodes to a blank; a name
 * without '=' gets an empty value. False for a bad escape, a NUL byte, or more than `maximum`
 * pairs. Order is kept, doubles are kept.
 */
bool url_parse_query(struct str query, struct arena *arena, size_t maximum, struct pairs *out);

/* Decoded path (no '+' rule). False for a bad escape or %00. */
bool url_decode_path(struct str path, struct arena *arena, struct str *out);

/* Everything but unreserved characters (RFC 3986: letters, digits, - . _ ~) is escaped. */
void url_encode(struct str text, struct buf *out);

/* The first value with that name, or the absent string. */
struct str pairs_get(const struct pairs *pairs, struct str name);

#endif
