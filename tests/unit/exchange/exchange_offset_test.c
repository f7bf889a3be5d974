/*
 * Lists by page number and offset whose positions are remembered: what is asked of upstream, by
 * whom, and what becomes of positions that are good no more.
 */
#include "bench.h"

enum { MOST = 400 };

static int set_up(void **state)
{
    int result = world_set_up(state);
    struct world *world = *state;
    if (result != 0)
        return result;
    world->common.store = page_store_local(1 << 20);
    world_host(world);
    know_shops(world);
    return world->common.store ? 0 : -1;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    struct page_store *store = world->common.store;
    struct page_store_use use;
    page_store_use(store, &use);
    assert_int_equal(use.flights, 0); /* whatever happened, nobody waits for ever */
    world_tear_down(state);
    page_store_free(store);
    return 0;
}

static uint64_t number_of(struct str text)
{
    uint64_t number = 0;
    assert_true(text.n == 0 || str_to_u64(text, &number));
    return number;
}

static void numbered(struct client *client, struct world *world, int number, int size)
{
    struct str body =
        arena_printf(world->arena, "{\"page_number\":%d,\"page_size\":%d}", number, size);
    client_begin(client, world, "POST /api/thing/numbered", "shop_id=1001", body.p);
}

/* Upstream: `rows` things with the ids 0, 1, ...; tokens are "size:offset" and good for that size.
 */
static void serve(struct client *client, unsigned i, uint64_t rows)
{
    struct str token = sent_parameter(client, i, "page_token");
    uint64_t size = number_of(sent_parameter(client, i, "page_size")), from = 0;
    struct buf data;
    assert_true(size >= 1 && size <= 10);
    if (token.n > 0) {
        assert_int_equal(number_of(str_cut(&token, ':')), size);
        from = number_of(token);
    }
    buf_init_arena(&data, 1 << 20, client->world->arena);
    uint64_t to = from + size < rows ? from + size : rows;
    buf_printf(&data, "{\"total\":%d,\"things\":[", (int)rows);
    for (uint64_t row = from; row < to; row++)
        buf_printf(&data, "%s{\"id\":\"%d\"}", row > from ? "," : "", (int)row);
    buf_add_str(&data, STR("],\"next_page_token\":\""));
    if (to < rows)
        buf_printf(&data, "%d:%d", (int)size, (int)to);
    buf_add(&data, "\"}", 3);
    answer_data(client, i, data.p);
}

static void serve_rest(struct client *client, unsigned from, uint64_t rows)
{
    for (unsigned i = from; client->replies == 0; i++) {
        assert_true(i < client->count);
        serve(client, i, rows);
    }
}

static struct json data_of(struct client *client)
{
    read_reply(client);
    if (client->reply->status != 200)
        fail_msg(STR_FMT, STR_ARG(client->reply->body));
    return json_get(client->root, STR("data"));
}

static void assert_rows(struct client *client, uint64_t from, uint64_t size, uint64_t rows)
{
    struct json list = json_get(data_of(client), STR("list"));
    uint64_t left = from < rows ? rows - from : 0;
    assert_int_equal(json_count(list), left < size ? left : size);
    for (struct json row = json_first(list); json_exists(row); row = json_next(row))
        assert_int_equal(number_of(json_text(json_get(row, STR("id")), client->world->arena)),
                         from++);
    struct json total = json_get(data_of(client), STR("total"));
    assert_int_equal(number_of(json_text(total, client->world->arena)), rows);
}

/* A whole page; the number of calls it took. */
static unsigned read_page(struct world *world, int number, int size, uint64_t rows)
{
    struct client client;
    numbered(&client, world, number, size);
    serve_rest(&client, 0, rows);
    assert_rows(&client, (uint64_t)((number - 1) * size), (uint64_t)size, rows);
    unsigned calls = client.count;
    client_free(&client);
    return calls;
}

