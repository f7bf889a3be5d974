/*
 * Contracts from files: cJSON documents to the immutable set of contract.h.
 *
 * The set's arena owns everything; the cJSON trees are gone when a file is done. Unknown
 * keys, fields without their parent, doubtful specs and two files for the same call and
 * version are findings; loading goes on, so that all of them are told.
 */
#include "table/contract_internal.h"
#include "table/load.h"

#include <stdio.h>
#include <stdlib.h>

enum { ARENA_MAX = 64 << 20, USERS_ALL = 1u << 0 };

struct loading {
    struct contracts *set;
    struct findings *findings;
    const char *file;
};

static bool complain(struct loading *l, const char *path, const char *expected)
{
    return findings_add(l->findings, FINDING_ERROR, l->file, path, "%s", expected);
}

static struct str keep(struct loading *l, const char *text)
{
    struct str copy = arena_str(l->set->arena, str_from(text));
    if (!copy.p)
        complain(l, "", "out of memory");
    return copy;
}

static const char *const keys[] = {"name",   "call",    "aliases", "host",    "version",
                                   "before", "without", "users",   "content", "path",
                                   "query",  "body",    "answer",  "errors"};

static void check_keys(struct loading *l, const cJSON *root)
{
    enum { COUNT = sizeof keys / sizeof *keys };
    struct str names[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        names[i] = str_from(keys[i]);
    for (const cJSON *child = root->child; child; child = child->next) {
        bool known = false;
        for (size_t i = 0; i < COUNT; i++)
            known = known || str_eq(str_from(child->string), names[i]);
        if (known)
            continue;
        char path[TABLE_PATH];
        table_path_key(path, "$", child->string);
        complain(l, path, "unknown key");
        findings_did_you_mean(l->findings, str_from(child->string), names, COUNT);
    }
}

static struct str read_text(struct loading *l, const cJSON *root, const char *key, bool required)
{
    char path[TABLE_PATH];
    table_path_key(path, "$", key);
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(root, key);
    if (cJSON_IsString(value) && value->valuestring[0])
        return keep(l, value->valuestring);
    if (value || required)
        complain(l, path, "expected a text");
    return STR_NONE;
}

static const struct str *read_texts(struct loading *l, const cJSON *root, const char *key,
                                    size_t *count)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, key);
    char path[TABLE_PATH];
    table_path_key(path, "$", key);
    *count = 0;
    if (!list)
        return NULL;
    if (!cJSON_IsArray(list)) {
        complain(l, path, "expected a list of texts");
        return NULL;
    }
    struct str *texts =
        ARENA_ARRAY(l->set->arena, struct str, (size_t)cJSON_GetArraySize(list) + 1);
    const cJSON *item;
    cJSON_ArrayForEach(item, list)
    {
        if (!cJSON_IsString(item))
            complain(l, path, "expected a list of texts");
        else if (texts)
            texts[(*count)++] = keep(l, item->valuestring);
    }
    return texts;
}

/* A whole number that a double holds exactly. */
static bool whole(const cJSON *item, int64_t *out)
{
    if (!cJSON_IsNumber(item) || item->valuedouble < -9e15 || item->valuedouble > 9e15)
        return false;
    *out = (int64_t)item->valuedouble;
    return (double)*out == item->valuedouble;
}

static const int64_t *read_numbers(struct loading *l, const cJSON *root, const char *key,
                                   size_t *count)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, key);
    char path[TABLE_PATH];
    table_path_key(path, "$", key);
    *count = 0;
    if (!list)
        return NULL;
    if (!cJSON_IsArray(list)) {
        complain(l, path, "expected a list of whole numbers");
        return NULL;
    }
    int64_t *numbers = ARENA_ARRAY(l->set->arena, int64_t, (size_t)cJSON_GetArraySize(list) + 1);
    const cJSON *item;
    cJSON_ArrayForEach(item, list)
    {
        int64_t number;
        if (!whole(item, &number))
            complain(l, path, "expected a list of whole numbers");
        else if (numbers)
            numbers[(*count)++] = number;
    }
    return numbers;
}

static unsigned read_users(struct loading *l, const cJSON *root, bool auth_host)
{
    size_t count;
    const int64_t *users = read_numbers(l, root, "users", &count);
    if (!users)
        return auth_host ? 0 : USERS_ALL;
    unsigned bits = 0;
    for (size_t i = 0; i < count; i++) {
        if (users[i] < 0 || users[i] > 15)
            complain(l, "$.users", "expected user types from 0 to 15");
        else
            bits |= 1u << users[i];
    }
    return bits;
}

/* ---- fields ---- */

