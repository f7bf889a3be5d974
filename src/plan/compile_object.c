/*
 * Objects: a shape of members, each a shape of its own, or several together (compile_same.c).
 * No member may be made twice. See compile.h.
 */
#include "plan/compile.h"

struct str compile_key(struct compiler *c, const char *name)
{
    struct buf key;
    buf_init_arena(&key, strlen(name) * 6 + 3 + KEY_ROOM, c->arena);
    json_quote(str_from(name), &key);
    buf_add_char(&key, ':');
    char *behind = buf_reserve(&key, KEY_ROOM);
    if (behind)
        memset(behind, ' ', KEY_ROOM);
    return buf_str(&key);
}

bool compile_members(struct compiler *c, size_t count, struct shape *out)
{
    out->count = count;
    out->members = ARENA_ARRAY(c->arena, struct shape, count ? count : 1);
    return out->members || place_error(&c->place, "out of memory");
}

static size_t count_members(const cJSON *node)
{
    size_t count = 0;
    for (const cJSON *child = node->child; child; child = child->next)
        count += is_same(child->string) ? same_count(child) : 1;
    return count;
}

static bool compile_member(struct compiler *c, const cJSON *node, const struct view *view,
                           const struct place *place, struct shape *out)
{
    bool good = compile_shape(c, node, view, place, out);
    out->name = keep(c, node->string);
    out->key = compile_key(c, node->string);
    return good;
}

static bool members_differ(const struct shape *object, const struct place *place)
{
    for (size_t i = 0; i < object->count; i++)
        for (size_t j = 0; j < i; j++)
            if (str_eq(object->members[i].name, object->members[j].name))
                return place_error(place, "the member '" STR_FMT "' is made twice",
                                   STR_ARG(object->members[i].name));
    return true;
}

bool compile_object(struct compiler *c, const cJSON *node, const struct view *view,
                    const struct place *place, struct shape *out)
{
    out->kind = SHAPE_OBJECT;
    if (!compile_members(c, count_members(node), out))
        return false;
    bool good = true;
    struct shape *member = out->members;
    for (const cJSON *child = node->child; child; child = child->next) {
        struct place at = place_key(place, child->string);
        if (is_same(child->string)) {
            good = compile_same(c, child, view, &at, member) && good;
            member += same_count(child);
        } else {
            good = compile_member(c, child, view, &at, member++) && good;
        }
    }
    for (size_t i = 0; i < out->count; i++)
        out->reads |= out->members[i].reads;
    return good && members_differ(out, place);
}