static void asks_once_for_what_it_knows(void **state)
{
    static const struct {
        const char *name;
        int number, size;
        unsigned calls;
    } rows[] = {
        {"the first page", 1, 10, 1},
        {"and on", 2, 10, 1},
        {"and on", 3, 10, 1},
        {"back", 2, 10, 1},
        {"far away: a walk", 8, 10, 5},
        {"and on", 9, 10, 1},
        {"passed on the way", 5, 10, 1},
        {"behind that", 6, 10, 1},
        {"another size", 15, 5, 1},
        {"a size that fits nowhere", 6, 7, 2},
        {"a large size", 1, 50, 5},
        {"its next page", 2, 50, 5},
        {"the end", 10, 10, 1},
        {"behind the end", 11, 10, 1},
        {"far behind the end", 5000, 10, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned calls = read_page(*state, rows[i].number, rows[i].size, 97);
        if (calls != rows[i].calls)
            fail_msg("%s, page %d of %d: %u calls", rows[i].name, rows[i].number, rows[i].size,
                     calls);
    }
}

/* Where both cost the same, rather what is known than all rows from the start. */
static void asks_for_no_rows_twice(void **state)
{
    struct client client;
    read_page(*state, 1, 5, 100);
    numbered(&client, *state, 2, 5);
    assert_text(sent_parameter(&client, 0, "page_token"), "5:5");
    serve_rest(&client, 0, 100);
    assert_rows(&client, 5, 5, 100);
    client_free(&client);
}

static void a_cold_page_is_walked_to_in_large_steps(void **state)
{
    struct client client;
    numbered(&client, *state, 31, 1);                          /* row 30 */
    assert_text(sent_parameter(&client, 0, "page_size"), "8"); /* 31 rows in 4 calls */
    serve_rest(&client, 0, 100);
    assert_int_equal(client.count, 4);
    assert_rows(&client, 30, 1, 100);
    client_free(&client);
}

static void forgets_in_time(void **state)
{
    struct world *world = *state;
    read_page(world, 4, 10, 100);
    assert_int_equal(read_page(world, 5, 10, 100), 1);
    world->now_ms += world->settings.position_keep_ms - 1;
    world->settings.check_time = false;
    assert_int_equal(read_page(world, 4, 10, 100), 1);
    world->now_ms += 2;
    assert_int_equal(read_page(world, 3, 10, 100), 3);
}

/* The first page of a list makes known where its second begins, for nobody else. */
static void shares_with_nobody(void **state)
{
    static const struct {
        const char *name;
        struct ask ask;
        unsigned calls;
    } rows[] = {
        {"the same", {.query = "shop_id=1001"}, 1},
        {"other filters", {.query = "shop_id=1001&kind=k"}, 2},
        {"other shop", {.query = "shop_id=1002"}, 2},
        {"other app", {.query = "shop_id=1001&shop_cipher=C", .app = "app2"}, 2},
        {"other token",
         {.query = "shop_id=1001&shop_cipher=C&access_token=OTHER", .without = NO_TOKEN},
         2},
    };
    read_page(*state, 1, 10, 100);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct client client;
        struct ask ask = rows[i].ask;
        ask.call = "POST /api/thing/numbered";
        ask.body = "{\"page_number\":2,\"page_size\":10}";
        print_message("           %s\n", rows[i].name);
        client_new(&client, *state);
        client_start(&client, &ask);
        serve_rest(&client, 0, 100);
        assert_int_equal(client.count, rows[i].calls);
        assert_rows(&client, 10, 10, 100);
        client_free(&client);
    }
}

static void goes_on_where_a_walk_ended(void **state)
{
    struct world *world = *state;
    struct client client;
    world->settings.walk = 3;
    for (unsigned i = 0; i < 2; i++) { /* 80 rows: three, three and two calls */
        numbered(&client, world, 9, 10);
        for (unsigned call = 0; call < 3; call++)
            serve(&client, call, 100);
        assert_int_equal(client.count, 3);
        assert_fault(&client, FAULT_TOO_LARGE, "Ask again");
        client_free(&client);
    }
    assert_int_equal(read_page(world, 9, 10, 100), 3);
}

