/*
 * Requests that are made once: a repeat is given the first answer, waits while that is under way,
 * and is made after a failure; a number that was used for something else is refused. And calls
 * that only read, though they are no GETs.
 */
#include "bench.h"

static int set_up(void **state)
{
    int result = world_set_up(state);
    struct world *world = *state;
    if (result != 0)
        return result;
    world->common.answers = page_store_local(1 << 20);
    world_host(world);
    know_shops(world);
    return world->common.answers ? 0 : -1;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    struct page_store *store = world->common.answers;
    struct page_store_use use;
    page_store_use(store, &use);
    assert_int_equal(use.flights, 0); /* whatever happened, nobody waits for ever */
    world_tear_down(state);
    page_store_free(store);
    return 0;
}

static void make(struct client *client, struct world *world, const char *query, const char *body)
{
    client_begin(client, world, "POST /api/thing/make", query, body);
}

static const char first_body[] = "{\"serial\":\"n1\",\"name\":\"a\"}";
static const char first_data[] = "{\"id\":\"77\",\"serial\":\"n1\"}";

/* The first request, answered well. */
static void make_first(struct world *world)
{
    struct client client;
    make(&client, world, "shop_id=1001", first_body);
    assert_int_equal(client.count, 1);
    answer_data(&client, 0, "{\"id\":\"77\"}");
    assert_data(&client, first_data);
    assert_false(reply_field(&client, "X-Shopshim-Repeated").p);
    client_free(&client);
}

static void gives_the_first_answer_again(void **state)
{
    struct client client;
    make_first(*state);
    for (unsigned i = 0; i < 3; i++) {
        struct exchange_report report;
        /* in another order, with another time, by the query: still the same */
        make(&client, *state, "serial=n1&shop_id=1001", "{\"name\":\"a\"}");
        assert_int_equal(client.count, 0);
        assert_data(&client, first_data);
        assert_int_equal(reply_field(&client, "X-Shopshim-Repeated").n, 34);
        assert_false(
            str_eq(reply_field(&client, "X-Shopshim-Repeated"), reply_text(&client, "request_id")));
        exchange_report(client.x, &report);
        assert_string_equal(report.reason, "ok");
        client_free(&client);
    }
}

static void makes_what_differs(void **state)
{
    static const struct {
        const char *what, *query, *body, *app;
    } rows[] = {
        {"another number", "shop_id=1001", "{\"serial\":\"n2\",\"name\":\"a\"}", "app1"},
        {"no number", "shop_id=1001", "{\"name\":\"a\"}", "app1"},
        {"an empty number", "shop_id=1001", "{\"serial\":\"\",\"name\":\"a\"}", "app1"},
        {"another shop", "shop_id=1002", first_body, "app1"},
    };
    make_first(*state);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct client client;
        struct ask ask = {.call = "POST /api/thing/make",
                          .query = rows[i].query,
                          .body = rows[i].body,
                          .app = rows[i].app};
        client_new(&client, *state);
        client_start(&client, &ask);
        if (client.count != 1)
            fail_msg("%s: %u calls", rows[i].what, client.count);
        client_free(&client);
    }
}

static void another_app_has_its_own_numbers(void **state)
{
    struct client client;
    struct ask ask = {
        .call = "POST /api/thing/make", .query = "shop_id=1001", .body = first_body, .app = "app2"};
    make_first(*state);
    client_new(&client, *state);
    client_start(&client, &ask);
    if (str_starts(client.sends[0]->target, STR("/who/shops?")))
        answer_shops(&client, 0);
    assert_true(str_starts(client.sends[client.count - 1]->target, STR("/thing/v2/things?")));
    client_free(&client);
}

static void refuses_a_number_of_something_else(void **state)
{
    struct client client;
    make_first(*state);
    make(&client, *state, "shop_id=1001", "{\"serial\":\"n1\",\"name\":\"b\"}");
    assert_int_equal(client.count, 0);
    assert_fault(&client, FAULT_PARAMETER, "serial was used for another request (");
    assert_fault(&client, FAULT_PARAMETER, "86400 seconds (setting exchange.once_keep_ms)");
    client_free(&client);
}

static void forgets_when_it_is_time(void **state)
{
    struct world *world = *state;
    struct client client;
    make_first(world);
    world->settings.check_time = false;
    world->now_ms += world->settings.once_keep_ms - 1;
    make(&client, world, "shop_id=1001", first_body);
    assert_false(str_has(client.sends[0] ? client.sends[0]->target : STR(""), "/thing/v2/things"));
    client_free(&client);
    world->now_ms += 1;
    make(&client, world, "shop_id=1001", first_body);
    if (client.count == 1 && str_starts(client.sends[0]->target, STR("/who/shops?")))
        answer_shops(&client, 0);
    assert_true(str_starts(client.sends[client.count - 1]->target, STR("/thing/v2/things?")));
    client_free(&client);
}

