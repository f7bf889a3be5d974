/*
 * profiles.json: what holds for many endpoints. See compile.h.
 */
#include "plan/native.h"

static bool read_flag(const cJSON *node, const struct place *place, const char *key, bool *out)
{
    const cJSON *flag = cJSON_GetObjectItemCaseSensitive(node, key);
    struct place at = place_key(place, key);
    if (!cJSON_IsBool(flag))
        return place_error(&at, "expected true or false, found %s", place_kind(flag));
    *out = cJSON_IsTrue(flag);
    return true;
}

/* One of two texts; true in *out for the first. */
static bool read_choice(const cJSON *node, const struct place *place, const char *key,
                        const char *const names[2], bool *out)
{
    const cJSON *text = cJSON_GetObjectItemCaseSensitive(node, key);
    struct place at = place_key(place, key);
    for (size_t i = 0; i < 2 && cJSON_IsString(text); i++) {
        *out = i == 0;
        if (strcmp(text->valuestring, names[i]) == 0)
            return true;
    }
    return place_error(&at, "expected \"%s\" or \"%s\", found %s", names[0], names[1],
                       cJSON_IsString(text) ? text->valuestring : place_kind(text));
}

static bool read_page(struct arena *arena, const cJSON *page, const struct place *place,
                      struct profile *out)
{
    static const char *const known[] = {"size", "token", "next", NULL};
    if (!page)
        return true;
    if (!cJSON_IsObject(page))
        return place_error(place, "expected an object, found %s", place_kind(page));
    bool good = place_known_keys(place, page, known);
    const cJSON *size = cJSON_GetObjectItemCaseSensitive(page, "size");
    const cJSON *next = cJSON_GetObjectItemCaseSensitive(page, "next");
    struct place at = place_key(place, "size");
    good = (!size || compile_spot(arena, size, &at, &out->size)) && good;
    at = place_key(place, "token");
    good = compile_spot(arena, cJSON_GetObjectItemCaseSensitive(page, "token"), &at, &out->token) &&
           good;
    at = place_key(place, "next");
    out->has_page = true;
    if (!cJSON_IsString(next))
        return place_error(&at, "expected a path, found %s", place_kind(next));
    return path_parse(str_from(next->valuestring), arena, &at, &out->next) && good;
}

static bool read_profile(struct arena *arena, const cJSON *node, const struct place *place,
                         struct profile *out)
{
    static const char *const known[] = {"host", "sign", "token", "shop", "success", "page", NULL};
    static const char *const hosts[2] = {"auth", "api"};
    static const char *const shops[2] = {"cipher", "none"};
    if (!cJSON_IsObject(node))
        return place_error(place, "expected an object, found %s", place_kind(node));
    bool good = place_known_keys(place, node, known);
    good = read_choice(node, place, "host", hosts, &out->public.auth_host) && good;
    good = read_choice(node, place, "shop", shops, &out->public.shop) && good;
    good = read_flag(node, place, "sign", &out->public.sign) && good;
    good = read_flag(node, place, "token", &out->public.token) && good;
    const cJSON *success = cJSON_GetObjectItemCaseSensitive(node, "success");
    struct place at = place_key(place, "success");
    if (!cJSON_IsString(success))
        good = place_error(&at, "expected a text, found %s", place_kind(success));
    else
        out->public.success = arena_str(arena, str_from(success->valuestring));
    at = place_key(place, "page");
    return read_page(arena, cJSON_GetObjectItemCaseSensitive(node, "page"), &at, out) && good;
}

static bool read_names(struct arena *arena, const cJSON *list, const struct place *place,
                       struct str **names, size_t *count)
{
    if (!cJSON_IsArray(list))
        return place_error(place, "expected a list of texts, found %s", place_kind(list));
    *names = ARENA_ARRAY(arena, struct str, (size_t)cJSON_GetArraySize(list) + 1);
    if (!*names)
        return place_error(place, "out of memory");
    bool good = true;
    const cJSON *child;
    cJSON_ArrayForEach(child, list)
    {
        struct place at = place_index(place, *count);
        struct str text = cJSON_IsString(child) ? str_from(child->valuestring) : STR("");
        if (!text.n)
            good = place_error(&at, "expected a text, found %s", place_kind(child));
        for (size_t i = 0; i < *count; i++)
            if (str_eq((*names)[i], text))
                good = place_error(&at, "'" STR_FMT "' stands here twice", STR_ARG(text));
        (*names)[(*count)++] = arena_str(arena, text);
    }
    return good;
}

static bool read_profiles(struct plans *plans, const cJSON *list, const struct place *place)
{
    if (!cJSON_IsObject(list) || !list->child)
        return place_error(place, "expected an object of profiles, found %s",
                           cJSON_IsObject(list) ? "an empty one" : place_kind(list));
    plans->profiles = ARENA_ARRAY(plans->arena, struct profile, (size_t)cJSON_GetArraySize(list));
    if (!plans->profiles)
        return place_error(place, "out of memory");
    bool good = true;
    const cJSON *child;
    cJSON_ArrayForEach(child, list)
    {
        struct place at = place_key(place, child->string);
        struct profile *profile = &plans->profiles[plans->profile_count++];
        profile->public.name = arena_str(plans->arena, str_from(child->string));
        good = read_profile(plans->arena, child, &at, profile) && good;
    }
    return good;
}

bool profiles_compile(struct plans *plans, const cJSON *file, const struct place *place)
{
    static const char *const known[] = {"profiles", "common", "no_cipher", "shops", "native", NULL};
    if (!cJSON_IsObject(file))
        return place_error(place, "expected an object, found %s", place_kind(file));
    bool good = place_known_keys(place, file, known);
    struct place at = place_key(place, "profiles");
    good = read_profiles(plans, cJSON_GetObjectItemCaseSensitive(file, "profiles"), &at) && good;
    at = place_key(place, "common");
    good = read_names(plans->arena, cJSON_GetObjectItemCaseSensitive(file, "common"), &at,
                      &plans->common, &plans->common_count) &&
           good;
    const cJSON *no_cipher = cJSON_GetObjectItemCaseSensitive(file, "no_cipher");
    at = place_key(place, "no_cipher");
    if (no_cipher)
        good =
            read_names(plans->arena, no_cipher, &at, &plans->no_cipher, &plans->no_cipher_count) &&
            good;
    const cJSON *shops = cJSON_GetObjectItemCaseSensitive(file, "shops");
    at = place_key(place, "shops");
    if (shops) {
        plans->shops = shops_compile(plans->arena, shops, &at);
        good = plans->shops && good;
    }
    const cJSON *native = cJSON_GetObjectItemCaseSensitive(file, "native");
    at = place_key(place, "native");
    if (native && plans->profile_count) {
        plans->native = native_compile(plans, native, &at);
        good = plans->native && good;
    }
    return good;
}