/* Calls for the rows on the page, once it is known which they are. */
static void asks_for_each_row_of_the_page(void **state)
{
    struct world *world = *state;
    struct client client;
    world->settings.side_by_side = 3;
    client_begin(&client, world, "POST /api/thing/noted", "shop_id=1001",
                 "{\"page_number\":3,\"page_size\":7}");
    serve(&client, 0, 17); /* rows 0 to 6 */
    serve(&client, 1, 17);
    assert_int_equal(client.count, 3);
    serve(&client, 2, 17);
    assert_int_equal(client.count, 6); /* rows 14, 15 and 16, at the same time */
    for (unsigned i = 5; i >= 3; i--) {
        char path[32], data[32];
        snprintf(path, sizeof path, "/thing/v2/%u/notes?", 11 + i);
        snprintf(data, sizeof data, "{\"note\":\"n%u\"}", 11 + i);
        assert_true(str_starts(client.sends[i]->target, str_from(path)));
        answer_data(&client, i, data);
    }
    assert_data(&client,
                "{\"list\":[{\"id\":\"14\",\"note\":\"n14\"},{\"id\":\"15\",\"note\":\"n15\"},"
                "{\"id\":\"16\",\"note\":\"n16\"}],\"total\":17}");
    client_free(&client);
    client_begin(&client, world, "POST /api/thing/noted", "shop_id=1001",
                 "{\"page_number\":1,\"page_size\":13}");
    serve(&client, 0, 17);
    serve(&client, 1, 17);
    assert_fault(&client, FAULT_UPSTREAM_BAD, "holds 13 elements; at most 12");
    client_free(&client);
}

static void the_notes_of_no_rows_are_not_asked_for(void **state)
{
    struct client client;
    client_begin(&client, *state, "POST /api/thing/noted", "shop_id=1001", "{\"page_number\":4}");
    serve(&client, 0, 3);
    assert_int_equal(client.count, 1);
    assert_data(&client, "{\"list\":[],\"total\":3}");
    client_free(&client);
}

/* ---- positions that are good no more ---- */

static void refuse(struct client *client, unsigned i, int status, int code)
{
    struct exchange_upstream answer = {.status = status};
    answer.body = arena_printf(client->world->arena,
                               "{\"code\":%d,\"message\":\"no\",\"request_id\":\"r\"}", code);
    answer_with(client, i, &answer);
}

static void begins_again_once(void **state)
{
    struct world *world = *state;
    struct client client;
    read_page(world, 2, 10, 100);
    numbered(&client, world, 3, 10);
    assert_text(sent_parameter(&client, 0, "page_token"), "10:20");
    refuse(&client, 0, 200, 5001);
    assert_int_equal(sent_parameter(&client, 1, "page_token").n, 0);
    serve_rest(&client, 1, 100);
    assert_int_equal(client.count, 4);
    assert_rows(&client, 20, 10, 100);
    client_free(&client);
    assert_int_equal(read_page(world, 4, 10, 100), 1); /* what is known is known anew */
    numbered(&client, world, 5, 10);
    refuse(&client, 0, 400, 5001);
    refuse(&client, 1, 400, 5002);
    assert_fault(&client, FAULT_UPSTREAM, "no");
    assert_int_equal(client.count, 2);
    client_free(&client);
    assert_int_equal(read_page(world, 3, 10, 100), 3); /* nothing of it is believed */
}

static void does_not_begin_again_for_other_reasons(void **state)
{
    static const struct {
        int status, code;
    } rows[] = {{401, 5001}, {403, 5001}, {429, 5001}, {500, 5001}, {503, 0}};
    struct world *world = *state;
    read_page(world, 2, 10, 100);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct client client;
        struct exchange_report report;
        numbered(&client, world, 3, 10);
        refuse(&client, 0, rows[i].status, rows[i].code);
        assert_int_equal(client.replies, 1);
        assert_int_equal(client.count, 1);
        exchange_report(client.x, &report);
        assert_string_not_equal(report.reason, "ok");
        client_free(&client);
    }
    assert_int_equal(read_page(world, 3, 10, 100), 1); /* it is still believed */
    struct client client;
    numbered(&client, world, 8, 10); /* what this walk itself brought is not doubted */
    serve(&client, 0, 100);
    refuse(&client, 1, 200, 5001);
    assert_fault(&client, FAULT_UPSTREAM, "no");
    client_free(&client);
}

