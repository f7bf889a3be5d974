/*
 * What a running proxy has seen. See seen.h.
 */
#include "cli/seen.h"
#include "cli/fetch.h"

#include <stdio.h>

enum { LONGEST = 1 << 20 };

bool seen_ask(struct seen *seen, const char *admin, struct arena *arena)
{
    char words[FETCH_WORDS];
    struct buf body;
    struct json_limits limits = {.depth = 8};
    struct json_error error;
    *seen = (struct seen){.arena = arena};
    struct str url = fetch_url(admin, "/tables", arena);
    buf_init_arena(&body, LONGEST, arena);
    long status = url.p ? fetch(url, &body, words) : 0;
    if (status != 200 || buf_failed(&body)) {
        fprintf(stderr, "shopshim: " STR_FMT ": %s\n", STR_ARG(url),
                status ? "this is no admin address of a proxy" : words);
        return false;
    }
    if (!json_parse(&seen->document, buf_str(&body), &limits, arena, &error)) {
        fprintf(stderr, "shopshim: " STR_FMT " answers something else than JSON\n", STR_ARG(url));
        return false;
    }
    struct json root = json_root(&seen->document);
    seen->gone = json_get(root, STR("gone"));
    seen->values = json_get(root, STR("unknown_values"));
    return true;
}

bool seen_gone(const struct seen *seen, struct str table)
{
    for (struct json v = json_first(seen->gone); json_exists(v); v = json_next(v))
        if (str_eq(json_text(v, seen->arena), table))
            return true;
    return false;
}

bool seen_value(const struct seen *seen, struct str table, struct str name, struct json *at,
                struct str *value, uint64_t *count)
{
    struct json v = json_exists(*at) ? json_next(*at) : json_first(seen->values);
    for (; json_exists(v); v = json_next(v)) {
        if (!str_eq(json_text(json_get(v, STR("table")), seen->arena), table) ||
            !str_eq(json_text(json_get(v, STR("enum")), seen->arena), name))
            continue;
        *at = v;
        *value = json_text(json_get(v, STR("value")), seen->arena);
        return str_to_u64(json_text(json_get(v, STR("count")), seen->arena), count);
    }
    return false;
}
