/*
 * Marks: what of the request is read, handed on whole, and needed by v202309. Keys are types
 * of `accept`, and fields of a legacy contract below what `accept` takes as it is.
 */
#include "check/inside.h"

#include <stdlib.h>

struct mark *mark_find(const struct check *c, const void *key)
{
    for (size_t i = 0; i < c->mark_count; i++)
        if (c->marks[i].key == key)
            return &c->marks[i];
    return NULL;
}

struct mark *mark_of(struct check *c, const void *key)
{
    static struct mark spare; /* when the arena is full: what is found then is not told */
    struct mark *mark = mark_find(c, key);
    if (mark)
        return mark;
    if (c->mark_count == c->mark_room) {
        size_t room = c->mark_room ? c->mark_room * 2 : 128;
        struct mark *wider =
            arena_resize(c->arena, c->marks, c->mark_room * sizeof *wider, room * sizeof *wider);
        if (!wider)
            return &spare;
        c->marks = wider;
        c->mark_room = room;
    }
    mark = &c->marks[c->mark_count++];
    *mark = (struct mark){.key = key};
    return mark;
}

void mark_read(struct check *c, const void *key)
{
    struct mark *mark = mark_of(c, key);
    mark->read = true;
    mark->needed |= c->needing;
}

static void whole_type(struct check *c, const struct type *type)
{
    mark_read(c, type);
    mark_of(c, type)->whole = true;
    for (size_t i = 0; i < type->field_count; i++)
        whole_type(c, &type->fields[i].type);
    if (type->item)
        whole_type(c, type->item);
}

void mark_whole(struct check *c, const struct sort *sort)
{
    for (; sort; sort = sort->other) {
        if (!sort->request)
            continue;
        if (sort->type)
            whole_type(c, sort->type);
        if (sort->field) {
            mark_read(c, sort->field);
            mark_of(c, sort->field)->whole = true;
        }
        mark_whole(c, sort->item);
    }
}
