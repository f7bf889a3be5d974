/*
 * Requests that are of v202309 form already, of apps that have moved only in part: there is no
 * plan; they get the credentials of their kind and go upstream, and the answer comes back as it
 * is. Which paths have that form is data (plans_native).
 *
 * With legacy credentials (token in the query, shop_id, a signature that leaves out the body)
 * the token moves into its header, the shop's cipher is found, time and signature are new; all
 * other parameters and the body pass as they are. What is signed as v202309 has it, and holds
 * nothing of the old kind, passes untouched. Refuses other methods than those of the API, and
 * bodies in a coding, because the signature covers what upstream reads.
 */
#include "exchange/life.h"
#include "json/json.h"

enum {
    SHOWN_BODY = 400,       /* of a string to sign */
    READ_ANSWER = 64 * 1024 /* a longer answer is no error */
};

/* ---- route ---- */

static bool is_method(struct str method)
{
    static const struct str names[] = {STR_C("GET"), STR_C("POST"), STR_C("PUT"), STR_C("PATCH"),
                                       STR_C("DELETE")};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq(names[i], method))
            return true;
    return false;
}

static bool refuse_off(struct exchange *x, struct str path)
{
    fault_set(&x->fault, FAULT_ROUTE, "There is no endpoint " STR_FMT " " STR_FMT ".",
              STR_ARG(x->request.method), (int)(path.n < 200 ? path.n : 200), path.p);
    x->detail = STR("Calls that are of v202309 form already are not passed on here (setting "
                    "native).");
    return false;
}

static void name_endpoint(struct exchange *x)
{
    struct buf name;
    buf_init_arena(&name, sizeof x->endpoint - 1, x->arena);
    buf_add_str(&name, STR("native"));
    if (x->native.name.p) {
        buf_add_char(&name, '/');
        buf_add_str(&name, x->native.name);
    }
    if (!buf_failed(&name))
        memcpy(x->endpoint, name.p, name.n);
}

bool native_find(struct exchange *x)
{
    struct str path;
    if (!url_decode_path(x->request.path, x->arena, &path) ||
        !plans_native(x->plans, x->request.method, path, &x->native))
        return true;
    if (settings_of(x)->native == EXCHANGE_NATIVE_OFF)
        return refuse_off(x, path);
    x->profile = x->native.profile;
    name_endpoint(x);
    if (!is_method(x->request.method))
        return fault_set(&x->fault, FAULT_METHOD,
                         "A call that is passed on is GET, POST, PUT, PATCH or DELETE, not " STR_FMT
                         ".",
                         STR_ARG(x->request.method));
    return !is_packed(x) || refuse_packed(x);
}

/* ---- who signed it, and how ---- */

static struct str content_type(const struct exchange *x)
{
    return request_field(x, STR("content-type"));
}

/* What of the body a v202309 signature covers. */
static struct str signed_body(const struct exchange *x)
{
    return sign_is_multipart(content_type(x)) ? STR_NONE : x->request.body;
}

/* v202309 refuses capital digits. */
static bool is_small(struct str sign)
{
    for (size_t i = 0; i < sign.n; i++)
        if (sign.p[i] >= 'A' && sign.p[i] <= 'F')
            return false;
    return true;
}

static bool is_signed_anew(struct exchange *x, struct str sign)
{
    char hex[SIGN_HEX + 1];
    return sign_request(x->app->sign, x->request.path, &x->query, signed_body(x), hex) &&
           sign_equal(sign, hex);
}

static struct str string_with_body(struct exchange *x)
{
    struct str body = signed_body(x);
    if (body.n > SHOWN_BODY)
        body = arena_printf(x->arena, STR_FMT "...(%zu bytes)...", SHOWN_BODY, body.p, body.n);
    return admit_string(x, body);
}

static bool refuse_sign(struct exchange *x)
{
    fault_at(&x->fault, FAULT_SIGN, STR("sign"),
             "sign is invalid: it must be the HMAC-SHA256 of the string to sign, with app_secret "
             "as the key, in hexadecimal.");
    struct str old = admit_string(x, STR_NONE), new = string_with_body(x);
    if (!old.p || !new.p)
        x->detail = STR("The string to sign is too long to be shown.");
    else if (str_eq(old, new))
        x->detail = arena_printf(x->arena, "The string to sign is (*** for each secret): " STR_FMT,
                                 STR_ARG(new));
    else
        x->detail =
            arena_printf(x->arena,
                         "The string to sign is (*** for each secret), as v202309 has it: " STR_FMT
                         " or, as the retired API had it, without the body: " STR_FMT,
                         STR_ARG(new), STR_ARG(old));
    return false;
}

