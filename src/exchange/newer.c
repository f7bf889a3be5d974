/*
 * The step to newer calls: where v202309 calls were themselves replaced, a table of the newest
 * ones stands beside that of the older ones. When upstream says that it serves an older call no
 * more, the same request is done again by the newer table, and when that is served, so are all
 * that follow. A request that may have changed something is not done again.
 */
#include "base/log.h"
#include "exchange/life.h"

static bool says_gone(const struct exchange *x)
{
    return x->fault.kind == FAULT_UPSTREAM && plans_says_gone(x->plans, x->fault.code);
}

static bool may_have_changed(const struct exchange *x)
{
    for (unsigned i = 0; i < x->sent_count; i++)
        if (x->sent[i]->under_way && !x->sent[i]->send.repeatable)
            return true;
    return x->writes_done > 0;
}

bool newer_take(struct exchange *x)
{
    const struct plan *newer = x->plan && !x->older ? plan_newer(x->plan) : NULL;
    if (x->state != EXCHANGE_CALLING || !newer || !says_gone(x) || may_have_changed(x))
        return false;
    x->older = x->plan;
    route_to(x, newer);
    return true;
}

void newer_keep(struct exchange *x)
{
    if (!x->older || says_gone(x) || !plan_set_gone(x->older))
        return;
    struct str name = plan_name(x->older);
    log_warn("upstream no longer serves what endpoint=" STR_FMT
             " calls: newer calls are made from now on (setting target)",
             STR_ARG(name));
}
