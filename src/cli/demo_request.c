/*
 * The request of `demo`: reading and signing. See demo_request.h.
 */
#include "cli/demo_request.h"
#include "table/load.h"

#include <stdlib.h>

enum { MOST_QUERY = 32 };

static struct str text_of(const cJSON *object, const char *key, struct arena *arena)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsString(item) ? arena_str(arena, str_from(item->valuestring)) : STR_NONE;
}

static cJSON *read_file(const char *mappings, const char *name, struct arena *arena,
                        struct findings *findings)
{
    struct str path = arena_printf(arena, "%s/sandbox/%s", mappings, name);
    return path.p ? table_read(path.p, findings) : NULL;
}

/* The secret of the app that the request names. */
static bool read_app(struct demo_request *request, const cJSON *access, struct arena *arena,
                     struct findings *findings)
{
    request->app.key = pairs_get(&request->query, STR("app_key"));
    const cJSON *app;
    cJSON_ArrayForEach(
        app, cJSON_GetObjectItemCaseSensitive(
                 access, "apps")) if (str_eq(text_of(app, "key", arena), request->app.key))
        request->app.secret = text_of(app, "secret", arena);
    return request->app.secret.p ||
           findings_add(findings, FINDING_ERROR, "sandbox/demo.json", "$.query.app_key",
                        "expected one of the apps of sandbox/access.json");
}

static bool read_call(struct demo_request *request, const cJSON *demo, struct arena *arena,
                      struct findings *findings)
{
    struct str path = text_of(demo, "call", arena);
    request->method = str_cut(&path, ' ');
    request->path = path;
    request->query.items = ARENA_ARRAY(arena, struct pair, MOST_QUERY);
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(
                                 demo, "query")) if (request->query.items &&
                                                     request->query.count < MOST_QUERY &&
                                                     cJSON_IsString(item))
        request->query.items[request->query.count++] = (struct pair){
        arena_str(arena, str_from(item->string)), arena_str(arena, str_from(item->valuestring))};
    const cJSON *body = cJSON_GetObjectItemCaseSensitive(demo, "body");
    char *text = body ? cJSON_PrintUnformatted(body) : NULL;
    request->body = text ? arena_str(arena, str_from(text)) : STR("");
    free(text);
    return path.p || findings_add(findings, FINDING_ERROR, "sandbox/demo.json", "$.call",
                                  "expected a method and a path");
}

bool demo_request_read(struct demo_request *request, const char *mappings, struct arena *arena,
                       struct findings *findings)
{
    *request = (struct demo_request){.body = STR("")};
    cJSON *demo = read_file(mappings, "demo.json", arena, findings);
    cJSON *access = read_file(mappings, "access.json", arena, findings);
    bool good = demo && access && read_call(request, demo, arena, findings) &&
                read_app(request, access, arena, findings);
    cJSON_Delete(demo);
    cJSON_Delete(access);
    return good;
}

struct str demo_request_target(const struct demo_request *request, int64_t now_s,
                               struct arena *arena)
{
    struct pair items[MOST_QUERY + 1];
    struct pairs pairs = {items, request->query.count};
    for (size_t i = 0; i < request->query.count; i++)
        items[i] = request->query.items[i];
    struct str time = arena_printf(arena, "%lld", (long long)now_s);
    items[pairs.count++] = (struct pair){STR("timestamp"), time};
    char hex[SIGN_HEX + 1];
    struct sign_key *key = sign_key_new(request->app.key, request->app.secret);
    bool good = key && sign_request(key, request->path, &pairs, STR_NONE, hex);
    sign_key_free(key);
    struct buf out;
    buf_init(&out, 8192);
    buf_add_str(&out, request->path);
    for (size_t i = 0; i < pairs.count; i++) {
        buf_add_char(&out, i ? '&' : '?');
        url_encode(items[i].name, &out);
        buf_add_char(&out, '=');
        url_encode(items[i].value, &out);
    }
    buf_printf(&out, "&sign=%s", good ? hex : "");
    struct str target = good && !buf_failed(&out) ? arena_str(arena, buf_str(&out)) : STR_NONE;
    buf_clear(&out);
    return target;
}
