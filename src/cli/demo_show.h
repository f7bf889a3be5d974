/*
 * What `demo` shows: the sandbox's view is noted while it answers, and printed together with
 * the app's.
 */
#ifndef SHOPSHIM_CLI_DEMO_SHOW_H
#define SHOPSHIM_CLI_DEMO_SHOW_H

#include "cli/show.h"
#include "sandbox/sandbox.h"

#include <pthread.h>

enum { DEMO_CALLS = 16 };

struct demo_call {
    struct str method, target, type, body, answer;
    bool token;
    int status;
};

struct demo_seen {
    pthread_mutex_t lock;
    struct arena *arena;
    struct demo_call calls[DEMO_CALLS];
    size_t count;
};

/* The app's side: what it sent and what it got. */
struct demo_side {
    struct str method, target, body;
    int status;
    struct str answer;
};

bool demo_seen_init(struct demo_seen *seen); /* false without memory */
void demo_seen_clear(struct demo_seen *seen);

/* For sandbox_options.on_exchange; ctx is the struct demo_seen. The first calls are kept. */
void demo_seen_upstream(void *ctx, const struct sandbox_exchange *exchange);

/* All four parts. */
void demo_show(const struct show *show, struct demo_seen *seen, const struct demo_side *app);

#endif
