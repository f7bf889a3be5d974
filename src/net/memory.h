/*
 * Memory of one worker's messages (private to this room).
 *
 * Inputs are what a connection reads into while a message is under way: a reader and a block
 * of fixed size, pooled, given back while a connection is idle. Bodies that are larger get a
 * buffer of their own; all these together have a maximum (client.memory_bytes), and a few of
 * them are kept for the next large body.
 */
#ifndef SHOPSHIM_NET_MEMORY_H
#define SHOPSHIM_NET_MEMORY_H

#include "base/buf.h"
#include "http1/gunzip.h"
#include "http1/http1.h"

enum { INPUT_BYTES = 16384 };

struct input {
    struct input *next; /* while pooled */
    size_t room;
    struct http1_reader reader;
    char bytes[];
};

struct input_pool {
    enum http1_side side;
    struct http1_limits limits;
    struct input *free;
    unsigned count; /* pooled */
};

void input_pool_init(struct input_pool *pool, enum http1_side side,
                     const struct http1_limits *limits);
void input_pool_clear(struct input_pool *pool);

/* NULL when out of memory. The reader is between two messages. */
struct input *input_take(struct input_pool *pool);
/* `clean`: its reader is between two messages. */
void input_give(struct input_pool *pool, struct input *input, bool clean);

/*
 * The same reader and bytes with more room; the old one is gone unless this fails (NULL).
 * Such an input is not pooled later.
 */
struct input *input_grow(struct input *input, size_t room);

enum { MEMORY_SPARES = 8, MEMORY_GUNZIPS = 8 };

struct memory {
    size_t used; /* bytes of the bodies that are out */
    size_t maximum;
    struct buf spares[MEMORY_SPARES];
    unsigned spare_count;
    struct gunzip *gunzips[MEMORY_GUNZIPS];
    unsigned gunzip_count;
};

void memory_init(struct memory *memory, size_t maximum);
void memory_clear(struct memory *memory);

enum memory_result {
    MEMORY_OK,
    MEMORY_FULL, /* all bodies together: client.memory_bytes, or malloc */
    MEMORY_LONG  /* this body's own maximum */
};

/* A body that will hold at least `n` bytes and never more than `maximum`. */
enum memory_result memory_take(struct memory *memory, struct buf *body, size_t n, size_t maximum);
/* Room for `n` more bytes. */
enum memory_result memory_grow(struct memory *memory, struct buf *body, size_t n);
/* After somebody else added to the body, which had `room` before. */
enum memory_result memory_grown(struct memory *memory, const struct buf *body, size_t room);
void memory_give(struct memory *memory, struct buf *body);

struct gunzip *memory_take_gunzip(struct memory *memory);
void memory_give_gunzip(struct memory *memory, struct gunzip *gunzip);

#endif
