/*
 * What apps are given for values that nobody knew: the `unknown` of the enums that a reply reads.
 * See plan.h.
 */
#include "plan/compiled.h"

struct gathering {
    struct plan_stand_in *out;
    size_t room, count;
};

static void add_map(struct gathering *g, const struct enum_map *map)
{
    for (size_t i = 0; i < g->count && i < g->room; i++)
        if (str_eq(g->out[i].name, map->name))
            return;
    if (g->count < g->room)
        g->out[g->count] =
            (struct plan_stand_in){map->name, map->unknown_absent ? STR_NONE : map->unknown.text};
    g->count++;
}

static void from_expression(struct gathering *g, const struct expression *e)
{
    for (size_t i = 0; i < e->count; i++)
        if (e->uses[i].map && e->uses[i].to_legacy && e->uses[i].map->has_unknown)
            add_map(g, e->uses[i].map);
}

static void from_shape(struct gathering *g, const struct shape *shape)
{
    from_expression(g, &shape->of);
    for (size_t i = 0; i < shape->when.count; i++)
        from_expression(g, &shape->when.all[i]);
    for (size_t i = 0; i < shape->source_count; i++)
        from_expression(g, &shape->sources[i]);
    for (size_t i = 0; i < shape->by_count; i++)
        from_expression(g, &shape->by[i]);
    for (size_t i = 0; i < shape->count; i++)
        from_shape(g, &shape->members[i]);
}

size_t plan_stand_ins(const struct plan *plan, struct plan_stand_in *out, size_t room)
{
    struct gathering g = {out, room, 0};
    if (plan->reply)
        from_shape(&g, plan->reply);
    return g.count;
}
