/*
 * Evaluation of records, lazily and once each. See run.h.
 *
 * A place holds one slot for each member of its template; a slot under way that is asked for
 * again is a circle in the tables and a fault. Everything is in the run's arena.
 */
#include "sandbox/run.h"

#include <stdarg.h>
#include <stdio.h>

enum { LIST_MAX = 1000, SHOP_STEP = 10000000 };

static const char *const variable_names[VARIABLES] = {
    "value", "item",  "root", "index",  "number", "at",    "shop",  "now",
    "epoch", "query", "body", "params", "file",   "token", "words",
};

enum variable variable_by_name(struct str name)
{
    for (int i = 0; i < VARIABLES; i++)
        if (str_eq(name, str_from(variable_names[i])))
            return (enum variable)i;
    return VARIABLES;
}

void run_init(struct run *run, struct arena *arena, const struct tables *tables,
              struct world *world)
{
    *run = (struct run){.arena = arena, .tables = tables, .world = world};
    run->variables[VARIABLE_WORDS] = value_data(tables->words);
}

void run_forget(struct run *run)
{
    memset(run->chains, 0, sizeof run->chains);
}

struct value rule_fault(struct run *run, const char *format, ...)
{
    if (!run->faulty) {
        va_list args;
        va_start(args, format);
        vsnprintf(run->fault, sizeof run->fault, format, args);
        va_end(args);
        run->faulty = true;
    }
    return VALUE_NONE;
}

/* ---- records ---- */

uint64_t run_count(struct run *run, const struct entity *entity)
{
    if (entity->rows)
        return (uint64_t)cJSON_GetArraySize(entity->rows);
    return entity->counted == COUNT_ORDERS ? run->world->orders : entity->count;
}

static uint64_t hash_name(uint64_t hash, struct str name, uint32_t at)
{
    return mix(hash ^ str_hash(name) ^ ((uint64_t)at << 40));
}

static struct place *new_place(struct run *run, struct place *up, const struct shape *shape,
                               struct str name, uint32_t at)
{
    struct place *place = ARENA_NEW(run->arena, struct place);
    if (!place)
        return NULL;
    place->self = place;
    place->shape = shape;
    place->up = up;
    place->name = name;
    place->at = at;
    if (up) {
        place->record = up->record;
        place->hash = hash_name(up->hash, name, at);
        memcpy(place->values, up->values, sizeof place->values);
    }
    if (shape && shape->kind == SHAPE_OBJECT) {
        place->count = shape->count;
        place->slots = ARENA_ARRAY(run->arena, struct slot, shape->count + 1);
    }
    return arena_failed(run->arena) ? NULL : place;
}

struct record *run_record(struct run *run, const struct entity *entity, unsigned shop,
                          uint64_t index)
{
    if (entity->global)
        shop = 0;
    if (index >= run_count(run, entity))
        return NULL;
    size_t chain = (index * 31 + shop * 7 + (uintptr_t)entity / 16) % RUN_CHAINS;
    for (struct record *r = run->chains[chain]; r; r = r->next)
        if (r->entity == entity && r->index == index && r->shop == shop)
            return r;
    struct record *record = ARENA_NEW(run->arena, struct record);
    struct place *root = new_place(run, NULL, entity->shape, STR_NONE, 0);
    if (!record || !root)
        return NULL;
    root->record = record;
    root->hash = mix(run->seed ^ mix(str_hash(entity->name) ^ mix(index * 64 + shop)));
    *record = (struct record){.entity = entity,
                              .shop = shop,
                              .index = index,
                              .root = root,
                              .changes = world_changes(run->world, entity, shop, index),
                              .next = run->chains[chain]};
    if (entity->rows)
        record->row = cJSON_GetArrayItem(entity->rows, (int)index);
    run->chains[chain] = record;
    return record;
}

static bool find_row(struct run *run, const struct entity *entity, struct str id, uint64_t *index)
{
    const cJSON *row;
    char key[64];
    snprintf(key, sizeof key, STR_FMT, STR_ARG(entity->key));
    *index = 0;
    cJSON_ArrayForEach(row, entity->rows)
    {
        struct str have =
            value_str(value_data(cJSON_GetObjectItemCaseSensitive(row, key)), run->arena);
        if (have.p && str_eq(have, id))
            return true;
        ++*index;
    }
    return false;
}

static uint64_t record_number(const struct record *record)
{
    return (uint64_t)record->shop * SHOP_STEP + record->index;
}

bool run_find(struct run *run, const struct entity *entity, struct str id, uint64_t *index)
{
    if (!entity->prefix.p)
        return entity->rows && find_row(run, entity, id, index);
    uint64_t number;
    if (!id_read(id, entity->prefix, entity->digits, &number))
        return false;
    *index = number % SHOP_STEP;
    uint64_t shop = entity->global ? 0 : run->shop;
    return number / SHOP_STEP == shop && *index < run_count(run, entity);
}

