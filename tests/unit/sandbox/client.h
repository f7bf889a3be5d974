/*
 * A client for tests of the sandbox: signs as v202309 wants it, asks over libcurl, reads the
 * envelope, and holds every good answer against its contract.
 */
#ifndef SHOPSHIM_TESTS_SANDBOX_CLIENT_H
#define SHOPSHIM_TESTS_SANDBOX_CLIENT_H

#include "sandbox/sandbox.h"
#include "sandbox/signature.h"
#include "table/contract.h"
#include "json/json.h"

#include <curl/curl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { CLIENT_NOW = 1700000000 };

/* What is asked; what is left out takes the usual value. */
struct ask {
    const char *method; /* GET */
    const char *path;
    const char *query; /* "a=b&c=d", percent-coded, without the common parameters */
    struct str body;
    const char *token;  /* demo-token; "" for none */
    const char *key;    /* demo-app */
    const char *secret; /* demo-secret */
    const char *type;   /* application/json; "" for none */
    const char *sign;   /* a wrong one, or "" for none */
    int64_t age;        /* of the timestamp, seconds */
    bool no_time;
    bool unsigned_call; /* auth host: no common parameters */
    bool multipart;     /* the body is not signed */
};

struct got {
    struct arena *arena;
    int status;
    int64_t code;
    struct str message;
    struct json_doc *doc;
    struct json root;
    struct json data;
};

struct client {
    CURL *curl;
    const char *url;
    struct contracts *contracts;
    unsigned char *seen[256]; /* by contract: which answer fields were seen */
};

static _Atomic int64_t client_time_ms = (int64_t)CLIENT_NOW * 1000;

static int64_t client_now(void *ctx)
{
    (void)ctx;
    return atomic_load(&client_time_ms);
}

static const struct clock client_clock = {client_now, NULL};

static size_t client_write(char *p, size_t size, size_t count, void *ctx)
{
    buf_add(ctx, p, size * count);
    return size * count;
}

/* ---- asking ---- */

static const char *client_or(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

/* "path?query" with the common parameters and the signature. */
static void client_target(const struct ask *ask, struct arena *arena, struct buf *out)
{
    struct buf query;
    struct pairs pairs = {0};
    char hex[SIGNATURE_HEX + 1];
    buf_init(&query, 64 << 10);
    if (!ask->unsigned_call) {
        buf_printf(&query, "app_key=%s", client_or(ask->key, "demo-app"));
        if (!ask->no_time)
            buf_printf(&query, "&timestamp=%lld", (long long)(client_now(NULL) / 1000 - ask->age));
    }
    if (ask->query)
        buf_printf(&query, "%s%s", query.n ? "&" : "", ask->query);
    if (query.n)
        assert_true(url_parse_query(buf_str(&query), arena, 100, &pairs));
    struct signed_request request = {str_from(ask->path), &pairs,
                                     ask->multipart ? STR("") : ask->body};
    assert_true(signature_make(&request, str_from(client_or(ask->secret, "demo-secret")), hex));
    const char *sign = client_or(ask->sign, hex);
    if (!ask->unsigned_call && *sign)
        buf_printf(&query, "&sign=%s", sign);
    buf_printf(out, "%s%s", ask->path, query.n ? "?" : "");
    buf_add_str(out, buf_str(&query));
    buf_clear(&query);
}

static struct curl_slist *client_headers(const struct ask *ask)
{
    char line[512];
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    const char *type = client_or(ask->type, "application/json");
    const char *token = client_or(ask->token, "demo-token");
    snprintf(line, sizeof line, *type ? "Content-Type: %s" : "Content-Type:", type);
    list = curl_slist_append(list, line);
    snprintf(line, sizeof line, "x-tts-access-token: %s", token);
    return *token && !ask->unsigned_call ? curl_slist_append(list, line) : list;
}

/* Sends it; *answer receives the body. Returns the HTTP status. */
static int client_send(struct client *c, const struct ask *ask, struct buf *answer)
{
    struct arena *arena = arena_new(4 << 20);
    struct buf url;
    long status = 0;
    buf_init(&url, 64 << 10);
    buf_printf(&url, "%s", c->url);
    client_target(ask, arena, &url);
    buf_add_char(&url, '\0');
    struct curl_slist *headers = client_headers(ask);
    curl_easy_reset(c->curl);
    curl_easy_setopt(c->curl, CURLOPT_URL, url.p);
    curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c->curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(c->curl, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(c->curl, CURLOPT_PATH_AS_IS, 1L);
    if (ask->body.n || (ask->method && strcmp(ask->method, "GET") != 0)) {
        curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, ask->body.n ? ask->body.p : "");
        curl_easy_setopt(c->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)ask->body.n);
    }
    curl_easy_setopt(c->curl, CURLOPT_CUSTOMREQUEST, client_or(ask->method, "GET"));
    curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, client_write);
    curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, answer);
    assert_int_equal(curl_easy_perform(c->curl), CURLE_OK);
    curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    buf_clear(&url);
    arena_free(arena);
    return (int)status;
}

