/*
 * What a running proxy has seen of upstream, as its admin listener tells: values that no table
 * knew, tables whose calls are gone.
 */
#ifndef SHOPSHIM_CLI_SEEN_H
#define SHOPSHIM_CLI_SEEN_H

#include "base/buf.h"
#include "json/json.h"

struct seen {
    struct arena *arena;
    struct json_doc document;
    struct json gone, values; /* absent: nobody was asked */
};

/* Asks the proxy with that admin address; false when it does not answer, which was printed. */
bool seen_ask(struct seen *seen, const char *admin, struct arena *arena);

bool seen_gone(const struct seen *seen, struct str table);
/* The next value of an enum in a table, from *at on; false behind the last. */
bool seen_value(const struct seen *seen, struct str table, struct str name, struct json *at,
                struct str *value, uint64_t *count);

#endif
