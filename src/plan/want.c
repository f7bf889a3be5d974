/*
 * Wants, see want.h. Owns nothing: they live in the arena of the plans.
 */
#include "plan/want.h"

struct want *want_new(struct str name, struct arena *arena)
{
    struct want *want = ARENA_NEW(arena, struct want);
    if (want)
        want->name = name;
    return want;
}

struct want *want_find(const struct want *want, struct str name)
{
    for (struct want *below = want->first; below; below = below->next)
        if (str_eq(below->name, name))
            return below;
    return NULL;
}

struct want *want_below(struct want *want, struct str name, struct arena *arena)
{
    struct want *below = want_find(want, name);
    if (below)
        return below;
    below = want_new(name, arena);
    if (!below)
        return NULL;
    if (want->last)
        want->last->next = below;
    else
        want->first = below;
    want->last = below;
    return below;
}

static bool make_keys(struct want *want, size_t count, struct arena *arena)
{
    struct json_key *keys = ARENA_ARRAY(arena, struct json_key, count);
    size_t i = 0;
    if (!keys)
        return false;
    for (struct want *below = want->first; below; below = below->next)
        keys[i++] = (struct json_key){below->name, below->slot, below->keys};
    want->keys = json_keys_new(keys, count, arena);
    return want->keys != NULL;
}

bool want_seal(struct want *want, uint32_t *next_slot, struct arena *arena)
{
    want->slot = (*next_slot)++;
    size_t count = 0;
    for (struct want *below = want->first; below; below = below->next, count++)
        if (!want_seal(below, next_slot, arena))
            return false;
    want->slots = *next_slot - want->slot;
    return !count || make_keys(want, count, arena);
}

void want_set(const struct want *want, struct value value, struct value *slots, struct arena *arena)
{
    memset(&slots[want->slot], 0, want->slots * sizeof *slots);
    slots[want->slot] = value;
    if (want->keys && value.kind == VALUE_JSON && value.type == JSON_OBJECT)
        json_pick(value.as.json, want->keys, &slots->found, arena);
}
