/*
 * Walks: from a position, over upstream pages, to the rows of one legacy page. Owns nothing;
 * tokens are borrowed from whoever brought them.
 */
#include "page/inside.h"
#include <assert.h>

uint32_t page_size_for(uint64_t rows, uint32_t min, uint32_t max, uint64_t *pages)
{
    assert(min >= 1 && min <= max);
    uint64_t count = rows / max + (rows % max != 0);
    if (count == 0)
        count = 1;
    uint64_t size = rows / count + (rows % count != 0);
    *pages = count;
    return size < min ? min : (uint32_t)size;
}

uint64_t page_calls(const struct page_position *position, uint64_t rows)
{
    uint64_t size = position->size;
    if (rows == 0)
        return 0;
    for (unsigned i = 0; i < position->count; i++)
        if (!position->nested && !position->streams[i].done)
            rows = rows < UINT64_MAX - UINT32_MAX ? rows + position->streams[i].given : rows;
    return rows / size + (rows % size != 0);
}

void page_walk_start(struct page_walk *walk, const struct page_position *position, uint64_t skip,
                     uint64_t want, const struct page_order *order)
{
    assert(position->size > 0 && !(position->nested && order));
    *walk = (struct page_walk){.position = *position, .skip = skip, .want = want, .order = order};
}

void page_turn(struct page_walk *walk, unsigned i)
{
    struct page_stream *stream = &walk->position.streams[i];
    struct page_hand *hand = &walk->hands[i];
    if (!hand->here || stream->given < hand->rows)
        return;
    stream->done = hand->next.n == 0;
    stream->token = stream->done ? STR("") : hand->next;
    stream->given = 0;
    *hand = (struct page_hand){0};
}

bool page_walk_came(struct page_walk *walk, unsigned stream, size_t rows, struct str next,
                    struct fault *fault)
{
    struct page_hand *hand = &walk->hands[stream];
    assert(stream < walk->position.count && hand->asked && !hand->here);
    if (next.n > 0 && str_eq(next, walk->position.streams[stream].token))
        return fault_set(fault, FAULT_UPSTREAM_BAD,
                         "Upstream's answer names the page it holds as the next one.");
    *hand = (struct page_hand){.asked = true, .here = true, .rows = rows, .next = next};
    if (walk->position.nested)
        page_nest_came(walk, stream);
    else
        page_turn(walk, stream);
    return true;
}

/* Whether the head of stream b comes before row a. */
static bool is_behind(const struct page_walk *walk, unsigned a, size_t row_a, unsigned b)
{
    size_t row_b = walk->position.streams[b].given;
    int order = walk->order->compare(walk->order->ctx, a, row_a, b, row_b);
    return order > 0 || (order == 0 && b < a);
}

static bool is_first(const struct page_walk *walk, unsigned a, size_t row_a)
{
    for (unsigned b = 0; b < walk->position.count; b++)
        if (b != a && !walk->position.streams[b].done && is_behind(walk, a, row_a, b))
            return false;
    return true;
}

/* The stream whose head comes next, when all that count are in hand. */
static unsigned first_stream(const struct page_walk *walk)
{
    unsigned i = 0;
    while (walk->position.streams[i].done ||
           (walk->order && !is_first(walk, i, walk->position.streams[i].given)))
        i++;
    return i;
}

/* Asks for the next page that is needed and not asked for; false when none is. */
static bool fetch(struct page_walk *walk, struct page_step *step, bool *all_here)
{
    *all_here = true;
    for (unsigned i = 0; i < walk->position.count; i++) {
        struct page_stream *stream = &walk->position.streams[i];
        if (stream->done)
            continue;
        *all_here = *all_here && walk->hands[i].here;
        if (!walk->hands[i].asked) {
            walk->hands[i].asked = true;
            *step = (struct page_step){.what = PAGE_FETCH, .stream = i, .token = stream->token};
            return true;
        }
        if (!walk->order)
            break; /* one stream after the other */
    }
    return false;
}

void page_take(struct page_walk *walk, unsigned i, size_t to, struct page_step *step)
{
    struct page_stream *stream = &walk->position.streams[i];
    size_t from = stream->given;
    stream->given = (uint32_t)to;
    walk->taken += to - from;
    *step = (struct page_step){.what = PAGE_GIVE, .stream = i, .from = from, .to = to};
    if (walk->skip == 0) {
        walk->want -= to - from;
        return;
    }
    walk->skip -= to - from;
    step->what = PAGE_REACHED;
}

/* The longest run of one stream that comes next. */
static void take(struct page_walk *walk, struct page_step *step)
{
    unsigned i = first_stream(walk);
    uint64_t most = page_open_rows(walk);
    size_t from = walk->position.streams[i].given, to = from + 1;
    while (to < walk->hands[i].rows && to - from < most && (!walk->order || is_first(walk, i, to)))
        to++;
    page_take(walk, i, to, step);
    page_turn(walk, i);
}

static void flat_step(struct page_walk *walk, struct page_step *step)
{
    bool all_here;
    if (fetch(walk, step, &all_here))
        return;
    if (all_here)
        take(walk, step);
    else
        *step = (struct page_step){.what = PAGE_WAIT};
}

void page_walk_step(struct page_walk *walk, struct page_step *step)
{
    do {
        if (walk->want == 0 || page_done(&walk->position)) {
            *step = (struct page_step){.what = PAGE_END};
            return;
        }
        if (walk->position.nested)
            page_nest_step(walk, step);
        else
            flat_step(walk, step);
    } while (step->what == PAGE_REACHED && walk->skip > 0);
}
