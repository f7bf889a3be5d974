/*
 * Documents of any bytes: never a crash, and
 *   - the same verdict as cJSON's, but for what cJSON is known to be lenient or limited in;
 *   - the offset of an error is the first wrong byte: what stands before it is not refused
 *     earlier, and is refused there when it ends just behind it;
 *   - what both accept has the same structure and texts in both;
 *   - written with the writer and read again, it is the same;
 *   - a look-up finds what walking finds, and doubled keys are refused exactly when there are.
 */
#include "base/buf.h"
#include "fuzz.h"
#include "json/json.h"
#include "json/writer.h"

#include <cjson/cJSON.h>

enum { MEMORY = 32 << 20, CJSON_LONGEST_NUMBER = 63, MOST_LOOKED_UP = 40 };

/* Parses a copy of just that size, so that the sanitizer sees every byte read behind it. */
static bool parse(struct json_doc *doc, struct str text, bool unique, struct arena *arena,
                  struct json_error *error)
{
    struct json_limits limits = {.unique_keys = unique};
    char *copy = malloc(text.n ? text.n : 1);
    MUST(copy);
    if (text.n > 0)
        memcpy(copy, text.p, text.n);
    bool good = json_parse(doc, str_of(copy, text.n), &limits, arena, error);
    free(copy);
    doc->text = text; /* the same bytes, for the rest of the run */
    return good;
}

/* Where cJSON 1.7 takes what RFC 8259 does not. */
static bool is_leniency(struct str text, const struct json_error *error)
{
    static const char *const known[] = {
        "UTF-8", /* any byte above 0x7F */
        "an escape in place of a control character",
        "a hexadecimal digit",                     /* others count as 0 */
        "the high half of a surrogate pair first", /* the same, in its last digits */
        "a digit",                                 /* strtod: 1. and -.5 */
        "no digit behind a leading zero",
        "no deeper nesting", /* it allows 1000 */
        "a key that is not there yet",
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(error->expected, known[i]) == 0)
            return true;
    if (text.n >= 3 && memcmp(text.p, "\xEF\xBB\xBF", 3) == 0)
        return true;
    /* Every control character is a blank to it, NUL too. */
    return error->offset < text.n && (unsigned char)text.p[error->offset] < 0x20;
}

static bool has_long_number(struct json value)
{
    if (json_type(value) == JSON_NUMBER)
        return json_raw(value).n > CJSON_LONGEST_NUMBER;
    for (struct json v = json_first(value); json_exists(v); v = json_next(v))
        if (has_long_number(v))
            return true;
    return false;
}

/* cJSON ends strings at NUL: what stands before it. */
static bool same_cstring(struct str text, const char *cstring)
{
    size_t n = str_find(text, '\0');
    return strlen(cstring) == n && memcmp(text.p, cstring, n) == 0;
}

static void compare_with_cjson(struct json value, const cJSON *other, struct arena *arena)
{
    static const int types[] = {
        [JSON_NULL] = cJSON_NULL,     [JSON_FALSE] = cJSON_False,   [JSON_TRUE] = cJSON_True,
        [JSON_NUMBER] = cJSON_Number, [JSON_STRING] = cJSON_String, [JSON_ARRAY] = cJSON_Array,
        [JSON_OBJECT] = cJSON_Object,
    };
    MUST(other && other->type == types[json_type(value)]);
    if (json_type(value) == JSON_STRING)
        MUST(same_cstring(json_text(value, arena), other->valuestring));
    const cJSON *child = other->child;
    for (struct json v = json_first(value); json_exists(v); v = json_next(v)) {
        compare_with_cjson(v, child, arena);
        if (json_type(value) == JSON_OBJECT)
            MUST(same_cstring(json_key(v, arena), child->string));
        child = child->next;
    }
    MUST(!child);
}

