/*
 * Paging against a list that is made up here: upstream serves `rows` things in pages of the
 * size asked for, its tokens being offsets as text.
 */
#include "bench.h"

enum { MOST = 60 };

static uint64_t number_of(struct str text)
{
    uint64_t number = 0;
    assert_true(text.n == 0 || str_to_u64(text, &number));
    return number;
}

/* Answers the call `i` as upstream would, `less` rows short of what was asked. */
static void serve(struct client *client, unsigned i, uint64_t rows, uint64_t less)
{
    uint64_t from = number_of(sent_parameter(client, i, "page_token"));
    uint64_t size = number_of(sent_parameter(client, i, "page_size"));
    struct buf data;
    assert_true(size >= 1 && size <= 10); /* the limits of both tables */
    buf_init_arena(&data, 1 << 20, client->world->arena);
    uint64_t to = from + size - less < rows ? from + size - less : rows;
    buf_printf(&data, "{\"total\":%d,\"things\":[", (int)rows);
    for (uint64_t row = from; row < to; row++)
        buf_printf(&data, "%s{\"id\":\"%d\"}", row > from ? "," : "", (int)row);
    buf_add_str(&data, STR("],\"next_page_token\":\""));
    if (to < rows)
        buf_add_u64(&data, to);
    buf_add(&data, "\"}", 3);
    answer_data(client, i, data.p);
}

/* Serves all that is asked until the reply is there. */
static void serve_all(struct client *client, uint64_t rows, uint64_t less)
{
    for (unsigned i = 0; client->replies == 0; i++) {
        assert_true(i < client->count);
        serve(client, i, rows, less);
    }
}

static struct json data_of(struct client *client)
{
    read_reply(client);
    if (client->reply->status != 200)
        fail_msg(STR_FMT, STR_ARG(client->reply->body));
    return json_get(client->root, STR("data"));
}

/* The ids of the list must be from, from + 1, ... */
static void assert_rows(struct client *client, uint64_t from, uint64_t count)
{
    struct json list = json_get(data_of(client), STR("list"));
    assert_int_equal(json_count(list), count);
    for (struct json row = json_first(list); json_exists(row); row = json_next(row))
        assert_int_equal(number_of(json_text(json_get(row, STR("id")), client->world->arena)),
                         from++);
}

static struct str list_body(struct world *world, uint64_t size, struct str cursor)
{
    return arena_printf(world->arena, "{\"page_size\":%d,\"cursor\":\"" STR_FMT "\"}", (int)size,
                        STR_ARG(cursor));
}

static void list(struct client *client, struct world *world, uint64_t size, struct str cursor)
{
    client_begin(client, world, "POST /api/thing/list", "shop_id=1001",
                 list_body(world, size, cursor).p);
}

static void goes_through_a_list(struct world *world, uint64_t rows, uint64_t size, uint64_t less)
{
    struct str cursor = STR("");
    uint64_t seen = 0;
    bool more = true;
    for (int page = 0; more; page++) {
        struct client client;
        assert_true(page <= MOST);
        list(&client, world, size, cursor);
        serve_all(&client, rows, less);
        uint64_t expected = rows - seen < size ? rows - seen : size;
        assert_rows(&client, seen, expected);
        seen += expected;
        struct json data = data_of(&client);
        assert_int_equal(number_of(json_text(json_get(data, STR("total")), world->arena)), rows);
        more = json_type(json_get(data, STR("more"))) == JSON_TRUE;
        cursor =
            arena_str(world->arena, json_text(json_get(data, STR("next_cursor")), world->arena));
        assert_int_equal(cursor.n > 0, more);
        assert_int_equal(more, seen < rows);
        client_free(&client);
    }
    assert_int_equal(seen, rows);
}

/* Sizes below, within and above what upstream takes (5 to 10). */
static void serves_every_size(void **state)
{
    static const uint64_t sizes[] = {1, 2, 4, 5, 7, 10, 11, 13, 20, 23, 50};
    static const uint64_t rows[] = {0, 1, 5, 10, 23, 50};
    know_shops(*state);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
            goes_through_a_list(*state, rows[k], sizes[i], 0);
            goes_through_a_list(*state, rows[k], sizes[i], 2); /* upstream's pages are short */
        }
}