/* ---- holding answers against contracts ---- */

static bool client_type_fits(enum contract_type type, struct json value)
{
    int64_t whole;
    switch (json_type(value)) {
    case JSON_STRING:
        return type == CONTRACT_STRING;
    case JSON_NUMBER:
        return type == CONTRACT_FLOAT ||
               (type == CONTRACT_INT && str_to_i64(json_raw(value), &whole));
    case JSON_TRUE:
    case JSON_FALSE:
        return type == CONTRACT_BOOL;
    case JSON_OBJECT:
        return type == CONTRACT_OBJECT;
    default:
        return false;
    }
}

static void client_check_object(struct client *c, const struct contract *contract,
                                const struct contract_field *parent, struct json object,
                                struct arena *arena);

static void client_check_value(struct client *c, const struct contract *contract,
                               const struct contract_field *f, struct json value,
                               struct arena *arena)
{
    if (!client_type_fits(f->type, value) && !(f->also && client_type_fits(f->also, value)))
        fail_msg(STR_FMT ": " STR_FMT " must not be " STR_FMT, STR_ARG(contract->id),
                 STR_ARG(f->path), STR_ARG(json_raw(value)));
    struct str text = json_text(value, arena);
    if (text.p && !contract_allows(f, text))
        fail_msg(STR_FMT ": " STR_FMT " must not be '" STR_FMT "'", STR_ARG(contract->id),
                 STR_ARG(f->path), STR_ARG(text));
    if (json_type(value) == JSON_OBJECT)
        client_check_object(c, contract, f, value, arena);
}

static void client_check_object(struct client *c, const struct contract *contract,
                                const struct contract_field *parent, struct json object,
                                struct arena *arena)
{
    size_t which = (size_t)(contract - contracts_at(c->contracts, 0));
    for (struct json m = json_first(object); json_exists(m); m = json_next(m)) {
        struct str name = json_key(m, arena);
        const struct contract_field *f = contract_member(&contract->answer, parent, name);
        if (!f)
            fail_msg(STR_FMT ": no field '" STR_FMT "' below '" STR_FMT "'", STR_ARG(contract->id),
                     STR_ARG(name), STR_ARG(parent ? parent->path : STR("")));
        c->seen[which][f->index] = 1;
        if (f->list)
            assert_int_equal(json_type(m), JSON_ARRAY);
        if (!f->list)
            client_check_value(c, contract, f, m, arena);
        for (struct json e = f->list ? json_first(m) : JSON_NONE; json_exists(e); e = json_next(e))
            client_check_value(c, contract, f, e, arena);
    }
}

