/*
 * The calls whose rows make the legacy page: one stream each, walked from the position that the
 * cursor holds, or from the start up to the offset, or to the end where the legacy endpoint does
 * not page. Bounded by the calls one request may make: a cursor then gives a shorter page and
 * leads on from there; the others, which cannot, are refused, an offset before anything is sent
 * where that can be known.
 */
#include "exchange/life.h"
#include <assert.h>
#include <inttypes.h>

enum { LONGEST_CONTEXT = 1 << 20, LONGEST_CURSOR = 32 * 1024 };

static void add_part(struct buf *out, struct str part)
{
    buf_add_u64(out, part.n);
    buf_add_char(out, ' ');
    buf_add_str(out, part);
}

/* All that must not change between two pages of one list. */
static bool context_of(struct exchange *x, struct str *context)
{
    struct buf out;
    buf_init_arena(&out, LONGEST_CONTEXT, x->arena);
    add_part(&out, plan_name(x->plan));
    add_part(&out, x->asked.app_key);
    add_part(&out, x->shop.id.n > 0 ? x->shop.id : x->shop.cipher);
    add_part(&out, plan_filters(x->run));
    *context = buf_str(&out);
    return !buf_failed(&out) || fault_no_memory(x);
}

/* The sizes that all streams allow. */
static void size_limits(const struct exchange *x, uint32_t *min, uint32_t *max)
{
    *min = 1;
    *max = UINT32_MAX;
    for (unsigned i = 0; i < x->pages.count; i++) {
        const struct plan_call *call = plan_call_at(x->plan, x->pages.calls[i]);
        if (call->page_min > *min)
            *min = call->page_min;
        if (call->page_max > 0 && call->page_max < *max)
            *max = call->page_max;
    }
    if (*max < *min)
        *max = *min;
}

/* The position that the cursor holds; *open when there is none, or its pages cannot be asked for.
 */
static bool open_cursor(struct exchange *x, uint32_t min, uint32_t max, bool *open)
{
    struct pages *pages = &x->pages;
    struct str context;
    *open = pages->style != PLAN_PAGE_CURSOR || pages->asked.cursor.n == 0;
    if (*open)
        return true;
    if (!context_of(x, &context) ||
        !page_open(pages->asked.cursor, x->app->sign, context, x->arena, &pages->from, &x->fault))
        return false;
    *open = pages->from.size < min || pages->from.size > max;
    return true;
}

static bool open_position(struct exchange *x)
{
    struct pages *pages = &x->pages;
    uint64_t rows = pages->asked.size, calls;
    uint32_t min, max;
    bool open;
    size_limits(x, &min, &max);
    page_start(&pages->from, pages->count);
    if (!open_cursor(x, min, max, &open))
        return false;
    if (!open) /* tokens go with the size they were made for */
        return true;
    rows = pages->asked.offset < UINT64_MAX - rows ? rows + pages->asked.offset : UINT64_MAX;
    pages->from.size = page_size_for(rows, min, max, &calls);
    if (pages->asked.offset == 0 || calls + x->sent_count <= settings_of(x)->calls)
        return true;
    return fault_set(&x->fault, FAULT_TOO_LARGE,
                     "Row %" PRIu64 " of this list can only be reached by %" PRIu64
                     " upstream calls; at most %u are made for one request (setting "
                     "exchange.calls). Narrow the list by its filters.",
                     pages->asked.offset + 1, calls, settings_of(x)->calls);
}

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
        if (pages->count == PAGE_STREAMS || call->each)
            return fault_set(&x->fault, FAULT_REFUSED,
                             "The list of this endpoint is made of more upstream lists than can be "
                             "merged (%d, none of them for each element).",
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
    if (pages->style == PLAN_PAGE_CURSOR && !x->app)
        return fault_set(&x->fault, FAULT_REFUSED,
                         "The profile of this endpoint has no signature, and so no cursors.");
    pages->order = (struct page_order){compare_rows, x};
    pages->descending = plan_page_descending(x->run);
    return open_position(x);
}

