/*
 * Readers: which members of an object are wanted, and into which slots they go.
 *
 * While a table is compiled, wants grow into a tree, one for each path that is read
 * ("address.city": a want `address` with a want `city` below). want_seal() then gives each its
 * slot, a whole subtree in one range, and makes the tables with which reader_fill() fills all
 * of them in one pass over the members of an object.
 */
#ifndef SHOPSHIM_PLAN_READER_H
#define SHOPSHIM_PLAN_READER_H

#include "plan/value.h"

struct reader;

struct want {
    struct str name;
    uint32_t slot;
    uint32_t slots;                   /* of this one and all below, from `slot` on */
    struct want *first, *last, *next; /* below, in order of mention */
    struct reader *below;             /* after sealing; NULL when nothing is wanted below */
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

/* A reader over names of our own: gives the index of a name, or -1. */
struct reader *reader_new(const struct str *names, size_t count, struct arena *arena);
int reader_find(const struct reader *reader, struct str name);

#endif
