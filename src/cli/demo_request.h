/*
 * The request of `demo`: which one is data (mappings/sandbox/demo.json), its credentials are
 * those of the sandbox (access.json), which are made up and public.
 */
#ifndef SHOPSHIM_CLI_DEMO_REQUEST_H
#define SHOPSHIM_CLI_DEMO_REQUEST_H

#include "exchange/exchange.h"
#include "table/finding.h"

struct demo_request {
    struct exchange_app app;
    struct str method;
    struct str path;
    struct pairs query; /* without timestamp and sign */
    struct str body;
};

/* Everything is copied into the arena. False after a finding. */
bool demo_request_read(struct demo_request *request, const char *mappings, struct arena *arena,
                       struct findings *findings);

/* "/path?query&timestamp=...&sign=...", signed for that moment; absent without memory. */
struct str demo_request_target(const struct demo_request *request, int64_t now_s,
                               struct arena *arena);

#endif
