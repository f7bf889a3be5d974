/*
 * Taking a request: every accepted field is found, checked and made one form. See run.h.
 *
 * Scalars stay where they are unless their form must change. A field that has a shape is
 * written anew with all its parts in their one form, and read from there; files inside stay as
 * they are. What is refused is named as the client named it.
 */
#include "plan/accept.h"

#include <inttypes.h>

/* JSON in a query. */
static bool parse_query_json(struct taking *t, const struct type *type, struct source *source)
{
    struct json_doc *doc = ARENA_NEW(t->run->arena, struct json_doc);
    struct json_limits limits = {.unique_keys = true};
    struct json_error error;
    if (!doc)
        return run_no_memory(t->run);
    if (!json_parse(doc, source->text, &limits, t->run->arena, &error)) {
        taking_wrong(t, type, source);
        return false;
    }
    *source = (struct source){.json = json_root(doc)};
    return true;
}

static bool check_length(struct taking *t, const struct type *type, size_t count)
{
    if (!type->ranged || ((int64_t)count >= type->low && (int64_t)count <= type->high))
        return true;
    int64_t low = type->low == INT64_MIN ? 0 : type->low;
    if (type->high == INT64_MAX)
        taking_refuse(t, "must hold %" PRId64 " element%s or more, not %zu", low,
                      low == 1 ? "" : "s", count);
    else
        taking_refuse(t, "must hold %" PRId64 " to %" PRId64 " elements, not %zu", low, type->high,
                      count);
    return false;
}

static bool is_scalar(enum type_kind kind)
{
    return kind != TYPE_LIST && kind != TYPE_OBJECT && kind != TYPE_ANY && kind != TYPE_FIELDS &&
           kind != TYPE_ITEMS;
}

/* Whether a value counts as absent: null, and the empty text where a text is no value. */
static bool is_absent(const struct type *type, const struct source *source)
{
    enum json_type found = json_type(source->json);
    if (found == JSON_NULL || (found == JSON_ABSENT && !source->text.p))
        return true;
    if (type->kind == TYPE_TEXT || type->kind == TYPE_ANY)
        return false;
    return found == JSON_STRING ? json_raw(source->json).n == 2
                                : found == JSON_ABSENT && !source->text.n;
}

/* "a,b,c" */
static struct value take_pieces(struct taking *t, const struct type *type, struct str text)
{
    static const struct type plain = {.kind = TYPE_TEXT};
    const struct type *item = type->kind == TYPE_ITEMS ? type->item : &plain;
    size_t index = 0, count = 1;
    for (size_t i = 0; i < text.n; i++)
        count += text.p[i] == ',';
    struct list *list = value_new_list(t->run, count);
    if (!list)
        return VALUE_NONE;
    if (!is_scalar(item->kind)) {
        struct source source = {.text = text};
        return taking_wrong(t, type, &source);
    }
    while (text.p) {
        struct source piece = {.text = str_trim(str_cut(&text, ','))};
        size_t before = label_index(&t->label, index++);
        if (is_absent(item, &piece)) {
            t->label.n = before;
            continue;
        }
        struct value value = take_scalar(t, item, &piece);
        t->label.n = before;
        if (!value_there(&value))
            return VALUE_NONE;
        list->items[list->count++] = value;
    }
    return check_length(t, type, list->count) ? value_list(list) : VALUE_NONE;
}

static bool write_normal(struct taking *t, const struct type *type, struct json json,
                         struct json_writer *w);

static bool missing(struct taking *t, const struct type *type)
{
    if (type->optional)
        return true;
    taking_refuse(t, "is missing; it must be %s", type_expected(type));
    return false;
}

static bool write_fields(struct taking *t, const struct type *type, struct json json,
                         struct json_writer *w)
{
    size_t found = 0;
    json_open_object(w);
    for (size_t i = 0; i < type->field_count && !t->refused; i++) {
        const struct field *field = &type->fields[i];
        struct source source = {.json = json_get(json, field->name)};
        size_t before = label_name(&t->label, field->name);
        found += json_exists(source.json);
        if (!is_absent(&field->type, &source)) {
            json_put_key(w, field->name);
            write_normal(t, &field->type, source.json, w);
        } else if (field->type.has_preset) {
            json_put_key(w, field->name);
            json_put_raw(w, field->type.preset.json);
        } else {
            missing(t, &field->type);
        }
        t->label.n = before;
    }
    json_close_object(w);
    t->run->unused |= found < json_count(json);
    return !t->refused;
}

/* How many elements are there, but for those that count as absent. */
static size_t count_items(const struct type *type, struct json json)
{
    size_t count = 0;
    for (struct json v = json_first(json); json_exists(v); v = json_next(v))
        count += !is_absent(type->item, &(struct source){.json = v});
    return count;
}

