/*
 * Loading of the sandbox's tables: the single files, and what all loaders share. Entities are
 * read in entities_load.c, rules of endpoints in rules_load.c, templates in shape.c. See
 * tables.h.
 */
#include "sandbox/tables_inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { ARENA_MAX = 64 << 20, RULES_MAX = 300 };

bool loader_error(struct loader *loader, const char *path, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return findings_add(loader->findings, FINDING_ERROR, loader->file, path, "%s", text);
}

void loader_keys(struct loader *loader, const cJSON *object, const char *path,
                 const char *const *keys)
{
    struct str names[32];
    size_t count = 0;
    while (keys[count] && count < 32) {
        names[count] = str_from(keys[count]);
        count++;
    }
    for (const cJSON *child = object->child; child; child = child->next) {
        bool known = false;
        for (size_t i = 0; i < count; i++)
            known = known || str_eq(names[i], str_from(child->string));
        if (known)
            continue;
        char below[TABLE_PATH];
        table_path_key(below, path, child->string);
        loader_error(loader, below, "unknown key");
        findings_did_you_mean(loader->findings, str_from(child->string), names, count);
    }
}

struct str loader_text(struct loader *loader, const cJSON *object, const char *path,
                       const char *key, bool required)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    char below[TABLE_PATH];
    if (cJSON_IsString(value))
        return str_from(value->valuestring);
    table_path_key(below, path, key);
    if (value || required)
        loader_error(loader, below, "expected a text");
    return STR_NONE;
}

const cJSON *loader_read(struct loader *loader, const char *file)
{
    struct tables *t = loader->tables;
    struct str kept = arena_str(t->arena, str_from(file));
    cJSON **documents = realloc(t->documents, (t->document_count + 1) * sizeof *documents);
    if (documents)
        t->documents = documents;
    loader->file = kept.p ? kept.p : "";
    cJSON *document = documents && kept.p ? table_read(loader->file, loader->findings) : NULL;
    if (document)
        t->documents[t->document_count++] = document;
    if (document && !cJSON_IsObject(document))
        return loader_error(loader, "$", "expected an object") ? document : NULL;
    return document;
}

/* ---- single files ---- */

static void load_fallbacks(struct loader *loader, const char *file)
{
    const cJSON *root = loader_read(loader, file), *item;
    if (!root)
        return;
    struct tables *t = loader->tables;
    size_t count = (size_t)cJSON_GetArraySize(root);
    struct fallback *list = ARENA_ARRAY(t->arena, struct fallback, count + 1);
    t->fallbacks = list;
    cJSON_ArrayForEach(item, root)
    {
        char path[TABLE_PATH];
        table_path_key(path, "$", item->string);
        struct str rest = str_from(item->string);
        struct str type = str_cut(&rest, ' ');
        if (!rest.p)
            loader_error(loader, path, "expected \"type pattern\", such as \"string *_id\"");
        struct fallback f = {type, rest, loader_expr(loader, item, path)};
        loader_check_names(loader, f.expr, NULL, 0, path);
        if (list)
            list[t->fallback_count++] = f;
    }
}

static void load_refusals(struct loader *loader, const char *file)
{
    static const char *const keys[] = {"code", "status", "message", NULL};
    const cJSON *root = loader_read(loader, file);
    for (int i = 0; root && i < REFUSALS; i++) {
        struct str name = refusal_name((enum refusal)i);
        char path[TABLE_PATH];
        table_path_key(path, "$", name.p);
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, name.p);
        const cJSON *code = cJSON_GetObjectItemCaseSensitive(item, "code");
        const cJSON *status = cJSON_GetObjectItemCaseSensitive(item, "status");
        if (!cJSON_IsNumber(code) || !cJSON_IsNumber(status) || status->valueint < 200 ||
            status->valueint > 599) {
            loader_error(loader, path, "expected {\"code\", \"status\", \"message\"}");
            continue;
        }
        loader_keys(loader, item, path, keys);
        loader->tables->refusals[i] =
            (struct refusal_words){(int64_t)code->valuedouble, status->valueint,
                                   loader_text(loader, item, path, "message", true)};
    }
    if (root && cJSON_GetArraySize(root) != REFUSALS)
        loader_error(loader, "$", "expected %d refusals and no others", REFUSALS);
}

static void load_rules(struct loader *loader, const struct table_files *files)
{
    struct tables *t = loader->tables;
    struct rule *rules = ARENA_ARRAY(t->arena, struct rule, RULES_MAX);
    t->rules = rules;
    for (size_t i = 0; rules && i < files->count; i++) {
        const cJSON *root = loader_read(loader, files->names[i]);
        if (root && t->rule_count + (size_t)cJSON_GetArraySize(root) > RULES_MAX)
            loader_error(loader, "$", "more than %d endpoints", RULES_MAX);
        else if (root)
            loader_rules(loader, root, rules, &t->rule_count);
    }
}

