/*
 * `accept`: what the legacy endpoint takes, from texts such as "int = 10 in 1..50" and from
 * shapes. See compile.h; taking a request by these types is accept.c.
 */
#include "plan/compile.h"
#include "plan/decimal.h"

static const struct {
    const char *name;
    enum type_kind kind;
} types[] = {
    {"int", TYPE_INT},   {"text", TYPE_TEXT},       {"time", TYPE_TIME}, {"id", TYPE_ID},
    {"bool", TYPE_BOOL}, {"decimal", TYPE_DECIMAL}, {"list", TYPE_LIST}, {"object", TYPE_OBJECT},
    {"file", TYPE_FILE}, {"any", TYPE_ANY},
};

enum { TYPES = sizeof types / sizeof *types, SET_MOST = 64 };

const char *type_name(enum type_kind kind)
{
    for (size_t i = 0; i < TYPES; i++)
        if (types[i].kind == kind)
            return types[i].name;
    return kind == TYPE_FIELDS ? "an object" : "a list";
}

struct spec {
    struct str rest;
    struct arena *arena;
    const struct place *place;
};

/* The next piece between blanks; a quoted one comes without its quotes. */
static bool next_piece(struct spec *s, struct str *piece, bool *quoted)
{
    s->rest = str_trim(s->rest);
    *quoted = s->rest.n && s->rest.p[0] == '\'';
    if (!s->rest.n)
        return false;
    if (*quoted) {
        struct str inside = str_of(s->rest.p + 1, s->rest.n - 1);
        size_t end = str_find(inside, '\'');
        *piece = str_of(inside.p, end);
        size_t used = end < inside.n ? end + 2 : s->rest.n;
        s->rest = str_of(s->rest.p + used, s->rest.n - used);
        return true;
    }
    size_t end = str_find(s->rest, ' ');
    *piece = str_of(s->rest.p, end);
    s->rest = str_of(s->rest.p + end, s->rest.n - end);
    return true;
}

static bool parse_kind(struct spec *s, struct str name, struct type *out)
{
    struct str names[TYPES];
    if (name.n && name.p[name.n - 1] == '?') {
        out->optional = true;
        name.n--;
    }
    for (size_t i = 0; i < TYPES; i++) {
        names[i] = str_from(types[i].name);
        if (!str_eq(name, names[i]))
            continue;
        out->kind = types[i].kind;
        return true;
    }
    place_error(s->place, "unknown type '" STR_FMT "'", STR_ARG(name));
    findings_did_you_mean(s->place->findings, name, names, TYPES);
    return false;
}

static bool whole_type(enum type_kind kind)
{
    return kind == TYPE_INT || kind == TYPE_TIME;
}

static bool parse_preset(struct spec *s, struct type *out)
{
    struct str value;
    bool quoted;
    if (!next_piece(s, &value, &quoted))
        return place_error(s->place, "expected a default behind '='");
    bool good;
    switch (out->kind) {
    case TYPE_INT:
    case TYPE_TIME:
        good = decimal_is_whole(value) && json_is_number(value) &&
               constant_number(&out->preset, value, s->arena);
        break;
    case TYPE_BOOL:
        good = str_eq(value, STR("true")) || str_eq(value, STR("false"));
        out->preset = str_eq(value, STR("true")) ? constant_true : constant_false;
        break;
    case TYPE_ID:
        good = value.n && constant_text(&out->preset, value, s->arena);
        break;
    case TYPE_DECIMAL:
        good = decimal_is_plain(value) && constant_text(&out->preset, value, s->arena);
        break;
    case TYPE_TEXT:
        good = constant_text(&out->preset, value, s->arena);
        break;
    case TYPE_LIST:
        good = str_eq(value, STR("[]"));
        out->preset = constant_empty_list;
        break;
    default:
        return place_error(s->place, "%s takes no default", type_name(out->kind));
    }
    out->has_preset = true;
    out->optional = true;
    return good || place_error(s->place, "'" STR_FMT "' is no default of type %s", STR_ARG(value),
                               type_name(out->kind));
}

/* "a..b", one side may be left out. */
static bool parse_span(struct spec *s, struct str text, struct type *out)
{
    size_t at = 0;
    while (at + 1 < text.n && !(text.p[at] == '.' && text.p[at + 1] == '.'))
        at++;
    struct str low = str_of(text.p, at), high = str_of(text.p + at + 2, text.n - at - 2);
    out->ranged = true;
    out->low = INT64_MIN;
    out->high = INT64_MAX;
    if ((low.n && !str_to_i64(low, &out->low)) || (high.n && !str_to_i64(high, &out->high)) ||
        out->low > out->high || (!low.n && !high.n))
        return place_error(s->place, "'" STR_FMT "' is no range", STR_ARG(text));
    return true;
}

static bool is_span(struct str text)
{
    for (size_t i = 0; i + 1 < text.n; i++)
        if (text.p[i] == '.' && text.p[i + 1] == '.')
            return true;
    return false;
}

