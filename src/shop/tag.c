/*
 * Tags: SipHash-2-4-128, fed piece by piece. Owns nothing, allocates nothing.
 */
#include "shop/tag.h"

struct state {
    uint64_t v[4];
    uint64_t pending; /* bytes that do not fill a word yet, lowest first */
    uint64_t length;
};

static uint64_t turn(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

static void rounds(uint64_t v[4], int count)
{
    while (count-- > 0) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = turn(v[1], 13) ^ v[0];
        v[3] = turn(v[3], 16) ^ v[2];
        v[0] = turn(v[0], 32);
        v[2] += v[1];
        v[0] += v[3];
        v[1] = turn(v[1], 17) ^ v[2];
        v[3] = turn(v[3], 21) ^ v[0];
        v[2] = turn(v[2], 32);
    }
}

static void start(struct state *s, const struct shop_tag_key *key)
{
    *s =
        (struct state){.v = {key->word[0] ^ 0x736f6d6570736575, key->word[1] ^ 0x646f72616e646f6d,
                             key->word[0] ^ 0x6c7967656e657261, key->word[1] ^ 0x7465646279746573}};
    s->v[1] ^= 0xee; /* the mark of the 128-bit form */
}

static void take_word(struct state *s, uint64_t word)
{
    s->v[3] ^= word;
    rounds(s->v, 2);
    s->v[0] ^= word;
}

static uint64_t word_at(const char *p)
{
    uint64_t word = 0;
    for (int i = 7; i >= 0; i--)
        word = word << 8 | (unsigned char)p[i];
    return word;
}

static void take_byte(struct state *s, unsigned char byte)
{
    s->pending |= (uint64_t)byte << (8 * (s->length % 8));
    if (++s->length % 8 == 0) {
        take_word(s, s->pending);
        s->pending = 0;
    }
}

static void take(struct state *s, struct str text)
{
    size_t i = 0;
    while (i < text.n && s->length % 8 != 0)
        take_byte(s, (unsigned char)text.p[i++]);
    for (; text.n - i >= 8; i += 8, s->length += 8)
        take_word(s, word_at(text.p + i));
    while (i < text.n)
        take_byte(s, (unsigned char)text.p[i++]);
}

static struct shop_tag finish(struct state *s)
{
    struct shop_tag tag;
    take_word(s, s->pending | s->length << 56);
    s->v[2] ^= 0xee;
    rounds(s->v, 4);
    tag.word[0] = s->v[0] ^ s->v[1] ^ s->v[2] ^ s->v[3];
    s->v[1] ^= 0xdd;
    rounds(s->v, 4);
    tag.word[1] = s->v[0] ^ s->v[1] ^ s->v[2] ^ s->v[3];
    return tag;
}

struct shop_tag shop_tag_bytes(const struct shop_tag_key *key, struct str text)
{
    struct state s;
    start(&s, key);
    take(&s, text);
    return finish(&s);
}

struct shop_tag shop_tag_of(const struct shop_tag_key *key, struct str a, struct str b)
{
    uint64_t length = a.n;
    struct state s;
    start(&s, key);
    take(&s, str_of((const char *)&length, sizeof length));
    take(&s, a);
    take(&s, b);
    return finish(&s);
}
