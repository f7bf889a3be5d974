/*
 * A store: its form, and the walks that are under way in this process. Owns both. Waiters are
 * borrowed: they are woken, or leave, before they die.
 */
#include "page/store.h"
#include "page/flight.h"
#include <stdlib.h>

struct page_store {
    const struct page_store_form *form;
    void *self;
    struct page_flights flights;
};

struct page_store *page_store_new(const struct page_store_form *form, void *self)
{
    struct page_store *store = malloc(sizeof *store);
    if (!store) {
        form->free(self);
        return NULL;
    }
    store->form = form;
    store->self = self;
    page_flights_init(&store->flights);
    return store;
}

void page_store_free(struct page_store *store)
{
    if (!store)
        return;
    store->form->free(store->self);
    page_flights_clear(&store->flights);
    free(store);
}

enum page_found page_store_get(struct page_store *store, struct str list, uint64_t at,
                               int64_t now_ms, struct page_waiter *waiter, struct arena *arena,
                               struct page_kept *kept)
{
    return store->form->get(store->self, list, at, now_ms, waiter, arena, kept);
}

void page_store_put(struct page_store *store, struct str list, uint64_t at, struct str value,
                    int64_t until_ms, int64_t now_ms)
{
    store->form->put(store->self, list, at, value, until_ms, now_ms);
}

void page_store_drop(struct page_store *store, struct str list)
{
    store->form->drop(store->self, list);
}

bool page_flight_begin(struct page_store *store, struct str list, uint64_t at,
                       struct page_waiter *waiter)
{
    return page_flights_begin(&store->flights, list, at, waiter);
}

void page_flight_end(struct page_store *store, struct str list, uint64_t at)
{
    page_flights_end(&store->flights, list, at);
}

void page_store_leave(struct page_store *store, struct page_waiter *waiter)
{
    page_flights_leave(&store->flights, waiter);
    if (store->form->leave)
        store->form->leave(store->self, waiter);
}

void page_store_use(struct page_store *store, struct page_store_use *use)
{
    *use = (struct page_store_use){0};
    if (store->form->use)
        store->form->use(store->self, use);
    use->flights = page_flights_count(&store->flights);
}
