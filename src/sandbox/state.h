/*
 * The state file: everything that requests changed, as one JSON document.
 *
 *   {"sandbox": 1, "seed", "orders", "epoch", "fresh",
 *    "added":   [{"entity", "shop", "count"}],
 *    "changes": [{"entity", "shop", "index", "path", and one of
 *                 "text", "number", "truth", "none", "json", "money" with "decimals"}],
 *    "tokens":  [...], "codes": [...], "files": [{"hash", "base64"}]}
 * Written to a temporary file beside it, which then takes its name. It holds access tokens
 * that the sandbox made up, nothing else that is secret.
 */
#ifndef SHOPSHIM_SANDBOX_STATE_H
#define SHOPSHIM_SANDBOX_STATE_H

#include "base/fault.h"
#include "sandbox/tables.h"
#include "sandbox/world.h"

/* What records are made from; a file of others is refused. */
struct state_origin {
    uint64_t seed;
    uint64_t orders;
    int64_t epoch;    /* seconds since 1970 */
    bool epoch_given; /* by the caller; otherwise the file's is taken */
};

enum { STATE_FORM = 1, STATE_BYTES = 512 << 20 };

/*
 * Fills the world from a file. No such file is well and leaves it as it is. False with a fault
 * of kind FAULT_PARAMETER, which names what does not fit, or FAULT_INTERNAL.
 */
bool state_load(const char *file, const struct tables *tables, struct world *world,
                struct state_origin *origin, struct fault *fault);

/* False with a fault; the file is then as it was. */
bool state_save(const char *file, const struct tables *tables, const struct world *world,
                const struct state_origin *origin, struct fault *fault);

#endif
