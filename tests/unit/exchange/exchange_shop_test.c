/* From shop_id to cipher: one fetch for all who ask, whatever becomes of it. */
#include "bench.h"

static const char *const get = "GET /api/thing/get";

static void asks_for_the_shops_once(void **state)
{
    struct client client;
    client_begin(&client, *state, get, "id=1&shop_id=1002", NULL);
    assert_int_equal(client.count, 1);
    const struct exchange_send *send = client.sends[0];
    assert_text(send->method, "GET");
    assert_true(str_starts(send->target, STR("/who/shops?")));
    assert_null(sent_parameter(&client, 0, "shop_cipher").p);
    assert_non_null(sent_parameter(&client, 0, "sign").p);
    assert_text(sent_field(&client, 0, "x-tts-access-token"), "TOKEN_1");
    answer_shops(&client, 0);
    assert_int_equal(client.count, 2);
    assert_text(sent_parameter(&client, 1, "shop_cipher"), "CIPHER_B");
    answer_data(&client, 1, "{\"name\":\"x\"}");
    assert_data(&client, "{\"name\":\"x\"}");
    assert_text(reply_field(&client, "X-Shopshim-Upstream-Id"), "up-shops,up-1");
    client_free(&client);
    client_begin(&client, *state, get, "id=1&shop_id=1001", NULL);
    assert_int_equal(client.count, 1); /* known by now */
    assert_text(sent_parameter(&client, 0, "shop_cipher"), "CIPHER_A");
    client_free(&client);
}

static void takes_the_clients_cipher(void **state)
{
    struct client client;
    client_begin(&client, *state, get, "id=1&shop_id=7&shop_cipher=CIPHER_C", NULL);
    assert_int_equal(client.count, 1);
    assert_text(sent_parameter(&client, 0, "shop_cipher"), "CIPHER_C");
    client_free(&client);
}

static void refuses_other_shops(void **state)
{
    static const struct {
        const char *query, *words;
    } cases[] = {{"id=1&shop_id=9", "shop_id is invalid"},
                 {"id=1", "good for 2 shops"},
                 {"id=1&shop_id=", "good for 2 shops"}};
    know_shops(*state);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct client client;
        client_begin(&client, *state, get, cases[i].query, NULL);
        assert_int_equal(client.count, 0);
        assert_fault(&client, FAULT_SHOP, cases[i].words);
        client_free(&client);
    }
}

static void others_wait_for_the_fetch(void **state)
{
    struct client first, second, third, other_token;
    client_begin(&first, *state, get, "id=1&shop_id=1001", NULL);
    client_begin(&second, *state, get, "id=2&shop_id=1001", NULL);
    client_begin(&third, *state, get, "id=3&shop_id=1002", NULL);
    struct ask ask = {
        .call = get, .query = "id=4&shop_id=1001&access_token=TOKEN_2", .without = NO_TOKEN};
    client_new(&other_token, *state);
    client_start(&other_token, &ask);
    assert_int_equal(first.count, 1);
    assert_int_equal(second.count, 0);
    assert_int_equal(third.count, 0);
    assert_int_equal(other_token.count, 1); /* has its own list */
    exchange_on_wake(second.x);             /* one too many: it goes on waiting */
    assert_int_equal(second.count, 0);
    answer_shops(&first, 0);
    assert_int_equal(second.wakes, 1);
    assert_int_equal(third.wakes, 1);
    assert_int_equal(second.count, 0); /* a wake is only a message */
    exchange_on_wake(second.x);
    exchange_on_wake(third.x);
    assert_text(sent_parameter(&second, 0, "shop_cipher"), "CIPHER_A");
    assert_text(sent_parameter(&third, 0, "shop_cipher"), "CIPHER_B");
    client_free(&first);
    client_free(&second);
    client_free(&third);
    client_free(&other_token);
}

static void who_waits_may_vanish(void **state)
{
    struct client first, second, third;
    client_begin(&first, *state, get, "id=1&shop_id=1001", NULL);
    client_begin(&second, *state, get, "id=2&shop_id=1001", NULL);
    client_begin(&third, *state, get, "id=3&shop_id=1001", NULL);
    client_free(&second);
    exchange_on_deadline(third.x);
    assert_fault(&third, FAULT_TIMEOUT, "which another request asked for");
    answer_shops(&first, 0);
    assert_int_equal(second.wakes + third.wakes, 0);
    client_free(&first);
    client_free(&third);
}

