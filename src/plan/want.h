/*
 * Wants: which members of an object are wanted, and into which slots they go.
 *
 * While a table is compiled, wants grow into a tree, one for each path that is read
 * ("address.city": a want `address` with a want `city` below). want_seal() then gives each its
 * slot, a whole subtree in one range, and makes the key sets with which want_set() fills all
 * of them in one pass over the members of an object (json/pick.h).
 */
#ifndef SHOPSHIM_PLAN_WANT_H
#define SHOPSHIM_PLAN_WANT_H

#include "plan/value.h"
#include "json/pick.h"

struct want {
    struct str name;
    uint32_t slot;
    uint32_t slots;                   /* of this one and all below, from `slot` on */
    struct want *first, *last, *next; /* below, in order of mention */
    struct json_keys *keys;           /* after sealing: what is below; NULL when nothing is */
};

struct want *want_new(struct str name, struct arena *arena);

/* The want for `name` below `want`, made when it is not there. NULL when out of memory. */
struct want *want_below(struct want *want, struct str name, struct arena *arena);
struct want *want_find(const struct want *want, struct str name);

/* Gives slots from *next_slot on; false when out of memory. */
bool want_seal(struct want *want, uint32_t *next_slot, struct arena *arena);

/* `slots` are the run's. Clears the want's range, puts the value in and fills what is below. */
void want_set(const struct want *want, struct value value, struct value *slots,
              struct arena *arena);

#endif
