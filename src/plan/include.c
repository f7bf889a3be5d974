/*
 * Named shapes: parts of tables that are written once, in shapes.json or under `shapes` of a
 * table, and stand wherever a member `+` names them, as if they were written there.
 *
 * This happens to the JSON of a table before anything is compiled, so a shape may be whatever
 * stands in a table: an object, of which the members come in, a list, a text. The tree belongs
 * to the caller; what comes in is copied into it. Refused are names that nobody knows, shapes
 * within themselves, and members that stand there already. See compile.h.
 */
#include "plan/compile.h"

enum {
    INCLUSIONS = 1000, /* in one table */
    DEPTH = 16         /* of shapes in shapes */
};

bool shape_book_fill(struct shape_book *book, const cJSON *shapes, struct arena *arena,
                     const struct place *place)
{
    *book = (struct shape_book){0};
    if (!shapes)
        return true;
    if (!cJSON_IsObject(shapes))
        return place_error(place, "expected an object of shapes, found %s", place_kind(shapes));
    book->shapes = ARENA_ARRAY(arena, struct named_shape, (size_t)cJSON_GetArraySize(shapes) + 1);
    if (!book->shapes)
        return place_error(place, "out of memory");
    const cJSON *child;
    cJSON_ArrayForEach(child, shapes)
    {
        if (strcmp(child->string, "+") == 0)
            return place_error(place, "'+' is no name of a shape");
        book->shapes[book->count++].node = child;
    }
    return true;
}

static struct named_shape *find(const struct shape_book *book, const char *name)
{
    for (size_t i = 0; i < book->count; i++)
        if (strcmp(book->shapes[i].node->string, name) == 0)
            return &book->shapes[i];
    return NULL;
}

struct including {
    struct shape_book own, *shared;
    unsigned count;
};

/* The shapes that one stands in, innermost first. */
struct chain {
    const struct chain *outer;
    const char *name;
};

static bool expand(struct including *in, cJSON *node, const struct chain *chain,
                   const struct place *place);

static bool no_shape(const struct including *in, const char *name, const struct place *place)
{
    struct str names[256];
    size_t count = 0;
    for (size_t i = 0; i < in->own.count && count < 256; i++)
        names[count++] = str_from(in->own.shapes[i].node->string);
    for (size_t i = 0; i < in->shared->count && count < 256; i++)
        names[count++] = str_from(in->shared->shapes[i].node->string);
    place_error(place, "no shape '%s'", name);
    findings_did_you_mean(place->findings, str_from(name), names, count);
    return false;
}

static bool may_include(struct including *in, const char *name, const struct chain *chain,
                        const struct place *place)
{
    unsigned depth = 0;
    for (const struct chain *outer = chain; outer; outer = outer->outer, depth++)
        if (strcmp(outer->name, name) == 0)
            return place_error(place, "the shape '%s' stands within itself", name);
    if (depth == DEPTH)
        return place_error(place, "shapes in shapes, more than %d deep", DEPTH);
    return ++in->count <= INCLUSIONS ||
           place_error(place, "more than %d shapes in one table", INCLUSIONS);
}

/* A copy of the shape with all that it includes itself; NULL after a finding. */
static cJSON *copy_shape(struct including *in, const char *name, const struct chain *chain,
                         const struct place *place)
{
    struct named_shape *shape = find(&in->own, name);
    shape = shape ? shape : find(in->shared, name);
    if (!shape) {
        no_shape(in, name, place);
        return NULL;
    }
    shape->used = true;
    if (!may_include(in, name, chain, place))
        return NULL;
    /* A member, so that a shape that is nothing but another one can be replaced. */
    cJSON *holder = cJSON_CreateObject(), *copy = cJSON_Duplicate(shape->node, true);
    const struct chain inner = {chain, name};
    if (!holder || !copy || !cJSON_AddItemToObject(holder, name, copy)) {
        cJSON_Delete(copy);
        cJSON_Delete(holder);
        place_error(place, "out of memory");
        return NULL;
    }
    copy = expand(in, holder, &inner, place) ? cJSON_DetachItemViaPointer(holder, holder->child)
                                             : NULL;
    cJSON_Delete(holder);
    return copy;
}

static bool is_plus(const cJSON *member)
{
    return strcmp(member->string, "+") == 0;
}

static const cJSON *other_member(const cJSON *object, const char *name)
{
    return is_same(name) ? NULL : cJSON_GetObjectItemCaseSensitive(object, name);
}

/*
 * The children of `from` in front of one of `into`; both are of the same kind. By hand, because
 * cJSON_InsertItemInArray() of 1.7.15 refuses what was just detached. `prev` of the first is the
 * last.
 */
