/*
 * Members, elements and names: the lazy part of evaluation. See run.h.
 *
 * A place holds one slot for each member of its template; a slot under way that is asked for
 * again is a circle in the tables and a fault. Everything is in the run's arena.
 */
#include "sandbox/run.h"

#include <stdio.h>

enum { LIST_MAX = 1000 };

/* ---- members ---- */

static bool place_member(struct run *run, struct place *place, struct str name, struct value *out);
static size_t count_place(struct run *run, struct place *place);

/* An object whose member "_if" does not hold is absent, a list in a form whose count is. */
static struct value shape_value(struct run *run, const struct shape *shape, struct place *scope,
                                struct str name, uint32_t at)
{
    if (shape->kind == SHAPE_LEAF)
        return run_eval(run, shape->expr, scope);
    if (shape->kind == SHAPE_DATA)
        return shape->data;
    struct place *place = place_new(run, scope, shape, name, at);
    struct value wanted;
    if (place && place_member(run, place, STR("_if"), &wanted) && !value_true(wanted))
        return VALUE_NONE;
    if (place && place->form && shape->kind == SHAPE_LIST && count_place(run, place) == 0 &&
        place->missing)
        return VALUE_NONE;
    return place ? (struct value){.kind = VALUE_PLACE, .place = place} : VALUE_NONE;
}

/* The scope in which a member's leaf is evaluated: its own, so that rolls differ by name. */
static struct place *leaf_scope(struct run *run, struct place *object, struct str name)
{
    struct place *scope = ARENA_NEW(run->arena, struct place);
    if (scope) {
        *scope = *object;
        scope->hash = place_hash(object->hash, name, 0);
        scope->own = name;
    }
    return scope;
}

/* What a request set there; false when none did. */
static bool changed_member(struct run *run, struct place *place, struct str name, struct value *out)
{
    const struct changes *changes = place->form ? NULL : place->record->changes;
    if (!changes || !changes_get(changes, run_path(run, place, name), out))
        return false;
    if (out->kind == VALUE_RAW)
        *out = stored_read(run, out->text);
    else if (out->kind == VALUE_NULL)
        *out = VALUE_NONE;
    return true;
}

struct value run_form(struct run *run, const struct shape *form, struct place *scope,
                      struct str name)
{
    struct place *copy = ARENA_NEW(run->arena, struct place);
    if (!copy)
        return VALUE_NONE;
    *copy = *scope;
    copy->hash = place_hash(scope->hash, name, 0);
    copy->form = true;
    return shape_value(run, form, copy, name, 0);
}

static struct value fill_slot(struct run *run, struct place *place, size_t i)
{
    struct slot *slot = &place->slots[i];
    const struct shape *member = &place->shape->members[i];
    if (slot->state == SLOT_FULL)
        return slot->value;
    if (slot->state == SLOT_BUSY)
        return rule_fault(run, "'" STR_FMT "' needs itself", STR_ARG(member->name));
    slot->state = SLOT_BUSY;
    if (!changed_member(run, place, member->name, &slot->value)) {
        bool leaf = member->kind == SHAPE_LEAF || member->kind == SHAPE_DATA;
        struct place *scope = leaf ? leaf_scope(run, place, member->name) : place;
        slot->value = scope ? shape_value(run, member, scope, member->name, place->at) : VALUE_NONE;
    }
    slot->state = SLOT_FULL;
    return slot->value;
}

static bool place_member(struct run *run, struct place *place, struct str name, struct value *out)
{
    place = place->self;
    if (place->data.kind != VALUE_ABSENT)
        return run_member(run, place->data, name, out) || shape_member(place->shape, name);
    if (!place->up && place->record->row) {
        char key[64];
        if (changed_member(run, place, name, out))
            return true;
        snprintf(key, sizeof key, STR_FMT, STR_ARG(name));
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(place->record->row, key);
        if (item) {
            *out = value_data(item);
            return true;
        }
    }
    if (!place->shape || place->shape->kind != SHAPE_OBJECT)
        return false;
    for (size_t i = 0; i < place->count; i++)
        if (str_eq(place->shape->members[i].name, name)) {
            *out = fill_slot(run, place, i);
            return true;
        }
    return false;
}

static bool data_member(struct run *run, const cJSON *data, struct str name, struct value *out)
{
    char *key = arena_cstr(run->arena, name);
    if (!cJSON_IsObject(data) || !key)
        return false;
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(data, key);
    *out = value_data(item);
    return item != NULL;
}

bool run_is_list(struct value v)
{
    return v.kind == VALUE_LIST || (v.kind == VALUE_DATA && cJSON_IsArray(v.data)) ||
           (v.kind == VALUE_PLACE && v.place->shape && v.place->shape->kind == SHAPE_LIST);
}

/* The member of every element, those without it left out. */
static struct value list_member(struct run *run, struct value list, struct str name)
{
    size_t count = run_list_count(run, list);
    struct value out = {.kind = VALUE_LIST};
    out.list.items = ARENA_ARRAY(run->arena, struct value, count + 1);
    for (size_t i = 0; out.list.items && i < count; i++) {
        struct value v;
        if (run_member(run, run_list_at(run, list, i), name, &v) && value_exists(v))
            out.list.items[out.list.count++] = v;
    }
    return out;
}

