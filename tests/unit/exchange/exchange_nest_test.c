/*
 * Lists in lists: boxes, and the things of each box, as one list. Upstream is made up here; many
 * boxes are empty, boxes and things come page by page, and while an app pages boxes may appear.
 */
#include "boxes.h"

static void a_cursor_leads_through_all(void **state)
{
    struct world *world = *state;
    for (at_work = 1; at_work <= 60; at_work++) {
        struct world_of_boxes boxes;
        uint64_t random = at_work, seen = 0;
        bool more = true;
        struct str cursor = STR("");
        make_boxes(&boxes, world, at_work);
        arena_reset(world->arena);
        while (more) {
            struct client client;
            uint64_t size = 1 + draw(&random, 50);
            by_cursor(&client, world, size, cursor);
            serve_all(&client, &boxes);
            uint64_t count = assert_things(&client, &boxes, seen);
            more = has_more(&client);
            assert_true(!more || count == size); /* pages are full */
            seen += count;
            cursor = cursor_of(&client);
            assert_int_equal(cursor.n > 0, more);
            client_free(&client);
        }
        assert_int_equal(seen, all_things(&boxes));
    }
    at_work = 0;
}

static void offsets_lead_to_any_row(void **state)
{
    struct world *world = *state;
    world->settings.walk = 140;
    for (at_work = 1; at_work <= 40; at_work++) {
        struct world_of_boxes boxes;
        uint64_t random = at_work;
        make_boxes(&boxes, world, at_work);
        uint64_t rows = all_things(&boxes), size = 1 + draw(&random, 50);
        uint64_t pages = rows / size + 2, way = draw(&random, 3);
        page_store_free(world->common.store);
        world->common.store = page_store_local(1 << 20);
        world_host(world);
        arena_reset(world->arena);
        for (uint64_t i = 0; i < pages && i < 20; i++) {
            struct client client;
            uint64_t page = way == 0 ? i : way == 1 ? pages - 1 - i : draw(&random, pages);
            uint64_t offset = page * size, left = offset < rows ? rows - offset : 0;
            struct str body =
                arena_printf(world->arena, "{\"offset\":%d,\"size\":%d}", (int)offset, (int)size);
            client_begin(&client, world, "POST /api/thing/nested_offset", "shop_id=1001", body.p);
            serve_all(&client, &boxes);
            assert_int_equal(assert_things(&client, &boxes, offset), left < size ? left : size);
            client_free(&client);
        }
    }
    at_work = 0;
}

static void gives_all_without_pages(void **state)
{
    struct world_of_boxes boxes;
    struct client client;
    make_boxes(&boxes, *state, 3);
    client_begin(&client, *state, "GET /api/thing/nested_all", "shop_id=1001", NULL);
    serve_all(&client, &boxes);
    assert_int_equal(assert_things(&client, &boxes, 0), all_things(&boxes));
    client_free(&client);
}

/* Three boxes of 4, 0 and 6 things; the cursor stands in the third, behind the first of them. */
static struct str stand_in_the_third(struct world_of_boxes *boxes, struct world *world)
{
    struct client client;
    *boxes = (struct world_of_boxes){
        .world = world, .boxes = 3, .names = {100, 101, 102}, .things = {4, 0, 6}};
    by_cursor(&client, world, 5, STR(""));
    serve_all(&client, boxes);
    assert_int_equal(assert_things(&client, boxes, 0), 5);
    assert_int_equal(boxes->calls, 4);
    struct str cursor = cursor_of(&client);
    client_free(&client);
    return cursor;
}

static void goes_on_in_the_same_box(void **state)
{
    struct world_of_boxes boxes;
    struct client client;
    struct str cursor = stand_in_the_third(&boxes, *state);
    by_cursor(&client, *state, 5, cursor);
    serve_all(&client, &boxes);
    assert_int_equal(boxes.calls, 3); /* the boxes, and two pages of the third */
    assert_int_equal(assert_things(&client, &boxes, 5), 5);
    assert_false(has_more(&client));
    client_free(&client);
}

static void finds_its_box_among_new_ones(void **state)
{
    struct world_of_boxes boxes;
    struct client client;
    struct str cursor = stand_in_the_third(&boxes, *state);
    memmove(boxes.names + 2, boxes.names, 3 * sizeof *boxes.names);
    memmove(boxes.things + 2, boxes.things, 3 * sizeof *boxes.things);
    boxes.boxes = 5;
    boxes.names[0] = 7;
    boxes.names[1] = 8;
    boxes.things[0] = boxes.things[1] = 3;
    by_cursor(&client, *state, 5, cursor);
    serve_all(&client, &boxes);
    assert_int_equal(assert_things(&client, &boxes, 6 + 5), 5); /* as if nothing had come */
    client_free(&client);
}

static void refuses_a_box_that_is_gone(void **state)
{
    struct world_of_boxes boxes;
    struct client client;
    struct str cursor = stand_in_the_third(&boxes, *state);
    boxes.names[2] = 109;
    by_cursor(&client, *state, 5, cursor);
    serve(&client, 0, &boxes);
    assert_fault(&client, FAULT_CURSOR, "The list changed");
    assert_int_equal(client.count, 1); /* no other box got its token */
    client_free(&client);
    boxes.boxes = 0;
    by_cursor(&client, *state, 5, cursor);
    serve(&client, 0, &boxes);
    assert_fault(&client, FAULT_CURSOR, "The list changed");
    client_free(&client);
}

