/*
 * Shops: from a token and a shop_id to the shop_cipher that v202309 wants.
 *
 * A `struct shop_book` remembers, for each (app, access token), the list that upstream's
 * authorized-shops call gave, for a stated time. All workers share one book; a lock guards it
 * and is never held while anything is called. Tokens are not kept: an entry is found by a
 * 128-bit keyed tag (shop/tag.h) whose key is random and never leaves the book; ciphers are
 * wiped when their list goes.
 * For one token at most one call is in flight: the first asker gets SHOP_FETCH and must end
 * with shop_fill() or shop_fail(); later askers get SHOP_WAIT and are woken.
 */
#ifndef SHOPSHIM_SHOP_SHOP_H
#define SHOPSHIM_SHOP_SHOP_H

#include "base/arena.h"
#include "base/fault.h"

struct shop_book;

/* The name of a setting in a configuration is that of the member: shops.keep_ms. */
struct shop_settings {
    size_t tokens;    /* 10 000: entries kept, the least recently used goes first */
    size_t shops;     /* 500: most shops of one token */
    int64_t keep_ms;  /* 1 h: how long a list is believed; 0: in the millisecond it came */
    int64_t retry_ms; /* 1 s: how long a failure, and the absence of a shop, is believed */
    int64_t wait_ms;  /* 15 s: after that a fetch that never ended is taken for lost */
};

extern const struct shop_settings shop_default_settings;

/* settings NULL: the defaults. NULL when memory or the system's random bytes fail. */
struct shop_book *shop_book_new(const struct shop_settings *settings);
void shop_book_free(struct shop_book *book); /* nobody waits any more; NULL is fine */

/*
 * Somebody who waits for another's fetch; zero it before its first use. `wake` is called once,
 * without the lock, on the thread that filled or failed; it must only post a message to its own
 * thread, which then asks again with shop_find().
 */
struct shop_waiter {
    void (*wake)(struct shop_waiter *waiter);
    /* private */
    struct shop_waiter *prev, *next;
    bool waiting; /* in a list */
    bool waking;  /* `wake` is running */
};

struct shop {
    struct str id;
    struct str cipher;
    struct str region; /* may be absent, as may be name */
    struct str name;
};

enum shop_found {
    SHOP_FOUND,  /* *shop is filled, in the arena */
    SHOP_FETCH,  /* nobody knows and nobody asks: you do */
    SHOP_WAIT,   /* somebody asks; the waiter was enqueued */
    SHOP_REFUSED /* *fault: unknown shop_id, several shops and none named, or the fetch failed */
};

/* `shop_id` absent or empty: the token's only shop. Only shop_find() reads it. */
struct shop_ask {
    struct str app_key;
    struct str token;
    struct str shop_id;
    int64_t now_ms;
};

/* `waiter` NULL: never wait, fetch instead. A waiter must not be waiting already. */
enum shop_found shop_find(struct shop_book *book, const struct shop_ask *ask, struct arena *arena,
                          struct shop *shop, struct shop_waiter *waiter, struct fault *fault);

/*
 * The list came; all texts are copied. False and a fault for a shop without id or cipher, for
 * more shops than the setting, and without memory; the first two are then what askers get, as
 * after shop_fail().
 */
bool shop_fill(struct shop_book *book, const struct shop_ask *ask, const struct shop *shops,
               size_t count, struct fault *fault);
/* The call failed; NULL: it was given up without a result, and the next asker makes it. */
void shop_fail(struct shop_book *book, const struct shop_ask *ask, const struct fault *fault);
/*
 * A waiter that goes away. When its wake is running on another thread, waits for that to end;
 * afterwards no wake comes. Safe to call at any time, from its own thread.
 */
void shop_leave(struct shop_book *book, struct shop_waiter *waiter);
/*
 * Forgets what is known of a token (upstream refused the cipher), unless that is younger than
 * retry_ms.
 */
void shop_forget(struct shop_book *book, const struct shop_ask *ask);

/* Entries held now, for metrics and tests. */
size_t shop_book_count(struct shop_book *book);

#endif
