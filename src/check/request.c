/*
 * `accept` against the legacy contract: every field is one that apps could send, in a type
 * that takes all they could send; every field that they could send is accepted; and, once all
 * readers are known, every part of what is accepted is read.
 */
#include "check/inside.h"

#include <inttypes.h>
#include <stdio.h>

/* A field of the request in the contracts of the endpoint's names. */
struct asked {
    const struct contract *contract; /* NULL: not there */
    const struct contract_fields *section;
    const struct contract_field *field;
};

static struct asked asked_for(const struct check *c, struct str name)
{
    for (size_t i = 0; i < c->legacy_count; i++) {
        const struct contract *legacy = c->legacy[i];
        const struct contract_fields *sections[] = {&legacy->body, &legacy->query, &legacy->params};
        for (size_t s = 0; s < 3; s++) {
            const struct contract_field *field = contract_member(sections[s], NULL, name);
            if (field)
                return (struct asked){legacy, sections[s], field};
        }
    }
    return (struct asked){NULL, NULL, NULL};
}

static bool common(const struct check *c, struct str name)
{
    for (size_t i = 0; i < c->plans->common_count; i++)
        if (str_eq(c->plans->common[i], name))
            return true;
    return false;
}

/* Where a field stands: behind the name of one that has a shape the table writes the mark. */
static struct place field_place(const struct place *above, const struct field *field)
{
    char key[TABLE_PATH];
    bool shape = field->type.kind == TYPE_FIELDS || field->type.kind == TYPE_ITEMS;
    snprintf(key, sizeof key, STR_FMT "%s", STR_ARG(field->name),
             shape && field->type.optional ? "?" : "");
    return place_key(above, key);
}

/* ---- one type against one field ---- */

/* The kinds of JSON that a type takes without a loss or a refusal. */
static unsigned taken(const struct type *type, const struct asked *asked)
{
    bool query = asked->section == &asked->contract->query;
    switch (type->kind) {
    case TYPE_INT:
    case TYPE_TIME:
        return SORT_INT;
    case TYPE_ID:
        return SORT_STRING | SORT_INT;
    case TYPE_TEXT:
    case TYPE_DECIMAL:
        return SORT_STRING | SORT_NUMBER;
    case TYPE_BOOL:
        return SORT_BOOL;
    case TYPE_FILE:
        return SORT_STRING | SORT_FILE;
    case TYPE_LIST:
    case TYPE_ITEMS:
        return SORT_LIST | (query ? SORT_STRING : 0);
    case TYPE_OBJECT:
    case TYPE_FIELDS:
        return SORT_OBJECT | (query ? SORT_STRING : 0);
    default:
        return SORT_ANY;
    }
}

static bool truth_values(const struct contract_field *field)
{
    for (size_t i = 0; i < field->value_count; i++)
        if (!str_eq(field->values[i], STR("0")) && !str_eq(field->values[i], STR("1")))
            return false;
    return field->value_count > 0;
}

static void check_kind(struct check *c, const struct type *type, const struct asked *asked,
                       bool element, const struct place *place)
{
    const struct contract_field *field = asked->field;
    bool list = field->list && !element;
    bool query = asked->section == &asked->contract->query;
    unsigned sent = !list ? sort_allowed(field) : query ? SORT_LIST | SORT_STRING : SORT_LIST;
    bool truth = type->kind == TYPE_BOOL && truth_values(field);
    struct str name = field_name(c, asked->contract, asked->section, field);
    if (!(taken(type, asked) & sent) && !truth && !assumed_type(c, field))
        report(c, place, "takes %s, but `" STR_FMT "` of " STR_FMT " is %s%s",
               type_name(type->kind), STR_ARG(name), STR_ARG(asked->contract->call),
               list ? "list of " : "", contract_type_name(field->type));
    else if (type->kind == TYPE_TIME && field->unit == CONTRACT_MILLISECONDS &&
             !assumed_unit(c, field))
        report(c, place, "takes seconds, but `" STR_FMT "` of " STR_FMT " is in milliseconds",
               STR_ARG(name), STR_ARG(asked->contract->call));
}

