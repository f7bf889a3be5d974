/*
 * Calls that are of v202309 form already: which paths have that form and which profile counts
 * for them (profiles.json, "native"), and what the contracts know of their endpoints.
 *
 * A pattern is a path whose parts are themselves, `*` (any), a row of `#` (that many digits),
 * or, at the end, `**` (whatever follows). Patterns that could match nothing are refused.
 */
#include "plan/native.h"

#include "table/contract.h"

/* ---- patterns ---- */

static bool is_any(struct str part)
{
    return str_eq(part, STR("*"));
}

static bool is_rest(struct str part)
{
    return str_eq(part, STR("**"));
}

/* Whether it is a row of '#'. */
static bool is_digits(struct str part)
{
    for (size_t i = 0; i < part.n; i++)
        if (part.p[i] != '#')
            return false;
    return part.n > 0;
}

static bool fits_part(struct str pattern, struct str part)
{
    if (is_any(pattern))
        return part.n > 0;
    if (!is_digits(pattern))
        return str_eq(pattern, part);
    for (size_t i = 0; i < part.n; i++)
        if (part.p[i] < '0' || part.p[i] > '9')
            return false;
    return part.n == pattern.n;
}

/* Both begin with '/'. */
static bool fits(struct str pattern, struct str path)
{
    if (path.n == 0 || path.p[0] != '/')
        return false;
    while (pattern.p && path.p) {
        struct str want = str_cut(&pattern, '/');
        if (is_rest(want))
            return path.n > 0;
        if (!fits_part(want, str_cut(&path, '/')))
            return false;
    }
    return !pattern.p && !path.p;
}

/* ---- compiling ---- */

static bool check_pattern(struct str pattern, const struct place *place)
{
    struct str rest = pattern;
    if (pattern.n < 2 || pattern.p[0] != '/')
        return place_error(place, "expected a path that begins with '/'");
    str_cut(&rest, '/');
    while (rest.p) {
        struct str part = str_cut(&rest, '/');
        if (part.n == 0)
            return place_error(place, "a part of the path is empty");
        if (is_rest(part) && rest.p)
            return place_error(place, "** stands for the rest and must be the last part");
        if (is_digits(part) || is_any(part) || is_rest(part))
            continue;
        if (str_find(part, '*') < part.n || str_find(part, '#') < part.n)
            return place_error(place,
                               "expected *, **, a row of # or a plain part, found '" STR_FMT "'",
                               STR_ARG(part));
    }
    return true;
}

static const struct plan_profile *find_profile(const struct plans *plans, const char *name,
                                               const struct place *place)
{
    struct str *names = ARENA_ARRAY(plans->arena, struct str, plans->profile_count);
    for (size_t i = 0; names && i < plans->profile_count; i++) {
        names[i] = plans->profiles[i].public.name;
        if (str_eq(names[i], str_from(name)))
            return &plans->profiles[i].public;
    }
    place_error(place, "no profile '%s'", name);
    if (names)
        findings_did_you_mean(place->findings, str_from(name), names, plans->profile_count);
    return NULL;
}

static bool read_form(const struct plans *plans, const cJSON *node, const struct place *place,
                      struct native_form *out)
{
    static const char *const known[] = {"path", "uses", NULL};
    if (!cJSON_IsObject(node))
        return place_error(place, "expected an object, found %s", place_kind(node));
    bool good = place_known_keys(place, node, known);
    const cJSON *path = cJSON_GetObjectItemCaseSensitive(node, "path");
    const cJSON *uses = cJSON_GetObjectItemCaseSensitive(node, "uses");
    struct place at = place_key(place, "path");
    if (!cJSON_IsString(path))
        good = place_error(&at, "expected a text, found %s", place_kind(path));
    else
        good = check_pattern(str_from(path->valuestring), &at) && good;
    at = place_key(place, "uses");
    if (!cJSON_IsString(uses))
        return place_error(&at, "expected the name of a profile, found %s", place_kind(uses));
    out->profile = find_profile(plans, uses->valuestring, &at);
    if (cJSON_IsString(path))
        out->path = arena_str(plans->arena, str_from(path->valuestring));
    return good && out->profile;
}