static void walks_again_when_a_box_is_gone(void **state)
{
    struct world_of_boxes boxes = {
        .world = *state, .boxes = 3, .names = {100, 101, 102}, .things = {4, 0, 6}};
    struct client client;
    for (unsigned offset = 0; offset <= 5; offset += 5) {
        struct str body = arena_printf(boxes.world->arena, "{\"offset\":%u,\"size\":5}", offset);
        client_begin(&client, *state, "POST /api/thing/nested_offset", "shop_id=1001", body.p);
        serve_all(&client, &boxes);
        assert_int_equal(assert_things(&client, &boxes, offset), 5);
        client_free(&client);
        boxes.names[2] = 109; /* between the two */
    }
    assert_int_equal(boxes.calls, 1 + 5);
}

static void refuses_cursors_of_other_lists(void **state)
{
    struct world *world = *state;
    struct world_of_boxes boxes;
    struct str cursor = stand_in_the_third(&boxes, world);
    const struct {
        const char *name, *format, *call;
    } rows[] = {
        {"other filters", "{\"page_size\":5,\"kind\":\"k\",\"cursor\":\"" STR_FMT "\"}",
         "POST /api/thing/nested"},
        {"another list", "{\"page_size\":5,\"cursor\":\"" STR_FMT "\"}", "POST /api/thing/list"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct client client;
        char body[1024];
        snprintf(body, sizeof body, rows[i].format, STR_ARG(cursor));
        client_begin(&client, world, rows[i].call, "shop_id=1001", body);
        assert_int_equal(client.count, 0);
        assert_fault(&client, FAULT_CURSOR, "Begin again");
        client_free(&client);
    }
}

static void may_not_be_wanted(void **state)
{
    struct client client;
    client_begin(&client, *state, "POST /api/thing/nested", "shop_id=1001", "{\"boxed\":false}");
    assert_int_equal(client.count, 0);
    assert_data(&client, "{\"list\":[],\"next_cursor\":\"\",\"more\":false}");
    client_free(&client);
}

static void bounds_its_calls(void **state)
{
    struct world *world = *state;
    struct world_of_boxes boxes = {.world = world, .boxes = 12};
    struct client client;
    for (unsigned i = 0; i < boxes.boxes; i++) {
        boxes.names[i] = 100 + i;
        boxes.things[i] = i < 4;
    }
    world->settings.calls = 4;
    by_cursor(&client, world, 8, STR(""));
    serve_all(&client, &boxes);
    assert_int_equal(assert_things(&client, &boxes, 0), 3); /* a shorter page, and on from there */
    assert_true(has_more(&client));
    struct str cursor = cursor_of(&client);
    client_free(&client);
    by_cursor(&client, world, 8, cursor);
    serve_all(&client, &boxes);
    assert_int_equal(assert_things(&client, &boxes, 3), 1);
    cursor = cursor_of(&client);
    for (unsigned pages = 0; has_more(&client); pages++) { /* nothing but empty boxes */
        assert_true(pages < 4);
        client_free(&client);
        by_cursor(&client, world, 8, cursor);
        serve_all(&client, &boxes);
        assert_int_equal(assert_things(&client, &boxes, 4), 0);
        cursor = cursor_of(&client);
    }
    client_free(&client);
    world->settings.calls = 1;
    by_cursor(&client, world, 8, STR("")); /* leads nowhere, however often */
    serve(&client, 0, &boxes);
    assert_fault(&client, FAULT_TOO_LARGE, "exchange.calls");
    client_free(&client);
    world->settings.calls = 2;
    client_begin(&client, world, "GET /api/thing/nested_all", "shop_id=1001", NULL);
    serve(&client, 0, &boxes);
    serve(&client, 1, &boxes);
    assert_fault(&client, FAULT_TOO_LARGE, "exchange.calls");
    client_free(&client);
}

static void says_which_list_failed(void **state)
{
    struct world_of_boxes boxes;
    struct client client;
    stand_in_the_third(&boxes, *state);
    by_cursor(&client, *state, 5, STR(""));
    answer_with(&client, 0,
                &(struct exchange_upstream){
                    .status = 200, .body = STR("{\"code\":9,\"message\":\"no boxes today\"}")});
    assert_fault(&client, FAULT_UPSTREAM, "The upstream call boxes failed: no boxes today");
    client_free(&client);
    by_cursor(&client, *state, 5, STR(""));
    serve(&client, 0, &boxes);
    answer_with(&client, 1,
                &(struct exchange_upstream){.status = 200,
                                            .body = STR("{\"code\":9,\"message\":\"closed\"}")});
    assert_fault(&client, FAULT_UPSTREAM, "The upstream call things failed: closed");
    client_free(&client);
    by_cursor(&client, *state, 5, STR(""));
    serve(&client, 0, &boxes);
    answer_data(&client, 1, "{\"things\":[],\"next_page_token\":\"t\"}");
    answer_data(&client, 2, "{\"things\":[],\"next_page_token\":\"t\"}");
    assert_fault(&client, FAULT_UPSTREAM_BAD, "as the next one");
    client_free(&client);
}

#define BOXED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOXED(a_cursor_leads_through_all),
        BOXED(offsets_lead_to_any_row),
        BOXED(gives_all_without_pages),
        BOXED(goes_on_in_the_same_box),
        BOXED(finds_its_box_among_new_ones),
        BOXED(refuses_a_box_that_is_gone),
        BOXED(walks_again_when_a_box_is_gone),
        BOXED(refuses_cursors_of_other_lists),
        BOXED(may_not_be_wanted),
        BOXED(bounds_its_calls),
        BOXED(says_which_list_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
