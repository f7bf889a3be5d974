/*
 * The client's side of paging: what page it asks for, and of which list. See plan.h.
 */
#include "plan/decimal.h"
#include "plan/run.h"

#include <assert.h>

/* The number a paging field holds; false after a fault when it is out of all bounds. */
static bool read_number(struct plan_run *run, const struct field *field, uint64_t *out,
                        struct fault *fault)
{
    const struct value *value = &run->slots[field->want->slot];
    struct str text = value_as_text(run, value);
    if (!value_there(value) || str_to_u64(text, out))
        return true;
    if (run->plan->pages.lenient && decimal_is_whole(text)) {
        *out = text.p[0] == '-' ? 0 : INT32_MAX;
        return true;
    }
    return fault_at(fault, FAULT_PARAMETER, field->name,
                    STR_FMT " must be a whole number of at least 0", STR_ARG(field->name));
}

bool plan_page_asked(struct plan_run *run, struct plan_page_asked *asked, struct fault *fault)
{
    const struct pages *pages = &run->plan->pages;
    assert(pages->style != PLAN_PAGE_NONE);
    *asked = (struct plan_page_asked){.size = pages->preset};
    if (!read_number(run, pages->size, &asked->size, fault))
        return false;
    if (pages->lenient && asked->size < pages->least)
        asked->size = pages->has_preset ? pages->preset : pages->least;
    if (pages->lenient && asked->size > pages->most)
        asked->size = pages->most;
    if (asked->size < pages->least || asked->size > pages->most)
        return fault_at(fault, FAULT_PARAMETER, pages->size->name,
                        STR_FMT " must be from %llu to %llu", STR_ARG(pages->size->name),
                        (unsigned long long)pages->least, (unsigned long long)pages->most);
    if (pages->style == PLAN_PAGE_CURSOR) {
        asked->cursor = value_as_text(run, &run->slots[pages->in->want->slot]);
        if (!asked->cursor.n)
            asked->cursor = STR_NONE;
        return run_check(run, fault);
    }
    uint64_t at = 0;
    if (!read_number(run, pages->in, &at, fault))
        return false;
    if (pages->style == PLAN_PAGE_NUMBER && at > 0)
        at--;
    else if (pages->style == PLAN_PAGE_NUMBER)
        at = 0;
    if (pages->style == PLAN_PAGE_NUMBER && at > UINT64_MAX / asked->size)
        return fault_at(fault, FAULT_PARAMETER, pages->in->name, STR_FMT " is too large",
                        STR_ARG(pages->in->name));
    asked->offset = pages->style == PLAN_PAGE_NUMBER ? at * asked->size : at;
    return run_check(run, fault);
}

bool plan_page_descending(struct plan_run *run)
{
    return run->plan->pages.has_descending && condition_holds(run, &run->plan->pages.descending);
}

struct str plan_filters(struct plan_run *run)
{
    const struct plan *plan = run->plan;
    struct buf out;
    struct json_writer w;
    buf_init_arena(&out, UINT32_MAX, run->arena);
    json_writer_init(&w, &out);
    json_open_object(&w);
    json_put_key(&w, STR(""));
    json_put_string(&w, plan->legacy[0]);
    for (size_t i = 0; i < plan->field_count; i++) {
        const struct value *value = &run->slots[plan->fields[i].want->slot];
        if (plan->fields[i].paging || !value_there(value))
            continue;
        json_put_key(&w, plan->fields[i].name);
        value_write(run, value, &w);
    }
    json_close_object(&w);
    if (buf_failed(&out))
        run_no_memory(run);
    return buf_str(&out);
}
