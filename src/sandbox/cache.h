/*
 * A cache of bytes by bytes, for what the sandbox would otherwise make again and again.
 *
 * Bounded in bytes: what was not asked for the longest time goes first. Everything goes when
 * the generation changes, so that nothing outlives a change of the world. One thread.
 */
#ifndef SHOPSHIM_SANDBOX_CACHE_H
#define SHOPSHIM_SANDBOX_CACHE_H

#include "base/str.h"

struct cache;

/* `maximum` counts keys, values and their keeping. NULL when memory is short. */
struct cache *cache_new(size_t maximum);
void cache_free(struct cache *cache); /* NULL is fine */

/* To be called before use: drops everything when the generation is another one. */
void cache_turn(struct cache *cache, uint64_t generation);

/* The value, valid until the next put or turn and aligned for any type; false: not there. */
bool cache_get(struct cache *cache, struct str key, struct str *value);

/* Keeps copies. Does nothing when memory is short or the value alone is too large. */
void cache_put(struct cache *cache, struct str key, struct str value);

size_t cache_bytes(const struct cache *cache);

#endif