static bool is_sent(const struct exchange *x, struct str name)
{
    return pairs_get(&x->query, name).n > 0;
}

/* Whether nothing of it needs to be translated, once its signature is good. */
static bool is_complete(const struct exchange *x)
{
    bool names_shop = is_sent(x, STR("shop_id")) && !is_sent(x, STR("shop_cipher"));
    return request_field(x, STR("x-tts-access-token")).n > 0 && !is_sent(x, STR("access_token")) &&
           !(names_shop && x->native.cipher != PLAN_CIPHER_NONE);
}

/* Where both readings hold, as without a body, what else it brings decides. */
static bool admit_native_sign(struct exchange *x)
{
    struct str sign = pairs_get(&x->query, STR("sign"));
    bool check = settings_of(x)->check_sign;
    if (sign.n == 0)
        return !check || fault_at(&x->fault, FAULT_SIGN_MISSING, STR("sign"), "sign is missing.");
    bool anew = is_signed_anew(x, sign);
    if (!anew && check && !admit_is_signed(x, &x->query, sign))
        return refuse_sign(x);
    x->untouched =
        anew && is_small(sign) && settings_of(x)->native == EXCHANGE_NATIVE_PASS && is_complete(x);
    return true;
}

bool native_admit(struct exchange *x)
{
    x->asked.app_key = pairs_get(&x->query, STR("app_key"));
    if (!x->profile->sign)
        x->untouched = true;
    else if (!admit_app(x) || !admit_native_sign(x) ||
             (settings_of(x)->check_time && !admit_time(x)))
        return false;
    return !x->profile->token || admit_token(x);
}

/* ---- the call ---- */

bool native_needs_shop(const struct exchange *x)
{
    if (x->untouched || x->native.cipher == PLAN_CIPHER_NONE)
        return false;
    return x->native.cipher == PLAN_CIPHER_NEEDED || is_sent(x, STR("shop_id"));
}

/* Of the client's parameters, those that are replaced or have no place upstream. */
static bool is_taken_off(const struct exchange *x, const struct pair *pair)
{
    static const struct str names[] = {STR_C("access_token"), STR_C("shop_id"), STR_C("version"),
                                       STR_C("sign"), STR_C("timestamp")};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq(names[i], pair->name))
            return true;
    return str_eq(pair->name, STR("shop_cipher")) &&
           (pair->value.n == 0 || x->native.cipher == PLAN_CIPHER_NONE);
}

static bool translate_query(struct exchange *x, struct pairs *out)
{
    enum { ADDED = 2 };
    struct pair *items = arena_alloc(x->arena, (x->query.count + ADDED) * sizeof *items);
    struct str seconds = send_seconds(x);
    if (!items || !seconds.p)
        return fault_no_memory(x);
    size_t count = 0;
    for (size_t i = 0; i < x->query.count; i++)
        if (!is_taken_off(x, &x->query.items[i]))
            items[count++] = x->query.items[i];
    items[count++] = (struct pair){STR("timestamp"), seconds};
    if (x->shop.cipher.n > 0 && !is_sent(x, STR("shop_cipher")))
        items[count++] = (struct pair){STR("shop_cipher"), x->shop.cipher};
    *out = (struct pairs){items, count};
    return true;
}

/* What clients send that never say what they send is replaced: upstream takes JSON only. */
static struct str translate_type(const struct exchange *x)
{
    struct str type = content_type(x), body = str_trim(x->request.body);
    bool looks_json = body.n > 0 && (body.p[0] == '{' || body.p[0] == '[');
    if (type.n == 0 || (is_form(type) && (body.n == 0 || looks_json)))
        return STR("application/json");
    return type;
}

/* A GET has no body; whether one without fields would have to be signed is not known. */
static struct str translate_body(const struct exchange *x)
{
    struct str body = str_trim(x->request.body);
    bool nothing = str_eq(body, STR("{}")) || str_eq(body, STR("[]")) || str_eq(body, STR("null"));
    return nothing && str_eq(x->request.method, STR("GET")) ? STR_NONE : x->request.body;
}

static bool translate(struct exchange *x, struct sent *sent)
{
    struct pairs query;
    struct plan_message message = {.method = x->request.method,
                                   .path = x->request.path,
                                   .body = translate_body(x),
                                   .content_type = translate_type(x)};
    sent->send.body = message.body;
    message.multipart = sign_is_multipart(message.content_type);
    if (!translate_query(x, &query) || !send_target(x, &message, &query, &sent->send.target))
        return false;
    sent->fields[0] = (struct exchange_field){STR("x-tts-access-token"), x->token};
    sent->fields[1] = (struct exchange_field){STR("content-type"), message.content_type};
    sent->send.field_count = 2;
    return true;
}

