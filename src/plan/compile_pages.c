/*
 * `pages`: how the legacy endpoint pages. See compile.h.
 */
#include "plan/compile.h"

enum { PAGE_MOST = 1000000 };

static struct field *find_field(struct plan *plan, struct str name)
{
    for (size_t i = 0; i < plan->field_count; i++)
        if (str_eq(plan->fields[i].name, name))
            return &plan->fields[i];
    return NULL;
}

/* The field that `key` names; added to what is accepted when it does not stand there. */
static bool page_field(struct compiler *c, const cJSON *pages, const char *key,
                       const struct place *place, const struct type *type, struct field **out)
{
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(pages, key);
    struct place at = place_key(place, key);
    if (!cJSON_IsString(name) || !*name->valuestring)
        return place_error(&at, "expected the name of a field, found %s", place_kind(name));
    struct plan *plan = c->plan;
    *out = find_field(plan, str_from(name->valuestring));
    if (!*out) {
        *out = &plan->fields[plan->field_count++];
        **out = (struct field){.name = keep(c, name->valuestring), .type = *type};
    } else if ((*out)->type.kind != type->kind) {
        return place_error(&at, "`accept` says that '%s' is %s; it must be %s", name->valuestring,
                           type_name((*out)->type.kind), type_name(type->kind));
    }
    (*out)->paging = true;
    return true;
}

static bool page_style(const cJSON *node, const struct place *place, enum plan_page_style *out)
{
    static const struct {
        const char *name;
        enum plan_page_style style;
    } styles[] = {
        {"cursor", PLAN_PAGE_CURSOR}, {"offset", PLAN_PAGE_OFFSET}, {"number", PLAN_PAGE_NUMBER}};
    for (size_t i = 0; i < sizeof styles / sizeof *styles && cJSON_IsString(node); i++) {
        if (strcmp(node->valuestring, styles[i].name) != 0)
            continue;
        *out = styles[i].style;
        return true;
    }
    return place_error(place, "expected \"cursor\", \"offset\" or \"number\", found %s",
                       cJSON_IsString(node) ? node->valuestring : place_kind(node));
}

/* A form beside the first has no preset of its field: that it is named is what chooses it. */
static bool page_limits(struct compiler *c, const cJSON *pages, const struct place *place,
                        struct page_form *out, struct type *size)
{
    struct place at = place_key(place, "limits");
    if (!compile_range(cJSON_GetObjectItemCaseSensitive(pages, "limits"), &at, PAGE_MOST,
                       &out->least, &out->most))
        return false;
    const cJSON *preset = cJSON_GetObjectItemCaseSensitive(pages, "default");
    bool first = out == &c->plan->pages.form;
    *size = (struct type){.kind = TYPE_INT,
                          .optional = !first,
                          .ranged = !out->lenient,
                          .low = (int64_t)out->least,
                          .high = (int64_t)out->most};
    at = place_key(place, "default");
    if (!preset)
        return first || place_error(&at, "`or` needs the size of a page that names none");
    out->has_preset = size->optional = true;
    size->has_preset = first;
    return compile_whole(preset, &at, "a number of rows", out->least, PAGE_MOST, &out->preset) &&
           compile_number(c, preset, &at, &size->preset);
}

static bool page_lenient(const cJSON *pages, const struct place *place, struct page_form *out)
{
    const cJSON *lenient = cJSON_GetObjectItemCaseSensitive(pages, "lenient");
    struct place at = place_key(place, "lenient");
    if (lenient && !cJSON_IsBool(lenient))
        return place_error(&at, "expected true or false, found %s", place_kind(lenient));
    out->lenient = cJSON_IsTrue(lenient);
    return true;
}

static bool page_form(struct compiler *c, const cJSON *pages, const struct place *place,
                      struct page_form *out)
{
    struct place at = place_key(place, "style");
    if (!page_style(cJSON_GetObjectItemCaseSensitive(pages, "style"), &at, &out->style))
        return false;
    bool good = page_lenient(pages, place, out);
    struct type size, in = {.kind = TYPE_TEXT, .optional = true};
    if (out->style != PLAN_PAGE_CURSOR)
        in = (struct type){
            .kind = TYPE_INT, .optional = true, .ranged = !out->lenient, .high = INT32_MAX};
    good = page_limits(c, pages, place, out, &size) && good;
    good = page_field(c, pages, "in", place, &in, &out->in) && good;
    return page_field(c, pages, "size", place, &size, &out->size) && good;
}

/* `or`: both forms lead to a number of rows before the page, so one memory serves both. */
static bool page_other(struct compiler *c, const cJSON *pages, const struct place *place)
{
    static const char *const known[] = {"style",   "in",      "size", "limits",
                                        "default", "lenient", NULL};
    struct pages *out = &c->plan->pages;
    const cJSON *other = cJSON_GetObjectItemCaseSensitive(pages, "or");
    struct place here = place_key(place, "or");
    if (!other)
        return true;
    if (!cJSON_IsObject(other))
        return place_error(&here, "expected an object, found %s", place_kind(other));
    bool good = true;
    compile_known_keys(c, &here, other, known);
    if (!page_form(c, other, &here, &out->other))
        return false;
    struct place at = place_key(&here, "style");
    if (out->form.style == PLAN_PAGE_CURSOR || out->other.style == PLAN_PAGE_CURSOR)
        return place_error(&at, "a cursor cannot be one of two forms");
    at = place_key(&here, "in");
    if (out->other.in == out->form.in || out->other.in == out->form.size ||
        out->other.size == out->form.in || out->other.size == out->form.size)
        return place_error(&at, "the fields of the two forms must differ");
    return good;
}

