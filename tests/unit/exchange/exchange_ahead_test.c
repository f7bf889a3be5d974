/*
 * Lists in lists side by side: what is asked for before it is its turn gives the same pages, in
 * whatever order the answers come, stays within its bounds, and may fail.
 */
#include "boxes.h"

static unsigned open_calls(const struct client *client)
{
    unsigned count = 0;
    for (unsigned i = 0; i < client->count; i++)
        count += !client->over[i];
    return count;
}

/* Answers what is open, in a drawn order; some calls fail that are not needed as yet. */
static void serve_any(struct client *client, const struct world_of_boxes *boxes, uint64_t *random)
{
    while (client->replies == 0) {
        unsigned open = open_calls(client), skip;
        assert_true(open > 0);
        skip = (unsigned)draw(random, open);
        for (unsigned i = 0; i < client->count; i++)
            if (!client->over[i] && skip-- == 0) {
                serve(client, i, boxes);
                break;
            }
    }
}

static void all_by_cursor(struct world *world, uint64_t seed)
{
    struct world_of_boxes boxes;
    uint64_t random = seed, seen = 0;
    bool more = true;
    struct str cursor = STR("");
    make_boxes(&boxes, world, seed);
    arena_reset(world->arena);
    while (more) {
        struct client client;
        uint64_t size = 1 + draw(&random, 50);
        by_cursor(&client, world, size, cursor);
        serve_any(&client, &boxes, &random);
        uint64_t count = assert_things(&client, &boxes, seen);
        more = has_more(&client);
        assert_true(!more || count == size); /* pages are full */
        seen += count;
        cursor = cursor_of(&client);
        client_free(&client);
    }
    assert_int_equal(seen, all_things(&boxes));
}

static void gives_the_same_pages_in_any_order(void **state)
{
    struct world *world = *state;
    for (at_work = 1; at_work <= 60; at_work++) {
        world->settings.ahead = (unsigned)(at_work % 18);
        world->settings.side_by_side = 1 + (unsigned)(at_work % 9);
        all_by_cursor(world, at_work);
    }
    at_work = 0;
}

static void gives_the_same_rows_by_offset(void **state)
{
    struct world *world = *state;
    world->settings.walk = 140;
    world->settings.ahead = 5;
    for (at_work = 1; at_work <= 40; at_work++) {
        struct world_of_boxes boxes;
        struct client client;
        uint64_t random = at_work;
        make_boxes(&boxes, world, at_work);
        arena_reset(world->arena);
        page_store_free(world->common.store);
        world->common.store = page_store_local(1 << 20);
        world_host(world);
        for (unsigned i = 0; i < 6; i++) {
            uint64_t rows = all_things(&boxes), offset = draw(&random, rows + 5);
            uint64_t left = offset < rows ? rows - offset : 0, size = 1 + draw(&random, 50);
            struct str body =
                arena_printf(world->arena, "{\"offset\":%d,\"size\":%d}", (int)offset, (int)size);
            client_begin(&client, world, "POST /api/thing/nested_offset", "shop_id=1001", body.p);
            serve_any(&client, &boxes, &random);
            assert_int_equal(assert_things(&client, &boxes, offset), left < size ? left : size);
            client_free(&client);
        }
    }
    at_work = 0;
}

/* `full` boxes of ten things, and all others empty. */
static struct world_of_boxes some_boxes(struct world *world, unsigned boxes, unsigned full)
{
    struct world_of_boxes made = {.world = world, .boxes = boxes};
    for (unsigned i = 0; i < boxes; i++) {
        made.names[i] = 100 + i;
        made.things[i] = i < full ? 10 : 0;
    }
    return made;
}

static void asks_for_no_more_while_lists_are_long(void **state)
{
    struct world *world = *state;
    struct client client;
    struct world_of_boxes boxes = some_boxes(world, 8, 8);
    world->settings.ahead = 16;
    by_cursor(&client, world, 8, STR(""));
    serve_all(&client, &boxes);
    assert_int_equal(client.count, 2);
    client_free(&client);
}

