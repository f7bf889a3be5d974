/*
 * What the files that check the sandbox's tables share and nobody else sees.
 */
#ifndef SHOPSHIM_SANDBOX_CHECK_INSIDE_H
#define SHOPSHIM_SANDBOX_CHECK_INSIDE_H

#include "sandbox/tables.h"

/* The names that anything reads: in expressions, in texts that are paths, in answers. */
struct readers {
    struct str *names; /* sorted by bytes once collected */
    size_t count, room;
    bool failed;
};

void readers_collect(struct readers *readers, const struct tables *tables);
bool readers_have(const struct readers *readers, struct str name);
void readers_clear(struct readers *readers);

/* Calls `visit` for every expression of a template. */
void shape_walk(const struct shape *shape, void (*visit)(const struct expr *expr, void *ctx),
                void *ctx);

#endif
