/*
 * Calls that change or add records: which ones, and what is refused.
 *
 * Everything that can be refused is asked first, for each record, so that a refused call has
 * changed nothing (but one that reaches a limit of the overlay half way); then the changes are made
 * one after the other, see effect.c. What fails for one record only is kept for the answer where
 * the rule has a place for it.
 */
#include "sandbox/change.h"

struct target {
    uint64_t index;
    struct value item;
};

struct targets {
    struct visit *visit;
    struct target *list;
    size_t count, room;
};

static bool fail_one(struct targets *t, const struct rule_error *error, struct value id,
                     struct value item)
{
    struct visit *v = t->visit;
    if (!v->rule->fails_at)
        return visit_fail(v, error);
    v->failed[v->failed_count++] = (struct failure){id, item, error};
    return true;
}

static const struct rule_error *denied(struct visit *v, struct place *place, struct value item)
{
    const struct effect *effect = &v->rule->effect;
    struct place *scope = run_with(&v->run, place, VALUE_NONE, item);
    for (size_t i = 0; scope && i < effect->deny_count; i++)
        if (value_true(run_eval(&v->run, effect->denies[i].when, scope)))
            return &effect->denies[i];
    return NULL;
}

static bool ask_known(struct targets *t, struct value id, struct value item)
{
    struct visit *v = t->visit;
    const struct rule *rule = v->rule;
    struct str text = value_str(id, v->arena);
    struct target target = {.item = item};
    if (!text.p || !run_find(&v->run, rule->entity, text, &target.index)) {
        if (rule->unknown.given)
            return fail_one(t, &rule->unknown, id, item);
        v->failed[v->failed_count++] = (struct failure){id, item, NULL};
        return true;
    }
    struct record *record = run_record(&v->run, rule->entity, v->shop, target.index);
    if (!record)
        return visit_out_of_memory(v);
    const struct rule_error *error = denied(v, record->root, item);
    if (error)
        return fail_one(t, error, id, item);
    if (!setting_elements_known(v, record, item))
        return false;
    t->list[t->count++] = target;
    return true;
}

static bool ask_new(struct targets *t, struct value item)
{
    struct visit *v = t->visit;
    struct place *place = run_answer_place(&v->run, NULL, v->contract->call);
    const struct rule_error *error = place ? denied(v, place, item) : NULL;
    if (error)
        return fail_one(t, error, item, item);
    t->list[t->count++] = (struct target){.item = item};
    return place != NULL;
}

static struct value member_of(struct visit *v, struct value item, struct str path)
{
    while (path.p && value_exists(item))
        if (!run_member(&v->run, item, str_cut(&path, '.'), &item))
            return VALUE_NONE;
    return item;
}

/* The ids that one element of the request (or the whole of it) is about. */
struct value change_ids(struct visit *v, struct value item)
{
    if (v->rule->of) {
        struct place *place = run_answer_place(&v->run, NULL, v->contract->call);
        struct place *scope = place ? run_with(&v->run, place, VALUE_NONE, item) : NULL;
        return scope ? run_eval(&v->run, v->rule->of, scope) : VALUE_NONE;
    }
    if (!v->rule->each.p && !v->rule->each_of)
        return visit_field(v, v->rule->by);
    return v->rule->by.p ? member_of(v, item, v->rule->by) : item;
}

/* Room for so many more, whichever of them fail. */
static bool room_for(struct targets *t, size_t more)
{
    struct visit *v = t->visit;
    size_t need = t->count + v->failed_count + more;
    if (need <= t->room)
        return true;
    size_t room = need > t->room * 2 ? need : t->room * 2;
    struct target *list =
        arena_resize(v->arena, t->list, t->room * sizeof *list, room * sizeof *list);
    struct failure *failed =
        arena_resize(v->arena, v->failed, t->room * sizeof *failed, room * sizeof *failed);
    if (!list || !failed)
        return visit_out_of_memory(v);
    t->list = list;
    t->room = room;
    v->failed = failed;
    return true;
}

static bool ask_item(struct targets *t, struct value item)
{
    struct visit *v = t->visit;
    if (v->rule->effect.creates)
        return room_for(t, 1) && ask_new(t, item);
    struct value ids = change_ids(v, item);
    size_t count = run_list_count(&v->run, ids);
    if (!room_for(t, count + 1))
        return false;
    if (count == 0 && (v->rule->each.p || v->rule->each_of))
        return ask_known(t, VALUE_NONE, item);
    for (size_t i = 0; i < count; i++)
        if (!ask_known(t, run_list_at(&v->run, ids, i), item))
            return false;
    return true;
}

static bool ask_all(struct targets *t)
{
    struct visit *v = t->visit;
    struct value body = v->run.variables[VARIABLE_BODY];
    if (!v->rule->each.p && !v->rule->each_of)
        return ask_item(t, body);
    struct place *place = run_answer_place(&v->run, NULL, v->contract->call);
    struct value items = VALUE_NONE;
    if (v->rule->each_of && place)
        items = run_eval(&v->run, v->rule->each_of, place);
    else
        items = visit_field(v, v->rule->each);
    size_t count = run_list_count(&v->run, items);
    for (size_t i = 0; i < count; i++)
        if (!ask_item(t, run_list_at(&v->run, items, i)))
            return false;
    return true;
}

/* What was changed or added is what the answer is made from. */
static bool show(struct targets *t)
{
    struct visit *v = t->visit;
    run_forget(&v->run);
    v->rows = ARENA_ARRAY(v->arena, struct value, t->count + 1);
    for (size_t i = 0; v->rows && i < t->count; i++) {
        struct record *r = run_record(&v->run, v->rule->entity, v->shop, t->list[i].index);
        if (!r)
            return visit_out_of_memory(v);
        v->rows[v->row_count++] = value_place(r->root);
    }
    v->total = v->row_count;
    if (v->row_count)
        v->run.variables[VARIABLE_RECORD] = v->rows[0];
    v->run.variables[VARIABLE_RECORDS] = value_list(v->rows, v->row_count);
    return v->rows || visit_out_of_memory(v);
}

bool change_records(struct visit *v)
{
    struct targets t = {.visit = v};
    if (!ask_all(&t))
        return v->refused ? false : visit_out_of_memory(v);
    if (v->run.faulty)
        return visit_faulty(v);
    const struct effect *effect = &v->rule->effect;
    for (size_t i = 0; i < t.count; i++) {
        struct target *target = &t.list[i];
        struct place *scope = run_answer_place(&v->run, NULL, v->contract->call);
        if (!scope ||
            !(effect->creates ? effect_create(v, effect, scope, target->item, &target->index)
                              : effect_apply(v, effect, target->index, target->item)))
            return v->refused ? false : visit_out_of_memory(v);
    }
    if (!show(&t))
        return false;
    notices_send(v);
    return true;
}
