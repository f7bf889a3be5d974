/*
 * Whole requests on hostile bytes, from the client and from upstream.
 *
 * The input is cut at bytes 0x1E: "METHOD path?query", a body, then answers of upstream, whose
 * first byte chooses which call under way it is for and with which status. Whatever they hold,
 * the client gets one envelope, with header fields that cannot be broken out of, and at most
 * the stated number of calls is made. Signature and time are not checked, or nothing would get
 * through. The tables are those of the exchange's unit tests, found from where this file is.
 */
#include "base/log.h"
#include "exchange/exchange.h"
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition)                                                                         \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

enum { CALLS = 12, SEPARATOR = 0x1E };

static struct {
    struct plans *plans;
    struct arena *arena;
    struct exchange_settings settings;
    struct exchange_common common;
    bool open[CALLS];
    unsigned count, under_way;
    const struct exchange_answer *reply;
} world;

static int64_t now(void *ctx)
{
    (void)ctx;
    return INT64_C(1690000000000);
}

static void check_field(const struct exchange_field *field)
{
    REQUIRE(field->name.n > 0 && field->value.p);
    for (size_t i = 0; i < field->value.n; i++)
        REQUIRE(field->value.p[i] >= ' ' && field->value.p[i] <= '~');
}

static void on_send(void *ctx, struct exchange *x, const struct exchange_send *send)
{
    (void)ctx;
    (void)x;
    REQUIRE(send->tag == world.count && world.count < CALLS && !world.reply);
    for (size_t i = 0; i < send->target.n; i++)
        REQUIRE(send->target.p[i] > ' ' && send->target.p[i] <= '~');
    for (size_t i = 0; i < send->field_count; i++)
        check_field(&send->fields[i]);
    world.open[world.count++] = true;
    world.under_way++;
}

static void on_cancel(void *ctx, struct exchange *x, unsigned tag)
{
    (void)ctx;
    (void)x;
    REQUIRE(tag < world.count && world.open[tag]);
    world.open[tag] = false;
    world.under_way--;
}

static void on_reply(void *ctx, struct exchange *x, const struct exchange_answer *answer)
{
    (void)ctx;
    (void)x;
    REQUIRE(!world.reply);
    world.reply = answer;
}

static void on_wake(void *ctx, struct exchange *x)
{
    (void)ctx;
    (void)x;
}

static const struct ports ports = {on_send, on_cancel, on_reply, on_wake};

static struct plans *load_tables(void)
{
    char path[1024];
    const char *slash = strrchr(__FILE__, '/');
    struct findings findings;
    findings_init(&findings);
    snprintf(path, sizeof path, "%.*s/../unit/exchange/fixtures",
             slash ? (int)(slash - __FILE__) : 1, slash ? __FILE__ : ".");
    struct plans *plans = plans_load(path, &findings);
    findings_clear(&findings);
    return plans;
}

static void set_up(void)
{
    static const struct exchange_app app = {STR_C("app1"), STR_C("the secret of app1")};
    world.plans = load_tables();
    world.arena = arena_new((size_t)16 << 20);
    world.settings = exchange_default_settings;
    world.settings.check_sign = world.settings.check_time = false;
    world.settings.calls = CALLS;
    world.settings.memory = (size_t)4 << 20;
    world.common = (struct exchange_common){
        .settings = &world.settings, .apps = &app, .app_count = 1, .clock = {now, NULL}};
    REQUIRE(world.plans && world.arena);
    log_set_level(LOG_OFF);
}

static void start(struct exchange *x, struct str line, struct str body)
{
    struct str rest = line, method = str_cut(&rest, ' ');
    struct str query = rest, path = query.p ? str_cut(&query, '?') : STR("");
    struct exchange_request request = {.method = method, .path = path, .body = body};
    request.query =
        arena_printf(world.arena, STR_FMT "&app_key=app1&access_token=TOKEN_1", STR_ARG(query));
    exchange_start(x, &request);
}

static void answer(struct exchange *x, struct str piece)
{
    static const int statuses[] = {200, 200, 200, 400, 401, 429, 500, 302};
    struct exchange_upstream answer = {.status = 200, .body = STR("")};
    unsigned which = 0, choice = piece.n > 0 ? (unsigned char)piece.p[0] : 0;
    if (piece.n > 0)
        answer.body = str_of(piece.p + 1, piece.n - 1);
    answer.status = statuses[choice % 8];
    for (unsigned skip = choice / 8 % world.under_way;; which++)
        if (world.open[which] && skip-- == 0)
            break;
    world.open[which] = false;
    world.under_way--;
    exchange_on_answer(x, which, &answer);
}

static void check_reply(void)
{
    static const struct str members[] = {STR_C("code"), STR_C("message"), STR_C("request_id"),
                                         STR_C("data")};
    struct json_doc document;
    struct json_limits limits = {.depth = 200, .unique_keys = true};
    struct json_error error;
    REQUIRE(world.reply && world.under_way == 0);
    REQUIRE(world.reply->status >= 200 && world.reply->status <= 599);
    for (size_t i = 0; i < world.reply->field_count; i++)
        check_field(&world.reply->fields[i]);
    REQUIRE(json_parse(&document, world.reply->body, &limits, world.arena, &error));
    REQUIRE(json_count(json_root(&document)) == 4);
    for (size_t i = 0; i < 4; i++)
        REQUIRE(json_exists(json_get(json_root(&document), members[i])));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 65536)
        return 0;
    if (!world.plans)
        set_up();
    struct str rest = str_of((const char *)data, size);
    struct str line = str_cut(&rest, SEPARATOR);
    struct str body = rest.p ? str_cut(&rest, SEPARATOR) : STR_NONE;
    world.common.book = shop_book_new(NULL);
    world.common.store = page_store_local(65536);
    struct exchange_host *host = exchange_host_new(&world.common);
    struct exchange *x = host ? exchange_new(host, world.plans, &ports, NULL) : NULL;
    REQUIRE(x);
    world.count = world.under_way = 0;
    world.reply = NULL;
    start(x, line, body);
    while (!world.reply && world.under_way > 0 && rest.p)
        answer(x, str_cut(&rest, SEPARATOR));
    if (!world.reply)
        exchange_on_deadline(x);
    check_reply();
    exchange_free(x);
    exchange_host_free(host);
    shop_book_free(world.common.book);
    page_store_free(world.common.store);
    arena_reset(world.arena);
    return 0;
}
