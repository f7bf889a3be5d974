/*
 * The world, see world.h. Owns the copies of everything it remembers.
 */
#include "sandbox/world.h"

#include "json/writer.h"

#include <stdio.h>
#include <stdlib.h>

enum { ARENA_MAX = 8 << 20 };

bool world_init(struct world *world)
{
    *world = (struct world){0};
    world->arena = arena_new(ARENA_MAX);
    world->issued = arena_new(ARENA_MAX);
    return world->arena && world->issued;
}

void world_reset(struct world *world)
{
    overlay_clear(&world->overlay);
    shelf_clear(&world->shelf);
    if (world->token_seeded)
        world->token_count = world->token_seeded;
    arena_reset(world->issued);
    for (size_t i = 0; i < world->code_count; i++)
        world->codes[i].used = false;
    world_forget_violations(world);
    world->generation++;
}

void world_clear(struct world *world)
{
    overlay_clear(&world->overlay);
    shelf_clear(&world->shelf);
    world_forget_violations(world);
    arena_free(world->arena);
    arena_free(world->issued);
    *world = (struct world){0};
}

/* ---- changes ---- */

bool world_set(struct world *world, struct overlay_key key, struct str path, struct value value)
{
    world->generation++;
    return overlay_set(&world->overlay, key, path, value);
}

bool world_add(struct world *world, const struct entity *entity, unsigned shop, uint64_t *nth)
{
    world->generation++;
    return overlay_add(&world->overlay, entity, shop, nth);
}

uint64_t world_fresh(struct world *world)
{
    world->generation++;
    return ++world->overlay.fresh;
}

/* ---- access ---- */

const struct app *world_app(const struct world *world, struct str key)
{
    for (size_t i = 0; i < world->app_count; i++)
        if (str_eq(world->apps[i].key, key))
            return &world->apps[i];
    return NULL;
}

struct token *world_token(const struct world *world, struct str access)
{
    for (size_t i = 0; i < world->token_count; i++)
        if (str_eq(world->tokens[i].access, access))
            return &world->tokens[i];
    return NULL;
}

/* The newest one: a refresh token stays, the access tokens made with it differ. */
struct token *world_refresh(const struct world *world, struct str refresh)
{
    for (size_t i = world->token_count; i-- > 0;)
        if (world->tokens[i].refresh.p && str_eq(world->tokens[i].refresh, refresh))
            return &world->tokens[i];
    return NULL;
}

struct code *world_code(const struct world *world, struct str code)
{
    for (size_t i = 0; i < world->code_count; i++)
        if (str_eq(world->codes[i].code, code))
            return &world->codes[i];
    return NULL;
}

struct token *world_take_token(struct world *world, const struct token *owner, struct str access,
                               int64_t expires)
{
    if (world->token_seeded == 0)
        world->token_seeded = world->token_count;
    if (world->token_count == WORLD_TOKENS)
        return NULL;
    size_t like = (size_t)(owner - world->tokens);
    struct token *token = &world->tokens[world->token_count];
    *token = *owner;
    token->like = like < world->token_seeded ? like : owner->like;
    token->access = arena_str(world->issued, access);
    token->expires = expires;
    if (!token->access.p)
        return NULL;
    world->token_count++;
    world->generation++;
    return token;
}

struct token *world_issue(struct world *world, const struct token *owner, const struct app *app,
                          int64_t now)
{
    char access[64];
    int n = snprintf(access, sizeof access, "demo-issued-token-%zu", world->token_count + 1);
    struct token *token =
        world_take_token(world, owner, str_of(access, (size_t)n), now + owner->life);
    if (token)
        token->app = app;
    return token;
}

/* ---- violations ---- */

void world_violation(struct world *world, const struct violation *violation)
{
    struct violation *slot = &world->violations[world->violation_count++ % WORLD_VIOLATIONS];
    free(slot->request);
    free(slot->text);
    *slot = *violation;
    slot->request = strdup(violation->request);
    slot->text = strdup(violation->text);
}

void world_forget_violations(struct world *world)
{
    for (size_t i = 0; i < WORLD_VIOLATIONS; i++) {
        free(world->violations[i].request);
        free(world->violations[i].text);
        world->violations[i] = (struct violation){0};
    }
    world->violation_count = 0;
}

static void write_violation(const struct violation *v, struct json_writer *w)
{
    json_open_object(w);
    json_put_key(w, STR("time"));
    json_put_i64(w, v->time);
    json_put_key(w, STR("request"));
    json_put_string(w, str_from(v->request ? v->request : ""));
    json_put_key(w, STR("status"));
    json_put_i64(w, v->status);
    json_put_key(w, STR("code"));
    json_put_i64(w, v->code);
    json_put_key(w, STR("message"));
    json_put_string(w, str_from(v->text ? v->text : ""));
    json_close_object(w);
}

void world_write_violations(const struct world *world, struct buf *out)
{
    uint64_t count = world->violation_count;
    uint64_t first = count > WORLD_VIOLATIONS ? count - WORLD_VIOLATIONS : 0;
    struct json_writer w;
    json_writer_init(&w, out);
    json_open_object(&w);
    json_put_key(&w, STR("count"));
    json_put_i64(&w, (int64_t)count);
    json_put_key(&w, STR("last"));
    json_open_array(&w);
    for (uint64_t i = first; i < count; i++)
        write_violation(&world->violations[i % WORLD_VIOLATIONS], &w);
    json_close_array(&w);
    json_close_object(&w);
}
