/*
 * Two upstream lists as one, by offset, in any order of visit. Lists are made by seeds; a failure
 * names its seed.
 */
#include "offset.h"

enum { MOST = 400 };

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORED(gives_merged_lists_whole),
        STORED(begins_all_lists_again),
        STORED(never_walks_further_than_told),
        STORED(survives_lists_that_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