static void asks_for_no_more_than_needed(void **state)
{
    static const struct {
        int size;
        unsigned calls;
        const char *upstream_size;
    } cases[] = {{5, 1, "5"}, {7, 1, "7"}, {10, 1, "10"}, {2, 1, "5"}, {12, 2, "6"}, {20, 2, "10"}};
    know_shops(*state);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct client client;
        list(&client, *state, (uint64_t)cases[i].size, STR(""));
        assert_text(sent_parameter(&client, 0, "page_size"), cases[i].upstream_size);
        assert_int_equal(sent_parameter(&client, 0, "page_token").n, 0);
        serve_all(&client, 100, 0);
        assert_int_equal(client.count, cases[i].calls);
        client_free(&client);
    }
}

static struct str first_cursor(struct world *world)
{
    struct client client;
    list(&client, world, 5, STR(""));
    serve(&client, 0, 12, 0);
    struct str cursor = arena_str(
        world->arena, json_text(json_get(data_of(&client), STR("next_cursor")), world->arena));
    client_free(&client);
    return cursor;
}

static void refuses_cursors_of_other_lists(void **state)
{
    struct world *world = *state;
    know_shops(world);
    struct str cursor = first_cursor(world);
    char *altered = arena_cstr(world->arena, cursor);
    altered[cursor.n / 2] = altered[cursor.n / 2] == 'x' ? 'y' : 'x';
    struct str filtered =
        arena_printf(world->arena, "{\"page_size\":5,\"kind\":\"k\",\"cursor\":\"" STR_FMT "\"}",
                     STR_ARG(cursor));
    const struct {
        const char *name;
        struct ask ask;
        bool good;
    } cases[] = {
        {"its own", {.query = "shop_id=1001", .body = list_body(world, 5, cursor).p}, true},
        {"another size", {.query = "shop_id=1001", .body = list_body(world, 9, cursor).p}, true},
        {"altered",
         {.query = "shop_id=1001", .body = list_body(world, 5, str_from(altered)).p},
         false},
        {"invented", {.query = "shop_id=1001", .body = list_body(world, 5, STR("abc")).p}, false},
        {"other filters", {.query = "shop_id=1001", .body = filtered.p}, false},
        {"other shop", {.query = "shop_id=1002", .body = list_body(world, 5, cursor).p}, false},
        {"other app",
         {.query = "shop_cipher=C&shop_id=1001",
          .app = "app2",
          .body = list_body(world, 5, cursor).p},
         false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct client client;
        struct ask ask = cases[i].ask;
        print_message("           %s\n", cases[i].name);
        ask.call = "POST /api/thing/list";
        client_new(&client, world);
        client_start(&client, &ask);
        assert_int_equal(client.count, cases[i].good);
        if (!cases[i].good)
            assert_fault(&client, FAULT_CURSOR, "Begin again");
        client_free(&client);
    }
}

static void keeps_the_page_size_of_its_tokens(void **state)
{
    struct client client;
    know_shops(*state);
    struct str cursor = first_cursor(*state); /* made with pages of 5 */
    list(&client, *state, 9, cursor);
    assert_text(sent_parameter(&client, 0, "page_size"), "5");
    assert_text(sent_parameter(&client, 0, "page_token"), "5");
    serve_all(&client, 12, 0);
    assert_rows(&client, 5, 7);
    client_free(&client);
}

static void a_cursor_page_may_be_cut(void **state)
{
    struct world *world = *state;
    struct client client;
    know_shops(world);
    world->settings.calls = 3;
    list(&client, world, 50, STR(""));
    serve_all(&client, 100, 0);
    assert_int_equal(client.count, 3);
    assert_rows(&client, 0, 30);
    assert_int_equal(json_type(json_get(data_of(&client), STR("more"))), JSON_TRUE);
    struct str cursor = arena_str(
        world->arena, json_text(json_get(data_of(&client), STR("next_cursor")), world->arena));
    client_free(&client);
    list(&client, world, 7, cursor);
    assert_text(sent_parameter(&client, 0, "page_token"), "30");
    client_free(&client);
}

static void a_page_may_be_cut_before_its_first_row(void **state)
{
    struct world *world = *state;
    struct client client;
    know_shops(world);
    world->settings.calls = 2;
    list(&client, world, 5, STR(""));
    answer_data(&client, 0, "{\"things\":[],\"next_page_token\":\"a\"}");
    answer_data(&client, 1, "{\"things\":[],\"next_page_token\":\"b\"}");
    read_reply(&client);
    struct json data = json_get(client.root, STR("data"));
    assert_int_equal(json_count(json_get(data, STR("list"))), 0);
    assert_int_equal(json_type(json_get(data, STR("more"))), JSON_TRUE);
    struct str cursor =
        arena_str(world->arena, json_text(json_get(data, STR("next_cursor")), world->arena));
    client_free(&client);
    list(&client, world, 5, cursor); /* goes on behind them */
    assert_text(sent_parameter(&client, 0, "page_token"), "b");
    client_free(&client);
}

static void notices_a_circle(void **state)
{
    struct client client;
    know_shops(*state);
    list(&client, *state, 5, STR(""));
    answer_data(&client, 0, "{\"things\":[],\"next_page_token\":\"a\"}");
    answer_data(&client, 1, "{\"things\":[],\"next_page_token\":\"a\"}");
    assert_fault(&client, FAULT_UPSTREAM_BAD, "as the next one");
    client_free(&client);
}

/* What came before the circle is given; who follows the cursor is told of it. */
static void gives_what_came_before_a_circle(void **state)
{
    static const char circle[] =
        "{\"total\":9,\"things\":[{\"id\":\"0\"}],\"next_page_token\":\"a\"}";
    struct world *world = *state;
    struct client client;
    know_shops(world);
    list(&client, world, 5, STR(""));
    answer_data(&client, 0, circle);
    answer_data(&client, 1, circle);
    assert_rows(&client, 0, 1);
    struct json data = data_of(&client);
    assert_int_equal(json_type(json_get(data, STR("more"))), JSON_TRUE);
    struct str cursor =
        arena_str(world->arena, json_text(json_get(data, STR("next_cursor")), world->arena));
    client_free(&client);
    list(&client, world, 5, cursor);
    assert_text(sent_parameter(&client, 0, "page_token"), "a");
    answer_data(&client, 0, circle);
    assert_fault(&client, FAULT_UPSTREAM_BAD, "as the next one");
    client_free(&client);
}

static void refuses_sizes_outside_the_limits(void **state)
{
    static const char *const bodies[] = {"{\"page_size\":0}", "{\"page_size\":101}",
                                         "{\"page_size\":-1}", "{\"page_size\":\"x\"}"};
    know_shops(*state);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct client client;
        client_begin(&client, *state, "POST /api/thing/list", "shop_id=1001", bodies[i]);
        assert_int_equal(client.count, 0);
        assert_fault(&client, FAULT_PARAMETER, "page_size");
        client_free(&client);
    }
}

