/*
 * A world for exchanges: ports that note what is sent and replied, a clock that stands, two
 * apps, and requests signed as a client signs them.
 */
#ifndef TESTS_UNIT_EXCHANGE_BENCH_H
#define TESTS_UNIT_EXCHANGE_BENCH_H

#include "exchange/exchange.h"
#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SENDS = 200, NOW = 1690000000 };

static const struct exchange_app bench_apps[] = {
    {STR_C("app1"), STR_C("the secret of app1")},
    {STR_C("app2"), STR_C("the secret of app2")},
};

static const char bench_shops[] =
    "{\"code\":0,\"message\":\"Success\",\"request_id\":\"up-shops\",\"data\":{\"shops\":["
    "{\"id\":\"1001\",\"cipher\":\"CIPHER_A\",\"region\":\"GB\",\"name\":\"One\"},"
    "{\"id\":\"1002\",\"cipher\":\"CIPHER_B\",\"region\":\"ID\",\"name\":\"Two\"}]}}";

struct world {
    struct exchange_settings settings;
    struct exchange_common common;
    struct exchange_host *host;
    struct plans *plans;
    struct arena *arena; /* of the test's own texts */
    int64_t now_ms;
};

/* One client with one exchange. */
struct client {
    struct world *world;
    struct exchange *x;
    const struct exchange_send *sends[SENDS];
    unsigned tags[SENDS];
    bool over[SENDS]; /* answered or cancelled */
    unsigned count, cancelled;
    int replies, wakes;
    const struct exchange_answer *reply;
    struct json_doc document;
    struct json root; /* of the reply */
};

static inline int64_t bench_now(void *ctx)
{
    return ((struct world *)ctx)->now_ms;
}

static inline void on_send(void *ctx, struct exchange *x, const struct exchange_send *send)
{
    struct client *client = ctx;
    assert_ptr_equal(x, client->x);
    assert_true(client->count < SENDS);
    client->tags[client->count] = send->tag;
    client->sends[client->count++] = send;
}

static inline void on_cancel(void *ctx, struct exchange *x, unsigned tag)
{
    struct client *client = ctx;
    assert_ptr_equal(x, client->x);
    for (unsigned i = 0; i < client->count; i++)
        if (client->tags[i] == tag) {
            assert_false(client->over[i]);
            client->over[i] = true;
            client->cancelled++;
        }
}

static inline void on_reply(void *ctx, struct exchange *x, const struct exchange_answer *answer)
{
    struct client *client = ctx;
    assert_ptr_equal(x, client->x);
    client->replies++;
    client->reply = answer;
}

static inline void on_wake(void *ctx, struct exchange *x)
{
    struct client *client = ctx;
    assert_ptr_equal(x, client->x);
    client->wakes++;
}

static const struct ports bench_ports = {on_send, on_cancel, on_reply, on_wake};

static inline void world_host(struct world *world)
{
    exchange_host_free(world->host);
    world->common.settings = &world->settings;
    world->common.apps = bench_apps;
    world->common.app_count = 2;
    world->common.clock = (struct clock){bench_now, world};
    world->host = exchange_host_new(&world->common);
    assert_non_null(world->host);
}

static inline int world_set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    struct findings findings;
    findings_init(&findings);
    world->plans = plans_load(TEST_ROOT "/tests/unit/exchange/fixtures", &findings);
    if (!world->plans) {
        struct buf text;
        buf_init(&text, 1 << 20);
        findings_print(&findings, &text);
        fprintf(stderr, STR_FMT, STR_ARG(buf_str(&text)));
        buf_clear(&text);
    }
    findings_clear(&findings);
    world->settings = exchange_default_settings;
    world->settings.ahead = 0; /* tests that count calls have one list after the other */
    world->common.book = shop_book_new(NULL);
    world->arena = arena_new((size_t)64 << 20);
    world->now_ms = (int64_t)NOW * 1000;
    *state = world;
    if (!world->plans || !world->common.book || !world->arena)
        return -1;
    world_host(world);
    return 0;
}

static inline int world_tear_down(void **state)
{
    struct world *world = *state;
    exchange_host_free(world->host);
    shop_book_free(world->common.book);
    plans_unref(world->plans);
    arena_free(world->arena);
    free(world);
    return 0;
}

/* What a client may leave out or do wrong. */
enum { NO_KEY = 1, NO_TIME = 2, NO_TOKEN = 4, NO_SIGN = 8, BARE = 15 };

struct ask {
    const char *call; /* "GET /api/x" */
    const char *query;
    const char *body;
    const struct exchange_field *fields;
    size_t field_count;
    unsigned without;
    const char *app;    /* "app1" */
    const char *secret; /* NULL: the app's */
};

static inline void sign_query(struct world *world, struct str path, const char *app,
                              const char *secret, struct buf *query)
{
    struct pairs pairs;
    char hex[SIGN_HEX + 1];
    for (size_t i = 0; i < 2 && !secret; i++)
        if (str_eq(bench_apps[i].key, str_from(app)))
            secret = bench_apps[i].secret.p;
    struct sign_key *key = sign_key_new(str_from(app), str_from(secret ? secret : "?"));
    assert_non_null(key);
    assert_true(url_parse_query(buf_str(query), world->arena, 500, &pairs));
    assert_true(sign_request(key, path, &pairs, STR_NONE, hex));
    sign_key_free(key);
    buf_printf(query, "&sign=%s", hex);
}

static inline void client_new(struct client *client, struct world *world)
{
    *client = (struct client){.world = world};
    client->x = exchange_new(world->host, world->plans, &bench_ports, client);
    assert_non_null(client->x);
}

