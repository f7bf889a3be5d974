/*
 * A world for lists by offset: positions are remembered, and upstream serves what is made up here,
 * with tokens that are good for one size of page only.
 */
#ifndef TESTS_UNIT_EXCHANGE_OFFSET_H
#define TESTS_UNIT_EXCHANGE_OFFSET_H

#include "bench.h"

static uint64_t at_work; /* the seed of the list under test */

static inline int set_up(void **state)
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

static inline int tear_down(void **state)
{
    if (at_work)
        print_error("failed at seed %d\n", (int)at_work);
    at_work = 0;
    struct world *world = *state;
    struct page_store *store = world->common.store;
    struct page_store_use use;
    page_store_use(store, &use);
    assert_int_equal(use.flights, 0); /* whatever happened, nobody waits for ever */
    world_tear_down(state);
    page_store_free(store);
    return 0;
}

static inline uint64_t number_of(struct str text)
{
    uint64_t number = 0;
    assert_true(text.n == 0 || str_to_u64(text, &number));
    return number;
}

static inline void numbered(struct client *client, struct world *world, int number, int size)
{
    struct str body =
        arena_printf(world->arena, "{\"page_number\":%d,\"page_size\":%d}", number, size);
    client_begin(client, world, "POST /api/thing/numbered", "shop_id=1001", body.p);
}

/* Upstream: `rows` things with the ids 0, 1, ...; tokens are "size:offset" and good for that size.
 */
static inline void serve(struct client *client, unsigned i, uint64_t rows)
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

static inline void serve_rest(struct client *client, unsigned from, uint64_t rows)
{
    for (unsigned i = from; client->replies == 0; i++) {
        assert_true(i < client->count);
        serve(client, i, rows);
    }
}

static inline struct json data_of(struct client *client)
{
    read_reply(client);
    if (client->reply->status != 200)
        fail_msg(STR_FMT, STR_ARG(client->reply->body));
    return json_get(client->root, STR("data"));
}

static inline void assert_rows(struct client *client, uint64_t from, uint64_t size, uint64_t rows)
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
static inline unsigned read_page(struct world *world, int number, int size, uint64_t rows)
{
    struct client client;
    numbered(&client, world, number, size);
    serve_rest(&client, 0, rows);
    assert_rows(&client, (uint64_t)((number - 1) * size), (uint64_t)size, rows);
    unsigned calls = client.count;
    client_free(&client);
    return calls;
}

static inline void refuse(struct client *client, unsigned i, int status, int code)
{
    struct exchange_upstream answer = {.status = status};
    answer.body = arena_printf(client->world->arena,
                               "{\"code\":%d,\"message\":\"no\",\"request_id\":\"r\"}", code);
    answer_with(client, i, &answer);
}

#define STORED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