static void numbered(struct client *client, struct world *world, int number, int size)
{
    struct str body =
        arena_printf(world->arena, "{\"page_number\":%d,\"page_size\":%d}", number, size);
    client_begin(client, world, "POST /api/thing/numbered", "shop_id=1001", body.p);
}

/* The same of pages without cursors. */
static void gives_a_numbered_page_before_a_circle(void **state)
{
    static const char circle[] =
        "{\"total\":9,\"things\":[{\"id\":\"0\"}],\"next_page_token\":\"a\"}";
    know_shops(*state);
    for (int number = 1; number <= 2; number++) {
        struct client client;
        numbered(&client, *state, number, 5);
        answer_data(&client, 0, circle);
        answer_data(&client, 1, circle);
        if (number == 1)
            assert_rows(&client, 0, 1);
        else
            assert_fault(&client, FAULT_UPSTREAM_BAD, "as the next one");
        client_free(&client);
    }
}

static void takes_number_0_for_the_first(void **state)
{
    know_shops(*state);
    for (int number = 0; number <= 1; number++) {
        struct client client;
        numbered(&client, *state, number, 5);
        assert_int_equal(sent_parameter(&client, 0, "page_token").n, 0);
        serve_all(&client, 31, 0);
        assert_rows(&client, 0, 5);
        client_free(&client);
    }
}

