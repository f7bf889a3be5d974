/*
 * Changes: sets fields of the records that a request names, all or with a list of failures.
 *
 * Values are computed from the record as it was, then all are stored; records looked at
 * before are forgotten, so that an answer shows what was changed.
 */
#include "sandbox/visit.h"

enum { PATH_MAX_BYTES = 256 };

static bool store(struct visit *v, const struct record *record, struct str path, struct value value)
{
    if (!value_exists(value))
        return true;
    if (value.kind != VALUE_TEXT && value.kind != VALUE_INT && value.kind != VALUE_BOOL &&
        value.kind != VALUE_MONEY)
        return sandbox_refuse(v, REFUSE_INTERNAL, "only scalars can be set");
    unsigned shop = record->entity->global ? 0 : record->shop;
    if (path.p && world_set(&v->core->world, record->entity, shop, record->index, path, value))
        return true;
    return sandbox_refuse(v, REFUSE_INTERNAL, "too many fields were changed");
}

static bool set_fields(struct visit *v, struct place *place, const struct rule_set *set,
                       size_t count, struct value item)
{
    struct place *scope = run_with(&v->run, place, VALUE_NONE, item);
    for (size_t i = 0; scope && i < count; i++) {
        struct value value = run_eval(&v->run, set[i].expr, scope);
        if (!store(v, place->record, run_path(&v->run, place, set[i].path), value))
            return false;
    }
    return scope != NULL;
}

/* The element of `list` whose field equals that of `item`; absent when there is none. */
static struct value match_element(struct visit *v, struct value list, struct value item)
{
    struct value wanted, have;
    size_t count = run_list_count(&v->run, list);
    int order;
    if (!run_member(&v->run, item, v->rule->elements.by, &wanted))
        return VALUE_NONE;
    for (size_t i = 0; i < count; i++) {
        struct value element = run_list_at(&v->run, list, i);
        if (run_member(&v->run, element, v->rule->elements.by, &have) &&
            value_compare(have, wanted, v->arena, &order) && order == 0)
            return element;
    }
    return VALUE_NONE;
}

/* Finds all elements first, so that an unknown one changes nothing. */
static bool change_elements(struct visit *v, struct record *record)
{
    const struct rule_elements *e = &v->rule->elements;
    struct value root = {.kind = VALUE_PLACE, .place = record->root}, list;
    struct value items = visit_field(v, e->in);
    size_t count = run_list_count(&v->run, items);
    struct value *found = ARENA_ARRAY(v->arena, struct value, count + 1);
    if (!found || !run_member(&v->run, root, e->of, &list))
        return sandbox_refuse(v, REFUSE_INTERNAL, "records have no such list");
    for (size_t i = 0; i < count; i++) {
        found[i] = match_element(v, list, run_list_at(&v->run, items, i));
        if (found[i].kind != VALUE_PLACE)
            return visit_fail(v, &e->unknown);
    }
    for (size_t i = 0; i < count; i++)
        if (!set_fields(v, found[i].place, e->set, e->set_count, run_list_at(&v->run, items, i)))
            return false;
    return true;
}

static bool change_one(struct visit *v, struct record *record)
{
    const struct rule *rule = v->rule;
    struct value item =
        json_exists(v->body) ? (struct value){.kind = VALUE_JSON, .json = v->body} : VALUE_NONE;
    if (rule->elements.in.p && !change_elements(v, record))
        return false;
    return set_fields(v, record->root, rule->set, rule->set_count, item);
}

bool change_records(struct visit *v)
{
    const struct rule *rule = v->rule;
    struct value ids = visit_field(v, rule->by);
    size_t count = run_list_count(&v->run, ids);
    v->failed = ARENA_ARRAY(v->arena, struct value, count + 1);
    for (size_t i = 0; v->failed && i < count; i++) {
        struct value id = run_list_at(&v->run, ids, i);
        uint64_t index;
        if (!run_find(&v->run, rule->entity, value_str(id, v->arena), &index)) {
            if (rule->unknown.given)
                return visit_fail(v, &rule->unknown);
            v->failed[v->failed_count++] = id;
            continue;
        }
        struct record *record = run_record(&v->run, rule->entity, v->shop, index);
        if (!record || !change_one(v, record))
            return v->refused ? false : sandbox_refuse(v, REFUSE_INTERNAL, "out of memory");
    }
    run_forget(&v->run);
    return v->failed_count == count || rows_get(v);
}
