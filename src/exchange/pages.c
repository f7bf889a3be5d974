/*
 * The calls whose rows make the legacy page: one stream each, or two that are nested, walked from
 * where the page begins (position.c), or to the end where the legacy endpoint does not page.
 * Bounded by the calls one request may make: a cursor then gives a shorter page and leads on from
 * there; the others, which cannot, are refused.
 */
#include "exchange/life.h"
#include <assert.h>

/* Numbers compare by their value without ever being converted; other keys by their bytes. */
static int compare_keys(struct str a, struct str b)
{
    bool digits = a.n > 0 && b.n > 0;
    for (size_t i = 0; i < a.n && digits; i++)
        digits = a.p[i] >= '0' && a.p[i] <= '9';
    for (size_t i = 0; i < b.n && digits; i++)
        digits = b.p[i] >= '0' && b.p[i] <= '9';
    if (digits && a.n != b.n)
        return a.n < b.n ? -1 : 1;
    return str_cmp(a, b);
}

static struct str key_of(struct exchange *x, unsigned stream, size_t row)
{
    struct plan_slot slot = {.call = x->pages.calls[stream], .page = x->pages.here[stream]};
    return plan_row_key(x->run, slot, row);
}

static int compare_rows(void *ctx, unsigned stream_a, size_t row_a, unsigned stream_b, size_t row_b)
{
    struct exchange *x = ctx;
    int order = compare_keys(key_of(x, stream_a, row_a), key_of(x, stream_b, row_b));
    return x->pages.descending ? -order : order;
}

static bool add_streams(struct exchange *x)
{
    struct pages *pages = &x->pages;
    for (unsigned i = 0; i < plan_call_count(x->plan); i++) {
        const struct plan_call *call = plan_call_at(x->plan, i);
        if (!call->paged)
            continue;
        if (call->nested) {
            pages->nested = true;
            pages->calls[0] = call->outer;
            pages->calls[1] = i;
            pages->count = 2;
            return true;
        }
        if (pages->count == PAGE_STREAMS)
            return fault_set(&x->fault, FAULT_REFUSED,
                             "The list of this endpoint is made of more upstream lists than can be "
                             "merged (%d).",
                             PAGE_STREAMS);
        pages->calls[pages->count++] = i;
    }
    return true;
}

bool pages_begin(struct exchange *x)
{
    struct pages *pages = &x->pages;
    pages->style = plan_page_style(x->plan);
    pages->asked.size = UINT64_MAX; /* without a style: to the end */
    if (!add_streams(x))
        return false;
    if (pages->count == 0)
        return true;
    if (pages->style != PLAN_PAGE_NONE && !plan_page_asked(x->run, &pages->asked, &x->fault))
        return false;
    pages->order = (struct page_order){compare_rows, x};
    pages->descending = plan_page_descending(x->run);
    return position_find(x);
}

/* Once it is known of all streams whether they are wanted. */
static bool may_start(struct exchange *x)
{
    struct pages *pages = &x->pages;
    bool merged = pages->count > 1 && !pages->nested, all = true;
    for (unsigned i = 0; i < pages->count; i++) {
        const struct stage *stage = &x->stages[pages->calls[i]];
        if (stage->state == STAGE_WAITING)
            return false;
        if (stage->times > 0)
            continue;
        all = false; /* its `when` does not hold */
        pages->from.streams[i] = (struct page_stream){.token = STR(""), .done = true};
    }
    for (unsigned i = 0; i < pages->count && pages->nested && !all; i++)
        pages->from.streams[i].done = true;
    page_walk_start(&pages->walk, &pages->from, pages->asked.offset - pages->at, pages->asked.size,
                    merged ? &pages->order : NULL);
    pages->started = true;
    return true;
}

static struct plan_slot slot_of(const struct exchange *x, unsigned stream, unsigned page)
{
    const struct pages *pages = &x->pages;
    bool inner = pages->nested && stream == 1;
    return (struct plan_slot){
        .call = pages->calls[stream], .element = inner ? pages->element : 0, .page = page};
}

static bool hand_over(struct exchange *x, unsigned stream, struct plan_slot slot);

static bool fetch(struct exchange *x, const struct page_step *step)
{
    struct pages *pages = &x->pages;
    unsigned stream = step->stream;
    bool inner = pages->nested && stream == 1;
    struct plan_message message;
    enum ahead_state state;
    if (!position_walk(x) || (inner && !nest_element(x, step->row)))
        return false;
    if (inner && step->token.n == 0 && ahead_take(x, &state)) {
        struct plan_slot slot = slot_of(x, stream, pages->next[stream]++);
        return state != AHEAD_HERE || hand_over(x, stream, slot);
    }
    struct plan_slot slot = slot_of(x, stream, pages->next[stream]++);
    struct plan_page_ask ask = {.size = pages->walk.position.size, .token = step->token};
    return plan_build(x->run, slot, &ask, &message, &x->fault) &&
           send_message(x, slot, &message, plan_call_at(x->plan, slot.call));
}

