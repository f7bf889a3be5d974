/*
 * Access: apps, tokens and codes from access.json into the world, whose arena holds them.
 */
#include "sandbox/access.h"

#include "table/load.h"

#include <stdio.h>

enum { DAY = 86400, USUAL_DAYS = 7, USUAL_REFRESH_DAYS = 365 };

struct filling {
    struct world *world;
    const struct tables *tables;
    struct findings *findings;
    int64_t now;
};

static bool complain(struct filling *f, const char *list, size_t index, const char *expected)
{
    char path[TABLE_PATH];
    snprintf(path, sizeof path, "$.%s[%zu]", list, index);
    return findings_add(f->findings, FINDING_ERROR, "sandbox/access.json", path, "%s", expected);
}

static struct str text(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsString(item) ? str_from(item->valuestring) : STR_NONE;
}

static int64_t number(const cJSON *object, const char *key, int64_t otherwise)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(item) ? item->valueint : otherwise;
}

static const cJSON *list_of(struct filling *f, const char *key)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(f->tables->access, key);
    if (!cJSON_IsArray(list))
        complain(f, key, 0, "expected a list");
    return list;
}

static size_t size_of(const cJSON *list)
{
    return list ? (size_t)cJSON_GetArraySize(list) : 0;
}

static void add_app(struct filling *f, struct str key, struct str secret, size_t index)
{
    struct world *w = f->world;
    struct app app = {arena_str(w->arena, key), arena_str(w->arena, secret)};
    if (key.n == 0 || secret.n == 0) {
        complain(f, "apps", index, "expected {\"key\": text, \"secret\": text}");
        return;
    }
    if (app.key.p && app.secret.p)
        w->apps[w->app_count++] = app;
}

static void fill_apps(struct filling *f, const struct sandbox_options *options)
{
    const cJSON *list = list_of(f, "apps"), *item;
    f->world->apps =
        ARENA_ARRAY(f->world->arena, struct app, options->app_count + size_of(list) + 1);
    if (!f->world->apps)
        return;
    for (size_t i = 0; i < options->app_count; i++)
        add_app(f, options->apps[i].key, options->apps[i].secret, i);
    cJSON_ArrayForEach(item, list)
        add_app(f, text(item, "key"), text(item, "secret"), f->world->app_count);
}

/* Bits of the shops whose ids a token names. */
static bool shops_of(struct filling *f, const cJSON *token, uint64_t *bits)
{
    const cJSON *names = cJSON_GetObjectItemCaseSensitive(token, "shops"), *name, *row;
    *bits = 0;
    cJSON_ArrayForEach(name, names)
    {
        uint64_t before = *bits, bit = 1;
        cJSON_ArrayForEach(row, f->tables->shop->rows)
        {
            struct str id = text(row, "id");
            if (cJSON_IsString(name) && id.p && str_eq(id, str_from(name->valuestring)))
                *bits |= bit;
            bit <<= 1;
        }
        if (*bits == before)
            return false;
    }
    return cJSON_IsArray(names);
}

static void fill_token(struct filling *f, const cJSON *item, size_t index)
{
    struct token *t = &f->world->tokens[f->world->token_count];
    *t = (struct token){.access = text(item, "access"),
                        .refresh = text(item, "refresh"),
                        .open_id = text(item, "open_id"),
                        .seller = text(item, "seller"),
                        .region = text(item, "region"),
                        .user = (unsigned)number(item, "user", 0),
                        .revoked = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(item, "revoked")),
                        .refresh_expires =
                            f->now + number(item, "refresh_days", USUAL_REFRESH_DAYS) * DAY};
    int64_t life = number(item, "seconds", number(item, "days", USUAL_DAYS) * DAY);
    t->expires = f->now + life;
    t->life = life > 0 ? life : USUAL_DAYS * DAY;
    if (!t->access.p || !t->refresh.p || !t->open_id.p || t->user > 15)
        complain(f, "tokens", index, "expected access, refresh, open_id and a user type");
    else if (!shops_of(f, item, &t->shops))
        complain(f, "tokens", index, "expected \"shops\": ids of the entity shop");
    else
        f->world->token_count++;
}

static void fill_tokens(struct filling *f)
{
    const cJSON *list = list_of(f, "tokens"), *item;
    f->world->tokens = ARENA_ARRAY(f->world->arena, struct token, WORLD_TOKENS);
    if (size_of(list) > WORLD_TOKENS / 2)
        complain(f, "tokens", WORLD_TOKENS / 2, "expected fewer: as many are kept for issued ones");
    if (!f->world->tokens || size_of(list) > WORLD_TOKENS / 2)
        return;
    size_t index = 0;
    cJSON_ArrayForEach(item, list) fill_token(f, item, index++);
}

static void fill_codes(struct filling *f)
{
    const cJSON *list = list_of(f, "codes"), *item;
    size_t index = 0;
    f->world->codes = ARENA_ARRAY(f->world->arena, struct code, size_of(list) + 1);
    cJSON_ArrayForEach(item, list)
    {
        struct str name = text(item, "code"), owner = text(item, "token");
        struct token *token = owner.p ? world_token(f->world, owner) : NULL;
        if (!name.p || !token)
            complain(f, "codes", index, "expected a code and the access token of its owner");
        else if (f->world->codes)
            f->world->codes[f->world->code_count++] =
                (struct code){name, (size_t)(token - f->world->tokens),
                              cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(item, "once")), false};
        index++;
    }
}

bool access_fill(struct world *world, const struct tables *tables,
                 const struct sandbox_options *options, int64_t now, struct findings *findings)
{
    struct filling filling = {world, tables, findings, now};
    size_t errors = findings->errors;
    fill_apps(&filling, options);
    fill_tokens(&filling);
    fill_codes(&filling);
    if (arena_failed(world->arena))
        findings_add(findings, FINDING_ERROR, "sandbox/access.json", "", "out of memory");
    return findings->errors == errors;
}
