/*
 * Templates: from a table's JSON to shapes, and the check of the names in their expressions.
 *
 *   "text"          an expression
 *   17, true        a constant
 *   {...}           an object; members that begin with "_" are helpers and never answered;
 *                   one whose member "_if" does not hold is absent
 *   [count, form]   a list: so many elements of that form, `at` is the element's index
 */
#include "sandbox/run.h"
#include "sandbox/tables_inside.h"

#include <stdio.h>

enum { NEST_MAX = 16 };

const struct shape *shape_member_hashed(const struct shape *shape, struct str name, uint64_t hash)
{
    if (!shape || !shape->table)
        return NULL;
    for (size_t at = hash & shape->mask; shape->table[at]; at = (at + 1) & shape->mask) {
        const struct shape *member = &shape->members[shape->table[at] - 1];
        if (member->hash == hash && str_eq(member->name, name))
            return member;
    }
    return NULL;
}

const struct shape *shape_member(const struct shape *shape, struct str name)
{
    return shape_member_hashed(shape, name, str_hash(name));
}

bool loader_index(struct shape *shape, struct arena *arena)
{
    struct shape *members = (struct shape *)shape->members;
    size_t size = 2;
    while (size < shape->count * 2)
        size *= 2;
    uint16_t *table = ARENA_ARRAY(arena, uint16_t, size);
    if (!table || shape->count >= UINT16_MAX)
        return false;
    for (size_t i = 0; i < shape->count; i++) {
        members[i].hash = str_hash(members[i].name);
        size_t at = members[i].hash & (size - 1);
        while (table[at])
            at = (at + 1) & (size - 1);
        table[at] = (uint16_t)(i + 1);
    }
    shape->table = table;
    shape->mask = size - 1;
    return true;
}

const struct expr *loader_expr(struct loader *loader, const cJSON *text, const char *path)
{
    char why[256];
    if (!cJSON_IsString(text)) {
        loader_error(loader, path, "expected an expression in a text");
        return NULL;
    }
    const struct expr *expr =
        expr_parse(str_from(text->valuestring), loader->tables->arena, why, sizeof why);
    if (!expr)
        loader_error(loader, path, "%s", why);
    return expr;
}

static bool fill_shape(struct loader *loader, const cJSON *node, const char *path,
                       struct shape *shape);

static bool fill_object(struct loader *loader, const cJSON *node, const char *path,
                        struct shape *shape)
{
    size_t count = (size_t)cJSON_GetArraySize(node);
    struct shape *members = ARENA_ARRAY(loader->tables->arena, struct shape, count + 1);
    if (!members)
        return loader_error(loader, path, "out of memory");
    bool good = true;
    const cJSON *child;
    cJSON_ArrayForEach(child, node)
    {
        char below[TABLE_PATH];
        table_path_key(below, path, child->string);
        members[shape->count].name = str_from(child->string);
        good = fill_shape(loader, child, below, &members[shape->count++]) && good;
    }
    shape->kind = SHAPE_OBJECT;
    shape->members = members;
    return loader_index(shape, loader->tables->arena) ? good
                                                      : loader_error(loader, path, "out of memory");
}

static bool fill_list(struct loader *loader, const cJSON *node, const char *path,
                      struct shape *shape)
{
    if (cJSON_GetArraySize(node) != 2)
        return loader_error(loader, path, "expected [count, form of an element]");
    struct shape *element = ARENA_NEW(loader->tables->arena, struct shape);
    char below[TABLE_PATH];
    table_path_index(below, path, 0);
    shape->kind = SHAPE_LIST;
    shape->expr = loader_expr(loader, cJSON_GetArrayItem(node, 0), below);
    table_path_index(below, path, 1);
    shape->element = element;
    return element && fill_shape(loader, cJSON_GetArrayItem(node, 1), below, element) &&
           shape->expr;
}

static bool fill_shape(struct loader *loader, const cJSON *node, const char *path,
                       struct shape *shape)
{
    if (cJSON_IsObject(node))
        return fill_object(loader, node, path, shape);
    if (cJSON_IsArray(node))
        return fill_list(loader, node, path, shape);
    if (cJSON_IsNumber(node) || cJSON_IsBool(node)) {
        shape->kind = SHAPE_DATA;
        shape->data = value_data(node);
        return true;
    }
    shape->kind = SHAPE_LEAF;
    shape->expr = loader_expr(loader, node, path);
    return shape->expr != NULL;
}

