/*
 * Names and expressions: what each path of a table means, see compile.h.
 */
#include "plan/compile.h"

#include <stdlib.h>

struct str keep(struct compiler *c, const char *text)
{
    return arena_str(c->arena, str_from(text));
}

static bool no_memory(struct compiler *c)
{
    return place_error(&c->place, "out of memory");
}

/* Room for one more in a growing array of ours. */
static void *more(void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return items;
    size_t wider = *room ? *room * 2 : 64;
    void *p = realloc(items, wider * size);
    if (p)
        *room = wider;
    return p;
}

struct want *compile_want(struct compiler *c, const char *name)
{
    struct want **seals = more(c->seals, c->seal_count, &c->seal_room, sizeof *seals);
    struct want *want = want_new(keep(c, name), c->arena);
    if (seals)
        c->seals = seals;
    if (!seals || !want) {
        no_memory(c);
        return NULL;
    }
    c->seals[c->seal_count++] = want;
    return want;
}

static bool fix_later(struct compiler *c, struct operand *operand, struct want *want)
{
    struct fix *fixes = more(c->fixes, c->fix_count, &c->fix_room, sizeof *fixes);
    if (!fixes)
        return no_memory(c);
    c->fixes = fixes;
    c->fixes[c->fix_count++] = (struct fix){operand, want};
    return true;
}

bool compile_seal(struct compiler *c)
{
    c->plan->slot_count = 1; /* slot 0 is nobody's */
    for (size_t i = 0; i < c->seal_count; i++)
        if (!want_seal(c->seals[i], &c->plan->slot_count, c->arena))
            return no_memory(c);
    for (size_t i = 0; i < c->fix_count; i++)
        c->fixes[i].operand->slot = c->fixes[i].want->slot;
    for (unsigned i = 0; i < c->plan->call_count; i++) {
        const struct call *call = &c->plan->calls[i];
        if (call->query)
            shape_seal(call->query);
        if (call->body)
            shape_seal(call->body);
        if (call->order_choice)
            shape_seal(call->order_choice);
        for (size_t j = 0; j < call->form_count; j++)
            if (call->form[j].choice)
                shape_seal(call->form[j].choice);
        for (size_t j = 0; j < call->forgive_count; j++)
            shape_seal(call->forgive[j].data);
    }
    for (unsigned i = 0; i < c->plan->memory_count; i++)
        shape_seal(c->plan->memories[i].is);
    if (c->plan->reply)
        shape_seal(c->plan->reply);
    return true;
}

static void field_names(const struct type *type, struct str *names, size_t *count, size_t room)
{
    for (size_t i = 0; i < type->field_count && *count < room; i++)
        names[(*count)++] = type->fields[i].name;
}

/* Follows `name` through what the request's types say; NULL in *type: anything goes. */
static bool step_type(struct compiler *c, const struct operand *o, size_t index,
                      const struct place *place, const struct type **type)
{
    struct str name = o->names[index];
    (void)c;
    if (!*type || (*type)->kind == TYPE_OBJECT || (*type)->kind == TYPE_ANY ||
        (*type)->kind == TYPE_LIST) {
        bool list = *type && (*type)->kind == TYPE_LIST;
        *type = NULL;
        return !list || place_error(place, "'" STR_FMT "' is looked for in a list", STR_ARG(name));
    }
    if ((*type)->kind != TYPE_FIELDS)
        return place_error(place, "'" STR_FMT "' is looked for in %s", STR_ARG(name),
                           (*type)->kind == TYPE_ITEMS ? "a list" : type_name((*type)->kind));
    for (size_t i = 0; i < (*type)->field_count; i++) {
        if (!str_eq((*type)->fields[i].name, name))
            continue;
        *type = &(*type)->fields[i].type;
        return true;
    }
    struct str names[64];
    size_t count = 0;
    field_names(*type, names, &count, 64);
    place_error(place, "`accept` has no '" STR_FMT "' there", STR_ARG(name));
    findings_did_you_mean(place->findings, name, names, count);
    return false;
}

/* The names from `index` on, below `want`. */
static bool descend(struct compiler *c, struct operand *o, size_t index, struct want *want,
                    const struct place *place, struct leads *leads)
{
    bool good = true;
    struct buf label;
    buf_init_arena(&label, 4096, c->arena);
    buf_add_str(&label, leads->label);
    for (size_t i = index; i < o->count; i++) {
        if (good && leads->type)
            good = step_type(c, o, i, place, &leads->type);
        want = want ? want_below(want, o->names[i], c->arena) : NULL;
        if (label.n)
            buf_add_char(&label, '.');
        buf_add_str(&label, o->names[i]);
    }
    leads->label = buf_str(&label);
    o->label = leads->label;
    o->upstream = leads->upstream;
    return good && (want ? fix_later(c, o, want) : no_memory(c));
}

