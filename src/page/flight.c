/*
 * Walks under way: one entry each, found by list and row, with a ring of those who wait for it.
 * A waiter that is being woken is kept alive by `waking`: whoever makes it leave waits for that.
 */
#include "page/flight.h"
#include <assert.h>
#include <stdlib.h>

struct page_flight {
    struct page_flight *next; /* in its bucket */
    uint64_t at;
    struct page_waiter ring; /* head */
    size_t list_n;
    char list[];
};

static struct page_flight **place_of(struct page_flights *flights, struct str list, uint64_t at)
{
    uint64_t hash = str_hash(list) ^ at * UINT64_C(0x9e3779b97f4a7c15);
    struct page_flight **place = &flights->buckets[(hash ^ hash >> 32) % PAGE_FLIGHT_BUCKETS];
    while (*place &&
           ((*place)->at != at || !str_eq(str_of((*place)->list, (*place)->list_n), list)))
        place = &(*place)->next;
    return place;
}

void page_flights_init(struct page_flights *flights)
{
    *flights = (struct page_flights){.count = 0};
    pthread_mutex_init(&flights->lock, NULL);
    pthread_cond_init(&flights->woken, NULL);
}

void page_flights_clear(struct page_flights *flights)
{
    for (size_t i = 0; i < PAGE_FLIGHT_BUCKETS; i++)
        while (flights->buckets[i]) {
            struct page_flight *flight = flights->buckets[i];
            assert(flight->ring.next == &flight->ring);
            flights->buckets[i] = flight->next;
            free(flight);
        }
    pthread_cond_destroy(&flights->woken);
    pthread_mutex_destroy(&flights->lock);
}

static void ring_add(struct page_waiter *head, struct page_waiter *waiter)
{
    assert(!waiter->waiting && !waiter->waking);
    waiter->next = head;
    waiter->prev = head->prev;
    head->prev->next = waiter;
    head->prev = waiter;
    waiter->waiting = true;
}

static void ring_drop(struct page_waiter *waiter)
{
    waiter->prev->next = waiter->next;
    waiter->next->prev = waiter->prev;
    waiter->waiting = false;
}

static void new_flight(struct page_flights *flights, struct page_flight **place, struct str list,
                       uint64_t at)
{
    struct page_flight *flight = malloc(sizeof *flight + list.n);
    if (!flight)
        return;
    flight->next = NULL;
    flight->at = at;
    flight->ring.prev = flight->ring.next = &flight->ring;
    flight->list_n = list.n;
    memcpy(flight->list, list.p, list.n);
    *place = flight;
    flights->count++;
}

bool page_flights_begin(struct page_flights *flights, struct str list, uint64_t at,
                        struct page_waiter *waiter)
{
    pthread_mutex_lock(&flights->lock);
    struct page_flight **place = place_of(flights, list, at);
    bool first = *place == NULL;
    if (first)
        new_flight(flights, place, list, at);
    else
        ring_add(&(*place)->ring, waiter);
    pthread_mutex_unlock(&flights->lock);
    return first;
}

/* With the lock, which is open while a waiter is woken. */
static void wake_all(struct page_flights *flights, struct page_waiter *head)
{
    while (head->next != head) {
        struct page_waiter *waiter = head->next;
        ring_drop(waiter);
        waiter->waking = true;
        pthread_mutex_unlock(&flights->lock);
        waiter->wake(waiter);
        pthread_mutex_lock(&flights->lock);
        waiter->waking = false;
        pthread_cond_broadcast(&flights->woken);
    }
}

void page_flights_end(struct page_flights *flights, struct str list, uint64_t at)
{
    pthread_mutex_lock(&flights->lock);
    struct page_flight **place = place_of(flights, list, at);
    struct page_flight *flight = *place;
    if (flight) {
        *place = flight->next; /* who begins from now on walks itself */
        flights->count--;
        wake_all(flights, &flight->ring);
        free(flight);
    }
    pthread_mutex_unlock(&flights->lock);
}

void page_flights_leave(struct page_flights *flights, struct page_waiter *waiter)
{
    pthread_mutex_lock(&flights->lock);
    if (waiter->waiting)
        ring_drop(waiter);
    while (waiter->waking)
        pthread_cond_wait(&flights->woken, &flights->lock);
    pthread_mutex_unlock(&flights->lock);
}

size_t page_flights_count(struct page_flights *flights)
{
    pthread_mutex_lock(&flights->lock);
    size_t count = flights->count;
    pthread_mutex_unlock(&flights->lock);
    return count;
}
