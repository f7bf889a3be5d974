/*
 * What happens to a record: it is set, told of, and what is related to it changes too.
 *
 * Records looked at before are forgotten after each change, so that the next one sees it.
 * Webhooks wait in the visit until the whole call has succeeded. Owns nothing.
 */
#include "sandbox/change.h"

static bool tell(struct visit *v, const struct effect *effect, struct place *scope)
{
    for (size_t i = 0; i < effect->notify_count; i++) {
        const struct rule_notify *notify = &effect->notify[i];
        if (notify->when && !value_true(run_eval(&v->run, notify->when, scope)))
            continue;
        struct notice *notice = ARENA_NEW(v->arena, struct notice);
        if (!notice)
            return visit_out_of_memory(v);
        *notice = (struct notice){
            .type = notify->type,
            .data = setting_json(v, run_form(&v->run, notify->data, scope, STR("notify")))};
        *(v->last_notice ? &v->last_notice->next : &v->notices) = notice;
        v->last_notice = notice;
    }
    return true;
}

static bool follow_also(struct visit *v, const struct effect *effect, struct place *scope);

/* Sets the record of that index, tells of it and goes on to related ones. */
bool effect_apply(struct visit *v, const struct effect *effect, uint64_t index, struct value item)
{
    struct record *record = run_record(&v->run, effect->entity, v->shop, index);
    if (!record)
        return visit_out_of_memory(v);
    if (!setting_make(v, effect, record, item))
        return false;
    run_forget(&v->run);
    record = run_record(&v->run, effect->entity, v->shop, index);
    struct place *scope = record ? run_with(&v->run, record->root, VALUE_NONE, item) : NULL;
    if (!scope)
        return visit_out_of_memory(v);
    struct value before = v->run.variables[VARIABLE_RECORD];
    v->run.variables[VARIABLE_RECORD] = value_place(record->root);
    bool good = tell(v, effect, scope) && follow_also(v, effect, scope);
    v->run.variables[VARIABLE_RECORD] = before;
    return good;
}

/* The record that takes the new one's place; false when there is none. */
static bool reused(struct visit *v, const struct effect *effect, struct place *scope,
                   struct value item, uint64_t *index)
{
    struct place *inner = effect->reuse ? run_with(&v->run, scope, VALUE_NONE, item) : NULL;
    struct str id = inner ? value_str(run_eval(&v->run, effect->reuse, inner), v->arena) : STR_NONE;
    return id.p && run_find(&v->run, effect->entity, id, index);
}

bool effect_create(struct visit *v, const struct effect *effect, struct place *scope,
                   struct value item, uint64_t *index)
{
    uint64_t nth;
    if (reused(v, effect, scope, item, index))
        return effect_apply(v, effect, *index, item);
    if (!world_add(&v->core->world, effect->entity, v->shop, &nth))
        return visit_deny(v, REFUSE_LIMIT, "At most %d records can be added", OVERLAY_RECORDS);
    *index = run_seeded(&v->run, effect->entity) + nth;
    return effect_apply(v, effect, *index, item);
}

static bool also_one(struct visit *v, const struct effect *also, struct place *scope)
{
    uint64_t index;
    if (also->when && !value_true(run_eval(&v->run, also->when, scope)))
        return true;
    struct value item = scope->values[VARIABLE_ITEM];
    if (!also->of)
        return effect_create(v, also, scope, item, &index);
    struct value list = run_eval(&v->run, also->of, scope);
    size_t count = run_list_count(&v->run, list);
    for (size_t i = 0; i < count; i++) {
        struct value one = run_list_at(&v->run, list, i);
        if (!value_exists(one))
            continue;
        if (also->creates) {
            if (!effect_create(v, also, scope, one, &index))
                return false;
            continue;
        }
        struct str id = value_str(one, v->arena);
        if (id.p && run_find(&v->run, also->entity, id, &index) &&
            !effect_apply(v, also, index, item))
            return false;
    }
    return true;
}

static bool follow_also(struct visit *v, const struct effect *effect, struct place *scope)
{
    for (size_t i = 0; i < effect->also_count; i++)
        if (!also_one(v, &effect->also[i], scope))
            return false;
    return true;
}
