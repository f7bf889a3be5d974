/*
 * The guide: the official mapping of the retired API to its successor, row by row.
 *
 * guide_load() reads mappings/guide.json: areas, each with a page name and rows. A row is an
 * endpoint that apps called (`legacy`, with its call where that is known and the calls that
 * the guide names for it, or `instead` what it recommends where it has no upgrade), an
 * endpoint without a legacy side (`native`), or a webhook (`type`, `events`). Rows that the
 * guide leaves out are `beyond`. What is made of a row in this program is not said here: that
 * is what the tables are for.
 *
 * The guide owns all its texts and never changes. Refused, each as a finding with its place:
 * unknown keys, rows without a name, calls that are none, calls and pages that stand twice.
 */
#ifndef SHOPSHIM_TABLE_GUIDE_H
#define SHOPSHIM_TABLE_GUIDE_H

#include "table/finding.h"

struct guide_texts {
    struct str *items;
    size_t count;
};

/* A webhook of the successor. */
struct guide_event {
    uint64_t type;
    struct str name;
};

struct guide_row {
    struct str name;             /* of the legacy endpoint; of the new one where `native` */
    bool native;                 /* there is no legacy side */
    bool beyond;                 /* not a row of the official guide */
    struct guide_texts calls;    /* legacy: "POST /api/x"; none where nobody knows it */
    struct guide_texts upstream; /* "POST /x/202309/y", as the guide names them */
    struct guide_texts instead;  /* the same where it has no upgrade but recommends something */
    uint64_t type;               /* of a legacy webhook; 0: the row is none */
    struct guide_event *events;  /* what a webhook became */
    size_t event_count;
    struct str note; /* a few words, or absent */
};

struct guide_area {
    struct str name; /* "Supply chain" */
    struct str page; /* "supply_chain": good as a file's name */
    struct guide_row *rows;
    size_t count;
};

struct arena;

struct guide {
    struct guide_area *areas;
    size_t count;
    struct arena *arena;
};

/* NULL after a finding; free it with guide_free(). */
struct guide *guide_load(const char *file, struct findings *findings);

/* The same from memory; `file` names it in findings. */
struct guide *guide_parse(const char *file, struct str text, struct findings *findings);

void guide_free(struct guide *guide); /* NULL is fine */

/* The row of a legacy call, and its area; NULL when no row has it. */
const struct guide_row *guide_find(const struct guide *guide, struct str call,
                                   const struct guide_area **area);

#endif
