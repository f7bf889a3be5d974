/*
 * Shapes against what they make: an upstream body or query, or the legacy answer. Each form
 * is gone through with the scope that its paths have there; members that the contract does
 * not have, and required ones that nothing gives, are told.
 */
#include "check/inside.h"

static void wrong_form(struct check *c, const char *makes, const struct target *t,
                       const struct place *place)
{
    if (assumed_type(c, t->field))
        return;
    struct str name = field_name(c, t->contract, t->section, t->field);
    report(c, place, "makes %s, but `" STR_FMT "` of " STR_FMT " is %s%s", makes, STR_ARG(name),
           STR_ARG(t->contract->call), t->field && t->field->list && !t->element ? "list of " : "",
           t->field ? contract_type_name(t->field->type) : "object");
}

static struct target unknown(const struct target *target)
{
    return (struct target){.kind = target->kind};
}

/* ---- objects ---- */

static bool takes_object(const struct target *t)
{
    return !t->field || ((!t->field->list || t->element) && sort_allowed(t->field) & SORT_OBJECT);
}

/* Where the members of the object stand in the table, for what is missing among them. */
static void note_place(struct check *c, const struct target *t, const struct place *place)
{
    const struct contract_field *child = sort_children(t->section, t->field);
    for (; t->stands && child; child = child->next)
        if (!t->stands[child->index].p)
            t->stands[child->index] = arena_str(c->arena, str_from(place->path));
}

/* Whether the answer to another of the endpoint's names has the member. */
static bool other_name_has(const struct check *c, const struct contract_field *parent,
                           struct str name)
{
    for (size_t i = 0; i < c->legacy_count; i++) {
        const struct contract_fields *answer = &c->legacy[i]->answer;
        const struct contract_field *same = parent ? contract_field(answer, parent->path) : NULL;
        if ((same || !parent) && contract_member(answer, same, name))
            return true;
    }
    return false;
}

static void no_such_field(struct check *c, const struct target *t, struct str name,
                          const struct place *place)
{
    struct str path = t->field ? arena_printf(c->arena, STR_FMT "." STR_FMT,
                                              STR_ARG(t->field->path), STR_ARG(name))
                               : name;
    if (assumed_path(c, path))
        return;
    if (t->kind == TARGET_ANSWER && other_name_has(c, t->field, name))
        return;
    struct str where = field_name(c, t->contract, t->section, t->field);
    report_nearest(c,
                   report(c, place, "`" STR_FMT "` of " STR_FMT " has no '" STR_FMT "'",
                          STR_ARG(where), STR_ARG(t->contract->call), STR_ARG(name)),
                   contract_nearest_member(t->section, t->field, name));
}

struct target target_of_member(struct check *c, const struct target *t, struct str name,
                               const struct place *place)
{
    if (!t->section || (t->field && !sort_children(t->section, t->field)))
        return unknown(t);
    const struct contract_field *field = contract_member(t->section, t->field, name);
    if (!field) {
        no_such_field(c, t, name, place);
        return unknown(t);
    }
    if (t->kind == TARGET_ANSWER && t->given)
        t->given[field->index] = true;
    return target_below(t, field);
}

static bool same_source(const struct shape *a, const struct shape *b)
{
    return a->kind == SHAPE_LEAF && b->kind == SHAPE_LEAF &&
           str_eq(a->of.from.text, b->of.from.text);
}

/* Whether the object may be there without its member `index`. */
static bool lives_without(const struct shape *object, const struct target *t, size_t index)
{
    if (!t->field)
        return true;
    for (size_t i = 0; i < object->count; i++)
        if (i != index && object->members[i].reads &&
            !same_source(&object->members[i], &object->members[index]))
            return true;
    return false;
}

static const struct shape *member_named(const struct shape *object, struct str name, size_t *index)
{
    for (size_t i = 0; object && i < object->count; i++) {
        *index = i;
        if (str_eq(object->members[i].name, name))
            return &object->members[i];
    }
    return NULL;
}

