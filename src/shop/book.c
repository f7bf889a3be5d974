/*
 * The book: who asks, who waits, what is believed for how long. Owns all entries and lists;
 * borrows waiters, which leave or are woken before they die. Refuses, naming the setting, more
 * tokens under way or more shops of a token than it may hold.
 */
#include "shop/shop_internal.h"
#include <assert.h>
#include <stdlib.h>
#include <sys/random.h>

const struct shop_settings shop_default_settings = {
    .tokens = 10000, .shops = 500, .keep_ms = 3600000, .retry_ms = 1000, .wait_ms = 15000};

struct shop_book *shop_book_new(const struct shop_settings *settings)
{
    if (!settings)
        settings = &shop_default_settings;
    assert(settings->tokens > 0 && settings->shops > 0);
    size_t buckets = 16;
    while (buckets < settings->tokens && buckets < (size_t)1 << 24)
        buckets *= 2;
    struct shop_book *book = calloc(1, sizeof *book + buckets * sizeof *book->buckets);
    if (!book)
        return NULL;
    book->settings = *settings;
    book->bucket_count = buckets;
    book->use.newer = book->use.older = &book->use;
    if (getrandom(&book->key, sizeof book->key, 0) != (ssize_t)sizeof book->key) {
        free(book);
        return NULL;
    }
    pthread_mutex_init(&book->lock, NULL);
    pthread_cond_init(&book->woken, NULL);
    return book;
}

void shop_book_free(struct shop_book *book)
{
    if (!book)
        return;
    shop_entries_free(book);
    pthread_cond_destroy(&book->woken);
    pthread_mutex_destroy(&book->lock);
    explicit_bzero(&book->key, sizeof book->key);
    free(book);
}

static struct shop_tag tag_of(const struct shop_book *book, const struct shop_ask *ask)
{
    return shop_tag_of(&book->key, ask->app_key, ask->token);
}

static enum shop_found refuse_shop(const struct shop_list *list, const struct shop_ask *ask,
                                   struct fault *fault)
{
    if (list->count == 0)
        fault_set(fault, FAULT_SHOP, "The access token is good for no shop.");
    else if (ask->shop_id.n == 0)
        fault_at(fault, FAULT_SHOP, STR("shop_id"),
                 "The access token is good for %zu shops: name one by shop_id.", list->count);
    else
        fault_at(fault, FAULT_SHOP, STR("shop_id"),
                 "shop_id is invalid: the access token is not good for a shop with that id.");
    return SHOP_REFUSED;
}

static enum shop_found ask_upstream(struct shop_book *book, struct shop_entry *entry,
                                    const struct shop_ask *ask, struct shop_waiter *waiter)
{
    if (waiter && shop_entry_busy(book, entry, ask->now_ms)) {
        assert(!waiter->waiting && !waiter->waking);
        shop_ring_add(&entry->waiters, waiter);
        return SHOP_WAIT;
    }
    entry->fetching = true;
    entry->fetch_ms = ask->now_ms;
    return SHOP_FETCH;
}

static enum shop_found look(struct shop_book *book, struct shop_entry *entry,
                            const struct shop_ask *ask, struct shop_waiter *waiter,
                            const struct shop **shop, struct fault *fault)
{
    int64_t age = ask->now_ms - entry->filled_ms;
    bool believed = entry->list && (age < book->settings.keep_ms || age <= 0);
    *shop = believed ? shop_list_pick(entry->list, ask->shop_id) : NULL;
    if (*shop)
        return SHOP_FOUND;
    if (believed && ask->shop_id.n == 0 && entry->list->count > 1)
        return refuse_shop(entry->list, ask, fault);
    if (shop_entry_busy(book, entry, ask->now_ms))
        return ask_upstream(book, entry, ask, waiter);
    if (entry->fault && ask->now_ms - entry->failed_ms < book->settings.retry_ms) {
        *fault = *entry->fault;
        return SHOP_REFUSED;
    }
    /* A shop may have been authorised since the list came: believe its absence for a moment only.
     */
    if (believed && age < book->settings.retry_ms)
        return refuse_shop(entry->list, ask, fault);
    return ask_upstream(book, entry, ask, waiter);
}

enum shop_found shop_find(struct shop_book *book, const struct shop_ask *ask, struct arena *arena,
                          struct shop *shop, struct shop_waiter *waiter, struct fault *fault)
{
    struct shop_tag tag = tag_of(book, ask);
    const struct shop *kept = NULL;
    enum shop_found found = SHOP_REFUSED;
    pthread_mutex_lock(&book->lock);
    struct shop_entry *entry = shop_entry_need(book, &tag, ask->now_ms, fault);
    if (entry)
        found = look(book, entry, ask, waiter, &kept, fault);
    if (found == SHOP_FOUND && !shop_copy(kept, arena, shop)) {
        fault_set(fault, FAULT_INTERNAL, "Out of memory.");
        found = SHOP_REFUSED;
    }
    pthread_mutex_unlock(&book->lock);
    return found;
}

