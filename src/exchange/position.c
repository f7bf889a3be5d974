/*
 * Where a page begins: where the cursor says, at the start, or at the nearest row before it whose
 * position is remembered (page/store.h), when that is nearer than the start. From there the walk
 * passes over what is left, in a bounded number of calls; each position on the way is remembered,
 * so that a walk that was too long goes on when it is asked for again. Equal walks are made once.
 * What a store holds is sealed, like a cursor: neither a faulty store nor a clash of names can
 * give a request the position of another list.
 */
#include "exchange/life.h"
#include <inttypes.h>

enum { LONGEST_CONTEXT = 1 << 20, LONGEST_CURSOR = 32 * 1024, LONGEST_NAME = 64 };

static struct page_store *store_of(const struct exchange *x)
{
    return x->host->common.store;
}

static void add_part(struct buf *out, struct str part)
{
    buf_add_u64(out, part.n);
    buf_add_char(out, ' ');
    buf_add_str(out, part);
}

/* All that must not change between two pages of one list; `more` may add to it. */
static bool context_of(struct exchange *x, struct str more, struct str *context)
{
    struct buf out;
    buf_init_arena(&out, LONGEST_CONTEXT, x->arena);
    add_part(&out, plan_name(x->plan));
    add_part(&out, x->asked.app_key);
    add_part(&out, x->shop.id.n > 0 ? x->shop.id : x->shop.cipher);
    add_part(&out, plan_filters(x->run));
    if (more.n > 0)
        add_part(&out, more);
    *context = buf_str(&out);
    return !buf_failed(&out) || fault_no_memory(x);
}

/* ---- the start ---- */

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

static bool size_fits(const struct exchange *x, uint32_t size)
{
    uint32_t min, max;
    size_limits(x, &min, &max);
    return size >= min && size <= max;
}

/* The rows from the start to the end of the page. */
static uint64_t rows_to_end(const struct pages *pages)
{
    uint64_t size = pages->asked.size, offset = pages->asked.offset;
    return offset < UINT64_MAX - size ? offset + size : UINT64_MAX;
}

static void from_start(struct exchange *x)
{
    struct pages *pages = &x->pages;
    uint32_t min, max;
    uint64_t calls;
    size_limits(x, &min, &max);
    if (pages->nested)
        page_start_nested(&pages->from);
    else
        page_start(&pages->from, pages->count);
    pages->from.size = page_size_for(rows_to_end(pages), min, max, &calls);
    pages->at = pages->kept = 0;
    pages->remembered = false;
}

/* ---- by cursor ---- */

static bool open_cursor(struct exchange *x)
{
    struct pages *pages = &x->pages;
    struct str context;
    if (!x->app)
        return fault_set(&x->fault, FAULT_REFUSED,
                         "The profile of this endpoint has no signature, and so no cursors.");
    pages->where = WHERE_KNOWN;
    if (pages->asked.cursor.n == 0)
        return true;
    if (!context_of(x, STR_NONE, &context) ||
        !page_open(pages->asked.cursor, x->app->sign, context, x->arena, &pages->from, &x->fault))
        return false;
    return size_fits(x, pages->from.size) || /* its tokens go with that size */
           fault_set(&x->fault, FAULT_CURSOR,
                     "The cursor was made for upstream pages of %" PRIu32 " rows, which are no "
                     "longer asked for. Begin again without a cursor.",
                     pages->from.size);
}

bool position_cursor(struct exchange *x, struct str *cursor)
{
    struct buf out;
    struct str context;
    buf_init_arena(&out, LONGEST_CURSOR, x->arena);
    if (!nest_mark(x) || !context_of(x, STR_NONE, &context))
        return false;
    if (!page_seal(&x->pages.walk.position, x->app->sign, context, &out) || buf_failed(&out))
        return fault_set(&x->fault, FAULT_INTERNAL, "The next cursor could not be made.");
    *cursor = buf_str(&out);
    return true;
}

/* ---- by memory ---- */

/*
 * The name of the list: of one token, so that nobody is led by what others made the proxy
 * remember. Without a name nothing is remembered.
 */
static bool name_list(struct exchange *x)
{
    struct str context;
    struct buf name;
    if (!store_of(x) || !x->app || x->pages.list.p)
        return true;
    if (!context_of(x, x->token.n > 0 ? x->token : STR("-"), &context))
        return false;
    buf_init_arena(&name, LONGEST_NAME, x->arena);
    if (seal_close(x->app->sign, context, STR(""), &name) && !buf_failed(&name))
        x->pages.list = buf_str(&name);
    return true;
}

/* What a remembered position is sealed for. */
static struct str seal_context(struct exchange *x, uint64_t at)
{
    return arena_printf(x->arena, STR_FMT " %" PRIu64, STR_ARG(x->pages.list), at);
}

