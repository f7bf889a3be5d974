/*
 * The cache, see cache.h: chains by hash, and one list in the order of use.
 */
#include "sandbox/cache.h"

#include <stdlib.h>

enum { CHAINS = 16384 };

struct entry {
    struct entry *next; /* of its chain */
    struct entry *older, *newer;
    uint64_t hash;
    size_t value_n, key_n;
    char bytes[] __attribute__((aligned(16))); /* the value, then the key */
};

struct cache {
    size_t maximum, used;
    uint64_t generation;
    struct entry *oldest, *newest;
    struct entry *chains[CHAINS];
};

struct cache *cache_new(size_t maximum)
{
    struct cache *cache = calloc(1, sizeof *cache);
    if (cache)
        cache->maximum = maximum;
    return cache;
}

static size_t size_of(const struct entry *entry)
{
    return sizeof *entry + entry->value_n + entry->key_n;
}

static void leave_order(struct cache *cache, struct entry *entry)
{
    if (entry->older)
        entry->older->newer = entry->newer;
    else
        cache->oldest = entry->newer;
    if (entry->newer)
        entry->newer->older = entry->older;
    else
        cache->newest = entry->older;
}

static void enter_order(struct cache *cache, struct entry *entry)
{
    entry->newer = NULL;
    entry->older = cache->newest;
    if (cache->newest)
        cache->newest->newer = entry;
    else
        cache->oldest = entry;
    cache->newest = entry;
}

static void drop(struct cache *cache, struct entry *entry)
{
    struct entry **at = &cache->chains[entry->hash % CHAINS];
    while (*at != entry)
        at = &(*at)->next;
    *at = entry->next;
    leave_order(cache, entry);
    cache->used -= size_of(entry);
    free(entry);
}

void cache_turn(struct cache *cache, uint64_t generation)
{
    if (cache->generation == generation)
        return;
    while (cache->oldest)
        drop(cache, cache->oldest);
    cache->generation = generation;
}

void cache_free(struct cache *cache)
{
    while (cache && cache->oldest)
        drop(cache, cache->oldest);
    free(cache);
}

static struct entry *find(struct cache *cache, struct str key, uint64_t hash)
{
    struct entry *entry = cache->chains[hash % CHAINS];
    while (entry && !(entry->hash == hash &&
                      str_eq(str_of(entry->bytes + entry->value_n, entry->key_n), key)))
        entry = entry->next;
    return entry;
}

bool cache_get(struct cache *cache, struct str key, struct str *value)
{
    struct entry *entry = find(cache, key, str_hash(key));
    if (!entry)
        return false;
    if (entry != cache->newest) {
        leave_order(cache, entry);
        enter_order(cache, entry);
    }
    *value = str_of(entry->bytes, entry->value_n);
    return true;
}

void cache_put(struct cache *cache, struct str key, struct str value)
{
    uint64_t hash = str_hash(key);
    size_t size = sizeof(struct entry) + value.n + key.n;
    struct entry *entry = find(cache, key, hash);
    if (entry)
        drop(cache, entry);
    if (size > cache->maximum)
        return;
    while (cache->used + size > cache->maximum)
        drop(cache, cache->oldest);
    entry = malloc(size);
    if (!entry)
        return;
    *entry = (struct entry){
        .next = cache->chains[hash % CHAINS], .hash = hash, .value_n = value.n, .key_n = key.n};
    memcpy(entry->bytes, value.p, value.n);
    memcpy(entry->bytes + value.n, key.p, key.n);
    cache->chains[hash % CHAINS] = entry;
    enter_order(cache, entry);
    cache->used += size;
}

size_t cache_bytes(const struct cache *cache)
{
    return cache->used;
}
