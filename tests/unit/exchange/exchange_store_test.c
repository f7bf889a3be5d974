/*
 * What exchanges and a store of positions do for each other: equal walks are made once, by
 * whichever worker, and a store may lie or take its time.
 */
#include "offset.h"

/* A store that gives what nobody put there. */
static enum page_found lie(void *self, struct str list, uint64_t at, int64_t now_ms,
                           struct page_waiter *waiter, struct arena *arena, struct page_kept *kept)
{
    static const char *const lies[] = {"", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    unsigned *told = self;
    (void)list;
    (void)now_ms;
    (void)waiter;
    (void)arena;
    *kept = (struct page_kept){at / 2, str_from(lies[(*told)++ % 3])};
    return PAGE_FOUND;
}

static void no_put(void *self, struct str list, uint64_t at, struct str value, int64_t until_ms,
                   int64_t now_ms)
{
    (void)self;
    (void)list;
    (void)at;
    (void)value;
    (void)until_ms;
    (void)now_ms;
}

static void no_drop(void *self, struct str list)
{
    (void)self;
    (void)list;
}

static void no_free(void *self)
{
    (void)self;
}

static void use_store(struct world *world, const struct page_store_form *form, void *self)
{
    page_store_free(world->common.store);
    world->common.store = page_store_new(form, self);
    world_host(world);
}

static void believes_no_false_store(void **state)
{
    static const struct page_store_form liar = {
        .get = lie, .put = no_put, .drop = no_drop, .free = no_free};
    unsigned told = 0;
    use_store(*state, &liar, &told);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(read_page(*state, 3, 10, 100), 3);
    assert_int_equal(told, 3);
}

/* ---- equal walks ---- */

static void makes_equal_walks_once(void **state)
{
    struct client first, second, third, other;
    numbered(&first, *state, 5, 10);
    numbered(&second, *state, 5, 10);
    numbered(&third, *state, 5, 10);
    numbered(&other, *state, 6, 10);
    assert_int_equal(first.count, 1);
    assert_int_equal(second.count + third.count, 0);
    assert_int_equal(other.count, 1); /* another walk */
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(second.wakes, 0);
        serve(&first, i, 100);
    }
    assert_int_equal(second.wakes, 1); /* the row is reached, though the page is not there yet */
    assert_int_equal(third.wakes, 1);
    assert_int_equal(first.replies, 0);
    exchange_on_wake(second.x);
    assert_int_equal(second.count, 1);
    assert_text(sent_parameter(&second, 0, "page_token"), "10:40");
    serve(&second, 0, 100);
    assert_rows(&second, 40, 10, 100);
    serve(&first, 4, 100);
    assert_rows(&first, 40, 10, 100);
    exchange_on_wake(third.x);
    serve(&third, 0, 100);
    assert_rows(&third, 40, 10, 100);
    exchange_on_wake(third.x); /* too late, and harmless */
    serve_rest(&other, 0, 100);
    assert_rows(&other, 50, 10, 100);
    client_free(&first);
    client_free(&second);
    client_free(&third);
    client_free(&other);
}

static void somebody_else_walks_when_one_gives_up(void **state)
{
    struct world *world = *state;
    for (unsigned how = 0; how < 4; how++) {
        struct client first, second;
        numbered(&first, world, 6 + (int)how, 10);
        numbered(&second, world, 6 + (int)how, 10);
        serve(&first, 0, 1000);
        if (how == 0)
            refuse(&first, 1, 500, 5001);
        else if (how == 1)
            exchange_on_deadline(first.x);
        else
            client_free(&first); /* the client went away */
        assert_int_equal(second.wakes, 1);
        if (how == 3) {
            client_free(&second);
            continue;
        }
        exchange_on_wake(second.x);
        assert_int_equal(second.count, 1);
        serve_rest(&second, 0, 1000);
        assert_rows(&second, (uint64_t)(50 + 10 * how), 10, 1000);
        if (how < 2)
            client_free(&first);
        client_free(&second);
        page_store_free(world->common.store);
        world->common.store = page_store_local(1 << 20);
        world_host(world);
    }
}

