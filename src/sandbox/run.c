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

uint64_t run_count(struct run *run, const struct entity *entity)
{
    if (entity->rows)
        return (uint64_t)cJSON_GetArraySize(entity->rows);
    return entity->counted == COUNT_ORDERS ? run->world->orders : entity->count;
}

uint64_t place_hash(uint64_t hash, struct str name, uint32_t at)
{
    return mix(hash ^ str_hash(name) ^ ((uint64_t)at << 40));
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
        place->hash = place_hash(up->hash, name, at);
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
    struct place *root = place_new(run, NULL, entity->shape, STR_NONE, 0);
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

uint64_t record_number(const struct record *record)
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