static void move_children(cJSON *from, cJSON *into, cJSON *before)
{
    while (from->child) {
        cJSON *child = cJSON_DetachItemViaPointer(from, from->child);
        child->next = before;
        child->prev = before->prev;
        if (into->child == before)
            into->child = child;
        else
            before->prev->next = child;
        before->prev = child;
    }
}

/* The members of one shape, where `plus` stands. */
static bool include_members(struct including *in, cJSON *object, cJSON *plus, const cJSON *name,
                            const struct chain *chain, const struct place *place)
{
    if (!cJSON_IsString(name))
        return place_error(place, "expected the name of a shape, or a list of names, found %s",
                           place_kind(name));
    cJSON *copy = copy_shape(in, name->valuestring, chain, place);
    if (!copy)
        return false;
    bool good =
        cJSON_IsObject(copy) || place_error(place, "the shape '%s' is %s, which has no members",
                                            name->valuestring, place_kind(copy));
    for (const cJSON *child = copy->child; good && child; child = child->next)
        if (other_member(object, child->string))
            good = place_error(place, "the member '%s' of the shape '%s' stands here already",
                               child->string, name->valuestring);
    if (good)
        move_children(copy, object, plus);
    cJSON_Delete(copy);
    return good;
}

static bool include_all(struct including *in, cJSON *object, cJSON *plus, const struct chain *chain,
                        const struct place *place)
{
    struct place at = place_key(place, "+");
    if (!cJSON_IsArray(plus))
        return include_members(in, object, plus, plus, chain, &at);
    bool good =
        plus->child || place_error(&at, "expected the name of a shape, found an empty list");
    size_t i = 0;
    for (const cJSON *name = plus->child; name; name = name->next) {
        struct place here = place_index(&at, i++);
        good = include_members(in, object, plus, name, chain, &here) && good;
    }
    return good;
}

/* Whether the child is nothing but one shape, whatever that is. */
static bool is_shape_alone(const cJSON *child)
{
    return cJSON_IsObject(child) && child->child && !child->child->next && is_plus(child->child) &&
           cJSON_IsString(child->child);
}

/* In place of `child` the shape that it names: in a list of things, the elements of one. */
static bool replace(struct including *in, cJSON *node, cJSON *child, const struct chain *chain,
                    const struct place *place)
{
    struct place at = place_key(place, "+");
    cJSON *copy = copy_shape(in, child->child->valuestring, chain, &at);
    if (!copy)
        return false;
    if (cJSON_IsArray(node) && cJSON_IsArray(copy)) {
        move_children(copy, node, child);
        cJSON_Delete(copy);
        cJSON_Delete(cJSON_DetachItemViaPointer(node, child));
        return true;
    }
    cJSON_free(copy->string);
    copy->string = child->string;
    child->string = NULL;
    return cJSON_ReplaceItemViaPointer(node, child, copy) || place_error(place, "out of memory");
}

static bool expand(struct including *in, cJSON *node, const struct chain *chain,
                   const struct place *place)
{
    bool good = true;
    size_t i = 0;
    for (cJSON *child = node->child, *next; child; child = next) {
        next = child->next;
        bool member = cJSON_IsObject(node);
        if (member && is_plus(child)) {
            good = include_all(in, node, child, chain, place) && good;
            cJSON_Delete(cJSON_DetachItemViaPointer(node, child));
            continue;
        }
        size_t index = i++;
        if (!child->child)
            continue;
        struct place at = member ? place_key(place, child->string) : place_index(place, index);
        if (is_shape_alone(child)) {
            good = replace(in, node, child, chain, &at) && good;
        } else {
            good = expand(in, child, chain, &at) && good;
        }
    }
    return good;
}

static bool check_own(const struct including *in, const struct place *place)
{
    bool good = true;
    struct place at = place_key(place, "shapes");
    for (size_t i = 0; i < in->own.count; i++) {
        const char *name = in->own.shapes[i].node->string;
        struct place here = place_key(&at, name);
        if (find(in->shared, name))
            good = place_error(&here, "shapes.json holds a shape of the same name");
        else if (!in->own.shapes[i].used)
            good = place_error(&here, "nothing includes this shape");
    }
    return good;
}

bool include_shapes(struct shape_book *shared, cJSON *table, struct arena *arena,
                    const struct place *place)
{
    struct including in = {.shared = shared};
    struct place at = place_key(place, "shapes");
    cJSON *shapes = cJSON_DetachItemFromObjectCaseSensitive(table, "shapes");
    bool good = shape_book_fill(&in.own, shapes, arena, &at);
    good = expand(&in, table, NULL, place) && good;
    good = good && check_own(&in, place);
    cJSON_Delete(shapes);
    return good;
}
