/*
 * Paths: what they lead to, in the request by `accept` and the legacy contract, in answers by
 * the contracts of v202309. A path that leads nowhere is told, with the nearest name.
 */
#include "check/inside.h"

/* ---- members ---- */

struct step {
    const struct sort *sort; /* NULL: there is no such member */
    enum presence presence;
};

static void pass(struct check *c, const struct type *type)
{
    if (c->trail_count < sizeof c->trail / sizeof *c->trail)
        c->trail[c->trail_count++] = type;
    mark_read(c, type);
}

static enum presence presence_of(const struct check *c, const struct type *type)
{
    return type->optional && !type->has_preset && !guarded(c, type) ? OPTIONAL : PRESENT;
}

static struct step member_accepted(struct check *c, const struct sort *sort, struct str name)
{
    for (size_t i = 0; i < sort->type->field_count; i++) {
        const struct field *field = &sort->type->fields[i];
        if (!str_eq(field->name, name))
            continue;
        struct origin origin = {sort->section, NULL, false};
        if (sort->section && sort->field)
            origin.field = contract_member(sort->section, sort->field, name);
        pass(c, &field->type);
        return (struct step){sort_of_type(c->arena, &field->type, &origin),
                             presence_of(c, &field->type)};
    }
    return (struct step){NULL, PRESENT};
}

static const struct sort *as_request(struct check *c, const struct sort *sort)
{
    struct sort *copy = sort_copy(c->arena, sort);
    copy->request = true;
    if (sort->item)
        copy->item = as_request(c, sort->item);
    return copy;
}

static struct step member_of_contract(struct check *c, const struct sort *sort, struct str name)
{
    const struct contract_field *field = contract_member(sort->section, sort->field, name);
    if (!field)
        return (struct step){NULL, UNDECLARED};
    const struct sort *member = sort_of_field(c->arena, sort->section, field, false);
    if (sort->request) {
        mark_read(c, field);
        member = as_request(c, member);
    }
    return (struct step){member, UNDECLARED};
}

static struct step member_made(const struct sort *sort, struct str name)
{
    for (const struct made *made = sort->made; made; made = made->next)
        if (str_eq(made->name, name))
            return (struct step){made->sort, UNDECLARED};
    return (struct step){NULL, UNDECLARED};
}

/* One alternative; nothing for those that hold no members. */
static struct step member_of(struct check *c, const struct sort *sort, struct str name)
{
    if (!(sort->kinds & SORT_OBJECT))
        return (struct step){NULL, UNDECLARED};
    if (sort->made)
        return member_made(sort, name);
    if (sort->type && sort->type->kind == TYPE_FIELDS)
        return member_accepted(c, sort, name);
    if (sort->section && (!sort->field || sort_children(sort->section, sort->field)))
        return member_of_contract(c, sort, name);
    return (struct step){&sort_anything, UNDECLARED};
}

/* Of objects of several kinds, a member that one of them does not have may be absent. */
static struct step member(struct check *c, const struct sort *sort, struct str name)
{
    struct step all = {NULL, PRESENT};
    for (; sort; sort = sort->other) {
        struct step one = member_of(c, sort, name);
        if (one.sort)
            all.sort = sort_either(c->arena, all.sort, one.sort);
        if (one.presence > all.presence && (one.sort || sort->kinds & SORT_OBJECT))
            all.presence = one.presence;
    }
    return all;
}

/* ---- paths that lead nowhere ---- */

static void no_member(struct check *c, const struct sort *sort, const struct operand *operand,
                      struct str name, const struct place *place)
{
    const struct sort *object = sort;
    while (object && !(object->kinds & SORT_OBJECT && object->section))
        object = object->other;
    if (!object) {
        struct str found = describe(c, sort);
        report(c, place, "`" STR_FMT "`: '" STR_FMT "' is looked for in " STR_FMT,
               STR_ARG(operand->text), STR_ARG(name), STR_ARG(found));
        return;
    }
    const struct contract *owner = section_owner(c, object->section);
    struct str where = field_name(c, owner, object->section, object->field);
    struct str path = object->field ? arena_printf(c->arena, STR_FMT "." STR_FMT,
                                                   STR_ARG(object->field->path), STR_ARG(name))
                                    : name;
    if (assumed_path(c, path))
        return;
    report_nearest(c,
                   report(c, place,
                          "`" STR_FMT "`: `" STR_FMT "` of " STR_FMT " has no '" STR_FMT "'",
                          STR_ARG(operand->text), STR_ARG(where),
                          STR_ARG(owner ? owner->call : where), STR_ARG(name)),
                   contract_nearest_member(object->section, object->field, name));
}

