/*
 * Shops: from a token and a shop_id to the shop_cipher that v202309 wants.
 *
 * A `struct shop_book` remembers, for each (app, access token), the list that upstream's
 * authorized-shops call gave, for a stated time. All workers share one book; a lock guards it
 * and is never held while anything is called. Tokens are kept as SHA-256-free keyed hashes
 * only where noted; they are wiped when an entry goes.
 * For one token at most one call is in flight: the first asker gets SHOP_FETCH and must end
 * with shop_fill() or shop_fail(); later askers get SHOP_WAIT and are woken.
 */
#ifndef SHOPSHIM_SHOP_SHOP_H
#define SHOPSHIM_SHOP_SHOP_H

#include "base/arena.h"
#include "base/fault.h"
#include "json/json.h"

struct shop_book;

struct shop_settings {
    size_t tokens;      /* entries kept, the least recently used goes first */
    size_t shops;       /* most shops of one token */
    int64_t keep_ms;    /* how long a list is believed */
    int64_t retry_ms;   /* how long a failure is believed */
    int64_t wait_ms;    /* after that a fetch that never ended is taken for lost */
};

extern const struct shop_settings shop_default_settings;

struct shop_book *shop_book_new(const struct shop_settings *settings);
void shop_book_free(struct shop_book *book);

/*
 * Somebody who waits for another's fetch. `wake` is called once, without the lock, on the
 * thread that filled or failed; it must only post a message to its own thread, which then
 * asks again with shop_find().
 */
struct shop_waiter {
    void (*wake)(struct shop_waiter *waiter);
    struct shop_waiter *prev, *next;
    bool waiting;
};

struct shop {
    struct str id;
    struct str cipher;
    struct str region;
    struct str name;
};

enum shop_found {
    SHOP_FOUND,  /* *shop is filled, in the arena */
    SHOP_FETCH,  /* nobody knows and nobody asks: you do */
    SHOP_WAIT,   /* somebody asks; the waiter was enqueued */
    SHOP_REFUSED /* *fault: unknown shop_id, several shops and none named, or the fetch failed */
};

/* `shop_id` absent or empty: the token's only shop. `waiter` NULL: never wait, fetch instead. */
struct shop_ask {
    struct str app_key;
    struct str token;
    struct str shop_id;
    int64_t now_ms;
};
enum shop_found shop_find(struct shop_book *book, const struct shop_ask *ask, struct arena *arena,
                          struct shop *shop, struct shop_waiter *waiter, struct fault *fault);

/* The list came: `shops` is an array of {id, cipher, region, name}. False: not such a list. */
bool shop_fill(struct shop_book *book, const struct shop_ask *ask, struct json shops,
               struct fault *fault);
/* The call failed. */
void shop_fail(struct shop_book *book, const struct shop_ask *ask, const struct fault *fault);
/* A waiter that goes away before it is woken. Safe to call at any time, from its own thread. */
void shop_leave(struct shop_book *book, struct shop_waiter *waiter);
/* Forgets what is known of a token (upstream refused the cipher). */
void shop_forget(struct shop_book *book, const struct shop_ask *ask);

#endif