static bool in_set(const struct type *type, struct str value)
{
    for (size_t i = 0; i < type->set_count; i++)
        if (str_eq(type->set[i], value))
            return true;
    return false;
}

static void check_set(struct check *c, const struct type *type, const struct asked *asked,
                      const struct place *place)
{
    const struct contract_field *field = asked->field;
    struct str name = field_name(c, asked->contract, asked->section, field);
    if (!type->set_count || !field->value_count || assumed_field(c, field))
        return;
    for (size_t i = 0; i < field->value_count; i++)
        if (!in_set(type, field->values[i]) && !assumed_value(c, field->values[i]))
            report(c, place, "refuses '" STR_FMT "', which `" STR_FMT "` of " STR_FMT " may be",
                   STR_ARG(field->values[i]), STR_ARG(name), STR_ARG(asked->contract->call));
    for (size_t i = 0; i < type->set_count; i++)
        if (!contract_allows(field, type->set[i]) && !assumed_value(c, type->set[i]))
            report_value(c,
                         report(c, place,
                                "takes '" STR_FMT "', which `" STR_FMT "` of " STR_FMT " cannot be",
                                STR_ARG(type->set[i]), STR_ARG(name),
                                STR_ARG(asked->contract->call)),
                         type->set[i], field->values, field->value_count);
}

/* A range of values or of a list's length must not be narrower than the contract's. */
static void check_range(struct check *c, const struct type *type, const struct asked *asked,
                        bool element, const struct place *place)
{
    const struct contract_field *field = asked->field;
    bool list = type->kind == TYPE_ITEMS || type->kind == TYPE_LIST;
    struct str name = field_name(c, asked->contract, asked->section, field);
    if (!type->ranged || assumed_field(c, field) || (list && element))
        return;
    if (list && field->max_items && type->high < (int64_t)field->max_items)
        report(c, place,
               "refuses more than %" PRId64 " elements, but `" STR_FMT "` of " STR_FMT
               " may have %" PRIu64,
               type->high, STR_ARG(name), STR_ARG(asked->contract->call), field->max_items);
    if (!list && field->has_max && type->high < field->max)
        report(c, place,
               "refuses numbers above %" PRId64 ", but `" STR_FMT "` of " STR_FMT
               " goes up to %" PRId64,
               type->high, STR_ARG(name), STR_ARG(asked->contract->call), field->max);
    if (!list && field->has_min && type->low > field->min)
        report(c, place,
               "refuses numbers below %" PRId64 ", but `" STR_FMT "` of " STR_FMT
               " begins at %" PRId64,
               type->low, STR_ARG(name), STR_ARG(asked->contract->call), field->min);
}

static void check_preset(struct check *c, const struct type *type, const struct asked *asked,
                         const struct place *place)
{
    const struct contract_field *field = asked->field;
    const struct field *size = c->plan->pages.form.size;
    struct str name = field_name(c, asked->contract, asked->section, field);
    if (size && type == &size->type)
        return; /* told with the pages, of both their forms */
    if (!type->has_preset || !field->preset.p || str_eq(type->preset.text, field->preset) ||
        assumed_field(c, field))
        return;
    report(c, place,
           "has the default '" STR_FMT "', but that of `" STR_FMT "` of " STR_FMT " is '" STR_FMT
           "'",
           STR_ARG(type->preset.text), STR_ARG(name), STR_ARG(asked->contract->call),
           STR_ARG(field->preset));
}

static void check_type(struct check *c, const struct type *type, const struct asked *asked,
                       bool element, const struct place *place);

