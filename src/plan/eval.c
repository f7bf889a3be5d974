/*
 * Reading: operands, expressions, conditions and scopes of a run. See run.h.
 */
#include "plan/run.h"

#include <stdarg.h>
#include <stdio.h>

struct value run_fault(struct plan_run *run, const struct operand *from, const char *format, ...)
{
    if (arena_failed(run->arena)) /* what seems to be missing had no room */
        run_no_memory(run);
    if (run->failed)
        return VALUE_NONE;
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    run->failed = true;
    bool upstream = !from || from->upstream || !from->label.p;
    fault_at(&run->fault, upstream ? FAULT_UPSTREAM_BAD : FAULT_PARAMETER,
             from ? from->label : STR(""), "%s", text);
    return VALUE_NONE;
}

bool run_no_memory(struct plan_run *run)
{
    if (!run->failed)
        fault_set(&run->fault, FAULT_TOO_LARGE,
                  "the request needs more memory than the setting `memory` allows");
    run->failed = true;
    return false;
}

bool run_check(struct plan_run *run, struct fault *fault)
{
    if (arena_failed(run->arena))
        run_no_memory(run);
    if (run->failed)
        *fault = run->fault;
    return !run->failed;
}

struct value operand_read(struct plan_run *run, const struct operand *operand)
{
    return operand->constant ? value_constant(&operand->value) : run->slots[operand->slot];
}

/* A word that is meant for one value does its work on each element of a list. */
static struct value on_each(struct plan_run *run, const struct use *use, const struct value *list)
{
    struct list *out = value_new_list(run, value_count(run, list));
    struct elements elements = value_elements(list);
    struct value item;
    if (!out)
        return VALUE_NONE;
    while (elements_next(run, &elements, &item)) {
        if (value_there(&item))
            item = use->word->apply(run, use, &item);
        if (value_there(&item))
            out->items[out->count++] = item;
    }
    return value_list(out);
}

void expression_into(struct plan_run *run, const struct expression *expression, struct value *value)
{
    const struct operand *from = &expression->from;
    *value = from->constant ? value_constant(&from->value) : run->slots[from->slot];
    const struct use *use = expression->uses, *end = use + expression->count;
    for (; use < end; use++) {
        const struct word *word = use->word;
        if (value_there(value) ? word->only_absent : !word->takes_absent)
            continue;
        if (value_is_list(value) && !word->of_lists)
            *value = on_each(run, use, value);
        else
            *value = word->apply(run, use, value);
    }
}

static bool expression_holds(struct plan_run *run, const struct expression *expression)
{
    struct value value;
    if (!expression->from.constant && expression->count == 0)
        return value_holds(&run->slots[expression->from.slot]);
    expression_into(run, expression, &value);
    return value_holds(&value);
}

bool condition_holds(struct plan_run *run, const struct condition *condition)
{
    for (size_t i = 0; i < condition->count; i++)
        if (!expression_holds(run, &condition->all[i]))
            return false;
    return true;
}

void scope_enter(struct plan_run *run, const struct scope *scope, struct value value)
{
    want_set(scope->element, value, run->slots, run->arena);
}

void element_enter(struct plan_run *run, unsigned call, size_t index)
{
    struct call_state *state = &run->calls[call];
    const struct call *plan = &run->plan->calls[call];
    struct value value = VALUE_NONE;
    if (!plan->public.each)
        return;
    state->current = index;
    if (index < state->times)
        value = state->made[index].element;
    want_set(plan->element.element, value, run->slots, run->arena);
}
