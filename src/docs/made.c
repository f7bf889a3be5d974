/*
 * Made: where each field of the legacy answer comes from. See inside.h.
 */
#include "docs/inside.h"

/* The field that is made. */
struct target {
    struct str path;
    struct str when; /* "when `x` is set: ", before what an alternative of several makes */
};

static struct buf new_text(const struct teller *t, const struct target *target)
{
    struct buf text;
    buf_init_arena(&text, 65536, t->arena);
    buf_add_str(&text, target->when);
    return text;
}

static void made(struct teller *t, const struct target *target, struct buf *text)
{
    note_add(t, &t->made, &(struct note){.path = target->path, .text = buf_str(text)});
}

static void make_shape(struct teller *t, const struct shape *shape, const struct scene *scene,
                       const struct target *target);

static struct target below(const struct teller *t, const struct target *target, struct str name)
{
    return (struct target){join_path(t->arena, target->path, name), target->when};
}

static void make_members(struct teller *t, const struct shape *shape, const struct scene *scene,
                         const struct target *target)
{
    for (size_t i = 0; i < shape->count; i++) {
        struct target member = below(t, target, shape->members[i].name);
        make_shape(t, &shape->members[i], scene, &member);
    }
}

/* A leaf, or a list of leaves: what can be told in one go. */
static bool is_leaf(const struct shape *shape)
{
    if (shape->kind != SHAPE_LIST)
        return shape->kind == SHAPE_LEAF || shape->kind == SHAPE_CONSTANT;
    for (size_t i = 0; i < shape->count; i++)
        if (!is_leaf(&shape->members[i]))
            return false;
    return true;
}

static void tell_leaf(const struct teller *t, const struct shape *shape, const struct scene *scene,
                      struct buf *out)
{
    if (shape->kind == SHAPE_LEAF) {
        tell_expression(t, &shape->of, scene, out);
    } else if (shape->kind == SHAPE_LIST) {
        buf_add_str(out, shape->count ? STR("a list of ") : STR("an empty list"));
        for (size_t i = 0; i < shape->count; i++) {
            buf_add_str(out, i == 0 ? STR("") : i + 1 < shape->count ? STR(", ") : STR(" and "));
            tell_leaf(t, &shape->members[i], scene, out);
        }
    } else if (shape->constant.type == JSON_NULL) {
        buf_add_str(out, STR("left out"));
    } else {
        tell_constant(&shape->constant, out);
    }
}

static void make_leaf(struct teller *t, const struct shape *shape, const struct scene *scene,
                      const struct target *target)
{
    struct buf text = new_text(t, target);
    bool always = shape->kind == SHAPE_CONSTANT || (shape->kind == SHAPE_LIST && !shape->count);
    buf_add_str(&text, always && !target->when.n ? STR("always ") : STR(""));
    tell_leaf(t, shape, scene, &text);
    struct note note = {.path = target->path, .text = buf_str(&text)};
    note.whole = shape->kind == SHAPE_LEAF;
    if (note.whole)
        note.trail = trail_of_value(t, &shape->of, scene);
    note_add(t, &t->made, &note);
}

/* Inside the elements of a list; those of several are of none in particular. */
static struct scene scene_of_list(const struct teller *t, const struct shape *shape,
                                  const struct scene *scene)
{
    struct scene inner = scene_inside(t, &shape->sources[0], scene);
    if (shape->source_count > 1)
        inner.element = (struct trail){.path = STR("")};
    return inner;
}

static void make_each(struct teller *t, const struct shape *shape, const struct scene *scene,
                      const struct target *target)
{
    struct scene inner = scene_of_list(t, shape, scene);
    struct buf text = new_text(t, target);
    if (shape->kind == SHAPE_GROUP) {
        buf_add_str(&text, STR("one for each different "));
        for (size_t i = 0; i < shape->by_count; i++) {
            buf_add_str(&text, i ? STR(" and ") : STR(""));
            tell_expression(t, &shape->by[i], &inner, &text);
        }
        buf_add_str(&text, STR(" among "));
    } else {
        buf_add_str(&text, STR("one for each of "));
    }
    for (size_t i = 0; i < shape->source_count; i++) {
        buf_add_str(&text, i ? STR(", then of ") : STR(""));
        tell_expression(t, &shape->sources[i], scene, &text);
    }
    if (shape->kind == SHAPE_GROUP)
        buf_add_str(&text, STR(", its members from the first of them"));
    if (shape->when.count) {
        buf_add_str(&text, STR(" where "));
        tell_condition(t, &shape->when, &inner, &text);
    }
    made(t, target, &text);
    make_shape(t, &shape->members[0], &inner, target);
}

static void make_in(struct teller *t, const struct shape *shape, const struct scene *scene,
                    const struct target *target)
{
    struct scene inner = scene_in(t, &shape->of, scene);
    if (target->path.n) {
        struct buf text = new_text(t, target);
        buf_add_str(&text, STR("when there is "));
        tell_expression(t, &shape->of, scene, &text);
        made(t, target, &text);
    }
    make_shape(t, &shape->members[0], &inner, target);
}

