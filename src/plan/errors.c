/*
 * errors.json: how faults of ours and errors of v202309 are told to a legacy client.
 *
 * Every kind of fault (base/fault.h) must have its entry; codes that have none pass with their
 * own number and message. `passes` says of which codes that is meant, for the checker.
 */
#include "plan/compile.h"

#include <stdlib.h>

static bool read_told(struct arena *arena, const cJSON *node, const struct place *place,
                      struct plan_error *out)
{
    static const char *const known[] = {"code", "status", "message", NULL};
    if (!cJSON_IsObject(node))
        return place_error(place, "expected an object, found %s", place_kind(node));
    bool good = place_known_keys(place, node, known);
    uint64_t code = 0, status = 0;
    struct place at = place_key(place, "code");
    good = compile_whole(cJSON_GetObjectItemCaseSensitive(node, "code"), &at, "an error code", 1,
                         999999999999, &code) &&
           good;
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(node, "status");
    at = place_key(place, "status");
    good = compile_whole(number, &at, "an HTTP status", 200, 599, &status) && good;
    const cJSON *message = cJSON_GetObjectItemCaseSensitive(node, "message");
    at = place_key(place, "message");
    if (message && !(cJSON_IsString(message) && *message->valuestring))
        good = place_error(&at, "expected a sentence, found %s", place_kind(message));
    else if (message)
        out->message = arena_str(arena, str_from(message->valuestring));
    out->code = (int64_t)code;
    out->status = (int)status;
    return good;
}

static bool read_kinds(struct plans *plans, const cJSON *kinds, const struct place *place)
{
    if (!cJSON_IsObject(kinds))
        return place_error(place, "expected an object, found %s", place_kind(kinds));
    struct str names[FAULT_KINDS];
    bool good = true;
    for (int kind = 0; kind < FAULT_KINDS; kind++)
        names[kind] = str_from(fault_name((enum fault_kind)kind));
    const cJSON *child;
    cJSON_ArrayForEach(child, kinds)
    {
        struct place at = place_key(place, child->string);
        enum fault_kind kind = fault_by_name(str_from(child->string));
        if (kind == FAULT_NONE) {
            good = place_error(&at, "no kind of fault has this name");
            findings_did_you_mean(place->findings, str_from(child->string), names + 1,
                                  FAULT_KINDS - 1);
        } else {
            good = read_told(plans->arena, child, &at, &plans->kinds[kind].told) && good;
        }
    }
    for (int kind = FAULT_NONE + 1; kind < FAULT_KINDS; kind++)
        if (!cJSON_GetObjectItemCaseSensitive(kinds, names[kind].p))
            good = place_error(place, "expected an entry for faults of kind '%s'", names[kind].p);
    return good;
}

static int by_code(const void *a, const void *b)
{
    const struct error_rule *x = a, *y = b;
    return (x->code > y->code) - (x->code < y->code);
}

static bool read_codes(struct plans *plans, const cJSON *codes, const struct place *place)
{
    if (!codes)
        return true;
    if (!cJSON_IsObject(codes))
        return place_error(place, "expected an object, found %s", place_kind(codes));
    plans->codes =
        ARENA_ARRAY(plans->arena, struct error_rule, (size_t)cJSON_GetArraySize(codes) + 1);
    if (!plans->codes)
        return place_error(place, "out of memory");
    bool good = true;
    const cJSON *child;
    cJSON_ArrayForEach(child, codes)
    {
        struct place at = place_key(place, child->string);
        struct error_rule *rule = &plans->codes[plans->code_count++];
        struct str digits = str_from(child->string);
        if (!str_to_i64(digits, &rule->code) || rule->code <= 0 || digits.p[0] == '0')
            good = place_error(&at, "expected the number of a v202309 error");
        good = read_told(plans->arena, child, &at, &rule->told) && good;
    }
    if (plans->code_count)
        qsort(plans->codes, plans->code_count, sizeof *plans->codes, by_code);
    return good;
}