bool run_member(struct run *run, struct value parent, struct str name, struct value *out)
{
    *out = VALUE_NONE;
    if (run_is_list(parent)) {
        *out = list_member(run, parent, name);
        return true;
    }
    switch (parent.kind) {
    case VALUE_PLACE:
        return place_member(run, parent.place, name, out);
    case VALUE_DATA:
        return data_member(run, parent.data, name, out);
    case VALUE_JSON:
        *out = value_json(json_get(parent.json, name), run->arena);
        return value_exists(*out);
    case VALUE_PAIRS:
        *out = value_text(pairs_get(parent.pairs, name));
        return value_exists(*out);
    default:
        return false;
    }
}

/* ---- lists ---- */

static size_t count_place(struct run *run, struct place *place)
{
    if (place->counted)
        return place->count;
    place->counted = true;
    struct place *scope = leaf_scope(run, place, STR("count"));
    struct value v = scope ? run_eval(run, place->shape->expr, scope) : VALUE_NONE;
    place->missing = !value_exists(v);
    if (v.kind != VALUE_INT || v.number < 0 || v.number > LIST_MAX) {
        if (value_exists(v))
            rule_fault(run, "the count of '" STR_FMT "' is no number from 0 to %d",
                       STR_ARG(place->name), LIST_MAX);
        return 0;
    }
    place->slots = ARENA_ARRAY(run->arena, struct slot, (size_t)v.number + 1);
    place->count = place->slots ? (size_t)v.number : 0;
    return place->count;
}

size_t run_list_count(struct run *run, struct value list)
{
    if (list.kind == VALUE_ABSENT)
        return 0;
    if (!run_is_list(list))
        return 1;
    if (list.kind == VALUE_LIST)
        return list.list.count;
    if (list.kind == VALUE_DATA)
        return (size_t)cJSON_GetArraySize(list.data);
    return count_place(run, list.place);
}

static struct value place_element(struct run *run, struct place *list, size_t index)
{
    struct slot *slot = &list->slots[index];
    if (slot->state == SLOT_FULL)
        return slot->value;
    if (slot->state == SLOT_BUSY)
        return rule_fault(run, "an element of '" STR_FMT "' needs itself", STR_ARG(list->name));
    slot->state = SLOT_BUSY;
    const struct shape *element = list->shape->element;
    struct place *scope = place_new(run, list, element, STR_NONE, (uint32_t)index);
    if (scope) {
        scope->element = true;
        bool object = element->kind == SHAPE_OBJECT || element->kind == SHAPE_LIST;
        struct value wanted;
        if (!object)
            slot->value = shape_value(run, element, scope, STR_NONE, (uint32_t)index);
        else if (!place_member(run, scope, STR("_if"), &wanted) || value_true(wanted))
            slot->value = (struct value){.kind = VALUE_PLACE, .place = scope};
    }
    slot->state = SLOT_FULL;
    return slot->value;
}

struct value run_list_at(struct run *run, struct value list, size_t index)
{
    if (index >= run_list_count(run, list))
        return VALUE_NONE;
    if (!run_is_list(list))
        return list;
    if (list.kind == VALUE_LIST)
        return list.list.items[index];
    if (list.kind == VALUE_DATA)
        return value_data(cJSON_GetArrayItem(list.data, (int)index));
    return place_element(run, list.place, index);
}

/* ---- names ---- */

static const char *const variable_names[VARIABLES] = {
    "value",  "item", "code",  "message", "root",   "index",   "number",
    "at",     "shop", "now",   "epoch",   "orders", "query",   "body",
    "params", "file", "token", "words",   "record", "records",
};

enum variable variable_by_name(struct str name)
{
    for (int i = 0; i < VARIABLES; i++)
        if (str_eq(name, str_from(variable_names[i])))
            return (enum variable)i;
    return VARIABLES;
}

static struct value at_of(const struct place *scope)
{
    while (scope && !scope->element)
        scope = scope->up;
    return value_int(scope ? scope->at : 0);
}

static struct value shop_of(struct run *run, const struct place *scope)
{
    const struct record *record = scope->record;
    uint64_t index = record->entity == run->tables->shop ? record->index : record->shop;
    if (record->entity && record->entity != run->tables->shop && record->entity->global)
        index = run->shop;
    struct record *shop = run_record(run, run->tables->shop, 0, index);
    return shop ? (struct value){.kind = VALUE_PLACE, .place = shop->root} : VALUE_NONE;
}

static struct value variable_value(struct run *run, enum variable variable, struct place *scope)
{
    switch (variable) {
    case VARIABLE_VALUE:
    case VARIABLE_ITEM:
    case VARIABLE_CODE:
    case VARIABLE_MESSAGE:
        return scope->values[variable];
    case VARIABLE_ROOT:
        return (struct value){.kind = VALUE_PLACE, .place = scope->record->root};
    case VARIABLE_INDEX:
        return value_int((int64_t)scope->record->index);
    case VARIABLE_NUMBER:
        return value_int((int64_t)record_number(scope->record));
    case VARIABLE_AT:
        return at_of(scope);
    case VARIABLE_SHOP:
        return shop_of(run, scope);
    case VARIABLE_NOW:
        return value_int(run->now);
    case VARIABLE_EPOCH:
        return value_int(run->epoch);
    case VARIABLE_ORDERS:
        return value_int((int64_t)run->world->orders);
    default:
        return run->variables[variable];
    }
}

struct value run_name(struct run *run, struct str name, struct place *scope)
{
    struct value v;
    enum variable variable = variable_by_name(name);
    for (struct place *p = scope; p; p = p->up) {
        bool own = p->own.p && str_eq(p->own, name) && variable != VARIABLES;
        if (!own && place_member(run, p, name, &v))
            return v;
    }
    if (variable != VARIABLES)
        return variable_value(run, variable, scope);
    return rule_fault(run, "nothing is named '" STR_FMT "'", STR_ARG(name));
}
