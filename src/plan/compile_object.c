/*
 * Objects: a shape of members, each a shape of its own. See compile.h. A member `=` stands for
 * several that are called as what they read. No member may be made twice.
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

/* Members that are called as what they read: {"=": ["id", "price.amount | number"]}. */
static bool is_same(const cJSON *child)
{
    return strcmp(child->string, "=") == 0;
}

/* The last name of the path that an expression begins with. */
static struct str last_name(struct str expression)
{
    size_t end = 0;
    while (end < expression.n && !strchr(" |", expression.p[end]))
        end++;
    size_t begin = end;
    while (begin > 0 && !strchr("./^@", expression.p[begin - 1]))
        begin--;
    return str_of(expression.p + begin, end - begin);
}

static size_t count_members(const cJSON *node)
{
    size_t count = 0;
    for (const cJSON *child = node->child; child; child = child->next)
        count += is_same(child) ? (size_t)cJSON_GetArraySize(child) : 1;
    return count;
}

static bool compile_member(struct compiler *c, const cJSON *node, const struct view *view,
                           const struct place *place, struct shape *out)
{
    char *name = node->string;
    if (!name) {
        name = arena_cstr(c->arena, last_name(str_from(node->valuestring)));
        if (!name)
            return place_error(place, "out of memory");
        if (!*name || *name == '\'' || *name == '*')
            return place_error(place, "expected an expression that begins with a path, found `%s`",
                               node->valuestring);
    }
    bool good = compile_shape(c, node, view, place, out);
    out->name = keep(c, name);
    out->key = compile_key(c, name);
    return good;
}

/* The members of one `=`. */
static bool compile_same(struct compiler *c, const cJSON *list, const struct view *view,
                         const struct place *place, struct shape *members)
{
    if (!cJSON_IsArray(list) || !list->child)
        return place_error(place, "expected a list of expressions, found %s", place_kind(list));
    bool good = true;
    size_t i = 0;
    for (const cJSON *child = list->child; child; child = child->next, i++) {
        struct place at = place_index(place, i);
        if (!cJSON_IsString(child))
            good = place_error(&at, "expected an expression, found %s", place_kind(child));
        else
            good = compile_member(c, child, view, &at, &members[i]) && good;
    }
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
        if (is_same(child)) {
            good = compile_same(c, child, view, &at, member) && good;
            member += cJSON_GetArraySize(child);
        } else {
            good = compile_member(c, child, view, &at, member++) && good;
        }
    }
    for (size_t i = 0; i < out->count; i++)
        out->reads |= out->members[i].reads;
    return good && members_differ(out, place);
}
