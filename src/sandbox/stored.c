/*
 * Values as JSON texts: how forms, lists and objects are kept in the overlay and come back.
 *
 * A value is written whole: members that are absent and helpers are left out, money is a text
 * with its decimals, and nothing passes through a floating-point number. What comes back is an
 * object or list of the same run. Refused: nesting beyond DEPTH_MAX, texts beyond TEXT_MAX.
 */
#include "sandbox/run.h"

#include "json/writer.h"

enum { DEPTH_MAX = 24, TEXT_MAX = 16 << 20 };

struct storing {
    struct run *run;
    struct buf *out;
    unsigned depth;
};

static void write_value(struct storing *s, struct value value);

static void write_key(struct storing *s, struct str name, bool *comma)
{
    if (*comma)
        buf_add_char(s->out, ',');
    *comma = true;
    json_quote(name, s->out);
    buf_add_char(s->out, ':');
}

static void write_place(struct storing *s, struct value value)
{
    const struct shape *shape = value.place->shape;
    bool comma = false;
    buf_add_char(s->out, '{');
    for (size_t i = 0; i < shape->count; i++) {
        struct value member;
        struct str name = shape->members[i].name;
        if (name.p[0] == '_' || !run_member(s->run, value, name, &member) || !value_exists(member))
            continue;
        write_key(s, name, &comma);
        write_value(s, member);
    }
    buf_add_char(s->out, '}');
}

static void write_pairs(struct storing *s, const struct pairs *pairs)
{
    bool comma = false;
    buf_add_char(s->out, '{');
    for (size_t i = 0; i < pairs->count; i++) {
        write_key(s, pairs->items[i].name, &comma);
        json_quote(pairs->items[i].value, s->out);
    }
    buf_add_char(s->out, '}');
}

static void write_data(struct storing *s, const cJSON *data)
{
    bool comma = false;
    buf_add_char(s->out, '{');
    for (const cJSON *item = data->child; item; item = item->next) {
        write_key(s, str_from(item->string), &comma);
        write_value(s, value_data(item));
    }
    buf_add_char(s->out, '}');
}

static void write_list(struct storing *s, struct value list)
{
    size_t count = run_list_count(s->run, list);
    bool comma = false;
    buf_add_char(s->out, '[');
    for (size_t i = 0; i < count; i++) {
        struct value element = run_list_at(s->run, list, i);
        if (!value_exists(element))
            continue;
        if (comma)
            buf_add_char(s->out, ',');
        comma = true;
        write_value(s, element);
    }
    buf_add_char(s->out, ']');
}

static void write_whole(struct storing *s, struct value value)
{
    if (run_is_list(value))
        write_list(s, value);
    else if (value.kind == VALUE_RAW)
        buf_add_str(s->out, value.text);
    else if (value.kind == VALUE_JSON)
        buf_add_str(s->out, json_raw(value.json));
    else if (value.kind == VALUE_PLACE && value.place->data.kind == VALUE_JSON)
        buf_add_str(s->out, json_raw(value.place->data.json));
    else if (value.kind == VALUE_PLACE && value.place->shape)
        write_place(s, value);
    else if (value.kind == VALUE_PAIRS)
        write_pairs(s, value.pairs);
    else if (value.kind == VALUE_DATA)
        write_data(s, value.data);
    else
        buf_add_str(s->out, STR("null"));
}

static void write_value(struct storing *s, struct value value)
{
    if (s->depth == DEPTH_MAX) {
        rule_fault(s->run, "a value to be kept nests too deeply");
        buf_add_str(s->out, STR("null"));
        return;
    }
    s->depth++;
    struct str text = value_str(value, s->run->arena);
    if (value.kind == VALUE_INT || value.kind == VALUE_BOOL)
        buf_add_str(s->out, text);
    else if (text.p)
        json_quote(text, s->out);
    else
        write_whole(s, value);
    s->depth--;
}

void stored_write(struct run *run, struct value value, struct buf *out)
{
    struct storing s = {run, out, 0};
    write_value(&s, value);
}