/* "a.b[]" -> parent "a", name "b", list. */
static void split_path(struct str path, struct str *parent, struct str *name, bool *list)
{
    *list = path.n > 2 && path.p[path.n - 2] == '[' && path.p[path.n - 1] == ']';
    struct str whole_path = *list ? str_of(path.p, path.n - 2) : path;
    size_t dot = whole_path.n;
    while (dot > 0 && whole_path.p[dot - 1] != '.')
        dot--;
    *parent = dot ? str_of(whole_path.p, dot - 1) : STR_NONE;
    *name = str_of(whole_path.p + dot, whole_path.n - dot);
}

/* Links `field` to its parent, which stands before it, as the last child. */
static bool link_field(struct loading *l, struct contract_fields *fields,
                       struct contract_field *items, struct contract_field *field, const char *path)
{
    struct str parent_path;
    split_path(field->path, &parent_path, &field->name, &field->list);
    if (field->name.n == 0)
        return complain(l, path, "the path has an empty part");
    struct contract_field *parent = NULL;
    for (size_t i = field->index; parent_path.p && i-- > 0;)
        if (str_eq(items[i].path, parent_path))
            parent = &items[i];
    if (parent_path.p && !parent)
        return complain(l, path, "the field's parent must stand before it");
    if (parent && parent->type != CONTRACT_OBJECT)
        return complain(l, path, "the field's parent is no object");
    const struct contract_field **place = parent ? &parent->child : &fields->first;
    while (*place)
        place = (const struct contract_field **)&(*place)->next;
    *place = field;
    field->parent = parent;
    return true;
}

static void read_field(struct loading *l, struct contract_fields *fields,
                       struct contract_field *field, const cJSON *item, const char *section)
{
    struct contract_field *items = field - field->index;
    char path[TABLE_PATH], why[256];
    table_path_key(path, section, item->string);
    field->path = keep(l, item->string);
    if (!cJSON_IsString(item)) {
        complain(l, path, "expected a text such as \"int! 1..100\"");
        return;
    }
    field->spec = keep(l, item->valuestring);
    if (!field->path.p || !field->spec.p || !link_field(l, fields, items, field, path))
        return;
    if (!contract_parse_spec(field->spec, l->set->arena, field, why, sizeof why))
        complain(l, path, why);
}

static void read_fields(struct loading *l, const cJSON *root, const char *key,
                        struct contract_fields *fields)
{
    const cJSON *section = cJSON_GetObjectItemCaseSensitive(root, key);
    char path[TABLE_PATH];
    table_path_key(path, "$", key);
    *fields = (struct contract_fields){0};
    if (!cJSON_IsObject(section)) {
        complain(l, path, "expected an object of fields");
        return;
    }
    size_t count = (size_t)cJSON_GetArraySize(section);
    struct contract_field *items = ARENA_ARRAY(l->set->arena, struct contract_field, count + 1);
    if (!items) {
        complain(l, path, "out of memory");
        return;
    }
    fields->items = items;
    const cJSON *item;
    cJSON_ArrayForEach(item, section)
    {
        items[fields->count].index = fields->count;
        read_field(l, fields, &items[fields->count], item, path);
        fields->count++;
    }
}

/* ---- one file ---- */

static void read_call(struct loading *l, struct contract *c)
{
    struct str rest = c->call;
    c->method = str_cut(&rest, ' ');
    c->path = rest;
    if (!rest.p || rest.n == 0 || rest.p[0] != '/' || c->method.n == 0) {
        complain(l, "$.call", "expected \"METHOD /path\"");
        return;
    }
    size_t params = 0;
    while (rest.p) {
        struct str part = str_cut(&rest, '/');
        if (part.n < 2 || part.p[0] != '{')
            continue;
        struct str name = str_of(part.p + 1, part.n - 2);
        if (params < c->params.count && str_eq(c->params.items[params].path, name))
            params++;
        else
            complain(l, "$.path", "the parameters are not those of the call, in its order");
    }
    if (params != c->params.count || params > CONTRACT_PARAMS)
        complain(l, "$.path", "the parameters are not those of the call, in its order");
}

static void name_contract(struct loading *l, struct contract *c, const char *directory)
{
    c->file = keep(l, l->file);
    if (!c->file.p)
        return;
    size_t skip = strlen(directory);
    while (skip < c->file.n && c->file.p[skip] == '/')
        skip++;
    c->id = str_of(c->file.p + skip, c->file.n - skip - 5);
    size_t slash = str_find(c->id, '/');
    c->group = slash < c->id.n ? str_of(c->id.p, slash) : STR("");
}

