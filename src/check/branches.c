/*
 * Shapes of which one or another is made: the rows of merged lists, the alternatives of a
 * choice. What the app gets in one case it gets in all of them, or the table confesses that it
 * does not. See inside.h.
 *
 * Cases that make no members at all (a constant, null, something handed on) are not compared.
 */
#include "check/inside.h"

#include <stdio.h>

struct branch {
    bool *given;
    struct str *stands;
    struct place place;
    bool compared;
};

struct branches {
    struct target target;
    struct branch *items;
    size_t count;
};

struct branches *branches_new(struct check *c, const struct target *target, size_t count)
{
    if (target->kind != TARGET_ANSWER || !target->section || !target->given || count < 2)
        return NULL;
    struct branches *branches = ARENA_NEW(c->arena, struct branches);
    size_t fields = target->section->count + 1;
    if (!branches)
        return NULL;
    *branches = (struct branches){.target = *target, .count = count};
    branches->items = ARENA_ARRAY(c->arena, struct branch, count);
    for (size_t i = 0; branches->items && i < count; i++) {
        branches->items[i].given = ARENA_ARRAY(c->arena, bool, fields);
        branches->items[i].stands = ARENA_ARRAY(c->arena, struct str, fields);
        if (!branches->items[i].given || !branches->items[i].stands)
            return NULL;
    }
    return branches->items ? branches : NULL;
}

static bool makes_members(const struct shape *shape)
{
    if (shape->kind == SHAPE_OBJECT)
        return true;
    for (size_t i = 0; i < shape->count; i++)
        if (makes_members(&shape->members[i]))
            return true;
    return false;
}

struct target branch_target(struct branches *branches, size_t index, const struct shape *made,
                            const struct target *target, const struct place *place)
{
    struct target own = *target;
    if (!branches)
        return own;
    struct branch *branch = &branches->items[index];
    branch->place = *place;
    branch->compared = makes_members(made);
    own.given = branch->given;
    own.stands = branch->stands;
    return own;
}

/* Adds what one case made to what the whole does. */
static void join(struct branches *branches, const struct branch *branch)
{
    struct target *target = &branches->target;
    for (size_t i = 0; i < target->section->count; i++) {
        target->given[i] |= branch->given[i];
        if (target->stands && !target->stands[i].p)
            target->stands[i] = branch->stands[i];
    }
}

/* The field is made in another case, and what it stands in is made in this one. */
static bool lacks(const struct branches *branches, const struct branch *branch,
                  const struct contract_field *field)
{
    bool inside = field->parent == branches->target.field ||
                  (field->parent && branch->given[field->parent->index]);
    bool elsewhere = false;
    for (size_t i = 0; i < branches->count; i++)
        elsewhere |= branches->items[i].given[field->index];
    return branch->compared && inside && elsewhere && !branch->given[field->index];
}

void branches_end(struct check *c, struct branches *branches)
{
    for (size_t i = 0; branches && i < branches->count; i++) {
        const struct branch *branch = &branches->items[i];
        const struct target *target = &branches->target;
        for (size_t k = 0; k < target->section->count; k++) {
            const struct contract_field *field = &target->section->items[k];
            if (!lacks(branches, branch, field) || lost_in_answer(c, field->path))
                continue;
            struct place at = branch->place;
            if (branch->stands[k].p)
                snprintf(at.path, sizeof at.path, STR_FMT, STR_ARG(branch->stands[k]));
            report(c, &at,
                   "`answer." STR_FMT "` of " STR_FMT " is made in another case, but neither made "
                   "here nor confessed in `loses.answer`",
                   STR_ARG(field->path), STR_ARG(target->contract->call));
        }
    }
    for (size_t i = 0; branches && i < branches->count; i++)
        join(branches, &branches->items[i]);
}
