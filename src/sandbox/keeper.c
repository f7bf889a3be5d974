/*
 * The keeper of the state file, see keeper.h. What cannot be saved is logged, once until it
 * can be again, and tried again.
 */
#include "sandbox/keeper.h"

#include "base/log.h"
#include "sandbox/state.h"

#include <stdlib.h>
#include <time.h>

enum { SHARE = 10 }; /* at most a tenth of the time goes into saving */

struct keeper {
    char *file;
    struct core *core;
    struct state_origin origin;
    struct event *timer;
    uint64_t saved; /* the world's generation in the file */
    int64_t again;  /* not before, milliseconds: a large state is saved more seldom */
    bool failing;
};

static bool save(struct keeper *keeper, struct fault *fault)
{
    const struct core *core = keeper->core;
    if (!state_save(keeper->file, core->tables, &core->world, &keeper->origin, fault))
        return false;
    keeper->saved = core->world.generation;
    return true;
}

struct keeper *keeper_new(const char *file, bool epoch_given, struct core *core,
                          struct fault *fault)
{
    struct keeper *keeper = calloc(1, sizeof *keeper);
    char *copy = strdup(file);
    if (!keeper || !copy) {
        free(keeper);
        free(copy);
        fault_set(fault, FAULT_INTERNAL, "out of memory");
        return NULL;
    }
    keeper->file = copy;
    keeper->core = core;
    keeper->origin =
        (struct state_origin){core->seed, core->world.orders, core->epoch, epoch_given};
    if (state_load(file, core->tables, &core->world, &keeper->origin, fault) &&
        save(keeper, fault)) {
        core->epoch = keeper->origin.epoch;
        return keeper;
    }
    free(keeper->file);
    free(keeper);
    return NULL;
}

static void save_changes(struct keeper *keeper)
{
    struct fault fault;
    if (keeper->saved == keeper->core->world.generation)
        return;
    bool good = save(keeper, &fault);
    if (!good && !keeper->failing)
        log_error("the sandbox's state is not saved: %s", fault.text);
    keeper->failing = !good;
}

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void on_timer(evutil_socket_t fd, short what, void *ctx)
{
    struct keeper *keeper = ctx;
    int64_t begun = milliseconds();
    (void)fd;
    (void)what;
    if (begun < keeper->again)
        return;
    save_changes(keeper);
    keeper->again = begun + (milliseconds() - begun) * SHARE;
}

bool keeper_watch(struct keeper *keeper, struct event_base *base)
{
    const struct timeval second = {.tv_sec = 1};
    keeper->timer = event_new(base, -1, EV_PERSIST, on_timer, keeper);
    return keeper->timer && event_add(keeper->timer, &second) == 0;
}

void keeper_free(struct keeper *keeper)
{
    if (!keeper)
        return;
    if (keeper->timer)
        event_free(keeper->timer);
    save_changes(keeper);
    if (keeper->failing)
        log_error("the last changes are lost: they could not be saved in %s", keeper->file);
    free(keeper->file);
    free(keeper);
}
