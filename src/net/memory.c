/*
 * Pools and bounds of message memory. Owns what is pooled; what is out belongs to its taker.
 * Keeps so little that an idle worker gives memory back after a rush.
 */
#include "net/memory.h"
#include <assert.h>
#include <stdlib.h>

enum {
    POOLED_INPUTS = 256,
    SMALLEST_SPARE = 32 << 10, /* malloc is cheap below */
    LARGEST_SPARE = 1 << 20
};

/* ---- inputs ---- */

void input_pool_init(struct input_pool *pool, enum http1_side side,
                     const struct http1_limits *limits)
{
    *pool = (struct input_pool){.side = side, .limits = *limits};
}

void input_pool_clear(struct input_pool *pool)
{
    while (pool->free) {
        struct input *input = pool->free;
        pool->free = input->next;
        free(input);
    }
    pool->count = 0;
}

struct input *input_take(struct input_pool *pool)
{
    struct input *input = pool->free;
    if (input) {
        pool->free = input->next;
        pool->count--;
        return input;
    }
    input = malloc(sizeof *input + INPUT_BYTES);
    if (!input)
        return NULL;
    input->room = INPUT_BYTES;
    http1_reader_init(&input->reader, pool->side, &pool->limits);
    return input;
}

void input_give(struct input_pool *pool, struct input *input, bool clean)
{
    if (input->room != INPUT_BYTES || pool->count >= POOLED_INPUTS) {
        free(input);
        return;
    }
    if (!clean)
        http1_reader_init(&input->reader, pool->side, &pool->limits);
    input->next = pool->free;
    pool->free = input;
    pool->count++;
}

struct input *input_grow(struct input *input, size_t room)
{
    assert(room > input->room);
    struct input *grown = realloc(input, sizeof *input + room);
    if (grown)
        grown->room = room;
    return grown;
}

/* ---- bodies ---- */

void memory_init(struct memory *memory, size_t maximum)
{
    *memory = (struct memory){.maximum = maximum};
}

void memory_clear(struct memory *memory)
{
    while (memory->spare_count > 0)
        buf_clear(&memory->spares[--memory->spare_count]);
    while (memory->gunzip_count > 0)
        gunzip_free(memory->gunzips[--memory->gunzip_count]);
}

/* The smallest spare that is large enough. */
static bool take_spare(struct memory *memory, struct buf *body, size_t n)
{
    unsigned best = memory->spare_count;
    for (unsigned i = 0; i < memory->spare_count; i++)
        if (memory->spares[i].room >= n &&
            (best == memory->spare_count || memory->spares[i].room < memory->spares[best].room))
            best = i;
    if (best == memory->spare_count || memory->spares[best].room > body->maximum)
        return false;
    size_t maximum = body->maximum;
    *body = memory->spares[best];
    body->maximum = maximum;
    memory->spares[best] = memory->spares[--memory->spare_count];
    return true;
}

enum memory_result memory_take(struct memory *memory, struct buf *body, size_t n, size_t maximum)
{
    buf_init(body, maximum);
    if (n <= maximum && n >= SMALLEST_SPARE && memory->used + n <= memory->maximum &&
        take_spare(memory, body, n)) {
        memory->used += body->room;
        return MEMORY_OK;
    }
    return memory_grow(memory, body, n);
}

enum memory_result memory_grow(struct memory *memory, struct buf *body, size_t n)
{
    if (n > body->maximum - body->n)
        return MEMORY_LONG;
    if (body->p && n <= body->room - body->n)
        return MEMORY_OK;
    if (memory->used - body->room + body->n + n > memory->maximum)
        return MEMORY_FULL;
    size_t room = body->room;
    if (!buf_reserve(body, n))
        return MEMORY_FULL;
    memory->used += body->room - room;
    return MEMORY_OK;
}

enum memory_result memory_grown(struct memory *memory, const struct buf *body, size_t room)
{
    memory->used += body->room - room;
    return memory->used > memory->maximum ? MEMORY_FULL : MEMORY_OK;
}

void memory_give(struct memory *memory, struct buf *body)
{
    if (!body->p)
        return;
    assert(memory->used >= body->room);
    memory->used -= body->room;
    if (memory->spare_count < MEMORY_SPARES && body->room >= SMALLEST_SPARE &&
        body->room <= LARGEST_SPARE) {
        buf_reset(body);
        memory->spares[memory->spare_count++] = *body;
        *body = (struct buf){.maximum = body->maximum};
        return;
    }
    buf_clear(body);
}

struct gunzip *memory_take_gunzip(struct memory *memory)
{
    if (memory->gunzip_count == 0)
        return gunzip_new();
    return memory->gunzips[--memory->gunzip_count];
}

void memory_give_gunzip(struct memory *memory, struct gunzip *gunzip)
{
    if (!gunzip)
        return;
    if (memory->gunzip_count == MEMORY_GUNZIPS) {
        gunzip_free(gunzip);
        return;
    }
    gunzip_reset(gunzip);
    memory->gunzips[memory->gunzip_count++] = gunzip;
}
