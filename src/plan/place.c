/*
 * Places in table files, see place.h. Owns nothing.
 */
#include "plan/place.h"

#include <stdarg.h>
#include <stdio.h>

struct place place_key(const struct place *place, const char *key)
{
    struct place below;
    below.findings = place->findings;
    below.file = place->file;
    table_path_key(below.path, place->path, key);
    return below;
}

struct place place_index(const struct place *place, size_t index)
{
    struct place below;
    below.findings = place->findings;
    below.file = place->file;
    table_path_index(below.path, place->path, index);
    return below;
}

static void add(const struct place *place, enum finding_level level, const char *format,
                va_list args)
{
    char text[1024];
    vsnprintf(text, sizeof text, format, args);
    findings_add(place->findings, level, place->file, place->path, "%s", text);
}

bool place_error(const struct place *place, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(place, FINDING_ERROR, format, args);
    va_end(args);
    return false;
}

void place_warning(const struct place *place, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(place, FINDING_WARNING, format, args);
    va_end(args);
}

bool place_known_keys(const struct place *place, const cJSON *object, const char *const names[])
{
    struct str known[32];
    size_t count = 0;
    while (names[count] && count < sizeof known / sizeof *known) {
        known[count] = str_from(names[count]);
        count++;
    }
    bool good = true;
    const cJSON *child;
    cJSON_ArrayForEach(child, object)
    {
        struct str key = str_from(child->string);
        size_t i = 0;
        while (i < count && !str_eq(known[i], key))
            i++;
        if (i < count)
            continue;
        struct place at = place_key(place, child->string);
        good = place_error(&at, "unknown key '%s'", child->string);
        findings_did_you_mean(place->findings, key, known, count);
    }
    return good;
}

const char *place_kind(const cJSON *node)
{
    if (!node)
        return "nothing";
    if (cJSON_IsString(node))
        return "a text";
    if (cJSON_IsNumber(node))
        return "a number";
    if (cJSON_IsBool(node))
        return "true or false";
    if (cJSON_IsArray(node))
        return "a list";
    return cJSON_IsObject(node) ? "an object" : "null";
}
