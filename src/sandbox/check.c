/*
 * The check of the sandbox's tables, see check.h. Owns the tables while it looks at them.
 */
#include "sandbox/check.h"

#include "sandbox/check_inside.h"
#include "table/load.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

struct checking {
    const struct tables *tables;
    struct readers readers;
    struct findings *findings;
    const char *mappings;
    const char *file; /* under way */
};

static void complain(struct checking *c, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void complain(struct checking *c, const char *path, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    findings_add(c->findings, FINDING_ERROR, c->file, path, "%s", text);
}

static void below(char out[TABLE_PATH], const char *path, struct str name)
{
    char key[256];
    snprintf(key, sizeof key, STR_FMT, STR_ARG(name));
    table_path_key(out, path, key);
}

/* ---- forms against fields ---- */

/* The texts that an expression surely may give; enums know them or not. */
static void check_texts(struct checking *c, const struct expr *e, const struct contract_field *f,
                        const char *path)
{
    switch (e->op) {
    case EXPR_TEXT:
        if (!contract_allows(f, e->text))
            complain(c, path, STR_FMT " has no value '" STR_FMT "'", STR_ARG(f->path),
                     STR_ARG(e->text));
        break;
    case EXPR_IF:
        for (size_t i = 1; i < e->count; i++)
            check_texts(c, e->args[i], f, path);
        break;
    case EXPR_OR:
        check_texts(c, e->args[1], f, path);
        break;
    case EXPR_INDEX:
        for (size_t i = 0; e->args[0]->op == EXPR_LIST && i < e->args[0]->count; i++)
            check_texts(c, e->args[0]->args[i], f, path);
        break;
    default:
        break;
    }
}

static void check_form(struct checking *c, const struct shape *shape,
                       const struct contract_fields *fields, const struct contract_field *f,
                       bool element, const char *path);

/* The members of an object; strict: those that the contract does not have are found. */
static void check_members(struct checking *c, const struct shape *shape,
                          const struct contract_fields *fields, const struct contract_field *parent,
                          bool strict, const char *path)
{
    for (size_t i = 0; i < shape->count; i++) {
        const struct shape *member = &shape->members[i];
        char inner[TABLE_PATH];
        if (member->name.p[0] == '_')
            continue;
        below(inner, path, member->name);
        const struct contract_field *f = contract_member(fields, parent, member->name);
        if (f)
            check_form(c, member, fields, f, false, inner);
        else if (strict) {
            complain(c, inner, "the contract has no such field");
            struct str near = contract_nearest_member(fields, parent, member->name);
            if (near.p)
                findings_hint(c->findings, "did you mean " STR_FMT "?", STR_ARG(near));
        }
    }
}

static bool strict_files(const struct checking *c)
{
    return c->file && strstr(c->file, "/endpoints/");
}

static void check_form(struct checking *c, const struct shape *shape,
                       const struct contract_fields *fields, const struct contract_field *f,
                       bool element, const char *path)
{
    bool list = f->list && !element;
    if (shape->kind == SHAPE_LIST && !list)
        complain(c, path, STR_FMT " is no list", STR_ARG(f->path));
    else if (shape->kind == SHAPE_LIST) {
        char inner[TABLE_PATH];
        table_path_index(inner, path, 1);
        check_form(c, shape->element, fields, f, true, inner);
    } else if (shape->kind == SHAPE_OBJECT && (list || f->type != CONTRACT_OBJECT))
        complain(c, path, STR_FMT " is %s", STR_ARG(f->path), list ? "a list" : "no object");
    else if (shape->kind == SHAPE_OBJECT)
        check_members(c, shape, fields, f, strict_files(c), path);
    else if (shape->kind == SHAPE_LEAF && f->value_count)
        check_texts(c, shape->expr, f, path);
}

/* ---- entities ---- */

/* What stands in a template but comes nowhere out. */
static void check_read(struct checking *c, const struct shape *shape, const char *path)
{
    if (shape->kind == SHAPE_LIST)
        check_read(c, shape->element, path);
    if (shape->kind != SHAPE_OBJECT)
        return;
    for (size_t i = 0; i < shape->count; i++) {
        const struct shape *member = &shape->members[i];
        char inner[TABLE_PATH];
        below(inner, path, member->name);
        if (!str_eq(member->name, STR("_if")) && !readers_have(&c->readers, member->name))
            complain(c, inner, "no answer has this field and nothing reads it");
        check_read(c, member, inner);
    }
}

static void check_entity(struct checking *c, const struct entity *entity)
{
    c->file = entity->file;
    if (!entity->shape || entity == c->tables->shop)
        return;
    check_read(c, entity->shape, "$.fields");
    for (size_t i = 0; i < c->tables->rule_count; i++) {
        const struct rule *rule = &c->tables->rules[i];
        if (rule->entity == entity && (rule->at || rule->kind == RULE_GET))
            check_members(c, entity->shape, &rule->contract->answer, rule->at, false, "$.fields");
    }
}

/* ---- endpoints ---- */

/* Contracts name the errors of their kin seldom, so any of them will do. */
static bool known_code(const struct checking *c, int64_t code)
{
    for (int i = 0; i < REFUSALS; i++)
        if (c->tables->refusals[i].code == code)
            return true;
    for (size_t i = 0; i < contracts_count(c->tables->contracts); i++) {
        const struct contract *contract = contracts_at(c->tables->contracts, i);
        for (size_t k = 0; k < contract->error_count; k++)
            if (contract->errors[k] == code)
                return true;
    }
    return false;
}

static void check_code(struct checking *c, const struct rule_error *error, const char *path)
{
    if (error->given && !known_code(c, error->code))
        complain(c, path, "no contract has an error %lld", (long long)error->code);
}

static void check_codes(struct checking *c, const struct rule_error *errors, size_t count,
                        const char *path)
{
    for (size_t i = 0; i < count; i++) {
        char inner[TABLE_PATH];
        table_path_index(inner, path, errors[i].at);
        check_code(c, &errors[i], inner);
    }
}

static void check_notify(struct checking *c, const struct rule_notify *notify, const char *path)
{
    char call[64], inner[TABLE_PATH];
    snprintf(call, sizeof call, "POST /webhooks/%lld", (long long)notify->type);
    const struct contract *contract =
        contracts_by_call(c->tables->webhook_contracts, str_from(call));
    table_path_key(inner, path, "data");
    if (contract)
        check_members(c, notify->data, &contract->body, NULL, true, inner);
}

static void check_effect(struct checking *c, const struct rule *rule, const struct effect *effect,
                         const char *path)
{
    char inner[TABLE_PATH], at[TABLE_PATH];
    table_path_key(inner, path, "denies");
    if (!rule->fails_at) /* those of rows stand in no list of errors */
        check_codes(c, effect->denies, effect->deny_count, inner);
    table_path_key(inner, path, "notify");
    for (size_t i = 0; i < effect->notify_count; i++) {
        table_path_index(at, inner, i);
        check_notify(c, &effect->notify[i], at);
    }
    table_path_key(inner, path, "also");
    for (size_t i = 0; i < effect->also_count; i++) {
        table_path_index(at, inner, i);
        check_effect(c, rule, &effect->also[i], at);
    }
}

/* Both sides of `elements` must have the key. */
static void check_elements(struct checking *c, const struct rule *rule, const char *path)
{
    const struct rule_elements *e = &rule->elements;
    if (!e->in.p)
        return;
    const struct contract_field *list = contract_member(&rule->contract->body, NULL, e->in);
    const struct shape *own = rule->entity ? shape_member(rule->entity->shape, e->of) : NULL;
    if (list && !contract_member(&rule->contract->body, list, e->by))
        complain(c, path, "the elements of '" STR_FMT "' have no '" STR_FMT "'", STR_ARG(e->in),
                 STR_ARG(e->by));
    if (own && own->element && !shape_member(own->element, e->by))
        complain(c, path, "the records' '" STR_FMT "' have no '" STR_FMT "'", STR_ARG(e->of),
                 STR_ARG(e->by));
}

static void check_rule(struct checking *c, const struct rule *rule)
{
    char path[TABLE_PATH], inner[TABLE_PATH], deeper[TABLE_PATH];
    c->file = rule->file;
    below(path, "$", rule->contract->call);
    table_path_key(inner, path, "unknown");
    if (!rule->fails_at)
        check_code(c, &rule->unknown, inner);
    table_path_key(inner, path, "refuse");
    check_codes(c, rule->refuse, rule->refuse_count, inner);
    table_path_key(inner, path, "elements");
    check_elements(c, rule, inner);
    table_path_key(deeper, inner, "unknown");
    check_code(c, &rule->elements.unknown, deeper);
    check_effect(c, rule, &rule->effect, path);
    table_path_key(inner, path, "answer");
    if (rule->answer)
        check_members(c, rule->answer, &rule->contract->answer, NULL, true, inner);
    table_path_key(inner, path, "fails");
    table_path_key(deeper, inner, "make");
    if (rule->fails && rule->fails_at && rule->fails->kind == SHAPE_OBJECT)
        check_members(c, rule->fails, &rule->contract->answer, rule->fails_at, true, deeper);
}

/* ---- the rest ---- */

static bool fits_any(const struct tables *tables, const struct fallback *fallback)
{
    size_t count = contracts_count(tables->contracts);
    for (size_t i = 0; i < count; i++) {
        const struct contract_fields *answer = &contracts_at(tables->contracts, i)->answer;
        for (size_t k = 0; k < answer->count; k++)
            if (glob_match(fallback->glob, answer->items[k].name))
                return true;
    }
    return false;
}

static void check_single_files(struct checking *c)
{
    char file[1024], path[TABLE_PATH];
    snprintf(file, sizeof file, "%s/sandbox/defaults.json", c->mappings);
    c->file = file;
    for (size_t i = 0; i < c->tables->fallback_count; i++) {
        const struct fallback *f = &c->tables->fallbacks[i];
        char key[256];
        snprintf(key, sizeof key, STR_FMT " " STR_FMT, STR_ARG(f->type), STR_ARG(f->glob));
        table_path_key(path, "$", key);
        if (!fits_any(c->tables, f))
            complain(c, path, "no answer has such a field");
    }
    snprintf(file, sizeof file, "%s/sandbox/words.json", c->mappings);
    for (const cJSON *item = c->tables->words->child; item; item = item->next) {
        table_path_key(path, "$", item->string);
        if (!readers_have(&c->readers, str_from(item->string)))
            complain(c, path, "nothing reads these words");
    }
}

static void check_mistakes(struct checking *c)
{
    char file[1024], path[TABLE_PATH];
    snprintf(file, sizeof file, "%s/sandbox/mistakes.json", c->mappings);
    c->file = file;
    for (size_t i = 0; i < c->tables->mistake_count; i++) {
        below(path, "$", c->tables->mistakes[i].name);
        if (!c->tables->mistakes[i].used)
            complain(c, path, "no call has this error");
    }
    c->file = NULL;
}

static void check_contracts(struct checking *c)
{
    char file[1024];
    size_t count = contracts_count(c->tables->contracts);
    for (size_t i = 0; i < count; i++) {
        const struct contract *contract = contracts_at(c->tables->contracts, i);
        if (tables_rule(c->tables, contract))
            continue;
        snprintf(file, sizeof file, STR_FMT, STR_ARG(contract->file));
        c->file = file;
        complain(c, "$.call", "the sandbox has no endpoint for " STR_FMT, STR_ARG(contract->call));
    }
}

void sandbox_check(const char *mappings, struct findings *findings, size_t *endpoints)
{
    char folder[1024];
    struct stat info;
    *endpoints = 0;
    snprintf(folder, sizeof folder, "%s/sandbox", mappings);
    if (stat(folder, &info) != 0)
        return;
    struct tables *tables = tables_load(mappings, findings);
    if (!tables)
        return;
    struct checking c = {.tables = tables, .findings = findings, .mappings = mappings};
    *endpoints = tables->rule_count;
    readers_collect(&c.readers, tables);
    if (c.readers.failed)
        findings_add(findings, FINDING_ERROR, folder, "", "out of memory");
    for (size_t i = 0; !c.readers.failed && i < tables->entity_count; i++)
        check_entity(&c, &tables->entities[i]);
    for (size_t i = 0; i < tables->rule_count; i++)
        check_rule(&c, &tables->rules[i]);
    check_single_files(&c);
    check_mistakes(&c);
    check_contracts(&c);
    readers_clear(&c.readers);
    tables_free(tables);
}
