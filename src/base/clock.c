/*
 * The machine's real-time clock behind struct clock. Owns nothing.
 */
#include "base/clock.h"
#include <stddef.h>
#include <time.h>

static int64_t system_now_ms(void *ctx)
{
    struct timespec now;
    (void)ctx;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const struct clock clock_system = {system_now_ms, NULL};
