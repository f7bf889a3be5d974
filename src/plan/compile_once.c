/*
 * `once`: what makes a repeat of a request known as one. See compile.h.
 *
 * Refused: a value that is not there before all calls, a table that changes nothing or gives a
 * list page by page, where a repeat does no harm and an old answer would.
 */
#include "plan/compile.h"

static bool changes_something(const struct plan *plan)
{
    for (unsigned i = 0; i < plan->call_count; i++)
        if (plan->calls[i].public.changes)
            return true;
    return false;
}

bool compile_once(struct compiler *c, const cJSON *once, const struct place *place)
{
    struct view outer = {0};
    uint32_t needs = 0;
    struct plan *plan = c->plan;
    if (!once)
        return true;
    if (!cJSON_IsString(once))
        return place_error(place, "expected an expression, found %s", place_kind(once));
    plan->has_once = true;
    c->needs = &needs;
    bool good = compile_expression(c, once->valuestring, &outer, place, &plan->once, NULL);
    c->needs = NULL;
    if (good && needs)
        return place_error(place, "it is read before any call, so no answer is there");
    if (good && !plan->once.faulty && !plan->once.from.label.p)
        return place_error(place, "expected an expression that begins with a path");
    if (!changes_something(plan))
        return place_error(place, "no call changes anything, so this applies to nothing");
    if (plan->pages.form.style != PLAN_PAGE_NONE)
        return place_error(place, "a list that comes page by page is not read once");
    return good;
}