static bool write_items(struct taking *t, const struct type *type, struct json json,
                        struct json_writer *w)
{
    size_t index = 0;
    if (!check_length(t, type, count_items(type, json)))
        return false;
    json_open_array(w);
    for (struct json v = json_first(json); json_exists(v) && !t->refused; v = json_next(v)) {
        size_t before = label_index(&t->label, index++);
        if (!is_absent(type->item, &(struct source){.json = v}))
            write_normal(t, type->item, v, w);
        t->label.n = before;
    }
    json_close_array(w);
    return !t->refused;
}

/* Writes a value with all its parts in their one form. */
static bool write_normal(struct taking *t, const struct type *type, struct json json,
                         struct json_writer *w)
{
    struct source source = {.json = json};
    enum json_type found = json_type(json);
    bool list = type->kind == TYPE_LIST || type->kind == TYPE_ITEMS;
    bool object = type->kind == TYPE_OBJECT || type->kind == TYPE_FIELDS;
    if ((list && found != JSON_ARRAY) || (object && found != JSON_OBJECT)) {
        taking_wrong(t, type, &source);
        return false;
    }
    if (type->kind == TYPE_FIELDS)
        return write_fields(t, type, json, w);
    if (type->kind == TYPE_ITEMS)
        return write_items(t, type, json, w);
    if (list && !check_length(t, type, json_count(json)))
        return false;
    if (!is_scalar(type->kind)) {
        json_put_raw(w, json_raw(json));
        return true;
    }
    struct value value = take_scalar(t, type, &source);
    if (value_there(&value))
        value_write(t->run, &value, w);
    return !t->refused;
}

static struct value take_shape(struct taking *t, const struct type *type, struct json json)
{
    struct arena *arena = t->run->arena;
    struct buf out;
    struct json_writer w;
    struct json_doc *doc = ARENA_NEW(arena, struct json_doc);
    struct json_limits limits = {0};
    struct json_error error;
    buf_init_arena(&out, UINT32_MAX, arena);
    json_writer_init(&w, &out);
    if (!write_normal(t, type, json, &w))
        return VALUE_NONE;
    if (!doc || buf_failed(&out) || !json_parse(doc, buf_str(&out), &limits, arena, &error)) {
        run_no_memory(t->run);
        return VALUE_NONE;
    }
    return value_json(json_root(doc));
}

/* ---- fields ---- */

static struct value take(struct taking *t, const struct type *type, struct source *source)
{
    if (is_scalar(type->kind))
        return take_scalar(t, type, source);
    if (type->kind == TYPE_ANY)
        return json_exists(source->json) ? value_json(source->json) : value_text(source->text);
    bool list = type->kind == TYPE_LIST || type->kind == TYPE_ITEMS;
    if (!json_exists(source->json)) {
        struct str text = str_trim(source->text);
        if (list && !(text.n && text.p[0] == '['))
            return take_pieces(t, type, text);
        if (!parse_query_json(t, type, source))
            return VALUE_NONE;
    }
    enum json_type found = json_type(source->json);
    if (found != (list ? JSON_ARRAY : JSON_OBJECT))
        return taking_wrong(t, type, source);
    if (type->kind == TYPE_FIELDS || type->kind == TYPE_ITEMS)
        return take_shape(t, type, source->json);
    if (list && !check_length(t, type, json_count(source->json)))
        return VALUE_NONE;
    return value_json(source->json);
}

bool accept_request(struct plan_run *run, struct fault *fault)
{
    struct taking t = {.run = run, .fault = fault};
    enum json_type body = json_type(run->request.body);
    if (body == JSON_NULL)
        run->request.body = JSON_NONE;
    else if (body != JSON_ABSENT && body != JSON_OBJECT)
        return fault_set(fault, FAULT_BODY, "the body must be a JSON object, not %s",
                         json_type_name(body));
    struct source *found = accept_find(&t);
    for (size_t i = 0; found && i < run->plan->field_count; i++) {
        const struct field *field = &run->plan->fields[i];
        struct value value = VALUE_NONE;
        t.label.n = 0;
        label_name(&t.label, field->name);
        if (!is_absent(&field->type, &found[i]))
            value = take(&t, &field->type, &found[i]);
        else if (field->type.has_preset)
            value = value_constant(&field->type.preset);
        else
            missing(&t, &field->type);
        if (t.refused || run->failed)
            break;
        want_set(field->want, value, run->slots, run->arena);
    }
    struct fault memory;
    if (!run_check(run, &memory)) {
        *fault = memory;
        return false;
    }
    return !t.refused;
}
