/*
 * Members, elements and names: the lazy part of evaluation. See run.h.
 *
 * A place holds one slot for each member of its template; a slot under way that is asked for
 * again is a circle in the tables and a fault. Everything is in the run's arena.
 */
#include "sandbox/run.h"

#include <stdio.h>

/* ---- members ---- */

/* A name and its hash, which is what look-ups go by. */
struct name {
    struct str text;
    uint64_t hash;
};

static struct name name_of(struct str text)
{
    return (struct name){text, str_hash(text)};
}

static bool place_member(struct run *run, struct place *place, struct name name, struct value *out);
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
    if (place && place_member(run, place, name_of(STR("_if")), &wanted) && !value_true(wanted))
        return VALUE_NONE;
    if (place && place->form && shape->kind == SHAPE_LIST && count_place(run, place) == 0 &&
        place->missing)
        return VALUE_NONE;
    return place ? value_place(place) : VALUE_NONE;
}

/* The scope in which a member's leaf is evaluated: its own, so that rolls differ by name. */
static struct place *leaf_scope(struct run *run, struct place *object, struct name name)
{
    struct place *scope = arena_alloc(run->arena, sizeof *scope);
    if (scope) {
        *scope = *object;
        scope->hash = place_hash(object->hash, name.hash, 0);
        scope->own = name.text;
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
    copy->hash = place_hash(scope->hash, str_hash(name), 0);
    copy->form = true;
    return shape_value(run, form, copy, name, 0);
}

/* Between these two, what is read is noted for the slot alone. */
static unsigned slot_begin(struct run *run, struct slot *slot)
{
    unsigned outside = run->touched;
    slot->state = SLOT_BUSY;
    run->touched = 0;
    return outside;
}

static struct value slot_end(struct run *run, struct slot *slot, unsigned outside)
{
    slot->state = SLOT_FULL;
    slot->touched = run->touched;
    run->touched |= outside;
    return slot->value;
}

static struct value slot_again(struct run *run, const struct slot *slot)
{
    run->touched |= slot->touched;
    return slot->value;
}

static struct value fill_slot(struct run *run, struct place *place, const struct shape *member)
{
    if (!place->slots && !(place->slots = ARENA_ARRAY(run->arena, struct slot, place->count)))
        return VALUE_NONE;
    struct slot *slot = &place->slots[member - place->shape->members];
    if (slot->state == SLOT_FULL)
        return slot_again(run, slot);
    if (slot->state == SLOT_BUSY)
        return rule_fault(run, "'" STR_FMT "' needs itself", STR_ARG(member->name));
    unsigned outside = slot_begin(run, slot);
    if (member->kind == SHAPE_DATA && !place->record->changes)
        slot->value = member->data;
    else if (!changed_member(run, place, member->name, &slot->value)) {
        bool leaf = member->kind == SHAPE_LEAF || member->kind == SHAPE_DATA;
        struct name name = {member->name, member->hash};
        struct place *scope = leaf ? leaf_scope(run, place, name) : place;
        slot->value = scope ? shape_value(run, member, scope, member->name, place->at) : VALUE_NONE;
    }
    return slot_end(run, slot, outside);
}

/* cJSON's own look-up wants a text that ends in NUL. */
static const cJSON *data_get(const cJSON *object, struct str name)
{
    if (!cJSON_IsObject(object))
        return NULL;
    for (const cJSON *item = object->child; item; item = item->next)
        if (strncmp(item->string, name.p, name.n) == 0 && item->string[name.n] == 0)
            return item;
    return NULL;
}

static bool place_member(struct run *run, struct place *place, struct name name, struct value *out)
{
    place = place->self;
    if (place->data.kind != VALUE_ABSENT)
        return run_member(run, place->data, name.text, out) ||
               shape_member_hashed(place->shape, name.text, name.hash);
    if (!place->up && place->record->row) {
        if (changed_member(run, place, name.text, out))
            return true;
        const cJSON *item = data_get(place->record->row, name.text);
        if (item) {
            *out = value_data(item);
            return true;
        }
    }
    const struct shape *member = shape_member_hashed(place->shape, name.text, name.hash);
    if (member)
        *out = fill_slot(run, place, member);
    return member != NULL;
}

static bool data_member(const cJSON *data, struct str name, struct value *out)
{
    const cJSON *item = data_get(data, name);
    *out = value_data(item);
    return item != NULL;
}

bool run_is_list(struct value v)
{
    return v.kind == VALUE_LIST || (v.kind == VALUE_DATA && cJSON_IsArray(v.data)) ||
           (v.kind == VALUE_PLACE && v.place->shape && v.place->shape->kind == SHAPE_LIST);
}

/* The member of every element, those without it left out. */
static bool member_of(struct run *run, struct value parent, struct name name, struct value *out);

static struct value list_member(struct run *run, struct value list, struct name name)
{
    size_t count = run_list_count(run, list);
    struct value out = {.kind = VALUE_LIST};
    out.list.items = ARENA_ARRAY(run->arena, struct value, count + 1);
    for (size_t i = 0; out.list.items && i < count; i++) {
        struct value v;
        if (member_of(run, run_list_at(run, list, i), name, &v) && value_exists(v))
            out.list.items[out.list.count++] = v;
    }
    return out;
}

static bool member_of(struct run *run, struct value parent, struct name name, struct value *out)
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
        return data_member(parent.data, name.text, out);
    case VALUE_JSON:
        *out = value_json(json_get(parent.json, name.text), run->arena);
        return value_exists(*out);
    case VALUE_PAIRS:
        *out = value_text(pairs_get(parent.pairs, name.text));
        return value_exists(*out);
    default:
        return false;
    }
}

