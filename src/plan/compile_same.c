/*
 * Members that stand together: {"= prefix | words": [...]}. Each expression of the list makes a
 * member that is called as what it reads; an object in the list gives other names. What the key
 * says stands before the path of each, and its words behind. See compile.h.
 */
#include "plan/compile.h"

/* What the key says: "= payment. | number" gives "payment." and "| number". */
struct common {
    struct str before, words;
};

bool is_same(const char *name)
{
    return name[0] == '=';
}

static bool read_key(const cJSON *node, const struct place *place, struct common *out)
{
    struct str key = str_from(node->string + 1);
    size_t bar = str_find(key, '|');
    out->before = str_trim(str_of(key.p, bar));
    out->words = str_trim(str_of(key.p + bar, key.n - bar));
    if (!out->before.n || strchr("./^@", out->before.p[out->before.n - 1]))
        return true;
    place_error(place, "expected the beginning of paths, found '" STR_FMT "'",
                STR_ARG(out->before));
    findings_hint(place->findings, "a path before names ends with a point");
    return false;
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

/* One member; without a name it has that of what it reads. */
static bool compile_one(struct compiler *c, const cJSON *node, const struct common *common,
                        const struct view *view, const struct place *place, struct shape *out)
{
    if (!cJSON_IsString(node))
        return place_error(place, "expected an expression, found %s", place_kind(node));
    struct str text = str_trim(str_from(node->valuestring));
    struct str name = node->string ? str_from(node->string) : last_name(text);
    struct str whole =
        arena_printf(c->arena, STR_FMT STR_FMT "%s" STR_FMT, STR_ARG(common->before), STR_ARG(text),
                     common->words.n ? " " : "", STR_ARG(common->words));
    char *plain = arena_cstr(c->arena, name), *expression = arena_cstr(c->arena, whole);
    if (!plain || !expression)
        return place_error(place, "out of memory");
    if (!name.n || name.p[0] == '\'' || name.p[0] == '*')
        return place_error(place, "expected an expression that begins with a path, found `%s`",
                           node->valuestring);
    bool good = compile_text(c, expression, view, place, out);
    out->name = arena_str(c->arena, name);
    out->key = compile_key(c, plain);
    return good;
}

size_t same_count(const cJSON *node)
{
    if (cJSON_IsObject(node))
        return (size_t)cJSON_GetArraySize(node);
    size_t count = 0;
    for (const cJSON *child = node->child; child; child = child->next)
        count += cJSON_IsObject(child) ? (size_t)cJSON_GetArraySize(child) : 1;
    return count;
}

static bool compile_named(struct compiler *c, const cJSON *object, const struct common *common,
                          const struct view *view, const struct place *place,
                          struct shape **members)
{
    bool good = true;
    for (const cJSON *child = object->child; child; child = child->next) {
        struct place at = place_key(place, child->string);
        good = compile_one(c, child, common, view, &at, (*members)++) && good;
    }
    return good;
}

bool compile_same(struct compiler *c, const cJSON *node, const struct view *view,
                  const struct place *place, struct shape *members)
{
    struct common common;
    if (!read_key(node, place, &common))
        return false;
    if (cJSON_IsObject(node) && node->child)
        return compile_named(c, node, &common, view, place, &members);
    if (!cJSON_IsArray(node) || !node->child)
        return place_error(place, "expected a list of expressions, found %s", place_kind(node));
    bool good = true;
    size_t i = 0;
    for (const cJSON *child = node->child; child; child = child->next, i++) {
        struct place at = place_index(place, i);
        if (cJSON_IsObject(child) && !child->child)
            good = place_error(&at, "expected names of members, found an empty object");
        else if (cJSON_IsObject(child))
            good = compile_named(c, child, &common, view, &at, &members) && good;
        else
            good = compile_one(c, child, &common, view, &at, members++) && good;
    }
    return good;
}
