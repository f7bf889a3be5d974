/*
 * Upstream messages: path, query and body of one call. See plan.h.
 */
#include "plan/run.h"

#include <assert.h>

static bool bad_segment(struct str text)
{
    return !text.n || str_eq(text, STR(".")) || str_eq(text, STR(".."));
}

static void build_path(struct plan_run *run, const struct call *call, struct plan_message *message)
{
    struct buf path;
    buf_init_arena(&path, 64 << 10, run->arena);
    for (size_t i = 0; i < call->path_count; i++) {
        const struct path_part *part = &call->path[i];
        buf_add_str(&path, part->literal);
        if (!part->has_expression)
            continue;
        struct value value = expression_read(run, &part->expression);
        struct str text = value_as_text(run, &value);
        if (bad_segment(text))
            run_fault(run, &part->expression.from, STR_FMT " is %s, and " STR_FMT " needs it",
                      STR_ARG(part->expression.from.label), text.n ? "no id" : "missing",
                      STR_ARG(call->public.send));
        url_encode(text, &path);
    }
    message->path = buf_str(&path);
    if (buf_failed(&path))
        run_no_memory(run);
}

/* A leaf's value as a parameter: lists joined by commas, other things as they are in JSON. */
static struct str parameter(struct plan_run *run, const struct value *value)
{
    if (!value_is_list(value)) {
        struct str text = value_as_text(run, value);
        if (text.p)
            return text;
    }
    struct buf out;
    struct json_writer w;
    buf_init_arena(&out, UINT32_MAX, run->arena);
    json_writer_init(&w, &out);
    if (!value_is_list(value)) {
        value_write(run, value, &w);
        return buf_str(&out);
    }
    struct elements elements = value_elements(value);
    struct value item;
    bool more = false;
    while (elements_next(run, &elements, &item)) {
        struct str text = value_as_text(run, &item);
        if (!text.p)
            continue;
        if (more)
            buf_add_char(&out, ',');
        buf_add_str(&out, text);
        more = true;
    }
    if (buf_failed(&out))
        run_no_memory(run);
    return buf_str(&out);
}

struct value shape_leaf(struct plan_run *run, const struct shape *shape)
{
    while (shape->kind == SHAPE_CHOOSE) {
        const struct shape *found = NULL;
        for (size_t i = 0; i < shape->count && !found; i++)
            if (condition_holds(run, &shape->members[i].when))
                found = shape->members[i].members;
        if (!found)
            return VALUE_NONE;
        shape = found;
    }
    if (shape->kind == SHAPE_CONSTANT && !shape_is_null(shape))
        return value_constant(&shape->constant);
    return shape->kind == SHAPE_LEAF ? expression_read(run, &shape->of) : VALUE_NONE;
}

static void build_query(struct plan_run *run, const struct call *call,
                        const struct plan_page_ask *page, struct plan_message *message)
{
    size_t count = call->query ? call->query->count : 0;
    struct pairs *query = &message->query;
    query->items = ARENA_ARRAY(run->arena, struct pair, count + 2);
    if (!query->items)
        return;
    for (size_t i = 0; i < count; i++) {
        const struct shape *member = &call->query->members[i];
        struct value value = shape_leaf(run, member);
        if (value_there(&value))
            query->items[query->count++] = (struct pair){member->name, parameter(run, &value)};
    }
    if (page && call->size.place == PAGE_IN_QUERY)
        query->items[query->count++] =
            (struct pair){call->size.name, arena_printf(run->arena, "%u", page->size)};
    if (page && call->token.place == PAGE_IN_QUERY && page->token.n)
        query->items[query->count++] = (struct pair){call->token.name, page->token};
}

struct page_in_body {
    const struct call *call;
    const struct plan_page_ask *page;
};

static void put_page(struct plan_run *run, void *ctx, struct json_writer *w)
{
    const struct page_in_body *in = ctx;
    (void)run;
    if (in->call->size.place == PAGE_IN_BODY) {
        json_put_key_raw(w, in->call->size.key);
        json_put_i64(w, in->page->size);
    }
    if (in->call->token.place == PAGE_IN_BODY) { /* "" for the first page */
        json_put_key_raw(w, in->call->token.key);
        json_put_string(w, in->page->token.p ? in->page->token : STR(""));
    }
}

static void build_body(struct plan_run *run, const struct call *call,
                       const struct plan_page_ask *page, struct plan_message *message)
{
    struct page_in_body in = {call, page};
    bool paged = page && (call->size.place == PAGE_IN_BODY || call->token.place == PAGE_IN_BODY);
    struct buf body;
    struct json_writer w;
    message->content_type = STR("application/json");
    if (!call->body && !paged)
        return;
    buf_init_arena(&body, UINT32_MAX, run->arena);
    json_writer_init(&w, &body);
    if (call->body && call->body->kind != SHAPE_OBJECT && call->body->kind != SHAPE_CHOOSE &&
        call->body->kind != SHAPE_IN)
        shape_write(run, call->body, &w);
    else
        shape_write_whole(run, call->body, &w, paged ? put_page : NULL, &in);
    message->body = buf_str(&body);
    if (buf_failed(&body))
        run_no_memory(run);
}

bool plan_build(struct plan_run *run, struct plan_slot slot, const struct plan_page_ask *page,
                struct plan_message *message, struct fault *fault)
{
    assert(slot.call < run->plan->call_count);
    const struct call *call = &run->plan->calls[slot.call];
    size_t times;
    *message = (struct plan_message){.method = call->public.method, .body = STR("")};
    if (!plan_call_times(run, slot.call, &times, fault))
        return false;
    assert(slot.element < times);
    element_enter(run, slot.call, slot.element);
    build_path(run, call, message);
    build_query(run, call, page, message);
    if (call->form_count)
        form_write(run, call, message);
    else
        build_body(run, call, page, message);
    return run_check(run, fault);
}