static struct fact descend(struct check *c, struct fact fact, const struct operand *operand,
                           size_t index, const struct place *place)
{
    for (; index < operand->count; index++) {
        struct step step = member(c, fact.sort, operand->names[index]);
        if (!step.sort) {
            no_member(c, fact.sort, operand, operand->names[index], place);
            return (struct fact){&sort_anything, UNDECLARED};
        }
        fact.sort = step.sort;
        if (step.presence > fact.presence)
            fact.presence = step.presence;
    }
    return fact;
}

/* ---- the outermost scope ---- */

static struct origin origin_of(const struct check *c, struct str name)
{
    for (size_t i = 0; i < c->legacy_count; i++) {
        const struct contract *legacy = c->legacy[i];
        const struct contract_fields *sections[] = {&legacy->body, &legacy->query, &legacy->params};
        for (size_t s = 0; s < 3; s++) {
            const struct contract_field *field = contract_member(sections[s], NULL, name);
            if (field)
                return (struct origin){sections[s], field, false};
        }
    }
    return (struct origin){NULL, NULL, false};
}

/* Inside a row that a call was made for its answer is one, elsewhere it is a list of all. */
static struct fact call_answer(struct check *c, unsigned index, unsigned row)
{
    const struct call *call = &c->plan->calls[index];
    struct fact fact = {c->answers[index], call->has_when ? UNDECLARED : PRESENT};
    c->answer_read[index] = true;
    if (!call->public.each || (call->public.per_row && row == call->public.outer + 1))
        return fact;
    struct sort *item = sort_copy(c->arena, fact.sort);
    item->other = fact.sort->other;
    item->answers = (int)index + 1;
    return (struct fact){sort_list_of(c->arena, item), UNDECLARED};
}

/* What `is` gives, as text, when it is known. */
static struct fact remembered(struct check *c, const struct memory *memory)
{
    static const struct scene nowhere;
    c->silent++;
    const struct sort *sort = sort_of_shape(c, memory->is, &nowhere);
    c->silent--;
    struct sort *text = sort_copy(c->arena, sort_scalar(c->arena, SORT_STRING));
    if (!sort->other) {
        text->values = sort->values;
        text->value_count = sort->value_count;
    }
    c->trail_count = 0;
    return (struct fact){text, UNDECLARED};
}

static struct fact outermost(struct check *c, const struct operand *operand, unsigned row,
                             const struct place *place)
{
    struct str name = operand->names[0];
    for (size_t i = 0; i < c->plan->field_count; i++) {
        const struct type *type = &c->plan->fields[i].type;
        if (!str_eq(c->plan->fields[i].name, name))
            continue;
        struct origin origin = origin_of(c, name);
        pass(c, type);
        if (origin.field)
            mark_read(c, origin.field);
        struct fact fact = {sort_of_type(c->arena, type, &origin), presence_of(c, type)};
        return descend(c, fact, operand, 1, place);
    }
    for (unsigned i = 0; i < c->plan->call_count; i++)
        if (str_eq(c->plan->calls[i].public.name, name))
            return descend(c, call_answer(c, i, row), operand, 1, place);
    for (unsigned i = 0; i < c->plan->memory_count; i++)
        if (str_eq(c->plan->memories[i].name, name))
            return remembered(c, &c->plan->memories[i]);
    return (struct fact){sort_scalar(c->arena, SORT_STRING), UNDECLARED}; /* shop, client */
}

struct fact resolve(struct check *c, const struct operand *operand, const struct scene *scene,
                    const struct place *place)
{
    c->trail_count = 0;
    if (operand->constant)
        return (struct fact){sort_of_constant(c->arena, &operand->value), PRESENT};
    const struct sort *start = NULL;
    if (operand->start == PATH_ROOT)
        return outermost(c, operand, scene->row, place);
    for (unsigned i = 0; i < operand->out && scene->outer; i++)
        scene = scene->outer;
    if (operand->start == PATH_AT)
        start = scene->at;
    else if (operand->start == PATH_ALL)
        start = scene->all;
    else if (scene->element)
        start = scene->element;
    else
        return outermost(c, operand, scene->row, place);
    return descend(c, (struct fact){start ? start : &sort_anything, PRESENT}, operand, 0, place);
}

struct fact resolve_in(struct check *c, const struct sort *element, const struct operand *path,
                       const struct place *place)
{
    return descend(c, (struct fact){element, PRESENT}, path, 0, place);
}

bool has_member(struct check *c, const struct sort *sort, struct str name, struct fact *fact)
{
    struct step step = member(c, sort, name);
    *fact = (struct fact){step.sort, step.presence};
    return step.sort != NULL;
}
