/*
 * Time is handed in, so that everything below the network can be tested without waiting.
 */
#ifndef SHOPSHIM_BASE_CLOCK_H
#define SHOPSHIM_BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds since 1970-01-01T00:00:00Z. */
struct clock {
    int64_t (*now_ms)(void *ctx);
    void *ctx;
};

static inline int64_t clock_now_ms(const struct clock *clock)
{
    return clock->now_ms(clock->ctx);
}

/* The machine's real-time clock. */
extern const struct clock clock_system;

#endif
