/*
 * Guards: what a condition that holds, or one that does not, says about presence.
 *
 * `when: "x | is 'A'"` makes x sure to be there; so does what stands behind an alternative or
 * a refusal for `x | has | not`. Only what `accept` declares optional is ever guarded.
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

static void add(struct check *c, const struct expression *e, bool holds, const struct scene *scene)
{
    struct place nowhere = c->table;
    if (!says_presence(e, holds))
        return;
    c->silent++;
    resolve(c, &e->from, scene, &nowhere);
    c->silent--;
    for (size_t i = 0; i < c->trail_count && c->guard_count < CHECK_GUARDS; i++)
        c->guards[c->guard_count++] = c->trail[i];
}

void guard_holds(struct check *c, const struct condition *condition, const struct scene *scene)
{
    for (size_t i = 0; i < condition->count; i++)
        add(c, &condition->all[i], true, scene);
}

/* Of several conditions nobody knows which did not hold. */
void guard_fails(struct check *c, const struct condition *condition, const struct scene *scene)
{
    if (condition->count == 1)
        add(c, &condition->all[0], false, scene);
}

void check_condition(struct check *c, const struct condition *condition, const struct scene *scene,
                     const struct place *place)
{
    size_t before = c->guard_count;
    for (size_t i = 0; i < condition->count; i++) {
        struct place at = condition->count > 1 ? place_index(place, i) : *place;
        evaluate(c, &condition->all[i], scene, &at);
        add(c, &condition->all[i], true, scene);
    }
    c->guard_count = before;
}
