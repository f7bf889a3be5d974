/*
 * Shops: what the files of this room share and nobody else sees.
 */
#ifndef SHOPSHIM_SHOP_SHOP_INTERNAL_H
#define SHOPSHIM_SHOP_SHOP_INTERNAL_H

#include "shop/shop.h"
#include "shop/tag.h"
#include <pthread.h>

/* A token's shops: one block of memory, texts included. */
struct shop_list {
    size_t size;  /* of the block */
    size_t count; /* of items */
    struct shop items[];
};

struct shop_entry {
    struct shop_tag tag;
    struct shop_entry *chain;         /* the next one in its bucket */
    struct shop_entry *older, *newer; /* by use */
    struct shop_list *list;           /* NULL: not known */
    int64_t filled_ms;
    struct fault *fault; /* of the last fetch, NULL when it went well */
    int64_t failed_ms;
    bool fetching;
    int64_t fetch_ms;           /* since when */
    struct shop_waiter waiters; /* head of a ring */
};

struct shop_book {
    struct shop_settings settings;
    struct shop_tag_key key;
    pthread_mutex_t lock;  /* of everything below */
    pthread_cond_t woken;  /* some waiter's `waking` ended */
    struct shop_entry use; /* head of a ring: newer is the least recently used */
    size_t count;
    size_t bucket_count; /* a power of two */
    struct shop_entry *buckets[];
};

/* Copies shops into one block; NULL without memory. */
struct shop_list *shop_list_new(const struct shop *shops, size_t count);
void shop_list_free(struct shop_list *list); /* wipes it; NULL is fine */

/* The shop with that id, or the only one when `id` is empty; NULL when there is none. */
const struct shop *shop_list_pick(const struct shop_list *list, struct str id);

/* A copy in the arena; false without memory. */
bool shop_copy(const struct shop *shop, struct arena *arena, struct shop *copy);

/* ---- entries: with the lock held ---- */

/* NULL when there is none. */
struct shop_entry *shop_entry_get(struct shop_book *book, const struct shop_tag *tag);
/*
 * The entry, made when there is none, and now the most recently used one. NULL and a fault when
 * all entries are being fetched, or without memory.
 */
struct shop_entry *shop_entry_need(struct shop_book *book, const struct shop_tag *tag,
                                   int64_t now_ms, struct fault *fault);
/* Whether a fetch is under way that is not to be taken for lost. */
bool shop_entry_busy(const struct shop_book *book, const struct shop_entry *entry, int64_t now_ms);
void shop_entries_free(struct shop_book *book);

/* ---- waiters: with the lock held ---- */

void shop_ring_init(struct shop_waiter *head);
void shop_ring_add(struct shop_waiter *head, struct shop_waiter *waiter);
void shop_ring_drop(struct shop_waiter *waiter);
/* Moves all of `from` to `to`, which is made new. */
void shop_ring_move(struct shop_waiter *to, struct shop_waiter *from);

#endif