static bool parse_in(struct spec *s, struct type *out)
{
    struct str piece;
    bool quoted;
    bool list = out->kind == TYPE_LIST || out->kind == TYPE_ITEMS;
    if (!next_piece(s, &piece, &quoted))
        return place_error(s->place, "expected a range or values behind 'in'");
    if (!quoted && is_span(piece)) {
        if (!whole_type(out->kind) && !list)
            return place_error(s->place, "a range stands with int, time and list only");
        return parse_span(s, piece, out);
    }
    if (out->kind != TYPE_TEXT && out->kind != TYPE_INT)
        return place_error(s->place, "a set of values stands with text and int only");
    out->set = ARENA_ARRAY(s->arena, struct str, SET_MOST);
    if (!out->set)
        return place_error(s->place, "out of memory");
    do {
        if (out->set_count == SET_MOST)
            return place_error(s->place, "more than %d values", SET_MOST);
        out->set[out->set_count++] = arena_str(s->arena, piece);
    } while (next_piece(s, &piece, &quoted));
    return true;
}

static bool preset_fits(const struct type *type)
{
    int64_t value;
    if (!type->has_preset)
        return true;
    if (type->ranged && whole_type(type->kind))
        return str_to_i64(type->preset.text, &value) && value >= type->low && value <= type->high;
    for (size_t i = 0; i < type->set_count; i++)
        if (str_eq(type->set[i], type->preset.text))
            return true;
    return !type->set_count;
}

/* "= 10" and "in 1..50", each at most once. */
static bool parse_tail(struct spec *s, struct type *out)
{
    struct str piece;
    bool quoted;
    while (next_piece(s, &piece, &quoted)) {
        if (str_eq(piece, STR("=")) && !quoted && !out->has_preset) {
            if (out->optional)
                return place_error(s->place, "'?' beside a default says nothing");
            if (!parse_preset(s, out))
                return false;
        } else if (str_eq(piece, STR("in")) && !quoted && !out->ranged && !out->set_count) {
            if (!parse_in(s, out))
                return false;
        } else {
            return place_error(s->place, "expected '= default' or 'in values', found '" STR_FMT "'",
                               STR_ARG(piece));
        }
    }
    return preset_fits(out) || place_error(s->place, "the default is not among the values");
}

bool type_parse(struct str text, struct arena *arena, const struct place *place, struct type *out)
{
    struct spec spec = {text, arena, place};
    struct str piece;
    bool quoted;
    *out = (struct type){0};
    if (!next_piece(&spec, &piece, &quoted) || quoted)
        return place_error(place, "expected a type");
    return parse_kind(&spec, piece, out) && parse_tail(&spec, out);
}

static bool compile_type(struct compiler *c, const cJSON *node, const struct place *place,
                         struct type *out);

static bool compile_fields(struct compiler *c, const cJSON *node, const struct place *place,
                           struct field **fields, size_t *count)
{
    *count = 0;
    *fields = ARENA_ARRAY(c->arena, struct field, (size_t)cJSON_GetArraySize(node) + 1);
    if (!*fields)
        return place_error(place, "out of memory");
    bool good = true;
    const cJSON *child;
    cJSON_ArrayForEach(child, node)
    {
        struct place at = place_key(place, child->string);
        struct field *field = &(*fields)[(*count)++];
        size_t n = strlen(child->string);
        bool marked = n && child->string[n - 1] == '?';
        field->name = arena_str(c->arena, str_of(child->string, n - marked));
        good = compile_type(c, child, &at, &field->type) && good;
        if (marked && cJSON_IsString(child)) {
            good = place_error(&at, "'?' stands behind the type here");
            findings_hint(c->place.findings, "\"" STR_FMT "\": \"%s?\"", STR_ARG(field->name),
                          child->valuestring);
        }
        field->type.optional |= marked;
        for (size_t i = 0; i + 1 < *count; i++)
            if (str_eq((*fields)[i].name, field->name))
                good = place_error(&at, "this field stands here twice");
    }
    return good;
}

/* [type] or [type, "in 1..50"] */
static bool compile_items(struct compiler *c, const cJSON *node, const struct place *place,
                          struct type *out)
{
    const cJSON *item = node->child, *length = item ? item->next : NULL;
    out->kind = TYPE_ITEMS;
    if (!item || (length && (!cJSON_IsString(length) || length->next)))
        return place_error(place, "expected [type] or [type, \"in 1..50\"]");
    out->item = ARENA_NEW(c->arena, struct type);
    struct place at = place_index(place, 0);
    if (!out->item)
        return place_error(place, "out of memory");
    bool good = compile_type(c, item, &at, out->item);
    if (good && out->item->optional)
        good = place_error(&at, "an element is never optional");
    if (length) {
        at = place_index(place, 1);
        struct spec spec = {str_from(length->valuestring), c->arena, &at};
        good = parse_tail(&spec, out) && good;
        if (out->has_preset)
            good = place_error(&at, "a list of this form takes no default");
    }
    return good;
}

static bool compile_type(struct compiler *c, const cJSON *node, const struct place *place,
                         struct type *out)
{
    *out = (struct type){0};
    if (cJSON_IsString(node))
        return type_parse(str_from(node->valuestring), c->arena, place, out);
    if (cJSON_IsArray(node))
        return compile_items(c, node, place, out);
    if (!cJSON_IsObject(node))
        return place_error(place, "expected a type, found %s", place_kind(node));
    out->kind = TYPE_FIELDS;
    return compile_fields(c, node, place, &out->fields, &out->field_count);
}

bool compile_accept(struct compiler *c, const cJSON *accept, const struct place *place)
{
    if (accept && !cJSON_IsObject(accept))
        return place_error(place, "expected an object, found %s", place_kind(accept));
    return compile_fields(c, accept, place, &c->plan->fields, &c->plan->field_count);
}
