/*
 * Generations of v202309: tables of one legacy endpoint that call it in its older and its newest
 * form, and the step from one to the other when upstream serves the older calls no more. That
 * step is what a set of plans learns while it is in use; everything else stays as compiled.
 */
#include "plan/compile.h"

void plans_set_target(struct plans *plans, enum plan_target target)
{
    plans->target = target;
}

/* Whether b serves all that a does. */
static bool covers(const struct plan *a, const struct plan *b)
{
    bool version =
        b->version.from <= a->version.from &&
        (!b->version.before || (a->version.before && a->version.before <= b->version.before));
    for (size_t i = 0; version && i < a->legacy_count; i++) {
        bool found = false;
        for (size_t j = 0; j < b->legacy_count && !found; j++)
            found = str_eq(a->legacy[i], b->legacy[j]);
        version = found;
    }
    return version;
}

void generations_pair(struct plans *plans)
{
    for (size_t i = 0; i < plans->count; i++)
        for (size_t j = 0; j < plans->count; j++) {
            struct plan *old = plans->plans[i], *new = plans->plans[j];
            if (old->generation == GENERATION_202309 && new->generation == GENERATION_NEWEST &&
                covers(old, new))
                old->newer = new;
        }
}

const struct plan *plan_newer(const struct plan *plan)
{
    return plan->plans->target == PLAN_TARGET_AUTO ? plan->newer : NULL;
}

bool plans_says_gone(const struct plans *plans, int64_t code)
{
    for (size_t i = 0; i < plans->gone_count; i++)
        if (plans->gone[i] == code)
            return true;
    return false;
}

bool plan_set_gone(const struct plan *plan)
{
    return !atomic_exchange(&((struct plan *)plan)->gone, true);
}

bool plan_gone(const struct plan *plan)
{
    return atomic_load_explicit(&plan->gone, memory_order_relaxed);
}

unsigned plans_gone(const struct plans *plans)
{
    unsigned count = 0;
    for (size_t i = 0; i < plans->count; i++)
        count += plan_gone(plans->plans[i]);
    return count;
}

void plans_inherit(struct plans *plans, const struct plans *old)
{
    for (size_t i = 0; i < plans->count; i++)
        for (size_t j = 0; j < old->count; j++)
            if (plan_gone(old->plans[j]) && plan_newer(plans->plans[i]) &&
                str_eq(plans->plans[i]->name, old->plans[j]->name))
                plan_set_gone(plans->plans[i]);
}
