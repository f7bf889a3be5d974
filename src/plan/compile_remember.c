/*
 * `remember`: what is learned from answers about something the request names, for later requests.
 * See compile.h.
 *
 * Refused: what is remembered about an answer, or learned from what is remembered.
 */
#include "plan/compile.h"

enum { MEMORIES = 8 };

bool compile_memories(struct compiler *c, const cJSON *remember, const struct place *place)
{
    struct plan *plan = c->plan;
    bool good = true;
    const cJSON *child;
    if (!remember)
        return true;
    if (!cJSON_IsObject(remember) || !remember->child)
        return place_error(place, "expected an object of what is remembered, found %s",
                           place_kind(remember));
    plan->memories = ARENA_ARRAY(c->arena, struct memory, MEMORIES);
    if (!plan->memories)
        return place_error(place, "out of memory");
    cJSON_ArrayForEach(child, remember)
    {
        struct place at = place_key(place, child->string);
        struct operand name;
        if (plan->memory_count == MEMORIES)
            return place_error(&at, "more than %d things are remembered", MEMORIES);
        if (!path_parse(str_from(child->string), c->arena, &at, &name) || name.count != 1)
            good = place_error(&at, "this name cannot stand in a path");
        struct memory *memory = &plan->memories[plan->memory_count++];
        memory->name = keep(c, child->string);
        memory->want = compile_want(c, child->string);
    }
    return good;
}

static bool compile_of(struct compiler *c, const cJSON *of, const struct place *place,
                       struct memory *memory)
{
    struct view outer = {0};
    uint32_t needs = 0;
    if (!cJSON_IsString(of))
        return place_error(place, "expected an expression, found %s", place_kind(of));
    c->needs = &needs;
    bool good = compile_expression(c, of->valuestring, &outer, place, &memory->of, NULL);
    c->needs = NULL;
    if (good && needs)
        return place_error(place, "it is read before any call, so no answer is there");
    return good;
}

static bool compile_is(struct compiler *c, const cJSON *is, const struct place *place,
                       struct memory *memory)
{
    struct view outer = {0};
    bool choice = cJSON_GetObjectItemCaseSensitive(is, "choose") != NULL;
    if (!cJSON_IsString(is) && !choice)
        return place_error(place, "expected an expression or a choice of them, found %s",
                           place_kind(is));
    memory->is = ARENA_NEW(c->arena, struct shape);
    c->needs = &memory->needs;
    bool good = memory->is && compile_shape(c, is, &outer, place, memory->is);
    c->needs = NULL;
    if (good && !memory->needs)
        return place_error(place, "it reads no answer, so there is nothing to remember");
    return good;
}

bool compile_remember(struct compiler *c, const cJSON *remember, const struct place *place)
{
    static const char *const known[] = {"of", "is", NULL};
    bool good = true;
    unsigned index = 0;
    const cJSON *child;
    c->learning = true;
    cJSON_ArrayForEach(child, remember)
    {
        struct place here = place_key(place, child->string);
        if (index == c->plan->memory_count)
            break;
        struct memory *memory = &c->plan->memories[index++];
        if (!cJSON_IsObject(child)) {
            good = place_error(&here, "expected {\"of\": expression, \"is\": expression}, found %s",
                               place_kind(child));
            continue;
        }
        compile_known_keys(c, &here, child, known);
        struct place at = place_key(&here, "of");
        good = compile_of(c, cJSON_GetObjectItemCaseSensitive(child, "of"), &at, memory) && good;
        at = place_key(&here, "is");
        good = compile_is(c, cJSON_GetObjectItemCaseSensitive(child, "is"), &at, memory) && good;
    }
    c->learning = false;
    return good;
}
