/*
 * Who may pass: route, app, signature, time, token, in this order. Refuses with words that let
 * a person find the difference: the nearest endpoint, the string to sign, the server's time;
 * secrets in them are masked. Endpoints of the auth host are neither signed nor do they carry a
 * token: there app_key and app_secret are fields like others, and upstream judges them.
 */
#include "exchange/life.h"
#include <inttypes.h>

enum { LONGEST_TOKEN = 2048, LONGEST_SHOWN_STRING = 2000 };

static bool no_route(struct exchange *x, struct str path, const struct plan_match *match)
{
    fault_set(&x->fault, FAULT_ROUTE, "There is no endpoint " STR_FMT " " STR_FMT ".",
              STR_ARG(x->request.method), (int)(path.n < 200 ? path.n : 200), path.p);
    if (match->nearest.p)
        x->detail = arena_printf(x->arena, "Did you mean " STR_FMT "?", STR_ARG(match->nearest));
    return false;
}

static bool refuse_route(struct exchange *x, enum plan_found found, struct str path,
                         const struct plan_match *match)
{
    struct str version = x->asked.version;
    switch (found) {
    case PLAN_NO_METHOD:
        return fault_set(&x->fault, FAULT_METHOD, "This endpoint is " STR_FMT ", not " STR_FMT ".",
                         STR_ARG(match->nearest), STR_ARG(x->request.method));
    case PLAN_BAD_VERSION:
        return fault_at(&x->fault, FAULT_VERSION, STR("version"),
                        "version is \"" STR_FMT "\"; it must be six digits such as 202212.",
                        (int)(version.n < 40 ? version.n : 40), version.p);
    default:
        return no_route(x, path, match);
    }
}

void route_to(struct exchange *x, const struct plan *plan)
{
    struct str name = plan_name(plan);
    size_t n = name.n < sizeof x->endpoint ? name.n : sizeof x->endpoint - 1;
    x->plan = plan;
    x->profile = plan_profile(plan);
    memcpy(x->endpoint, name.p, n);
    x->endpoint[n] = '\0';
}

bool route_request(struct exchange *x)
{
    struct plan_match match = {0};
    struct str path;
    x->asked.version = pairs_get(&x->fields, STR("version"));
    if (!url_decode_path(x->request.path, x->arena, &path))
        return fault_set(&x->fault, FAULT_ROUTE, "The path is not properly percent-coded.");
    enum plan_found found =
        plans_route(x->plans, x->request.method, path, x->asked.version, &match);
    if (found != PLAN_FOUND)
        return refuse_route(x, found, path, &match);
    route_to(x, match.plan);
    return true;
}

bool admit_app(struct exchange *x)
{
    if (x->asked.app_key.n == 0)
        return fault_at(&x->fault, FAULT_APP, STR("app_key"), "app_key is missing.");
    x->app = host_app(x->host, x->asked.app_key);
    if (!x->app)
        return fault_at(&x->fault, FAULT_APP, STR("app_key"),
                        "app_key is not one of the apps this proxy knows: add it to `apps` in the "
                        "configuration.");
    return true;
}

static bool is_secret(struct str name)
{
    static const struct str names[] = {STR_C("app_secret"), STR_C("refresh_token"),
                                       STR_C("auth_code"), STR_C("shop_cipher")};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq(names[i], name))
            return true;
    return false;
}

struct str admit_string(struct exchange *x, struct str body)
{
    struct pair *items = ARENA_ARRAY(x->arena, struct pair, x->query.count);
    if (!items)
        return STR_NONE;
    for (size_t i = 0; i < x->query.count; i++) {
        items[i] = x->query.items[i];
        if (is_secret(items[i].name))
            items[i].value = STR("***");
    }
    struct pairs shown = {items, x->query.count};
    struct buf text;
    buf_init_arena(&text, LONGEST_SHOWN_STRING, x->arena);
    sign_string(x->app->sign, x->request.path, &shown, body, true, &text);
    return buf_failed(&text) ? STR_NONE : buf_str(&text);
}

