/*
 * Values of v202309 enums that no pair knows: counted all, and each by itself, logged once each.
 * The different ones that are told apart are bounded: an upstream that makes up values without
 * end fills no memory.
 */
#include "plan/run.h"

#include "base/log.h"

/* Its first bytes, not cut within a character, and none from a NUL on: it is kept as a C text. */
static size_t short_length(struct str value)
{
    value.n = str_find(value, '\0');
    size_t n = value.n < PLAN_UNKNOWN_VALUE ? value.n : PLAN_UNKNOWN_VALUE - 1;
    while (n < value.n && n > 0 && ((unsigned char)value.p[n] & 0xC0) == 0x80)
        n--;
    return n;
}

/* With the lock; NULL when there is no more room. */
static struct unknown *entry_of(struct unknowns *unknowns, const struct plan *plan,
                                const struct enum_map *map, struct str value, bool *fresh)
{
    *fresh = false;
    for (size_t i = 0; i < unknowns->value_count; i++) {
        struct unknown *at = &unknowns->values[i];
        if (at->plan == plan && at->map == map && str_eq(str_from(at->value), value))
            return at;
    }
    if (unknowns->value_count == UNKNOWN_VALUES)
        return NULL;
    struct unknown *at = &unknowns->values[unknowns->value_count++];
    *at = (struct unknown){.plan = plan, .map = map};
    memcpy(at->value, value.p, value.n);
    *fresh = true;
    return at;
}

void unknown_value(const struct plan *plan, const struct enum_map *map, struct str value)
{
    struct unknowns *unknowns = &plan->plans->unknowns;
    bool fresh = false;
    value.n = short_length(value);
    atomic_fetch_add_explicit(&unknowns->count, 1, memory_order_relaxed);
    pthread_mutex_lock(&unknowns->lock);
    struct unknown *entry = entry_of(unknowns, plan, map, value, &fresh);
    if (entry)
        entry->count++;
    pthread_mutex_unlock(&unknowns->lock);
    if (fresh)
        log_warn("value of v202309 that the table does not know table=" STR_FMT " enum=" STR_FMT
                 " value=" STR_FMT,
                 STR_ARG(plan->name), STR_ARG(map->name), STR_ARG(value));
}

bool plans_unknown_at(const struct plans *plans, size_t index, struct plan_unknown *out)
{
    struct unknowns *unknowns = (struct unknowns *)&plans->unknowns;
    pthread_mutex_lock(&unknowns->lock);
    bool there = index < unknowns->value_count;
    if (there) {
        const struct unknown *at = &unknowns->values[index];
        *out = (struct plan_unknown){
            .table = at->plan->name, .name = at->map->name, .count = at->count};
        memcpy(out->value, at->value, sizeof out->value);
    }
    pthread_mutex_unlock(&unknowns->lock);
    return there;
}
