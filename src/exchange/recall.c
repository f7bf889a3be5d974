/*
 * What a table remembers: learned from the answers to one request, known to later ones about the
 * same thing, whatever their endpoint, of the same app and shop. It saves calls and nothing
 * else: a store that does not answer at once is not waited for, and what cannot be kept is
 * learned again.
 */
#include "exchange/life.h"

static struct page_store *store_of(const struct exchange *x)
{
    return x->host->common.store;
}

/* False without a name: the request does not say of what, or something fails. */
static bool name_of(struct exchange *x, unsigned memory, struct str *out)
{
    struct str name, of, owner = x->shop.id.n > 0 ? x->shop.id : x->shop.cipher;
    plan_memory(x->run, memory, &name, &of);
    const struct str parts[] = {STR("remember"), name, x->asked.app_key,
                                owner.n > 0 ? owner : x->token, of};
    return of.p && kept_name(x, parts, sizeof parts / sizeof *parts, out);
}

static void no_wake(struct page_waiter *waiter)
{
    (void)waiter;
}

/* Most tables remember nothing, and pay for nothing. */
static bool remembers(const struct exchange *x)
{
    return plan_memory_count(x->plan) > 0 && x->app && store_of(x);
}

void recall_all(struct exchange *x)
{
    if (!remembers(x))
        return;
    struct fault before = x->fault;
    for (unsigned i = 0; i < plan_memory_count(x->plan); i++) {
        struct page_waiter waiter = {.wake = no_wake};
        struct page_kept kept;
        struct str name;
        if (!name_of(x, i, &name))
            continue;
        enum page_found found =
            page_store_get(store_of(x), name, 0, now_ms(x), &waiter, x->arena, &kept);
        if (found == PAGE_LATER)
            page_store_leave(store_of(x), &waiter);
        struct str value = found == PAGE_FOUND ? kept_open(x, name, &kept) : STR_NONE;
        if (value.p)
            plan_recall(x->run, i, value);
    }
    x->fault = before;
}

void recall_keep(struct exchange *x)
{
    if (!x->run || !remembers(x))
        return;
    struct fault before = x->fault;
    for (unsigned i = 0; i < plan_memory_count(x->plan); i++) {
        struct str name, value = plan_learned(x->run, i, x->finished);
        if (value.p && name_of(x, i, &name))
            kept_put(x, store_of(x), name, value, settings_of(x)->remember_ms);
    }
    x->fault = before;
}
