/*
 * One table as a whole. See compile.h.
 */
#include "plan/compile.h"

#include <stdlib.h>

static const cJSON *get(const cJSON *table, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(table, key);
}

static bool find_profile(struct compiler *c, const cJSON *uses, const struct place *place)
{
    if (!cJSON_IsString(uses))
        return place_error(place, "expected the name of a profile, found %s", place_kind(uses));
    struct str names[32];
    size_t count = 0;
    for (size_t i = 0; i < c->plans->profile_count; i++) {
        if (count < 32)
            names[count++] = c->plans->profiles[i].public.name;
        if (!str_eq(c->plans->profiles[i].public.name, str_from(uses->valuestring)))
            continue;
        c->plan->profile = &c->plans->profiles[i].public;
        return true;
    }
    place_error(place, "no profile '%s'", uses->valuestring);
    findings_did_you_mean(place->findings, str_from(uses->valuestring), names, count);
    return false;
}

static bool add_outer(struct compiler *c, struct str name, enum outer_kind kind, unsigned index,
                      struct want *want, const struct place *place)
{
    for (size_t i = 0; i < c->outer_count; i++)
        if (str_eq(c->outer[i].name, name))
            return place_error(place,
                               "'" STR_FMT "' is the name of two things: fields, calls, what "
                               "is remembered, `shop` and `client` share one scope",
                               STR_ARG(name));
    c->outer[c->outer_count++] = (struct outer){name, kind, index, want, false};
    return true;
}

/* What the proxy itself puts into the outermost scope. */
static bool add_given(struct compiler *c, const char *name, const char *const parts[],
                      struct want **wants)
{
    struct want *root = compile_want(c, name);
    if (!root)
        return false;
    for (size_t i = 0; parts[i]; i++) {
        wants[i] = want_below(root, keep(c, parts[i]), c->arena);
        if (!wants[i])
            return place_error(&c->place, "out of memory");
    }
    return add_outer(c, root->name, OUTER_GIVEN, 0, root, &c->place);
}

static bool fill_outer(struct compiler *c)
{
    static const char *const shop[] = {"id", "region", "cipher", NULL};
    static const char *const client[] = {"version", "app_key", NULL};
    struct plan *plan = c->plan;
    c->outer = ARENA_ARRAY(c->arena, struct outer,
                           plan->field_count + plan->call_count + plan->memory_count + 2);
    if (!c->outer)
        return place_error(&c->place, "out of memory");
    bool good =
        add_given(c, "shop", shop, plan->shop) && add_given(c, "client", client, plan->client);
    struct place at = place_key(&c->place, "accept");
    for (size_t i = 0; i < plan->field_count; i++) {
        struct field *field = &plan->fields[i];
        struct place here = place_key(&at, field->name.p);
        field->want = compile_want(c, field->name.p);
        good = add_outer(c, field->name, OUTER_FIELD, (unsigned)i, field->want, &here) && good;
    }
    at = place_key(&c->place, "remember");
    for (unsigned i = 0; i < plan->memory_count; i++) {
        struct memory *memory = &plan->memories[i];
        struct place here = place_key(&at, memory->name.p);
        good = add_outer(c, memory->name, OUTER_MEMORY, i, memory->want, &here) && good;
    }
    at = place_key(&c->place, "calls");
    for (unsigned i = 0; i < plan->call_count; i++) {
        struct call *call = &plan->calls[i];
        struct place here = place_key(&at, call->public.name.p);
        good = add_outer(c, call->public.name, OUTER_CALL, i, call->want, &here) && good;
    }
    return good;
}

static bool read_refusal(struct compiler *c, const cJSON *node, const struct place *place,
                         struct refusal *out)
{
    static const char *const known[] = {"when", "say", NULL};
    if (!cJSON_IsObject(node))
        return place_error(place, "expected {\"when\": condition, \"say\": advice}, found %s",
                           place_kind(node));
    bool good = true;
    compile_known_keys(c, place, node, known);
    const cJSON *say = get(node, "say");
    struct place at = place_key(place, "say");
    if (!cJSON_IsString(say) || !*say->valuestring)
        good = place_error(&at, "expected a sentence, found %s", place_kind(say));
    else
        out->advice = keep(c, say->valuestring);
    struct view outer = {0};
    at = place_key(place, "when");
    c->needs = &out->needs;
    c->reads_shop = false;
    good = compile_condition(c, get(node, "when"), &outer, &at, &out->when) && good;
    c->needs = NULL;
    out->late = out->needs != 0 || c->reads_shop;
    return good;
}

