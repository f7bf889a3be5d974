/*
 * Trails: what the paths of a table mean in full. See inside.h.
 *
 * Names are followed as the compiler follows them (plan/compile_scope.c), but to a path for a
 * person instead of a slot.
 */
#include "docs/inside.h"

struct str plain_path(struct arena *arena, struct str path)
{
    char *plain = arena_alloc(arena, path.n + 1);
    size_t n = 0;
    for (size_t i = 0; plain && i < path.n; i++)
        if (path.p[i] != '[' && path.p[i] != ']')
            plain[n++] = path.p[i];
    return plain ? str_of(plain, n) : STR("");
}

struct str join_path(struct arena *arena, struct str path, struct str name)
{
    if (!path.n || !name.n)
        return path.n ? path : name;
    return arena_printf(arena, STR_FMT "." STR_FMT, STR_ARG(path), STR_ARG(name));
}

struct trail trail_below(const struct teller *t, struct trail trail, struct str path)
{
    trail.path = join_path(t->arena, trail.path, path);
    return trail;
}

struct trail trail_element(const struct teller *t, struct trail list)
{
    if (list.origin != FROM_NOWHERE && !list.spread)
        list.path = arena_printf(t->arena, STR_FMT "[]", STR_ARG(list.path));
    list.spread = false;
    return list;
}

static struct str names_from(const struct teller *t, const struct operand *operand, size_t index)
{
    struct str path = STR("");
    for (size_t i = index; i < operand->count; i++)
        path = join_path(t->arena, path, operand->names[i]);
    return path;
}

static bool names_call(const struct teller *t, struct str name)
{
    for (unsigned i = 0; i < t->plan->call_count; i++)
        if (str_eq(t->plan->calls[i].public.name, name))
            return true;
    return false;
}

static bool names_field(const struct teller *t, struct str name)
{
    for (size_t i = 0; i < t->plan->field_count; i++)
        if (str_eq(t->plan->fields[i].name, name))
            return true;
    return false;
}

static struct trail outermost(const struct teller *t, const struct operand *operand)
{
    if (!operand->count)
        return (struct trail){.path = STR("")};
    struct str first = operand->names[0];
    if (names_field(t, first))
        return (struct trail){.origin = FROM_REQUEST, .path = names_from(t, operand, 0)};
    if (names_call(t, first))
        return (struct trail){.origin = FROM_ANSWER, .path = names_from(t, operand, 0)};
    enum origin origin = str_eq(first, STR("shop"))     ? FROM_SHOP
                         : str_eq(first, STR("client")) ? FROM_CLIENT
                                                        : FROM_NOWHERE;
    size_t skip = origin == FROM_NOWHERE ? 0 : 1;
    return (struct trail){.origin = origin, .path = names_from(t, operand, skip)};
}

static const struct field *member(const struct field *fields, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(fields[i].name, name))
            return &fields[i];
    return NULL;
}

const struct type *accepted_type(const struct teller *t, struct str plain)
{
    const struct field *found = member(t->plan->fields, t->plan->field_count, str_cut(&plain, '.'));
    while (plain.p && found) {
        const struct type *type = &found->type;
        while (type->kind == TYPE_ITEMS)
            type = type->item;
        found = member(type->fields, type->field_count, str_cut(&plain, '.'));
    }
    return found ? &found->type : NULL;
}

struct trail trail_of(const struct teller *t, const struct operand *operand,
                      const struct scene *scene)
{
    struct str names = names_from(t, operand, 0);
    if (operand->constant)
        return (struct trail){.path = STR("")};
    if (operand->start == PATH_ROOT)
        return outermost(t, operand);
    if (operand->start == PATH_AT)
        return trail_below(t, scene->at, names);
    for (unsigned i = 0; i < operand->out && scene->outer; i++)
        scene = scene->outer;
    if (!scene->outer)
        return outermost(t, operand);
    struct trail trail = trail_below(t, scene->element, names);
    if (scene->mixed && trail.origin == FROM_REQUEST &&
        !accepted_type(t, plain_path(t->arena, trail.path)))
        return (struct trail){.path = names};
    trail.all = trail.spread = operand->start == PATH_ALL;
    return trail;
}

static bool is(const struct use *use, const char *name)
{
    return strcmp(use->word->name, name) == 0;
}

bool trail_step(const struct teller *t, const struct use *use, struct trail *trail)
{
    bool collect = is(use, "collect"), flat = is(use, "flat");
    if (collect || is(use, "find"))
        *trail = trail_below(t, trail_element(t, *trail), use->arguments[collect ? 0 : 2].text);
    else if (flat || is(use, "first") || is(use, "last"))
        *trail = trail_element(t, *trail);
    else
        return false;
    if (flat)
        *trail = trail_element(t, *trail);
    trail->spread = collect || flat;
    return true;
}

struct trail trail_of_value(const struct teller *t, const struct expression *e,
                            const struct scene *scene)
{
    struct trail trail = trail_of(t, &e->from, scene);
    for (size_t i = 0; i < e->count; i++)
        trail_step(t, &e->uses[i], &trail);
    return trail;
}

struct scene scene_inside(const struct teller *t, const struct expression *list,
                          const struct scene *scene)
{
    struct scene inner = *scene;
    struct trail value = trail_of_value(t, list, scene);
    inner.outer = scene;
    inner.element = trail_element(t, value);
    for (unsigned i = 0; i < t->plan->call_count && value.origin == FROM_ANSWER; i++) {
        const struct call *call = &t->plan->calls[i];
        if (!call->public.each || !str_eq(value.path, call->public.name))
            continue;
        const struct scene outer = {0};
        inner.at = trail_element(t, trail_of_value(t, &call->each, &outer));
    }
    return inner;
}

struct scene scene_in(const struct teller *t, const struct expression *object,
                      const struct scene *scene)
{
    struct scene inner = *scene;
    inner.outer = scene;
    inner.element = trail_of_value(t, object, scene);
    return inner;
}

struct scene scene_of_row(const struct teller *t, unsigned index, const struct scene *scene)
{
    const struct call *call = &t->plan->calls[index];
    struct scene inner = *scene;
    inner.outer = scene;
    struct str path = call->public.name;
    if (call->public.each) {
        const struct scene outer = {0};
        inner.at = trail_element(t, trail_of_value(t, &call->each, &outer));
        path = arena_printf(t->arena, STR_FMT "[]", STR_ARG(path));
    }
    struct trail rows = {.origin = FROM_ANSWER, .path = join_path(t->arena, path, call->rows.text)};
    inner.element = trail_element(t, rows);
    return inner;
}

struct scene scene_of_call(const struct teller *t, unsigned index)
{
    const struct call *call = &t->plan->calls[index];
    struct scene scene = {0};
    if (call->public.each)
        scene.at = trail_element(t, trail_of_value(t, &call->each, &scene));
    return scene;
}

/* ---- in the contracts ---- */

const struct contract_field *trail_field(const struct teller *t, struct trail trail,
                                         const struct contract_fields **section)
{
    struct str rest = plain_path(t->arena, trail.path);
    if (trail.origin != FROM_ANSWER || !rest.n)
        return NULL;
    struct str name = str_cut(&rest, '.');
    const struct contract_field *field = NULL;
    for (unsigned i = 0; i < t->plan->call_count; i++) {
        if (!str_eq(t->plan->calls[i].public.name, name) || !t->called[i])
            continue;
        *section = &t->called[i]->answer;
        while (rest.p) {
            field = contract_member(*section, field, str_cut(&rest, '.'));
            if (!field)
                return NULL;
        }
    }
    return field;
}