static bool read_pass(struct plans *plans, const cJSON *node, const struct place *place)
{
    static const char *const known[] = {"from", "to", "about", NULL};
    struct error_pass *pass = &plans->passes[plans->pass_count++];
    if (!cJSON_IsObject(node))
        return place_error(place, "expected an object, found %s", place_kind(node));
    bool good = place_known_keys(place, node, known);
    const cJSON *about = cJSON_GetObjectItemCaseSensitive(node, "about");
    const char *const keys[] = {"from", "to"};
    uint64_t ends[2] = {0};
    struct place at;
    for (size_t i = 0; i < 2; i++) {
        at = place_key(place, keys[i]);
        good = compile_whole(cJSON_GetObjectItemCaseSensitive(node, keys[i]), &at, "an error code",
                             i ? ends[0] : 1, 999999999999, &ends[i]) &&
               good;
    }
    pass->from = (int64_t)ends[0];
    pass->to = (int64_t)ends[1];
    at = place_key(place, "about");
    if (!cJSON_IsString(about) || !*about->valuestring)
        return place_error(&at, "expected a sentence, found %s", place_kind(about));
    pass->about = arena_str(plans->arena, str_from(about->valuestring));
    return good;
}

static bool read_passes(struct plans *plans, const cJSON *passes, const struct place *place)
{
    if (!passes)
        return true;
    if (!cJSON_IsArray(passes))
        return place_error(place, "expected a list, found %s", place_kind(passes));
    plans->passes =
        ARENA_ARRAY(plans->arena, struct error_pass, (size_t)cJSON_GetArraySize(passes) + 1);
    if (!plans->passes)
        return place_error(place, "out of memory");
    bool good = true;
    const cJSON *child;
    cJSON_ArrayForEach(child, passes)
    {
        struct place at = place_index(place, plans->pass_count);
        good = read_pass(plans, child, &at) && good;
    }
    return good;
}

static bool read_gone(struct plans *plans, const cJSON *gone, const struct place *place)
{
    bool good = true;
    const cJSON *child;
    if (!gone)
        return true;
    if (!cJSON_IsArray(gone))
        return place_error(place, "expected a list of codes, found %s", place_kind(gone));
    plans->gone = ARENA_ARRAY(plans->arena, int64_t, (size_t)cJSON_GetArraySize(gone) + 1);
    if (!plans->gone)
        return place_error(place, "out of memory");
    cJSON_ArrayForEach(child, gone)
    {
        struct place at = place_index(place, plans->gone_count);
        uint64_t code = 0;
        good = compile_whole(child, &at, "an error code", 1, 999999999999, &code) && good;
        plans->gone[plans->gone_count++] = (int64_t)code;
    }
    return good;
}

bool errors_compile(struct plans *plans, const cJSON *file, const struct place *place)
{
    static const char *const known[] = {"kinds", "codes", "passes", "gone", NULL};
    if (!cJSON_IsObject(file))
        return place_error(place, "expected an object, found %s", place_kind(file));
    bool good = place_known_keys(place, file, known);
    struct place kinds = place_key(place, "kinds"), codes = place_key(place, "codes"),
                 passes = place_key(place, "passes");
    good = read_kinds(plans, cJSON_GetObjectItemCaseSensitive(file, "kinds"), &kinds) && good;
    good = read_codes(plans, cJSON_GetObjectItemCaseSensitive(file, "codes"), &codes) && good;
    good = read_passes(plans, cJSON_GetObjectItemCaseSensitive(file, "passes"), &passes) && good;
    struct place gone = place_key(place, "gone");
    return read_gone(plans, cJSON_GetObjectItemCaseSensitive(file, "gone"), &gone) && good;
}

void plans_error(const struct plans *plans, const struct fault *fault, struct plan_error *out)
{
    *out = plans->kinds[fault->kind].told;
    if (!fault->code) {
        if (fault->kind == FAULT_TOO_LARGE && fault->status) /* of HTTP, which knows what is */
            out->status = fault->status;
        return;
    }
    struct error_rule key = {.code = fault->code};
    const struct error_rule *rule = NULL;
    if (plans->code_count)
        rule = bsearch(&key, plans->codes, plans->code_count, sizeof key, by_code);
    if (rule) {
        *out = rule->told;
        return;
    }
    out->code = fault->code;
    out->message = STR_NONE;
    if (fault->status)
        out->status = fault->status;
}