/* Members of an object that the table spells out, both ways. */
static void check_members(struct check *c, const struct type *type, const struct asked *asked,
                          const struct place *place)
{
    const struct contract_field *parent = asked->field;
    const struct contract_field *child = sort_children(asked->section, parent);
    if (!child)
        return;
    for (size_t i = 0; i < type->field_count; i++) {
        const struct field *field = &type->fields[i];
        struct place at = field_place(place, field);
        struct asked below = *asked;
        below.field = contract_member(asked->section, parent, field->name);
        struct str path = arena_printf(c->arena, STR_FMT "." STR_FMT, STR_ARG(parent->path),
                                       STR_ARG(field->name));
        if (below.field)
            check_type(c, &field->type, &below, false, &at);
        else if (!assumed_path(c, path))
            report_nearest(c,
                           report(c, &at, "the legacy request has no `" STR_FMT "`", STR_ARG(path)),
                           contract_nearest_member(asked->section, parent, field->name));
    }
    for (; child; child = child->next) {
        bool there = false;
        for (size_t i = 0; i < type->field_count; i++)
            there |= str_eq(type->fields[i].name, child->name);
        if (!there && !assumed_field(c, child) && !lost_in_request(c, child->path))
            report(c, place, "`" STR_FMT "` of " STR_FMT " is not accepted",
                   STR_ARG(field_name(c, asked->contract, asked->section, child)),
                   STR_ARG(asked->contract->call));
    }
}

static void check_type(struct check *c, const struct type *type, const struct asked *asked,
                       bool element, const struct place *place)
{
    check_kind(c, type, asked, element, place);
    check_set(c, type, asked, place);
    check_range(c, type, asked, element, place);
    check_preset(c, type, asked, place);
    if (type->kind == TYPE_FIELDS)
        check_members(c, type, asked, place);
    if (type->kind == TYPE_ITEMS && asked->field->list && !element) {
        struct place at = place_index(place, 0);
        check_type(c, type->item, asked, true, &at);
    }
}

/* ---- all fields ---- */

/* The place of a field that only `pages` names is there. */
static struct place top_place(const struct check *c, const struct field *field)
{
    struct place accept = place_key(&c->table, "accept"), pages = place_key(&c->table, "pages"),
                 other = place_key(&pages, "or");
    const struct page_form *forms[] = {&c->plan->pages.form, &c->plan->pages.other};
    for (size_t i = 0; i < 2; i++)
        if (forms[i]->style != PLAN_PAGE_NONE && (field == forms[i]->in || field == forms[i]->size))
            return place_key(i ? &other : &pages, field == forms[i]->in ? "in" : "size");
    return field_place(&accept, field);
}

static struct str nearest_field(const struct check *c, struct str name)
{
    struct str near = STR_NONE;
    for (size_t i = 0; i < c->legacy_count && !near.p; i++) {
        near = contract_nearest_member(&c->legacy[i]->body, NULL, name);
        if (!near.p)
            near = contract_nearest_member(&c->legacy[i]->query, NULL, name);
    }
    return near;
}

static const struct field *accepted(const struct plan *plan, struct str name)
{
    for (size_t i = 0; i < plan->field_count; i++)
        if (str_eq(plan->fields[i].name, name))
            return &plan->fields[i];
    return NULL;
}

static void check_section(struct check *c, const struct contract *contract,
                          const struct contract_fields *section)
{
    struct place accept = place_key(&c->table, "accept");
    for (const struct contract_field *f = section->first; f; f = f->next)
        if (!accepted(c->plan, f->name) && !common(c, f->name) && !assumed_field(c, f))
            report(c, &accept, "`" STR_FMT "` of " STR_FMT " is not accepted",
                   STR_ARG(field_name(c, contract, section, f)), STR_ARG(contract->call));
}

void check_request(struct check *c)
{
    for (size_t i = 0; i < c->plan->field_count && c->legacy_count; i++) {
        const struct field *field = &c->plan->fields[i];
        struct place at = top_place(c, field);
        struct asked asked = asked_for(c, field->name);
        if (asked.field)
            check_type(c, &field->type, &asked, false, &at);
        else if (!common(c, field->name) && !assumed_path(c, field->name))
            report_nearest(
                c, report(c, &at, "the legacy request has no `" STR_FMT "`", STR_ARG(field->name)),
                nearest_field(c, field->name));
    }
    for (size_t i = 0; i < c->legacy_count; i++) {
        check_section(c, c->legacy[i], &c->legacy[i]->body);
        check_section(c, c->legacy[i], &c->legacy[i]->query);
        check_section(c, c->legacy[i], &c->legacy[i]->params);
    }
}