static void serves_numbered_pages(void **state)
{
    static const int sizes[] = {1, 3, 10, 12, 25};
    know_shops(*state);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int number = 1; number <= 6; number++) {
            struct client client;
            uint64_t from = (uint64_t)((number - 1) * sizes[i]), rows = 31;
            uint64_t left = from < rows ? rows - from : 0;
            numbered(&client, *state, number, sizes[i]);
            serve_all(&client, rows, 0);
            assert_rows(&client, from, left < (uint64_t)sizes[i] ? left : (uint64_t)sizes[i]);
            client_free(&client);
        }
}

/* The page is asked for in the body; the first one has an empty token. */
static void puts_the_page_into_the_body(void **state)
{
    static const char *const bodies[] = {
        "{\"kind\":\"k\",\"page_size\":6,\"page_token\":\"\"}",
        "{\"kind\":\"k\",\"page_size\":6,\"page_token\":\"21\"}",
    };
    struct client client;
    know_shops(*state);
    client_begin(&client, *state, "POST /api/thing/in_body", "shop_id=1001",
                 "{\"kind\":\"k\",\"page_number\":2,\"page_size\":3}");
    for (unsigned i = 0; i < 2; i++) {
        assert_text(client.sends[i]->body, bodies[i]);
        assert_null(sent_parameter(&client, i, "page_size").p);
        assert_null(sent_parameter(&client, i, "page_token").p);
        answer_data(&client, i,
                    i == 0
                        ? "{\"total\":5,\"things\":[{\"id\":\"0\"},{\"id\":\"1\"},{\"id\":\"2\"},"
                          "{\"id\":\"3\"}],\"next_page_token\":\"21\"}"
                        : "{\"total\":5,\"things\":[{\"id\":\"4\"}],\"next_page_token\":\"\"}");
    }
    assert_rows(&client, 3, 2);
    client_free(&client);
}

static void reaches_no_further_than_its_calls(void **state)
{
    struct world *world = *state;
    struct client client;
    know_shops(world);
    world->settings.calls = 3;
    numbered(&client, world, 6, 5);
    serve_all(&client, 100, 0);
    assert_rows(&client, 25, 5);
    client_free(&client);
    numbered(&client, world, 7, 5);
    serve(&client, 0, 100, 0);
    serve(&client, 1, 100, 0);
    serve(&client, 2, 100, 0);
    assert_fault(&client, FAULT_TOO_LARGE, "exchange.calls");
    client_free(&client);
    numbered(&client, world, 6, 5);
    serve(&client, 0, 100, 4);
    serve(&client, 1, 100, 4);
    serve(&client, 2, 100, 4); /* pages that come short of what was asked */
    assert_fault(&client, FAULT_TOO_LARGE, "exchange.calls");
    client_free(&client);
    numbered(&client, world, 1000000, 5); /* behind the end, as it turns out */
    serve_all(&client, 12, 0);
    assert_rows(&client, 0, 0);
    client_free(&client);
}

static void walks_no_further_than_told(void **state)
{
    struct world *world = *state;
    struct client client;
    know_shops(world);
    world->settings.walk = 2;
    numbered(&client, world, 3, 10); /* rows 20 to 29: two calls pass over twenty rows */
    serve_all(&client, 100, 0);
    assert_rows(&client, 20, 10);
    client_free(&client);
    numbered(&client, world, 4, 10);
    serve(&client, 0, 100, 0);
    serve(&client, 1, 100, 0);
    assert_int_equal(client.count, 2);
    assert_fault(&client, FAULT_TOO_LARGE,
                 "Row 31 of this list was not reached by 2 upstream calls");
    assert_fault(&client, FAULT_TOO_LARGE, "exchange.walk");
    client_free(&client);
}

static void serves_a_whole_list(void **state)
{
    static const uint64_t rows[] = {0, 1, 10, 11, 37};
    struct world *world = *state;
    struct client client;
    know_shops(world);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        client_begin(&client, world, "GET /api/thing/all", "shop_id=1001", NULL);
        assert_text(sent_parameter(&client, 0, "page_size"), "10");
        serve_all(&client, rows[i], 0);
        assert_rows(&client, 0, rows[i]);
        assert_int_equal(json_count(data_of(&client)), 1); /* no word of pages */
        client_free(&client);
    }
    world->settings.calls = 2;
    client_begin(&client, world, "GET /api/thing/all", "shop_id=1001", NULL);
    serve_all(&client, 20, 0);
    assert_rows(&client, 0, 20);
    client_free(&client);
    client_begin(&client, world, "GET /api/thing/all", "shop_id=1001", NULL);
    serve_all(&client, 21, 0);
    assert_fault(&client, FAULT_TOO_LARGE, "exchange.calls"); /* never a part of it */
    client_free(&client);
}

