/*
 * One request: its begin, its calls and its reply. See plan.h.
 */
#include "plan/run.h"

#include <assert.h>

bool refusals_pass(struct plan_run *run, uint32_t calls, bool late, struct fault *fault)
{
    const struct plan *plan = run->plan;
    for (size_t i = 0; i < plan->refusal_count; i++) {
        const struct refusal *refusal = &plan->refusals[i];
        if (refusal->late != late || (refusal->needs & ~calls) != 0)
            continue;
        if (condition_holds(run, &refusal->when))
            return fault_set(fault, FAULT_REFUSED, STR_FMT ": " STR_FMT, STR_ARG(plan->legacy[0]),
                             STR_ARG(refusal->advice));
    }
    return run_check(run, fault);
}

struct plan_run *plan_begin(const struct plan *plan, const struct plan_request *request,
                            struct arena *arena, struct fault *fault)
{
    struct plan_run *run = ARENA_NEW(arena, struct plan_run);
    if (run)
        run->slots = ARENA_ARRAY(arena, struct value, plan->slot_count);
    if (!run || !run->slots) {
        fault_set(fault, FAULT_TOO_LARGE, "the setting `memory` allows no request at all");
        return NULL;
    }
    run->plan = plan;
    run->arena = arena;
    run->request = *request;
    if (request->version.n)
        run->slots[plan->client[0]->slot] = value_text(request->version);
    if (request->app_key.n)
        run->slots[plan->client[1]->slot] = value_text(request->app_key);
    return accept_request(run, fault) && refusals_pass(run, 0, false, fault) ? run : NULL;
}

void plan_set_shop(struct plan_run *run, const struct plan_shop *shop)
{
    const struct str parts[3] = {shop->id, shop->region, shop->cipher};
    for (size_t i = 0; i < 3; i++)
        run->slots[run->plan->shop[i]->slot] = parts[i].n ? value_text(parts[i]) : VALUE_NONE;
}

struct str plan_once(struct plan_run *run, struct str *label)
{
    const struct plan *plan = run->plan;
    *label = plan->has_once ? plan->once.from.label : STR_NONE;
    if (!plan->has_once)
        return STR_NONE;
    struct value value = expression_read(run, &plan->once);
    struct str text = value_as_text(run, &value);
    return text.n > 0 ? text : STR_NONE;
}

unsigned plan_memory_count(const struct plan *plan)
{
    return plan->memory_count;
}

void plan_memory(struct plan_run *run, unsigned index, struct str *name, struct str *of)
{
    const struct memory *memory = &run->plan->memories[index];
    struct value value = expression_read(run, &memory->of);
    *name = memory->name;
    *of = value_as_text(run, &value);
    if (!of->n)
        *of = STR_NONE;
}

void plan_recall(struct plan_run *run, unsigned index, struct str value)
{
    run->slots[run->plan->memories[index].want->slot] = value_text(value);
}

struct str plan_learned(struct plan_run *run, unsigned index, uint32_t finished)
{
    const struct memory *memory = &run->plan->memories[index];
    if (run->failed || (memory->needs & ~finished) != 0)
        return STR_NONE;
    struct value value = shape_leaf(run, memory->is);
    struct str text = value_as_text(run, &value);
    return !run->failed && text.n > 0 ? text : STR_NONE;
}

bool plan_call_wanted(struct plan_run *run, unsigned call)
{
    assert(call < run->plan->call_count);
    return condition_holds(run, &run->plan->calls[call].when);
}

/* How many of them are taken; false, and a fault, when all or nothing is. */
static bool bound(struct plan_run *run, const struct call *call, size_t *count, struct fault *fault)
{
    struct call_state *state = &run->calls[call - run->plan->calls];
    size_t most = call->public.most;
    if (*count <= most)
        return true;
    if (!call->public.part.p) {
        run_fault(run, &call->each.from, "holds %zu elements; at most %zu are taken in one request",
                  *count, most);
        return run_check(run, fault);
    }
    state->left_out = *count - most;
    *count = most;
    return true;
}