static struct json read_root(struct run *run, struct str text)
{
    struct json_error error;
    struct json_doc *doc = ARENA_NEW(run->arena, struct json_doc);
    if (!doc || !json_parse(doc, text, NULL, run->arena, &error)) {
        rule_fault(run, "what was kept is no JSON");
        return JSON_NONE;
    }
    return json_root(doc);
}

struct value stored_read(struct run *run, struct str text)
{
    return value_json(read_root(run, text), run->arena);
}

/* ---- changes inside ---- */

/* Takes "[2]" or ".name" from the front; *index is -1 for names. */
static struct str take_step(struct str *path, int64_t *index)
{
    bool list = path->n && path->p[0] == '[';
    size_t end = 1;
    while (end < path->n && path->p[end] != (list ? ']' : '.') && (list || path->p[end] != '['))
        end++;
    struct str step = str_of(path->p + 1, end - 1);
    end += list && end < path->n;
    *path = str_of(path->p + end, path->n - end);
    *index = -1;
    if (list && !str_to_i64(step, index))
        *index = INT64_MAX;
    return step;
}

static bool replace(struct storing *s, struct json old, struct str path, struct str value);

static bool replace_element(struct storing *s, struct json old, struct str path, struct str value,
                            int64_t index)
{
    bool found = false;
    int64_t i = 0;
    buf_add_char(s->out, '[');
    for (struct json e = json_first(old); json_exists(e); e = json_next(e), i++) {
        if (i)
            buf_add_char(s->out, ',');
        if (i == index)
            found = replace(s, e, path, value);
        else
            buf_add_str(s->out, json_raw(e));
    }
    buf_add_char(s->out, ']');
    return found && json_type(old) == JSON_ARRAY;
}

static bool replace(struct storing *s, struct json old, struct str path, struct str value)
{
    if (path.n == 0) {
        buf_add_str(s->out, value);
        return true;
    }
    int64_t index;
    struct str name = take_step(&path, &index);
    if (index >= 0)
        return replace_element(s, old, path, value, index);
    bool comma = false, found = true;
    buf_add_char(s->out, '{');
    bool object = json_type(old) == JSON_OBJECT;
    for (struct json m = object ? json_first(old) : JSON_NONE; json_exists(m); m = json_next(m)) {
        struct str key = json_key(m, s->run->arena);
        if (str_eq(key, name))
            continue;
        write_key(s, key, &comma);
        buf_add_str(s->out, json_raw(m));
    }
    write_key(s, name, &comma);
    found = replace(s, object ? json_get(old, name) : JSON_NONE, path, value);
    buf_add_char(s->out, '}');
    return found;
}

bool stored_replace(struct run *run, struct str text, struct str path, struct str value,
                    struct buf *out)
{
    struct storing s = {run, out, 0};
    return replace(&s, read_root(run, text), path, value) && !buf_failed(out);
}

/* ---- merging ---- */

static struct json as_object(struct run *run, struct value value)
{
    struct buf text;
    buf_init_arena(&text, TEXT_MAX, run->arena);
    stored_write(run, value, &text);
    struct json root = read_root(run, buf_str(&text));
    return json_type(root) == JSON_OBJECT ? root : JSON_NONE;
}

struct value stored_merge(struct run *run, struct value a, struct value b)
{
    struct json first = as_object(run, a), second = as_object(run, b);
    struct buf text;
    buf_init_arena(&text, TEXT_MAX, run->arena);
    struct storing s = {run, &text, 0};
    bool comma = false;
    buf_add_char(&text, '{');
    for (struct json m = json_first(first); json_exists(m); m = json_next(m)) {
        struct str key = json_key(m, run->arena);
        if (json_exists(json_get(second, key)))
            continue;
        write_key(&s, key, &comma);
        buf_add_str(&text, json_raw(m));
    }
    for (struct json m = json_first(second); json_exists(m); m = json_next(m)) {
        write_key(&s, json_key(m, run->arena), &comma);
        buf_add_str(&text, json_raw(m));
    }
    buf_add_char(&text, '}');
    return stored_read(run, buf_str(&text));
}
