/*
 * The gate: who may ask, and whether the request is made as v202309 wants it.
 *
 * Owns nothing. Refusals name what is wrong and what was expected, never a secret. The order
 * is path, method, app, time, token in the query, signature, token, content type, shop.
 */
#include "sandbox/signature.h"
#include "sandbox/visit.h"

#include <openssl/crypto.h>

enum { PAST_SECONDS = 300, FUTURE_SECONDS = 30 };

static bool find_endpoint(struct visit *v)
{
    const struct tables *tables = v->core->tables;
    struct contract_match match;
    switch (contracts_find(tables->contracts, v->request->method, v->path, &match)) {
    case CONTRACT_NO_PATH:
        return visit_deny_path(v, match.nearest);
    case CONTRACT_NO_METHOD:
        return visit_deny_method(v, match.contract->path);
    default:
        break;
    }
    v->contract = match.contract;
    v->rule = tables_rule(tables, v->contract);
    if (!v->rule)
        return visit_deny(v, REFUSE_UNSERVED, STR_FMT, STR_ARG(v->contract->call));
    v->params.items = ARENA_ARRAY(v->arena, struct pair, CONTRACT_PARAMS);
    for (size_t i = 0; v->params.items && i < v->contract->params.count; i++)
        v->params.items[v->params.count++] =
            (struct pair){v->contract->params.items[i].path, match.params[i]};
    return true;
}

static bool check_doubles(struct visit *v)
{
    for (size_t i = 0; i < v->query.count; i++)
        for (size_t j = 0; j < i; j++)
            if (str_eq(v->query.items[i].name, v->query.items[j].name))
                return visit_deny(v, REFUSE_PARAMETER, "query." STR_FMT " stands there twice",
                                  STR_ARG(v->query.items[i].name));
    return true;
}

static bool check_app(struct visit *v)
{
    struct str key = pairs_get(&v->query, STR("app_key"));
    v->app = key.p ? world_app(&v->core->world, key) : NULL;
    if (v->app)
        return true;
    return visit_deny(v, REFUSE_APP, "app_key is %s", key.p ? "unknown" : "missing");
}

static bool check_time(struct visit *v)
{
    struct str text = pairs_get(&v->query, STR("timestamp"));
    int64_t time, now = v->now + v->harm.skew;
    if (!text.p)
        return visit_deny(v, REFUSE_TIMESTAMP, "timestamp is missing");
    if (!str_to_i64(text, &time) || time < 0)
        return visit_deny(v, REFUSE_TIMESTAMP, "timestamp must be seconds since 1970");
    if (time < now - PAST_SECONDS)
        return visit_deny(v, REFUSE_TIMESTAMP, "It is %lld seconds old, %d are allowed",
                          (long long)(now - time), PAST_SECONDS);
    if (time > now + FUTURE_SECONDS)
        return visit_deny(v, REFUSE_TIMESTAMP, "It is %lld seconds ahead, %d are allowed",
                          (long long)(time - now), FUTURE_SECONDS);
    return true;
}

static bool check_sign(struct visit *v)
{
    struct str given = pairs_get(&v->query, STR("sign"));
    if (given.n == 0)
        return visit_deny(v, REFUSE_SIGN_MISSING, "sign is missing");
    bool form = media_type_is(visit_header(v, STR("content-type")), STR("multipart/form-data"));
    struct signed_request request = {v->path, &v->query, form ? STR("") : v->request->body};
    char hex[SIGNATURE_HEX + 1];
    if (!signature_make(&request, v->app->secret, hex))
        return visit_out_of_memory(v);
    if (given.n == SIGNATURE_HEX && CRYPTO_memcmp(given.p, hex, SIGNATURE_HEX) == 0)
        return true;
    struct buf text;
    buf_init(&text, 64 << 10);
    signature_explain(&request, &text);
    visit_deny(v, REFUSE_SIGN, "The string to sign is " STR_FMT, STR_ARG(buf_str(&text)));
    buf_clear(&text);
    return false;
}

