/*
 * Where in a table file something stands, so that every fault can be told with its place.
 */
#ifndef SHOPSHIM_PLAN_PLACE_H
#define SHOPSHIM_PLAN_PLACE_H

#include "table/finding.h"
#include "table/load.h"

struct place {
    struct findings *findings;
    const char *file;
    char path[TABLE_PATH]; /* "$.calls.orders" */
};

/* The place one key or index deeper. */
struct place place_key(const struct place *place, const char *key);
struct place place_index(const struct place *place, size_t index);

/* Adds an error there; returns false. findings_hint() may follow. */
bool place_error(const struct place *place, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void place_warning(const struct place *place, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Every key of `object` must be among the names (ended by NULL); an error for each other. */
bool place_known_keys(const struct place *place, const cJSON *object, const char *const names[]);

/* "a text", "a number", ...: what stands there, for messages; NULL is "nothing". */
const char *place_kind(const cJSON *node);

#endif
