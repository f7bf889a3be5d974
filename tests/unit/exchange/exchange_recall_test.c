/*
 * What tables remember: learned from the answers to one request, known to later ones of the same
 * app and shop about the same thing, whatever their endpoint.
 */
#include "offset.h"

static void end(struct client *client, struct world *world, const char *call, const char *query,
                const char *id)
{
    struct str body = arena_printf(world->arena, "{\"id\":\"%s\"}", id);
    client_begin(client, world, call, query, body.p);
}

/* Answers the two searches: the thing is in the list `where` (0: big, 1: small, 2: in none). */
static void search_both(struct client *client, unsigned where)
{
    assert_int_equal(client->count, 2);
    assert_true(str_starts(client->sends[0]->target, STR("/big/v2/search?")));
    assert_true(str_starts(client->sends[1]->target, STR("/small/v2/search?")));
    answer_data(client, 0, where == 0 ? "{\"list\":[\"7\"]}" : "{\"list\":[]}");
    answer_data(client, 1, where == 1 ? "{\"list\":[\"7\"]}" : "{}");
}

/* Ends a thing of which nothing is known; upstream agrees, or not. */
static void learn(struct world *world, const char *id, unsigned where, bool agrees)
{
    struct client client;
    end(&client, world, "POST /api/thing/end", "shop_id=1001", id);
    search_both(&client, where);
    if (where == 2) {
        assert_fault(&client, FAULT_REFUSED, "There is no such thing.");
    } else if (agrees) {
        answer_data(&client, 2, "{}");
        assert_data(&client, "{\"kind\":\"new\"}");
    } else {
        refuse(&client, 2, 400, 5);
        assert_fault(&client, FAULT_UPSTREAM, "no");
    }
    client_free(&client);
}

/* How many calls are begun at once, and which one first. */
static unsigned begun(struct world *world, const char *call, const char *query, const char *id,
                      const char *first)
{
    struct client client;
    end(&client, world, call, query, id);
    if (first && !str_starts(client.sends[0]->target, str_from(first)))
        fail_msg("%s: " STR_FMT, first, STR_ARG(client.sends[0]->target));
    unsigned count = client.count;
    client_free(&client);
    return count;
}

static void a_kind_is_known_to_later_requests(void **state)
{
    struct world *world = *state;
    struct client client;
    learn(world, "7", 0, true);
    learn(world, "8", 1, true);
    end(&client, world, "POST /api/thing/end", "shop_id=1001", "7");
    assert_int_equal(client.count, 1);
    answer_data(&client, 0, "{\"list\":[\"7\"]}");
    answer_data(&client, 1, "{}");
    assert_data(&client, "{\"kind\":\"big\"}");
    client_free(&client);
    /* and to another endpoint of the table */
    assert_int_equal(
        begun(world, "POST /api/thing/finish", "shop_id=1001", "8", "/small/v2/search?"), 1);
}

static void a_failure_teaches_as_well(void **state)
{
    learn(*state, "7", 1, false);
    assert_int_equal(begun(*state, "POST /api/thing/end", "shop_id=1001", "7", "/small/"), 1);
}

static void what_is_not_known_is_asked(void **state)
{
    struct world *world = *state;
    learn(world, "7", 0, true);
    learn(world, "9", 2, true); /* in none of the lists: nothing to remember */
    assert_int_equal(begun(world, "POST /api/thing/end", "shop_id=1001", "9", NULL), 2);
    assert_int_equal(begun(world, "POST /api/thing/end", "shop_id=1002", "7", NULL), 2);
    struct client client;
    struct ask ask = {.call = "POST /api/thing/end",
                      .query = "shop_id=1001",
                      .body = "{\"id\":\"7\"}",
                      .app = "app2"};
    client_new(&client, world);
    client_start(&client, &ask);
    answer_shops(&client, 0);
    assert_int_equal(client.count, 3);
    client_free(&client);
    client_begin(&client, world, "POST /api/thing/end", "shop_id=1001", "{}");
    search_both(&client, 0); /* of nothing that is named */
    client_free(&client);
    client_begin(&client, world, "POST /api/thing/end", "shop_id=1001", "{}");
    assert_int_equal(client.count, 2);
    client_free(&client);
}

static void half_an_answer_teaches_nothing(void **state)
{
    struct client client;
    end(&client, *state, "POST /api/thing/end", "shop_id=1001", "7");
    answer_data(&client, 0, "{\"list\":[\"7\"]}");
    exchange_on_deadline(client.x);
    client_free(&client);
    assert_int_equal(begun(*state, "POST /api/thing/end", "shop_id=1001", "7", NULL), 2);
}

static void it_is_forgotten(void **state)
{
    struct world *world = *state;
    world->settings.check_time = false;
    world->settings.remember_ms = 1000;
    learn(world, "7", 0, true);
    world->now_ms += 999;
    assert_int_equal(begun(world, "POST /api/thing/end", "shop_id=1001", "7", NULL), 1);
    world->now_ms += 1;
    assert_int_equal(begun(world, "POST /api/thing/end", "shop_id=1001", "7", NULL), 2);
}

static void without_a_store_nothing_is_known(void **state)
{
    struct world *world = *state;
    struct page_store *store = world->common.store;
    world->common.store = NULL;
    world_host(world);
    learn(world, "7", 0, true);
    learn(world, "7", 0, true);
    world->common.store = store;
    world_host(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORED(a_kind_is_known_to_later_requests),
        STORED(a_failure_teaches_as_well),
        STORED(what_is_not_known_is_asked),
        STORED(half_an_answer_teaches_nothing),
        STORED(it_is_forgotten),
        STORED(without_a_store_nothing_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