/* A store that gives what nobody put there. */
static enum page_found lie(void *self, struct str list, uint64_t at, int64_t now_ms,
                           struct page_waiter *waiter, struct arena *arena, struct page_kept *kept)
{
    static const char *const lies[] = {"", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    unsigned *told = self;
    (void)list;
    (void)now_ms;
    (void)waiter;
    (void)arena;
    *kept = (struct page_kept){at / 2, str_from(lies[(*told)++ % 3])};
    return PAGE_FOUND;
}

static void no_put(void *self, struct str list, uint64_t at, struct str value, int64_t until_ms,
                   int64_t now_ms)
{
    (void)self;
    (void)list;
    (void)at;
    (void)value;
    (void)until_ms;
    (void)now_ms;
}

static void no_drop(void *self, struct str list)
{
    (void)self;
    (void)list;
}

static void no_free(void *self)
{
    (void)self;
}

static void use_store(struct world *world, const struct page_store_form *form, void *self)
{
    page_store_free(world->common.store);
    world->common.store = page_store_new(form, self);
    world_host(world);
}

static void believes_no_false_store(void **state)
{
    static const struct page_store_form liar = {
        .get = lie, .put = no_put, .drop = no_drop, .free = no_free};
    unsigned told = 0;
    use_store(*state, &liar, &told);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(read_page(*state, 3, 10, 100), 3);
    assert_int_equal(told, 3);
}

/* ---- equal walks ---- */

static void makes_equal_walks_once(void **state)
{
    struct client first, second, third, other;
    numbered(&first, *state, 5, 10);
    numbered(&second, *state, 5, 10);
    numbered(&third, *state, 5, 10);
    numbered(&other, *state, 6, 10);
    assert_int_equal(first.count, 1);
    assert_int_equal(second.count + third.count, 0);
    assert_int_equal(other.count, 1); /* another walk */
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(second.wakes, 0);
        serve(&first, i, 100);
    }
    assert_int_equal(second.wakes, 1); /* the row is reached, though the page is not there yet */
    assert_int_equal(third.wakes, 1);
    assert_int_equal(first.replies, 0);
    exchange_on_wake(second.x);
    assert_int_equal(second.count, 1);
    assert_text(sent_parameter(&second, 0, "page_token"), "10:40");
    serve(&second, 0, 100);
    assert_rows(&second, 40, 10, 100);
    serve(&first, 4, 100);
    assert_rows(&first, 40, 10, 100);
    exchange_on_wake(third.x);
    serve(&third, 0, 100);
    assert_rows(&third, 40, 10, 100);
    exchange_on_wake(third.x); /* too late, and harmless */
    serve_rest(&other, 0, 100);
    assert_rows(&other, 50, 10, 100);
    client_free(&first);
    client_free(&second);
    client_free(&third);
    client_free(&other);
}

static void somebody_else_walks_when_one_gives_up(void **state)
{
    struct world *world = *state;
    for (unsigned how = 0; how < 4; how++) {
        struct client first, second;
        numbered(&first, world, 6 + (int)how, 10);
        numbered(&second, world, 6 + (int)how, 10);
        serve(&first, 0, 1000);
        if (how == 0)
            refuse(&first, 1, 500, 5001);
        else if (how == 1)
            exchange_on_deadline(first.x);
        else
            client_free(&first); /* the client went away */
        assert_int_equal(second.wakes, 1);
        if (how == 3) {
            client_free(&second);
            continue;
        }
        exchange_on_wake(second.x);
        assert_int_equal(second.count, 1);
        serve_rest(&second, 0, 1000);
        assert_rows(&second, (uint64_t)(50 + 10 * how), 10, 1000);
        if (how < 2)
            client_free(&first);
        client_free(&second);
        page_store_free(world->common.store);
        world->common.store = page_store_local(1 << 20);
        world_host(world);
    }
}

static void who_waits_may_go(void **state)
{
    struct client first, second, third;
    numbered(&first, *state, 5, 10);
    numbered(&second, *state, 5, 10);
    numbered(&third, *state, 5, 10);
    exchange_on_deadline(second.x);
    assert_fault(&second, FAULT_TIMEOUT, "another request is on its way");
    client_free(&third);
    exchange_on_wake(second.x);
    serve_rest(&first, 0, 100);
    assert_int_equal(second.wakes, 0);
    client_free(&first);
    client_free(&second);
}

/* Behind the end nothing is reached; those who waited find the end near. */
static void the_end_is_walked_to_once(void **state)
{
    struct client first, second;
    numbered(&first, *state, 9, 10);
    numbered(&second, *state, 9, 10);
    serve_rest(&first, 0, 35);
    assert_rows(&first, 80, 10, 35);
    assert_int_equal(first.count, 4);
    assert_int_equal(second.wakes, 1);
    exchange_on_wake(second.x);
    serve_rest(&second, 0, 35);
    assert_int_equal(second.count, 1);
    assert_rows(&second, 80, 10, 35);
    client_free(&first);
    client_free(&second);
}

