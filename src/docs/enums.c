/*
 * The enums that the tables of a page use, with their pairs. See inside.h.
 */
#include "docs/inside.h"

enum { ENUMS = 256 };

struct used {
    const struct enum_map *maps[ENUMS];
    size_t count;
};

static void add_map(struct used *used, const struct enum_map *map)
{
    for (size_t i = 0; i < used->count; i++)
        if (used->maps[i] == map)
            return;
    if (map && used->count < ENUMS)
        used->maps[used->count++] = map;
}

static void from_expression(struct used *used, const struct expression *e)
{
    for (size_t i = 0; i < e->count; i++)
        add_map(used, e->uses[i].map);
}

static void from_condition(struct used *used, const struct condition *condition)
{
    for (size_t i = 0; i < condition->count; i++)
        from_expression(used, &condition->all[i]);
}

static void from_shape(struct used *used, const struct shape *shape)
{
    if (!shape)
        return;
    from_expression(used, &shape->of);
    from_condition(used, &shape->when);
    for (size_t i = 0; i < shape->source_count; i++)
        from_expression(used, &shape->sources[i]);
    for (size_t i = 0; i < shape->by_count; i++)
        from_expression(used, &shape->by[i]);
    for (size_t i = 0; i < shape->count; i++)
        from_shape(used, &shape->members[i]);
}

static void from_plan(struct used *used, const struct plan *plan)
{
    for (unsigned i = 0; i < plan->call_count; i++) {
        const struct call *call = &plan->calls[i];
        from_condition(used, &call->when);
        from_expression(used, &call->each);
        from_expression(used, &call->order);
        from_shape(used, call->order_choice);
        for (size_t k = 0; k < call->path_count; k++)
            from_expression(used, &call->path[k].expression);
        from_shape(used, call->query);
        from_shape(used, call->body);
        for (size_t k = 0; k < call->form_count; k++) {
            from_expression(used, &call->form[k].of);
            from_shape(used, call->form[k].choice);
        }
        for (size_t k = 0; k < call->forgive_count; k++) {
            from_condition(used, &call->forgive[k].when);
            from_shape(used, call->forgive[k].data);
        }
    }
    for (unsigned i = 0; i < plan->memory_count; i++) {
        from_expression(used, &plan->memories[i].of);
        from_shape(used, plan->memories[i].is);
    }
    from_expression(used, &plan->once);
    for (size_t i = 0; i < plan->refusal_count; i++)
        from_condition(used, &plan->refusals[i].when);
    from_condition(used, &plan->pages.descending);
    from_shape(used, plan->reply);
}

/* ---- a table of pairs ---- */

/* A value without quotes: its type is told where it is used. */
static void put_value(struct str text, struct buf *out)
{
    buf_add_char(out, '`');
    put_cell(text.n ? text : STR("\"\""), out);
    buf_add_char(out, '`');
}

static void put_pair(const struct enum_pair *pair, bool to_legacy, const char *arrow,
                     struct buf *out)
{
    const struct str made = pair->absent ? STR_NONE : pair->to.text;
    const struct str sides[2] = {to_legacy ? made : pair->from, to_legacy ? pair->from : made};
    for (size_t i = 0; i < 2; i++) {
        buf_add_str(out, i ? str_from(arrow) : STR("| "));
        if (sides[i].p)
            put_value(sides[i], out);
        else
            buf_add_str(out, STR("left out"));
    }
    buf_add_str(out, STR(" |\n"));
}

/* The pairs of one direction; those of both are told with the first. */
static void put_side(const struct enum_side *side, const struct enum_side *other, bool to_legacy,
                     struct buf *out)
{
    for (size_t i = 0; i < side->count; i++) {
        const struct enum_pair *pair = &side->pairs[i];
        const struct enum_pair *back = pair->absent ? NULL : enum_find(other, pair->to.text);
        bool both = back && !back->absent && str_eq(back->to.text, pair->from);
        if (!both || !to_legacy)
            put_pair(pair, to_legacy, both ? " | ↔ | " : to_legacy ? " | ← | " : " | → | ", out);
    }
}

static void put_enum(const struct enum_map *map, struct buf *out)
{
    buf_printf(out, "\n### enum " STR_FMT "\n\n| legacy | | v202309 |\n|---|---|---|\n",
               STR_ARG(map->name));
    put_side(&map->to_upstream, &map->to_legacy, false, out);
    put_side(&map->to_legacy, &map->to_upstream, true, out);
    if (map->has_unknown && !map->unknown_absent) {
        buf_add_str(out, STR("| "));
        put_value(map->unknown.text, out);
        buf_add_str(out, STR(" | ← | any other |\n"));
    } else if (map->has_unknown) {
        buf_add_str(out, STR("| left out | ← | any other |\n"));
    }
}

void put_enums(const struct docs_row *rows, size_t count, struct arena *arena, struct buf *out)
{
    struct used *used = ARENA_NEW(arena, struct used);
    if (!used)
        return;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < rows[i].plan_count; k++)
            from_plan(used, rows[i].plans[k]);
    if (used->count)
        buf_add_str(out, STR("\n## Values\n\nWhat is not listed is refused in a request.\n"));
    for (size_t i = 0; i < used->count; i++)
        put_enum(used->maps[i], out);
}
