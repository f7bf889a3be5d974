/*
 * Requests that are made once: where a table says `once`, the answer to the first request with a
 * value is remembered for its app, shop and endpoint, and a repeat is given that answer, without
 * any call; while the first is under way, the others wait for it, and it goes on when its client
 * has lost patience, for that client will ask again. Failures are not remembered.
 * Refused: a value that was used for another request.
 */
#include "exchange/life.h"
#include <inttypes.h>

static struct page_store *store_of(const struct exchange *x)
{
    return x->host->common.answers;
}

/* What is kept: "request_id print data". */
static bool read_kept(struct exchange *x, const struct page_kept *kept, bool *equal)
{
    struct once *once = &x->once;
    struct str rest = kept_open(x, once->name, kept);
    if (!rest.p)
        return false;
    struct str first = str_cut(&rest, ' ');
    struct str print = rest.p ? str_cut(&rest, ' ') : STR_NONE;
    if (!rest.p)
        return false;
    *equal = str_eq(print, once->print);
    once->first = first;
    once->data = rest;
    return true;
}

static bool refuse_other(struct exchange *x, struct str label)
{
    struct str first = x->once.first;
    x->once.data = STR_NONE;
    return fault_at(&x->fault, FAULT_PARAMETER, label,
                    STR_FMT " was used for another request (" STR_FMT "), whose answer is "
                            "remembered for %" PRId64 " seconds (setting exchange.once_keep_ms). "
                            "A new request needs a new one.",
                    STR_ARG(label), STR_ARG(first), settings_of(x)->once_keep_ms / 1000);
}

/* False after a fault; without a name the request is made each time. */
static bool name_it(struct exchange *x, struct str value)
{
    struct str owner = x->shop.id.n > 0 ? x->shop.id : x->shop.cipher;
    const struct str name[] = {STR("once"), plan_legacy(x->plan), x->asked.app_key,
                               owner.n > 0 ? owner : x->token, value};
    const struct str print[] = {STR("print"), plan_filters(x->run)};
    return kept_name(x, print, 2, &x->once.print) &&
           kept_name(x, name, sizeof name / sizeof *name, &x->once.name);
}

static void on_wake(struct page_waiter *waiter)
{
    struct once *once = (struct once *)((char *)waiter - offsetof(struct once, waiter));
    struct exchange *x = (struct exchange *)((char *)once - offsetof(struct exchange, once));
    x->ports->wake(x->owner, x);
}

static bool look(struct exchange *x, struct str label)
{
    struct once *once = &x->once;
    struct page_kept kept;
    bool equal;
    if (once->waiter.wake) /* woken, rightly or not */
        page_store_leave(store_of(x), &once->waiter);
    once->waiter.wake = on_wake;
    once->where = WHERE_KNOWN;
    enum page_found found =
        page_store_get(store_of(x), once->name, 0, now_ms(x), &once->waiter, x->arena, &kept);
    if (found == PAGE_FOUND && read_kept(x, &kept, &equal))
        return equal || refuse_other(x, label);
    if (arena_failed(x->arena))
        return fault_no_memory(x);
    once->flying =
        found != PAGE_LATER && page_flight_begin(store_of(x), once->name, 0, &once->waiter);
    if (!once->flying)
        once->where = WHERE_WAITS;
    return true;
}

bool once_go(struct exchange *x)
{
    struct str label, value = plan_once(x->run, &label);
    struct once *once = &x->once;
    if (value.n == 0 || !store_of(x) || !x->app) {
        once->where = WHERE_KNOWN;
        return true;
    }
    return (once->name.p || name_it(x, value)) && look(x, label);
}

void once_keep(struct exchange *x, struct str data)
{
    struct once *once = &x->once;
    struct buf text;
    if (!once->flying)
        return;
    buf_init_arena(&text, data.n + 128, x->arena);
    buf_printf(&text, "%s " STR_FMT " ", x->id, STR_ARG(once->print));
    buf_add_str(&text, data);
    if (!buf_failed(&text))
        kept_put(x, store_of(x), once->name, buf_str(&text), settings_of(x)->once_keep_ms);
}

bool exchange_stays(const struct exchange *x)
{
    return x->once.flying;
}

void once_leave(struct exchange *x)
{
    struct once *once = &x->once;
    if (once->flying)
        page_flight_end(store_of(x), once->name, 0);
    if (once->where == WHERE_WAITS)
        page_store_leave(store_of(x), &once->waiter);
    once->flying = false;
    once->where = WHERE_OPEN;
}
