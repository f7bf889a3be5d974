/*
 * The names that anything reads, for the check of fields that nothing does. Names of other
 * places count too: what is found is surely dead, not everything that is dead is found.
 */
#include "sandbox/check_inside.h"

#include <stdlib.h>

static void add(struct readers *r, struct str name)
{
    if (r->count == r->room) {
        size_t room = r->room ? r->room * 2 : 1024;
        struct str *names = realloc(r->names, room * sizeof *names);
        if (!names) {
            r->failed = true;
            return;
        }
        r->names = names;
        r->room = room;
    }
    r->names[r->count++] = name;
}

/* "price.amount" in where(): each part. */
static void add_path(struct readers *r, struct str path)
{
    while (path.p)
        add(r, str_cut(&path, '.'));
}

static void on_expr(const struct expr *expr, void *ctx)
{
    if (expr->op == EXPR_NAME || expr->op == EXPR_MEMBER)
        add(ctx, expr->text);
    else if (expr->op == EXPR_TEXT)
        add_path(ctx, expr->text);
}

static void add_expr(struct readers *r, const struct expr *expr)
{
    if (expr)
        expr_walk(expr, on_expr, r);
}

void shape_walk(const struct shape *shape, void (*visit)(const struct expr *expr, void *ctx),
                void *ctx)
{
    if (!shape)
        return;
    if (shape->expr)
        expr_walk(shape->expr, visit, ctx);
    shape_walk(shape->element, visit, ctx);
    for (size_t i = 0; i < shape->count; i++)
        shape_walk(&shape->members[i], visit, ctx);
}

static void add_sets(struct readers *r, const struct rule_set *sets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        shape_walk(sets[i].form, on_expr, r);
}

static void add_errors(struct readers *r, const struct rule_error *errors, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add_expr(r, errors[i].when);
}

static void add_effect(struct readers *r, const struct effect *effect)
{
    add_expr(r, effect->of);
    add_expr(r, effect->when);
    add_expr(r, effect->reuse);
    add_sets(r, effect->set, effect->set_count);
    add_errors(r, effect->denies, effect->deny_count);
    for (size_t i = 0; i < effect->notify_count; i++) {
        add_expr(r, effect->notify[i].when);
        shape_walk(effect->notify[i].data, on_expr, r);
    }
    for (size_t i = 0; i < effect->also_count; i++)
        add_effect(r, &effect->also[i]);
}

/* What rows can be sorted by is what the request may name. */
static void add_sort_fields(struct readers *r, const struct contract_fields *fields)
{
    const struct contract_field *f = contract_member(fields, NULL, STR("sort_field"));
    for (size_t i = 0; f && i < f->value_count; i++)
        add(r, f->values[i]);
}

static void add_rule(struct readers *r, const struct rule *rule)
{
    for (size_t i = 0; i < rule->filter_count; i++)
        add_expr(r, rule->filters[i].expr);
    add_expr(r, rule->only);
    add_expr(r, rule->of);
    add_expr(r, rule->each_of);
    add_effect(r, &rule->effect);
    add_sets(r, rule->elements.set, rule->elements.set_count);
    if (rule->elements.in.p) {
        add(r, rule->elements.of);
        add(r, rule->elements.by);
    }
    add_errors(r, rule->refuse, rule->refuse_count);
    shape_walk(rule->fails, on_expr, r);
    shape_walk(rule->answer, on_expr, r);
    add_sort_fields(r, &rule->contract->query);
    add_sort_fields(r, &rule->contract->body);
    for (size_t i = 0; i < rule->contract->answer.count; i++)
        add(r, rule->contract->answer.items[i].name);
}

static int by_bytes(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

void readers_collect(struct readers *r, const struct tables *tables)
{
    for (size_t i = 0; i < tables->entity_count; i++) {
        const struct entity *entity = &tables->entities[i];
        add(r, entity->key);
        add_expr(r, entity->count_expr);
        add_expr(r, entity->exists);
        shape_walk(entity->shape, on_expr, r);
    }
    for (size_t i = 0; i < tables->rule_count; i++)
        add_rule(r, &tables->rules[i]);
    for (size_t i = 0; i < tables->fallback_count; i++)
        add_expr(r, tables->fallbacks[i].expr);
    add_expr(r, tables->hearer.when);
    add_expr(r, tables->hearer.address);
    if (r->count)
        qsort(r->names, r->count, sizeof *r->names, by_bytes);
}

bool readers_have(const struct readers *r, struct str name)
{
    return r->count && bsearch(&name, r->names, r->count, sizeof name, by_bytes);
}

void readers_clear(struct readers *r)
{
    free(r->names);
    *r = (struct readers){0};
}
