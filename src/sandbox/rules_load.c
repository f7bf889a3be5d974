/*
 * Loading of mappings/sandbox/endpoints/: what each served call does, in a closed form.
 *
 *   "POST /x/search": { "list": ENTITY, "at": "rows[]", "where": {FIELD: condition}, "only": ... }
 *   "GET /x/{id}":    { "get": ENTITY, "by": "id", "at": "rows[]", "unknown": ERROR }
 *   "POST /x/stop":   { "change": ENTITY, "by": "ids[]", "set": {PATH: form},
 *                       "fails": {"at": "errors[]", "make": form}, "elements": {...} }
 *   "POST /x":        { "create": ENTITY, "set": {PATH: form}, "denies": [...], "also": [...] }
 *   "POST /upload":   { "upload": "data" }
 *   anything:         { "answer": {FIELD: form}, "refuse": [ERROR with "when"] }
 * ERROR is {"code": n, "status": n, "message": text}. Calls, fields and entities that do not
 * exist are findings.
 */
#include "sandbox/run.h"
#include "sandbox/tables_internal.h"

#include <stdio.h>

static const char *const keys[] = {"list",    "get",   "change",   "create", "reuse", "upload",
                                   "grant",   "by",    "each",     "of",     "at",    "where",
                                   "only",    "set",   "elements", "denies", "also",  "notify",
                                   "unknown", "fails", "refuse",   "answer", NULL};

static bool request_has(const struct contract *c, struct str name)
{
    return contract_member(&c->query, NULL, name) || contract_member(&c->body, NULL, name) ||
           contract_member(&c->params, NULL, name);
}

struct str loader_bare(struct str field)
{
    bool list = field.n > 2 && field.p[field.n - 1] == ']';
    return list ? str_of(field.p, field.n - 2) : field;
}

static void check_request_field(struct loader *l, const struct rule *rule, struct str field,
                                const char *path)
{
    if (!field.p || request_has(rule->contract, loader_bare(field)))
        return;
    loader_error(l, path, "the call takes no '" STR_FMT "'", STR_ARG(field));
    struct str near = contract_nearest_member(&rule->contract->body, NULL, loader_bare(field));
    if (!near.p)
        near = contract_nearest_member(&rule->contract->query, NULL, loader_bare(field));
    if (near.p)
        findings_hint(l->findings, "did you mean " STR_FMT "?", STR_ARG(near));
}

/* "a.b" inside the elements of `each`. */
static void check_inside_each(struct loader *l, const struct rule *rule, const char *path)
{
    const struct contract_field *field = contract_member(&rule->contract->body, NULL, rule->each);
    struct str rest = rule->by;
    while (field && rest.p) {
        struct str name = str_cut(&rest, '.');
        field = contract_member(&rule->contract->body, field, name);
    }
    if (!field)
        loader_error(l, path, "the elements of '" STR_FMT "' have no '" STR_FMT "'",
                     STR_ARG(rule->each), STR_ARG(rule->by));
}

static const struct contract_field *answer_field(struct loader *l, const struct rule *rule,
                                                 struct str at, const char *path)
{
    if (!at.p || at.n == 0)
        return NULL;
    const struct contract_field *field = contract_field(&rule->contract->answer, at);
    if (field && field->list && !field->parent)
        return field;
    loader_error(l, path, "the answer has no list '" STR_FMT "' at its root", STR_ARG(at));
    return NULL;
}

static void check_expr(struct loader *l, const struct rule *rule, const struct expr *expr,
                       const char *path)
{
    const struct shape *scope = rule->entity ? rule->entity->shape : NULL;
    if (!rule->of || rule->kind != RULE_LIST)
        loader_check_names(l, expr, &scope, scope ? 1 : 0, path);
}

void loader_rule_error(struct loader *l, const cJSON *node, const struct shape *scope,
                       const char *path, struct rule_error *error)
{
    static const char *const error_keys[] = {"code", "status", "message", "when", NULL};
    if (!node)
        return;
    const cJSON *code = cJSON_GetObjectItemCaseSensitive(node, "code");
    const cJSON *status = cJSON_GetObjectItemCaseSensitive(node, "status");
    const cJSON *when = cJSON_GetObjectItemCaseSensitive(node, "when");
    char below[TABLE_PATH];
    if (!cJSON_IsNumber(code) || (status && !cJSON_IsNumber(status))) {
        loader_error(l, path, "expected {\"code\": number, \"message\": text}");
        return;
    }
    loader_keys(l, node, path, error_keys);
    error->given = true;
    error->code = (int64_t)code->valuedouble;
    error->status = status ? status->valueint : 200;
    error->message = loader_text(l, node, path, "message", true);
    table_path_key(below, path, "when");
    if (when)
        error->when = loader_expr(l, when, below);
    loader_check_names(l, error->when, &scope, scope ? 1 : 0, below);
}

