/*
 * Lists by page number whose positions are remembered: what is asked of upstream, and what
 * becomes of positions that are good no more.
 */
#include "offset.h"

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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