static bool check_token(struct visit *v)
{
    struct str access = visit_header(v, STR("x-tts-access-token"));
    if (access.n == 0)
        return visit_deny(v, REFUSE_TOKEN_MISSING, "The header x-tts-access-token is missing");
    v->token = world_token(&v->core->world, access);
    if (!v->token)
        return visit_deny(v, REFUSE_TOKEN, "This token is unknown");
    if (v->token->app && v->token->app != v->app)
        return visit_deny(v, REFUSE_TOKEN, "This token was issued to another app");
    if (v->token->revoked)
        return visit_deny(v, REFUSE_TOKEN_REVOKED, "Its owner has taken it back");
    if (v->harm.token_expired)
        return visit_deny(v, REFUSE_TOKEN_EXPIRED, "(trouble on order)");
    if (v->token->expires <= v->now)
        return visit_deny(v, REFUSE_TOKEN_EXPIRED, "It expired %lld seconds ago",
                          (long long)(v->now - v->token->expires));
    if (!(v->contract->users & 1u << v->token->user))
        return visit_deny(v, REFUSE_TOKEN_KIND, "A token of user type %u is not for this call",
                          v->token->user);
    return true;
}

static bool check_content_type(struct visit *v)
{
    struct str type = visit_header(v, STR("content-type"));
    bool form = v->contract->form;
    if (media_type_is(type, form ? STR("multipart/form-data") : STR("application/json")))
        return true;
    return visit_deny(v, form ? REFUSE_FORM_TYPE : REFUSE_CONTENT_TYPE,
                      "The content type is '" STR_FMT "'", STR_ARG(type));
}

static bool check_shop(struct visit *v)
{
    struct str cipher = pairs_get(&v->query, STR("shop_cipher"));
    const struct contract_field *field =
        contract_member(&v->contract->query, NULL, STR("shop_cipher"));
    if (!field && cipher.p)
        return visit_deny(v, REFUSE_CIPHER_UNEXPECTED, "This call takes no shop_cipher");
    if (field && field->required && cipher.n == 0)
        return visit_deny(v, REFUSE_CIPHER_MISSING, "shop_cipher is missing");
    if (!cipher.p)
        return true;
    const cJSON *row;
    v->shop = 0;
    cJSON_ArrayForEach(row, v->core->tables->shop->rows)
    {
        struct value have = value_data(cJSON_GetObjectItemCaseSensitive(row, "cipher"));
        if (have.kind == VALUE_TEXT && str_eq(have.text, cipher)) {
            v->has_shop = true;
            if (v->token->shops & UINT64_C(1) << v->shop)
                return true;
            return visit_deny(v, REFUSE_CIPHER_FOREIGN, "This token is for other shops");
        }
        v->shop++;
    }
    return visit_deny(v, REFUSE_CIPHER, "This shop_cipher is unknown");
}

/* The auth host knows an app by key and secret in the query, and signs nothing. */
static bool check_client(struct visit *v)
{
    struct str key = pairs_get(&v->query, STR("app_key"));
    struct str secret = pairs_get(&v->query, STR("app_secret"));
    v->app = world_app(&v->core->world, key);
    if (v->app && str_eq(v->app->secret, secret))
        return true;
    return visit_deny(v, REFUSE_CLIENT, "app_key and app_secret do not belong together");
}

/* A refusal that trouble is to blame for is no violation. */
static bool blame(struct visit *v, bool caller)
{
    v->violation = v->violation && caller;
    return false;
}

bool gate_pass(struct visit *v)
{
    if (!find_endpoint(v) || !check_doubles(v))
        return false;
    if (v->contract->auth_host)
        return check_client(v);
    if (pairs_get(&v->query, STR("access_token")).p)
        return visit_deny(v, REFUSE_TOKEN_IN_QUERY,
                          "access_token goes into the header x-tts-access-token");
    if (!check_app(v))
        return false;
    if (!check_time(v))
        return blame(v, v->harm.skew == 0);
    if (!check_sign(v))
        return false;
    if (!check_token(v))
        return blame(v, !v->harm.token_expired);
    return check_content_type(v) && check_shop(v);
}
