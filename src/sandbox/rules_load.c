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
 * ERROR is read in rules_error.c, what a change does in rules_effect.c. Calls, fields and
 * entities that do not exist are findings, and so are members that a rule of its kind ignores.
 */
#include "sandbox/run.h"
#include "sandbox/tables_inside.h"

#include <stdio.h>

static const char *const keys[] = {"list",    "get",   "change",   "create", "reuse", "upload",
                                   "grant",   "by",    "each",     "of",     "at",    "where",
                                   "only",    "set",   "elements", "denies", "also",  "notify",
                                   "unknown", "fails", "refuse",   "answer", NULL};

/* Which kinds of rules have a member; all have "refuse" and "answer". */
enum {
    LISTS = 1u << RULE_LIST,
    GETS = 1u << RULE_GET,
    CHANGES = 1u << RULE_CHANGE,
    CREATES = 1u << RULE_CREATE,
    GRANTS = 1u << RULE_CODE | 1u << RULE_REFRESH
};

static const struct {
    const char *key;
    unsigned kinds;
    const char *where;
} belongings[] = {
    {"by", LISTS | GETS | CHANGES | GRANTS, "\"list\", \"get\", \"change\" and \"grant\""},
    {"of", LISTS | GETS | CHANGES, "\"list\", \"get\" and \"change\""},
    {"at", LISTS | GETS | CHANGES | CREATES, "\"list\", \"get\", \"change\" and \"create\""},
    {"where", LISTS, "\"list\""},
    {"only", LISTS, "\"list\""},
    {"each", CHANGES | CREATES, "\"change\" and \"create\""},
    {"set", CHANGES | CREATES, "\"change\" and \"create\""},
    {"denies", CHANGES | CREATES, "\"change\" and \"create\""},
    {"notify", CHANGES | CREATES, "\"change\" and \"create\""},
    {"also", CHANGES | CREATES, "\"change\" and \"create\""},
    {"fails", CHANGES | CREATES, "\"change\" and \"create\""},
    {"elements", CHANGES, "\"change\""},
    {"reuse", CREATES, "\"create\""},
    {"unknown", GETS | CHANGES, "\"get\" and \"change\""},
};

static void check_belongings(struct loader *l, const struct rule *rule, const cJSON *node,
                             const char *path)
{
    for (size_t i = 0; i < sizeof belongings / sizeof *belongings; i++) {
        char below[TABLE_PATH];
        if (belongings[i].kinds & 1u << rule->kind || !cJSON_HasObjectItem(node, belongings[i].key))
            continue;
        table_path_key(below, path, belongings[i].key);
        loader_error(l, below, "only %s may have this", belongings[i].where);
    }
}

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
    loader_unknown(l, cJSON_GetObjectItemCaseSensitive(node, "unknown"), below, &e->unknown);
    if (!e->unknown.given)
        loader_error(l, path, "expected an error in \"unknown\"");
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

/* What the call does; "upload" names its field and "grant" what is shown for a token. */
static void read_kind(struct loader *l, struct rule *rule, const cJSON *node, const char *path)
{
    static const struct {
        const char *key;
        enum rule_kind kind;
    } kinds[] = {{"list", RULE_LIST},     {"get", RULE_GET},       {"change", RULE_CHANGE},
                 {"create", RULE_CREATE}, {"upload", RULE_UPLOAD}, {"grant", RULE_CODE}};
    struct str name = STR_NONE;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct str text = loader_text(l, node, path, kinds[i].key, false);
        if (text.p && name.p)
            loader_error(l, path, "a call does one thing only");
        if (text.p)
            rule->kind = kinds[i].kind;
        name = text.p ? text : name;
    }
    if (!name.p && cJSON_HasObjectItem(node, "of"))
        rule->kind = RULE_LIST; /* rows that are no records */
    else if (name.p && rule->kind == RULE_UPLOAD)
        rule->by = name;
    else if (name.p && rule->kind == RULE_CODE) {
        rule->kind = str_eq(name, STR("refresh")) ? RULE_REFRESH : RULE_CODE;
        if (rule->kind == RULE_CODE && !str_eq(name, STR("code")))
            loader_error(l, path, "expected \"code\" or \"refresh\" in \"grant\"");
    } else if (name.p) {
        rule->entity = tables_entity(l->tables, name);
        if (!rule->entity)
            loader_error(l, path, "no entity is named '" STR_FMT "'", STR_ARG(name));
    }
    check_belongings(l, rule, node, path);
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
    loader_unknown(l, cJSON_GetObjectItemCaseSensitive(node, "unknown"), below, &rule->unknown);
    table_path_key(below, path, "elements");
    read_elements(l, rule, cJSON_GetObjectItemCaseSensitive(node, "elements"), below);
    table_path_key(below, path, "fails");
    read_fails(l, rule, cJSON_GetObjectItemCaseSensitive(node, "fails"), below);
    if (rule->kind == RULE_CHANGE && !rule->of && !rule->unknown.given && !rule->fails)
        loader_error(l, path, "\"change\" needs \"unknown\" or \"fails\" for unknown ids");
    table_path_key(below, path, "refuse");
    rule->refuse = loader_errors(l, cJSON_GetObjectItemCaseSensitive(node, "refuse"), NULL, below,
                                 &rule->refuse_count);
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
