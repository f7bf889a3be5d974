/*
 * Tags: 128 bits that stand for an (app key, token) pair. SipHash-2-4 with its 128-bit output
 * (Aumasson and Bernstein, "SipHash: a fast short-input PRF") under a random key: without the
 * key nobody can make two pairs meet, and a tag tells nothing of the token.
 */
#ifndef SHOPSHIM_SHOP_TAG_H
#define SHOPSHIM_SHOP_TAG_H

#include "base/str.h"

struct shop_tag {
    uint64_t word[2];
};

struct shop_tag_key {
    uint64_t word[2];
};

/* Of the two texts, with their lengths, so that no byte can move from one to the other. */
struct shop_tag shop_tag_of(const struct shop_tag_key *key, struct str a, struct str b);

/* The function itself, over one text. */
struct shop_tag shop_tag_bytes(const struct shop_tag_key *key, struct str text);

static inline bool shop_tag_eq(const struct shop_tag *a, const struct shop_tag *b)
{
    return a->word[0] == b->word[0] && a->word[1] == b->word[1];
}

#endif
