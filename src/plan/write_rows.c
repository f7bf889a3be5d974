/*
 * Rows of the legacy page in the reply: the parts of upstream pages that were picked, in their
 * order, each row by the shape of its call. See run.h.
 */
#include "plan/run.h"

/*
 * Makes readable what was asked for that row of a call; `number` counts its rows on the page. The
 * answers for rows of other calls, and for all outside of rows, are lists.
 */
static void enter_row(struct plan_run *run, unsigned call, size_t number)
{
    for (unsigned i = 0; i < run->plan->call_count; i++) {
        const struct call *other = &run->plan->calls[i];
        if (!other->public.per_row || !run->calls[i].counted)
            continue;
        struct value value =
            other->public.outer == call ? answer_of(run, i, number) : value_answers(i);
        want_set(other->want, value, run->slots, run->arena);
    }
}

static void write_pick(struct plan_run *run, const struct shape *row, const struct pick *pick,
                       size_t *number, struct json_writer *w)
{
    struct json at = json_at(picked_page(run, pick)->rows, pick->from);
    element_enter(run, pick->slot.call, pick->slot.element);
    for (size_t i = pick->from; i < pick->to; i++, at = json_next(at)) {
        enter_row(run, pick->slot.call, (*number)++);
        scope_enter(run, &row->scope, value_json(at));
        if (row->members->kind == SHAPE_OBJECT)
            shape_write_whole(run, row->members, w, NULL, NULL);
        else
            shape_write(run, row->members, w);
    }
}

enum written rows_write(struct plan_run *run, const struct shape *shape, struct json_writer *w)
{
    size_t numbers[PLAN_CALLS] = {0};
    json_open_array(w);
    for (size_t i = 0; i < run->pick_count; i++) {
        unsigned call = run->picks[i].slot.call;
        for (size_t j = 0; j < shape->count; j++)
            if (shape->members[j].call == call)
                write_pick(run, &shape->members[j], &run->picks[i], &numbers[call], w);
    }
    json_close_array(w);
    enter_row(run, PLAN_CALLS, 0);
    return WRITTEN;
}