static bool may_start(struct exchange *x)
{
    struct pages *pages = &x->pages;
    for (unsigned i = 0; i < pages->count; i++) {
        const struct stage *stage = &x->stages[pages->calls[i]];
        if (stage->state == STAGE_WAITING)
            return false;
        if (stage->times == 0) /* its `when` does not hold */
            pages->from.streams[i] = (struct page_stream){.token = STR(""), .done = true};
    }
    page_walk_start(&pages->walk, &pages->from, pages->asked.offset, pages->asked.size,
                    pages->count > 1 ? &pages->order : NULL);
    pages->started = true;
    return true;
}

static bool fetch(struct exchange *x, const struct page_step *step)
{
    struct pages *pages = &x->pages;
    unsigned call = pages->calls[step->stream];
    struct plan_slot slot = {.call = call, .page = pages->next[step->stream]++};
    struct plan_page_ask ask = {.size = pages->walk.position.size, .token = step->token};
    struct plan_message message;
    return plan_build(x->run, slot, &ask, &message, &x->fault) &&
           send_message(x, slot, &message, plan_call_at(x->plan, call)->cipher);
}

/*
 * Whether the page may end here, shorter than asked: the next call is one too many, and there
 * are rows to give and a cursor to go on from.
 */
static bool may_cut(const struct exchange *x)
{
    const struct pages *pages = &x->pages;
    return pages->style == PLAN_PAGE_CURSOR && x->sent_count >= settings_of(x)->calls &&
           pages->walk.want < pages->asked.size;
}

static void end_pages(struct exchange *x)
{
    for (unsigned i = 0; i < x->pages.count; i++)
        stage_finish(x, x->pages.calls[i]);
}

bool pages_go(struct exchange *x)
{
    struct pages *pages = &x->pages;
    if (pages->count == 0 || x->stages[pages->calls[0]].state == STAGE_FINISHED ||
        (!pages->started && !may_start(x)))
        return true;
    for (;;) {
        struct page_step step;
        if (x->under_way >= settings_of(x)->side_by_side)
            return true;
        page_walk_step(&pages->walk, &step);
        struct plan_slot slot = {.call = pages->calls[step.stream],
                                 .page = pages->here[step.stream]};
        switch (step.what) {
        case PAGE_FETCH:
            if (may_cut(x)) {
                end_pages(x);
                return true;
            }
            if (!fetch(x, &step))
                return false;
            break;
        case PAGE_GIVE:
            if (!plan_pick(x->run, slot, step.from, step.to))
                return fault_no_memory(x);
            break;
        case PAGE_REACHED:
            break;
        case PAGE_WAIT:
            return true;
        case PAGE_END:
            end_pages(x);
            return true;
        }
    }
}

static unsigned stream_of(const struct exchange *x, unsigned call)
{
    unsigned i = 0;
    while (x->pages.calls[i] != call)
        i++;
    assert(i < x->pages.count);
    return i;
}

bool pages_came(struct exchange *x, const struct sent *sent)
{
    unsigned stream = stream_of(x, sent->slot.call);
    x->pages.here[stream] = sent->slot.page;
    if (page_walk_came(&x->pages.walk, stream, plan_rows(x->run, sent->slot),
                       plan_next_token(x->run, sent->slot), &x->fault))
        return true;
    fault_name_call(x, sent);
    return false;
}

bool pages_given(struct exchange *x, struct plan_page_given *given)
{
    struct pages *pages = &x->pages;
    struct str context;
    *given = (struct plan_page_given){.next = STR("")};
    if (pages->count == 0)
        return true;
    given->more = !page_done(&pages->walk.position);
    if (!given->more || pages->style != PLAN_PAGE_CURSOR)
        return true;
    struct buf cursor;
    buf_init_arena(&cursor, LONGEST_CURSOR, x->arena);
    if (!context_of(x, &context))
        return false;
    if (!page_seal(&pages->walk.position, x->app->sign, context, &cursor) || buf_failed(&cursor))
        return fault_set(&x->fault, FAULT_INTERNAL, "The next cursor could not be made.");
    given->next = buf_str(&cursor);
    return true;
}