static void make_packed(struct teller *t, const struct shape *shape, const struct scene *scene,
                        const struct target *target)
{
    struct buf text = new_text(t, target);
    buf_add_str(&text, STR("a text that holds JSON"));
    made(t, target, &text);
    make_shape(t, &shape->members[0], scene, target);
}

static void make_rows(struct teller *t, const struct shape *shape, const struct scene *scene,
                      const struct target *target)
{
    struct scene inner = scene_of_row(t, shape->call, scene);
    struct buf text = new_text(t, target);
    buf_printf(&text, "the page's rows of `" STR_FMT "`", STR_ARG(inner.element.path));
    made(t, target, &text);
    make_shape(t, &shape->members[0], &inner, target);
}

/* ---- choices ---- */

static bool all_leaves(const struct shape *choice)
{
    for (size_t i = 0; i < choice->count; i++)
        if (!is_leaf(&choice->members[i].members[0]))
            return false;
    return true;
}

static void tell_when(const struct teller *t, const struct shape *alternative, bool first,
                      const struct scene *scene, struct buf *out)
{
    if (alternative->when.count)
        buf_add_str(out, STR("when "));
    else
        buf_add_str(out, first ? STR("always") : STR("else"));
    tell_condition(t, &alternative->when, scene, out);
}

void tell_choice(const struct teller *t, const struct shape *choice, const struct scene *scene,
                 struct buf *out)
{
    for (size_t i = 0; i < choice->count; i++) {
        const struct shape *alternative = &choice->members[i];
        buf_add_str(out, i ? STR("; ") : STR(""));
        tell_when(t, alternative, i == 0, scene, out);
        buf_add_str(out, alternative->when.count ? STR(": ") : STR(" "));
        tell_leaf(t, &alternative->members[0], scene, out);
    }
}

static void make_choice(struct teller *t, const struct shape *shape, const struct scene *scene,
                        const struct target *target)
{
    struct buf text = new_text(t, target);
    tell_choice(t, shape, scene, &text);
    made(t, target, &text);
}

static void make_alternatives(struct teller *t, const struct shape *shape,
                              const struct scene *scene, const struct target *target)
{
    for (size_t i = 0; i < shape->count; i++) {
        const struct shape *alternative = &shape->members[i];
        struct target inner = *target;
        struct buf when = new_text(t, target);
        tell_when(t, alternative, i == 0, scene, &when);
        if (alternative->members[0].kind == SHAPE_OBJECT && alternative->when.count)
            made(t, target, &when);
        buf_add_str(&when, STR(": "));
        if (shape->count > 1 || alternative->members[0].kind != SHAPE_OBJECT)
            inner.when = arena_str(t->arena, buf_str(&when));
        make_shape(t, &alternative->members[0], scene, &inner);
    }
}

/* ---- all of them ---- */

static void make_list(struct teller *t, const struct shape *shape, const struct scene *scene,
                      const struct target *target)
{
    struct buf text = new_text(t, target);
    buf_printf(&text, "a list of %zu", shape->count);
    made(t, target, &text);
    for (size_t i = 0; i < shape->count; i++)
        make_shape(t, &shape->members[i], scene, target);
}

static void make_shape(struct teller *t, const struct shape *shape, const struct scene *scene,
                       const struct target *target)
{
    if (is_leaf(shape)) {
        make_leaf(t, shape, scene, target);
        return;
    }
    switch (shape->kind) {
    case SHAPE_EACH:
    case SHAPE_GROUP:
        make_each(t, shape, scene, target);
        return;
    case SHAPE_CHOOSE:
        if (all_leaves(shape))
            make_choice(t, shape, scene, target);
        else
            make_alternatives(t, shape, scene, target);
        return;
    case SHAPE_IN:
        make_in(t, shape, scene, target);
        return;
    case SHAPE_FLAT:
        make_shape(t, &shape->members[0], scene, target);
        return;
    case SHAPE_PACKED:
        make_packed(t, shape, scene, target);
        return;
    case SHAPE_ROW:
        make_rows(t, shape, scene, target);
        return;
    case SHAPE_LIST:
        make_list(t, shape, scene, target);
        return;
    case SHAPE_ROWS:
        for (size_t i = 0; i < shape->count; i++)
            make_shape(t, &shape->members[i], scene, target);
        return;
    default:
        make_members(t, shape, scene, target);
    }
}

void gather_made(struct teller *t)
{
    const struct pages *pages = &t->plan->pages;
    const struct scene outer = {0};
    const struct target data = {STR(""), STR("")};
    t->answering = true;
    if (t->plan->reply)
        make_shape(t, t->plan->reply, &outer, &data);
    if (pages->next.p)
        note_add(t, &t->made,
                 &(struct note){.path = pages->next,
                                .text = STR("where the next page begins; empty on the last one")});
    if (pages->more.p)
        note_add(t, &t->made,
                 &(struct note){.path = pages->more, .text = STR("whether another page follows")});
    t->answering = false;
}
