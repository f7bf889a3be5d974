/*
 * Answers of upstream: taking them, and the rows of pages in them. See plan.h.
 */
#include "plan/run.h"

#include <assert.h>
#include <stdio.h>

static struct page *get_page(struct plan_run *run, struct plan_slot slot)
{
    assert(slot.call < run->plan->call_count);
    struct call_state *state = &run->calls[slot.call];
    assert(state->counted && slot.element < state->times);
    struct made *made = &state->made[slot.element];
    assert(slot.page < made->page_count);
    return &made->pages[slot.page];
}

/* A place for the answer; NULL when out of memory. */
static struct page *new_page(struct plan_run *run, struct plan_slot slot)
{
    struct call_state *state = &run->calls[slot.call];
    if (!state->counted) {
        size_t times;
        struct fault ignored;
        if (!plan_call_times(run, slot.call, &times, &ignored))
            return NULL;
    }
    assert(slot.element < state->times);
    struct made *made = &state->made[slot.element];
    if (slot.page >= made->page_room) {
        size_t room = made->page_room ? made->page_room * 2 : 1;
        while (room <= slot.page)
            room *= 2;
        struct page *pages = ARENA_ARRAY(run->arena, struct page, room);
        if (!pages)
            return NULL;
        if (made->page_count)
            memcpy(pages, made->pages, made->page_count * sizeof *pages);
        made->pages = pages;
        made->page_room = room;
    }
    if (slot.page >= made->page_count)
        made->page_count = slot.page + 1;
    return &made->pages[slot.page];
}

static bool broken(struct plan_run *run, struct fault *fault, const struct call *call,
                   const char *what)
{
    if (!run_check(run, fault)) /* what seems to be wrong had no room */
        return false;
    return fault_at(fault, FAULT_UPSTREAM_BAD, call->public.name, "the answer to " STR_FMT " %s",
                    STR_ARG(call->public.send), what);
}

static bool read_envelope(struct plan_run *run, const struct call *call, struct json root,
                          struct plan_answer *answer, struct fault *fault)
{
    struct json code = json_get(root, STR("code"));
    struct json message = json_get(root, STR("message"));
    struct json id = json_get(root, STR("request_id"));
    *answer = (struct plan_answer){0};
    if (json_type(root) != JSON_OBJECT)
        return broken(run, fault, call, "is no JSON object");
    if (json_type(code) != JSON_NUMBER || !str_to_i64(json_raw(code), &answer->code))
        return broken(run, fault, call, "has no numeric code");
    if (json_type(message) == JSON_STRING)
        answer->message = json_text(message, run->arena);
    if (json_type(id) == JSON_STRING)
        answer->request_id = json_text(id, run->arena);
    return true;
}

static bool speaks_of(const struct forgiveness *forgive, int64_t code)
{
    for (size_t i = 0; i < forgive->count; i++)
        if (forgive->codes[i].from <= code && code <= forgive->codes[i].to)
            return true;
    return forgive->any;
}

/* Makes the error, and the element that the call was made for, readable. */
static void enter_error(struct plan_run *run, const struct forgiveness *forgive,
                        struct plan_slot slot, const struct plan_answer *answer)
{
    element_enter(run, slot.call, slot.element);
    run->slots[forgive->scope.element->slot] = value_constant(&constant_empty_object);
    run->slots[forgive->code->slot] =
        value_digits(arena_printf(run->arena, "%lld", (long long)answer->code));
    run->slots[forgive->message->slot] =
        answer->message.p ? value_text(answer->message) : VALUE_NONE;
}

static const struct forgiveness *find_forgiveness(struct plan_run *run, struct plan_slot slot,
                                                  const struct plan_answer *answer)
{
    const struct call *call = &run->plan->calls[slot.call];
    for (size_t i = 0; i < call->forgive_count; i++) {
        const struct forgiveness *forgive = &call->forgive[i];
        if (!speaks_of(forgive, answer->code))
            continue;
        enter_error(run, forgive, slot, answer);
        if (condition_holds(run, &forgive->when))
            return forgive;
    }
    return NULL;
}

/* The data that stands for a forgiven error, as a document of its own. */
static bool make_data(struct plan_run *run, const struct forgiveness *forgive, struct page *page)
{
    struct buf out;
    struct json_writer w;
    struct json_limits limits = {0};
    struct json_error error;
    buf_init_arena(&out, UINT32_MAX, run->arena);
    json_writer_init(&w, &out);
    shape_write_whole(run, forgive->data, &w, NULL, NULL);
    page->doc = ARENA_NEW(run->arena, struct json_doc);
    if (!page->doc || buf_failed(&out) ||
        !json_parse(page->doc, buf_str(&out), &limits, run->arena, &error)) {
        page->doc = NULL;
        return run_no_memory(run);
    }
    page->data = json_root(page->doc);
    return true;
}