static struct outer *find_outer(struct compiler *c, struct str name)
{
    for (size_t i = 0; i < c->outer_count; i++)
        if (str_eq(c->outer[i].name, name))
            return &c->outer[i];
    return NULL;
}

static bool unknown_name(struct compiler *c, const struct operand *o, const struct place *place)
{
    struct str names[256];
    size_t count = 0;
    for (size_t i = 0; i < c->outer_count && count < 256; i++)
        names[count++] = c->outer[i].name;
    place_error(place, "'" STR_FMT "' is neither accepted nor the name of a call",
                STR_ARG(o->names[0]));
    findings_did_you_mean(place->findings, o->names[0], names, count);
    return false;
}

static bool note_need(struct compiler *c, unsigned call, const struct place *place)
{
    if (call == c->building)
        return place_error(place, "a call cannot read its own answer");
    if (c->needs)
        *c->needs |= UINT32_C(1) << call;
    return true;
}

/* The answers of a call with `each`: a list, but inside a row that one of them was made for. */
static bool resolve_answers(struct compiler *c, const struct operand *o, const struct view *view,
                            const struct place *place, struct leads *leads)
{
    const struct outer *outer = find_outer(c, o->names[0]);
    const struct plan_call *call = &c->plan->calls[outer->index].public;
    if (!call->each || (call->per_row && view->row == call->outer + 1))
        return true;
    leads->call = (int)outer->index;
    if (o->count == 1)
        return true;
    place_error(place, "the answers of '" STR_FMT "' are a list", STR_ARG(outer->name));
    findings_hint(place->findings, "use each, collect or find");
    return false;
}

static bool resolve_outer(struct compiler *c, struct operand *o, const struct view *view,
                          const struct place *place, struct leads *leads)
{
    if (!o->count) {
        place_error(place, "'.' stands for an element, and there is none here");
        return false;
    }
    struct outer *outer = find_outer(c, o->names[0]);
    if (!outer)
        return unknown_name(c, o, place);
    outer->used = true;
    leads->label = outer->name;
    if (outer->kind == OUTER_FIELD)
        leads->type = &c->plan->fields[outer->index].type;
    if (outer->kind == OUTER_CALL) {
        leads->upstream = true;
        if (!note_need(c, outer->index, place) || !resolve_answers(c, o, view, place, leads))
            return false;
    }
    if (outer->kind == OUTER_GIVEN) {
        c->reads_shop |= str_eq(outer->name, STR("shop"));
        const struct want *below = o->count == 2 ? want_find(outer->want, o->names[1]) : NULL;
        if (!below)
            return place_error(place, "'" STR_FMT "' holds %s", STR_ARG(outer->name),
                               str_eq(outer->name, STR("shop")) ? "id, region and cipher"
                                                                : "version and app_key");
    }
    if (outer->kind == OUTER_MEMORY && c->learning)
        return place_error(place, "'" STR_FMT "' is remembered: it cannot be learned from",
                           STR_ARG(outer->name));
    if (outer->kind == OUTER_MEMORY && o->count > 1)
        return place_error(place, "'" STR_FMT "' is a text, and holds nothing",
                           STR_ARG(outer->name));
    return descend(c, o, 1, outer->want, place, leads);
}

static bool resolve(struct compiler *c, struct operand *o, const struct view *view,
                    const struct place *place, struct leads *leads)
{
    *leads = (struct leads){.call = -1};
    if (o->constant)
        return true;
    if (o->start == PATH_AT) {
        if (!view->at)
            return place_error(place, "'@' stands for the element of a call with `each`, "
                                      "and there is none here");
        *leads = (struct leads){view->at_type, view->at_label, view->at_upstream, -1};
        return descend(c, o, 0, view->at, place, leads);
    }
    if (o->start == PATH_ALL) {
        if (!view->all)
            return place_error(place, "'*' stands for the elements of a group, and there is none "
                                      "here");
        *leads = (struct leads){NULL, view->label, view->upstream, -1};
        return descend(c, o, 0, view->all, place, leads);
    }
    if (o->start == PATH_ROOT)
        return resolve_outer(c, o, view, place, leads);
    for (unsigned i = 0; i < o->out; i++) {
        if (!view->outer)
            return place_error(place, "'" STR_FMT "' leads out of the outermost scope",
                               STR_ARG(o->text));
        view = view->outer;
    }
    if (!view->element)
        return resolve_outer(c, o, view, place, leads);
    *leads = (struct leads){view->type, view->label, view->upstream, -1};
    return descend(c, o, 0, view->element, place, leads);
}

static struct enum_map *find_enum(struct enum_map *maps, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(maps[i].name, name))
            return &maps[i];
    return NULL;
}