bool admit_is_signed(struct exchange *x, const struct pairs *pairs, struct str sign)
{
    char hex[SIGN_HEX + 1];
    for (enum sign_habit habit = SIGN_AS_ASKED; habit < SIGN_HABITS; habit++)
        if (sign_by_habit(x->app->sign, x->request.path, pairs, habit, hex) &&
            sign_equal(sign, hex))
            return true;
    return false;
}

static bool admit_sign(struct exchange *x)
{
    struct str sign = pairs_get(&x->fields, STR("sign"));
    if (sign.n == 0)
        return fault_at(&x->fault, FAULT_SIGN_MISSING, STR("sign"), "sign is missing.");
    if (admit_is_signed(x, &x->query, sign) ||
        (x->fields.count > x->query.count && admit_is_signed(x, &x->fields, sign)))
        return true;
    fault_at(
        &x->fault, FAULT_SIGN, STR("sign"),
        "sign is invalid: it must be the HMAC-SHA256 of the string to sign, with app_secret as "
        "the key, in hexadecimal.");
    struct str string = admit_string(x, STR_NONE);
    x->detail =
        string.p ? arena_printf(x->arena, "The string to sign is (*** for each secret): " STR_FMT,
                                STR_ARG(string))
                 : STR("The string to sign is too long to be shown.");
    return false;
}

bool admit_time(struct exchange *x)
{
    struct str text = pairs_get(&x->fields, STR("timestamp"));
    struct str where = STR("timestamp");
    int64_t now = now_ms(x) / 1000;
    int64_t timestamp;
    if (text.n == 0)
        return fault_at(&x->fault, FAULT_TIME, where, "timestamp is missing.");
    if (!str_to_i64(text, &timestamp) || timestamp < 0)
        return fault_at(&x->fault, FAULT_TIME, where,
                        "timestamp is not a number of seconds since 1970.");
    if (text.n == 13)
        return fault_at(
            &x->fault, FAULT_TIME, where,
            "timestamp has 13 digits: it is in milliseconds. Send seconds (10 digits).");
    if (timestamp < now - settings_of(x)->time_before_s)
        return fault_at(&x->fault, FAULT_TIME, where,
                        "timestamp is %" PRId64 " seconds old; at most %d are allowed. It is now "
                        "%" PRId64 ".",
                        now - timestamp, settings_of(x)->time_before_s, now);
    if (timestamp > now + settings_of(x)->time_after_s)
        return fault_at(&x->fault, FAULT_TIME, where,
                        "timestamp is %" PRId64 " seconds ahead; at most %d are allowed. It is now "
                        "%" PRId64 ".",
                        timestamp - now, settings_of(x)->time_after_s, now);
    return true;
}

/* It goes into a header field: nothing but visible ASCII. */
static bool is_token(struct str token)
{
    for (size_t i = 0; i < token.n; i++)
        if (token.p[i] <= ' ' || token.p[i] > '~')
            return false;
    return token.n <= LONGEST_TOKEN;
}

bool admit_token(struct exchange *x)
{
    x->token = pairs_get(&x->fields, STR("access_token"));
    if (x->token.n == 0)
        x->token = request_field(x, STR("x-tts-access-token"));
    if (x->token.n == 0)
        return fault_at(&x->fault, FAULT_TOKEN, STR("access_token"), "access_token is missing.");
    if (!is_token(x->token))
        return fault_at(&x->fault, FAULT_TOKEN, STR("access_token"),
                        "access_token is invalid: it is longer than %d bytes, or holds characters "
                        "that no token has.",
                        LONGEST_TOKEN);
    return true;
}

bool admit_request(struct exchange *x)
{
    x->asked.query = x->fields;
    x->asked.app_key = pairs_get(&x->fields, STR("app_key"));
    if (x->profile->sign) {
        if (!admit_app(x) || (settings_of(x)->check_sign && !admit_sign(x)) ||
            (settings_of(x)->check_time && !admit_time(x)))
            return false;
    }
    if (x->profile->token && !admit_token(x))
        return false;
    x->run = plan_begin(x->plan, &x->asked, x->arena, &x->fault);
    return x->run != NULL;
}