const struct rule_error *loader_rule_errors(struct loader *l, const cJSON *node,
                                            const struct shape *scope, const char *path,
                                            size_t *count)
{
    *count = 0;
    if (!node)
        return NULL;
    struct rule_error *list =
        ARENA_ARRAY(l->tables->arena, struct rule_error, (size_t)cJSON_GetArraySize(node) + 1);
    const cJSON *item;
    cJSON_ArrayForEach(item, node)
    {
        char below[TABLE_PATH];
        table_path_index(below, path, *count);
        if (!list)
            return NULL;
        loader_rule_error(l, item, scope, below, &list[*count]);
        if (!list[*count].when)
            loader_error(l, below, "expected a condition in \"when\"");
        ++*count;
    }
    return list;
}

static void read_filters(struct loader *l, struct rule *rule, const cJSON *node, const char *path)
{
    const cJSON *item;
    struct rule_filter *filters =
        ARENA_ARRAY(l->tables->arena, struct rule_filter, (size_t)cJSON_GetArraySize(node) + 1);
    rule->filters = filters;
    cJSON_ArrayForEach(item, node)
    {
        char below[TABLE_PATH];
        table_path_key(below, path, item->string);
        struct str field = str_from(item->string);
        check_request_field(l, rule, field, below);
        struct rule_filter filter = {loader_bare(field), loader_expr(l, item, below)};
        check_expr(l, rule, filter.expr, below);
        if (filters)
            filters[rule->filter_count++] = filter;
    }
}

static void read_elements(struct loader *l, struct rule *rule, const cJSON *node, const char *path)
{
    static const char *const element_keys[] = {"in", "of", "by", "unknown", "set", NULL};
    char below[TABLE_PATH];
    if (!node)
        return;
    loader_keys(l, node, path, element_keys);
    struct rule_elements *e = &rule->elements;
    e->in = loader_bare(loader_text(l, node, path, "in", true));
    e->of = loader_bare(loader_text(l, node, path, "of", true));
    e->by = loader_text(l, node, path, "by", true);
    table_path_key(below, path, "in");
    check_request_field(l, rule, e->in, below);
    const struct shape *list = rule->entity ? shape_member(rule->entity->shape, e->of) : NULL;
    if (!list || list->kind != SHAPE_LIST)
        loader_error(l, path, "the entity has no list '" STR_FMT "'", STR_ARG(e->of));
    table_path_key(below, path, "unknown");
    loader_rule_error(l, cJSON_GetObjectItemCaseSensitive(node, "unknown"), NULL, below,
                      &e->unknown);
    if (!list || list->kind != SHAPE_LIST)
        return;
    const struct shape *scopes[2] = {rule->entity->shape, list->element};
    table_path_key(below, path, "set");
    e->set = loader_sets(l, cJSON_GetObjectItemCaseSensitive(node, "set"), scopes, 2, below,
                         &e->set_count);
}

static void read_fails(struct loader *l, struct rule *rule, const cJSON *node, const char *path)
{
    static const char *const fail_keys[] = {"at", "make", NULL};
    char below[TABLE_PATH];
    if (!node)
        return;
    loader_keys(l, node, path, fail_keys);
    table_path_key(below, path, "at");
    rule->fails_at = answer_field(l, rule, loader_text(l, node, path, "at", true), below);
    table_path_key(below, path, "make");
    rule->fails = loader_shape(l, cJSON_GetObjectItemCaseSensitive(node, "make"), below);
    loader_check_shape(l, rule->fails, NULL, 0, below);
}

static void read_kind(struct loader *l, struct rule *rule, const cJSON *node, const char *path)
{
    static const struct {
        const char *key;
        enum rule_kind kind;
    } kinds[] = {
        {"list", RULE_LIST}, {"get", RULE_GET}, {"change", RULE_CHANGE}, {"create", RULE_CREATE}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct str name = loader_text(l, node, path, kinds[i].key, false);
        if (!name.p)
            continue;
        rule->kind = kinds[i].kind;
        rule->entity = tables_entity(l->tables, name);
        if (!rule->entity)
            loader_error(l, path, "no entity is named '" STR_FMT "'", STR_ARG(name));
    }
    if (!rule->entity && cJSON_HasObjectItem(node, "of"))
        rule->kind = RULE_LIST; /* rows that are no records */
    struct str upload = loader_text(l, node, path, "upload", false);
    struct str grant = loader_text(l, node, path, "grant", false);
    if (upload.p) {
        rule->kind = RULE_UPLOAD;
        rule->by = upload;
    }
    if (grant.p) {
        rule->kind = str_eq(grant, STR("code")) ? RULE_CODE : RULE_REFRESH;
        if (rule->kind == RULE_REFRESH && !str_eq(grant, STR("refresh")))
            loader_error(l, path, "expected \"code\" or \"refresh\" in \"grant\"");
    }
}