static bool resolve_enum(struct compiler *c, struct use *use, const struct view *view,
                         const struct place *place)
{
    struct str name = use->arguments[0].names[0];
    struct enum_map *map = find_enum(c->plan->enums, c->plan->enum_count, name);
    if (!map)
        map = find_enum(c->plans->enums, c->plans->enum_count, name);
    if (!map) {
        struct str names[256];
        size_t count = 0;
        for (size_t i = 0; i < c->plan->enum_count && count < 256; i++)
            names[count++] = c->plan->enums[i].name;
        for (size_t i = 0; i < c->plans->enum_count && count < 256; i++)
            names[count++] = c->plans->enums[i].name;
        place_error(place, "no enum '" STR_FMT "'", STR_ARG(name));
        findings_did_you_mean(place->findings, name, names, count);
        return false;
    }
    map->used = true;
    use->map = map;
    use->to_legacy = view->to_legacy;
    bool maps = str_eq(str_from(use->word->name), STR("enum"));
    if (maps && view->to_legacy && !map->has_unknown) {
        place_error(place, "enum '" STR_FMT "' is used towards the app and has no `unknown`",
                    STR_ARG(name));
        findings_hint(place->findings, "say what the app is given for a value that no pair "
                                       "knows, or \"absent\"");
        return false;
    }
    return true;
}

/* Whether a word hands on the elements of a list as they came. */
static bool keeps_elements(const struct use *use)
{
    struct str name = str_from(use->word->name);
    if (str_eq(name, STR("or")))
        return use->arguments[0].constant;
    static const char *const keeping[] = {"where", "without", "unique", "if", "unless"};
    for (size_t i = 0; i < sizeof keeping / sizeof *keeping; i++)
        if (str_eq(name, str_from(keeping[i])))
            return true;
    return false;
}

static bool resolve_use(struct compiler *c, struct use *use, const struct view *view,
                        const struct place *place, struct leads *leads)
{
    bool good = true;
    for (size_t i = 0; i < use->count; i++) {
        enum argument_kind kind = use->word->arguments[i < 3 ? i : 2];
        struct leads ignored;
        if (kind == ARGUMENT_ENUM)
            good = resolve_enum(c, use, view, place) && good;
        else if (kind == ARGUMENT_OPERAND)
            good = resolve(c, &use->arguments[i], view, place, &ignored) && good;
    }
    if (!keeps_elements(use))
        leads->type = NULL;
    if (!str_eq(str_from(use->word->name), STR("or")))
        leads->call = -1;
    return good;
}

static bool try_expression(struct compiler *c, const char *text, const struct view *view,
                           const struct place *place, struct expression *out, struct leads *leads)
{
    *leads = (struct leads){.call = -1};
    if (!expression_parse(str_from(text), c->arena, place, out))
        return false;
    bool good = resolve(c, &out->from, view, place, leads);
    for (size_t i = 0; i < out->count; i++) {
        out->uses[i].from = &out->from;
        good = resolve_use(c, &out->uses[i], view, place, leads) && good;
    }
    return good;
}

bool compile_expression(struct compiler *c, const char *text, const struct view *view,
                        const struct place *place, struct expression *out, struct leads *leads)
{
    struct leads ignored;
    leads = leads ? leads : &ignored;
    if (try_expression(c, text, view, place, out, leads))
        return true;
    struct str written = out->text;
    *leads = (struct leads){.call = -1};
    *out = (struct expression){.text = written, .faulty = true};
    out->from = (struct operand){.text = written, .constant = true, .value = constant_null};
    c->faulty = true;
    return !arena_failed(c->arena);
}

void compile_known_keys(struct compiler *c, const struct place *place, const cJSON *object,
                        const char *const names[])
{
    if (!place_known_keys(place, object, names))
        c->faulty = true;
}

bool compile_condition(struct compiler *c, const cJSON *node, const struct view *view,
                       const struct place *place, struct condition *out)
{
    size_t count = cJSON_IsArray(node) ? (size_t)cJSON_GetArraySize(node) : 1;
    if (!(cJSON_IsString(node) || cJSON_IsArray(node)) || !count)
        return place_error(place, "expected an expression or a list of them, found %s",
                           place_kind(node));
    out->all = ARENA_ARRAY(c->arena, struct expression, count);
    if (!out->all)
        return no_memory(c);
    const cJSON *item = cJSON_IsArray(node) ? node->child : node;
    bool good = true;
    for (size_t i = 0; i < count; i++, item = item->next) {
        struct place at = cJSON_IsArray(node) ? place_index(place, i) : *place;
        if (!cJSON_IsString(item))
            good = place_error(&at, "expected an expression, found %s", place_kind(item));
        else
            good = compile_expression(c, item->valuestring, view, &at, &out->all[i], NULL) && good;
    }
    out->count = count;
    return good;
}
