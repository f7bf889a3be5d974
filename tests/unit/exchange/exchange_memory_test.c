/*
 * Failures of memory: every allocation fails in turn, and the arena is as small as it can be.
 * Whatever happens, the client gets one envelope, nothing leaks, and the next request works.
 * Linked with --wrap, so that the allocations of all rooms come through here.
 */
#include "bench.h"

static long allocations, fail_at; /* fail_at 0: never */
static bool fail_on;              /* all behind that one too */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *p, size_t size);

static bool fails(void)
{
    allocations++;
    return fail_at > 0 && (allocations == fail_at || (fail_on && allocations > fail_at));
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *p, size_t size)
{
    return fails() ? NULL : __real_realloc(p, size);
}

static struct exchange_upstream envelope(const char *text)
{
    return (struct exchange_upstream){.status = 200, .body = str_from(text)};
}

static void answer_what_is_asked(struct client *client)
{
    for (unsigned i = 0; i < client->count && client->replies == 0; i++) {
        struct str target = client->sends[i]->target;
        struct exchange_upstream answer = envelope(
            str_starts(target, STR("/who/")) ? bench_shops
            : str_starts(target, STR("/box/v2/boxes?"))
                ? "{\"code\":0,\"message\":\"\",\"request_id\":\"u\",\"data\":{"
                  "\"boxes\":[{\"id\":\"1\"},{\"id\":\"2\"}]}}"
            : str_starts(target, STR("/box/v2/")) && sent_parameter(client, i, "page_size").p
                ? "{\"code\":0,\"message\":\"\",\"request_id\":\"u\",\"data\":{"
                  "\"things\":[{\"id\":\"1\"},{\"id\":\"2\"}],\"next_page_token\":\"\"}}"
            : str_starts(target, STR("/big/v2/search?"))
                ? "{\"code\":0,\"message\":\"\",\"request_id\":\"u\",\"data\":{\"list\":[\"7\"]}}"
            : str_starts(target, STR("/thing/v2/search?"))
                ? "{\"code\":0,\"message\":\"\",\"request_id\":\"u\",\"data\":{\"total\":9,"
                  "\"things\":[{\"id\":\"1\"},{\"id\":\"2\"},{\"id\":\"3\"},{\"id\":\"4\"},"
                  "{\"id\":\"5\"},{\"id\":\"6\"}],\"next_page_token\":\"t\"}}"
                : "{\"code\":0,\"message\":\"\",\"request_id\":\"u\",\"data\":{\"name\":\"x\\n\","
                  "\"box\":\"b\",\"mark\":\"m\",\"text\":\"t\"}}");
        answer_with(client, i, &answer);
    }
}

struct example {
    const char *call, *query, *body;
};

static const struct example examples[] = {
    {"GET /api/thing/get", "id=1&shop_id=1001&strange=%0a", NULL},
    {"GET /api/thing/chain", "id=1&more=true&shop_id=1001", "{}"},
    {"POST /api/thing/mark", "shop_id=1001", "{\"ids\":[1,2,3]}"},
    {"POST /api/thing/list", "shop_id=1001", "{\"page_size\":4}"},
    {"POST /api/thing/numbered", "shop_id=1001", "{\"page_number\":2,\"page_size\":3}"},
    {"POST /api/thing/nested_offset", "shop_id=1001", "{\"offset\":3,\"size\":4}"},
    {"POST /api/thing/noted", "shop_id=1001", "{\"page_size\":2}"},
    {"POST /api/thing/upload", NULL, "{\"data\":\"aGVsbG8=\"}"},
    {"POST /api/thing/make", "shop_id=1001", "{\"serial\":\"n\",\"name\":\"a\"}"},
    {"POST /api/thing/end", "shop_id=1001", "{\"id\":\"7\"}"},
    {"POST /thing/202401/things", "shop_id=1001&strange=%0a", "{\"ids\":[1]}"},
    {"GET /api/thing/nowhere", NULL, NULL},
};

/* The request of an example, made before anything fails. */
static struct exchange_request request_of(struct world *world, const struct example *example)
{
    struct str path = str_from(example->call), method = str_cut(&path, ' ');
    struct buf query;
    buf_init_arena(&query, 1 << 16, world->arena);
    buf_printf(&query, "%s%sapp_key=app1&timestamp=%d&access_token=T",
               example->query ? example->query : "", example->query ? "&" : "", NOW);
    sign_query(world, path, "app1", NULL, &query);
    return (struct exchange_request){
        .method = method, .path = path, .query = buf_str(&query), .body = str_from(example->body)};
}

/* One request from host to reply; whether it went well. */
static bool run(struct world *world, const struct exchange_request *request, bool *replied)
{
    struct client client = {.world = world};
    bool good = false;
    *replied = false;
    struct exchange_host *host = exchange_host_new(&world->common);
    if (!host)
        return false;
    client.x = exchange_new(host, world->plans, &bench_ports, &client);
    if (client.x) {
        exchange_start(client.x, request);
        answer_what_is_asked(&client);
        fail_at = 0; /* what follows is the test's own */
        *replied = true;
        read_reply(&client);
        good = client.reply->status == 200;
        exchange_free(client.x);
    }
    exchange_host_free(host);
    return good;
}

