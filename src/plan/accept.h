/*
 * Taking a request, in three parts: where its fields stand (accept_find.c), scalars
 * (accept_scalar.c), and what is made of them.
 */
#ifndef SHOPSHIM_PLAN_ACCEPT_H
#define SHOPSHIM_PLAN_ACCEPT_H

#include "plan/run.h"

/* Where a field was found. */
struct source {
    struct json json;
    struct str text; /* of the query, or of one piece of a list in it */
};

/* "lines[2].price", for faults. */
struct label {
    char text[160];
    size_t n;
};

struct taking {
    struct plan_run *run;
    struct label label;
    struct fault *fault;
    bool refused;
};

/* Which source each field has, in the order of the plan's; NULL without memory. */
struct source *accept_find(struct taking *t);

/* What a parameter is for: `ids[]` and `ids[3]` are for the list `ids`. NULL when nothing is. */
const struct field *accept_field(const struct plan *plan, struct str name);

/* One more name or "[index]"; returns the length before, to go back to. */
size_t label_name(struct label *label, struct str name);
size_t label_index(struct label *label, size_t index);

/* The first refusal counts; returns the absent value. */
struct value taking_refuse(struct taking *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct value taking_wrong(struct taking *t, const struct type *type, const struct source *source);

/* "a whole number", ...: what a type takes, in words. */
const char *type_expected(const struct type *type);

/* A scalar in its one form, checked; absent after a refusal. */
struct value take_scalar(struct taking *t, const struct type *type, const struct source *source);

#endif
