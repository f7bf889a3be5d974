/*
 * Arena: blocks from malloc, cut from front to back, freed together.
 *
 * Small requests share blocks that double in size from 8 KiB to 256 KiB; a request that would
 * fill more than a quarter of the next block gets a block of its own, so that one large piece
 * wastes nothing of the shared ones. The first shared block survives a reset.
 * Under AddressSanitizer everything that is not handed out is poisoned, with a gap behind
 * every piece, so that overruns inside a block are found as well.
 */
#include "base/arena.h"
#include "base/buf.h"
#include <assert.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define POISONED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISONED 1
#endif
#endif
#ifdef POISONED
#include <sanitizer/asan_interface.h>
#define POISON(p, n)   ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
enum { GAP = 16 };
#else
#define POISON(p, n)   ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
enum { GAP = 0 };
#endif

enum {
    ALIGNMENT = alignof(max_align_t),
    SMALLEST_BLOCK = 8 * 1024,
    LARGEST_BLOCK = 256 * 1024,
    OWN_BLOCK_SHARE = 4
};

struct block {
    struct block *next;
    size_t room; /* bytes in data */
    size_t used;
    alignas(max_align_t) char data[];
};

struct arena {
    struct block *shared; /* newest first: the head is being cut */
    struct block *own;    /* one large piece each */
    struct block *first;  /* the shared block that a reset keeps */
    size_t maximum;
    size_t taken; /* bytes of all blocks with their heads */
    size_t used;
    size_t blocks;
    size_t next_size;
    bool failed;
};

struct arena *arena_new(size_t maximum)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        return NULL;
    arena->maximum = maximum;
    arena->next_size = SMALLEST_BLOCK;
    return arena;
}

static void free_blocks(struct arena *arena, struct block *list, const struct block *keep)
{
    while (list) {
        struct block *next = list->next;
        if (list != keep) {
            arena->taken -= sizeof *list + list->room;
            UNPOISON(list->data, list->room);
            free(list);
        }
        list = next;
    }
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    free_blocks(arena, arena->own, NULL);
    free_blocks(arena, arena->shared, NULL);
    free(arena);
}

void arena_reset(struct arena *arena)
{
    free_blocks(arena, arena->own, NULL);
    free_blocks(arena, arena->shared, arena->first);
    arena->own = NULL;
    arena->shared = arena->first;
    arena->next_size = SMALLEST_BLOCK;
    if (arena->first) {
        POISON(arena->first->data, arena->first->used);
        arena->first->next = NULL;
        arena->first->used = 0;
        arena->next_size = 2 * SMALLEST_BLOCK;
    }
    arena->used = 0;
    arena->failed = false;
}

static void *fail(struct arena *arena)
{
    arena->failed = true;
    return NULL;
}

static struct block *take_block(struct arena *arena, size_t room)
{
    size_t left = arena->maximum - arena->taken;
    if (left < sizeof(struct block) || room > left - sizeof(struct block))
        return fail(arena);
    struct block *block = malloc(sizeof *block + room);
    if (!block)
        return fail(arena);
    block->next = NULL;
    block->room = room;
    block->used = 0;
    arena->taken += sizeof *block + room;
    arena->blocks++;
    POISON(block->data, room);
    return block;
}

/* Whether a piece of `span` bytes gets a block of its own instead of a share. */
static bool wants_own(const struct arena *arena, size_t span)
{
    return span > arena->next_size / OWN_BLOCK_SHARE;
}

static struct block *block_for(struct arena *arena, size_t span)
{
    struct block *block;
    if (wants_own(arena, span)) {
        block = take_block(arena, span);
        if (block) {
            block->next = arena->own;
            arena->own = block;
        }
        return block;
    }
    size_t room = arena->next_size;
    size_t left = arena->maximum - arena->taken;
    if (room + sizeof(struct block) > left) /* a smaller last block rather than none */
        room = span;
    block = take_block(arena, room);
    if (!block)
        return NULL;
    if (arena->next_size < LARGEST_BLOCK)
        arena->next_size *= 2;
    block->next = arena->shared;
    arena->shared = block;
    if (!arena->first && room > span)
        arena->first = block;
    return block;
}