static long fail_each(struct world *world, const struct exchange_request *request, bool all_behind)
{
    bool replied;
    for (long n = 1;; n++) {
        shop_book_free(world->common.book);
        world->common.book = shop_book_new(NULL);
        page_store_free(world->common.store);
        world->common.store = page_store_local(10000);
        page_store_free(world->common.answers);
        world->common.answers = page_store_local(10000);
        assert_true(world->common.book && world->common.store && world->common.answers);
        allocations = 0;
        fail_on = all_behind;
        fail_at = n;
        run(world, request, &replied);
        bool reached = allocations >= n;
        fail_at = 0;
        arena_reset(world->arena);
        if (!reached)
            return n - 1;
    }
}

static void every_allocation_may_fail(void **state)
{
    struct world *world = *state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct arena *keep = world->arena; /* the request's own, not to be reset */
        struct exchange_request request = request_of(world, &examples[i]);
        world->arena = arena_new(1 << 20);
        long once = fail_each(world, &request, false);
        long all = fail_each(world, &request, true);
        arena_free(world->arena);
        world->arena = keep;
        page_store_free(world->common.store);
        page_store_free(world->common.answers);
        world->common.store = world->common.answers = NULL;
        print_message("           %s: %ld, %ld\n", examples[i].call, once, all);
        assert_true(once >= 3 && all >= 3);
    }
}

static void the_arena_may_be_tiny(void **state)
{
    struct world *world = *state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct exchange_request request = request_of(world, &examples[i]);
        bool good = false, replied = false;
        int refused = 0;
        for (size_t memory = 16; !good && memory < (size_t)8 << 20; memory += memory / 8 + 8) {
            world->settings.memory = memory;
            good = run(world, &request, &replied);
            assert_true(replied);
            refused += !good;
        }
        print_message("           %s: %d\n", examples[i].call, refused);
        assert_true(refused > 10);
        assert_true(good || str_starts(request.path, STR("/api/thing/nowhere")));
    }
}

/* What one request took from malloc between its start and its reply, its arena's blocks apart. */
static long beside_the_arena(struct world *world, const struct exchange_request *request)
{
    struct client client;
    client_new(&client, world);
    size_t blocks = exchange_blocks(client.x);
    long before = allocations;
    exchange_start(client.x, request);
    answer_what_is_asked(&client);
    long taken = allocations - before - (long)(exchange_blocks(client.x) - blocks);
    assert_int_equal(client.replies, 1);
    client_free(&client);
    return taken;
}

/*
 * Once the reply's buffer is there and the token's shops are known. Nothing is remembered here:
 * what is outlives a request.
 */
static void all_else_comes_from_the_arena(void **state)
{
    static const struct example plain[] = {
        {"GET /api/thing/get", "id=1&shop_id=1001&strange=%0a", NULL},
        {"GET /api/thing/chain", "id=1&more=true&shop_id=1001", "{}"},
        {"POST /api/thing/mark", "shop_id=1001", "{\"ids\":[1,2,3]}"},
        {"POST /api/thing/list", "shop_id=1001", "{\"page_size\":4}"},
        {"POST /api/thing/nested", "shop_id=1001", "{\"page_size\":3}"},
        {"POST /api/thing/numbered", "shop_id=1001", "{\"page_number\":2,\"page_size\":3}"},
        {"POST /api/thing/nested_offset", "shop_id=1001", "{\"offset\":3,\"size\":4}"},
        {"POST /api/thing/noted", "shop_id=1001", "{\"page_size\":2}"},
        {"POST /api/thing/make", "shop_id=1001", "{\"serial\":\"n\",\"name\":\"a\"}"},
        {"POST /api/thing/end", "shop_id=1001", "{\"id\":\"7\"}"},
        {"POST /api/thing/upload", NULL, "{\"data\":\"aGVsbG8=\"}"},
        {"POST /thing/202401/things", "shop_id=1001", "{\"ids\":[1]}"},
        {"GET /api/thing/nowhere", NULL, NULL},
    };
    struct world *world = *state;
    long cold = 0;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        struct exchange_request request = request_of(world, &plain[i]);
        cold += beside_the_arena(world, &request);
        if (beside_the_arena(world, &request) != 0)
            fail_msg("%s takes memory from elsewhere", plain[i].call);
    }
    assert_true(cold > 0); /* the counter counts */
}

static void the_answer_may_be_tiny(void **state)
{
    struct world *world = *state;
    struct exchange_request request = request_of(world, &examples[0]);
    for (size_t answer = 0; answer < 200; answer++) {
        bool replied;
        world->settings.answer = answer;
        run(world, &request, &replied);
        assert_true(replied);
    }
}

#define WORLD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD(every_allocation_may_fail),
        WORLD(the_arena_may_be_tiny),
        WORLD(all_else_comes_from_the_arena),
        WORLD(the_answer_may_be_tiny),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
