/*
 * The world, see world.h. Owns the copies of everything it remembers.
 */
#include "sandbox/world.h"

#include "json/writer.h"

#include <stdio.h>
#include <stdlib.h>

enum { TOKEN_DAYS = 7, DAY = 86400, ARENA_MAX = 8 << 20 };

bool world_init(struct world *world)
{
    *world = (struct world){0};
    world->arena = arena_new(ARENA_MAX);
    return world->arena != NULL;
}

static void free_changes(struct changes *changes)
{
    while (changes->first) {
        struct change *change = changes->first;
        changes->first = change->next;
        if (change->value.kind == VALUE_TEXT)
            free((char *)change->value.text.p);
        free(change);
    }
    free(changes);
}

void world_clear(struct world *world)
{
    for (size_t i = 0; i < WORLD_CHAINS; i++)
        while (world->chains[i]) {
            struct changes *changes = world->chains[i];
            world->chains[i] = changes->next;
            free_changes(changes);
        }
    world_forget_violations(world);
    arena_free(world->arena);
    *world = (struct world){0};
}

/* ---- changes ---- */

static size_t chain_of(const struct entity *entity, unsigned shop, uint64_t index)
{
    return ((uintptr_t)entity / 16 + shop * 31u + index * 7u) % WORLD_CHAINS;
}

const struct changes *world_changes(const struct world *world, const struct entity *entity,
                                    unsigned shop, uint64_t index)
{
    const struct changes *c = world->chains[chain_of(entity, shop, index)];
    while (c && !(c->entity == entity && c->shop == shop && c->index == index))
        c = c->next;
    return c;
}

bool changes_get(const struct changes *changes, struct str path, struct value *out)
{
    for (const struct change *c = changes ? changes->first : NULL; c; c = c->next)
        if (str_eq(str_from(c->path), path)) {
            *out = c->value;
            return true;
        }
    return false;
}

static struct changes *changes_for(struct world *world, const struct entity *entity, unsigned shop,
                                   uint64_t index)
{
    struct changes *found = (struct changes *)world_changes(world, entity, shop, index);
    if (found)
        return found;
    struct changes *made = calloc(1, sizeof *made);
    if (!made)
        return NULL;
    size_t chain = chain_of(entity, shop, index);
    *made = (struct changes){
        .next = world->chains[chain], .entity = entity, .shop = shop, .index = index};
    world->chains[chain] = made;
    return made;
}

static struct change *change_for(struct world *world, struct changes *changes, struct str path)
{
    for (struct change *c = changes->first; c; c = c->next)
        if (str_eq(str_from(c->path), path))
            return c;
    if (world->change_count == WORLD_CHANGES)
        return NULL;
    struct change *made = calloc(1, sizeof *made + path.n + 1);
    if (!made)
        return NULL;
    memcpy(made->path, path.p, path.n);
    made->next = changes->first;
    changes->first = made;
    world->change_count++;
    return made;
}

bool world_set(struct world *world, const struct entity *entity, unsigned shop, uint64_t index,
               struct str path, struct value value)
{
    if (value.kind == VALUE_TEXT) {
        char *copy = malloc(value.text.n + 1);
        if (!copy)
            return false;
        memcpy(copy, value.text.p, value.text.n);
        value.text.p = copy;
    }
    struct changes *changes = changes_for(world, entity, shop, index);
    struct change *change = changes ? change_for(world, changes, path) : NULL;
    if (!change) {
        if (value.kind == VALUE_TEXT)
            free((char *)value.text.p);
        return false;
    }
    if (change->value.kind == VALUE_TEXT)
        free((char *)change->value.text.p);
    change->value = value;
    world->generation++;
    return true;
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

struct token *world_issue(struct world *world, const struct token *owner, int64_t now)
{
    if (world->token_count == WORLD_TOKENS)
        return NULL;
    struct token *token = &world->tokens[world->token_count];
    *token = *owner;
    token->access = arena_printf(world->arena, "demo-issued-token-%zu", world->token_count + 1);
    token->expires = now + TOKEN_DAYS * DAY;
    if (!token->access.p)
        return NULL;
    world->token_count++;
    world->generation++;
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
