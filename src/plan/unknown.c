/*
 * Values of v202309 enums that no pair knows: counted all, logged once each.
 */
#include "plan/run.h"

#include "base/log.h"

void unknown_value(const struct plans *plans, const struct enum_map *map, struct str value)
{
    /* The only thing about plans that changes; everything else stays as it was compiled. */
    struct unknowns *unknowns = (struct unknowns *)&plans->unknowns;
    uint64_t h = str_hash(value) * 31 + str_hash(map->name);
    bool fresh = true;
    atomic_fetch_add_explicit(&unknowns->count, 1, memory_order_relaxed);
    pthread_mutex_lock(&unknowns->lock);
    for (size_t i = 0; i < unknowns->logged_count && fresh; i++)
        fresh = unknowns->logged[i] != h;
    if (unknowns->logged_count == UNKNOWN_VALUES)
        fresh = false;
    else if (fresh)
        unknowns->logged[unknowns->logged_count++] = h;
    pthread_mutex_unlock(&unknowns->lock);
    if (fresh)
        log_warn("value of v202309 that the table does not know enum=" STR_FMT " value=%.*s",
                 STR_ARG(map->name), (int)(value.n < 80 ? value.n : 80), value.p);
}
