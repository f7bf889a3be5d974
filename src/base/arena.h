/*
 * Arena: memory of one exchange, freed as a whole.
 *
 * Born with a maximum. When the maximum is reached or malloc fails, the arena turns
 * `failed`: that call and all later ones return NULL until reset. Code that builds many
 * small things may check arena_failed() once at the end instead of every pointer, as long
 * as it never dereferences a NULL.
 * One arena belongs to one thread at a time. Memory is aligned for any type and not zeroed.
 */
#ifndef SHOPSHIM_BASE_ARENA_H
#define SHOPSHIM_BASE_ARENA_H

#include "base/str.h"
#include <stdarg.h>

struct arena;

/* `maximum` in bytes over all blocks. NULL when malloc fails. */
struct arena *arena_new(size_t maximum);
void arena_free(struct arena *arena); /* NULL is fine */

/* Everything allocated is gone; keeps the first block for reuse; clears `failed`. */
void arena_reset(struct arena *arena);

void *arena_alloc(struct arena *arena, size_t size);
void *arena_zero(struct arena *arena, size_t count, size_t size); /* overflow checked */

/*
 * As realloc for the newest piece, which grows or shrinks in place where it can; any other
 * piece is copied to a new place when it must grow. Returns the new place. `p` NULL allocates.
 * On failure NULL, and the old piece stays valid. Shrinking does not fail.
 */
void *arena_resize(struct arena *arena, void *p, size_t old_size, size_t new_size);

#define ARENA_NEW(arena, type)          ((type *)arena_zero((arena), 1, sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_zero((arena), (count), sizeof(type)))

/* A copy, with a NUL behind it for C interfaces. On failure the absent string. */
struct str arena_str(struct arena *arena, struct str s);
char *arena_cstr(struct arena *arena, struct str s);
struct str arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

bool arena_failed(const struct arena *arena);
size_t arena_used(const struct arena *arena);

/* Blocks that were taken from malloc since arena_new, for tests and metrics. */
size_t arena_blocks(const struct arena *arena);

#endif