/* Each worker has a host of its own; what one was told, the others know. */
static void is_known_to_all_workers(void **state)
{
    struct world *world = *state;
    struct exchange_host *first = world->host, *second = exchange_host_new(&world->common);
    assert_non_null(second);
    for (int number = 1; number <= 6; number++) {
        world->host = number % 2 ? first : second;
        assert_int_equal(read_page(world, number, 10, 100), 1);
    }
    struct client here, there;
    world->host = first;
    numbered(&here, world, 10, 10);
    world->host = second;
    numbered(&there, world, 10, 10);
    assert_int_equal(there.count, 0); /* its walk is under way */
    for (unsigned i = 0; there.wakes == 0; i++)
        serve(&here, i, 100);
    exchange_on_wake(there.x);
    serve_rest(&there, 0, 100);
    assert_rows(&there, 90, 10, 100);
    client_free(&here);
    client_free(&there);
    exchange_host_free(second);
    world->host = first;
}

/* ---- a store that takes its time ---- */

struct slow {
    struct page_store *behind;
    struct page_waiter *asker;
    bool ready;
};

static enum page_found slow_get(void *self, struct str list, uint64_t at, int64_t now_ms,
                                struct page_waiter *waiter, struct arena *arena,
                                struct page_kept *kept)
{
    struct slow *slow = self;
    if (slow->ready)
        return page_store_get(slow->behind, list, at, now_ms, waiter, arena, kept);
    slow->asker = waiter;
    return PAGE_LATER;
}

static void slow_leave(void *self, struct page_waiter *waiter)
{
    struct slow *slow = self;
    if (slow->asker == waiter)
        slow->asker = NULL;
}

static void slow_put(void *self, struct str list, uint64_t at, struct str value, int64_t until_ms,
                     int64_t now_ms)
{
    page_store_put(((struct slow *)self)->behind, list, at, value, until_ms, now_ms);
}

static void waits_for_a_slow_store(void **state)
{
    static const struct page_store_form form = {
        .get = slow_get, .leave = slow_leave, .put = slow_put, .drop = no_drop, .free = no_free};
    struct slow slow = {.behind = page_store_local(1 << 20)};
    struct client client;
    use_store(*state, &form, &slow);
    read_page(*state, 1, 10, 100); /* of which the store need not be asked */
    numbered(&client, *state, 2, 10);
    assert_int_equal(client.count, 0);
    assert_non_null(slow.asker);
    slow.asker->wake(slow.asker);
    assert_int_equal(client.wakes, 1);
    slow.ready = true;
    exchange_on_wake(client.x);
    assert_text(sent_parameter(&client, 0, "page_token"), "10:10");
    serve_rest(&client, 0, 100);
    assert_rows(&client, 10, 10, 100);
    client_free(&client);
    slow.ready = false;
    numbered(&client, *state, 3, 10);
    assert_non_null(slow.asker);
    client_free(&client);
    assert_null(slow.asker);
    page_store_free(slow.behind);
}

/* ---- any list, in any order ---- */

static uint64_t at_work;

static int tell_seed(void **state)
{
    if (at_work)
        print_error("failed at seed %d\n", (int)at_work);
    at_work = 0;
    return tear_down(state);
}

static uint64_t draw(uint64_t *random, uint64_t below)
{
    *random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*random >> 33) % below;
}

/* Two upstream lists; the keys are drawn so that many are equal, within a list and across. */
struct pair_of_lists {
    unsigned keys[2][256], rows[2];
    unsigned all[512]; /* 1000 * key + list * 500 + row: in this order */
    bool newest;
    unsigned grows; /* rows that are put before all others after each call */
};

static void make_pair(struct pair_of_lists *pair, uint64_t *random)
{
    pair->newest = draw(random, 2);
    pair->grows = 0;
    for (unsigned list = 0; list < 2; list++) {
        unsigned key = pair->newest ? 900 : 100;
        pair->rows[list] = (unsigned)draw(random, 4) == 0 ? (unsigned)draw(random, 251)
                                                          : (unsigned)draw(random, 30);
        for (unsigned row = 0; row < pair->rows[list]; row++) {
            unsigned step = draw(random, 3) == 0;
            key = pair->newest ? key - step : key + step;
            pair->keys[list][row] = key;
        }
    }
    unsigned at[2] = {0, 0};
    for (unsigned i = 0; i < pair->rows[0] + pair->rows[1]; i++) {
        unsigned list = at[0] == pair->rows[0];
        if (at[0] < pair->rows[0] && at[1] < pair->rows[1]) {
            unsigned a = pair->keys[0][at[0]], b = pair->keys[1][at[1]];
            list = pair->newest ? b > a : b < a;
        }
        pair->all[i] = list * 500 + at[list]++;
    }
}

