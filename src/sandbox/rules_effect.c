/*
 * Loading of what calls do to records: `set`, `denies`, `notify` and `also`. See rules_load.c
 * for the calls themselves.
 *
 *   "set":    { PATH: form }      PATH is "price.amount", or "parts[].price" for every element
 *   "denies": [ ERROR with "when" over the record ]
 *   "notify": [ { "type": n, "when": condition, "data": form } ]
 *   "also":   [ { "in": ENTITY, "of": ids, "when": ..., and the same again },
 *               { "create": ENTITY, "of": list, ... } ]
 */
#include "sandbox/run.h"
#include "sandbox/tables_inside.h"

#include <stdio.h>

/* The template's member at a path; lists are entered, what is no template is let be. */
static const struct shape *member_at(const struct shape *shape, struct str path,
                                     const struct shape **list)
{
    while (shape && path.p && (shape->kind == SHAPE_OBJECT || shape->kind == SHAPE_LIST)) {
        struct str name = str_cut(&path, '.');
        bool each = name.n > 2 && name.p[name.n - 1] == ']';
        shape = shape_member(shape, loader_bare(name));
        if (each && shape && shape->kind == SHAPE_LIST) {
            shape = shape->element;
            *list = shape;
        }
    }
    return shape;
}

const struct rule_set *loader_sets(struct loader *l, const cJSON *node,
                                   const struct shape *const *scopes, size_t scope_count,
                                   const char *path, size_t *count)
{
    *count = 0;
    if (!node)
        return NULL;
    struct rule_set *sets =
        ARENA_ARRAY(l->tables->arena, struct rule_set, (size_t)cJSON_GetArraySize(node) + 1);
    const cJSON *item;
    cJSON_ArrayForEach(item, node)
    {
        char below[TABLE_PATH];
        const struct shape *inner[3], *element = NULL;
        size_t inner_count = 0;
        table_path_key(below, path, item->string);
        struct rule_set set = {str_from(item->string), loader_shape(l, item, below)};
        for (; inner_count < scope_count; inner_count++)
            inner[inner_count] = scopes[inner_count];
        if (scope_count && !member_at(scopes[scope_count - 1], set.path, &element))
            loader_error(l, below, "the records have no such field");
        if (element)
            inner[inner_count++] = element;
        loader_check_shape(l, set.form, inner, inner_count, below);
        if (sets)
            sets[(*count)++] = set;
    }
    return sets;
}

static void check_type(struct loader *l, int64_t type, const char *path)
{
    char call[64], below[TABLE_PATH];
    snprintf(call, sizeof call, "POST /webhooks/%lld", (long long)type);
    table_path_key(below, path, "type");
    if (!l->tables->webhook_contracts ||
        !contracts_by_call(l->tables->webhook_contracts, str_from(call)))
        loader_error(l, below, "no contract of a webhook has this type");
}

static void read_notify(struct loader *l, const cJSON *node, const struct shape *scope,
                        const char *path, struct effect *effect)
{
    static const char *const keys[] = {"type", "when", "data", NULL};
    struct rule_notify *list =
        ARENA_ARRAY(l->tables->arena, struct rule_notify, (size_t)cJSON_GetArraySize(node) + 1);
    effect->notify = list;
    const cJSON *item;
    cJSON_ArrayForEach(item, node)
    {
        char at[TABLE_PATH], below[TABLE_PATH];
        table_path_index(at, path, effect->notify_count);
        loader_keys(l, item, at, keys);
        const cJSON *type = cJSON_GetObjectItemCaseSensitive(item, "type");
        const cJSON *when = cJSON_GetObjectItemCaseSensitive(item, "when");
        const cJSON *data = cJSON_GetObjectItemCaseSensitive(item, "data");
        if (!list || !cJSON_IsNumber(type) || !cJSON_IsObject(data)) {
            loader_error(l, at, "expected {\"type\": number, \"data\": {...}}");
            continue;
        }
        struct rule_notify *notify = &list[effect->notify_count++];
        notify->type = type->valueint;
        check_type(l, notify->type, at);
        table_path_key(below, at, "when");
        notify->when = when ? loader_expr(l, when, below) : NULL;
        loader_check_names(l, notify->when, &scope, scope ? 1 : 0, below);
        table_path_key(below, at, "data");
        notify->data = loader_shape(l, data, below);
        loader_check_shape(l, notify->data, &scope, scope ? 1 : 0, below);
    }
}