bool compile_page_fields(struct compiler *c, const cJSON *pages, const struct place *place)
{
    static const char *const known[] = {"style",      "in",      "size", "limits",
                                        "default",    "lenient", "next", "more",
                                        "descending", "or",      NULL};
    if (!pages)
        return true;
    if (!cJSON_IsObject(pages))
        return place_error(place, "expected an object, found %s", place_kind(pages));
    bool good = true;
    compile_known_keys(c, place, pages, known);
    struct field *wider = ARENA_ARRAY(c->arena, struct field, c->plan->field_count + 4);
    if (!wider)
        return place_error(place, "out of memory");
    if (c->plan->field_count)
        memcpy(wider, c->plan->fields, c->plan->field_count * sizeof *wider);
    c->plan->fields = wider;
    return page_form(c, pages, place, &c->plan->pages.form) && page_other(c, pages, place) && good;
}

/* The name under which `key` is placed in the reply; absent when the table names none. */
static bool page_name(struct compiler *c, const cJSON *pages, const char *key,
                      const struct place *place, struct str *name, struct str *ready)
{
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(pages, key);
    struct place at = place_key(place, key);
    if (!node)
        return true;
    if (!cJSON_IsString(node) || !*node->valuestring)
        return place_error(&at, "expected the name of a member of the reply, found %s",
                           place_kind(node));
    *name = keep(c, node->valuestring);
    *ready = compile_key(c, node->valuestring);
    const struct shape *reply = c->plan->reply;
    for (size_t i = 0; reply && reply->kind == SHAPE_OBJECT && i < reply->count; i++)
        if (str_eq(reply->members[i].name, *name))
            return place_error(&at, "`reply` makes a member '%s' too", node->valuestring);
    return true;
}

/* The outer list of a nested one is walked too, but makes no rows itself. */
static bool check_nesting(struct compiler *c, size_t paged, const struct place *place)
{
    for (unsigned i = 0; i < c->plan->call_count; i++) {
        struct call *call = &c->plan->calls[i];
        if (!call->public.nested || !call->public.paged)
            continue;
        struct call *outer = &c->plan->calls[call->public.outer];
        if (call->has_order || outer->has_order)
            return place_error(place,
                               "lists in lists are not merged, so the `order_by` of '" STR_FMT
                               "' applies to nothing",
                               STR_ARG(call->has_order ? call->public.name : outer->public.name));
        if (outer->public.paged || outer->public.each)
            return place_error(place,
                               "the rows of '" STR_FMT "' are asked for '" STR_FMT
                               "', so they make no rows of the reply themselves",
                               STR_ARG(outer->public.name), STR_ARG(call->public.name));
        if (paged > 1)
            return place_error(place, "the list in a list of '" STR_FMT "' is merged with others",
                               STR_ARG(call->public.name));
        outer->public.paged = true;
    }
    bool good = true;
    for (unsigned i = 0; i < c->plan->call_count; i++) {
        const struct call *call = &c->plan->calls[i];
        if (call->has_rows && !call->public.paged)
            good = place_error(place, "the `rows` of call '" STR_FMT "' make no rows of the reply",
                               STR_ARG(call->public.name));
    }
    return good;
}

/* Where one of the merged lists has ended, its call is not made any more. */
static bool check_merged(struct compiler *c, const struct place *place)
{
    for (unsigned i = 0; i < c->plan->call_count; i++) {
        const struct plan_call *call = &c->plan->calls[i].public;
        if (!call->paged || !(c->plan->reply_needs & UINT32_C(1) << i))
            continue;
        return place_error(place,
                           "`reply` reads the answer of '" STR_FMT
                           "' beside its rows, and there is "
                           "none on the pages behind the end of that list",
                           STR_ARG(call->name));
    }
    return true;
}

static bool check_calls(struct compiler *c, bool pages, const struct place *place)
{
    size_t paged = 0, ordered = 0, merged = 0;
    for (unsigned i = 0; i < c->plan->call_count; i++) {
        const struct call *call = &c->plan->calls[i];
        paged += call->public.paged;
        merged += call->public.paged && !call->public.nested;
        ordered += call->public.paged && !call->public.nested && call->has_order;
    }
    if (pages && !paged)
        return place_error(place, "`pages`, and no call's `rows` in the reply");
    if (merged > 1 && ordered && ordered < merged)
        return place_error(place, "of the merged calls some have `order_by` and some have not");
    if (c->plan->pages.has_descending && !ordered)
        return place_error(place, "`descending`, and no call has `order_by`");
    return check_nesting(c, paged, place) && (!pages || merged < 2 || check_merged(c, place));
}

bool compile_pages(struct compiler *c, const cJSON *pages, const struct place *place)
{
    struct pages *out = &c->plan->pages;
    if (!pages)
        return check_calls(c, false, place);
    bool good = page_name(c, pages, "next", place, &out->next, &out->next_key);
    good = page_name(c, pages, "more", place, &out->more, &out->more_key) && good;
    struct place at = place_key(place, "next");
    if (out->next.p && out->form.style != PLAN_PAGE_CURSOR)
        good = place_error(&at, "`next` belongs to the style cursor");
    const cJSON *descending = cJSON_GetObjectItemCaseSensitive(pages, "descending");
    struct view outer = {0};
    out->has_descending = descending != NULL;
    at = place_key(place, "descending");
    if (descending)
        good = compile_condition(c, descending, &outer, &at, &out->descending) && good;
    return good && check_calls(c, true, place);
}
