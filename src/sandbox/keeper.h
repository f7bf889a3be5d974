/*
 * The keeper: loads the state file at the start and saves it when the world has changed, a
 * second later (a large one more seldom, so that a tenth of the time goes into it), and at the
 * end. It belongs to the sandbox's thread.
 */
#ifndef SHOPSHIM_SANDBOX_KEEPER_H
#define SHOPSHIM_SANDBOX_KEEPER_H

#include "sandbox/visit.h"

#include <event2/event.h>

struct keeper;

/*
 * Fills core->world and core->epoch from the file, and writes it once, so that one that cannot
 * be written is told at once. NULL with a fault. `core` must outlive the keeper.
 */
struct keeper *keeper_new(const char *file, bool epoch_given, struct core *core,
                          struct fault *fault);

/* Saves from now on while `base` runs; false when memory is short. */
bool keeper_watch(struct keeper *keeper, struct event_base *base);

/* Saves what is not saved, before the core is cleared; NULL is fine. */
void keeper_free(struct keeper *keeper);

#endif
