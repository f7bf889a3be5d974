/*
 * Loading of mappings/sandbox/entities/: the records of the shop, one file for each kind.
 *
 *   {"entity": NAME, "id": {"field", "prefix", "digits"}, "count": n or "orders" or expression,
 *    "global": true, "exists": condition, "rows": [{...}], "fields": {...}}
 * Ids tell their index, but for literal rows and small sets. Names in expressions are checked
 * when all entities are known. Refused: more entities or shops than the overlay has room for.
 */
#include "sandbox/overlay.h"
#include "sandbox/tables_inside.h"

enum { SLOW_MAX = 1000 }; /* records that are looked through for an id */

static void read_id(struct loader *loader, const cJSON *root, struct entity *entity)
{
    static const char *const keys[] = {"field", "prefix", "digits", NULL};
    const cJSON *id = cJSON_GetObjectItemCaseSensitive(root, "id");
    if (!cJSON_IsObject(id)) {
        loader_error(loader, "$.id", "expected {\"field\": ..., \"prefix\": ..., \"digits\": ...}");
        return;
    }
    loader_keys(loader, id, "$.id", keys);
    entity->key = loader_text(loader, id, "$.id", "field", true);
    entity->prefix = loader_text(loader, id, "$.id", "prefix", false);
    const cJSON *digits = cJSON_GetObjectItemCaseSensitive(id, "digits");
    if (!entity->prefix.p) {
        if (!entity->rows && (entity->counted != COUNT_FIXED || entity->count > SLOW_MAX))
            loader_error(loader, "$.id", "more than %d records need ids with a \"prefix\"",
                         SLOW_MAX);
        return;
    }
    entity->digits = cJSON_IsNumber(digits) ? (unsigned)digits->valueint : 18;
    if (entity->digits <= entity->prefix.n + 8 || entity->digits - entity->prefix.n > 18)
        loader_error(loader, "$.id", "an id has 9 to 18 digits behind its prefix");
}

static void read_count(struct loader *loader, const cJSON *root, struct entity *entity)
{
    const cJSON *count = cJSON_GetObjectItemCaseSensitive(root, "count");
    if (cJSON_IsString(count) && strcmp(count->valuestring, "orders") == 0)
        entity->counted = COUNT_ORDERS;
    else if (cJSON_IsNumber(count) && count->valueint > 0 && count->valueint <= 1000000)
        entity->count = (uint64_t)count->valueint;
    else if (cJSON_IsString(count)) {
        entity->counted = COUNT_EXPRESSION;
        entity->count_expr = loader_expr(loader, count, "$.count");
    } else if (count || !entity->rows)
        loader_error(loader, "$.count",
                     "expected a number from 1 to 1000000, \"orders\" or an expression over it");
}

/* Of a template that grows and has no table yet. */
static bool has_member(const struct shape *shape, struct str name)
{
    for (size_t i = 0; i < shape->count; i++)
        if (str_eq(shape->members[i].name, name))
            return true;
    return false;
}

/* The keys of literal records behind the template's members, so that expressions may name them. */
static const struct shape *row_shape(struct loader *loader, const cJSON *rows,
                                     const struct shape *fields)
{
    struct arena *arena = loader->tables->arena;
    const cJSON *row, *item;
    size_t room = 1 + (fields ? fields->count : 0);
    cJSON_ArrayForEach(row, rows) room += (size_t)cJSON_GetArraySize(row);
    struct shape *shape = ARENA_NEW(arena, struct shape);
    struct shape *members = ARENA_ARRAY(arena, struct shape, room);
    if (!shape || !members)
        return NULL;
    *shape = (struct shape){.kind = SHAPE_OBJECT, .members = members};
    for (size_t i = 0; fields && i < fields->count; i++)
        members[shape->count++] = fields->members[i];
    cJSON_ArrayForEach(row, rows)
    {
        if (!cJSON_IsObject(row))
            loader_error(loader, "$.rows", "expected a list of objects");
        for (item = row->child; item; item = item->next)
            if (!has_member(shape, str_from(item->string)))
                members[shape->count++] =
                    (struct shape){.kind = SHAPE_DATA, .name = str_from(item->string)};
    }
    return loader_index(shape, arena) ? shape : NULL;
}

static void read_entity(struct loader *loader, const cJSON *root, struct entity *entity)
{
    static const char *const keys[] = {"entity", "id",     "count",  "global",
                                       "rows",   "fields", "exists", NULL};
    loader_keys(loader, root, "$", keys);
    entity->name = loader_text(loader, root, "$", "entity", true);
    entity->rows = cJSON_GetObjectItemCaseSensitive(root, "rows");
    if (entity->rows && !cJSON_IsArray(entity->rows)) {
        loader_error(loader, "$.rows", "expected a list of objects");
        entity->rows = NULL;
    }
    entity->global = entity->rows || cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(root, "global"));
    read_count(loader, root, entity);
    read_id(loader, root, entity);
    const cJSON *exists = cJSON_GetObjectItemCaseSensitive(root, "exists");
    entity->exists = exists ? loader_expr(loader, exists, "$.exists") : NULL;
    const cJSON *fields = cJSON_GetObjectItemCaseSensitive(root, "fields");
    if (cJSON_IsObject(fields))
        entity->shape = loader_shape(loader, fields, "$.fields");
    else if (fields || !entity->rows)
        loader_error(loader, "$", "expected \"rows\" or an object \"fields\", or both");
    if (entity->rows)
        entity->shape = row_shape(loader, entity->rows, entity->shape);
}

/* Names in an entity's expressions, when all entities are known. */
static void check_entity(struct loader *loader, const struct entity *entity)
{
    loader_check_shape(loader, entity->shape, NULL, 0, "$.fields");
    loader_check_names(loader, entity->count_expr, NULL, 0, "$.count");
    loader_check_names(loader, entity->exists, &entity->shape, entity->shape ? 1 : 0, "$.exists");
}

static void load_entity(struct loader *loader, const char *file, struct entity *entity)
{
    struct tables *t = loader->tables;
    const cJSON *root = loader_read(loader, file);
    if (!root)
        return;
    entity->number = (unsigned)t->entity_count;
    entity->file = loader->file;
    read_entity(loader, root, entity);
    if (tables_entity(t, entity->name))
        loader_error(loader, "$.entity", "another file has an entity of this name");
    t->entity_count++;
}

void loader_entities(struct loader *loader, const struct table_files *files)
{
    struct tables *t = loader->tables;
    struct entity *entities = ARENA_ARRAY(t->arena, struct entity, OVERLAY_ENTITIES);
    t->entities = entities;
    if (files->count > OVERLAY_ENTITIES)
        loader_error(loader, "", "more than %d entities", OVERLAY_ENTITIES);
    for (size_t i = 0; entities && i < files->count && i < OVERLAY_ENTITIES; i++)
        load_entity(loader, files->names[i], &entities[t->entity_count]);
    loader->seeded = true;
    for (size_t i = 0; i < t->entity_count; i++) {
        loader->file = entities[i].file;
        check_entity(loader, &entities[i]);
    }
    loader->seeded = false;
    t->shop = tables_entity(t, STR("shop"));
    int shops = t->shop ? cJSON_GetArraySize(t->shop->rows) : 0;
    if (shops < 1 || shops > OVERLAY_SHOPS)
        loader_error(loader, "", "an entity \"shop\" with 1 to %d rows is needed", OVERLAY_SHOPS);
}