static void client_check_answer(struct client *c, const struct ask *ask, struct got *got)
{
    struct contract_match match;
    assert_int_equal(contracts_find(c->contracts, str_from(client_or(ask->method, "GET")),
                                    str_from(ask->path), &match),
                     CONTRACT_FOUND);
    size_t which = (size_t)(match.contract - contracts_at(c->contracts, 0));
    if (!c->seen[which])
        c->seen[which] = calloc(match.contract->answer.count + 1, 1);
    assert_int_equal(json_type(got->data), JSON_OBJECT);
    client_check_object(c, match.contract, NULL, got->data, got->arena);
    assert_true(str_eq(got->message, match.contract->auth_host ? STR("success") : STR("Success")));
}

/* ---- one question ---- */

static struct got client_ask(struct client *c, const struct ask *ask)
{
    struct got got = {.arena = arena_new(64 << 20)};
    struct buf answer;
    struct json_limits limits = {.unique_keys = true};
    struct json_error error;
    buf_init(&answer, 64 << 20);
    got.status = client_send(c, ask, &answer);
    struct str text = arena_str(got.arena, buf_str(&answer));
    buf_clear(&answer);
    got.doc = ARENA_NEW(got.arena, struct json_doc);
    if (!json_parse(got.doc, text, &limits, got.arena, &error))
        fail_msg("not JSON: " STR_FMT, STR_ARG(text));
    got.root = json_root(got.doc);
    got.data = json_get(got.root, STR("data"));
    got.message = json_text(json_get(got.root, STR("message")), got.arena);
    assert_true(str_to_i64(json_raw(json_get(got.root, STR("code"))), &got.code));
    assert_int_equal(json_type(json_get(got.root, STR("request_id"))), JSON_STRING);
    if (got.code == 0) {
        assert_int_equal(got.status, 200);
        client_check_answer(c, ask, &got);
    }
    return got;
}

/* The same, when it must succeed. */
static inline struct got client_good(struct client *c, const struct ask *ask)
{
    struct got got = client_ask(c, ask);
    if (got.code != 0)
        fail_msg("%s: %lld " STR_FMT, ask->path, (long long)got.code, STR_ARG(got.message));
    return got;
}

static inline void got_clear(struct got *got)
{
    arena_free(got->arena);
}

/* "a.b[0].c" below `value`, keys only and one-digit indexes. */
static inline struct json at(struct json value, const char *path)
{
    struct str rest = str_from(path);
    while (rest.p) {
        struct str part = str_cut(&rest, '.');
        size_t bracket = str_find(part, '[');
        if (bracket)
            value = json_get(value, str_of(part.p, bracket));
        if (bracket < part.n)
            value = json_at(value, (size_t)(part.p[bracket + 1] - '0'));
    }
    return value;
}

static inline struct str text_at(struct got *got, struct json value, const char *path)
{
    return json_text(at(value, path), got->arena);
}

static inline int64_t int_at(struct json value, const char *path)
{
    int64_t number = 0;
    str_to_i64(json_raw(at(value, path)), &number);
    return number;
}

static inline bool has_text(struct str text, const char *part)
{
    size_t n = strlen(part);
    for (size_t i = 0; text.p && i + n <= text.n; i++)
        if (memcmp(text.p + i, part, n) == 0)
            return true;
    return false;
}

static inline void client_open(struct client *c, const char *url)
{
    struct findings findings;
    findings_init(&findings);
    *c = (struct client){.url = url, .curl = curl_easy_init()};
    c->contracts = contracts_load(TEST_ROOT "/mappings/contracts/v202309", &findings);
    findings_clear(&findings);
    assert_non_null(c->contracts);
    assert_true(contracts_count(c->contracts) <= 256);
}

static inline void client_close(struct client *c)
{
    for (size_t i = 0; i < 256; i++)
        free(c->seen[i]);
    contracts_free(c->contracts);
    curl_easy_cleanup(c->curl);
}

static inline struct sandbox *client_start(struct sandbox_options options)
{
    struct findings findings;
    struct fault fault;
    options.mappings = TEST_ROOT "/mappings";
    options.clock = options.clock ? options.clock : &client_clock;
    findings_init(&findings);
    struct sandbox *sandbox = sandbox_start(&options, &findings, &fault);
    findings_clear(&findings);
    return sandbox;
}

#endif
