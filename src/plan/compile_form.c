/*
 * Multipart forms and forgiven errors of a call. See compile.h.
 */
#include "plan/compile.h"

/* A choice between leaves. */
static bool compile_choice(struct compiler *c, const cJSON *node, const struct view *view,
                           const struct place *place, struct form_part *part)
{
    part->choice = ARENA_NEW(c->arena, struct shape);
    if (!part->choice)
        return place_error(place, "out of memory");
    return compile_shape(c, node, view, place, part->choice) &&
           (shape_is_leaf(part->choice) || place_error(place, "expected a choice between leaves"));
}

static bool compile_part(struct compiler *c, const cJSON *node, const struct view *view,
                         const struct place *place, struct form_part *part)
{
    static const char *const known[] = {"file", "name", NULL};
    part->name = keep(c, node->string);
    for (size_t i = 0; i < part->name.n; i++)
        if (part->name.p[i] == '"' || (unsigned char)part->name.p[i] < ' ')
            return place_error(place, "this name cannot stand in a form");
    if (!cJSON_IsObject(node))
        return compile_leaf(c, node, view, place, &part->of);
    if (cJSON_GetObjectItemCaseSensitive(node, "choose"))
        return compile_choice(c, node, view, place, part);
    bool good = true;
    compile_known_keys(c, place, node, known);
    const cJSON *file = cJSON_GetObjectItemCaseSensitive(node, "file");
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(node, "name");
    struct place at = place_key(place, "file");
    part->file = true;
    if (!cJSON_IsString(file))
        good = place_error(&at, "expected an expression, found %s", place_kind(file));
    else
        good = compile_expression(c, file->valuestring, view, &at, &part->of, NULL) && good;
    at = place_key(place, "name");
    part->has_file_name = name != NULL;
    return (!name || compile_leaf(c, name, view, &at, &part->file_name)) && good;
}

bool compile_form(struct compiler *c, const cJSON *form, const struct view *view,
                  const struct place *place, struct call *call)
{
    if (!cJSON_IsObject(form) || !form->child)
        return place_error(place, "expected an object of leaves and files, found %s",
                           cJSON_IsObject(form) ? "an empty one" : place_kind(form));
    call->form = ARENA_ARRAY(c->arena, struct form_part, (size_t)cJSON_GetArraySize(form));
    if (!call->form)
        return place_error(place, "out of memory");
    bool good = true;
    const cJSON *child;
    cJSON_ArrayForEach(child, form)
    {
        struct place at = place_key(place, child->string);
        good = compile_part(c, child, view, &at, &call->form[call->form_count++]) && good;
    }
    return good;
}

/* A code alone, or the first and the last of a range. */
static bool compile_code(const cJSON *node, const struct place *place, struct code_range *out)
{
    const uint64_t most = 999999999999;
    uint64_t from = 0, to = 0;
    bool range = cJSON_IsArray(node);
    bool good = range ? compile_range(node, place, most, &from, &to)
                      : compile_whole(node, place, "an error code", 1, most, &from);
    *out = (struct code_range){(int64_t)from, (int64_t)(range ? to : from)};
    return good;
}

static bool compile_codes(struct compiler *c, const cJSON *codes, const struct place *place,
                          struct forgiveness *out)
{
    if (cJSON_IsString(codes) && strcmp(codes->valuestring, "any") == 0) {
        out->any = true;
        return true;
    }
    if (!cJSON_IsArray(codes) || !codes->child)
        return place_error(place, "expected a list of error codes or \"any\", found %s",
                           place_kind(codes));
    out->codes = ARENA_ARRAY(c->arena, struct code_range, (size_t)cJSON_GetArraySize(codes));
    if (!out->codes)
        return place_error(place, "out of memory");
    bool good = true;
    const cJSON *code;
    cJSON_ArrayForEach(code, codes)
    {
        struct place at = place_index(place, out->count);
        good = compile_code(code, &at, &out->codes[out->count++]) && good;
    }
    return good;
}

/* The view of an error: `code` and `message` are its members. */
static bool error_view(struct compiler *c, const struct view *view, const struct place *place,
                       struct forgiveness *out, struct view *inner)
{
    static const char *const names[] = {"code", "message"};
    struct want *root = compile_want(c, "error"), *parts[2] = {0};
    for (size_t i = 0; root && i < 2; i++)
        parts[i] = want_below(root, keep(c, names[i]), c->arena);
    struct field *fields = ARENA_ARRAY(c->arena, struct field, 2);
    struct type *type = ARENA_NEW(c->arena, struct type);
    if (!parts[0] || !parts[1] || !fields || !type)
        return place_error(place, "out of memory");
    out->scope.element = root;
    out->code = parts[0];
    out->message = parts[1];
    fields[0] = (struct field){.name = parts[0]->name, .type = {.kind = TYPE_INT}};
    fields[1] = (struct field){.name = parts[1]->name, .type = {.kind = TYPE_TEXT}};
    *type = (struct type){.kind = TYPE_FIELDS, .fields = fields, .field_count = 2};
    *inner = *view;
    inner->outer = view;
    inner->element = root;
    inner->type = type;
    inner->upstream = true;
    inner->label = STR("error");
    return true;
}

static bool compile_forgiven(struct compiler *c, const cJSON *node, const struct view *view,
                             const struct place *place, struct forgiveness *out)
{
    static const char *const known[] = {"codes", "when", "data", NULL};
    if (!cJSON_IsObject(node))
        return place_error(place, "expected {\"codes\": [...], \"data\": shape}, found %s",
                           place_kind(node));
    bool good = true;
    compile_known_keys(c, place, node, known);
    struct place at = place_key(place, "codes");
    good = compile_codes(c, cJSON_GetObjectItemCaseSensitive(node, "codes"), &at, out) && good;
    const cJSON *data = cJSON_GetObjectItemCaseSensitive(node, "data");
    at = place_key(place, "data");
    if (!cJSON_IsObject(data))
        return place_error(&at, "expected the shape of an object, found %s", place_kind(data));
    struct view inner;
    out->data = ARENA_NEW(c->arena, struct shape);
    if (!out->data)
        return place_error(place, "out of memory");
    if (!error_view(c, view, place, out, &inner))
        return false;
    const cJSON *when = cJSON_GetObjectItemCaseSensitive(node, "when");
    struct place condition = place_key(place, "when");
    if (when)
        good = compile_condition(c, when, &inner, &condition, &out->when) && good;
    return compile_shape(c, data, &inner, &at, out->data) && good;
}

bool compile_forgiveness(struct compiler *c, const cJSON *node, const struct view *view,
                         const struct place *place, struct call *call)
{
    if (!node)
        return true;
    if (!cJSON_IsArray(node) || !node->child)
        return place_error(place, "expected a list of {\"codes\": ..., \"data\": ...}, found %s",
                           place_kind(node));
    call->forgive = ARENA_ARRAY(c->arena, struct forgiveness, (size_t)cJSON_GetArraySize(node));
    if (!call->forgive)
        return place_error(place, "out of memory");
    bool good = true;
    const cJSON *child;
    cJSON_ArrayForEach(child, node)
    {
        struct place at = place_index(place, call->forgive_count);
        struct forgiveness *forgive = &call->forgive[call->forgive_count++];
        good = compile_forgiven(c, child, view, &at, forgive) && good;
    }
    return good;
}
