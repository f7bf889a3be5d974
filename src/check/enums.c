/*
 * Enums in use: every listed value of the one side is mapped, every pair is met somewhere.
 */
#include "check/inside.h"

static const struct enum_side *side_of(const struct use *use)
{
    return use->to_legacy ? &use->map->to_legacy : &use->map->to_upstream;
}

struct enum_tally *new_tallies(struct check *c, const struct enum_map *maps, size_t count)
{
    struct enum_tally *tallies = ARENA_ARRAY(c->arena, struct enum_tally, count + 1);
    for (size_t i = 0; tallies && i < count; i++) {
        tallies[i].map = &maps[i];
        tallies[i].to_legacy.met = ARENA_ARRAY(c->arena, bool, maps[i].to_legacy.count + 1);
        tallies[i].to_upstream.met = ARENA_ARRAY(c->arena, bool, maps[i].to_upstream.count + 1);
    }
    return tallies;
}

/* By a name that is no common word. */
static bool assumed_enum(const struct check *c, struct str name)
{
    return str_find(name, '_') < name.n && assumed_value(c, name);
}

static struct tally *tally_of(struct check *c, const struct use *use)
{
    struct enum_tally *lists[] = {c->own_tallies, c->tallies};
    size_t counts[] = {c->plan->enum_count, c->plans->enum_count};
    for (size_t l = 0; l < 2; l++)
        for (size_t i = 0; lists[l] && i < counts[l]; i++)
            if (lists[l][i].map == use->map)
                return use->to_legacy ? &lists[l][i].to_legacy : &lists[l][i].to_upstream;
    return NULL;
}

static void not_mapped(struct check *c, const struct use *use, const struct sort *in,
                       struct str value, const struct place *place)
{
    if (assumed_value(c, value) || assumed_enum(c, use->map->name) || assumed_field(c, in->field) ||
        (in->request && in->field && lost_in_request(c, in->field->path)) ||
        (c->making && use->to_legacy && lost_in_answer(c, c->making->path)))
        return;
    const struct contract *owner = in->field ? section_owner(c, in->section) : NULL;
    struct str where = in->field ? field_name(c, owner, in->section, in->field) : STR("it");
    report(c, place,
           "`" STR_FMT "` may be '" STR_FMT "', which no pair of the enum '" STR_FMT "' maps%s",
           STR_ARG(where), STR_ARG(value), STR_ARG(use->map->name),
           use->to_legacy ? "" : ", so the request is refused");
}

static void meet(struct check *c, const struct use *use, const struct sort *in, struct tally *tally,
                 const struct place *place)
{
    const struct enum_side *side = side_of(use);
    for (size_t i = 0; i < in->value_count; i++) {
        const struct enum_pair *pair = enum_find(side, in->values[i]);
        if (!pair)
            not_mapped(c, use, in, in->values[i], place);
        else if (tally)
            tally->met[pair - side->pairs] = true;
    }
}

void check_enum_use(struct check *c, const struct use *use, const struct sort *in,
                    const struct place *place)
{
    struct tally *tally = tally_of(c, use);
    if (tally)
        tally->uses++;
    for (; in; in = in->other) {
        if (in->kinds == SORT_LIST && in->item)
            check_enum_use(c, use, in->item, place);
        else if (in->values)
            meet(c, use, in, tally, place);
        else if (tally && in->kinds != SORT_LIST)
            tally->open = true;
    }
}

/* ---- what comes out ---- */

struct outcomes {
    struct str *values;
    size_t count;
    unsigned kinds;
};

static void add_outcome(struct check *c, struct outcomes *out, const struct constant *value)
{
    for (size_t i = 0; i < out->count; i++)
        if (str_eq(out->values[i], value->text))
            return;
    out->kinds |= sort_of_constant(c->arena, value)->kinds;
    out->values[out->count++] = value->text;
}

static const struct sort *sort_of_outcomes(struct check *c, const struct outcomes *out)
{
    struct sort sort = {.kinds = out->kinds,
                        .vague = (out->kinds & (out->kinds - 1)) != 0,
                        .values = out->values,
                        .value_count = out->count};
    return sort_copy(c->arena, out->count ? &sort : &sort_anything);
}

const struct sort *enum_gives(struct check *c, const struct use *use, const struct sort *in)
{
    const struct enum_side *side = side_of(use);
    struct outcomes out = {ARENA_ARRAY(c->arena, struct str, side->count + 2), 0, 0};
    if (!out.values)
        return &sort_anything;
    for (size_t i = 0; i < side->count; i++) {
        bool there = !in->values;
        for (size_t k = 0; k < in->value_count && !there; k++)
            there = str_eq(in->values[k], side->pairs[i].from);
        if (there && !side->pairs[i].absent)
            add_outcome(c, &out, &side->pairs[i].to);
    }
    if (use->to_legacy && !use->map->unknown_absent && use->map->has_unknown)
        add_outcome(c, &out, &use->map->unknown);
    return sort_of_outcomes(c, &out);
}

/* ---- pairs that nobody meets ---- */

/* Of an enum that tables share, by any of them. */
static bool confessed(struct check *c, struct str value)
{
    if (c->plan)
        return assumed_value(c, value);
    bool any = false;
    for (size_t i = 0; i < c->plans->count && !any; i++) {
        c->plan = c->plans->plans[i];
        any = assumed_value(c, value);
    }
    c->plan = NULL;
    return any;
}

static void check_tally(struct check *c, const struct enum_side *side, const struct tally *tally,
                        const char *whose, const struct place *place)
{
    if (!tally->uses || tally->open)
        return;
    for (size_t i = 0; i < side->count; i++) {
        struct str from = side->pairs[i].from;
        if (tally->met[i] || confessed(c, from))
            continue;
        report(c, place,
               "maps '" STR_FMT "', which no %s field that this enum reads may be: the pair "
               "applies to nothing",
               STR_ARG(from), whose);
    }
}

void check_tallies(struct check *c, struct enum_tally *tallies, size_t count,
                   const struct place *place)
{
    for (size_t i = 0; tallies && i < count; i++) {
        struct place at = place_key(place, tallies[i].map->name.p);
        check_tally(c, &tallies[i].map->to_legacy, &tallies[i].to_legacy, "v202309", &at);
        check_tally(c, &tallies[i].map->to_upstream, &tallies[i].to_upstream, "legacy", &at);
    }
}
