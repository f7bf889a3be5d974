/*
 * Pages: where the position goes and comes from exists on both sides, and sizes fit both.
 */
#include "check/inside.h"

#include <inttypes.h>

/* ---- upstream ---- */

static const struct contract_field *spot_field(const struct contract *contract,
                                               const struct page_spot *spot,
                                               const struct contract_fields **section)
{
    *section = spot->place == PAGE_IN_BODY ? &contract->body : &contract->query;
    return contract_member(*section, NULL, spot->name);
}

static void check_spot(struct check *c, const struct contract *contract,
                       const struct page_spot *spot, const char *what, const struct place *place)
{
    const struct contract_fields *section;
    if (spot->place == PAGE_NOWHERE || spot_field(contract, spot, &section))
        return;
    report_nearest(
        c,
        report(c, place, "the page's %s goes to `%s." STR_FMT "`, which " STR_FMT " does not have",
               what, section_name(contract, section), STR_ARG(spot->name), STR_ARG(contract->call)),
        contract_nearest_member(section, NULL, spot->name));
}

static void check_sizes(struct check *c, const struct call *call, const struct contract *contract,
                        const struct place *place)
{
    const struct contract_fields *section;
    if (call->size.place == PAGE_NOWHERE)
        return;
    const struct contract_field *size = spot_field(contract, &call->size, &section);
    struct place at = place_key(place, "limits");
    if (!size || assumed_field(c, size))
        return;
    if ((size->has_max && call->public.page_max > size->max) ||
        (size->has_min && call->public.page_min < size->min))
        report(c, &at,
               "asks for %" PRIu32 " to %" PRIu32 " rows a page, but `" STR_FMT "` of " STR_FMT
               " goes from %" PRId64 " to %" PRId64,
               call->public.page_min, call->public.page_max,
               STR_ARG(field_name(c, contract, section, size)), STR_ARG(contract->call),
               size->has_min ? size->min : 0, size->has_max ? size->max : INT64_MAX);
}

static void check_order(struct check *c, const struct call *call, const struct scene *row,
                        const struct place *place)
{
    struct place at = place_key(place, "order_by");
    struct target anything = {.kind = TARGET_ANSWER};
    if (call->order_choice)
        check_shape(c, call->order_choice, row, &anything, &at);
    else
        evaluate(c, &call->order, row, &at);
}

void check_page_of_call(struct check *c, unsigned index, const struct scene *scene,
                        const struct place *place)
{
    const struct call *call = &c->plan->calls[index];
    const struct contract *contract = c->called[index];
    struct place at = place_key(place, "rows");
    if (!call->has_rows)
        return;
    struct fact rows = resolve_in(c, c->answers[index], &call->rows, &at);
    if (!(sort_kinds(rows.sort) & SORT_LIST)) {
        struct str found = describe(c, rows.sort);
        report(c, &at, "`" STR_FMT "` is " STR_FMT ", not a list", STR_ARG(call->rows.text),
               STR_ARG(found));
    }
    if (call->has_order) {
        struct scene row = {.outer = scene, .at = scene->at, .element = c->rows[index]};
        check_order(c, call, &row, place);
    }
    if (!contract || !call->public.paged)
        return;
    at = place_key(place, "page");
    check_spot(c, contract, &call->size, "size", &at);
    check_spot(c, contract, &call->token, "token", &at);
    if (call->next.count)
        resolve_in(c, c->answers[index], &call->next, &at);
    check_sizes(c, call, contract, place);
}

/* ---- legacy ---- */

static const struct contract_field *legacy_field(const struct check *c, struct str name,
                                                 const struct contract **contract)
{
    for (size_t i = 0; i < c->legacy_count; i++) {
        *contract = c->legacy[i];
        const struct contract_field *field = contract_member(&c->legacy[i]->body, NULL, name);
        if (!field)
            field = contract_member(&c->legacy[i]->query, NULL, name);
        if (field)
            return field;
    }
    return NULL;
}

