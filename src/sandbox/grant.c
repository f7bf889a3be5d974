/*
 * Tokens: a new access token for a code or a refresh token, and what the variable `token`
 * shows of one. The cJSON tree of a token is freed with the visit.
 */
#include "sandbox/visit.h"

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

static const struct token *owner_by_code(struct visit *v, const struct code *code)
{
    if (code && !code->used)
        return &v->core->world.tokens[code->token];
    visit_deny(v, REFUSE_AUTH_CODE, code ? "This code was used" : "This code is unknown");
    return NULL;
}

static const struct token *owner_by_refresh(struct visit *v, struct str text)
{
    const struct token *token = world_refresh(&v->core->world, text);
    if (token && token->refresh_expires > v->now)
        return token;
    if (token)
        visit_deny(v, REFUSE_REFRESH_EXPIRED, "It expired %lld seconds ago",
                   (long long)(v->now - token->refresh_expires));
    else
        visit_deny(v, REFUSE_REFRESH, "This refresh token is unknown");
    return NULL;
}

bool grant_token(struct visit *v)
{
    struct str text = value_str(visit_field(v, v->rule->by), v->arena);
    bool by_code = v->rule->kind == RULE_CODE;
    struct code *code = by_code ? world_code(&v->core->world, text) : NULL;
    const struct token *owner = by_code ? owner_by_code(v, code) : owner_by_refresh(v, text);
    if (!owner)
        return false;
    v->token = world_issue(&v->core->world, owner, v->app, v->now);
    if (!v->token)
        return visit_deny(v, REFUSE_LIMIT,
                          "There are %d tokens; POST /sandbox/reset forgets those issued",
                          WORLD_TOKENS);
    if (code)
        code->used = code->once;
    v->run.variables[VARIABLE_TOKEN] = show_token(v, v->token);
    return true;
}

void visit_show_token(struct visit *v)
{
    if (v->token && !v->token_data)
        v->run.variables[VARIABLE_TOKEN] = show_token(v, v->token);
}
