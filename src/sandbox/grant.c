/*
 * Tokens and files: a new access token for a code or a refresh token, and what the variables
 * `token` and `file` show of them. The cJSON tree of a token is freed with the visit.
 */
#include "sandbox/image.h"
#include "sandbox/signature.h"
#include "sandbox/visit.h"

enum { HASH_DIGITS = 32, UNKNOWN_SIDE = 600 };

static void add_text(cJSON *object, const char *key, struct str text, struct arena *arena)
{
    const char *copy = text.p ? arena_cstr(arena, text) : NULL;
    if (copy)
        cJSON_AddStringToObject(object, key, copy);
}

/* Builds what expressions see as `token`. */
static struct value show_token(struct visit *v, const struct token *token)
{
    cJSON *data = cJSON_CreateObject();
    v->token_data = data;
    if (!data)
        return VALUE_NONE;
    add_text(data, "access", token->access, v->arena);
    add_text(data, "refresh", token->refresh, v->arena);
    add_text(data, "open_id", token->open_id, v->arena);
    add_text(data, "seller", token->seller, v->arena);
    add_text(data, "region", token->region, v->arena);
    cJSON_AddNumberToObject(data, "user", token->user);
    cJSON_AddNumberToObject(data, "expires", (double)token->expires);
    cJSON_AddNumberToObject(data, "refresh_expires", (double)token->refresh_expires);
    cJSON *shops = cJSON_AddArrayToObject(data, "shops"), *row;
    unsigned i = 0;
    cJSON_ArrayForEach(row, v->core->tables->shop->rows)
    {
        const cJSON *cipher = cJSON_GetObjectItemCaseSensitive(row, "cipher");
        if (token->shops & UINT64_C(1) << i++ && cJSON_IsString(cipher))
            cJSON_AddItemToArray(shops, cJSON_CreateString(cipher->valuestring));
    }
    return value_data(data);
}

static const struct token *owner_by_code(struct visit *v, struct str text)
{
    struct code *code = world_code(&v->core->world, text);
    if (!code || code->used) {
        sandbox_refuse(v, REFUSE_AUTH_CODE, code ? "This code was used" : "This code is unknown");
        return NULL;
    }
    code->used = code->once;
    return &v->core->world.tokens[code->token];
}

static const struct token *owner_by_refresh(struct visit *v, struct str text)
{
    const struct token *token = world_refresh(&v->core->world, text);
    if (token && token->refresh_expires > v->now)
        return token;
    sandbox_refuse(v, REFUSE_REFRESH, "This refresh token %s", token ? "expired" : "is unknown");
    return NULL;
}

bool grant_token(struct visit *v)
{
    struct str text = value_str(visit_field(v, v->rule->by), v->arena);
    const struct token *owner =
        v->rule->kind == RULE_CODE ? owner_by_code(v, text) : owner_by_refresh(v, text);
    if (!owner)
        return false;
    v->token = world_issue(&v->core->world, owner, v->now);
    if (!v->token)
        return sandbox_refuse(v, REFUSE_INTERNAL, "too many tokens were issued");
    v->run.variables[VARIABLE_TOKEN] = show_token(v, v->token);
    return true;
}

void visit_show_token(struct visit *v)
{
    if (v->token && !v->token_data)
        v->run.variables[VARIABLE_TOKEN] = show_token(v, v->token);
}

/* ---- files ---- */

static void add_pair(struct pairs *pairs, struct str name, struct str value)
{
    if (value.p)
        pairs->items[pairs->count++] = (struct pair){name, value};
}

static bool host_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == ':' || c == '-' || c == '[' || c == ']';
}

/* As the caller reached the sandbox. */
static struct str own_host(const struct visit *v)
{
    struct str host = STR_NONE;
    for (size_t i = 0; i < v->request->headers.count; i++)
        if (str_ieq(v->request->headers.items[i].name, STR("host")))
            host = v->request->headers.items[i].value;
    for (size_t i = 0; i < host.n; i++)
        if (!host_char(host.p[i]))
            return STR("localhost");
    return host.n ? host : STR("localhost");
}

bool upload_take(struct visit *v)
{
    const struct part *part = form_part(&v->form, v->rule->by);
    struct pairs *pairs = ARENA_NEW(v->arena, struct pairs);
    char *hash = arena_alloc(v->arena, HASH_DIGITS);
    unsigned char mac[SIGNATURE_BYTES];
    if (!pairs || !hash || !part || !signature_mac(STR("file"), part->body, mac))
        return sandbox_refuse(v, REFUSE_INTERNAL, "out of memory");
    pairs->items = ARENA_ARRAY(v->arena, struct pair, 8);
    if (!pairs->items)
        return sandbox_refuse(v, REFUSE_INTERNAL, "out of memory");
    for (size_t i = 0; i < HASH_DIGITS; i++)
        hash[i] = "0123456789abcdef"[i % 2 ? mac[i / 2] & 15 : mac[i / 2] >> 4];
    struct image image;
    if (!image_read(part->body, &image))
        image = (struct image){.format = NULL};
    if (image.width == 0)
        image.width = image.height = UNKNOWN_SIDE;
    add_pair(pairs, STR("name"), part->file);
    add_pair(pairs, STR("type"), part->type);
    add_pair(pairs, STR("hash"), str_of(hash, HASH_DIGITS));
    if (!shelf_put(&v->core->world.shelf, str_of(hash, HASH_DIGITS), part->body))
        return sandbox_refuse(v, REFUSE_INTERNAL, "out of memory");
    v->core->world.generation++;
    add_pair(pairs, STR("url"),
             arena_printf(v->arena, "http://" STR_FMT "/sandbox/files/%.*s", STR_ARG(own_host(v)),
                          HASH_DIGITS, hash));
    add_pair(pairs, STR("format"), str_from(image.format));
    add_pair(pairs, STR("size"), arena_printf(v->arena, "%zu", part->body.n));
    add_pair(pairs, STR("width"), arena_printf(v->arena, "%u", image.width));
    add_pair(pairs, STR("height"), arena_printf(v->arena, "%u", image.height));
    v->run.variables[VARIABLE_FILE] = (struct value){.kind = VALUE_PAIRS, .pairs = pairs};
    return true;
}
