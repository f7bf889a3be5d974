/*
 * Configuration: the JSON file. Every key is looked up among the rows of config_options; what
 * is not there is a fault with the nearest known key of that level. See config.h.
 */
#include "cli/config.h"
#include "table/load.h"

#include <stdio.h>

/* Every whole number up to here is one that cJSON's double holds exactly. */
#define MOST_WHOLE 9007199254740992.0

struct reading {
    struct config *config;
    const char *file;
    struct findings *findings;
};

static const char *kind_of(const cJSON *value)
{
    return cJSON_IsObject(value)   ? "an object"
           : cJSON_IsArray(value)  ? "a list"
           : cJSON_IsString(value) ? "a text"
           : cJSON_IsNumber(value) ? "a number"
           : cJSON_IsBool(value)   ? "true or false"
                                   : "null";
}

/* What a row wants to see in a file. */
static const char *wanted(const struct option *row)
{
    switch (row->type) {
    case OPTION_SWITCH:
    case OPTION_BOOL:
        return "true or false";
    case OPTION_TEXT:
    case OPTION_PATH:
    case OPTION_CHOICE:
        return "a text";
    case OPTION_BYTES:
        return "a number of bytes";
    case OPTION_APPS:
        return "a list";
    default:
        return "a whole number";
    }
}

/* The value as the text that option_set() reads; false when it is of another kind. */
static bool as_text(const struct option *row, const cJSON *value, char number[32], struct str *out)
{
    bool textual = row->type == OPTION_TEXT || row->type == OPTION_PATH ||
                   row->type == OPTION_CHOICE || row->type == OPTION_BYTES;
    bool truth = row->type == OPTION_BOOL || row->type == OPTION_SWITCH;
    if (cJSON_IsString(value) && textual)
        *out = str_from(value->valuestring);
    else if (cJSON_IsBool(value) && truth)
        *out = cJSON_IsTrue(value) ? STR("true") : STR("false");
    else if (cJSON_IsNumber(value) && !truth && (!textual || row->type == OPTION_BYTES)) {
        double d = value->valuedouble;
        if (!(d >= -MOST_WHOLE && d <= MOST_WHOLE) || d != (double)(int64_t)d)
            return false;
        snprintf(number, 32, "%lld", (long long)d);
        *out = str_from(number);
    } else
        return false;
    return true;
}

static void read_value(struct reading *r, const struct option *row, const cJSON *value,
                       const char *place)
{
    char number[32], why[OPTION_WHY];
    struct str text;
    if (row->type == OPTION_APPS) {
        config_read_apps(r->config, value, r->file, r->findings);
        config_note(r->config, row, r->file);
        return;
    }
    if (!as_text(row, value, number, &text)) {
        findings_add(r->findings, FINDING_ERROR, r->file, place, "expected %s, not %s", wanted(row),
                     cJSON_IsNumber(value) ? "such a number" : kind_of(value));
        return;
    }
    if (row->type == OPTION_PATH && text.n) {
        /* One more slash than needed hurts nobody; a name relative to another place does. */
        const char *name = config_beside(r->config, r->file, value->valuestring);
        text = str_from(name);
    }
    if (!option_set(row, r->config, text, r->config->arena, why))
        findings_add(r->findings, FINDING_ERROR, r->file, place, "%s", why);
    else
        config_note(r->config, row, r->file);
}

/* The row at "client.idle_ms", or NULL; *group whether rows stand below that path. */
static const struct option *row_at(const char *path, bool *group)
{
    size_t n = strlen(path);
    *group = false;
    for (size_t i = 0; i < config_option_count; i++) {
        const struct option *row = &config_options[i];
        if (!row->path || strncmp(row->path, path, n) != 0)
            continue;
        if (!row->path[n])
            return row;
        *group = *group || row->path[n] == '.';
    }
    return NULL;
}

/* A fault for a key that no row has, with the nearest one that may stand there. */
static void unknown(struct reading *r, const char *above, const char *key, const char *place)
{
    struct str names[CONFIG_ROWS];
    size_t count = 0, n = strlen(above);
    for (size_t i = 0; i < config_option_count && count < CONFIG_ROWS; i++) {
        const char *path = config_options[i].path;
        if (!path || (n && (strncmp(path, above, n) != 0 || path[n] != '.')))
            continue;
        struct str name = str_from(n ? path + n + 1 : path);
        name.n = str_find(name, '.');
        names[count++] = name;
    }
    findings_add(r->findings, FINDING_ERROR, r->file, place, "there is no such setting");
    findings_did_you_mean(r->findings, str_from(key), names, count);
}

/* `above` is "" or "client", `place` "$" or "$.client". Two levels are all there are. */
static void read_object(struct reading *r, const cJSON *object, const char *above)
{
    const cJSON *value;
    cJSON_ArrayForEach(value, object)
    {
        char path[TABLE_PATH], place[TABLE_PATH];
        bool group;
        snprintf(path, sizeof path, "%s%s%.200s", above, above[0] ? "." : "", value->string);
        snprintf(place, sizeof place, "$.%.300s", path);
        const struct option *row = row_at(path, &group);
        if (row)
            read_value(r, row, value, place);
        else if (!group)
            unknown(r, above, value->string, place);
        else if (!cJSON_IsObject(value))
            findings_add(r->findings, FINDING_ERROR, r->file, place, "expected an object, not %s",
                         kind_of(value));
        else
            read_object(r, value, path);
    }
}

bool config_read_file(struct config *config, const char *file, struct findings *findings)
{
    struct reading r = {config, file, findings};
    cJSON *document = table_read(file, findings);
    if (!document)
        return false;
    bool good = cJSON_IsObject(document);
    if (good)
        read_object(&r, document, "");
    else
        findings_add(findings, FINDING_ERROR, file, "$", "expected an object, not %s",
                     kind_of(document));
    cJSON_Delete(document);
    return good;
}