static void read_contract(struct loading *l, const cJSON *root, struct contract *c)
{
    check_keys(l, root);
    c->name = read_text(l, root, "name", true);
    c->call = read_text(l, root, "call", true);
    c->version = read_text(l, root, "version", false);
    c->before = read_text(l, root, "before", false);
    c->aliases = read_texts(l, root, "aliases", &c->alias_count);
    c->without = read_texts(l, root, "without", &c->without_count);
    c->errors = read_numbers(l, root, "errors", &c->error_count);
    struct str host = read_text(l, root, "host", false);
    c->auth_host = host.p != NULL;
    if (host.p && !str_eq(host, STR("auth")))
        complain(l, "$.host", "expected \"auth\"");
    c->users = read_users(l, root, c->auth_host);
    struct str content = read_text(l, root, "content", true);
    c->form = str_eq(content, STR("form"));
    if (content.p && !c->form && !str_eq(content, STR("json")))
        complain(l, "$.content", "expected \"json\" or \"form\"");
    read_fields(l, root, "path", &c->params);
    read_fields(l, root, "query", &c->query);
    read_fields(l, root, "body", &c->body);
    read_fields(l, root, "answer", &c->answer);
    if (c->call.p)
        read_call(l, c);
}

/* ---- the set ---- */

/* Writes "/x/{id}/7" as "/x/{}/{}": every parameter and every number alike. */
struct str contract_shape(struct arena *arena, struct str call)
{
    char *out = arena_alloc(arena, call.n + 1);
    size_t n = 0;
    struct str rest = call;
    while (out && rest.p) {
        struct str part = str_cut(&rest, '/');
        uint64_t number;
        if ((part.n && part.p[0] == '{') || str_to_u64(part, &number)) {
            bool version = part.n == 6 && part.p[0] == '2';
            part = version ? part : STR("{}");
        }
        memcpy(out + n, part.p, part.n);
        n += part.n;
        if (rest.p)
            out[n++] = '/';
    }
    return out ? str_of(out, n) : STR_NONE;
}

static void link_others(struct contracts *set, struct findings *findings)
{
    for (size_t i = 0; i < set->count; i++) {
        struct contract *a = &set->items[i];
        for (size_t j = 0; j < i; j++) {
            struct contract *b = &set->items[j];
            if (!str_eq(a->call, b->call))
                continue;
            if (!!a->before.p == !!b->before.p)
                findings_add(findings, FINDING_ERROR, a->file.p, "$.call",
                             "the same call as in " STR_FMT ", and no \"before\" tells them apart",
                             STR_ARG(b->file));
            a->other = b;
            b->other = a;
        }
    }
}

static bool fill_calls(struct contracts *set)
{
    set->calls = ARENA_ARRAY(set->arena, struct str, set->count + 1);
    set->shapes = ARENA_ARRAY(set->arena, struct str, set->count + 1);
    for (size_t i = 0; set->calls && set->shapes && i < set->count; i++) {
        set->calls[i] = set->items[i].call;
        set->shapes[i] = contract_shape(set->arena, set->items[i].call);
    }
    return !arena_failed(set->arena);
}

static void load_files(struct contracts *set, const char *directory,
                       const struct table_files *files, struct findings *findings)
{
    set->items = ARENA_ARRAY(set->arena, struct contract, files->count + 1);
    for (size_t i = 0; set->items && i < files->count; i++) {
        struct loading l = {set, findings, files->names[i]};
        cJSON *root = table_read(files->names[i], findings);
        if (root && !cJSON_IsObject(root))
            complain(&l, "$", "expected an object");
        else if (root) {
            struct contract *c = &set->items[set->count++];
            name_contract(&l, c, directory);
            read_contract(&l, root, c);
        }
        cJSON_Delete(root);
    }
    if (files->count == 0)
        findings_add(findings, FINDING_ERROR, directory, "", "no contract stands here");
}

struct contracts *contracts_load(const char *directory, struct findings *findings)
{
    size_t errors = findings->errors;
    struct contracts *set = calloc(1, sizeof *set);
    struct table_files files;
    table_list(directory, &files, findings);
    if (set)
        set->arena = arena_new(ARENA_MAX);
    if (!set || !set->arena)
        findings_add(findings, FINDING_ERROR, directory, "", "out of memory");
    else {
        load_files(set, directory, &files, findings);
        link_others(set, findings);
        if (!fill_calls(set))
            findings_add(findings, FINDING_ERROR, directory, "", "out of memory");
    }
    table_files_clear(&files);
    if (findings->errors == errors)
        return set;
    contracts_free(set);
    return NULL;
}

void contracts_free(struct contracts *contracts)
{
    if (!contracts)
        return;
    arena_free(contracts->arena);
    free(contracts);
}