bool run_member(struct run *run, struct value parent, struct str name, struct value *out)
{
    return member_of(run, parent, name_of(name), out);
}

bool run_member_hashed(struct run *run, struct value parent, const struct expr *name,
                       struct value *out)
{
    return member_of(run, parent, (struct name){name->text, name->hash}, out);
}

/* ---- lists ---- */

static size_t count_place(struct run *run, struct place *place)
{
    if (place->counting)
        rule_fault(run, "the count of '" STR_FMT "' needs itself", STR_ARG(place->name));
    if (place->counted) {
        run->touched |= place->touched;
        return place->count;
    }
    place->counted = place->counting = true;
    unsigned outside = run->touched;
    run->touched = 0;
    struct place *scope = leaf_scope(run, place, name_of(STR("count")));
    struct value v = scope ? run_eval(run, place->shape->expr, scope) : VALUE_NONE;
    place->counting = false;
    place->missing = !value_exists(v);
    place->touched = run->touched;
    run->touched |= outside;
    if (v.kind != VALUE_INT || v.number < 0 || v.number > RUN_LIST_MAX) {
        if (value_exists(v))
            rule_fault(run, "the count of '" STR_FMT "' is no number from 0 to %d",
                       STR_ARG(place->name), RUN_LIST_MAX);
        return 0;
    }
    place->slots = ARENA_ARRAY(run->arena, struct slot, (size_t)v.number + 1);
    place->count = place->slots ? (size_t)v.number : 0;
    return place->count;
}

size_t run_list_count(struct run *run, struct value list)
{
    if (!value_exists(list))
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
        return slot_again(run, slot);
    if (slot->state == SLOT_BUSY)
        return rule_fault(run, "an element of '" STR_FMT "' needs itself", STR_ARG(list->name));
    unsigned outside = slot_begin(run, slot);
    const struct shape *element = list->shape->element;
    struct place *scope = place_new(run, list, element, STR_NONE, (uint32_t)index);
    if (scope) {
        scope->element = true;
        bool object = element->kind == SHAPE_OBJECT || element->kind == SHAPE_LIST;
        struct value wanted;
        if (!object)
            slot->value = shape_value(run, element, scope, STR_NONE, (uint32_t)index);
        else if (!place_member(run, scope, name_of(STR("_if")), &wanted) || value_true(wanted))
            slot->value = value_place(scope);
    }
    return slot_end(run, slot, outside);
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

struct value run_shop(struct run *run, const struct place *scope)
{
    const struct record *record = scope->record;
    uint64_t index = record->entity == run->tables->shop ? record->index : record->shop;
    if (record->entity && record->entity != run->tables->shop && record->entity->global)
        index = run->shop;
    struct record *shop = run_record(run, run->tables->shop, 0, index);
    return shop ? value_place(shop->root) : VALUE_NONE;
}

static struct value variable_value(struct run *run, enum variable variable, struct place *scope)
{
    run->touched |= 1u << variable;
    switch (variable) {
    case VARIABLE_VALUE:
    case VARIABLE_ITEM:
    case VARIABLE_CODE:
    case VARIABLE_MESSAGE:
        return scope->values[variable];
    case VARIABLE_ROOT:
        return value_place(scope->record->root);
    case VARIABLE_INDEX:
        return value_int((int64_t)scope->record->index);
    case VARIABLE_NUMBER:
        return value_int((int64_t)record_number(scope->record));
    case VARIABLE_AT:
        return at_of(scope);
    case VARIABLE_SHOP:
        return run_shop(run, scope);
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

struct value run_name(struct run *run, const struct expr *expr, struct place *scope)
{
    struct value v;
    struct name name = {expr->text, expr->hash};
    enum variable variable = (enum variable)expr->number;
    for (struct place *p = scope; p; p = p->up) {
        bool own = p->own.p && str_eq(p->own, name.text);
        if (!own && place_member(run, p, name, &v))
            return v;
    }
    if (variable != VARIABLES)
        return variable_value(run, variable, scope);
    return rule_fault(run, "nothing is named '" STR_FMT "'", STR_ARG(name.text));
}
