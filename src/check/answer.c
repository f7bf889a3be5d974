/*
 * The reply against the legacy contract: nothing is made that the app does not know, nothing
 * that it knows is left out in silence.
 */
#include "check/inside.h"

#include <stdio.h>

static void give(struct target *target, struct str name)
{
    const struct contract_field *field = contract_member(target->section, NULL, name);
    if (field)
        target->given[field->index] = true;
}

/* Told where the object stands to which it belongs. */
static void check_missing(struct check *c, const struct target *target)
{
    const struct contract_fields *answer = target->section;
    struct place reply = place_key(&c->table, "reply");
    for (size_t i = 0; i < answer->count; i++) {
        const struct contract_field *field = &answer->items[i];
        if (target->given[i] || (field->parent && !target->given[field->parent->index]))
            continue;
        if (lost_in_answer(c, field->path))
            continue;
        struct place at = reply;
        if (target->stands[i].p)
            snprintf(at.path, sizeof at.path, STR_FMT, STR_ARG(target->stands[i]));
        report(c, &at,
               "`answer." STR_FMT "` of " STR_FMT " is neither made nor confessed in "
               "`loses.answer`",
               STR_ARG(field->path), STR_ARG(target->contract->call));
    }
}

static void check_reply(struct check *c, const struct contract *contract)
{
    static const struct scene outermost;
    struct place at = place_key(&c->table, "reply");
    struct target target = {.kind = TARGET_ANSWER, .contract = contract};
    if (contract) {
        target.section = &contract->answer;
        target.given = ARENA_ARRAY(c->arena, bool, contract->answer.count + 1);
        target.stands = ARENA_ARRAY(c->arena, struct str, contract->answer.count + 1);
        if (!target.given || !target.stands)
            return;
        if (c->plan->pages.next.p)
            give(&target, c->plan->pages.next);
        if (c->plan->pages.more.p)
            give(&target, c->plan->pages.more);
    }
    check_shape(c, c->plan->reply, &outermost, &target, &at);
    if (contract)
        check_missing(c, &target);
}

void check_answer(struct check *c)
{
    for (size_t i = 0; i < c->legacy_count; i++)
        check_reply(c, c->legacy[i]);
    if (!c->legacy_count)
        check_reply(c, NULL);
}
