/*
 * What the files of words share and nobody else sees.
 */
#ifndef SHOPSHIM_SANDBOX_WORDS_INSIDE_H
#define SHOPSHIM_SANDBOX_WORDS_INSIDE_H

#include "sandbox/run.h"

struct call {
    struct run *run;
    const struct expr *expr;
    struct place *scope;
    const struct value *args;
    size_t count;
};

/* A fault of the table: "word() expects ..."; the absent value. */
struct value call_wrong(const struct call *call, const char *expected);

/* ---- words over lists (words_list.c) ---- */

struct value list_join(const struct call *c);
struct value list_count_of(const struct call *c);
struct value list_where(const struct call *c);
struct value list_without(const struct call *c);
struct value list_merge(const struct call *c);
struct value list_unique(const struct call *c);
struct value list_flat(const struct call *c);
struct value list_every(const struct call *c);
struct value list_decimals(const struct call *c);
struct value list_min(const struct call *c);
struct value list_max(const struct call *c);

#endif