static void compare_verdicts(struct str text, bool good, struct json root,
                             const struct json_error *error, struct arena *arena)
{
    char *copy = malloc(text.n + 1);
    const char *end;
    MUST(copy);
    if (text.n > 0)
        memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    cJSON *tree = cJSON_ParseWithLengthOpts(copy, text.n + 1, &end, true);
    if (good && !tree)
        MUST(has_long_number(root));
    else if (good)
        compare_with_cjson(root, tree, arena);
    else if (tree)
        MUST(is_leniency(text, error));
    cJSON_Delete(tree);
    free(copy);
}

static void check_offset(struct str text, const struct json_error *error, struct arena *arena)
{
    struct json_doc doc;
    struct json_error again;
    MUST(error->expected && error->offset <= text.n);
    if (!parse(&doc, str_of(text.p, error->offset), false, arena, &again))
        MUST(again.offset == error->offset);
    if (error->offset < text.n) {
        MUST(!parse(&doc, str_of(text.p, error->offset + 1), false, arena, &again));
        MUST(again.offset == error->offset);
    }
}

static void write_value(struct json value, struct json_writer *w, struct arena *arena)
{
    switch (json_type(value)) {
    case JSON_OBJECT:
        json_open_object(w);
        for (struct json v = json_first(value); json_exists(v); v = json_next(v)) {
            json_put_key(w, json_key(v, arena));
            write_value(v, w, arena);
        }
        json_close_object(w);
        break;
    case JSON_ARRAY:
        json_open_array(w);
        for (struct json v = json_first(value); json_exists(v); v = json_next(v))
            write_value(v, w, arena);
        json_close_array(w);
        break;
    case JSON_STRING:
        json_put_string(w, json_text(value, arena));
        break;
    default:
        json_put_raw(w, json_raw(value));
    }
}

static void compare(struct json a, struct json b, struct arena *arena)
{
    MUST(json_type(a) == json_type(b) && json_count(a) == json_count(b));
    MUST(str_eq(json_text(a, arena), json_text(b, arena)));
    MUST(str_eq(json_key(a, arena), json_key(b, arena)));
    struct json y = json_first(b);
    for (struct json x = json_first(a); json_exists(x); x = json_next(x), y = json_next(y))
        compare(x, y, arena);
    MUST(!json_exists(y));
}

static void check_round_trip(struct json root, struct arena *arena)
{
    struct json_writer w;
    struct json_doc doc;
    struct json_error error;
    struct buf out;
    buf_init(&out, MEMORY);
    json_writer_init(&w, &out);
    write_value(root, &w, arena);
    MUST(!buf_failed(&out));
    MUST(parse(&doc, buf_str(&out), false, arena, &error));
    compare(root, json_root(&doc), arena);
    buf_clear(&out);
}

/* Compares look-ups with walking; whether a key is there twice. */
static bool check_lookups(struct json value, struct arena *arena)
{
    bool doubled = false;
    size_t looked_up = 0;
    for (struct json v = json_first(value); json_exists(v); v = json_next(v)) {
        doubled |= check_lookups(v, arena);
        if (json_type(value) != JSON_OBJECT || looked_up++ > MOST_LOOKED_UP)
            continue;
        struct str key = json_key(v, arena);
        struct json last = v;
        for (struct json w = json_next(v); json_exists(w); w = json_next(w))
            if (str_eq(json_key(w, arena), key))
                last = w;
        doubled |= last.at != v.at;
        MUST(json_get(value, key).at == last.at);
    }
    return doubled;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_of((const char *)data, size);
    struct arena *arena = arena_new(MEMORY);
    struct json_doc doc, strict;
    struct json_error error, doubled;
    MUST(arena);
    bool good = parse(&doc, text, false, arena, &error);
    compare_verdicts(text, good, json_root(&doc), &error, arena);
    bool unique = parse(&strict, text, true, arena, &doubled);
    if (good) {
        check_round_trip(json_root(&doc), arena);
        if (check_lookups(json_root(&doc), arena))
            MUST(!unique);
        else if (!unique) /* beyond those that were looked up */
            MUST(doubled.key.p != NULL);
        if (!unique)
            MUST(doubled.offset < size && data[doubled.offset] == '"');
    } else {
        MUST(!unique);
        check_offset(text, &error, arena);
    }
    arena_free(arena);
    return 0;
}
