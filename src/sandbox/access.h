/*
 * Access: fills the world with the apps, tokens and codes of access.json.
 */
#ifndef SHOPSHIM_SANDBOX_ACCESS_H
#define SHOPSHIM_SANDBOX_ACCESS_H

#include "sandbox/sandbox.h"
#include "sandbox/tables.h"
#include "sandbox/world.h"

/*
 * Lifetimes in the file are days (or seconds) from `now`, negative for what has expired. False
 * after a finding that names the place.
 */
bool access_fill(struct world *world, const struct tables *tables,
                 const struct sandbox_options *options, int64_t now, struct findings *findings);

#endif
