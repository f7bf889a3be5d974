/*
 * Positions in a list that upstream gives page by page.
 *
 * A position says, for each upstream stream: the token of the page in progress, how many of
 * its rows were given already, and whether it is done. A legacy cursor is a position, sealed
 * (sign/seal.h) and bound to the filters; nothing is remembered for it.
 * A `struct page_walk` fills one legacy page: it says which upstream page to fetch next and,
 * told what came, which rows to give, until the page is full or all streams are done. It does
 * no I/O; one stream is the case k = 1 of the merge.
 */
#ifndef SHOPSHIM_PAGE_PAGE_H
#define SHOPSHIM_PAGE_PAGE_H

#include "base/arena.h"
#include "base/fault.h"
#include "sign/seal.h"

enum { PAGE_STREAMS = 4 };

struct page_stream {
    struct str token; /* empty: the first page */
    uint32_t given;   /* rows of that page that were given before */
    bool done;
};

struct page_position {
    struct page_stream streams[PAGE_STREAMS];
    unsigned count;
    uint32_t size; /* upstream page size the tokens belong to, per stream the same */
};

/* The start of `count` streams. */
void page_start(struct page_position *position, unsigned count);

/* Seals a position into a cursor. False when OpenSSL or memory fails. */
bool page_seal(const struct page_position *position, struct sign_key *key, struct str context,
               struct buf *cursor);
/* FAULT_CURSOR when it is not ours, altered, or of another context. */
bool page_open(struct str cursor, struct sign_key *key, struct str context, struct arena *arena,
               struct page_position *position, struct fault *fault);

#endif
