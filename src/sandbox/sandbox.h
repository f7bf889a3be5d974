/*
 * Sandbox: the built-in v202309 shop, for trying shopshim out and for its tests.
 *
 * It serves the API host and the auth host on one port, in a thread of its own, from tables
 * (mappings/sandbox/) and contracts: strict about what it takes, coherent in what it gives.
 * It is made for tests, not for load, and shares no translation code with the proxy. Data is
 * made from the seed on demand; what requests change lasts until sandbox_stop().
 */
#ifndef SHOPSHIM_SANDBOX_SANDBOX_H
#define SHOPSHIM_SANDBOX_SANDBOX_H

#include "base/clock.h"
#include "base/fault.h"
#include "base/url.h"
#include "table/finding.h"

struct sandbox_app {
    struct str key;
    struct str secret;
};

/* One request and its answer. Borrowed: valid during the call. */
struct sandbox_exchange {
    struct str method;
    struct str target;
    const struct pairs *headers;
    struct str body;
    int status;
    struct str answer;
};

struct sandbox_options {
    const char *mappings;           /* directory that holds sandbox/ and contracts/ */
    const char *listen;             /* "127.0.0.1:0"; NULL means that; port 0 takes a free one */
    const struct sandbox_app *apps; /* in addition to those of access.json */
    size_t app_count;
    uint64_t seed;   /* another seed, other data */
    uint64_t orders; /* records of the large list in each shop; 0: 1000, at most 1000000 */
    int64_t epoch;   /* seconds since 1970 before which all data happened; 0: the start of today */
    const char *const *trouble; /* rules of what goes wrong, see docs/commands.md */
    size_t trouble_count;
    const char *trouble_file;  /* more of them, or NULL */
    uint64_t trouble_seed;     /* 0: 1 */
    const char *webhook;       /* URL of webhooks that no shop has an address for, or NULL */
    const char *state;         /* file that keeps what was changed, or NULL */
    const struct clock *clock; /* NULL: the machine's */
    void (*on_exchange)(void *ctx, const struct sandbox_exchange *exchange); /* or NULL */
    void *ctx; /* for on_exchange, which runs in the sandbox's thread */
};

struct sandbox;

/*
 * Loads the tables and serves. NULL with findings (a fault in tables) or a fault (the address,
 * memory). `options` need not outlive the call, but for clock and ctx.
 */
struct sandbox *sandbox_start(const struct sandbox_options *options, struct findings *findings,
                              struct fault *fault);
void sandbox_stop(struct sandbox *sandbox); /* waits for its thread; NULL is fine */

uint16_t sandbox_port(const struct sandbox *sandbox);
const char *sandbox_url(const struct sandbox *sandbox); /* "http://127.0.0.1:4711" */

#endif