static void check_legacy_limits(struct check *c, const struct page_form *pages,
                                const struct contract_field *size, const struct contract *contract,
                                const struct place *place)
{
    struct place at = place_key(place, "limits");
    if (assumed_field(c, size))
        return;
    if ((size->has_max && (uint64_t)size->max != pages->most) ||
        (size->has_min && (uint64_t)size->min != pages->least))
        report(c, &at,
               "takes %" PRIu64 " to %" PRIu64 " rows a page, but `" STR_FMT "` of " STR_FMT
               " goes from %" PRId64 " to %" PRId64,
               pages->least, pages->most, STR_ARG(size->path), STR_ARG(contract->call),
               size->has_min ? size->min : (int64_t)pages->least,
               size->has_max ? size->max : (int64_t)pages->most);
}

static void check_legacy_preset(struct check *c, const struct page_form *form,
                                const struct contract_field *size, const struct contract *contract,
                                const struct place *place)
{
    struct place at = place_key(place, "default");
    struct str preset = arena_printf(c->arena, "%" PRIu64, form->preset);
    if (!form->has_preset || !size->preset.p || str_eq(preset, size->preset) ||
        assumed_field(c, size))
        return;
    report(c, &at, "is " STR_FMT ", but the default of `" STR_FMT "` of " STR_FMT " is " STR_FMT,
           STR_ARG(preset), STR_ARG(size->path), STR_ARG(contract->call), STR_ARG(size->preset));
}

static void check_legacy_size(struct check *c, const struct page_form *form,
                              const struct place *place)
{
    const struct contract *contract = NULL;
    const struct contract_field *size = legacy_field(c, form->size->name, &contract);
    if (!size)
        return;
    check_legacy_limits(c, form, size, contract, place);
    check_legacy_preset(c, form, size, contract, place);
}

static void check_one_more(struct check *c, struct str name, const char *key, unsigned kind,
                           const struct place *place)
{
    struct place at = place_key(place, key);
    const struct contract *told = NULL;
    struct str near = STR_NONE;
    for (size_t i = 0; name.p && i < c->legacy_count; i++) {
        const struct contract_field *field = contract_member(&c->legacy[i]->answer, NULL, name);
        if (field && !(sort_allowed(field) & kind) && !assumed_type(c, field))
            report(c, &at, "gives %s, but `answer." STR_FMT "` of " STR_FMT " is %s",
                   kind == SORT_BOOL ? "true or false" : "a text", STR_ARG(name),
                   STR_ARG(c->legacy[i]->call), contract_type_name(field->type));
        if (field)
            return;
        told = c->legacy[i];
        near = contract_nearest_member(&told->answer, NULL, name);
    }
    if (told && !assumed_path(c, name))
        report_nearest(c,
                       report(c, &at, "`answer` of " STR_FMT " has no '" STR_FMT "'",
                              STR_ARG(told->call), STR_ARG(name)),
                       near);
}

/* Rules that only count when several lists are merged. */
static void check_merge(struct check *c)
{
    unsigned paged = 0;
    for (unsigned i = 0; i < c->plan->call_count; i++)
        paged += c->plan->calls[i].public.paged;
    struct place calls = place_key(&c->table, "calls");
    for (unsigned i = 0; i < c->plan->call_count; i++) {
        const struct call *call = &c->plan->calls[i];
        struct place here = place_key(&calls, call->public.name.p);
        struct place at = place_key(&here, "order_by");
        if (call->has_order && paged < 2 && !call->public.each)
            report(c, &at, "no other rows are merged with these, so this applies to nothing");
    }
}

void check_pages(struct check *c)
{
    static const struct scene outermost;
    const struct pages *pages = &c->plan->pages;
    struct place place = place_key(&c->table, "pages");
    check_merge(c);
    if (pages->form.style == PLAN_PAGE_NONE)
        return;
    if (pages->has_descending) {
        struct place at = place_key(&place, "descending");
        check_condition(c, &pages->descending, &outermost, &at);
    }
    check_legacy_size(c, &pages->form, &place);
    struct place other = place_key(&place, "or");
    if (pages->other.style != PLAN_PAGE_NONE)
        check_legacy_size(c, &pages->other, &other);
    check_one_more(c, pages->next, "next", SORT_STRING, &place);
    check_one_more(c, pages->more, "more", SORT_BOOL, &place);
}
