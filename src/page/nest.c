/*
 * Walks over two lists of which the second is another one for each row of the first. The outer
 * stream counts the rows whose lists are used up; the inner one stands in the list of the row
 * behind them, and begins anew with each row. One list after the other, so that no more calls
 * are made than rows are wanted.
 */
#include "page/inside.h"

enum { OUTER, INNER };

bool page_walk_row(const struct page_walk *walk, size_t *row)
{
    *row = walk->position.streams[OUTER].given;
    return walk->position.nested && walk->hands[OUTER].here && *row < walk->hands[OUTER].rows;
}

size_t page_walk_rows(const struct page_walk *walk)
{
    return walk->position.nested && walk->hands[OUTER].here ? walk->hands[OUTER].rows : 0;
}

static void ask(struct page_walk *walk, unsigned stream, struct page_step *step)
{
    struct page_position *position = &walk->position;
    walk->hands[stream].asked = true;
    *step = (struct page_step){.what = PAGE_FETCH,
                               .stream = stream,
                               .token = position->streams[stream].token,
                               .row = position->streams[OUTER].given};
}

/* The inner list begins, or ends with the outer one. */
static void begin_inner(struct page_walk *walk)
{
    struct page_position *position = &walk->position;
    walk->hands[INNER] = (struct page_hand){0};
    position->streams[INNER] =
        (struct page_stream){.token = STR(""), .done = position->streams[OUTER].done};
    position->mark = 0;
}

static void next_row(struct page_walk *walk)
{
    walk->position.streams[OUTER].given++;
    page_turn(walk, OUTER);
    begin_inner(walk);
}

/* Moves on when the page in hand of the inner list, or all of it, is used up. */
static void turn_inner(struct page_walk *walk)
{
    page_turn(walk, INNER);
    if (walk->position.streams[INNER].done)
        next_row(walk);
}

void page_nest_came(struct page_walk *walk, unsigned stream)
{
    if (stream == INNER) {
        turn_inner(walk);
    } else if (walk->position.streams[OUTER].given >= walk->hands[OUTER].rows) {
        page_turn(walk, OUTER);
        begin_inner(walk);
    }
}

void page_nest_step(struct page_walk *walk, struct page_step *step)
{
    const struct page_stream *inner = &walk->position.streams[INNER];
    for (unsigned stream = OUTER; stream <= INNER; stream++) {
        if (!walk->hands[stream].asked) {
            ask(walk, stream, step);
            return;
        }
        if (!walk->hands[stream].here) {
            *step = (struct page_step){.what = PAGE_WAIT};
            return;
        }
    }
    size_t from = inner->given, left = walk->hands[INNER].rows - from;
    uint64_t most = page_open_rows(walk);
    page_take(walk, INNER, from + (left < most ? left : (size_t)most), step);
    turn_inner(walk);
}
