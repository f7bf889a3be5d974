/*
 * Shapes: the parts of a table that look like the message they make. See compile.h.
 *
 * `each`, `group` and `choose` are no names of members: an object that holds one of them is that
 * form, and may hold nothing but what belongs to it. So is `rows`, where it stands alone in an
 * object of the reply.
 */
#include "plan/compile.h"

static bool compile_list(struct compiler *c, const cJSON *node, const struct view *view,
                         const struct place *place, struct shape *out)
{
    out->kind = SHAPE_LIST;
    if (!compile_members(c, (size_t)cJSON_GetArraySize(node), out))
        return false;
    bool good = true;
    size_t i = 0;
    for (const cJSON *child = node->child; child; child = child->next, i++) {
        struct place at = place_index(place, i);
        good = compile_shape(c, child, view, &at, &out->members[i]) && good;
        out->reads |= out->members[i].reads;
    }
    return good;
}

struct view element_view(struct compiler *c, const struct view *view, const struct leads *leads,
                         struct scope *scope)
{
    struct view inner = *view;
    inner.outer = view;
    inner.element = scope->element = compile_want(c, ".");
    inner.all = NULL;
    inner.upstream = leads->upstream;
    inner.label = arena_printf(c->arena, STR_FMT "[]", STR_ARG(leads->label));
    inner.type = leads->type && leads->type->kind == TYPE_ITEMS ? leads->type->item : NULL;
    if (leads->call >= 0) {
        const struct call *call = &c->plan->calls[leads->call];
        inner.at = call->element.element;
        inner.at_type = NULL;
        inner.at_label = call->public.name;
        inner.at_upstream = true;
    }
    return inner;
}

static bool compile_source(struct compiler *c, const cJSON *node, const struct view *view,
                           const struct place *place, struct shape *out, struct leads *leads)
{
    if (!cJSON_IsString(node))
        return place_error(place, "expected an expression, found %s", place_kind(node));
    struct expression *source = &out->sources[out->source_count++];
    if (!compile_expression(c, node->valuestring, view, place, source, leads))
        return false;
    if (leads->type && leads->type->kind != TYPE_ITEMS && leads->type->kind != TYPE_LIST &&
        leads->type->kind != TYPE_ANY)
        return place_error(place, "'" STR_FMT "' is no list", STR_ARG(leads->label));
    return true;
}

/* What is known of an element that may be of the one list or of the other. */
static void lead_to_both(struct leads *leads, const struct leads *other)
{
    leads->type = NULL;
    leads->upstream |= other->upstream;
    leads->call = -1;
}

/* The list that `each` or `group` goes through, or several: one walked after the other. */
static bool compile_sources(struct compiler *c, const cJSON *node, const struct view *view,
                            const struct place *place, struct shape *out, struct leads *leads)
{
    out->sources = ARENA_ARRAY(c->arena, struct expression, SHAPE_SOURCES);
    if (!out->sources)
        return place_error(place, "out of memory");
    if (!cJSON_IsArray(node))
        return compile_source(c, node, view, place, out, leads);
    size_t count = (size_t)cJSON_GetArraySize(node);
    if (count < 2 || count > SHAPE_SOURCES)
        return place_error(place, "expected an expression, or 2 to %d of them in a list",
                           SHAPE_SOURCES);
    bool good = true;
    for (const cJSON *child = node->child; child; child = child->next) {
        struct place at = place_index(place, out->source_count);
        struct leads one;
        good = compile_source(c, child, view, &at, out, &one) && good;
        if (out->source_count == 1)
            *leads = one;
        else
            lead_to_both(leads, &one);
        if (!good)
            return false;
    }
    return true;
}

static bool compile_make(struct compiler *c, const cJSON *node, const struct view *inner,
                         const struct place *place, struct shape *out)
{
    const cJSON *make = cJSON_GetObjectItemCaseSensitive(node, "make");
    struct place at = place_key(place, "make");
    if (!make)
        return place_error(place, "expected `make`, the shape of an element");
    return compile_members(c, 1, out) && compile_shape(c, make, inner, &at, &out->members[0]);
}

static bool compile_where(struct compiler *c, const cJSON *node, const struct view *inner,
                          const struct place *place, struct shape *out)
{
    const cJSON *where = cJSON_GetObjectItemCaseSensitive(node, "where");
    struct place at = place_key(place, "where");
    return !where || compile_condition(c, where, inner, &at, &out->when);
}