/* Makes the answer readable: the call's own slots, and the rows of a page. */
static bool publish(struct plan_run *run, struct plan_slot slot, struct page *page,
                    struct fault *fault)
{
    const struct call *call = &run->plan->calls[slot.call];
    const struct made *made = &run->calls[slot.call].made[slot.element];
    struct value data = value_json(page->data);
    enum json_type type = value_type(&data);
    if (type != JSON_ABSENT && type != JSON_OBJECT)
        return broken(run, fault, call, "holds data that is no object");
    for (size_t i = 0; i < slot.page && !call->public.each; i++)
        if (made->pages[i].doc)
            type = JSON_ARRAY; /* an earlier page speaks for the call */
    if (!value_there(&data))
        data = value_constant(&constant_empty_object);
    if (!call->public.each && type != JSON_ARRAY)
        want_set(call->want, data, run->slots, run->arena);
    if (!call->has_rows)
        return true;
    struct value rows = value_at(value_json(page->data), call->rows.names, call->rows.count);
    struct value next = value_at(value_json(page->data), call->next.names, call->next.count);
    if (value_there(&rows) && rows.kind == VALUE_JSON && json_type(rows.as.json) != JSON_ARRAY)
        return broken(run, fault, call, "has no list where its rows should be");
    if (value_there(&rows)) {
        page->rows = rows.as.json;
        page->row_count = json_count(page->rows);
    }
    page->next = value_as_text(run, &next);
    return true;
}

bool plan_take(struct plan_run *run, struct plan_slot slot, struct str body,
               struct plan_answer *answer, struct fault *fault)
{
    const struct call *call = &run->plan->calls[slot.call];
    struct json_limits limits = {0};
    struct json_error error;
    struct page *page = new_page(run, slot);
    struct json_doc *doc = ARENA_NEW(run->arena, struct json_doc);
    if (!page || !doc) {
        run_no_memory(run);
        return run_check(run, fault);
    }
    if (!json_parse(doc, body, &limits, run->arena, &error)) {
        char what[128];
        snprintf(what, sizeof what, "is not JSON: expected %s at byte %zu", error.expected,
                 error.offset);
        return broken(run, fault, call, what);
    }
    struct json root = json_root(doc);
    if (!read_envelope(run, call, root, answer, fault))
        return false;
    *page = (struct page){.doc = doc, .data = json_get(root, STR("data"))};
    if (answer->code != 0) {
        const struct forgiveness *forgive = find_forgiveness(run, slot, answer);
        page->doc = NULL;
        if (!forgive)
            return run_check(run, fault);
        if (!make_data(run, forgive, page))
            return run_check(run, fault);
        answer->forgiven = true;
    }
    return publish(run, slot, page, fault) && run_check(run, fault);
}

/* ---- rows ---- */

size_t plan_rows(struct plan_run *run, struct plan_slot slot)
{
    return get_page(run, slot)->row_count;
}

struct str plan_next_token(struct plan_run *run, struct plan_slot slot)
{
    struct str next = get_page(run, slot)->next;
    return next.p ? next : STR("");
}

/* The row of a page, near the one that was read last. */
static struct value row_at(struct page *page, size_t row)
{
    if (!json_exists(page->reached) || page->reached_index > row) {
        page->reached = json_first(page->rows);
        page->reached_index = 0;
    }
    for (; page->reached_index < row; page->reached_index++)
        page->reached = json_next(page->reached);
    return value_json(page->reached);
}

static bool add_element(struct plan_run *run, struct call_state *state, struct made made)
{
    if (state->times == state->made_room) {
        size_t room = state->made_room ? state->made_room * 2 : 8;
        struct made *wider = ARENA_ARRAY(run->arena, struct made, room);
        if (!wider)
            return run_no_memory(run);
        if (state->times)
            memcpy(wider, state->made, state->times * sizeof *wider);
        state->made = wider;
        state->made_room = room;
    }
    state->made[state->times++] = made;
    return true;
}

bool plan_nest(struct plan_run *run, unsigned call, struct plan_slot outer, size_t row,
               unsigned *element, struct fault *fault)
{
    assert(run->plan->calls[call].public.nested);
    assert(run->plan->calls[call].public.outer == outer.call);
    struct call_state *state = &run->calls[call];
    struct page *page = get_page(run, outer);
    size_t times;
    assert(row < page->row_count);
    for (size_t i = state->times; i-- > 0;)
        if (state->made[i].outer_page == outer.page && state->made[i].outer_row == row) {
            *element = (unsigned)i;
            return true;
        }
    struct made made = {.element = row_at(page, row), .outer_page = outer.page, .outer_row = row};
    *element = (unsigned)state->times;
    return plan_call_times(run, call, &times, fault) &&
           (add_element(run, state, made) || run_check(run, fault));
}

struct str plan_row_key(struct plan_run *run, struct plan_slot slot, size_t row)
{
    const struct call *call = &run->plan->calls[slot.call];
    struct page *page = get_page(run, slot);
    if (!call->has_order || row >= page->row_count)
        return STR_NONE;
    element_enter(run, slot.call, slot.element);
    scope_enter(run, &call->row, row_at(page, row));
    struct value key = call->order_choice ? shape_leaf(run, call->order_choice)
                                          : expression_read(run, &call->order);
    return value_as_text(run, &key);
}

bool plan_pick(struct plan_run *run, struct plan_slot slot, size_t from, size_t to)
{
    const struct page *page = get_page(run, slot);
    assert(from <= to && to <= page->row_count);
    (void)page;
    if (run->pick_count == run->pick_room) {
        size_t room = run->pick_room ? run->pick_room * 2 : 8;
        struct pick *picks = ARENA_ARRAY(run->arena, struct pick, room);
        if (!picks)
            return run_no_memory(run);
        if (run->pick_count)
            memcpy(picks, run->picks, run->pick_count * sizeof *picks);
        run->picks = picks;
        run->pick_room = room;
    }
    run->picks[run->pick_count++] = (struct pick){slot, from, to};
    return true;
}