static void asks_for_more_as_they_turn_out_short(void **state)
{
    struct world *world = *state;
    struct client client;
    struct world_of_boxes boxes = some_boxes(world, 8, 0);
    world->settings.ahead = 4;
    by_cursor(&client, world, 8, STR(""));
    serve(&client, 0, &boxes);
    assert_int_equal(open_calls(&client), 1);
    serve(&client, 1, &boxes);
    assert_int_equal(open_calls(&client), 3); /* the second, and two ahead */
    serve(&client, 2, &boxes);
    assert_int_equal(open_calls(&client), 5); /* the third, and four ahead */
    uint64_t random = 1;
    serve_any(&client, &boxes, &random);
    assert_int_equal(client.count, 9); /* each list once */
    client_free(&client);
}

static void stays_within_its_bounds(void **state)
{
    struct world *world = *state;
    struct world_of_boxes boxes = some_boxes(world, 8, 0);
    struct client client;
    world->settings.ahead = 16;
    world->settings.side_by_side = 3;
    client_begin(&client, world, "GET /api/thing/nested_all", "shop_id=1001", NULL);
    serve(&client, 0, &boxes);
    for (unsigned i = 1; client.replies == 0; i++) {
        assert_true(open_calls(&client) <= 3 && open_calls(&client) > 0);
        serve(&client, i, &boxes);
    }
    assert_int_equal(client.count, 9);
    client_free(&client);
    world->settings.calls = 4; /* one of them is left for what is needed */
    by_cursor(&client, world, 8, STR(""));
    uint64_t random = 3;
    serve_any(&client, &boxes, &random);
    assert_int_equal(client.count, 4);
    assert_true(has_more(&client));
    client_free(&client);
}

static void cancels_what_is_not_needed(void **state)
{
    struct world *world = *state;
    struct world_of_boxes boxes = some_boxes(world, 8, 0);
    struct client client;
    boxes.things[1] = 10;
    world->settings.ahead = 4;
    by_cursor(&client, world, 6, STR(""));
    serve(&client, 0, &boxes);
    serve(&client, 1, &boxes);
    assert_int_equal(open_calls(&client), 3);
    serve(&client, 2, &boxes); /* enough */
    assert_int_equal(assert_things(&client, &boxes, 0), 6);
    assert_int_equal(client.cancelled, 2);
    client_free(&client);
}

static void refuse(struct client *client, unsigned i)
{
    struct exchange_upstream answer = {
        .status = 500, .body = STR("{\"code\":9,\"message\":\"no\",\"request_id\":\"r\"}")};
    answer_with(client, i, &answer);
}

/* The list of the third box fails ahead of its turn: by an answer, or on the way. */
static void a_failure_ahead_is_tried_again(void **state)
{
    struct world *world = *state;
    struct world_of_boxes boxes = some_boxes(world, 4, 0);
    boxes.things[2] = 3;
    world->settings.ahead = 4;
    for (unsigned how = 0; how < 3; how++) {
        struct client client;
        by_cursor(&client, world, 8, STR(""));
        serve(&client, 0, &boxes);
        serve(&client, 1, &boxes);
        assert_int_equal(client.count, 5);
        if (how == 0) {
            refuse(&client, 3);
        } else {
            struct fault fault;
            fault_set(&fault, FAULT_LOST, "lost");
            client.over[3] = true;
            exchange_on_fault(client.x, client.tags[3], &fault);
        }
        assert_int_equal(client.replies, 0);
        serve(&client, 2, &boxes);
        assert_int_equal(client.count, 6); /* its turn */
        assert_true(str_starts(client.sends[5]->target, STR("/box/v2/b102/")));
        if (how < 2) {
            serve(&client, 5, &boxes);
            serve(&client, 4, &boxes);
            assert_int_equal(assert_things(&client, &boxes, 0), 3);
        } else {
            refuse(&client, 5);
            assert_fault(&client, FAULT_UPSTREAM, "The upstream call things failed: no");
        }
        client_free(&client);
    }
}

#define BOXED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOXED(gives_the_same_pages_in_any_order),
        BOXED(gives_the_same_rows_by_offset),
        BOXED(asks_for_no_more_while_lists_are_long),
        BOXED(asks_for_more_as_they_turn_out_short),
        BOXED(stays_within_its_bounds),
        BOXED(cancels_what_is_not_needed),
        BOXED(a_failure_ahead_is_tried_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