static void serve_pair(struct client *client, unsigned i, struct pair_of_lists *pair)
{
    unsigned list = str_starts(client->sends[i]->target, STR("/thing/v2/odd?"));
    uint64_t from = number_of(sent_parameter(client, i, "page_token"));
    uint64_t size = number_of(sent_parameter(client, i, "page_size"));
    uint64_t rows = pair->rows[list];
    struct buf data;
    assert_true(size >= 2 && size <= 8);
    buf_init_arena(&data, 1 << 20, client->world->arena);
    uint64_t to = from + size < rows ? from + size : rows;
    to = to < from ? from : to;
    buf_add_str(&data, STR("{\"things\":["));
    for (uint64_t row = from; row < to; row++)
        buf_printf(&data, "%s{\"time\":%u,\"id\":%u}", row > from ? "," : "", pair->keys[list][row],
                   list * 500 + (unsigned)row);
    buf_add_str(&data, STR("],\"next_page_token\":\""));
    if (to < rows)
        buf_add_u64(&data, to);
    buf_add(&data, "\"}", 3);
    answer_data(client, i, data.p);
    for (unsigned n = 0; n < pair->grows && pair->rows[list] < 256; n++) {
        unsigned *keys = pair->keys[list];
        memmove(keys + 1, keys, pair->rows[list]++ * sizeof *keys);
        keys[0] = pair->newest ? 999 : 1;
    }
}

static void merged(struct client *client, struct world *world, struct pair_of_lists *pair,
                   uint64_t offset, uint64_t size, uint64_t *random)
{
    client_begin(client, world, "POST /api/thing/merged_ids", "shop_id=1001",
                 arena_printf(world->arena, "{\"offset\":%d,\"size\":%d,\"newest\":%d}",
                              (int)offset, (int)size, pair->newest)
                     .p);
    while (client->replies == 0) {
        unsigned open[SENDS], count = 0;
        for (unsigned i = 0; i < client->count; i++)
            if (!client->over[i])
                open[count++] = i;
        assert_true(count > 0 && client->count < MOST);
        serve_pair(client, open[draw(random, count)], pair);
    }
}

static void assert_merged(struct client *client, const struct pair_of_lists *pair, uint64_t offset,
                          uint64_t size)
{
    struct json list = json_get(data_of(client), STR("list"));
    uint64_t rows = pair->rows[0] + pair->rows[1], left = offset < rows ? rows - offset : 0;
    assert_int_equal(json_count(list), left < size ? left : size);
    for (struct json v = json_first(list); json_exists(v); v = json_next(v), offset++)
        if (number_of(json_text(json_get(v, STR("id")), client->world->arena)) != pair->all[offset])
            fail_msg("row %d is another", (int)offset);
    assert_int_equal(json_type(json_get(data_of(client), STR("more"))) == JSON_TRUE,
                     offset < rows && left > 0);
}

static void fresh_store(struct world *world, size_t bytes)
{
    page_store_free(world->common.store);
    world->common.store = page_store_local(bytes);
    world_host(world);
    arena_reset(world->arena);
}

static void gives_merged_lists_whole(void **state)
{
    struct world *world = *state;
    world->settings.walk = 140;
    for (at_work = 1; at_work <= 60; at_work++) {
        struct pair_of_lists pair;
        uint64_t random = at_work;
        make_pair(&pair, &random);
        uint64_t rows = pair.rows[0] + pair.rows[1], size = 1 + draw(&random, 50);
        uint64_t pages = rows / size + 2, way = draw(&random, 3);
        fresh_store(world, draw(&random, 2) ? 1 << 20 : 4000);
        for (uint64_t i = 0; i < pages && i < 30; i++) {
            struct client client;
            uint64_t page = way == 0 ? i : way == 1 ? pages - 1 - i : draw(&random, pages);
            uint64_t offset = page * size + (way == 2 ? draw(&random, 3) : 0);
            merged(&client, world, &pair, offset, size, &random);
            assert_merged(&client, &pair, offset, size);
            client_free(&client);
        }
    }
    at_work = 0;
}