/* Ends a fetch; the lock is held on entry and released on return. */
static void end_fetch(struct shop_book *book, struct shop_entry *entry)
{
    struct shop_waiter ring;
    entry->fetching = false;
    shop_ring_move(&ring, &entry->waiters);
    while (ring.next != &ring) {
        struct shop_waiter *waiter = ring.next;
        shop_ring_drop(waiter);
        waiter->waking = true; /* keeps it alive: shop_leave waits */
        pthread_mutex_unlock(&book->lock);
        waiter->wake(waiter);
        pthread_mutex_lock(&book->lock);
        waiter->waking = false;
        pthread_cond_broadcast(&book->woken);
    }
    pthread_mutex_unlock(&book->lock);
}

static bool check_list(const struct shop_book *book, const struct shop *shops, size_t count,
                       struct fault *fault)
{
    if (count > book->settings.shops)
        return fault_set(fault, FAULT_TOO_LARGE,
                         "The access token is good for %zu shops, more than %zu (setting "
                         "shops.shops).",
                         count, book->settings.shops);
    for (size_t i = 0; i < count; i++)
        if (shops[i].id.n == 0 || shops[i].cipher.n == 0)
            return fault_set(fault, FAULT_UPSTREAM_BAD,
                             "Upstream's list of authorised shops holds one without id or cipher.");
    return true;
}

bool shop_fill(struct shop_book *book, const struct shop_ask *ask, const struct shop *shops,
               size_t count, struct fault *fault)
{
    struct shop_list *list = NULL;
    bool good = check_list(book, shops, count, fault);
    if (good) {
        list = shop_list_new(shops, count);
        good = list || fault_set(fault, FAULT_INTERNAL, "Out of memory.");
    }
    if (!good) {
        shop_fail(book, ask, fault->kind == FAULT_INTERNAL ? NULL : fault);
        return false;
    }
    struct shop_tag tag = tag_of(book, ask);
    pthread_mutex_lock(&book->lock);
    struct shop_entry *entry = shop_entry_need(book, &tag, ask->now_ms, fault);
    if (!entry) {
        pthread_mutex_unlock(&book->lock);
        shop_list_free(list);
        return false;
    }
    struct shop_list *old = entry->list;
    entry->list = list;
    entry->filled_ms = ask->now_ms;
    free(entry->fault);
    entry->fault = NULL;
    end_fetch(book, entry);
    shop_list_free(old);
    return true;
}

void shop_fail(struct shop_book *book, const struct shop_ask *ask, const struct fault *fault)
{
    struct shop_tag tag = tag_of(book, ask);
    struct fault *copy = fault ? malloc(sizeof *copy) : NULL; /* without it: as if given up */
    if (copy)
        *copy = *fault;
    pthread_mutex_lock(&book->lock);
    struct shop_entry *entry = shop_entry_get(book, &tag);
    if (!entry) { /* a fetch taken for lost, its entry given up since */
        pthread_mutex_unlock(&book->lock);
        free(copy);
        return;
    }
    free(entry->fault);
    entry->fault = copy;
    entry->failed_ms = ask->now_ms;
    end_fetch(book, entry);
}

void shop_leave(struct shop_book *book, struct shop_waiter *waiter)
{
    pthread_mutex_lock(&book->lock);
    if (waiter->waiting)
        shop_ring_drop(waiter);
    while (waiter->waking)
        pthread_cond_wait(&book->woken, &book->lock);
    pthread_mutex_unlock(&book->lock);
}

void shop_forget(struct shop_book *book, const struct shop_ask *ask)
{
    struct shop_tag tag = tag_of(book, ask);
    struct shop_list *old = NULL;
    pthread_mutex_lock(&book->lock);
    struct shop_entry *entry = shop_entry_get(book, &tag);
    if (entry && entry->list && ask->now_ms - entry->filled_ms >= book->settings.retry_ms) {
        old = entry->list;
        entry->list = NULL;
    }
    pthread_mutex_unlock(&book->lock);
    shop_list_free(old);
}

size_t shop_book_count(struct shop_book *book)
{
    pthread_mutex_lock(&book->lock);
    size_t count = book->count;
    pthread_mutex_unlock(&book->lock);
    return count;
}