static size_t rounded(size_t size)
{
    return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (arena->failed)
        return NULL;
    if (size > arena->maximum)
        return fail(arena);
    size_t span = rounded(size ? size : 1) + GAP;
    struct block *block = arena->shared;
    if (!block || span > block->room - block->used)
        block = block_for(arena, span);
    if (!block)
        return NULL;
    char *p = block->data + block->used;
    block->used += span;
    arena->used += span - GAP;
    UNPOISON(p, size);
    return p;
}

/* The block whose last piece begins at p, or NULL. */
static struct block *block_ending_with(struct arena *arena, const char *p, size_t span)
{
    struct block *lists[] = {arena->shared, arena->own};
    for (size_t i = 0; i < 2; i++)
        if (lists[i] && lists[i]->used >= span && lists[i]->data + lists[i]->used - span == p)
            return lists[i];
    return NULL;
}

/* A large piece moves by realloc, which remaps pages instead of copying them. */
static void *resize_own(struct arena *arena, size_t span, size_t new_size)
{
    struct block *block = arena->own;
    size_t new_span = rounded(new_size ? new_size : 1) + GAP;
    size_t others = arena->taken - block->room;
    if (new_span > arena->maximum || others > arena->maximum - new_span)
        return fail(arena);
    UNPOISON(block->data, block->room);
    struct block *moved = realloc(block, sizeof *block + new_span);
    if (!moved) /* no smaller place found: the old one does */
        return new_span <= span ? block->data : fail(arena);
    arena->own = moved;
    arena->taken = others + new_span;
    arena->used += new_span - span;
    moved->room = moved->used = new_span;
    POISON(moved->data, new_span);
    UNPOISON(moved->data, new_size);
    return moved->data;
}

void *arena_resize(struct arena *arena, void *p, size_t old_size, size_t new_size)
{
    if (!p)
        return arena_alloc(arena, new_size);
    if (arena->failed)
        return NULL;
    if (new_size > arena->maximum)
        return fail(arena);
    size_t span = rounded(old_size ? old_size : 1) + GAP;
    size_t new_span = rounded(new_size ? new_size : 1) + GAP;
    struct block *block = block_ending_with(arena, p, span);
    if (block && block == arena->own)
        return resize_own(arena, span, new_size);
    if (block && new_span <= block->room - (block->used - span)) {
        block->used += new_span - span;
        arena->used += new_span - span;
        POISON(p, span);
        UNPOISON(p, new_size);
        return p;
    }
    if (new_span <= span)
        return p;
    void *moved = arena_alloc(arena, new_size);
    if (moved && old_size > 0)
        memcpy(moved, p, old_size);
    return moved;
}

void *arena_zero(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return fail(arena);
    void *p = arena_alloc(arena, bytes);
    if (p)
        memset(p, 0, bytes);
    return p;
}

char *arena_cstr(struct arena *arena, struct str s)
{
    if (s.n == SIZE_MAX)
        return fail(arena);
    char *p = arena_alloc(arena, s.n + 1);
    if (!p)
        return NULL;
    if (s.n > 0)
        memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return p;
}

struct str arena_str(struct arena *arena, struct str s)
{
    const char *p = arena_cstr(arena, s);
    return p ? str_of(p, s.n) : STR_NONE;
}

struct str arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0) {
        fail(arena);
        return STR_NONE;
    }
    char *p = arena_alloc(arena, (size_t)n + 1);
    if (!p)
        return STR_NONE;
    va_start(args, format);
    vsnprintf(p, (size_t)n + 1, format, args);
    va_end(args);
    return str_of(p, (size_t)n);
}

bool arena_failed(const struct arena *arena)
{
    return arena->failed;
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}

size_t arena_blocks(const struct arena *arena)
{
    return arena->blocks;
}
