/*
 * See documents.h. Owns nothing.
 */
#include "documents.h"
#include "json/writer.h"
#include <stdio.h>

enum { PATH = 400, SHOWN = 200 };

bool document_parse(struct json_doc *doc, struct str text, struct arena *arena, const char *what,
                    struct buf *lines)
{
    struct json_limits limits = {.unique_keys = true};
    struct json_error error = {0};
    if (json_parse(doc, text, &limits, arena, &error))
        return true;
    buf_printf(lines, "  %s is not JSON: %s expected at byte %zu\n", what, error.expected,
               error.offset);
    return false;
}

static struct str kept_value(const struct kept *kept, struct str text)
{
    for (size_t i = 0; i < kept->count && text.n > 1 && text.p[0] == '$'; i++)
        if (str_eq(kept->names[i], str_of(text.p + 1, text.n - 1)))
            return kept->values[i];
    return STR_NONE;
}

static void fill(struct json value, const struct kept *kept, struct arena *arena,
                 struct json_writer *w)
{
    struct str text;
    switch (json_type(value)) {
    case JSON_OBJECT:
        json_open_object(w);
        for (struct json v = json_first(value); json_exists(v); v = json_next(v)) {
            json_put_key(w, json_key(v, arena));
            fill(v, kept, arena, w);
        }
        json_close_object(w);
        return;
    case JSON_ARRAY:
        json_open_array(w);
        for (struct json v = json_first(value); json_exists(v); v = json_next(v))
            fill(v, kept, arena, w);
        json_close_array(w);
        return;
    case JSON_STRING:
        text = kept_value(kept, json_text(value, arena));
        json_put_raw(w, text.p ? text : json_raw(value));
        return;
    default:
        json_put_raw(w, json_raw(value));
    }
}

void document_fill(struct json value, const struct kept *kept, struct arena *arena, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    fill(value, kept, arena, &w);
}

struct json document_at(struct json value, struct str path)
{
    while (path.n > 0 && json_exists(value)) {
        size_t i = 0;
        uint64_t index;
        while (i < path.n && path.p[i] != '.' && path.p[i] != '[' && path.p[i] != ']')
            i++;
        struct str part = str_of(path.p, i);
        while (i < path.n && (path.p[i] == '.' || path.p[i] == '[' || path.p[i] == ']'))
            i++;
        path = str_of(path.p + i, path.n - i);
        if (json_type(value) == JSON_ARRAY && str_to_u64(part, &index))
            value = json_at(value, index);
        else
            value = json_get(value, part);
    }
    return value;
}

static bool differ(struct json expected, struct json got, const char *path, struct buf *lines)
{
    struct str a = json_raw(expected), b = json_raw(got);
    buf_printf(lines, "  %s: expected %.*s, got %.*s\n", path,
               a.p ? (int)(a.n < SHOWN ? a.n : SHOWN) : 7, a.p ? a.p : "nothing",
               b.p ? (int)(b.n < SHOWN ? b.n : SHOWN) : 7, b.p ? b.p : "nothing");
    return false;
}

static bool equal_objects(struct json expected, struct json got, struct arena *arena,
                          const char *path, struct buf *lines)
{
    char below[PATH];
    bool good = true;
    for (struct json v = json_first(expected); json_exists(v); v = json_next(v)) {
        struct str key = json_key(v, arena);
        snprintf(below, sizeof below, "%s." STR_FMT, path, STR_ARG(key));
        good = document_equal(v, json_get(got, key), arena, below, lines) && good;
    }
    for (struct json v = json_first(got); json_exists(v); v = json_next(v)) {
        struct str key = json_key(v, arena);
        if (json_exists(json_get(expected, key)))
            continue;
        snprintf(below, sizeof below, "%s." STR_FMT, path, STR_ARG(key));
        good = differ(JSON_NONE, v, below, lines);
    }
    return good;
}

static bool equal_arrays(struct json expected, struct json got, struct arena *arena,
                         const char *path, struct buf *lines)
{
    char below[PATH];
    bool good = true;
    size_t i = 0;
    struct json a = json_first(expected), b = json_first(got);
    while (json_exists(a) || json_exists(b)) {
        snprintf(below, sizeof below, "%s[%zu]", path, i++);
        good = document_equal(a, b, arena, below, lines) && good;
        a = json_exists(a) ? json_next(a) : a;
        b = json_exists(b) ? json_next(b) : b;
    }
    return good;
}

bool document_equal(struct json expected, struct json got, struct arena *arena, const char *path,
                    struct buf *lines)
{
    enum json_type type = json_type(expected);
    if (type != json_type(got))
        return differ(expected, got, path, lines);
    if (type == JSON_OBJECT)
        return equal_objects(expected, got, arena, path, lines);
    if (type == JSON_ARRAY)
        return equal_arrays(expected, got, arena, path, lines);
    struct str text = json_text(got, arena);
    bool any = type == JSON_STRING && str_eq(json_text(expected, arena), STR("*")) && text.n > 0;
    bool same = type == JSON_STRING ? any || str_eq(json_text(expected, arena), text)
                                    : str_eq(json_raw(expected), json_raw(got));
    return same || differ(expected, got, path, lines);
}

bool document_known(struct json object, const char *const names[], const char *what,
                    struct arena *arena, struct buf *lines)
{
    bool good = true;
    for (struct json v = json_first(object); json_exists(v); v = json_next(v)) {
        struct str key = json_key(v, arena);
        size_t i = 0;
        while (names[i] && !str_eq(key, str_from(names[i])))
            i++;
        if (names[i])
            continue;
        buf_printf(lines, "  %s: unknown key '" STR_FMT "'\n", what, STR_ARG(key));
        good = false;
    }
    return good;
}