/* ---- failures, and what is under way ---- */

static void refuse(struct client *client, unsigned i)
{
    struct exchange_upstream answer = {
        .status = 400, .body = STR("{\"code\":5,\"message\":\"no\",\"request_id\":\"r\"}")};
    answer_with(client, i, &answer);
}

static void a_failure_is_tried_again(void **state)
{
    struct client client;
    for (unsigned how = 0; how < 3; how++) {
        make(&client, *state, "shop_id=1001", first_body);
        assert_int_equal(client.count, 1);
        if (how == 0)
            refuse(&client, 0);
        else if (how == 1)
            exchange_on_deadline(client.x);
        client_free(&client); /* in the end its client goes away */
    }
    make_first(*state);
}

static void equal_ones_wait(void **state)
{
    struct client first, second, third;
    make(&first, *state, "shop_id=1001", first_body);
    make(&second, *state, "shop_id=1001", first_body);
    make(&third, *state, "shop_id=1001", "{\"serial\":\"n1\",\"name\":\"other\"}");
    assert_int_equal(second.count + third.count, 0);
    answer_data(&first, 0, "{\"id\":\"77\"}");
    assert_int_equal(second.wakes + third.wakes, 2);
    exchange_on_wake(second.x);
    exchange_on_wake(third.x);
    assert_data(&second, first_data);
    assert_fault(&third, FAULT_PARAMETER, "used for another request");
    client_free(&first);
    client_free(&second);
    client_free(&third);
}

static void one_of_them_is_made_when_the_first_fails(void **state)
{
    for (unsigned how = 0; how < 2; how++) {
        struct client first, second, third;
        char body[64];
        snprintf(body, sizeof body, "{\"serial\":\"f%u\",\"name\":\"a\"}", how);
        make(&first, *state, "shop_id=1001", body);
        make(&second, *state, "shop_id=1001", body);
        make(&third, *state, "shop_id=1001", body);
        if (how == 0)
            refuse(&first, 0);
        else
            client_free(&first);
        assert_int_equal(second.wakes + third.wakes, 2);
        exchange_on_wake(second.x);
        exchange_on_wake(third.x);
        assert_int_equal(second.count, 1);
        assert_int_equal(third.count, 0); /* waits again, now for the second */
        answer_data(&second, 0, "{\"id\":\"78\"}");
        exchange_on_wake(third.x);
        assert_int_equal(third.count, 0);
        assert_true(str_has(third.reply->body, "\"id\":\"78\""));
        exchange_on_wake(third.x); /* too late, and harmless */
        client_free(&first);
        client_free(&second);
        client_free(&third);
    }
}

static void a_wait_has_its_end(void **state)
{
    struct client first, second;
    make(&first, *state, "shop_id=1001", first_body);
    make(&second, *state, "shop_id=1001", first_body);
    exchange_on_deadline(second.x);
    assert_fault(&second, FAULT_TIMEOUT, "An equal request, whose answer this one is to have,");
    client_free(&second);
    make(&second, *state, "shop_id=1001", first_body);
    client_free(&second); /* goes away while it waits */
    answer_data(&first, 0, "{\"id\":\"77\"}");
    assert_int_equal(second.wakes, 0);
    client_free(&first);
}

static void without_a_store_each_is_made(void **state)
{
    struct world *world = *state;
    struct page_store *store = world->common.answers;
    world->common.answers = NULL;
    world_host(world);
    make_first(world);
    make_first(world);
    world->common.answers = store;
    world_host(world);
}

/* ---- calls that only read ---- */

static void a_search_changes_nothing(void **state)
{
    struct client client;
    make(&client, *state, "shop_id=1001", "{\"name\":\"a\",\"box\":\"5\"}");
    assert_true(client.sends[0]->repeatable);
    assert_text(client.sends[0]->method, "POST");
    answer_data(&client, 0, "{\"id\":\"5\"}");
    assert_false(client.sends[1]->repeatable);
    refuse(&client, 1);
    read_reply(&client);
    assert_text(reply_text(&client, "message"), "The upstream call made failed: no");
    client_free(&client);
}

#define ONCE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ONCE(gives_the_first_answer_again),
        ONCE(makes_what_differs),
        ONCE(another_app_has_its_own_numbers),
        ONCE(refuses_a_number_of_something_else),
        ONCE(forgets_when_it_is_time),
        ONCE(a_failure_is_tried_again),
        ONCE(equal_ones_wait),
        ONCE(one_of_them_is_made_when_the_first_fails),
        ONCE(a_wait_has_its_end),
        ONCE(without_a_store_each_is_made),
        ONCE(a_search_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