static bool compile_refusals(struct compiler *c, const cJSON *refuse, const struct place *place)
{
    if (!refuse)
        return true;
    bool always = cJSON_IsString(refuse);
    size_t count = always ? 1 : (size_t)cJSON_GetArraySize(refuse);
    if (!always && !(cJSON_IsArray(refuse) && count))
        return place_error(place,
                           "expected a sentence, or a list of {\"when\": condition, "
                           "\"say\": advice}, found %s",
                           place_kind(refuse));
    c->plan->refusals = ARENA_ARRAY(c->arena, struct refusal, count);
    if (!c->plan->refusals)
        return place_error(place, "out of memory");
    if (always) {
        c->plan->refusals[c->plan->refusal_count++].advice = keep(c, refuse->valuestring);
        return *refuse->valuestring || place_error(place, "expected a sentence");
    }
    bool good = true;
    const cJSON *child;
    cJSON_ArrayForEach(child, refuse)
    {
        struct place at = place_index(place, c->plan->refusal_count);
        good = read_refusal(c, child, &at, &c->plan->refusals[c->plan->refusal_count++]) && good;
    }
    return good;
}

/* A table that only refuses holds nothing that would never be used. */
static bool check_always(const cJSON *table, const struct place *place)
{
    static const char *const idle[] = {"accept", "loses", "enums",    "calls",
                                       "pages",  "once",  "remember", "reply"};
    bool good = true;
    for (size_t i = 0; i < sizeof idle / sizeof *idle; i++) {
        struct place at = place_key(place, idle[i]);
        if (get(table, idle[i]))
            good = place_error(&at, "the table always refuses, so this applies to nothing");
    }
    return good;
}

static bool compile_reply(struct compiler *c, const cJSON *reply, const struct place *place)
{
    struct view outer = {.to_legacy = true};
    if (!cJSON_IsObject(reply))
        return place_error(place, "expected the shape of an object, found %s", place_kind(reply));
    c->plan->reply = ARENA_NEW(c->arena, struct shape);
    if (!c->plan->reply)
        return place_error(place, "out of memory");
    c->needs = &c->plan->reply_needs;
    bool good = compile_shape(c, reply, &outer, place, c->plan->reply);
    c->needs = NULL;
    if (good && c->plan->reply->kind != SHAPE_OBJECT && c->plan->reply->kind != SHAPE_CHOOSE &&
        c->plan->reply->kind != SHAPE_IN)
        return place_error(place, "expected the shape of an object");
    return good;
}

static bool check_used(struct compiler *c, const struct place *place)
{
    bool good = true;
    struct place at = place_key(place, "accept");
    for (size_t i = 0; i < c->outer_count; i++) {
        const struct outer *outer = &c->outer[i];
        if (outer->kind != OUTER_FIELD || outer->used || c->plan->fields[outer->index].paging)
            continue;
        struct place here = place_key(&at, outer->name.p);
        good = place_error(&here, "the field is accepted, but nothing reads it and `loses.request` "
                                  "does not confess it");
    }
    at = place_key(place, "remember");
    for (size_t i = 0; i < c->outer_count; i++) {
        struct place here = place_key(&at, c->outer[i].name.p);
        if (c->outer[i].kind == OUTER_MEMORY && !c->outer[i].used)
            good = place_error(&here, "nothing reads what is remembered");
    }
    at = place_key(place, "enums");
    for (size_t i = 0; i < c->plan->enum_count; i++) {
        struct place here = place_key(&at, c->plan->enums[i].name.p);
        if (!c->plan->enums[i].used)
            good = place_error(&here, "no expression uses this enum");
        for (size_t j = 0; j < c->plans->enum_count; j++)
            if (str_eq(c->plans->enums[j].name, c->plan->enums[i].name))
                good = place_error(&here, "enums.json holds an enum of the same name");
    }
    return good;
}

