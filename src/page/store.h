/*
 * The memory of positions, for legacy endpoints that page by offset or page number.
 *
 * A position is remembered under the list it is in and the number of rows before it. Asked for
 * a row, a store gives the nearest position at or before it, from which a walk reaches the rest.
 * Lists and values are bytes: a list's name tells app, token, shop, endpoint, filters and order
 * apart, and a value holds the upstream page size that its tokens belong to, so that legacy pages
 * of different sizes share what is known. Whatever is forgotten costs upstream calls, nothing
 * else.
 *
 * Behind a store stands a *form*. The one in this room keeps positions in this process: least
 * recently used first to go when a number of bytes is reached, gone when their time is over,
 * shared by all workers. A form that asks another machine fits too: `get` may say PAGE_LATER.
 *
 * Equal walks are made once: page_flight_begin() lets one asker walk, the others wait until it
 * says page_flight_end() and then find its position. Walks of other processes are not known.
 */
#ifndef SHOPSHIM_PAGE_STORE_H
#define SHOPSHIM_PAGE_STORE_H

#include "base/arena.h"

struct page_store;

/*
 * Somebody who waits; zero it before its first use. `wake` is called once, without a lock, on
 * any thread; it must only post a message to its own thread.
 */
struct page_waiter {
    void (*wake)(struct page_waiter *waiter);
    /* private */
    struct page_waiter *prev, *next;
    bool waiting; /* in a ring */
    bool waking;  /* `wake` is running */
};

struct page_kept {
    uint64_t at; /* rows before it */
    struct str value;
};

enum page_found {
    PAGE_FOUND,   /* *kept is filled, in the arena */
    PAGE_MISSING, /* nothing is known at or before that row, or the arena is full */
    PAGE_LATER    /* the waiter will be woken: ask the same again then */
};

/* For metrics and tests. */
struct page_store_use {
    size_t positions, bytes; /* held in this process */
    size_t flights;
};

/* What stands behind a store. All functions but `free` are called by many threads. */
struct page_store_form {
    enum page_found (*get)(void *self, struct str list, uint64_t at, int64_t now_ms,
                           struct page_waiter *waiter, struct arena *arena, struct page_kept *kept);
    /*
     * A waiter goes away, whether it was told PAGE_LATER or not: no wake comes after this
     * returns. NULL for a form that never says PAGE_LATER.
     */
    void (*leave)(void *self, struct page_waiter *waiter);
    /* Replaces what is there. May fail in silence, and may return before it is done. */
    void (*put)(void *self, struct str list, uint64_t at, struct str value, int64_t until_ms,
                int64_t now_ms);
    /* Forgets all positions of a list; as `put`. */
    void (*drop)(void *self, struct str list);
    void (*free)(void *self);
    void (*use)(void *self, struct page_store_use *use); /* NULL: nothing to tell */
};

/* Takes `self`. NULL, and `self` is freed, without memory. */
struct page_store *page_store_new(const struct page_store_form *form, void *self);
/* In this process, in at most so many bytes; 0 keeps nothing. */
struct page_store *page_store_local(size_t bytes);
void page_store_free(struct page_store *store); /* nobody waits any more; NULL is fine */

enum page_found page_store_get(struct page_store *store, struct str list, uint64_t at,
                               int64_t now_ms, struct page_waiter *waiter, struct arena *arena,
                               struct page_kept *kept);
void page_store_put(struct page_store *store, struct str list, uint64_t at, struct str value,
                    int64_t until_ms, int64_t now_ms);
void page_store_drop(struct page_store *store, struct str list);

/*
 * True: nobody walks to that row of that list, and now you do; page_flight_end() must follow.
 * False: somebody does, and the waiter is woken when it ends. Without memory everybody walks.
 */
bool page_flight_begin(struct page_store *store, struct str list, uint64_t at,
                       struct page_waiter *waiter);
void page_flight_end(struct page_store *store, struct str list, uint64_t at);

/*
 * A waiter goes away, woken or not; safe at any time, from its own thread. When its wake is
 * running on another thread, waits for that to end; afterwards no wake comes.
 */
void page_store_leave(struct page_store *store, struct page_waiter *waiter);

void page_store_use(struct page_store *store, struct page_store_use *use);

#endif