static bool compile_each(struct compiler *c, const cJSON *node, const struct view *view,
                         const struct place *place, struct shape *out)
{
    static const char *const known[] = {"each", "where", "make", NULL};
    bool good = true;
    compile_known_keys(c, place, node, known);
    struct place at = place_key(place, "each");
    struct leads leads;
    out->kind = SHAPE_EACH;
    out->reads = true;
    const cJSON *each = cJSON_GetObjectItemCaseSensitive(node, "each");
    if (!compile_sources(c, each, view, &at, out, &leads))
        return false;
    struct view inner = element_view(c, view, &leads, &out->scope);
    good = compile_where(c, node, &inner, place, out) && good;
    return compile_make(c, node, &inner, place, out) && good;
}

static bool compile_by(struct compiler *c, const cJSON *node, const struct view *inner,
                       const struct place *place, struct shape *out)
{
    struct condition list = {0};
    struct place at = place_key(place, "by");
    if (!compile_condition(c, cJSON_GetObjectItemCaseSensitive(node, "by"), inner, &at, &list))
        return false;
    out->by = list.all;
    out->by_count = list.count;
    return true;
}

static bool compile_group(struct compiler *c, const cJSON *node, const struct view *view,
                          const struct place *place, struct shape *out)
{
    static const char *const known[] = {"group", "where", "by", "make", NULL};
    bool good = true;
    compile_known_keys(c, place, node, known);
    struct place at = place_key(place, "group");
    struct leads leads;
    out->kind = SHAPE_GROUP;
    out->reads = true;
    const cJSON *group = cJSON_GetObjectItemCaseSensitive(node, "group");
    if (!compile_sources(c, group, view, &at, out, &leads))
        return false;
    leads.call = -1;
    struct view inner = element_view(c, view, &leads, &out->scope);
    good = compile_where(c, node, &inner, place, out) && good;
    good = compile_by(c, node, &inner, place, out) && good;
    inner.all = out->scope.all = compile_want(c, "*");
    return compile_make(c, node, &inner, place, out) && good;
}

/* Inside of one object; left out when it is absent. */
static bool compile_in(struct compiler *c, const cJSON *node, const struct view *view,
                       const struct place *place, struct shape *out)
{
    static const char *const known[] = {"in", "make", NULL};
    const cJSON *in = cJSON_GetObjectItemCaseSensitive(node, "in");
    bool good = true;
    compile_known_keys(c, place, node, known);
    struct place at = place_key(place, "in");
    struct leads leads;
    out->kind = SHAPE_IN;
    out->reads = true;
    if (!cJSON_IsString(in))
        return place_error(&at, "expected an expression, found %s", place_kind(in));
    if (!compile_expression(c, in->valuestring, view, &at, &out->of, &leads))
        return false;
    if (leads.type && leads.type->kind != TYPE_FIELDS && leads.type->kind != TYPE_OBJECT &&
        leads.type->kind != TYPE_ANY)
        return place_error(&at, "'" STR_FMT "' is no object", STR_ARG(leads.label));
    struct view inner = *view;
    inner.outer = view;
    inner.element = out->scope.element = compile_want(c, ".");
    inner.all = NULL;
    inner.upstream = leads.upstream;
    inner.label = leads.label;
    inner.type = leads.type;
    return compile_make(c, node, &inner, place, out) && good;
}

/* One list of what the lists that it makes hold. */
static bool compile_flat(struct compiler *c, const cJSON *inner, const struct view *view,
                         const struct place *place, struct shape *out)
{
    out->kind = SHAPE_FLAT;
    if (!compile_members(c, 1, out) || !compile_shape(c, inner, view, place, out->members))
        return false;
    enum shape_kind kind = out->members->kind;
    out->reads = out->members->reads;
    return kind == SHAPE_EACH || kind == SHAPE_GROUP || kind == SHAPE_LIST ||
           place_error(place, "expected `each`, `group` or a list, of lists");
}

static bool compile_packed(struct compiler *c, const cJSON *inner, const struct view *view,
                           const struct place *place, struct shape *out)
{
    out->kind = SHAPE_PACKED;
    if (!compile_members(c, 1, out) || !compile_shape(c, inner, view, place, out->members))
        return false;
    out->reads = out->members->reads;
    return true;
}

static bool compile_alternative(struct compiler *c, const cJSON *node, const struct view *view,
                                const struct place *place, struct shape *out)
{
    static const char *const known[] = {"when", "make", NULL};
    const cJSON *when = cJSON_GetObjectItemCaseSensitive(node, "when");
    out->kind = SHAPE_ALTERNATIVE;
    if (!cJSON_IsObject(node))
        return place_error(place, "expected {\"when\": condition, \"make\": shape}, found %s",
                           place_kind(node));
    bool good = true;
    compile_known_keys(c, place, node, known);
    struct place at = place_key(place, "when");
    if (when)
        good = compile_condition(c, when, view, &at, &out->when) && good;
    else if (node->next)
        good = place_error(place, "only the last alternative stands without `when`");
    good = compile_make(c, node, view, place, out) && good;
    out->reads = out->count && out->members[0].reads;
    return good;
}