static void cancel_pages(struct exchange *x)
{
    for (unsigned i = 0; i < x->sent_count; i++)
        if (x->sent[i]->under_way && plan_call_at(x->plan, x->sent[i]->slot.call)->paged)
            call_cancel(x, i);
    x->pages.ahead_count = 0;
}

/*
 * Whether the page may end here, shorter than asked or even without rows: the next call is one
 * too many, and the next cursor leads on from where this page came to.
 */
static bool may_cut(const struct exchange *x)
{
    const struct pages *pages = &x->pages;
    return pages->style == PLAN_PAGE_CURSOR && x->sent_count >= settings_of(x)->calls &&
           page_moved(&pages->walk.position, &pages->from);
}

/* What was asked for ahead is not needed any more. */
static void end_pages(struct exchange *x)
{
    cancel_pages(x);
    for (unsigned i = 0; i < x->pages.count; i++)
        stage_finish(x, x->pages.calls[i]);
}

/* Does what can be done now; *more when there may be more. */
static bool step_on(struct exchange *x, bool *more)
{
    struct pages *pages = &x->pages;
    struct page_step step;
    page_walk_step(&pages->walk, &step);
    *more = true;
    switch (step.what) {
    case PAGE_FETCH:
        if (!may_cut(x))
            return fetch(x, &step);
        end_pages(x);
        *more = false;
        return true;
    case PAGE_REACHED:
        position_reached(x);
        return true;
    case PAGE_GIVE:
        return plan_pick(x->run, slot_of(x, step.stream, pages->here[step.stream]), step.from,
                         step.to) ||
               fault_no_memory(x);
    case PAGE_END:
        position_reached(x);
        end_pages(x);
        break;
    case PAGE_WAIT:
        break;
    }
    *more = false;
    return true;
}

bool pages_go(struct exchange *x)
{
    struct pages *pages = &x->pages;
    bool more = true;
    if (pages->count == 0 || x->stages[pages->calls[0]].state == STAGE_FINISHED)
        return true;
    if (pages->where == WHERE_OPEN && !position_find(x))
        return false;
    if (pages->where == WHERE_WAITS || (!pages->started && !may_start(x)))
        return true;
    while (more && x->under_way < settings_of(x)->side_by_side)
        if (!step_on(x, &more))
            return false;
    return x->stages[pages->calls[0]].state == STAGE_FINISHED || ahead_go(x);
}

static unsigned stream_of(const struct exchange *x, unsigned call)
{
    unsigned i = 0;
    while (x->pages.calls[i] != call)
        i++;
    assert(i < x->pages.count);
    return i;
}

/* Whether the row in which a nested position stands is in the outer page that came. */
static bool is_still_there(struct exchange *x, size_t rows, bool *again)
{
    bool found;
    if (!nest_find(x, rows, &found))
        return false;
    *again = !found && position_again(x);
    return found || *again ||
           fault_set(&x->fault, FAULT_CURSOR,
                     "The list changed where the cursor stands in it. Begin again without a "
                     "cursor.");
}

/*
 * What upstream gave so far is given, when it then leads in a circle: who asks for what follows
 * is told of it.
 */
static bool cut_before_circle(struct exchange *x)
{
    const struct pages *pages = &x->pages;
    if (pages->style == PLAN_PAGE_NONE || pages->walk.skip > 0 ||
        pages->walk.want == pages->asked.size)
        return false;
    x->fault = (struct fault){0};
    end_pages(x);
    return true;
}

/* The page in that slot is here, and it is its turn. */
static bool hand_over(struct exchange *x, unsigned stream, struct plan_slot slot)
{
    struct pages *pages = &x->pages;
    size_t rows = plan_rows(x->run, slot);
    bool again = false;
    pages->here[stream] = slot.page;
    if (pages->nested && stream == 0 && !is_still_there(x, rows, &again))
        return false;
    return again ||
           page_walk_came(&pages->walk, stream, rows, plan_next_token(x->run, slot), &x->fault) ||
           cut_before_circle(x);
}

bool pages_came(struct exchange *x, const struct sent *sent)
{
    if (ahead_came(x, sent, true) || hand_over(x, stream_of(x, sent->slot.call), sent->slot))
        return true;
    fault_name_call(x, sent);
    return false;
}

/* A refusal that may be about the token. */
static bool may_be_token(const struct fault *fault)
{
    return fault->kind == FAULT_UPSTREAM && fault->status < 500 && fault->status != 401 &&
           fault->status != 403 && fault->status != 429;
}

bool pages_refused(struct exchange *x, const struct sent *sent)
{
    if (!plan_call_at(x->plan, sent->slot.call)->paged || !may_be_token(&x->fault) ||
        !position_again(x))
        return false;
    cancel_pages(x);
    x->fault = (struct fault){0};
    return true;
}

bool pages_given(struct exchange *x, struct plan_page_given *given)
{
    struct pages *pages = &x->pages;
    *given = (struct plan_page_given){.next = STR("")};
    if (pages->count == 0)
        return true;
    given->more = !page_done(&pages->walk.position);
    return !given->more || pages->style != PLAN_PAGE_CURSOR || position_cursor(x, &given->next);
}
