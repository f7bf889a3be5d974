/*
 * Guards: what a condition that holds, or one that does not, says about presence.
 *
 * `when: "x | is 'A'"` makes x sure to be there; so does what stands behind an alternative or
 * a refusal for `x | has | not`. Behind a refusal for both `x | has | not` and `y | has | not`
 * one of the two is there. Only what `accept` declares optional is ever guarded.
 */
#include "check/inside.h"

bool guarded(const struct check *c, const struct type *type)
{
    for (size_t i = 0; i < c->guard_count; i++)
        if (c->guards[i] == type)
            return true;
    return false;
}

static bool is_word(const struct use *use, const char *name)
{
    return strcmp(use->word->name, name) == 0;
}

static bool holds_type(const struct type *const types[], size_t count, const struct type *type)
{
    for (size_t i = 0; i < count; i++)
        if (types[i] == type)
            return true;
    return false;
}

bool guarded_any(const struct check *c, const struct type *const types[], size_t count)
{
    for (size_t g = 0; g < c->group_count; g++) {
        size_t found = 0;
        for (size_t i = 0; i < c->groups[g].count; i++)
            found += holds_type(types, count, c->groups[g].types[i]);
        if (found == c->groups[g].count)
            return true;
    }
    return false;
}

/* Whether the operand is there when the expression holds (or does not). */
static bool says_presence(const struct expression *e, bool holds)
{
    size_t count = e->count;
    if (e->from.constant)
        return false;
    while (count && is_word(&e->uses[count - 1], "not")) {
        holds = !holds;
        count--;
    }
    if (!holds)
        return false;
    if (count && is_word(&e->uses[count - 1], "has"))
        count--;
    for (size_t i = 0; i < count; i++)
        if (e->uses[i].word->takes_absent)
            return false;
    return true;
}

struct guard_level guard_level(const struct check *c)
{
    return (struct guard_level){c->guard_count, c->group_count};
}

void guard_reset(struct check *c, struct guard_level level)
{
    c->guard_count = level.guards;
    c->group_count = level.groups;
}

/* The types that the operand's path passes go to the trail. */
static void follow(struct check *c, const struct expression *e, const struct scene *scene)
{
    struct place nowhere = c->table;
    c->silent++;
    resolve(c, &e->from, scene, &nowhere);
    c->silent--;
}

static void add(struct check *c, const struct expression *e, bool holds, const struct scene *scene)
{
    if (!says_presence(e, holds))
        return;
    follow(c, e, scene);
    for (size_t i = 0; i < c->trail_count && c->guard_count < CHECK_GUARDS; i++)
        c->guards[c->guard_count++] = c->trail[i];
}

/* Of several conditions at least one did not hold. */
static void add_group(struct check *c, const struct condition *condition, const struct scene *scene)
{
    struct guard_group group = {{NULL}, 0};
    if (condition->count > CHECK_GROUP || c->group_count == CHECK_GROUPS)
        return;
    for (size_t i = 0; i < condition->count; i++) {
        if (!says_presence(&condition->all[i], false))
            return;
        follow(c, &condition->all[i], scene);
        if (!c->trail_count)
            return;
        group.types[group.count++] = c->trail[c->trail_count - 1];
    }
    c->groups[c->group_count++] = group;
}

void guard_holds(struct check *c, const struct condition *condition, const struct scene *scene)
{
    for (size_t i = 0; i < condition->count; i++)
        add(c, &condition->all[i], true, scene);
}

void guard_fails(struct check *c, const struct condition *condition, const struct scene *scene)
{
    if (condition->count == 1)
        add(c, &condition->all[0], false, scene);
    else if (condition->count)
        add_group(c, condition, scene);
}

void check_condition(struct check *c, const struct condition *condition, const struct scene *scene,
                     const struct place *place)
{
    struct guard_level before = guard_level(c);
    for (size_t i = 0; i < condition->count; i++) {
        struct place at = condition->count > 1 ? place_index(place, i) : *place;
        evaluate(c, &condition->all[i], scene, &at);
        add(c, &condition->all[i], true, scene);
    }
    guard_reset(c, before);
}
