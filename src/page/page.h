/*
 * Positions in a list that upstream gives page by page.
 *
 * A position says, for each upstream stream: the token of the page in progress, how many of
 * its rows were given already, and whether it is done. A legacy cursor is a position, sealed
 * (sign/seal.h) and bound to the filters; nothing is remembered for it. An offset or a page
 * number is a position that is remembered (page/store.h).
 * Streams are merged by a key, or follow one another; one stream is the case k = 1. Or two are
 * nested: the rows are those of one list for each row of another, and the position holds both.
 * A `struct page_walk` fills one legacy page: it says which upstream page to fetch next and,
 * told what came, which rows to give, until the page is full or all streams are done. It does
 * no I/O.
 * Refused: cursors that are not ours, were altered or belong to another context; an upstream
 * that gives no rows and leads back to the page it stands on.
 */
#ifndef SHOPSHIM_PAGE_PAGE_H
#define SHOPSHIM_PAGE_PAGE_H

#include "base/arena.h"
#include "base/fault.h"
#include "sign/seal.h"

enum { PAGE_STREAMS = 4 };

/* ---- positions ---- */

struct page_stream {
    struct str token; /* empty: the first page */
    uint32_t given;   /* rows of that page that were given before */
    bool done;
};

struct page_position {
    struct page_stream streams[PAGE_STREAMS];
    unsigned count;
    uint32_t size; /* upstream page size the tokens belong to, per stream the same; 0: not known */
    bool nested;   /* streams[1] is in the list of that row of streams[0] which comes next */
    uint64_t mark; /* of a nested one: tells that row from others; 0: not known */
};

/* The start of `count` streams. */
void page_start(struct page_position *position, unsigned count);
/* The start of two that are nested: the outer list, and the list of each of its rows. */
void page_start_nested(struct page_position *position);

/* Whether a comes behind b, from which a walk led to it. */
bool page_moved(const struct page_position *a, const struct page_position *b);

/* Whether all streams are done. */
bool page_done(const struct page_position *position);

/* Seals a position into a cursor. False when OpenSSL or memory fails. */
bool page_seal(const struct page_position *position, struct sign_key *key, struct str context,
               struct buf *cursor);
/*
 * `position` was started: its number of streams, nested or not, is what the cursor must have.
 * FAULT_CURSOR when it has not, is not ours, altered or of another context; FAULT_INTERNAL when
 * the arena is full. After a fault `position` is as it was.
 */
bool page_open(struct str cursor, struct sign_key *key, struct str context, struct arena *arena,
               struct page_position *position, struct fault *fault);

/* ---- walks ---- */

/*
 * The upstream page size that covers `rows` rows with the fewest pages of [min, max] rows, and
 * these as even as can be; *pages is their number when the pages are full. 1 <= min <= max.
 */
uint32_t page_size_for(uint64_t rows, uint32_t min, uint32_t max, uint64_t *pages);

/*
 * How many upstream pages, if they are full, hold the next `rows` rows behind a position; 0
 * for none. Of a nested one: what is known before its lists are.
 */
uint64_t page_calls(const struct page_position *position, uint64_t rows);

/*
 * Which of two rows comes first: negative, 0 (the lower stream) or positive. Rows count from 0
 * in the page of that stream that is in hand.
 */
struct page_order {
    int (*compare)(void *ctx, unsigned stream_a, size_t row_a, unsigned stream_b, size_t row_b);
    void *ctx;
};

/* An upstream page that came and is not used up. */
struct page_hand {
    bool asked;
    bool here;
    size_t rows;
    struct str next; /* token of the page behind it; empty: there is none */
};

struct page_walk {
    struct page_position position; /* behind the last row given: what a next cursor holds */
    uint64_t skip;                 /* rows still to pass over */
    uint64_t want;                 /* rows still to give */
    uint64_t taken;                /* rows passed over or given */
    /* private */
    struct page_hand hands[PAGE_STREAMS];
    const struct page_order *order; /* NULL: one stream after the other */
};

/*
 * From `position` (its tokens live on; its size is what is fetched, not 0), pass over `skip`
 * rows, give `want`. `order` is NULL for streams that are nested.
 */
void page_walk_start(struct page_walk *walk, const struct page_position *position, uint64_t skip,
                     uint64_t want, const struct page_order *order);

enum page_what {
    PAGE_FETCH,   /* fetch the page `token` of `stream` with position.size rows */
    PAGE_WAIT,    /* nothing to do before a fetched page comes */
    PAGE_REACHED, /* the rows to pass over are passed: `position` is where the page begins */
    PAGE_GIVE,    /* rows [from, to) of the page in hand of `stream` come next */
    PAGE_END      /* the legacy page is full, or all streams are done */
};

struct page_step {
    enum page_what what;
    unsigned stream;
    struct str token;
    size_t row; /* PAGE_FETCH of an inner list: of this row of the outer page in hand */
    size_t from, to;
};

/*
 * Of streams that are nested: whether the outer row that the position stands in is in the page
 * in hand, and where there.
 */
bool page_walk_row(const struct page_walk *walk, size_t *row);

/* How many rows the outer page in hand has; 0: none is in hand. */
size_t page_walk_rows(const struct page_walk *walk);

/* What to do next; call again after every step but PAGE_WAIT and PAGE_END. */
void page_walk_step(struct page_walk *walk, struct page_step *step);

/*
 * A fetched page came, with so many rows, and the token of the next one (which lives on). False
 * and FAULT_UPSTREAM_BAD when upstream would lead in a circle.
 */
bool page_walk_came(struct page_walk *walk, unsigned stream, size_t rows, struct str next,
                    struct fault *fault);

#endif