void check_required(struct check *c, const struct target *t, const struct shape *object,
                    const enum presence *presence, const struct place *place)
{
    const struct contract_field *child = sort_children(t->section, t->field);
    for (; child; child = child->next) {
        size_t index = 0;
        if (!child->required || assumed_field(c, child))
            continue;
        const struct shape *member = member_named(object, child->name, &index);
        struct str name = field_name(c, t->contract, t->section, child);
        if (!member && !(t->given && t->given[child->index])) {
            report(c, place, "nothing gives `" STR_FMT "`, which " STR_FMT " requires",
                   STR_ARG(name), STR_ARG(t->contract->call));
        } else if (member && presence[index] == OPTIONAL && lives_without(object, t, index)) {
            struct place at = place_key(place, child->name.p);
            if (report(c, &at, "may be absent, but " STR_FMT " requires `" STR_FMT "`",
                       STR_ARG(t->contract->call), STR_ARG(name)))
                findings_hint(c->findings, "give a default with `or`, or guard it with `when`");
        }
    }
}

static enum presence check_object(struct check *c, const struct shape *shape,
                                  const struct scene *scene, const struct target *target,
                                  const struct place *place)
{
    struct target t = *target;
    if (t.section && !takes_object(&t)) {
        wrong_form(c, "an object", &t, place);
        t = unknown(&t);
    }
    if (t.section)
        note_place(c, &t, place);
    enum presence *presence = ARENA_ARRAY(c->arena, enum presence, shape->count + 1);
    enum presence best = shape->reads ? OPTIONAL : PRESENT;
    for (size_t i = 0; presence && i < shape->count; i++) {
        const struct shape *member = &shape->members[i];
        struct place at = place_key(place, member->name.p);
        struct target below = target_of_member(c, &t, member->name, &at);
        bool needed = below.section && below.field->required && below.kind != TARGET_ANSWER;
        bool before = c->needing;
        c->needing = needed;
        presence[i] = check_shape(c, member, scene, &below, &at);
        c->needing = before;
        if (member->reads && presence[i] < best)
            best = presence[i];
    }
    if (presence && t.section && t.kind != TARGET_ANSWER)
        check_required(c, &t, shape, presence, place);
    return best;
}

/* ---- lists ---- */

/* The target of one element. */
static struct target element_target(struct check *c, const struct target *t,
                                    const struct place *place)
{
    if (!t->section)
        return *t;
    if (!t->field || !t->field->list || t->element) {
        wrong_form(c, "a list", t, place);
        return unknown(t);
    }
    struct target element = *t;
    if (t->flat)
        element.flat = false;
    else
        element.element = true;
    return element;
}

static enum presence check_flat(struct check *c, const struct shape *shape,
                                const struct scene *scene, const struct target *target,
                                const struct place *place)
{
    struct target lists = *target;
    struct place at = place_key(place, "flat");
    lists.flat = true;
    return check_shape(c, shape->members, scene, &lists, &at);
}

/* A text, of which nobody knows what may be in it. */
static enum presence check_packed(struct check *c, const struct shape *shape,
                                  const struct scene *scene, const struct target *target,
                                  const struct place *place)
{
    const struct target anything = {.kind = TARGET_BODY};
    struct place at = place_key(place, "json");
    check_fit(c, sort_scalar(c->arena, SORT_STRING), target, place);
    return check_shape(c, shape->members, scene, &anything, &at);
}

static enum presence check_list(struct check *c, const struct shape *shape,
                                const struct scene *scene, const struct target *target,
                                const struct place *place)
{
    struct target element = element_target(c, target, place);
    enum presence best = shape->reads ? OPTIONAL : PRESENT;
    for (size_t i = 0; i < shape->count; i++) {
        struct place at = place_index(place, i);
        enum presence one = check_shape(c, &shape->members[i], scene, &element, &at);
        if (shape->members[i].reads && one < best)
            best = one;
    }
    return best;
}

/* `each` and `group` */
static enum presence check_each(struct check *c, const struct shape *shape,
                                const struct scene *scene, const struct target *target,
                                const struct place *place)
{
    struct fact source = source_of(c, shape, scene, place);
    struct scene inner = inside(c, shape, scene, &source);
    struct scene narrow = inner;
    struct guard_level before = guard_level(c);
    struct place at = place_key(place, "where");
    narrow.all = NULL;
    check_condition(c, &shape->when, &narrow, &at);
    guard_holds(c, &shape->when, &narrow);
    at = place_key(place, "by");
    for (size_t i = 0; i < shape->by_count; i++) {
        struct place by = shape->by_count > 1 ? place_index(&at, i) : at;
        evaluate(c, &shape->by[i], &narrow, &by);
    }
    struct target element = element_target(c, target, place);
    at = place_key(place, "make");
    check_shape(c, &shape->members[0], &inner, &element, &at);
    guard_reset(c, before);
    return source.presence;
}

/* ---- inside of one object ---- */

