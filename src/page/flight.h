/*
 * Flights: walks that are under way, so that equal ones are made once. Part of a store.
 */
#ifndef SHOPSHIM_PAGE_FLIGHT_H
#define SHOPSHIM_PAGE_FLIGHT_H

#include "page/store.h"
#include <pthread.h>

enum { PAGE_FLIGHT_BUCKETS = 256 };

struct page_flight;

struct page_flights {
    pthread_mutex_t lock; /* of everything below, and of all waiters in rings */
    pthread_cond_t woken; /* some waiter's `waking` ended */
    size_t count;
    struct page_flight *buckets[PAGE_FLIGHT_BUCKETS];
};

void page_flights_init(struct page_flights *flights);
void page_flights_clear(struct page_flights *flights); /* nobody waits any more */

/* See page_flight_begin, page_flight_end and page_store_leave. */
bool page_flights_begin(struct page_flights *flights, struct str list, uint64_t at,
                        struct page_waiter *waiter);
void page_flights_end(struct page_flights *flights, struct str list, uint64_t at);
void page_flights_leave(struct page_flights *flights, struct page_waiter *waiter);
size_t page_flights_count(struct page_flights *flights);

#endif