struct place *run_answer_place(struct run *run, const struct shape *shape, struct str name)
{
    struct record *record = ARENA_NEW(run->arena, struct record);
    struct place *place = new_place(run, NULL, shape, STR_NONE, 0);
    if (!record || !place)
        return NULL;
    *record = (struct record){.shop = run->shop, .root = place};
    place->record = record;
    place->hash = mix(run->seed ^ str_hash(name));
    return place;
}

struct place *run_loose_place(struct run *run, struct place *up, struct str name, uint32_t at,
                              bool element)
{
    struct place *place = new_place(run, up, NULL, name, at);
    if (place)
        place->element = element;
    return place;
}

struct place *run_with(struct run *run, struct place *place, struct value value, struct value item)
{
    struct place *copy = ARENA_NEW(run->arena, struct place);
    if (copy) {
        *copy = *place;
        copy->values[0] = value;
        copy->values[1] = item;
    }
    return copy;
}

uint64_t run_roll(struct run *run, const struct place *scope, uint64_t salt, uint64_t below)
{
    (void)run;
    return below ? mix(scope->hash ^ mix(salt)) % below : 0;
}

static void add_path(const struct place *place, struct buf *out)
{
    if (!place || !place->up)
        return;
    add_path(place->up, out);
    if (place->element) {
        buf_printf(out, "[%u]", place->at);
        return;
    }
    if (out->n)
        buf_add_char(out, '.');
    buf_add_str(out, place->name);
}

struct str run_path(struct run *run, const struct place *place, struct str member)
{
    struct buf path;
    buf_init(&path, 1024);
    add_path(place, &path);
    if (path.n && member.n)
        buf_add_char(&path, '.');
    buf_add_str(&path, member);
    struct str copy = arena_str(run->arena, buf_str(&path));
    buf_clear(&path);
    return copy;
}

/* ---- members ---- */

static bool place_member(struct run *run, struct place *place, struct str name, struct value *out);

/* An object whose member "_if" does not hold is absent. */
static struct value shape_value(struct run *run, const struct shape *shape, struct place *scope,
                                struct str name, uint32_t at)
{
    if (shape->kind == SHAPE_LEAF)
        return run_eval(run, shape->expr, scope);
    if (shape->kind == SHAPE_DATA)
        return shape->data;
    struct place *place = new_place(run, scope, shape, name, at);
    struct value wanted;
    if (place && place_member(run, place, STR("_if"), &wanted) && !value_true(wanted))
        return VALUE_NONE;
    return place ? (struct value){.kind = VALUE_PLACE, .place = place} : VALUE_NONE;
}

/* The scope in which a member's leaf is evaluated: its own, so that rolls differ by name. */
static struct place *leaf_scope(struct run *run, struct place *object, struct str name)
{
    struct place *scope = ARENA_NEW(run->arena, struct place);
    if (scope) {
        *scope = *object;
        scope->hash = hash_name(object->hash, name, 0);
    }
    return scope;
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
    struct value changed;
    bool leaf = member->kind == SHAPE_LEAF || member->kind == SHAPE_DATA;
    if (leaf && place->record->changes &&
        changes_get(place->record->changes, run_path(run, place, member->name), &changed))
        slot->value = changed;
    else {
        struct place *scope = leaf ? leaf_scope(run, place, member->name) : place;
        slot->value = scope ? shape_value(run, member, scope, member->name, place->at) : VALUE_NONE;
    }
    slot->state = SLOT_FULL;
    return slot->value;
}

static bool place_member(struct run *run, struct place *place, struct str name, struct value *out)
{
    place = place->self;
    if (!place->up && place->record->row) {
        char key[64];
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
    struct place *scope = new_place(run, list, element, STR_NONE, (uint32_t)index);
    if (scope) {
        scope->element = true;
        bool object = element->kind == SHAPE_OBJECT || element->kind == SHAPE_LIST;
        slot->value = object ? (struct value){.kind = VALUE_PLACE, .place = scope}
                             : shape_value(run, element, scope, STR_NONE, (uint32_t)index);
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
    struct record *shop = run_record(run, run->tables->shop, 0, index);
    return shop ? (struct value){.kind = VALUE_PLACE, .place = shop->root} : VALUE_NONE;
}

static struct value variable_value(struct run *run, enum variable variable, struct place *scope)
{
    switch (variable) {
    case VARIABLE_VALUE:
        return scope->values[0];
    case VARIABLE_ITEM:
        return scope->values[1];
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
    default:
        return run->variables[variable];
    }
}

struct value run_name(struct run *run, struct str name, struct place *scope)
{
    struct value v;
    for (struct place *p = scope; p; p = p->up)
        if (place_member(run, p, name, &v))
            return v;
    enum variable variable = variable_by_name(name);
    if (variable != VARIABLES)
        return variable_value(run, variable, scope);
    return rule_fault(run, "nothing is named '" STR_FMT "'", STR_ARG(name));
}
