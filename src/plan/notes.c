/*
 * What the client sent in vain: beyond `accept`, and what `loses.request` confesses. See plan.h.
 *
 * The names go into header fields: everything that has no place there is replaced.
 */
#include "plan/accept.h"

enum { NAMES = 20, NAME = 80 };

struct names {
    struct buf *out;
    char seen[NAMES][NAME];
    size_t count;
};

/* The room for names is not worth clearing. */
static void names_init(struct names *names, struct buf *out)
{
    names->out = out;
    names->count = 0;
}

/* Once each, at most NAMES of them. */
static void add(struct names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->seen[i], name) == 0)
            return;
    if (names->count == NAMES)
        return;
    memcpy(names->seen[names->count++], name, strlen(name) + 1);
    if (names->out->n)
        buf_add_str(names->out, STR(", "));
    buf_add_str(names->out, str_from(name));
}

/* `path`.`name` as a plain text. */
static void put_together(char out[NAME], const char *path, struct str name)
{
    size_t n = strlen(path);
    memcpy(out, path, n);
    if (n && n + 1 < NAME)
        out[n++] = '.';
    for (size_t i = 0; i < name.n && n + 1 < NAME; i++) {
        char c = name.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     c == '_' || c == '-' || c == '.' || c == '[' || c == ']';
        out[n++] = plain ? c : '?';
    }
    out[n] = '\0';
}

static bool is_common(const struct plans *plans, struct str name)
{
    for (size_t i = 0; i < plans->common_count; i++)
        if (str_eq(plans->common[i], name))
            return true;
    return false;
}

static const struct field *find_field(const struct field *fields, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(fields[i].name, name))
            return &fields[i];
    return NULL;
}

static void unused_below(struct plan_run *run, struct names *names, const struct type *type,
                         struct json value, const char *path)
{
    char below[NAME];
    if (type->kind == TYPE_ITEMS && json_type(value) == JSON_ARRAY) {
        put_together(below, "", str_from(path));
        if (strlen(below) + 3 < NAME)
            strcat(below, "[]");
        for (struct json v = json_first(value); json_exists(v); v = json_next(v))
            unused_below(run, names, type->item, v, below);
    }
    if (type->kind != TYPE_FIELDS || json_type(value) != JSON_OBJECT)
        return;
    for (struct json v = json_first(value); json_exists(v); v = json_next(v)) {
        struct str name = json_key(v, run->arena);
        const struct field *field = find_field(type->fields, type->field_count, name);
        put_together(below, path, name);
        if (field)
            unused_below(run, names, &field->type, v, below);
        else
            add(names, below);
    }
}

static void note_unused(struct plan_run *run, struct buf *out)
{
    struct names names;
    const struct plan *plan = run->plan;
    char path[NAME];
    names_init(&names, out);
    struct json body = run->request.body;
    for (struct json v = json_first(body); json_exists(v); v = json_next(v)) {
        struct str name = json_key(v, run->arena);
        const struct field *field = find_field(plan->fields, plan->field_count, name);
        put_together(path, "", name);
        if (field)
            unused_below(run, &names, &field->type, v, path);
        else if (!is_common(plan->plans, name))
            add(&names, path);
    }
    for (size_t i = 0; i < run->request.query.count; i++) {
        struct str name = run->request.query.items[i].name;
        put_together(path, "", name);
        if (!accept_field(plan, name) && !is_common(plan->plans, name))
            add(&names, path);
    }
}

/* Whether the names lead to something, through all elements of lists. */
static bool leads_somewhere(struct json value, const struct str *names, size_t count)
{
    if (json_type(value) == JSON_ARRAY && count) {
        for (struct json v = json_first(value); json_exists(v); v = json_next(v))
            if (leads_somewhere(v, names, count))
                return true;
        return false;
    }
    if (!count)
        return json_exists(value) && json_type(value) != JSON_NULL;
    return leads_somewhere(json_get(value, names[0]), names + 1, count - 1);
}

static bool was_sent(struct plan_run *run, const struct sentence *sentence)
{
    const struct operand *path = &sentence->path;
    if (leads_somewhere(run->request.body, path->names, path->count))
        return true;
    if (!pairs_get(&run->request.query, path->names[0]).n)
        return false;
    const struct field *field =
        find_field(run->plan->fields, run->plan->field_count, path->names[0]);
    const struct value *value = &run->slots[field->want->slot];
    if (path->count == 1)
        return value_there(value);
    return value->kind == VALUE_JSON &&
           leads_somewhere(value->as.json, path->names + 1, path->count - 1);
}

void plan_left_out(struct plan_run *run, struct buf *out)
{
    for (unsigned i = 0; i < run->plan->call_count; i++) {
        const struct plan_call *call = &run->plan->calls[i].public;
        size_t left = run->calls[i].left_out;
        if (left)
            buf_printf(out, "%s" STR_FMT ": %zu of %zu (" STR_FMT ")", out->n ? "; " : "",
                       STR_ARG(call->name), left, left + call->most, STR_ARG(call->part));
    }
}

void plan_notes(struct plan_run *run, struct buf *unused, struct buf *lost)
{
    struct names names;
    char path[NAME];
    names_init(&names, lost);
    if (run->unused)
        note_unused(run, unused);
    for (size_t i = 0; i < run->plan->lost_in_request_count; i++) {
        const struct sentence *sentence = &run->plan->lost_in_request[i];
        put_together(path, "", sentence->path.text);
        if (was_sent(run, sentence))
            add(&names, path);
    }
}
