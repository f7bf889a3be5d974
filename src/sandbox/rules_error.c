/*
 * Loading of errors: what a call refuses, in its rule or under a name of mistakes.json.
 *
 *   {"code": n, "status": n, "message": text, "when": condition}   status 200 when left out
 *   "name"                                                        the error of that name
 * mistakes.json is {NAME: ERROR}, or {NAME: [names above it and ERRORs]} for some that go
 * together. A condition is compiled once and its names are checked wherever the error stands.
 * Refused: names that are not known, conditions where none is asked, and none where one is.
 */
#include "sandbox/tables_inside.h"

/* The error of an object; false after a finding. */
static bool read_error(struct loader *l, const cJSON *node, const char *path,
                       struct rule_error *error)
{
    static const char *const keys[] = {"code", "status", "message", "when", NULL};
    const cJSON *code = cJSON_GetObjectItemCaseSensitive(node, "code");
    const cJSON *status = cJSON_GetObjectItemCaseSensitive(node, "status");
    const cJSON *when = cJSON_GetObjectItemCaseSensitive(node, "when");
    char below[TABLE_PATH];
    if (!cJSON_IsNumber(code))
        return loader_error(l, path, "expected {\"code\": number, \"message\": text} or a name");
    if (status && (!cJSON_IsNumber(status) || status->valueint < 200 || status->valueint > 599))
        return loader_error(l, path, "expected a status from 200 to 599");
    loader_keys(l, node, path, keys);
    error->given = true;
    error->code = (int64_t)code->valuedouble;
    error->status = status ? status->valueint : 200;
    error->message = loader_text(l, node, path, "message", true);
    table_path_key(below, path, "when");
    error->when = when ? loader_expr(l, when, below) : NULL;
    return !when || error->when;
}

/* NULL after a finding. */
static struct mistake *find_mistake(struct loader *l, struct str name, const char *path)
{
    struct tables *t = l->tables;
    struct str near = STR_NONE;
    for (size_t i = 0; i < t->mistake_count; i++) {
        if (str_eq(t->mistakes[i].name, name))
            return &t->mistakes[i];
        struct str pair[2] = {t->mistakes[i].name, near};
        struct str nearer = str_nearest(name, pair, near.p ? 2 : 1);
        near = nearer.p ? nearer : near;
    }
    loader_error(l, path, "no error is named '" STR_FMT "'", STR_ARG(name));
    if (near.p)
        findings_hint(l->findings, "did you mean " STR_FMT "?", STR_ARG(near));
    return NULL;
}

/* Those of one element of a list: an object's own, or all that a name stands for. */
static size_t read_element(struct loader *l, const cJSON *node, const char *path,
                           struct rule_error *out, size_t room)
{
    if (!cJSON_IsString(node))
        return room && read_error(l, node, path, out) ? 1 : 0;
    struct mistake *mistake = find_mistake(l, str_from(node->valuestring), path);
    if (!mistake || mistake->count > room)
        return 0;
    mistake->used = true;
    if (mistake->count)
        memcpy(out, mistake->errors, mistake->count * sizeof *out);
    return mistake->count;
}

/* How many errors the elements of a list stand for at most. */
static size_t count_errors(const struct loader *l, const cJSON *node)
{
    size_t count = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, node)
    {
        size_t more = 1;
        for (size_t i = 0; cJSON_IsString(item) && i < l->tables->mistake_count; i++)
            if (str_eq(l->tables->mistakes[i].name, str_from(item->valuestring)))
                more = l->tables->mistakes[i].count;
        count += more;
    }
    return count;
}

static struct rule_error *read_list(struct loader *l, const cJSON *node, const char *path,
                                    size_t *count)
{
    size_t room = count_errors(l, node), place = 0;
    struct rule_error *list = ARENA_ARRAY(l->tables->arena, struct rule_error, room + 1);
    const cJSON *item;
    *count = 0;
    if (!cJSON_IsArray(node))
        loader_error(l, path, "expected a list of errors and of their names");
    cJSON_ArrayForEach(item, node)
    {
        char at[TABLE_PATH];
        table_path_index(at, path, place);
        size_t more = list ? read_element(l, item, at, list + *count, room - *count) : 0;
        for (size_t i = 0; i < more; i++)
            list[*count + i].at = place;
        *count += more;
        place++;
    }
    return list;
}

const struct rule_error *loader_errors(struct loader *l, const cJSON *node,
                                       const struct shape *scope, const char *path, size_t *count)
{
    *count = 0;
    if (!node)
        return NULL;
    struct rule_error *list = read_list(l, node, path, count);
    for (size_t i = 0; i < *count; i++) {
        char at[TABLE_PATH], below[TABLE_PATH];
        table_path_index(at, path, list[i].at);
        table_path_key(below, at, "when");
        if (!list[i].when)
            loader_error(l, at, "expected a condition in \"when\"");
        loader_check_names(l, list[i].when, &scope, scope ? 1 : 0, below);
    }
    return list;
}

void loader_unknown(struct loader *l, const cJSON *node, const char *path, struct rule_error *error)
{
    struct rule_error found = {0};
    if (!node)
        return;
    if (cJSON_IsString(node)) {
        struct mistake *mistake = find_mistake(l, str_from(node->valuestring), path);
        if (!mistake)
            return;
        mistake->used = true;
        if (mistake->count == 1)
            found = mistake->errors[0];
        else
            loader_error(l, path, "expected the name of one error, not of several");
    } else if (!read_error(l, node, path, &found)) {
        return;
    }
    if (found.when)
        loader_error(l, path, "an unknown id needs no condition in \"when\"");
    *error = found;
}

void loader_mistakes(struct loader *l, const cJSON *root)
{
    struct tables *t = l->tables;
    const cJSON *item;
    if (!root)
        return;
    t->mistakes = ARENA_ARRAY(t->arena, struct mistake, (size_t)cJSON_GetArraySize(root) + 1);
    cJSON_ArrayForEach(item, root)
    {
        char path[TABLE_PATH];
        struct mistake made = {.name = str_from(item->string)};
        table_path_key(path, "$", item->string);
        struct rule_error *one = ARENA_NEW(t->arena, struct rule_error);
        if (cJSON_IsArray(item))
            made.errors = read_list(l, item, path, &made.count);
        else if (one && read_error(l, item, path, one)) {
            made.errors = one;
            made.count = 1;
        }
        if (t->mistakes)
            t->mistakes[t->mistake_count++] = made;
    }
}
