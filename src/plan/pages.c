/*
 * The client's side of paging: what page it asks for, and of which list. See plan.h.
 */
#include "plan/decimal.h"
#include "plan/run.h"

#include <assert.h>

static const struct value *sent(const struct plan_run *run, const struct field *field)
{
    return &run->slots[field->want->slot];
}

/* The number a paging field holds; false after a fault when it is out of all bounds. */
static bool read_number(struct plan_run *run, const struct page_form *form,
                        const struct field *field, uint64_t *out, struct fault *fault)
{
    const struct value *value = sent(run, field);
    struct str text = value_as_text(run, value);
    if (!value_there(value) || str_to_u64(text, out))
        return true;
    if (form->lenient && decimal_is_whole(text)) {
        *out = text.p[0] == '-' ? 0 : INT32_MAX;
        return true;
    }
    return fault_at(fault, FAULT_PARAMETER, field->name,
                    STR_FMT " must be a whole number of at least 0", STR_ARG(field->name));
}

static bool read_size(struct plan_run *run, const struct page_form *form, uint64_t *size,
                      struct fault *fault)
{
    *size = form->preset;
    if (!read_number(run, form, form->size, size, fault))
        return false;
    if (form->has_preset && *size == form->preset)
        return true; /* it may be beyond the limits of what can be asked for */
    if (form->lenient && *size < form->least)
        *size = form->has_preset ? form->preset : form->least;
    if (form->lenient && *size > form->most)
        *size = form->most;
    if (*size >= form->least && *size <= form->most)
        return true;
    return fault_at(fault, FAULT_PARAMETER, form->size->name, STR_FMT " must be from %llu to %llu",
                    STR_ARG(form->size->name), (unsigned long long)form->least,
                    (unsigned long long)form->most);
}

/* The form the request is written in: the first, unless it names a field of the other. */
static const struct page_form *form_of(const struct plan_run *run)
{
    const struct pages *pages = &run->plan->pages;
    bool other =
        pages->other.style != PLAN_PAGE_NONE &&
        (value_there(sent(run, pages->other.in)) || value_there(sent(run, pages->other.size)));
    return other ? &pages->other : &pages->form;
}

bool plan_page_asked(struct plan_run *run, struct plan_page_asked *asked, struct fault *fault)
{
    const struct page_form *form = form_of(run);
    uint64_t at = 0;
    assert(form->style != PLAN_PAGE_NONE);
    *asked = (struct plan_page_asked){0};
    if (!read_size(run, form, &asked->size, fault))
        return false;
    if (form->style == PLAN_PAGE_CURSOR) {
        asked->cursor = value_as_text(run, sent(run, form->in));
        if (!asked->cursor.n)
            asked->cursor = STR_NONE;
        return run_check(run, fault);
    }
    if (!read_number(run, form, form->in, &at, fault))
        return false;
    if (form->style == PLAN_PAGE_NUMBER) {
        at = at > 0 ? at - 1 : 0; /* page 0 is the first one as well */
        if (at > UINT64_MAX / asked->size)
            return fault_at(fault, FAULT_PARAMETER, form->in->name, STR_FMT " is too large",
                            STR_ARG(form->in->name));
        at *= asked->size;
    }
    asked->offset = at;
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