/* Upstream's times: 1000 and up, even ones in one list and odd ones in the other. */
static void serve_half(struct client *client, unsigned i, uint64_t rows, bool newest)
{
    uint64_t odd = str_starts(client->sends[i]->target, STR("/thing/v2/odd?"));
    uint64_t from = number_of(sent_parameter(client, i, "page_token"));
    uint64_t size = number_of(sent_parameter(client, i, "page_size"));
    uint64_t half = (rows + 1 - odd) / 2;
    struct buf data;
    assert_true(size >= 2 && size <= 8); /* what both allow */
    buf_init_arena(&data, 1 << 20, client->world->arena);
    uint64_t to = from + size < half ? from + size : half;
    buf_add_str(&data, STR("{\"things\":["));
    for (uint64_t row = from; row < to; row++)
        buf_printf(&data, "%s{\"time\":%d}", row > from ? "," : "",
                   (int)(998 + 2 * (newest ? half - 1 - row : row) + odd));
    buf_add_str(&data, STR("],\"next_page_token\":\""));
    if (to < half)
        buf_add_u64(&data, to);
    buf_add(&data, "\"}", 3);
    answer_data(client, i, data.p);
}

static void merges(struct world *world, uint64_t rows, uint64_t offset, uint64_t size, bool newest)
{
    struct client client;
    client_begin(&client, world, "POST /api/thing/merged", "shop_id=1001",
                 arena_printf(world->arena, "{\"offset\":%d,\"size\":%d,\"newest\":%d}",
                              (int)offset, (int)size, newest)
                     .p);
    assert_int_equal(client.count, 2); /* side by side */
    for (unsigned i = 0; client.replies == 0; i++)
        serve_half(&client, i, rows, newest);
    struct json list = json_get(data_of(&client), STR("list"));
    uint64_t left = offset < rows ? rows - offset : 0;
    assert_int_equal(json_count(list), left < size ? left : size);
    uint64_t row = offset;
    for (struct json v = json_first(list); json_exists(v); v = json_next(v), row++)
        assert_int_equal(number_of(json_text(json_get(v, STR("id")), world->arena)),
                         998 + (newest ? rows - 1 - row : row)); /* 998, 999, 1000: by value */
    client_free(&client);
}

static void merges_two_lists(void **state)
{
    static const uint64_t all[] = {0, 1, 2, 15, 40};
    know_shops(*state);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (uint64_t offset = 0; offset < 45; offset += 4)
            for (uint64_t size = 1; size < 20; size += 6) {
                merges(*state, all[i], offset, size, false);
                merges(*state, all[i], offset, size, true);
            }
}

static void merges_what_is_wanted(void **state)
{
    struct client client;
    know_shops(*state);
    client_begin(&client, *state, "POST /api/thing/merged", "shop_id=1001",
                 "{\"both\":false,\"size\":3}");
    assert_int_equal(client.count, 1);
    serve_half(&client, 0, 20, false);
    assert_int_equal(client.count, 1);
    assert_int_equal(json_count(json_get(data_of(&client), STR("list"))), 3);
    assert_int_equal(json_type(json_get(data_of(&client), STR("more"))), JSON_TRUE);
    client_free(&client);
}

#define WORLD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD(serves_every_size),
        WORLD(asks_for_no_more_than_needed),
        WORLD(refuses_cursors_of_other_lists),
        WORLD(keeps_the_page_size_of_its_tokens),
        WORLD(a_cursor_page_may_be_cut),
        WORLD(a_page_may_be_cut_before_its_first_row),
        WORLD(notices_a_circle),
        WORLD(gives_what_came_before_a_circle),
        WORLD(gives_a_numbered_page_before_a_circle),
        WORLD(refuses_sizes_outside_the_limits),
        WORLD(takes_number_0_for_the_first),
        WORLD(serves_numbered_pages),
        WORLD(puts_the_page_into_the_body),
        WORLD(reaches_no_further_than_its_calls),
        WORLD(walks_no_further_than_told),
        WORLD(serves_a_whole_list),
        WORLD(merges_two_lists),
        WORLD(merges_what_is_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