static void read_answer(struct loader *l, struct rule *rule, const cJSON *node, const char *path)
{
    if (!node)
        return;
    rule->answer = loader_shape(l, node, path);
    loader_check_shape(l, rule->answer, NULL, 0, path);
    for (size_t i = 0; rule->answer && i < rule->answer->count; i++) {
        struct str name = rule->answer->members[i].name;
        if (name.p[0] != '_' && !contract_member(&rule->contract->answer, NULL, name))
            loader_error(l, path, "the answer has no field '" STR_FMT "'", STR_ARG(name));
    }
}

/* Which records a rule is about, and the element of the request for each. */
static void read_which(struct loader *l, struct rule *rule, const cJSON *node, const char *path)
{
    char below[TABLE_PATH];
    struct str each = loader_text(l, node, path, "each", false);
    struct str by = loader_text(l, node, path, "by", false);
    const cJSON *of = cJSON_GetObjectItemCaseSensitive(node, "of");
    bool field =
        each.n > 2 && each.p[each.n - 1] == ']' && request_has(rule->contract, loader_bare(each));
    rule->each = field ? loader_bare(each) : STR_NONE;
    rule->by = by.p ? loader_bare(by) : rule->by;
    table_path_key(below, path, "each");
    if (each.p && !field) {
        rule->each_of = loader_expr(l, cJSON_GetObjectItemCaseSensitive(node, "each"), below);
        loader_check_names(l, rule->each_of, NULL, 0, below);
    }
    table_path_key(below, path, "by");
    if (!each.p)
        check_request_field(l, rule, rule->by, below);
    else if (by.p && field)
        check_inside_each(l, rule, below);
    table_path_key(below, path, "of");
    rule->of = of ? loader_expr(l, of, below) : NULL;
    loader_check_names(l, rule->of, NULL, 0, below);
    if (!rule->by.p && !rule->of && !each.p && rule->kind == RULE_CHANGE)
        loader_error(l, path, "\"change\" needs \"by\" or \"of\"");
}

static void read_rows(struct loader *l, struct rule *rule, const cJSON *node, const char *path)
{
    char below[TABLE_PATH];
    table_path_key(below, path, "at");
    rule->at = answer_field(l, rule, loader_text(l, node, path, "at", false), below);
    if (!rule->at && rule->kind == RULE_LIST && !cJSON_HasObjectItem(node, "answer"))
        loader_error(l, path, "\"list\" needs \"at\", or an \"answer\" made from `records`");
    table_path_key(below, path, "where");
    read_filters(l, rule, cJSON_GetObjectItemCaseSensitive(node, "where"), below);
    const cJSON *only = cJSON_GetObjectItemCaseSensitive(node, "only");
    table_path_key(below, path, "only");
    rule->only = only ? loader_expr(l, only, below) : NULL;
    check_expr(l, rule, rule->only, below);
}

static void read_rule(struct loader *l, struct rule *rule, const cJSON *node, const char *path)
{
    char below[TABLE_PATH];
    loader_keys(l, node, path, keys);
    read_kind(l, rule, node, path);
    read_which(l, rule, node, path);
    read_rows(l, rule, node, path);
    rule->effect.entity = rule->entity;
    rule->effect.creates = rule->kind == RULE_CREATE;
    loader_effect(l, node, path, &rule->effect);
    table_path_key(below, path, "unknown");
    loader_rule_error(l, cJSON_GetObjectItemCaseSensitive(node, "unknown"), NULL, below,
                      &rule->unknown);
    table_path_key(below, path, "elements");
    read_elements(l, rule, cJSON_GetObjectItemCaseSensitive(node, "elements"), below);
    table_path_key(below, path, "fails");
    read_fails(l, rule, cJSON_GetObjectItemCaseSensitive(node, "fails"), below);
    table_path_key(below, path, "refuse");
    rule->refuse = loader_rule_errors(l, cJSON_GetObjectItemCaseSensitive(node, "refuse"), NULL,
                                      below, &rule->refuse_count);
    table_path_key(below, path, "answer");
    read_answer(l, rule, cJSON_GetObjectItemCaseSensitive(node, "answer"), below);
}

void loader_rules(struct loader *loader, const cJSON *root, struct rule *rules, size_t *count)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, root)
    {
        char path[TABLE_PATH];
        struct str call = str_from(item->string);
        table_path_key(path, "$", item->string);
        const struct contract *contract = contracts_by_call(loader->tables->contracts, call);
        if (!contract) {
            loader_error(loader, path, "no contract has this call");
            struct str near = contracts_nearest(loader->tables->contracts, call);
            if (near.p)
                findings_hint(loader->findings, "did you mean " STR_FMT "?", STR_ARG(near));
            continue;
        }
        if (tables_rule(loader->tables, contract)) {
            loader_error(loader, path, "another rule serves this call");
            continue;
        }
        struct rule *rule = &rules[(*count)++];
        rule->contract = contract;
        rule->file = loader->file;
        read_rule(loader, rule, item, path);
    }
}