/* One of two tokens is refused while the other is under way: both lists begin again. */
static void begins_all_lists_again(void **state)
{
    struct world *world = *state;
    struct pair_of_lists pair;
    struct client client;
    uint64_t random = 1;
    do
        make_pair(&pair, &random);
    while (pair.rows[0] < 20 || pair.rows[1] < 20);
    for (uint64_t offset = 0; offset <= 16; offset += 8) {
        merged(&client, world, &pair, offset, 8, &random);
        assert_merged(&client, &pair, offset, 8);
        client_free(&client);
    }
    client_begin(
        &client, world, "POST /api/thing/merged_ids", "shop_id=1001",
        arena_printf(world->arena, "{\"offset\":24,\"size\":8,\"newest\":%d}", pair.newest).p);
    assert_int_equal(client.count, 2);
    refuse(&client, 1, 200, 5001);
    assert_int_equal(client.cancelled, 1);
    assert_true(client.over[0]);
    assert_int_equal(client.count, 4);
    for (unsigned i = 2; client.replies == 0; i++)
        serve_pair(&client, i, &pair);
    assert_merged(&client, &pair, 24, 8);
    client_free(&client);
}

/* Far pages of long lists: no walk is longer than told, and asking again leads to the end. */
static void never_walks_further_than_told(void **state)
{
    struct world *world = *state;
    for (at_work = 1; at_work <= 40; at_work++) {
        struct pair_of_lists pair;
        uint64_t random = at_work + 500, size, offset;
        make_pair(&pair, &random);
        size = 1 + draw(&random, 20);
        offset = draw(&random, pair.rows[0] + pair.rows[1] + 10);
        world->settings.walk = 2 + (unsigned)draw(&random, 8);
        fresh_store(world, 1 << 20);
        for (unsigned tries = 0;; tries++) {
            struct client client;
            merged(&client, world, &pair, offset, size, &random);
            assert_true(client.count <= world->settings.walk + (size + 1) / 2 + 2);
            read_reply(&client);
            bool reached = client.reply->status == 200;
            if (reached)
                assert_merged(&client, &pair, offset, size);
            else
                assert_int_equal(client.count, world->settings.walk);
            client_free(&client);
            if (reached)
                break;
            assert_true(tries < 300);
        }
    }
    at_work = 0;
}

/* Rows appear before all others while an app pages: pages shift, but stay pages. */
static void survives_lists_that_grow(void **state)
{
    struct world *world = *state;
    for (at_work = 1; at_work <= 20; at_work++) {
        struct pair_of_lists pair;
        uint64_t random = at_work + 1000;
        make_pair(&pair, &random);
        pair.grows = 1 + (unsigned)draw(&random, 3);
        fresh_store(world, 1 << 20);
        for (uint64_t offset = 0; offset < 60; offset += 10) {
            struct client client;
            merged(&client, world, &pair, offset, 10, &random);
            assert_true(json_count(json_get(data_of(&client), STR("list"))) <= 10);
            client_free(&client);
        }
    }
    at_work = 0;
}

#define STORED(test) cmocka_unit_test_setup_teardown(test, set_up, tell_seed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORED(asks_once_for_what_it_knows),
        STORED(asks_for_no_rows_twice),
        STORED(a_cold_page_is_walked_to_in_large_steps),
        STORED(forgets_in_time),
        STORED(shares_with_nobody),
        STORED(goes_on_where_a_walk_ended),
        STORED(asks_for_each_row_of_the_page),
        STORED(the_notes_of_no_rows_are_not_asked_for),
        STORED(begins_again_once),
        STORED(does_not_begin_again_for_other_reasons),
        STORED(believes_no_false_store),
        STORED(makes_equal_walks_once),
        STORED(somebody_else_walks_when_one_gives_up),
        STORED(who_waits_may_go),
        STORED(the_end_is_walked_to_once),
        STORED(is_known_to_all_workers),
        STORED(waits_for_a_slow_store),
        STORED(gives_merged_lists_whole),
        STORED(begins_all_lists_again),
        STORED(never_walks_further_than_told),
        STORED(survives_lists_that_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