static void who_fetches_may_vanish(void **state)
{
    struct client first, second, third;
    client_begin(&first, *state, get, "id=1&shop_id=1001", NULL);
    client_begin(&second, *state, get, "id=2&shop_id=1001", NULL);
    client_begin(&third, *state, get, "id=3&shop_id=1001", NULL);
    client_free(&first);
    assert_int_equal(first.cancelled, 1);
    exchange_on_wake(second.x);
    exchange_on_wake(third.x);
    assert_int_equal(second.count, 1); /* the next one asks */
    assert_int_equal(third.count, 0);
    exchange_on_deadline(second.x);
    assert_fault(&second, FAULT_TIMEOUT, "1 upstream call was not answered");
    exchange_on_wake(third.x);
    answer_shops(&third, 0);
    assert_text(sent_parameter(&third, 1, "shop_cipher"), "CIPHER_A");
    client_free(&second);
    client_free(&third);
}

static void a_failure_is_told_to_all(void **state)
{
    static const struct {
        struct exchange_upstream answer;
        enum fault_kind kind;
        const char *words;
    } cases[] = {
        {{.status = 401, .body = STR_C("{\"code\":105002,\"message\":\"token is expired\"}")},
         FAULT_UPSTREAM,
         "token is expired"},
        {{.status = 200, .body = STR_C("{\"code\":0,\"data\":{}}")}, FAULT_UPSTREAM_BAD, "no list"},
        {{.status = 200, .body = STR_C("{\"code\":0,\"data\":{\"shops\":[{\"id\":\"1\"}]}}")},
         FAULT_UPSTREAM_BAD,
         "without id or cipher"},
        {{.status = 200, .body = STR_C("{\"code\":0,\"data\":{\"shops\":[]}}")},
         FAULT_SHOP,
         "no shop"},
        {{.status = 200, .body = STR_C("{\"code\":\"x\"}")}, FAULT_UPSTREAM_BAD, "JSON"},
        {{.status = 500, .body = STR_C("{\"code\":0,\"data\":{}}")},
         FAULT_UPSTREAM_BAD,
         "HTTP 500"},
        {{.status = 503, .body = STR_C("busy")}, FAULT_UPSTREAM_BAD, "HTTP 503"},
    };
    struct world *world = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct client first, second, third;
        client_begin(&first, world, get, "id=1&shop_id=1001", NULL);
        client_begin(&second, world, get, "id=2&shop_id=1001", NULL);
        answer_with(&first, 0, &cases[i].answer);
        assert_fault(&first, cases[i].kind, cases[i].words);
        exchange_on_wake(second.x);
        assert_fault(&second, cases[i].kind, cases[i].words);
        client_begin(&third, world, get, "id=3&shop_id=1001", NULL);
        assert_int_equal(third.count, 0); /* believed for a moment */
        assert_fault(&third, cases[i].kind, cases[i].words);
        client_free(&first);
        client_free(&second);
        client_free(&third);
        world->now_ms += shop_default_settings.retry_ms;
    }
}

static void a_broken_fetch_is_told_to_all(void **state)
{
    struct client first, second;
    struct fault fault;
    fault_set(&fault, FAULT_UNREACHABLE, "No connection.");
    client_begin(&first, *state, get, "id=1&shop_id=1001", NULL);
    client_begin(&second, *state, get, "id=2&shop_id=1001", NULL);
    exchange_on_fault(first.x, first.tags[0], &fault);
    assert_fault(&first, FAULT_UNREACHABLE, "lists the shops of the token failed: No connection.");
    exchange_on_wake(second.x);
    assert_fault(&second, FAULT_UNREACHABLE, "No connection.");
    client_free(&first);
    client_free(&second);
}

static void forgets_a_stale_cipher(void **state)
{
    struct world *world = *state;
    struct client client;
    struct exchange_upstream stale = {.status = 400,
                                      .body = STR("{\"code\":700001,\"message\":\"cipher\"}")};
    know_shops(world);
    world->now_ms += 5000;
    client_begin(&client, world, get, "id=1&shop_id=1001", NULL);
    answer_with(&client, 0, &stale);
    assert_fault(&client, FAULT_UPSTREAM, "cipher");
    client_free(&client);
    client_begin(&client, world, get, "id=1&shop_id=1001", NULL);
    assert_int_equal(client.count, 1);
    assert_true(str_starts(client.sends[0]->target, STR("/who/shops?")));
    client_free(&client);
}

static void counts_the_fetch_as_a_call(void **state)
{
    struct world *world = *state;
    struct client client;
    world->settings.calls = 1;
    client_begin(&client, world, get, "id=1&shop_id=1001", NULL);
    answer_shops(&client, 0);
    assert_int_equal(client.count, 1);
    assert_fault(&client, FAULT_TOO_LARGE, "exchange.calls");
    client_free(&client);
}

#define WORLD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD(asks_for_the_shops_once),  WORLD(takes_the_clients_cipher),
        WORLD(refuses_other_shops),      WORLD(others_wait_for_the_fetch),
        WORLD(who_waits_may_vanish),     WORLD(who_fetches_may_vanish),
        WORLD(a_failure_is_told_to_all), WORLD(a_broken_fetch_is_told_to_all),
        WORLD(forgets_a_stale_cipher),   WORLD(counts_the_fetch_as_a_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
