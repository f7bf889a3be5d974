/*
 * Page: what the files of this room share and nobody else sees.
 */
#ifndef SHOPSHIM_PAGE_INSIDE_H
#define SHOPSHIM_PAGE_INSIDE_H

#include "page/page.h"

/* Moves a stream whose page in hand is used up to its next page, or to its end. */
void page_turn(struct page_walk *walk, unsigned stream);

/* How many rows may be taken at once: those to pass over, else those to give. */
static inline uint64_t page_open_rows(const struct page_walk *walk)
{
    return walk->skip > 0 ? walk->skip : walk->want;
}

/* Counts the rows of the page in hand up to `to` as passed over, or given; says which. */
void page_take(struct page_walk *walk, unsigned stream, size_t to, struct page_step *step);

/* ---- nest.c: page_walk_step and page_walk_came for streams that are nested ---- */

/* What to do next: fetch, wait or take rows; the walk is not at its end. */
void page_nest_step(struct page_walk *walk, struct page_step *step);
/* A page is in hand: moves on over what is empty or used up. */
void page_nest_came(struct page_walk *walk, unsigned stream);

#endif
