/*
 * Values at run time, see value.h. Lists of ours live in the run's arena.
 */
#include "plan/run.h"

struct str value_decode(struct plan_run *run, const struct value *value)
{
    if (value->kind == VALUE_READY)
        return value->as.constant->text;
    return json_text(value->as.json, run->arena);
}

bool value_holds(const struct value *value)
{
    if (value->type == JSON_STRING) {
        struct str raw = str_of(value->p, value->n);
        return !str_eq(raw, value->kind == VALUE_TEXT ? STR("false") : STR("\"false\""));
    }
    return value->type > JSON_FALSE;
}

void value_write(struct plan_run *run, const struct value *value, struct json_writer *w)
{
    if (value_is_ready(value)) {
        json_put_raw(w, str_of(value->p, value->n));
        return;
    }
    if (value->kind == VALUE_TEXT) {
        json_put_string(w, str_of(value->p, value->n));
        return;
    }
    struct elements elements = value_elements(value);
    struct value item;
    json_open_array(w);
    while (elements_next(run, &elements, &item))
        if (value_there(&item))
            value_write(run, &item, w);
    json_close_array(w);
}

struct elements value_elements(const struct value *list)
{
    struct elements elements = {0};
    if (list->kind == VALUE_JSON && list->type == JSON_ARRAY) {
        elements.next = json_first(list->as.json);
    } else if (list->kind == VALUE_LIST) {
        elements.item = list->as.list->items;
        elements.end = elements.item + list->as.list->count;
    } else if (list->kind == VALUE_ANSWERS) {
        elements.answers = true;
        elements.call = list->as.call;
    }
    return elements;
}

struct value answer_of(const struct plan_run *run, unsigned call, size_t element)
{
    const struct call_state *state = &run->calls[call];
    if (element >= state->times)
        return VALUE_NONE;
    const struct made *made = &state->made[element];
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
        *out = answer_of(run, elements->call, elements->index++);
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
        return list->type == JSON_ARRAY ? json_count(list->as.json) : 0;
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
        if (value.kind != VALUE_JSON || value.type != JSON_OBJECT)
            return VALUE_NONE;
        value = value_json(json_get(value.as.json, names[i]));
    }
    return value;
}