/* The elements of a call that is made for each row on the legacy page. */
static bool count_rows(struct plan_run *run, unsigned call, struct fault *fault)
{
    const struct call *plan = &run->plan->calls[call];
    struct call_state *state = &run->calls[call];
    size_t count = 0;
    for (size_t i = 0; i < run->pick_count; i++)
        if (run->picks[i].slot.call == plan->public.outer)
            count += run->picks[i].to - run->picks[i].from;
    if (!bound(run, plan, &count, fault))
        return false;
    state->made = ARENA_ARRAY(run->arena, struct made, count + 1);
    for (size_t i = 0; i < run->pick_count && state->made; i++) {
        const struct pick *pick = &run->picks[i];
        if (pick->slot.call != plan->public.outer)
            continue;
        struct json row = json_at(picked_page(run, pick)->rows, pick->from);
        for (size_t n = pick->from; n < pick->to && state->times < count; n++, row = json_next(row))
            state->made[state->times++].element = value_json(row);
    }
    state->current = state->times;
    run->slots[plan->want->slot] = value_answers(call);
    return run_check(run, fault);
}

/* Takes the elements of `each` out of its list. */
static bool count_elements(struct plan_run *run, unsigned call, struct fault *fault)
{
    const struct call *plan = &run->plan->calls[call];
    struct call_state *state = &run->calls[call];
    struct value list = expression_read(run, &plan->each), item;
    if (!run_check(run, fault))
        return false;
    if (value_there(&list) && !value_is_list(&list)) {
        run_fault(run, &plan->each.from, "expected a list, found %s",
                  json_type_name(value_type(&list)));
        return run_check(run, fault);
    }
    size_t count = value_count(run, &list);
    if (!bound(run, plan, &count, fault))
        return false;
    state->made = ARENA_ARRAY(run->arena, struct made, count + 1);
    if (!state->made)
        return run_check(run, fault);
    struct elements elements = value_elements(&list);
    while (state->times < count && elements_next(run, &elements, &item))
        if (value_there(&item))
            state->made[state->times++].element = item;
    state->current = state->times;
    run->slots[plan->want->slot] = value_answers(call);
    return true;
}

bool plan_call_times(struct plan_run *run, unsigned call, size_t *times, struct fault *fault)
{
    assert(call < run->plan->call_count);
    const struct call *plan = &run->plan->calls[call];
    struct call_state *state = &run->calls[call];
    if (!refusals_pass(run, plan->public.needs, true, fault))
        return false;
    if (plan->public.nested) {
        run->slots[plan->want->slot] = value_answers(call);
    } else if (!state->counted && plan->public.each) {
        if (!(plan->public.per_row ? count_rows(run, call, fault)
                                   : count_elements(run, call, fault)))
            return false;
    } else if (!state->counted) {
        state->times = 1;
        state->made = ARENA_ARRAY(run->arena, struct made, 1);
    }
    state->counted = true;
    *times = state->times;
    return run_check(run, fault);
}

/* ---- the reply ---- */

static void put_page(struct plan_run *run, void *ctx, struct json_writer *w)
{
    const struct plan_page_given *page = ctx;
    const struct pages *pages = &run->plan->pages;
    if (!page)
        return;
    if (pages->next.p) {
        json_put_key_raw(w, pages->next_key);
        json_put_string(w, page->next.p ? page->next : STR(""));
    }
    if (pages->more.p) {
        json_put_key_raw(w, pages->more_key);
        json_put_bool(w, page->more);
    }
}

bool plan_reply(struct plan_run *run, const struct plan_page_given *page, struct json_writer *w,
                struct fault *fault)
{
    assert(run->plan->reply);
    struct plan_page_given given = page ? *page : (struct plan_page_given){0};
    if (!refusals_pass(run, UINT32_MAX, true, fault))
        return false;
    shape_write_whole(run, run->plan->reply, w, put_page, page ? &given : NULL);
    return run_check(run, fault);
}
