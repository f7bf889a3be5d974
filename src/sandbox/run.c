/*
 * Records and places of a run: made on demand, each once, in the run's arena. See run.h;
 * their members are evaluated in members.c.
 */
#include "sandbox/run.h"

#include <stdarg.h>
#include <stdio.h>

enum { SHOP_STEP = 10000000 };

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

/* Of an expression over the number of the large entity. */
static uint64_t counted(struct run *run, const struct entity *entity)
{
    struct place *scope = run_answer_place(run, NULL, entity->name);
    struct value v = scope ? run_eval(run, entity->count_expr, scope) : VALUE_NONE;
    if (v.kind == VALUE_INT && v.number >= 0 && v.number < SHOP_STEP)
        return (uint64_t)v.number;
    rule_fault(run, "the count of '" STR_FMT "' is no number below %d", STR_ARG(entity->name),
               SHOP_STEP);
    return 0;
}

uint64_t run_seeded(struct run *run, const struct entity *entity)
{
    uint64_t *known = &run->world->overlay.seeded[entity->number];
    if (*known)
        return *known - 1;
    uint64_t count = entity->count;
    if (entity->rows)
        count = (uint64_t)cJSON_GetArraySize(entity->rows);
    else if (entity->counted == COUNT_ORDERS)
        count = run->world->orders;
    else if (entity->counted == COUNT_EXPRESSION)
        count = counted(run, entity);
    if (!run->faulty)
        *known = count + 1;
    return count;
}

uint64_t run_count_in(struct run *run, const struct entity *entity, unsigned shop)
{
    return run_seeded(run, entity) + overlay_added(&run->world->overlay, entity, shop);
}

uint64_t run_count(struct run *run, const struct entity *entity)
{
    return run_count_in(run, entity, run->shop);
}

uint64_t place_hash(uint64_t hash, uint64_t name, uint32_t at)
{
    return mix(hash ^ name ^ ((uint64_t)at << 40));
}

struct place *place_new(struct run *run, struct place *up, const struct shape *shape,
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
        place->form = up->form;
        place->hash =
            place_hash(up->hash, shape && shape->name.p ? shape->hash : str_hash(name), at);
        memcpy(place->values, up->values, sizeof place->values);
    }
    if (shape && shape->kind == SHAPE_OBJECT)
        place->count = shape->count;
    return arena_failed(run->arena) ? NULL : place;
}

static struct record *find_record(struct run *run, const struct record *like, size_t chain)
{
    struct record *r = run->chains[chain];
    while (r && !(r->entity == like->entity && r->index == like->index && r->shop == like->shop &&
                  r->original == like->original))
        r = r->next;
    return r;
}

static struct record *record_of(struct run *run, struct record like)
{
    const struct entity *entity = like.entity;
    unsigned shop = like.shop;
    uint64_t index = like.index;
    size_t chain = (index * 31 + shop * 7 + (uintptr_t)entity / 16) % RUN_CHAINS;
    struct record *known = find_record(run, &like, chain);
    if (known)
        return known;
    struct record *record = ARENA_NEW(run->arena, struct record);
    struct place *root = place_new(run, NULL, entity->shape, STR_NONE, 0);
    if (!record || !root)
        return NULL;
    root->record = record;
    root->hash = mix(run->seed ^ mix(str_hash(entity->name) ^ mix(index * 64 + shop)));
    *record = like;
    record->root = root;
    record->next = run->chains[chain];
    if (!like.original)
        record->changes =
            overlay_changes(&run->world->overlay, (struct overlay_key){entity, shop, index});
    if (entity->rows)
        record->row = cJSON_GetArrayItem(entity->rows, (int)index);
    run->chains[chain] = record;
    return record;
}

struct record *run_record(struct run *run, const struct entity *entity, unsigned shop,
                          uint64_t index)
{
    if (entity->global)
        shop = 0;
    if (index >= run_count_in(run, entity, shop))
        return NULL;
    return record_of(run, (struct record){.entity = entity, .shop = shop, .index = index});
}

struct record *run_original(struct run *run, const struct entity *entity, unsigned shop,
                            uint64_t index)
{
    if (entity->global)
        shop = 0;
    if (index >= run_seeded(run, entity))
        return NULL;
    return record_of(
        run, (struct record){.entity = entity, .shop = shop, .index = index, .original = true});
}

bool run_exists(struct run *run, struct record *record)
{
    return !record->entity->exists ||
           value_true(run_eval(run, record->entity->exists, record->root));
}

/* Ids that do not tell their index: one record after the other. */
static bool find_slowly(struct run *run, const struct entity *entity, struct str id,
                        uint64_t *index)
{
    uint64_t count = run_count(run, entity);
    for (*index = 0; *index < count; ++*index) {
        struct record *record = run_record(run, entity, run->shop, *index);
        struct value key;
        if (!record)
            return false;
        if (!run_member(run, value_place(record->root), entity->key, &key))
            continue;
        struct str have = value_str(key, run->arena);
        if (have.p && str_eq(have, id))
            return run_exists(run, record);
    }
    return false;
}

uint64_t record_number(const struct record *record)
{
    return (uint64_t)record->shop * SHOP_STEP + record->index;
}

bool run_find(struct run *run, const struct entity *entity, struct str id, uint64_t *index)
{
    if (!entity->prefix.p)
        return find_slowly(run, entity, id, index);
    uint64_t number;
    if (!run_read_id(run, id, entity, &number))
        return false;
    *index = number % SHOP_STEP;
    uint64_t shop = entity->global ? 0 : run->shop;
    if (number / SHOP_STEP != shop || *index >= run_count(run, entity))
        return false;
    struct record *record = entity->exists ? run_record(run, entity, run->shop, *index) : NULL;
    return !entity->exists || (record && run_exists(run, record));
}

struct place *run_answer_place(struct run *run, const struct shape *shape, struct str name)
{
    struct record *record = ARENA_NEW(run->arena, struct record);
    struct place *place = place_new(run, NULL, shape, STR_NONE, 0);
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
    struct place *place = place_new(run, up, NULL, name, at);
    if (place)
        place->element = element;
    return place;
}

struct place *run_data_place(struct run *run, struct place *up, struct value data, struct str name,
                             uint32_t at)
{
    struct place *place = place_new(run, up, NULL, name, at);
    if (place) {
        place->element = !name.p;
        place->data = data;
    }
    return place;
}

struct place *run_element_place(struct run *run, struct place *up, struct value element,
                                struct str name, uint32_t at)
{
    if (element.kind == VALUE_PLACE)
        return element.place;
    const struct shape *list = shape_member(up->shape, name);
    struct place *outer = element.kind == VALUE_JSON ? place_new(run, up, NULL, name, 0) : NULL;
    struct place *place = outer ? run_data_place(run, outer, element, STR_NONE, at) : NULL;
    if (place && list && list->kind == SHAPE_LIST)
        place->shape = list->element; /* what it names is absent here, not looked for outside */
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

uint64_t run_roll(const struct place *scope, uint64_t salt, uint64_t below)
{
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
