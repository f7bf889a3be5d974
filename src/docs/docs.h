/*
 * docs: what the tables do, told to people.
 *
 * docs_cover() holds the loaded tables against the guide: each row with its state and the
 * tables that serve it. docs_write() makes the reference pages, Markdown: one for each area,
 * and an index. A page says of every field of the legacy contracts where it goes or comes
 * from, or that it is lost; a field of which no table says anything is called missing.
 *
 * Everything is made from compiled tables, contracts and the guide; nothing is kept, no file
 * is written here.
 */
#ifndef SHOPSHIM_DOCS_DOCS_H
#define SHOPSHIM_DOCS_DOCS_H

#include "base/arena.h"
#include "plan/plan.h"
#include "table/contract.h"
#include "table/guide.h"

struct docs_sources {
    const struct plans *plans;
    const struct guide *guide; /* NULL: there is none, all tables stand in an area of their own */
    const struct contracts *legacy; /* NULL: not known */
    const struct contracts *upstream;
};

/* ---- what is covered ---- */

enum docs_state {
    DOCS_WHOLE,
    DOCS_LOSSES,         /* served; what is lost is confessed */
    DOCS_REFUSED,        /* has a successor, but is answered with what to do instead */
    DOCS_NOT_YET,        /* no table serves it */
    DOCS_NO_COUNTERPART, /* refused with advice, or nothing to call in its place */
    DOCS_NATIVE,         /* new in v202309: called as it is */
    DOCS_PUSHED,         /* a webhook: the service sends it straight to the app */
    DOCS_STATES
};

struct docs_row {
    const struct guide_area *area;
    const struct guide_row *row; /* tables that no row of the guide has get one of their own */
    const struct plan **plans;   /* that serve it, by name */
    size_t plan_count;
    enum docs_state state;
    size_t losses; /* sentences of its plans, but for those of newer calls */
};

struct docs_coverage {
    struct docs_row *rows; /* in the order of the guide, area by area */
    size_t count;
    size_t guide[DOCS_STATES];  /* how many rows of the guide are in each state */
    size_t beyond[DOCS_STATES]; /* and of those that the guide leaves out */
};

/* False when the arena is full. What it makes borrows from the sources and the arena. */
bool docs_cover(const struct docs_sources *sources, struct arena *arena,
                struct docs_coverage *coverage);

const char *docs_state_name(enum docs_state state); /* "not yet" */

/* "whole", "2 losses", "refused": of a state, and of one table. */
struct str docs_state_text(enum docs_state state, size_t losses, struct arena *arena);
struct str docs_plan_state(const struct plan *plan, struct arena *arena);

/* ">= 202305, newest": what a table is for; empty: everything. */
struct str docs_plan_versions(const struct plan *plan, struct arena *arena);

/* "GET /x/{id}": a call of a table as the contracts write it; as the table does without them. */
struct str docs_plan_call(const struct docs_sources *sources, const struct plan *plan,
                          unsigned call, struct arena *arena);

/* A table with one line for each area, for a README. */
void docs_put_summary(const struct docs_coverage *coverage, const char *pages, struct buf *out);

/* ---- the pages ---- */

struct docs_page {
    char name[64]; /* "order.md" */
    struct buf text;
    size_t missing; /* fields that have neither a source nor a loss */
};

struct docs_pages {
    struct docs_page *items;
    size_t count;
};

/*
 * All pages, the index ("README.md") first. False when memory ran out. Clear them in either
 * case.
 */
bool docs_write(const struct docs_sources *sources, struct docs_pages *pages);
void docs_clear(struct docs_pages *pages);

/* Whether there is a phrase for a word of the vocabulary; others are told by their name. */
bool docs_knows_word(struct str word);

#endif