static bool keep(struct exchange *x, struct sent *sent)
{
    static const struct str names[SEND_FIELDS] = {STR_C("x-tts-access-token"),
                                                  STR_C("content-type")};
    sent->send.target = x->request.path;
    if (x->request.query.p)
        sent->send.target = arena_printf(x->arena, STR_FMT "?" STR_FMT, STR_ARG(x->request.path),
                                         STR_ARG(x->request.query));
    if (!sent->send.target.p)
        return fault_no_memory(x);
    for (size_t i = 0; i < SEND_FIELDS; i++) {
        struct str value = request_field(x, names[i]);
        if (value.n > 0)
            sent->fields[sent->send.field_count++] = (struct exchange_field){names[i], value};
    }
    return true;
}

bool native_go(struct exchange *x)
{
    if (x->answered || x->under_way > 0)
        return true;
    struct sent *sent = send_new(x);
    if (!sent)
        return false;
    sent->send = (struct exchange_send){.auth_host = x->profile->auth_host,
                                        .repeatable = str_eq(x->request.method, STR("GET")),
                                        .method = x->request.method,
                                        .fields = sent->fields,
                                        .body = x->request.body};
    if (!(x->untouched ? keep(x, sent) : translate(x, sent)))
        return false;
    send_start(x, sent);
    return true;
}

/* ---- the answer ---- */

/* What the client gets; needs no memory from here on, for the call may have changed something. */
static bool prepare(struct exchange *x, const struct exchange_upstream *answer)
{
    size_t count = 0;
    if (answer->content_type.n > 0)
        x->reply_fields[count++] =
            (struct exchange_field){STR("Content-Type"), arena_str(x->arena, answer->content_type)};
    if (answer->retry_after > 0)
        x->reply_fields[count++] = (struct exchange_field){
            STR("Retry-After"), arena_printf(x->arena, "%d", answer->retry_after)};
    x->answer = (struct exchange_answer){answer->status, x->reply_fields, count, answer->body};
    return !arena_failed(x->arena) || fault_no_memory(x);
}

/* Notes in x->fault, for log and metrics, when the answer tells of an error. */
static void read_error(struct exchange *x, const struct exchange_upstream *answer)
{
    struct json_doc *document = ARENA_NEW(x->arena, struct json_doc);
    struct json_limits limits = {.depth = settings_of(x)->json_depth};
    struct json_error error;
    struct json root = JSON_NONE;
    int64_t code = 0;
    if (document && answer->body.n <= READ_ANSWER &&
        json_parse(document, answer->body, &limits, x->arena, &error))
        root = json_root(document);
    struct str digits = json_text(json_get(root, STR("code")), x->arena);
    struct str message = json_text(json_get(root, STR("message")), x->arena);
    struct str id = json_text(json_get(root, STR("request_id")), x->arena);
    if (arena_failed(x->arena))
        return;
    note_upstream_id(x, id);
    if (digits.p && str_to_i64(digits, &code) && code != 0) {
        forget_shop(x, code);
        fault_of_upstream(x, answer, code, message, id);
    } else if (answer->status >= 400) {
        fault_bad_answer(x, answer, NULL);
    }
}

bool native_answer(struct exchange *x, const struct exchange_upstream *answer)
{
    if (!prepare(x, answer))
        return false;
    x->answered = true;
    read_error(x, answer);
    return true;
}

/* For the report: with upstream's own code, because that is what the client reads. */
static void say_error(struct exchange *x)
{
    struct buf words;
    buf_init_arena(&words, 4 * sizeof x->fault.text, x->arena);
    show_text(x, str_from(x->fault.text), sizeof x->fault.text, &words);
    plans_error(x->plans, &x->fault, &x->error);
    if (x->fault.code != 0)
        x->error.code = x->fault.code;
    x->words = buf_failed(&words) ? STR("") : buf_str(&words);
}

bool native_reply(struct exchange *x)
{
    if (x->answer.body.n > settings_of(x)->answer)
        return fault_set(&x->fault, FAULT_TOO_LARGE,
                         "The answer is larger than %zu bytes (setting exchange.answer).",
                         settings_of(x)->answer);
    x->status = x->answer.status;
    if (x->fault.kind != FAULT_NONE)
        say_error(x);
    return true;
}