static bool compile_choose(struct compiler *c, const cJSON *node, const struct view *view,
                           const struct place *place, struct shape *out)
{
    static const char *const known[] = {"choose", NULL};
    bool good = true;
    compile_known_keys(c, place, node, known);
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(node, "choose");
    struct place at = place_key(place, "choose");
    out->kind = SHAPE_CHOOSE;
    if (!cJSON_IsArray(list) || !list->child)
        return place_error(&at, "expected a list of alternatives, found %s", place_kind(list));
    if (!compile_members(c, (size_t)cJSON_GetArraySize(list), out))
        return false;
    size_t i = 0;
    for (const cJSON *child = list->child; child; child = child->next, i++) {
        struct place here = place_index(&at, i);
        good = compile_alternative(c, child, view, &here, &out->members[i]) && good;
        out->reads |= out->members[i].reads;
    }
    return good;
}

bool compile_text(struct compiler *c, const char *text, const struct view *view,
                  const struct place *place, struct shape *out)
{
    if (!compile_expression(c, text, view, place, &out->of, NULL))
        return false;
    out->reads = expression_reads(&out->of) || out->of.faulty;
    if (!out->reads && !out->of.count) {
        out->kind = SHAPE_CONSTANT;
        out->constant = out->of.from.value;
        return true;
    }
    out->kind = SHAPE_LEAF;
    return true;
}

/* The forms that need no expression to be read. */
static enum leaf_form leaf_form(const struct expression *of, struct constant *otherwise)
{
    size_t words = of->count;
    const struct use *last = words > 0 ? &of->uses[words - 1] : NULL;
    if (of->from.constant)
        return LEAF_WORDS;
    if (last && last->word->only_absent && last->arguments[0].constant) {
        *otherwise = last->arguments[0].value;
        words--;
    }
    if (words == 0)
        return of->count == 0 ? LEAF_PATH : LEAF_PATH_OR_ELSE;
    return words == 1 && of->uses[0].word->quick ? LEAF_QUICK : LEAF_WORDS;
}

void shape_seal(struct shape *shape)
{
    for (size_t i = 0; i < shape->count; i++)
        shape_seal(&shape->members[i]);
    if (shape->kind == SHAPE_CONSTANT)
        shape->form = LEAF_CONSTANT;
    if (shape->kind != SHAPE_LEAF)
        return;
    shape->form = leaf_form(&shape->of, &shape->constant);
    if (!shape->of.from.constant)
        shape->slot = shape->of.from.slot;
}

bool shape_is_leaf(const struct shape *shape)
{
    if (shape->kind != SHAPE_CHOOSE)
        return shape->kind == SHAPE_LEAF || shape->kind == SHAPE_CONSTANT;
    for (size_t i = 0; i < shape->count; i++)
        if (!shape_is_leaf(shape->members[i].members))
            return false;
    return true;
}

static bool has(const cJSON *node, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(node, key) != NULL;
}

/* Forms that stand alone in an object; false when it is none of them. */
static bool compile_alone(struct compiler *c, const cJSON *node, const struct view *view,
                          const struct place *place, struct shape *out, bool *good)
{
    const cJSON *child = node->child;
    if (!child || child->next)
        return false;
    struct place at = place_key(place, child->string);
    if (strcmp(child->string, "flat") == 0)
        *good = compile_flat(c, child, view, &at, out);
    else if (strcmp(child->string, "json") == 0)
        *good = compile_packed(c, child, view, &at, out);
    else if (view->to_legacy && strcmp(child->string, "rows") == 0)
        *good = compile_rows(c, node, view, place, out);
    else
        return false;
    return true;
}

bool compile_shape(struct compiler *c, const cJSON *node, const struct view *view,
                   const struct place *place, struct shape *out)
{
    bool good = false;
    if (cJSON_IsString(node))
        return compile_text(c, node->valuestring, view, place, out);
    if (cJSON_IsArray(node))
        return compile_list(c, node, view, place, out);
    if (cJSON_IsObject(node)) {
        if (has(node, "each"))
            return compile_each(c, node, view, place, out);
        if (has(node, "group"))
            return compile_group(c, node, view, place, out);
        if (has(node, "in") && has(node, "make"))
            return compile_in(c, node, view, place, out);
        if (has(node, "choose"))
            return compile_choose(c, node, view, place, out);
        if (compile_alone(c, node, view, place, out, &good))
            return good;
        return compile_object(c, node, view, place, out);
    }
    out->kind = SHAPE_CONSTANT;
    if (cJSON_IsNull(node)) {
        out->constant = constant_null;
        return true;
    }
    return compile_constant(c, node, place, &out->constant);
}