static void who_waits_may_go(void **state)
{
    struct client first, second, third;
    numbered(&first, *state, 5, 10);
    numbered(&second, *state, 5, 10);
    numbered(&third, *state, 5, 10);
    exchange_on_deadline(second.x);
    assert_fault(&second, FAULT_TIMEOUT, "another request is on its way");
    client_free(&third);
    exchange_on_wake(second.x);
    serve_rest(&first, 0, 100);
    assert_int_equal(second.wakes, 0);
    client_free(&first);
    client_free(&second);
}

/* Behind the end nothing is reached; those who waited find the end near. */
static void the_end_is_walked_to_once(void **state)
{
    struct client first, second;
    numbered(&first, *state, 9, 10);
    numbered(&second, *state, 9, 10);
    serve_rest(&first, 0, 35);
    assert_rows(&first, 80, 10, 35);
    assert_int_equal(first.count, 4);
    assert_int_equal(second.wakes, 1);
    exchange_on_wake(second.x);
    serve_rest(&second, 0, 35);
    assert_int_equal(second.count, 1);
    assert_rows(&second, 80, 10, 35);
    client_free(&first);
    client_free(&second);
}

/* Each worker has a host of its own; what one was told, the others know. */
static void is_known_to_all_workers(void **state)
{
    struct world *world = *state;
    struct exchange_host *first = world->host, *second = exchange_host_new(&world->common);
    assert_non_null(second);
    for (int number = 1; number <= 6; number++) {
        world->host = number % 2 ? first : second;
        assert_int_equal(read_page(world, number, 10, 100), 1);
    }
    struct client here, there;
    world->host = first;
    numbered(&here, world, 10, 10);
    world->host = second;
    numbered(&there, world, 10, 10);
    assert_int_equal(there.count, 0); /* its walk is under way */
    for (unsigned i = 0; there.wakes == 0; i++)
        serve(&here, i, 100);
    exchange_on_wake(there.x);
    serve_rest(&there, 0, 100);
    assert_rows(&there, 90, 10, 100);
    client_free(&here);
    client_free(&there);
    exchange_host_free(second);
    world->host = first;
}

/* ---- a store that takes its time ---- */

struct slow {
    struct page_store *behind;
    struct page_waiter *asker;
    bool ready;
};

static enum page_found slow_get(void *self, struct str list, uint64_t at, int64_t now_ms,
                                struct page_waiter *waiter, struct arena *arena,
                                struct page_kept *kept)
{
    struct slow *slow = self;
    if (slow->ready)
        return page_store_get(slow->behind, list, at, now_ms, waiter, arena, kept);
    slow->asker = waiter;
    return PAGE_LATER;
}

static void slow_leave(void *self, struct page_waiter *waiter)
{
    struct slow *slow = self;
    if (slow->asker == waiter)
        slow->asker = NULL;
}

static void slow_put(void *self, struct str list, uint64_t at, struct str value, int64_t until_ms,
                     int64_t now_ms)
{
    page_store_put(((struct slow *)self)->behind, list, at, value, until_ms, now_ms);
}

static void waits_for_a_slow_store(void **state)
{
    static const struct page_store_form form = {
        .get = slow_get, .leave = slow_leave, .put = slow_put, .drop = no_drop, .free = no_free};
    struct slow slow = {.behind = page_store_local(1 << 20)};
    struct client client;
    use_store(*state, &form, &slow);
    read_page(*state, 1, 10, 100); /* of which the store need not be asked */
    numbered(&client, *state, 2, 10);
    assert_int_equal(client.count, 0);
    assert_non_null(slow.asker);
    slow.asker->wake(slow.asker);
    assert_int_equal(client.wakes, 1);
    slow.ready = true;
    exchange_on_wake(client.x);
    assert_text(sent_parameter(&client, 0, "page_token"), "10:10");
    serve_rest(&client, 0, 100);
    assert_rows(&client, 10, 10, 100);
    client_free(&client);
    slow.ready = false;
    numbered(&client, *state, 3, 10);
    assert_non_null(slow.asker);
    client_free(&client);
    assert_null(slow.asker);
    page_store_free(slow.behind);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORED(believes_no_false_store),
        STORED(makes_equal_walks_once),
        STORED(somebody_else_walks_when_one_gives_up),
        STORED(who_waits_may_go),
        STORED(the_end_is_walked_to_once),
        STORED(is_known_to_all_workers),
        STORED(waits_for_a_slow_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
