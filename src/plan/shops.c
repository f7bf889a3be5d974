/*
 * "shops" in profiles.json: the call that lists the shops of a token. See plan.h.
 */
#include "plan/compile.h"

struct part {
    const char *name;
    bool needed;
    struct str *out;
};

static bool read_part(struct arena *arena, const cJSON *node, const struct place *place,
                      const struct part *part)
{
    const cJSON *text = cJSON_GetObjectItemCaseSensitive(node, part->name);
    struct place at = place_key(place, part->name);
    if (!text && !part->needed)
        return true;
    if (!cJSON_IsString(text) || !*text->valuestring)
        return place_error(&at, "expected the name of a member, found %s", place_kind(text));
    *part->out = arena_str(arena, str_from(text->valuestring));
    return true;
}

static bool read_stale(struct arena *arena, const cJSON *list, const struct place *place,
                       struct plan_shops *out)
{
    if (!list)
        return true;
    if (!cJSON_IsArray(list))
        return place_error(place, "expected a list of error codes, found %s", place_kind(list));
    int64_t *codes = ARENA_ARRAY(arena, int64_t, (size_t)cJSON_GetArraySize(list) + 1);
    if (!codes)
        return place_error(place, "out of memory");
    bool good = true;
    const cJSON *child;
    cJSON_ArrayForEach(child, list)
    {
        struct place at = place_index(place, out->stale_count);
        uint64_t code = 0;
        good = compile_whole(child, &at, "an error code", 1, 999999999999, &code) && good;
        codes[out->stale_count++] = (int64_t)code;
    }
    out->stale = codes;
    return good;
}

struct plan_shops *shops_compile(struct arena *arena, const cJSON *node, const struct place *place)
{
    static const char *const known[] = {"send",   "list", "id",    "cipher",
                                        "region", "name", "stale", NULL};
    struct plan_shops *out = ARENA_NEW(arena, struct plan_shops);
    if (!out || !cJSON_IsObject(node)) {
        place_error(place, "expected an object, found %s", place_kind(node));
        return NULL;
    }
    struct str send = STR_NONE;
    const struct part parts[] = {{"send", true, &send},           {"list", true, &out->list},
                                 {"id", true, &out->id},          {"cipher", true, &out->cipher},
                                 {"region", false, &out->region}, {"name", false, &out->name}};
    bool good = place_known_keys(place, node, known);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        good = read_part(arena, node, place, &parts[i]) && good;
    struct place at = place_key(place, "send");
    if (send.p) {
        struct str rest = send;
        out->method = str_cut(&rest, ' ');
        out->path = rest;
        if (!str_eq(out->method, STR("GET")) || !rest.n || rest.p[0] != '/')
            good = place_error(&at, "expected a text such as \"GET /x\", found '" STR_FMT "'",
                               STR_ARG(send));
    }
    at = place_key(place, "stale");
    good = read_stale(arena, cJSON_GetObjectItemCaseSensitive(node, "stale"), &at, out) && good;
    return good ? out : NULL;
}

const struct plan_shops *plans_shops(const struct plans *plans)
{
    return plans->shops;
}
