/*
 * The step to newer calls: taken when upstream says that it serves the older ones no more, by what
 * cannot have changed anything, and remembered once the newer ones are served.
 */
#include "bench.h"

static void refuse(struct client *client, unsigned i, int code)
{
    struct exchange_upstream answer = {.status = 404};
    answer.body = arena_printf(client->world->arena,
                               "{\"code\":%d,\"message\":\"no\",\"request_id\":\"r\"}", code);
    answer_with(client, i, &answer);
}

static int set_up(void **state)
{
    int result = world_set_up(state);
    if (result == 0)
        know_shops(*state);
    return result;
}

static void sum(struct client *client, struct world *world, const char *query)
{
    client_begin(client, world, "GET /api/thing/sum", query, NULL);
}

static void assert_call(struct client *client, unsigned i, const char *path)
{
    assert_true(i < client->count);
    if (!str_starts(client->sends[i]->target, str_from(path)))
        fail_msg("%s: " STR_FMT, path, STR_ARG(client->sends[i]->target));
}

/* By the older calls, as long as they are served. */
static void serves_old(struct world *world)
{
    struct client client;
    sum(&client, world, "id=5&shop_id=1001");
    assert_call(&client, 0, "/sum/v2/5?");
    answer_data(&client, 0, "{\"sum\":\"1.50\"}");
    answer_data(&client, 1, "{}");
    assert_data(&client, "{\"sum\":\"1.50\",\"by\":\"v2\"}");
    client_free(&client);
}

static void takes_the_step_and_remembers_it(void **state)
{
    struct world *world = *state;
    struct exchange_report report;
    struct client client;
    serves_old(world);
    assert_int_equal(plans_gone(world->plans), 0);
    sum(&client, world, "id=5&shop_id=1001");
    refuse(&client, 0, 404001);
    assert_int_equal(client.cancelled, 1); /* what was under way besides */
    assert_int_equal(client.count, 3);
    assert_call(&client, 2, "/sum/v3/5?");
    answer_data(&client, 2, "{\"sum\":\"2.50\"}");
    assert_data(&client, "{\"sum\":\"2.50\",\"by\":\"v3\"}");
    exchange_report(client.x, &report);
    assert_string_equal(report.endpoint, "thing/sum_things_newest");
    assert_int_equal(report.calls, 3);
    client_free(&client);
    assert_int_equal(plans_gone(world->plans), 1);
    sum(&client, world, "id=6&shop_id=1001");
    assert_call(&client, 0, "/sum/v3/6?");
    assert_int_equal(client.count, 1);
    client_free(&client);
}

static void other_errors_are_no_reason(void **state)
{
    struct world *world = *state;
    struct client client;
    sum(&client, world, "id=5&shop_id=1001");
    refuse(&client, 0, 5);
    assert_fault(&client, FAULT_UPSTREAM, "no");
    client_free(&client);
    serves_old(world);
}

/* As when the address of upstream is wrong: nothing is served there. */
static void what_is_gone_altogether_is_not_remembered(void **state)
{
    struct world *world = *state;
    struct client client;
    sum(&client, world, "id=5&shop_id=1001");
    refuse(&client, 1, 404002);
    assert_call(&client, 2, "/sum/v3/5?");
    refuse(&client, 2, 404002);
    assert_fault(&client, FAULT_UPSTREAM, "no");
    client_free(&client);
    assert_int_equal(plans_gone(world->plans), 0);
    serves_old(world);
}

static void an_error_of_the_newer_one_says_that_it_is_served(void **state)
{
    struct world *world = *state;
    struct client client;
    sum(&client, world, "id=5&shop_id=1001");
    refuse(&client, 0, 404001);
    refuse(&client, 2, 7);
    assert_fault(&client, FAULT_UPSTREAM, "no");
    client_free(&client);
    assert_int_equal(plans_gone(world->plans), 1);
}

static void what_may_have_changed_something_is_not_done_again(void **state)
{
    struct world *world = *state;
    for (unsigned answered = 0; answered < 2; answered++) {
        struct client client;
        sum(&client, world, "id=5&mark=true&shop_id=1001");
        assert_call(&client, 0, "/thing/v2/5/mark?");
        if (answered)
            answer_data(&client, 0, "{}");
        refuse(&client, 1, 404001);
        assert_fault(&client, FAULT_UPSTREAM, "no");
        assert_int_equal(client.count, 3);
        client_free(&client);
    }
    assert_int_equal(plans_gone(world->plans), 0);
}

static void only_when_the_setting_says_so(void **state)
{
    struct world *world = *state;
    struct client client;
    plans_set_target(world->plans, PLAN_TARGET_202309);
    sum(&client, world, "id=5&shop_id=1001");
    refuse(&client, 0, 404001);
    assert_fault(&client, FAULT_UPSTREAM, "no");
    client_free(&client);
    plans_set_target(world->plans, PLAN_TARGET_NEWEST);
    sum(&client, world, "id=5&shop_id=1001");
    assert_call(&client, 0, "/sum/v3/5?");
    client_free(&client);
}

static void newer_tables_know_it_too(void **state)
{
    struct world *world = *state;
    struct findings findings;
    struct client client;
    sum(&client, world, "id=5&shop_id=1001");
    refuse(&client, 0, 404001);
    answer_data(&client, 2, "{}");
    client_free(&client);
    findings_init(&findings);
    struct plans *plans = plans_load(TEST_ROOT "/tests/unit/exchange/fixtures", &findings);
    assert_non_null(plans);
    plans_inherit(plans, world->plans);
    assert_int_equal(plans_gone(plans), 1);
    plans_unref(plans);
    findings_clear(&findings);
}

#define NEWER(test) cmocka_unit_test_setup_teardown(test, set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        NEWER(takes_the_step_and_remembers_it),
        NEWER(other_errors_are_no_reason),
        NEWER(what_is_gone_altogether_is_not_remembered),
        NEWER(an_error_of_the_newer_one_says_that_it_is_served),
        NEWER(what_may_have_changed_something_is_not_done_again),
        NEWER(only_when_the_setting_says_so),
        NEWER(newer_tables_know_it_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
