/*
 * A list's rows: which ones a request asks for, in which order.
 *
 * Every record of the shop is looked at, some at a time in an arena of their own; what stays
 * is the index of those that pass, four bytes each, sorted. Such a list is kept in the core's
 * cache under everything it was made from, unless it depends on more than that (on the time or
 * the token, say). A list of all records in their own order is made of nothing at all.
 */
#ifndef SHOPSHIM_SANDBOX_SCAN_H
#define SHOPSHIM_SANDBOX_SCAN_H

#include "sandbox/visit.h"

struct scan {
    struct visit *visit;
    struct run run;       /* of the records under way */
    struct value *wanted; /* by filter; absent: not asked for */
    struct str sort;      /* field, absent: by index */
    bool descending;
    bool no_sort;            /* records do not have the field */
    struct value *members;   /* rows that are no records, by index */
    const uint32_t *indexes; /* NULL: all of them */
    size_t count;
};

/* Reads filters and order from the request, then finds the rows. False after a refusal. */
bool scan_rows(struct scan *scan, struct visit *visit);

/* The n-th row, and what it is sorted by. */
struct value scan_value(struct scan *scan, size_t n);
struct row scan_row(struct scan *scan, size_t n);

/* How many rows stand before or at `last`. */
size_t scan_behind(struct scan *scan, const struct row *last);

#endif
