/*
 * Lists in lists, side by side: while the list of one outer row is asked for, so are those of the
 * rows behind it. How many is bounded by settings.ahead, and grows with the lists that were too
 * short to fill the page: where the first one is long enough no other is asked for. What fails
 * ahead of its turn is no failure; it is asked for again when it is its turn.
 */
#include "exchange/life.h"

enum { OUTER, INNER };

static struct ahead *find(struct exchange *x, unsigned element)
{
    for (unsigned i = 0; i < x->pages.ahead_count; i++)
        if (x->pages.ahead[i].element == element)
            return &x->pages.ahead[i];
    return NULL;
}

/* How many rows of the outer list ahead. */
static uint64_t reach(const struct exchange *x)
{
    const struct pages *pages = &x->pages;
    uint64_t most = settings_of(x)->ahead < AHEAD ? settings_of(x)->ahead : AHEAD;
    uint64_t short_ones = pages->lists > 0 ? 2 * ((uint64_t)pages->lists - 1) : 0;
    uint64_t open = pages->walk.skip + pages->walk.want; /* a list has one row at least, or so */
    if (pages->style != PLAN_PAGE_NONE && short_ones < most)
        most = short_ones;
    return pages->style == PLAN_PAGE_NONE || most < open ? most : open > 0 ? open - 1 : 0;
}

static bool ask(struct exchange *x, size_t row)
{
    struct pages *pages = &x->pages;
    struct plan_slot outer = {.call = pages->calls[OUTER], .page = pages->here[OUTER]};
    struct plan_slot slot = {.call = pages->calls[INNER]};
    struct plan_page_ask page = {.size = pages->walk.position.size, .token = STR("")};
    struct plan_message message;
    if (!plan_nest(x->run, slot.call, outer, row, &slot.element, &x->fault))
        return false;
    if (slot.element == pages->element || find(x, slot.element))
        return true;
    pages->ahead[pages->ahead_count++] = (struct ahead){slot.element, AHEAD_ASKED};
    return plan_build(x->run, slot, &page, &message, &x->fault) &&
           send_message(x, slot, &message, plan_call_at(x->plan, slot.call));
}

bool ahead_go(struct exchange *x)
{
    struct pages *pages = &x->pages;
    size_t row, rows = page_walk_rows(&pages->walk);
    if (!pages->nested || !page_walk_row(&pages->walk, &row) || pages->walk.want == 0)
        return true;
    uint64_t last = row + reach(x);
    for (row++; row < rows && row <= last && pages->ahead_count < AHEAD &&
                x->under_way < settings_of(x)->side_by_side &&
                x->sent_count + 1 < settings_of(x)->calls; /* one is left for what is needed */
         row++)
        if (!ask(x, row))
            return false;
    return true;
}

static void drop(struct exchange *x, struct ahead *ahead)
{
    *ahead = x->pages.ahead[--x->pages.ahead_count];
}

bool ahead_take(struct exchange *x, enum ahead_state *state)
{
    struct ahead *ahead = find(x, x->pages.element);
    if (!ahead)
        return false;
    *state = ahead->state;
    drop(x, ahead);
    return *state != AHEAD_FAILED;
}

bool ahead_came(struct exchange *x, const struct sent *sent, bool good)
{
    bool inner = x->pages.nested && sent->slot.call == x->pages.calls[INNER];
    struct ahead *ahead = inner && sent->slot.page == 0 ? find(x, sent->slot.element) : NULL;
    if (!ahead)
        return false;
    ahead->state = good ? AHEAD_HERE : AHEAD_FAILED;
    return true;
}