const struct shape *loader_shape(struct loader *loader, const cJSON *node, const char *path)
{
    struct shape *shape = ARENA_NEW(loader->tables->arena, struct shape);
    return shape && fill_shape(loader, node, path, shape) ? shape : NULL;
}

/* ---- names ---- */

struct names {
    struct loader *loader;
    const struct shape *const *scopes;
    size_t count;
    const char *path;
    struct str own; /* the member that the expression makes */
};

static void suggest_name(struct names *n, struct str name)
{
    struct str best = STR_NONE;
    for (size_t s = 0; s < n->count; s++)
        for (size_t i = 0; i < n->scopes[s]->count; i++) {
            struct str pair[2] = {n->scopes[s]->members[i].name, best};
            struct str near = str_nearest(name, pair, best.p ? 2 : 1);
            best = near.p ? near : best;
        }
    if (best.p)
        findings_hint(n->loader->findings, "did you mean " STR_FMT "?", STR_ARG(best));
}

static void visit_name(const struct expr *expr, void *ctx)
{
    struct names *n = ctx;
    if (expr->op == EXPR_CALL && word_takes_entity((int)expr->number) &&
        expr->args[0]->op == EXPR_TEXT && !tables_entity(n->loader->tables, expr->args[0]->text))
        loader_error(n->loader, n->path, "no entity is named '" STR_FMT "'",
                     STR_ARG(expr->args[0]->text));
    if (expr->op == EXPR_CALL && n->loader->seeded && str_eq(expr->text, STR("fresh")))
        loader_error(n->loader, n->path, "fresh() makes another id each time: only in `set`");
    if (expr->op != EXPR_NAME || variable_by_name(expr->text) != VARIABLES)
        return;
    bool own = false;
    for (size_t i = n->count; i-- > 0;)
        if (shape_member(n->scopes[i], expr->text)) {
            own = i + 1 == n->count && n->own.p && str_eq(n->own, expr->text);
            if (!own)
                return;
        }
    if (own) {
        loader_error(n->loader, n->path, "needs itself");
        return;
    }
    loader_error(n->loader, n->path, "nothing is named '" STR_FMT "' here", STR_ARG(expr->text));
    suggest_name(n, expr->text);
}

void loader_check_names(struct loader *loader, const struct expr *expr,
                        const struct shape *const *scopes, size_t count, const char *path)
{
    struct names names = {loader, scopes, count, path, STR_NONE};
    if (expr)
        expr_walk(expr, visit_name, &names);
}

static void check_nested(struct loader *loader, const struct shape *shape,
                         const struct shape *scopes[NEST_MAX], size_t count, const char *path)
{
    char below[TABLE_PATH];
    if (count == NEST_MAX) {
        loader_error(loader, path, "nests too deeply");
        return;
    }
    struct names names = {loader, scopes, count, path, shape->name};
    if (shape->kind == SHAPE_LEAF || shape->kind == SHAPE_LIST)
        expr_walk(shape->expr, visit_name, &names);
    if (shape->kind == SHAPE_LIST) {
        table_path_index(below, path, 1);
        check_nested(loader, shape->element, scopes, count, below);
    }
    if (shape->kind != SHAPE_OBJECT)
        return;
    scopes[count++] = shape;
    for (size_t i = 0; i < shape->count; i++) {
        char name[128];
        snprintf(name, sizeof name, STR_FMT, STR_ARG(shape->members[i].name));
        table_path_key(below, path, name);
        check_nested(loader, &shape->members[i], scopes, count, below);
    }
}

void loader_check_shape(struct loader *loader, const struct shape *shape,
                        const struct shape *const *outer, size_t count, const char *path)
{
    const struct shape *scopes[NEST_MAX];
    for (size_t i = 0; i < count; i++)
        scopes[i] = outer[i];
    if (shape)
        check_nested(loader, shape, scopes, count, path);
}
