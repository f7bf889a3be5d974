/*
 * Values at run time, see value.h. Lists of ours live in the run's arena.
 */
#include "plan/run.h"

struct value value_json(struct json json)
{
    enum json_type type = json_type(json);
    if (type == JSON_ABSENT || type == JSON_NULL)
        return VALUE_NONE;
    return (struct value){.kind = VALUE_JSON, .as.json = json};
}

static enum json_type constant_type(const struct constant *constant)
{
    switch (constant->json.p[0]) {
    case '"':
        return JSON_STRING;
    case '[':
        return JSON_ARRAY;
    case '{':
        return JSON_OBJECT;
    case 't':
        return JSON_TRUE;
    case 'f':
        return JSON_FALSE;
    case 'n':
        return JSON_NULL;
    default:
        return JSON_NUMBER;
    }
}

enum json_type value_type(const struct value *value)
{
    switch (value->kind) {
    case VALUE_JSON:
        return json_type(value->as.json);
    case VALUE_CONSTANT:
        return constant_type(value->as.constant);
    case VALUE_TEXT:
        return JSON_STRING;
    case VALUE_DIGITS:
        return JSON_NUMBER;
    case VALUE_BOOL:
        return value->as.yes ? JSON_TRUE : JSON_FALSE;
    case VALUE_LIST:
    case VALUE_ANSWERS:
        return JSON_ARRAY;
    default:
        return JSON_ABSENT;
    }
}

struct str value_as_text(struct plan_run *run, const struct value *value)
{
    switch (value->kind) {
    case VALUE_JSON:
        return json_text(value->as.json, run->arena);
    case VALUE_CONSTANT:
        return value->as.constant->text;
    case VALUE_TEXT:
    case VALUE_DIGITS:
        return value->as.text;
    case VALUE_BOOL:
        return value->as.yes ? STR("true") : STR("false");
    default:
        return STR_NONE;
    }
}

bool value_holds(const struct value *value)
{
    enum json_type type = value_type(value);
    if (type == JSON_STRING && value->kind == VALUE_JSON)
        return !str_eq(json_raw(value->as.json), STR("\"false\""));
    if (type == JSON_STRING && value->kind == VALUE_TEXT)
        return !str_eq(value->as.text, STR("false"));
    return type != JSON_ABSENT && type != JSON_FALSE && type != JSON_NULL;
}

bool value_is_list(const struct value *value)
{
    return value_type(value) == JSON_ARRAY;
}

void value_write(struct plan_run *run, const struct value *value, struct json_writer *w)
{
    switch (value->kind) {
    case VALUE_JSON:
        json_put_raw(w, json_raw(value->as.json));
        return;
    case VALUE_CONSTANT:
        json_put_raw(w, value->as.constant->json);
        return;
    case VALUE_TEXT:
        json_put_string(w, value->as.text);
        return;
    case VALUE_DIGITS:
        json_put_raw(w, value->as.text);
        return;
    case VALUE_BOOL:
        json_put_bool(w, value->as.yes);
        return;
    case VALUE_ABSENT:
        json_put_null(w);
        return;
    default:
        break;
    }
    struct elements elements = value_elements(run, value);
    struct value item;
    json_open_array(w);
    while (elements_next(run, &elements, &item))
        if (value_there(&item))
            value_write(run, &item, w);
    json_close_array(w);
}

struct elements value_elements(struct plan_run *run, const struct value *list)
{
    struct elements elements = {0};
    if (list->kind == VALUE_JSON && json_type(list->as.json) == JSON_ARRAY) {
        elements.next = json_first(list->as.json);
    } else if (list->kind == VALUE_LIST) {
        elements.item = list->as.list->items;
        elements.end = elements.item + list->as.list->count;
    } else if (list->kind == VALUE_ANSWERS) {
        elements.answers = true;
        elements.call = list->as.call;
    }
    (void)run;
    return elements;
}

/* The data of the first answer that was taken for an element. */
static struct value answer_of(const struct made *made)
{
    for (size_t i = 0; i < made->page_count; i++)
        if (made->pages[i].doc)
            return value_json(made->pages[i].data);
    return VALUE_NONE;
}

bool elements_next(struct plan_run *run, struct elements *elements, struct value *out)
{
    if (elements->answers) {
        const struct call_state *call = &run->calls[elements->call];
        if (elements->index == call->times)
            return false;
        *out = answer_of(&call->made[elements->index++]);
        return true;
    }
    if (elements->item) {
        if (elements->item == elements->end)
            return false;
        *out = *elements->item++;
        return true;
    }
    if (!json_exists(elements->next))
        return false;
    *out = value_json(elements->next);
    elements->next = json_next(elements->next);
    return true;
}

size_t value_count(struct plan_run *run, const struct value *list)
{
    if (list->kind == VALUE_JSON)
        return json_type(list->as.json) == JSON_ARRAY ? json_count(list->as.json) : 0;
    if (list->kind == VALUE_LIST)
        return list->as.list->count;
    return list->kind == VALUE_ANSWERS ? run->calls[list->as.call].times : 0;
}

struct list *value_new_list(struct plan_run *run, size_t room)
{
    struct list *list = ARENA_NEW(run->arena, struct list);
    if (list)
        list->items = ARENA_ARRAY(run->arena, struct value, room ? room : 1);
    if (!list || !list->items) {
        run_no_memory(run);
        return NULL;
    }
    return list;
}

struct value value_at(struct value value, const struct str *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (value.kind != VALUE_JSON)
            return VALUE_NONE;
        value = value_json(json_get(value.as.json, names[i]));
    }
    return value;
}