struct native *native_compile(const struct plans *plans, const cJSON *list,
                              const struct place *place)
{
    struct native *native = ARENA_NEW(plans->arena, struct native);
    size_t count = cJSON_IsArray(list) ? (size_t)cJSON_GetArraySize(list) : 0;
    if (count == 0)
        place_error(place, "expected a list of forms, found %s",
                    cJSON_IsArray(list) ? "an empty one" : place_kind(list));
    if (native)
        native->forms = ARENA_ARRAY(plans->arena, struct native_form, count);
    if (count == 0 || !native || !native->forms)
        return NULL;
    bool good = true;
    const cJSON *child;
    cJSON_ArrayForEach(child, list)
    {
        struct place at = place_index(place, native->form_count);
        good = read_form(plans, child, &at, &native->forms[native->form_count++]) && good;
    }
    return good ? native : NULL;
}

/* ---- what contracts say ---- */

static enum plan_cipher cipher_of(const struct contract *contract)
{
    const struct contract_field *field = contract_field(&contract->query, STR("shop_cipher"));
    return !field ? PLAN_CIPHER_NONE : field->required ? PLAN_CIPHER_NEEDED : PLAN_CIPHER_NAMED;
}

bool plans_know(struct plans *plans, const struct contracts *contracts)
{
    struct native *native = plans->native;
    size_t count = contracts_count(contracts);
    if (!native)
        return true;
    native->endpoint_count = 0;
    native->endpoints = ARENA_ARRAY(plans->arena, struct native_endpoint, count + 1);
    for (size_t i = 0; native->endpoints && i < count; i++) {
        const struct contract *c = contracts_at(contracts, i);
        struct str path = arena_str(plans->arena, c->path);
        native->endpoints[native->endpoint_count++] =
            (struct native_endpoint){.method = arena_str(plans->arena, c->method),
                                     .path = path,
                                     .fixed = str_of(path.p, str_find(path, '{')),
                                     .name = arena_str(plans->arena, c->id),
                                     .cipher = cipher_of(c)};
    }
    return !arena_failed(plans->arena);
}

/* ---- looking up ---- */

static const struct native_endpoint *find_endpoint(const struct native *native, struct str method,
                                                   struct str path)
{
    const struct native_endpoint *best = NULL;
    unsigned best_fit = 0;
    for (size_t i = 0; i < native->endpoint_count; i++) {
        const struct native_endpoint *endpoint = &native->endpoints[i];
        if (!str_starts(path, endpoint->fixed) || !str_eq(endpoint->method, method))
            continue;
        unsigned fit = contract_fit(endpoint->path, path, NULL);
        if (fit > best_fit) {
            best = endpoint;
            best_fit = fit;
        }
    }
    return best;
}

static bool without_cipher(const struct plans *plans, struct str method, struct str path)
{
    for (size_t i = 0; i < plans->no_cipher_count; i++) {
        struct str pattern = plans->no_cipher[i];
        if (str_eq(str_cut(&pattern, ' '), method) && contract_fit(pattern, path, NULL) > 0)
            return true;
    }
    return false;
}

bool plans_native(const struct plans *plans, struct str method, struct str path,
                  struct plan_native *out)
{
    const struct native *native = plans->native;
    *out = (struct plan_native){.cipher = PLAN_CIPHER_NAMED};
    for (size_t i = 0; native && !out->profile && i < native->form_count; i++)
        if (fits(native->forms[i].path, path))
            out->profile = native->forms[i].profile;
    if (!out->profile || routes_have(plans, path)) {
        out->profile = NULL;
        return false;
    }
    const struct native_endpoint *endpoint = find_endpoint(native, method, path);
    if (endpoint) {
        out->name = endpoint->name;
        out->cipher = endpoint->cipher;
    }
    if (!out->profile->shop || (!endpoint && without_cipher(plans, method, path)))
        out->cipher = PLAN_CIPHER_NONE;
    return true;
}
