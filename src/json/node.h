/*
 * The index of a document, private to this room: one entry of 16 bytes for each value and each
 * key, in the order of the text. A member is a key entry with its value's entry behind it; the
 * children of a container follow it, inside its `span`.
 *
 * Key entries carry a tag instead of a span: four bytes made of the key's first and last, so
 * that a look-up tells nearly all keys apart by one comparison of length and tag and reads
 * only the text of the key it wants. The upper bits of `meta` count a container's children;
 * in a key they say how many entries before it its object stands.
 * Nothing in the index changes after json_parse(). What look-ups learn stands in struct
 * json_notes, which holds guesses only: whoever uses one checks it first.
 */
#ifndef SHOPSHIM_JSON_NODE_H
#define SHOPSHIM_JSON_NODE_H

#include "json/json.h"

struct json_node {
    uint32_t length; /* bytes of the value; strings and keys with their quotes */
    uint32_t span;   /* entries of this value and all it holds; the tag of a key */
    uint32_t offset; /* in the text; of a key like one before: where that one stands, so that
                        look-ups read few places of a long text */
    uint32_t meta;   /* type | flags | count << NODE_COUNT_SHIFT */
};

#define NODE_KEY JSON_ABSENT /* type of a key: no value of the index is absent */

enum {
    NODE_TYPE = 7,          /* enum json_type */
    NODE_ESCAPED = 1 << 3,  /* strings, keys: holds a backslash */
    NODE_ODD_KEYS = 1 << 3, /* objects: a key holds a backslash */
    NODE_UNIQUE = 1 << 4,   /* objects: no key is there twice */
    NODE_COUNT_SHIFT = 5,
    NODE_ONE = 1 << NODE_COUNT_SHIFT,
};

#define NODE_COUNT_MOST (UINT32_MAX >> NODE_COUNT_SHIFT)

/*
 * What the last object that was picked by a set of keys looked like (pick.c): its members in
 * their order, each known by where its key stands, which like keys of a document share.
 */
struct json_step {
    uint32_t offset; /* of the key */
    uint32_t wanted; /* its place in the set, or NOT_WANTED */
};

struct json_trail {
    const struct json_keys *keys;
    struct json_step *steps; /* NULL: one object was picked so far */
    uint32_t count;
};

/*
 * Where look-ups found keys lately. `distance` by key and width of the object: how far behind
 * the object the key stood. `next`: an object in the upper half and, in the lower, the key
 * behind the last one that was found in it.
 */
enum { NOTES_BITS = 8, OBJECT_NOTES = 8, TRAIL_BITS = 4 };
struct json_notes {
    uint32_t distance[1 << NOTES_BITS];
    uint64_t next[OBJECT_NOTES];
    struct json_trail trails[1 << TRAIL_BITS]; /* by set of keys */
};

/* struct json.edge: the entry behind the last sibling, and whether a key stands before. */
#define EDGE_MEMBER (UINT32_C(1) << 31)

static inline enum json_type node_type(const struct json_node *node)
{
    return (enum json_type)(node->meta & NODE_TYPE);
}

/* Children of a container; of a key, the distance to its object. */
static inline uint32_t node_count(const struct json_node *node)
{
    return node->meta >> NODE_COUNT_SHIFT;
}

/* Tag of a key without escapes. */
static inline uint32_t key_tag(const char *p, size_t n)
{
    if (n >= 4) {
        uint32_t first, last;
        memcpy(&first, p, 4);
        memcpy(&last, p + n - 4, 4);
        return first ^ (last << 11 | last >> 21);
    }
    if (n == 0)
        return 0;
    return (uint32_t)(unsigned char)p[0] | (uint32_t)(unsigned char)p[n / 2] << 8 |
           (uint32_t)(unsigned char)p[n - 1] << 16;
}

/* A string's or key's bytes between its quotes. */
static inline struct str node_inner(const char *text, const struct json_node *node)
{
    return str_of(text + node->offset + 1, node->length - 2);
}

/* Members of an object: for (k = object + 1; k < node_edge(object); k = key_next(k)) */
static inline const struct json_node *node_edge(const struct json_node *node)
{
    return node + node->span;
}

static inline const struct json_node *key_next(const struct json_node *key)
{
    return key + 1 + key[1].span;
}

/*
 * The first key of an object that was there before, or NULL (unique.c). The first function is
 * for up to KEYS_FEW keys without escapes; the second takes scratch memory from the arena and
 * gives it back: false when there is none.
 */
enum { KEYS_FEW = 64 };
const struct json_node *doubled_of_few(const struct json_node *object, const char *text);
bool doubled_of_many(const struct json_node *object, const char *text, struct arena *arena,
                     const struct json_node **doubled);

/* ---- decoding of escapes (escape.c) ---- */

/* Reads a valid string's inside as decoded bytes. */
struct decoder {
    const unsigned char *p, *end;
    unsigned char pending[4]; /* of a \u escape, given out one by one */
    unsigned have, given;
};

static inline void decoder_init(struct decoder *d, struct str inner)
{
    d->p = (const unsigned char *)inner.p;
    d->end = d->p + inner.n;
    d->have = d->given = 0;
}

int decoder_next(struct decoder *d); /* a byte, or -1 at the end */

/* The decoded inside of a string, in the arena; absent when that is full. */
struct str string_decode(struct str inner, struct arena *arena);

/* Whether a key entry's decoded text is `key`. */
bool key_is(const char *text, const struct json_node *node, struct str key);

#endif