static void each_file(struct loader *loader, const char *mappings, const char *folder,
                      void (*load)(struct loader *loader, const struct table_files *files))
{
    char path[1024];
    struct table_files files;
    snprintf(path, sizeof path, "%s/sandbox/%s", mappings, folder);
    table_list(path, &files, loader->findings);
    load(loader, &files);
    table_files_clear(&files);
}

/* A file that own tables may do without. */
static const cJSON *read_optional(struct loader *loader, const char *mappings, const char *name)
{
    char path[1024];
    struct stat info;
    snprintf(path, sizeof path, "%s/sandbox/%s", mappings, name);
    return stat(path, &info) == 0 ? loader_read(loader, path) : NULL;
}

static void load_webhooks(struct loader *loader, const char *mappings)
{
    static const char *const keys[] = {"about", "entity", "when", "address", NULL};
    struct tables *t = loader->tables;
    char path[1024];
    const cJSON *root = read_optional(loader, mappings, "webhooks.json");
    if (!root)
        return;
    loader_keys(loader, root, "$", keys);
    struct str name = loader_text(loader, root, "$", "entity", true);
    const struct entity *entity = name.p ? tables_entity(t, name) : NULL;
    if (!entity) {
        loader_error(loader, "$.entity", "no entity is named '" STR_FMT "'", STR_ARG(name));
        return;
    }
    t->hearer = (struct hearer){
        entity, loader_expr(loader, cJSON_GetObjectItemCaseSensitive(root, "when"), "$.when"),
        loader_expr(loader, cJSON_GetObjectItemCaseSensitive(root, "address"), "$.address")};
    loader_check_names(loader, t->hearer.when, &entity->shape, 1, "$.when");
    loader_check_names(loader, t->hearer.address, &entity->shape, 1, "$.address");
    snprintf(path, sizeof path, "%s/contracts/webhooks", mappings);
    t->webhook_contracts = contracts_load(path, loader->findings);
}

static void load_all(struct loader *loader, const char *mappings)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/contracts/v202309", mappings);
    loader->tables->contracts = contracts_load(path, loader->findings);
    snprintf(path, sizeof path, "%s/sandbox/words.json", mappings);
    loader->tables->words = loader_read(loader, path);
    snprintf(path, sizeof path, "%s/sandbox/access.json", mappings);
    loader->tables->access = loader_read(loader, path);
    snprintf(path, sizeof path, "%s/sandbox/errors.json", mappings);
    load_refusals(loader, path);
    each_file(loader, mappings, "entities", loader_entities);
    load_webhooks(loader, mappings);
    snprintf(path, sizeof path, "%s/sandbox/defaults.json", mappings);
    load_fallbacks(loader, path);
    loader_mistakes(loader, read_optional(loader, mappings, "mistakes.json"));
    if (loader->tables->contracts)
        each_file(loader, mappings, "endpoints", load_rules);
}

struct tables *tables_load(const char *mappings, struct findings *findings)
{
    size_t errors = findings->errors;
    struct tables *tables = calloc(1, sizeof *tables);
    if (tables)
        tables->arena = arena_new(ARENA_MAX);
    if (!tables || !tables->arena)
        findings_add(findings, FINDING_ERROR, mappings, "", "out of memory");
    else {
        struct loader loader = {.tables = tables, .findings = findings, .file = ""};
        load_all(&loader, mappings);
        if (arena_failed(tables->arena))
            findings_add(findings, FINDING_ERROR, mappings, "", "out of memory");
    }
    if (findings->errors == errors)
        return tables;
    tables_free(tables);
    return NULL;
}

void tables_free(struct tables *tables)
{
    if (!tables)
        return;
    for (size_t i = 0; i < tables->document_count; i++)
        cJSON_Delete(tables->documents[i]);
    free(tables->documents);
    contracts_free(tables->contracts);
    contracts_free(tables->webhook_contracts);
    arena_free(tables->arena);
    free(tables);
}

const struct entity *tables_entity(const struct tables *tables, struct str name)
{
    for (size_t i = 0; i < tables->entity_count; i++)
        if (str_eq(tables->entities[i].name, name))
            return &tables->entities[i];
    return NULL;
}

const struct rule *tables_rule(const struct tables *tables, const struct contract *contract)
{
    for (size_t i = 0; i < tables->rule_count; i++)
        if (tables->rules[i].contract == contract)
            return &tables->rules[i];
    return NULL;
}

/* Only the last star is gone back to: those before it have their shortest text already. */
bool glob_match(struct str glob, struct str text)
{
    size_t g = 0, t = 0, star = glob.n, behind = 0;
    while (t < text.n) {
        if (g < glob.n && glob.p[g] == '*') {
            star = g++;
            behind = t;
        } else if (g < glob.n && glob.p[g] == text.p[t]) {
            g++;
            t++;
        } else if (star < glob.n) {
            g = star + 1;
            t = ++behind;
        } else {
            return false;
        }
    }
    while (g < glob.n && glob.p[g] == '*')
        g++;
    return g == glob.n;
}
