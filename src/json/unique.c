/*
 * Whether an object holds a key twice. Owns nothing; scratch memory of wide objects comes from
 * the arena that is handed in and goes back to it.
 *
 * Up to 64 plain keys are compared pair by pair through their tags. More keys, or keys with
 * escapes, go through a hash set, keyed by a number drawn once a process, so that nobody can
 * send keys that all collide.
 */
#include "json/node.h"
#include "json/scan.h"
#include <pthread.h>
#include <sys/random.h>
#include <time.h>

enum { STEP = 4, TAGS = KEYS_FEW + KEYS_FEW / 2 + STEP };

/*
 * Whether two of n tags are the same: the row is compared with itself, moved by 1, 2, ... up to
 * half its length, four at a time. It goes on behind its end with its beginning.
 */
static bool two_are_same(const uint32_t *tags, uint32_t n)
{
#if JSON_SCAN > 0
    __m128i hit = _mm_setzero_si128();
    for (uint32_t move = 1; move <= n / 2; move++) {
        for (uint32_t i = 0; i < n; i += STEP) {
            __m128i a = _mm_loadu_si128((const __m128i *)(tags + i));
            __m128i b = _mm_loadu_si128((const __m128i *)(tags + i + move));
            hit = _mm_or_si128(hit, _mm_cmpeq_epi32(a, b));
        }
    }
    return _mm_movemask_epi8(hit) != 0;
#else
    uint32_t hit = 0;
    for (uint32_t move = 1; move <= n / 2; move++)
        for (uint32_t i = 0; i < n; i++)
            hit |= tags[i] == tags[i + move];
    return hit;
#endif
}

static bool same_plain_key(const char *text, const struct json_node *a, const struct json_node *b)
{
    return a->length == b->length && memcmp(text + a->offset, text + b->offset, a->length) == 0;
}

const struct json_node *doubled_of_few(const struct json_node *object, const char *text)
{
    uint32_t tags[TAGS], n = 0;
    for (const struct json_node *k = object + 1; k < node_edge(object); k = key_next(k))
        tags[n++] = k->span ^ k->length << 24;
    if (n < 2)
        return NULL;
    for (uint32_t i = 0; i < n / 2 + STEP; i++)
        tags[n + i] = tags[i];
    if (!two_are_same(tags, n))
        return NULL;
    for (const struct json_node *k = object + 1; k < node_edge(object); k = key_next(k))
        for (const struct json_node *before = object + 1; before < k; before = key_next(before))
            if (same_plain_key(text, before, k))
                return k;
    return NULL;
}

static bool same_key(const char *text, const struct json_node *a, const struct json_node *b)
{
    struct str left = node_inner(text, a), right = node_inner(text, b);
    if (!((a->meta | b->meta) & NODE_ESCAPED))
        return str_eq(left, right);
    struct decoder x, y;
    int c;
    decoder_init(&x, left);
    decoder_init(&y, right);
    do {
        c = decoder_next(&x);
        if (c != decoder_next(&y))
            return false;
    } while (c >= 0);
    return true;
}

static uint64_t seed;

static void draw_seed(void)
{
    struct timespec now;
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) == (ssize_t)sizeof seed)
        return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    seed = (uint64_t)now.tv_nsec * 0x9E3779B97F4A7C15u ^ (uint64_t)(uintptr_t)&now;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Of the decoded key, eight bytes a step. */
static uint64_t key_hash(const char *text, const struct json_node *node)
{
    struct str inner = node_inner(text, node);
    uint64_t hash = seed, word = 0;
    size_t n = 0;
    if (!(node->meta & NODE_ESCAPED)) {
        for (; inner.n - n >= 8; n += 8) {
            memcpy(&word, inner.p + n, 8);
            hash = mix(hash ^ word, 0x9E3779B97F4A7C15u);
        }
        word = 0;
        if (inner.n > n)
            memcpy(&word, inner.p + n, inner.n - n);
        return mix(mix(hash ^ word, seed | 1), inner.n ^ 0xD1B54A32D192ED03u);
    }
    struct decoder d;
    unsigned char eight[8] = {0};
    decoder_init(&d, inner);
    for (int c; (c = decoder_next(&d)) >= 0;) {
        eight[n++ % 8] = (unsigned char)c;
        if (n % 8 == 0) {
            memcpy(&word, eight, 8);
            hash = mix(hash ^ word, 0x9E3779B97F4A7C15u);
            memset(eight, 0, 8);
        }
    }
    memcpy(&word, eight, 8);
    return mix(mix(hash ^ word, seed | 1), n ^ 0xD1B54A32D192ED03u);
}

/* slots: distances of keys to their object, by hash; 0 is free. */
static const struct json_node *find_doubled(const struct json_node *object, const char *text,
                                            uint32_t *slots, uint32_t mask)
{
    for (const struct json_node *k = object + 1; k < node_edge(object); k = key_next(k)) {
        uint32_t slot = (uint32_t)key_hash(text, k) & mask;
        for (; slots[slot] != 0; slot = (slot + 1) & mask)
            if (same_key(text, object + slots[slot], k))
                return k;
        slots[slot] = node_count(k);
    }
    return NULL;
}

bool doubled_of_many(const struct json_node *object, const char *text, struct arena *arena,
                     const struct json_node **doubled)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, draw_seed);
    size_t size = 4;
    while (size < 2 * (size_t)node_count(object))
        size *= 2;
    uint32_t *slots = arena_zero(arena, size, sizeof *slots);
    if (!slots)
        return false;
    *doubled = find_doubled(object, text, slots, (uint32_t)(size - 1));
    arena_resize(arena, slots, size * sizeof *slots, 0);
    return true;
}