/* Goes on from what is remembered, unless the start is nearer, in larger pages. */
static void use_kept(struct exchange *x, const struct page_kept *kept)
{
    struct pages *pages = &x->pages;
    struct page_position found = pages->from;
    struct fault ignored;
    if (!page_open(kept->value, x->app->sign, seal_context(x, kept->at), x->arena, &found,
                   &ignored) ||
        !size_fits(x, found.size) ||
        (!pages->nested && page_calls(&pages->from, rows_to_end(pages)) <
                               page_calls(&found, rows_to_end(pages) - kept->at)))
        return;
    pages->from = found;
    pages->at = pages->kept = kept->at;
    pages->remembered = true;
}

static void on_wake(struct page_waiter *waiter)
{
    struct pages *pages = (struct pages *)((char *)waiter - offsetof(struct pages, waiter));
    struct exchange *x = (struct exchange *)((char *)pages - offsetof(struct exchange, pages));
    x->ports->wake(x->owner, x);
}

static bool look(struct exchange *x)
{
    struct pages *pages = &x->pages;
    struct page_store *store = store_of(x);
    struct page_kept kept;
    pages->where = WHERE_KNOWN;
    if (!pages->list.p || pages->asked.offset == 0)
        return true;
    pages->waiter.wake = on_wake;
    enum page_found found = page_store_get(store, pages->list, pages->asked.offset, now_ms(x),
                                           &pages->waiter, x->arena, &kept);
    if (found == PAGE_FOUND)
        use_kept(x, &kept);
    if (arena_failed(x->arena))
        return fault_no_memory(x);
    if (found != PAGE_LATER && pages->at == pages->asked.offset)
        return true;
    pages->flying = found != PAGE_LATER &&
                    page_flight_begin(store, pages->list, pages->asked.offset, &pages->waiter);
    if (!pages->flying)
        pages->where = WHERE_WAITS;
    return true;
}

bool position_find(struct exchange *x)
{
    struct pages *pages = &x->pages;
    if (pages->waiter.wake) /* woken, rightly or not */
        page_store_leave(store_of(x), &pages->waiter);
    from_start(x);
    switch (pages->style) {
    case PLAN_PAGE_CURSOR:
        return open_cursor(x);
    case PLAN_PAGE_OFFSET:
    case PLAN_PAGE_NUMBER:
        return name_list(x) && look(x);
    default:
        pages->where = WHERE_KNOWN;
        return true;
    }
}

bool position_again(struct exchange *x)
{
    struct pages *pages = &x->pages;
    if (!pages->remembered || pages->walk.taken > 0)
        return false;
    page_store_drop(store_of(x), pages->list);
    from_start(x);
    pages->started = false;
    return true;
}

bool position_walk(struct exchange *x)
{
    struct pages *pages = &x->pages;
    unsigned most = settings_of(x)->walk;
    if (pages->walk.skip == 0)
        return true;
    position_keep(x);
    if (pages->walked++ < most)
        return true;
    return fault_set(&x->fault, FAULT_TOO_LARGE,
                     "Row %" PRIu64 " of this list was not reached by %u upstream calls, the most "
                     "that are made to reach a row (setting exchange.walk). %s",
                     pages->asked.offset + 1, most,
                     pages->list.p ? "Ask again, and the walk goes on where it ended."
                                   : "Narrow the list by its filters.");
}

void position_keep(struct exchange *x)
{
    struct pages *pages = &x->pages;
    uint64_t at = pages->at + pages->walk.taken;
    struct buf value;
    if (!pages->list.p || at <= pages->kept || page_done(&pages->walk.position))
        return;
    struct fault before = x->fault;
    buf_init_arena(&value, LONGEST_CURSOR, x->arena);
    if (nest_mark(x) &&
        page_seal(&pages->walk.position, x->app->sign, seal_context(x, at), &value) &&
        !buf_failed(&value)) {
        int64_t now = now_ms(x);
        page_store_put(store_of(x), pages->list, at, buf_str(&value),
                       now + settings_of(x)->position_keep_ms, now);
        pages->kept = at;
    }
    x->fault = before; /* what is not remembered is walked to */
}

static void end_flight(struct exchange *x)
{
    if (x->pages.flying)
        page_flight_end(store_of(x), x->pages.list, x->pages.asked.offset);
    x->pages.flying = false;
}

void position_reached(struct exchange *x)
{
    position_keep(x);
    end_flight(x);
}

void position_leave(struct exchange *x)
{
    end_flight(x);
    if (x->pages.where == WHERE_WAITS)
        page_store_leave(store_of(x), &x->pages.waiter);
    x->pages.where = WHERE_OPEN;
}
