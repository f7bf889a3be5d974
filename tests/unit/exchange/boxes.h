/*
 * A world of boxes with things in them, for lists in lists: many boxes are empty, boxes and things
 * come page by page, with tokens that are good for one box only.
 */
#ifndef TESTS_UNIT_EXCHANGE_BOXES_H
#define TESTS_UNIT_EXCHANGE_BOXES_H

#include "bench.h"

enum { BOXES = 60, MOST = 400 };

struct world_of_boxes {
    struct world *world;
    unsigned boxes;
    unsigned names[BOXES];  /* told apart by name, not by place */
    unsigned things[BOXES]; /* how many */
    unsigned calls;         /* of the last page */
};

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

static uint64_t at_work;

static inline int tear_down(void **state)
{
    struct page_store *store = ((struct world *)*state)->common.store;
    if (at_work)
        print_error("failed at seed %d\n", (int)at_work);
    at_work = 0;
    world_tear_down(state);
    page_store_free(store);
    return 0;
}

static inline uint64_t draw(uint64_t *random, uint64_t below)
{
    *random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*random >> 33) % below;
}

static inline uint64_t number_of(struct str text)
{
    uint64_t number = 0;
    assert_true(text.n == 0 || str_to_u64(text, &number));
    return number;
}

static inline void make_boxes(struct world_of_boxes *boxes, struct world *world, uint64_t seed)
{
    uint64_t random = seed;
    *boxes = (struct world_of_boxes){.world = world, .boxes = (unsigned)draw(&random, BOXES / 2)};
    for (unsigned i = 0; i < boxes->boxes; i++) {
        boxes->names[i] = 100 + i;
        boxes->things[i] = draw(&random, 3) == 0 ? 0 : (unsigned)draw(&random, 20);
    }
}

static inline void serve_boxes(struct client *client, unsigned i,
                               const struct world_of_boxes *boxes)
{
    uint64_t size = number_of(sent_parameter(client, i, "page_size"));
    uint64_t from = number_of(sent_parameter(client, i, "page_token"));
    uint64_t to = from + size < boxes->boxes ? from + size : boxes->boxes;
    struct buf data;
    buf_init_arena(&data, 1 << 20, client->world->arena);
    buf_add_str(&data, STR("{\"boxes\":["));
    for (uint64_t box = from; box < to; box++)
        buf_printf(&data, "%s{\"id\":\"b%u\"}", box > from ? "," : "", boxes->names[box]);
    buf_add_str(&data, STR("],\"next_page_token\":\""));
    if (to < boxes->boxes)
        buf_add_u64(&data, to);
    buf_add(&data, "\"}", 3);
    answer_data(client, i, data.p);
}

static inline void serve_things(struct client *client, unsigned i,
                                const struct world_of_boxes *boxes, struct str name)
{
    uint64_t size = number_of(sent_parameter(client, i, "page_size")), from = 0;
    struct str token = sent_parameter(client, i, "page_token");
    unsigned box = 0;
    struct buf data;
    while (box < boxes->boxes && boxes->names[box] != number_of(name))
        box++;
    assert_true(box < boxes->boxes);
    if (token.n > 0) { /* "box:from": good for that box only */
        assert_int_equal(number_of(str_cut(&token, ':')), boxes->names[box]);
        from = number_of(token);
    }
    uint64_t rows = boxes->things[box], to = from + size < rows ? from + size : rows;
    buf_init_arena(&data, 1 << 20, client->world->arena);
    buf_add_str(&data, STR("{\"things\":["));
    for (uint64_t row = from; row < to; row++)
        buf_printf(&data, "%s{\"id\":\"b%u.%d\"}", row > from ? "," : "", boxes->names[box],
                   (int)row);
    buf_add_str(&data, STR("],\"next_page_token\":\""));
    if (to < rows)
        buf_printf(&data, "%u:%d", boxes->names[box], (int)to);
    buf_add(&data, "\"}", 3);
    answer_data(client, i, data.p);
}

static inline void serve(struct client *client, unsigned i, const struct world_of_boxes *boxes)
{
    uint64_t size = number_of(sent_parameter(client, i, "page_size"));
    struct str target = client->sends[i]->target, path = str_cut(&target, '?');
    assert_true(size >= 2 && size <= 8); /* what both lists allow */
    if (str_eq(path, STR("/box/v2/boxes"))) {
        serve_boxes(client, i, boxes);
        return;
    }
    assert_true(str_starts(path, STR("/box/v2/b")));
    struct str name = str_of(path.p + 9, path.n - 9);
    serve_things(client, i, boxes, str_cut(&name, '/'));
}

static inline void serve_all(struct client *client, struct world_of_boxes *boxes)
{
    for (unsigned i = 0; client->replies == 0; i++) {
        assert_true(i < client->count && i < MOST);
        serve(client, i, boxes);
    }
    boxes->calls = client->count;
}

static inline struct json data_of(struct client *client)
{
    read_reply(client);
    if (client->reply->status != 200)
        fail_msg(STR_FMT, STR_ARG(client->reply->body));
    return json_get(client->root, STR("data"));
}

/* The rows must be those of the whole list from `from` on; how many there are. */
static inline uint64_t assert_things(struct client *client, const struct world_of_boxes *boxes,
                                     uint64_t from)
{
    struct json list = json_get(data_of(client), STR("list"));
    unsigned box = 0;
    uint64_t row = from;
    while (box < boxes->boxes && row >= boxes->things[box])
        row -= boxes->things[box++];
    for (struct json v = json_first(list); json_exists(v); v = json_next(v)) {
        while (box < boxes->boxes && row == boxes->things[box]) {
            box++;
            row = 0;
        }
        assert_true(box < boxes->boxes);
        char id[32], name[16];
        snprintf(name, sizeof name, "b%u", boxes->names[box]);
        snprintf(id, sizeof id, "%s.%d", name, (int)row++);
        assert_text(json_text(json_get(v, STR("id")), client->world->arena), id);
        assert_text(json_text(json_get(v, STR("box")), client->world->arena), name);
    }
    return json_count(list);
}

static inline uint64_t all_things(const struct world_of_boxes *boxes)
{
    uint64_t all = 0;
    for (unsigned i = 0; i < boxes->boxes; i++)
        all += boxes->things[i];
    return all;
}

static inline void by_cursor(struct client *client, struct world *world, uint64_t size,
                             struct str cursor)
{
    struct str body = arena_printf(world->arena, "{\"page_size\":%d,\"cursor\":\"" STR_FMT "\"}",
                                   (int)size, STR_ARG(cursor));
    client_begin(client, world, "POST /api/thing/nested", "shop_id=1001", body.p);
}

static inline struct str cursor_of(struct client *client)
{
    return arena_str(client->world->arena, json_text(json_get(data_of(client), STR("next_cursor")),
                                                     client->world->arena));
}

static inline bool has_more(struct client *client)
{
    return json_type(json_get(data_of(client), STR("more"))) == JSON_TRUE;
}

#endif