/* What an element of `also` is about; false when there is no such entity. */
static bool read_target(struct loader *l, const cJSON *node, const char *path,
                        const struct shape *scope, struct effect *effect)
{
    char below[TABLE_PATH];
    struct str in = loader_text(l, node, path, "in", false);
    struct str create = loader_text(l, node, path, "create", false);
    const cJSON *of = cJSON_GetObjectItemCaseSensitive(node, "of");
    const cJSON *when = cJSON_GetObjectItemCaseSensitive(node, "when");
    effect->creates = create.p != NULL;
    struct str name = create.p ? create : in;
    effect->entity = name.p ? tables_entity(l->tables, name) : NULL;
    if (!effect->entity || (in.p && create.p)) {
        loader_error(l, path, "expected an entity in either \"in\" or \"create\"");
        return false;
    }
    table_path_key(below, path, "of");
    effect->of = of ? loader_expr(l, of, below) : NULL;
    loader_check_names(l, effect->of, &scope, scope ? 1 : 0, below);
    if (!of && !effect->creates)
        loader_error(l, path, "\"in\" needs \"of\": an expression that gives ids");
    table_path_key(below, path, "when");
    effect->when = when ? loader_expr(l, when, below) : NULL;
    loader_check_names(l, effect->when, &scope, scope ? 1 : 0, below);
    return true;
}

static void read_also(struct loader *l, const cJSON *node, const struct shape *scope,
                      const char *path, struct effect *effect)
{
    static const char *const keys[] = {"in",  "create", "reuse",  "of",   "when",
                                       "set", "denies", "notify", "also", NULL};
    struct effect *list =
        ARENA_ARRAY(l->tables->arena, struct effect, (size_t)cJSON_GetArraySize(node) + 1);
    effect->also = list;
    const cJSON *item;
    cJSON_ArrayForEach(item, node)
    {
        char at[TABLE_PATH];
        table_path_index(at, path, effect->also_count);
        loader_keys(l, item, at, keys);
        if (!list || !read_target(l, item, at, scope, &list[effect->also_count]))
            continue;
        loader_effect(l, item, at, &list[effect->also_count++]);
    }
}

void loader_effect(struct loader *l, const cJSON *node, const char *path, struct effect *effect)
{
    char below[TABLE_PATH];
    const struct shape *scope = effect->entity ? effect->entity->shape : NULL;
    const cJSON *set = cJSON_GetObjectItemCaseSensitive(node, "set");
    const cJSON *denies = cJSON_GetObjectItemCaseSensitive(node, "denies");
    const cJSON *notify = cJSON_GetObjectItemCaseSensitive(node, "notify");
    const cJSON *also = cJSON_GetObjectItemCaseSensitive(node, "also");
    const cJSON *reuse = cJSON_GetObjectItemCaseSensitive(node, "reuse");
    table_path_key(below, path, "reuse");
    effect->reuse = reuse ? loader_expr(l, reuse, below) : NULL;
    loader_check_names(l, effect->reuse, &scope, scope ? 1 : 0, below);
    table_path_key(below, path, "set");
    effect->set = loader_sets(l, set, &scope, scope ? 1 : 0, below, &effect->set_count);
    table_path_key(below, path, "denies");
    effect->denies =
        loader_errors(l, denies, effect->creates ? NULL : scope, below, &effect->deny_count);
    table_path_key(below, path, "notify");
    if (notify)
        read_notify(l, notify, scope, below, effect);
    table_path_key(below, path, "also");
    if (also)
        read_also(l, also, scope, below, effect);
}