/* ---- what nobody reads, and what is asked for in vain ---- */

static struct str below_path(struct check *c, struct str path, struct str name)
{
    return path.n ? arena_printf(c->arena, STR_FMT "." STR_FMT, STR_ARG(path), STR_ARG(name))
                  : name;
}

/* Parts of what is taken as it is, by the contract. */
static void unread_fields(struct check *c, const struct contract_field *field,
                          const struct place *place)
{
    const struct mark *mark = mark_find(c, field);
    if (mark && mark->whole)
        return;
    for (const struct contract_field *child = field->child; child; child = child->next) {
        const struct mark *read = mark_find(c, child);
        if (read && read->read)
            unread_fields(c, child, place);
        else if (!lost_in_request(c, child->path) && !assumed_field(c, child))
            report(c, place,
                   "nothing reads `" STR_FMT "` of it, and `loses.request` does not confess it",
                   STR_ARG(child->path));
    }
}

static void unread_types(struct check *c, const struct type *type, struct str path,
                         const struct place *place)
{
    const struct mark *mark = mark_find(c, type);
    if (!mark || mark->whole)
        return;
    if (type->kind == TYPE_ITEMS) {
        struct place at = place_index(place, 0);
        mark_read(c, type->item);
        unread_types(c, type->item, path, &at);
    }
    for (size_t i = 0; i < type->field_count; i++) {
        const struct field *field = &type->fields[i];
        struct place at = field_place(place, field);
        struct str here = below_path(c, path, field->name);
        const struct mark *read = mark_find(c, &field->type);
        if (read && read->read)
            unread_types(c, &field->type, here, &at);
        else if (!lost_in_request(c, here))
            report(c, &at,
                   "the field is accepted, but nothing reads it and `loses.request` does "
                   "not confess it");
    }
}

/* Required by the table, by nothing else. */
static void check_demand(struct check *c, const struct type *type,
                         const struct contract_field *field, const struct place *place)
{
    const struct mark *mark = mark_find(c, type);
    if (type->optional || !field || field->required || (mark && mark->needed) ||
        assumed_field(c, field))
        return;
    if (report(c, place, "is required here, but the legacy API and v202309 do not require it"))
        findings_hint(c->findings, "'?' makes it optional");
}

static void check_demands(struct check *c, const struct type *type, const struct asked *asked,
                          const struct place *place)
{
    while (type->kind == TYPE_ITEMS)
        type = type->item;
    for (size_t i = 0; i < type->field_count; i++) {
        const struct field *field = &type->fields[i];
        struct place at = field_place(place, field);
        struct asked below = *asked;
        below.field = contract_member(asked->section, asked->field, field->name);
        if (!below.field)
            continue;
        check_demand(c, &field->type, below.field, &at);
        check_demands(c, &field->type, &below, &at);
    }
}

void check_unread(struct check *c)
{
    for (size_t i = 0; i < c->plan->field_count; i++) {
        const struct field *field = &c->plan->fields[i];
        struct place at = top_place(c, field);
        struct asked asked = asked_for(c, field->name);
        bool opaque = field->type.kind == TYPE_LIST || field->type.kind == TYPE_OBJECT ||
                      field->type.kind == TYPE_ANY;
        if (opaque && asked.field && !lost_in_request(c, field->name))
            unread_fields(c, asked.field, &at);
        else
            unread_types(c, &field->type, field->name, &at);
        if (asked.field && !common(c, field->name) && !field->paging) {
            check_demand(c, &field->type, asked.field, &at);
            check_demands(c, &field->type, &asked, &at);
        }
    }
}