/* All parts, in an order in which each finds the names that it reads. */
static bool compile_parts(struct compiler *c, const cJSON *table)
{
    struct place at[12];
    static const char *const keys[12] = {"legacy", "version", "uses",    "accept",
                                         "pages",  "enums",   "calls",   "refuse",
                                         "reply",  "loses",   "assumes", "about"};
    for (size_t i = 0; i < 12; i++)
        at[i] = place_key(&c->place, keys[i]);
    const cJSON *about = get(table, "about");
    bool good = compile_legacy(c, get(table, "legacy"), &at[0]);
    good = compile_version(c, get(table, "version"), &at[1]) && good;
    struct place upstream = place_key(&c->place, "upstream");
    good = compile_generation(c, get(table, "upstream"), &upstream) && good;
    good = find_profile(c, get(table, "uses"), &at[2]) && good;
    if (!cJSON_IsString(about) || !*about->valuestring)
        good = place_error(&at[11], "expected a sentence, found %s", place_kind(about));
    else
        c->plan->about = keep(c, about->valuestring);
    good = compile_assumes(c, get(table, "assumes"), &at[10]) && good;
    bool always = cJSON_IsString(get(table, "refuse"));
    if (always && !check_always(table, &c->place))
        return false;
    good = compile_accept(c, get(table, "accept"), &at[3]) && good;
    good = compile_page_fields(c, get(table, "pages"), &at[4]) && good;
    c->plan->enums =
        enums_compile(c->arena, get(table, "enums"), &at[5], &c->plan->enum_count, &good);
    good = compile_call_names(c, get(table, "calls"), &at[6]) && good;
    struct place remember = place_key(&c->place, "remember");
    good = compile_memories(c, get(table, "remember"), &remember) && good;
    if (!fill_outer(c))
        return false;
    good = compile_refusals(c, get(table, "refuse"), &at[7]) && good;
    good = compile_calls(c, get(table, "calls"), &at[6]) && good;
    if (always)
        return good;
    struct place once = place_key(&c->place, "once");
    good = compile_once(c, get(table, "once"), &once) && good;
    good = compile_remember(c, get(table, "remember"), &remember) && good;
    good = compile_reply(c, get(table, "reply"), &at[8]) && good;
    good = compile_pages(c, get(table, "pages"), &at[4]) && good;
    good = compile_losses(c, get(table, "loses"), &at[9]) && good;
    /* What a faulty expression was to read is not known. */
    if (good && !c->faulty && !check_used(c, &c->place))
        c->faulty = true;
    return good;
}

static struct json_keys *make_field_keys(struct compiler *c)
{
    const struct plan *plan = c->plan;
    struct json_key *keys = ARENA_ARRAY(c->arena, struct json_key, plan->field_count + 1);
    for (size_t i = 0; keys && i < plan->field_count; i++)
        keys[i] = (struct json_key){plan->fields[i].name, (uint32_t)i, NULL};
    return keys ? json_keys_new(keys, plan->field_count, c->arena) : NULL;
}

struct plan *compile_table(struct plans *plans, const cJSON *table, const char *name,
                           const struct place *place)
{
    static const char *const known[] = {
        "legacy",  "version", "upstream", "about", "uses", "accept",   "refuse", "loses",
        "assumes", "enums",   "calls",    "pages", "once", "remember", "reply",  NULL};
    struct compiler c = {
        .plans = plans, .arena = plans->arena, .place = *place, .building = PLAN_CALLS};
    if (!cJSON_IsObject(table)) {
        place_error(place, "expected an object, found %s", place_kind(table));
        return NULL;
    }
    c.plan = ARENA_NEW(c.arena, struct plan);
    if (!c.plan) {
        place_error(place, "out of memory");
        return NULL;
    }
    c.plan->plans = plans;
    c.plan->file = keep(&c, place->file);
    c.plan->name = keep(&c, name);
    compile_known_keys(&c, place, table, known);
    bool good = compile_parts(&c, table) && compile_seal(&c);
    c.plan->faulty = c.faulty;
    c.plan->field_keys = good ? make_field_keys(&c) : NULL;
    if (good && (!c.plan->field_keys || arena_failed(c.arena)))
        good = place_error(place, "out of memory");
    free(c.fixes);
    free(c.seals);
    return good ? c.plan : NULL;
}