static inline void client_start(struct client *client, const struct ask *ask)
{
    struct world *world = client->world;
    struct str path = str_from(ask->call), method = str_cut(&path, ' ');
    const char *app = ask->app ? ask->app : "app1";
    struct buf query;
    buf_init_arena(&query, 1 << 20, world->arena);
    buf_printf(&query, "%s", ask->query ? ask->query : "");
    if (!(ask->without & NO_KEY))
        buf_printf(&query, "&app_key=%s", app);
    if (!(ask->without & NO_TIME))
        buf_printf(&query, "&timestamp=%d", NOW);
    if (!(ask->without & NO_TOKEN))
        buf_printf(&query, "&access_token=TOKEN_1");
    if (!(ask->without & NO_SIGN))
        sign_query(world, path, app, ask->secret, &query);
    struct str text = buf_str(&query);
    if (text.n > 0 && text.p[0] == '&')
        text = str_of(text.p + 1, text.n - 1);
    struct exchange_request request = {
        method, path, text, str_from(ask->body), ask->fields, ask->field_count};
    exchange_start(client->x, &request);
}

static inline void client_begin(struct client *client, struct world *world, const char *call,
                                const char *query, const char *body)
{
    struct ask ask = {.call = call, .query = query, .body = body};
    client_new(client, world);
    client_start(client, &ask);
}

static inline void client_free(struct client *client)
{
    exchange_free(client->x);
    client->x = NULL;
}

static inline void answer_with(struct client *client, unsigned i,
                               const struct exchange_upstream *answer)
{
    assert_true(i < client->count && !client->over[i]);
    client->over[i] = true;
    exchange_on_answer(client->x, client->tags[i], answer);
}

/* A good envelope around `data`. */
static inline void answer_data(struct client *client, unsigned i, const char *data)
{
    struct exchange_upstream answer = {.status = 200};
    answer.body = arena_printf(
        client->world->arena,
        "{\"code\":0,\"message\":\"Success\",\"request_id\":\"up-%u\",\"data\":%s}", i, data);
    answer_with(client, i, &answer);
}

static inline void answer_shops(struct client *client, unsigned i)
{
    struct exchange_upstream answer = {.status = 200, .body = str_from(bench_shops)};
    assert_true(str_starts(client->sends[i]->target, STR("/who/shops?")));
    answer_with(client, i, &answer);
}

/* Fills the book so that later requests need not ask for the shops. */
static inline void know_shops(struct world *world)
{
    struct client client;
    client_begin(&client, world, "GET /api/thing/get", "id=1&shop_id=1001", NULL);
    answer_shops(&client, 0);
    client_free(&client);
}

/* ---- what came ---- */

static inline void read_reply(struct client *client)
{
    struct json_limits limits = {.unique_keys = true};
    struct json_error error;
    assert_int_equal(client->replies, 1);
    if (!json_parse(&client->document, client->reply->body, &limits, client->world->arena, &error))
        fail_msg("not JSON: " STR_FMT, STR_ARG(client->reply->body));
    client->root = json_root(&client->document);
    assert_int_equal(json_count(client->root), 4);
}

static inline struct str reply_text(struct client *client, const char *name)
{
    struct str text = json_text(json_get(client->root, str_from(name)), client->world->arena);
    assert_non_null(text.p);
    return text;
}

static inline bool str_has(struct str text, const char *part)
{
    size_t n = strlen(part);
    for (size_t i = 0; i + n <= text.n; i++)
        if (memcmp(text.p + i, part, n) == 0)
            return true;
    return false;
}

static inline void assert_text(struct str got, const char *expected)
{
    if (!str_eq(got, str_from(expected)))
        fail_msg("got: " STR_FMT "\nexpected: %s", STR_ARG(got), expected);
}

static inline struct str field_of(const struct exchange_field *fields, size_t count,
                                  const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (str_ieq(fields[i].name, str_from(name)))
            return fields[i].value;
    return STR_NONE;
}

static inline struct str reply_field(const struct client *client, const char *name)
{
    return field_of(client->reply->fields, client->reply->field_count, name);
}

static inline void assert_data(struct client *client, const char *data)
{
    read_reply(client);
    if (client->reply->status != 200)
        fail_msg("%d: " STR_FMT, client->reply->status, STR_ARG(client->reply->body));
    assert_text(reply_text(client, "code"), "0");
    assert_text(reply_text(client, "message"), "Success");
    assert_int_equal(reply_text(client, "request_id").n, 34);
    assert_text(json_raw(json_get(client->root, STR("data"))), data);
}

/* A bad envelope; `part` stands somewhere in its message. */
static inline void assert_fault(struct client *client, enum fault_kind kind, const char *part)
{
    struct exchange_report report;
    read_reply(client);
    exchange_report(client->x, &report);
    if (strcmp(report.reason, fault_name(kind)) != 0)
        fail_msg("%s, not %s: " STR_FMT, report.reason, fault_name(kind),
                 STR_ARG(client->reply->body));
    assert_text(json_raw(json_get(client->root, STR("data"))), "{}");
    if (!str_has(reply_text(client, "message"), part))
        fail_msg("\"%s\" is not in: " STR_FMT, part, STR_ARG(client->reply->body));
    assert_true(str_has(report.words, part));
}

static inline struct str sent_parameter(struct client *client, unsigned i, const char *name)
{
    struct pairs pairs;
    assert_true(i < client->count);
    struct str query = client->sends[i]->target;
    str_cut(&query, '?');
    assert_true(url_parse_query(query, client->world->arena, 100, &pairs));
    return pairs_get(&pairs, str_from(name));
}

static inline struct str sent_field(const struct client *client, unsigned i, const char *name)
{
    return field_of(client->sends[i]->fields, client->sends[i]->field_count, name);
}

#endif
