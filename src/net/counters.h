/*
 * Counters of one worker (private to this room): written by its thread alone, read by any.
 * A plain addition is enough where nobody else writes.
 */
#ifndef SHOPSHIM_NET_COUNTERS_H
#define SHOPSHIM_NET_COUNTERS_H

#include "net/server.h"
#include <stdatomic.h>

typedef _Atomic uint64_t counter;

struct counters {
    counter requests[FAULT_KINDS];
    counter abandoned;
    counter times[SERVER_TIMES];
    counter time_us;
    counter accepted, turned_away;
    counter bytes_in, bytes_out;
    counter upstream_calls[FAULT_KINDS];
    counter upstream_connects, upstream_retries;
    counter connections, running;
    counter upstream_connections, upstream_idle, upstream_waiting;
};

static inline void count_add(counter *c, uint64_t n)
{
    atomic_store_explicit(c, atomic_load_explicit(c, memory_order_relaxed) + n,
                          memory_order_relaxed);
}

static inline void count_sub(counter *c, uint64_t n)
{
    count_add(c, 0 - n);
}

static inline uint64_t count_get(const counter *c)
{
    return atomic_load_explicit((counter *)(uintptr_t)c, memory_order_relaxed);
}

#endif
