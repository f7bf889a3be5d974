/*
 * Reference: everything that is told about tables, for the verbs that tell it.
 */
#ifndef SHOPSHIM_CLI_REFERENCE_H
#define SHOPSHIM_CLI_REFERENCE_H

#include "cli/verb.h"
#include "docs/docs.h"

struct reference {
    struct plans *plans;
    struct guide *guide;                 /* NULL: the directory has none */
    struct contracts *legacy, *upstream; /* NULL: the directory has none */
};

/*
 * Loads configuration and tables, and guide and contracts as far as the directory of the tables
 * has them. False after all findings were printed. Clear it in either case.
 */
bool reference_load(const struct run *run, struct reference *reference);
void reference_clear(struct reference *reference);

/* The same as the room docs wants it; borrows. */
struct docs_sources reference_sources(const struct reference *reference);

#endif
