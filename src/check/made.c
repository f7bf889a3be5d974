/*
 * What shapes go through and what they make, as sorts: the lists of `each` and `group`, the
 * scope inside of their elements, and the value of a shape as a whole, which other parts of the
 * table may read. See inside.h.
 */
#include "check/inside.h"

struct scene inside(struct check *c, const struct shape *shape, const struct scene *scene,
                    const struct fact *source)
{
    struct scene inner = {.outer = scene, .at = scene->at, .row = scene->row};
    const struct sort *items = sort_items(c->arena, source->sort);
    inner.element = items ? items : &sort_anything;
    if (shape->kind == SHAPE_GROUP)
        inner.all = source->sort;
    else if (inner.element->answers)
        inner.at = c->elements[inner.element->answers - 1];
    return inner;
}

static struct fact list_of(struct check *c, const struct expression *of, const struct scene *scene,
                           const struct place *place)
{
    struct fact source = evaluate(c, of, scene, place);
    if (!(sort_kinds(source.sort) & SORT_LIST)) {
        struct str found = describe(c, source.sort);
        report(c, place, "`" STR_FMT "` is " STR_FMT ", not a list", STR_ARG(of->text),
               STR_ARG(found));
        source.sort = &sort_anything;
    }
    return source;
}

struct fact source_of(struct check *c, const struct shape *shape, const struct scene *scene,
                      const struct place *place)
{
    struct place at = place_key(place, shape->kind == SHAPE_GROUP ? "group" : "each");
    if (shape->source_count == 1)
        return list_of(c, &shape->sources[0], scene, &at);
    struct fact all = {NULL, OPTIONAL};
    const struct sort *items = NULL;
    for (size_t i = 0; i < shape->source_count; i++) {
        struct place here = place_index(&at, i);
        struct fact one = list_of(c, &shape->sources[i], scene, &here);
        const struct sort *item = sort_items(c->arena, one.sort);
        items = item ? sort_either(c->arena, items, item) : items;
        all.presence = one.presence < all.presence ? one.presence : all.presence;
    }
    all.sort = sort_list_of(c->arena, items);
    return all;
}

/* ---- what a shape makes ---- */

static const struct sort *sort_of_object(struct check *c, const struct shape *shape,
                                         const struct scene *scene)
{
    struct sort object = {.kinds = SORT_OBJECT};
    static const struct made nothing = {.sort = &sort_anything};
    object.made = &nothing;
    for (size_t i = 0; i < shape->count; i++) {
        struct made *made = ARENA_NEW(c->arena, struct made);
        if (!made)
            break;
        *made = (struct made){shape->members[i].name, sort_of_shape(c, &shape->members[i], scene),
                              object.made};
        object.made = made;
    }
    return sort_copy(c->arena, &object);
}

const struct sort *sort_of_shape(struct check *c, const struct shape *shape,
                                 const struct scene *scene)
{
    struct place nowhere = c->table;
    const struct sort *sort = NULL;
    struct scene inner;
    struct fact source;
    switch (shape->kind) {
    case SHAPE_CONSTANT:
        return sort_of_constant(c->arena, &shape->constant);
    case SHAPE_LEAF:
        return evaluate(c, &shape->of, scene, &nowhere).sort;
    case SHAPE_OBJECT:
        return sort_of_object(c, shape, scene);
    case SHAPE_EACH:
    case SHAPE_GROUP:
        source = source_of(c, shape, scene, &nowhere);
        inner = inside(c, shape, scene, &source);
        return sort_list_of(c->arena, sort_of_shape(c, &shape->members[0], &inner));
    case SHAPE_IN:
        source = evaluate(c, &shape->of, scene, &nowhere);
        inner = (struct scene){
            .outer = scene, .element = source.sort, .at = scene->at, .row = scene->row};
        return sort_of_shape(c, shape->members, &inner);
    case SHAPE_FLAT:
        sort = sort_items(c->arena, sort_of_shape(c, shape->members, scene));
        return sort_list_of(c->arena, sort ? sort_items(c->arena, sort) : NULL);
    case SHAPE_PACKED:
        return sort_scalar(c->arena, SORT_STRING);
    case SHAPE_ALTERNATIVE:
        return sort_of_shape(c, &shape->members[0], scene);
    default: /* a list, or a choice */
        if (!shape->count)
            return sort_of_constant(c->arena, &constant_empty_list);
        for (size_t i = 0; i < shape->count; i++)
            sort = sort_either(c->arena, sort, sort_of_shape(c, &shape->members[i], scene));
        return shape->kind == SHAPE_LIST ? sort_list_of(c->arena, sort)
               : sort                    ? sort
                                         : &sort_anything;
    }
}