static enum presence check_in(struct check *c, const struct shape *shape, const struct scene *scene,
                              const struct target *target, const struct place *place)
{
    struct place at = place_key(place, "in");
    struct fact object = evaluate(c, &shape->of, scene, &at);
    if (!(sort_kinds(object.sort) & SORT_OBJECT)) {
        struct str found = describe(c, object.sort);
        report(c, &at, "`" STR_FMT "` is " STR_FMT ", not an object", STR_ARG(shape->of.text),
               STR_ARG(found));
        object.sort = &sort_anything;
    }
    struct scene inner = {
        .outer = scene, .element = object.sort, .at = scene->at, .row = scene->row};
    at = place_key(place, "make");
    enum presence made = check_shape(c, shape->members, &inner, target, &at);
    return made > object.presence ? made : object.presence;
}

/* ---- choices ---- */

static enum presence check_choose(struct check *c, const struct shape *shape,
                                  const struct scene *scene, const struct target *target,
                                  const struct place *place)
{
    struct guard_level before = guard_level(c);
    struct place list = place_key(place, "choose");
    struct branches *branches = branches_new(c, target, shape->count);
    enum presence worst = shape->members[shape->count - 1].when.count ? OPTIONAL : PRESENT;
    for (size_t i = 0; i < shape->count; i++) {
        const struct shape *one = &shape->members[i];
        struct place here = place_index(&list, i), at = place_key(&here, "when");
        check_condition(c, &one->when, scene, &at);
        struct guard_level outside = guard_level(c);
        guard_holds(c, &one->when, scene);
        at = place_key(&here, "make");
        struct target own = branch_target(branches, i, &one->members[0], target, &at);
        enum presence made = shape_is_null(&one->members[0])
                                 ? OPTIONAL
                                 : check_shape(c, &one->members[0], scene, &own, &at);
        worst = made > worst ? made : worst;
        guard_reset(c, outside);
        guard_fails(c, &one->when, scene);
    }
    branches_end(c, branches);
    guard_reset(c, before);
    return worst;
}

/* ---- rows ---- */

static void check_rows(struct check *c, const struct shape *shape, const struct scene *scene,
                       const struct target *target, const struct place *place)
{
    struct target element = element_target(c, target, place);
    struct place at = place_key(place, "rows");
    struct branches *branches = branches_new(c, &element, shape->count);
    for (size_t i = 0; i < shape->count; i++) {
        const struct shape *row = &shape->members[i];
        const struct call *call = &c->plan->calls[row->call];
        struct place here = place_key(&at, call->public.name.p);
        struct scene inner = {.outer = scene, .at = scene->at, .row = row->call + 1};
        inner.element = c->rows[row->call];
        if (call->public.each)
            inner.at = c->elements[row->call];
        c->answer_read[row->call] = true;
        struct target own = branch_target(branches, i, &row->members[0], &element, &here);
        check_shape(c, &row->members[0], &inner, &own, &here);
    }
    branches_end(c, branches);
}

/* ---- leaves ---- */

static enum presence check_leaf(struct check *c, const struct expression *of,
                                const struct scene *scene, const struct target *target,
                                const struct place *place)
{
    const struct contract_field *making = c->making;
    c->making = target->field;
    struct fact fact = evaluate(c, of, scene, place);
    check_fit(c, fact.sort, target, place);
    c->making = making;
    return fact.presence;
}

enum presence check_shape(struct check *c, const struct shape *shape, const struct scene *scene,
                          const struct target *target, const struct place *place)
{
    switch (shape->kind) {
    case SHAPE_CONSTANT:
        check_fit(c, sort_of_constant(c->arena, &shape->constant), target, place);
        return PRESENT;
    case SHAPE_LEAF:
        return check_leaf(c, &shape->of, scene, target, place);
    case SHAPE_OBJECT:
        return check_object(c, shape, scene, target, place);
    case SHAPE_LIST:
        return check_list(c, shape, scene, target, place);
    case SHAPE_EACH:
    case SHAPE_GROUP:
        return check_each(c, shape, scene, target, place);
    case SHAPE_IN:
        return check_in(c, shape, scene, target, place);
    case SHAPE_FLAT:
        return check_flat(c, shape, scene, target, place);
    case SHAPE_PACKED:
        return check_packed(c, shape, scene, target, place);
    case SHAPE_CHOOSE:
        return check_choose(c, shape, scene, target, place);
    case SHAPE_ROWS:
        check_rows(c, shape, scene, target, place);
        return PRESENT;
    default:
        return UNDECLARED;
    }
}
