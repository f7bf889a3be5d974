/* The book of shops: who is found, who fetches, who waits, what is believed for how long. */
#include "shop/shop.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { KEEP = 1000, RETRY = 100, LOST = 500 };

static const struct shop_settings small = {
    .tokens = 3, .shops = 2, .keep_ms = KEEP, .retry_ms = RETRY, .wait_ms = LOST};

static const struct shop two[] = {
    {STR_C("1001"), STR_C("CIPHER_A"), STR_C("GB"), STR_C("One")},
    {STR_C("1002"), STR_C("CIPHER_B"), STR_C("ID"), {NULL, 0}},
};

struct bench {
    struct shop_book *book;
    struct arena *arena;
    struct shop shop;
    struct fault fault;
};

static int set_up(void **state)
{
    static struct bench bench;
    bench = (struct bench){.book = shop_book_new(&small), .arena = arena_new(1 << 20)};
    *state = &bench;
    return bench.book && bench.arena ? 0 : -1;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    shop_book_free(bench->book);
    arena_free(bench->arena);
    return 0;
}

static struct shop_ask ask_of(const char *token, const char *shop_id, int64_t now)
{
    return (struct shop_ask){STR("app"), str_from(token), str_from(shop_id), now};
}

static enum shop_found find(struct bench *bench, const char *token, const char *id, int64_t now)
{
    struct shop_ask ask = ask_of(token, id, now);
    bench->fault = (struct fault){0};
    return shop_find(bench->book, &ask, bench->arena, &bench->shop, NULL, &bench->fault);
}

static bool fill(struct bench *bench, const char *token, const struct shop *shops, size_t count,
                 int64_t now)
{
    struct shop_ask ask = ask_of(token, NULL, now);
    return shop_fill(bench->book, &ask, shops, count, &bench->fault);
}

static void assert_shop(const struct bench *bench, const struct shop *expected)
{
    assert_true(str_eq(bench->shop.id, expected->id));
    assert_true(str_eq(bench->shop.cipher, expected->cipher));
    assert_true(str_eq(bench->shop.region, expected->region));
    assert_true(str_eq(bench->shop.name, expected->name));
    assert_int_equal(bench->shop.name.p == NULL, expected->name.p == NULL);
}

static void finds_what_was_filled(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(find(bench, "t", "1001", 0), SHOP_FETCH);
    assert_true(fill(bench, "t", two, 2, 0));
    assert_int_equal(find(bench, "t", "1001", 1), SHOP_FOUND);
    assert_shop(bench, &two[0]);
    assert_int_equal(find(bench, "t", "1002", KEEP - 1), SHOP_FOUND);
    assert_shop(bench, &two[1]);
    assert_int_equal(find(bench, "t", "1001", KEEP), SHOP_FETCH); /* no longer believed */
}

static void may_keep_nothing(void **state)
{
    struct bench *bench = *state;
    struct shop_settings settings = small;
    settings.keep_ms = 0;
    shop_book_free(bench->book);
    bench->book = shop_book_new(&settings);
    assert_true(fill(bench, "t", two, 2, 5));
    assert_int_equal(find(bench, "t", "1001", 5), SHOP_FOUND); /* for who asked */
    assert_int_equal(find(bench, "t", "1001", 6), SHOP_FETCH);
}

static void keeps_apps_and_tokens_apart(void **state)
{
    struct bench *bench = *state;
    struct shop_ask other = {STR("other"), STR("t"), STR("1001"), 1};
    assert_true(fill(bench, "t", two, 2, 0));
    assert_int_equal(find(bench, "t2", "1001", 1), SHOP_FETCH);
    assert_int_equal(
        shop_find(bench->book, &other, bench->arena, &bench->shop, NULL, &bench->fault),
        SHOP_FETCH);
}

static void refuses_shops_it_does_not_know(void **state)
{
    static const struct {
        const char *name;
        size_t shops;
        const char *id;
        int64_t now;
        enum shop_found found;
        const char *words;
    } cases[] = {
        {"unknown id", 2, "9", RETRY - 1, SHOP_REFUSED, "shop_id is invalid"},
        {"unknown id, asked anew later", 2, "9", RETRY, SHOP_FETCH, NULL},
        {"several, none named", 2, NULL, RETRY - 1, SHOP_REFUSED, "good for 2 shops"},
        {"several, none named, later", 2, "", RETRY, SHOP_REFUSED, "good for 2 shops"},
        {"one, none named", 1, NULL, RETRY, SHOP_FOUND, NULL},
        {"one, another named", 1, "1002", 1, SHOP_REFUSED, "shop_id is invalid"},
        {"none at all", 0, NULL, 1, SHOP_REFUSED, "no shop"},
        {"none at all, later", 0, NULL, RETRY, SHOP_FETCH, NULL},
    };
    struct bench *bench = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char token[] = {(char)('a' + i), 0};
        assert_true(fill(bench, token, two, cases[i].shops, 0));
        enum shop_found found = find(bench, token, cases[i].id, cases[i].now);
        if (found != cases[i].found)
            fail_msg("%s: %d", cases[i].name, found);
        assert_int_equal(bench->fault.kind, found == SHOP_REFUSED ? FAULT_SHOP : FAULT_NONE);
        if (cases[i].words)
            assert_non_null(strstr(bench->fault.text, cases[i].words));
    }
}

static void serves_the_old_list_while_another_is_fetched(void **state)
{
    struct bench *bench = *state;
    assert_true(fill(bench, "t", two, 1, 0));
    assert_int_equal(find(bench, "t", "1002", RETRY), SHOP_FETCH);
    assert_int_equal(find(bench, "t", "1001", RETRY), SHOP_FOUND);
    assert_true(fill(bench, "t", two, 2, RETRY));
    assert_int_equal(find(bench, "t", "1002", RETRY), SHOP_FOUND);
}

static void believes_a_failure_for_a_moment(void **state)
{
    struct bench *bench = *state;
    struct shop_ask ask = ask_of("t", NULL, 10);
    struct fault why;
    fault_set(&why, FAULT_UPSTREAM, "Expired credentials.");
    why.code = 105002;
    assert_int_equal(find(bench, "t", "1001", 10), SHOP_FETCH);
    shop_fail(bench->book, &ask, &why);
    assert_int_equal(find(bench, "t", "1001", 10 + RETRY - 1), SHOP_REFUSED);
    assert_int_equal(bench->fault.code, 105002);
    assert_string_equal(bench->fault.text, "Expired credentials.");
    assert_int_equal(find(bench, "t", "1001", 10 + RETRY), SHOP_FETCH);
    assert_true(fill(bench, "t", two, 2, 10 + RETRY));
    assert_int_equal(find(bench, "t", "1001", 10 + RETRY), SHOP_FOUND);
}

static void refuses_bad_lists(void **state)
{
    static const struct shop three[] = {
        {STR_C("1"), STR_C("A"), {NULL, 0}, {NULL, 0}},
        {STR_C("2"), STR_C("B"), {NULL, 0}, {NULL, 0}},
        {STR_C("3"), STR_C("C"), {NULL, 0}, {NULL, 0}},
    };
    static const struct shop no_cipher = {STR_C("1"), {NULL, 0}, {NULL, 0}, {NULL, 0}};
    static const struct shop no_id = {{NULL, 0}, STR_C("A"), {NULL, 0}, {NULL, 0}};
    static const struct {
        const struct shop *shops;
        size_t count;
        enum fault_kind kind;
        const char *words;
    } cases[] = {{three, 3, FAULT_TOO_LARGE, "shops.shops"},
                 {&no_cipher, 1, FAULT_UPSTREAM_BAD, "without id or cipher"},
                 {&no_id, 1, FAULT_UPSTREAM_BAD, "without id or cipher"}};
    struct bench *bench = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char token[] = {(char)('a' + i), 0};
        assert_int_equal(find(bench, token, "1", 0), SHOP_FETCH);
        assert_false(fill(bench, token, cases[i].shops, cases[i].count, 0));
        assert_int_equal(bench->fault.kind, cases[i].kind);
        assert_non_null(strstr(bench->fault.text, cases[i].words));
        assert_int_equal(find(bench, token, "1", 1), SHOP_REFUSED); /* the fetch is over */
        assert_int_equal(bench->fault.kind, cases[i].kind);
    }
}

static void gives_up_the_least_recently_used(void **state)
{
    struct bench *bench = *state;
    assert_true(fill(bench, "a", two, 2, 0));
    assert_true(fill(bench, "b", two, 2, 1));
    assert_true(fill(bench, "c", two, 2, 2));
    assert_int_equal(find(bench, "a", "1001", 3), SHOP_FOUND);
    assert_true(fill(bench, "d", two, 2, 4));
    assert_int_equal(shop_book_count(bench->book), 3);
    assert_int_equal(find(bench, "a", "1001", 5), SHOP_FOUND);
    assert_int_equal(find(bench, "d", "1001", 5), SHOP_FOUND);
    assert_int_equal(find(bench, "b", "1001", 5), SHOP_FETCH); /* gave way */
}

static void is_full_of_fetches(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(find(bench, "a", "1", 0), SHOP_FETCH);
    assert_int_equal(find(bench, "b", "1", 0), SHOP_FETCH);
    assert_int_equal(find(bench, "c", "1", 0), SHOP_FETCH);
    assert_int_equal(find(bench, "d", "1", 0), SHOP_REFUSED);
    assert_int_equal(bench->fault.kind, FAULT_BUSY);
    assert_non_null(strstr(bench->fault.text, "shops.tokens"));
    assert_int_equal(find(bench, "d", "1", LOST), SHOP_FETCH); /* the others are lost by now */
}

static void forgets(void **state)
{
    struct bench *bench = *state;
    struct shop_ask young = ask_of("t", NULL, RETRY - 1), old = ask_of("t", NULL, RETRY);
    shop_forget(bench->book, &old); /* nothing there: nothing happens */
    assert_true(fill(bench, "t", two, 2, 0));
    shop_forget(bench->book, &young);
    assert_int_equal(find(bench, "t", "1001", RETRY), SHOP_FOUND);
    shop_forget(bench->book, &old);
    assert_int_equal(find(bench, "t", "1001", RETRY), SHOP_FETCH);
}

static void runs_out_of_memory(void **state)
{
    struct bench *bench = *state;
    struct arena *tiny = arena_new(1);
    struct shop_ask ask = ask_of("t", "1001", 1);
    assert_true(fill(bench, "t", two, 2, 0));
    assert_int_equal(shop_find(bench->book, &ask, tiny, &bench->shop, NULL, &bench->fault),
                     SHOP_REFUSED);
    assert_int_equal(bench->fault.kind, FAULT_INTERNAL);
    arena_free(tiny);
}

/* ---- waiting ---- */

struct guest {
    struct shop_waiter waiter;
    int woken;
};

static void count_wake(struct shop_waiter *waiter)
{
    ((struct guest *)waiter)->woken++;
}

static enum shop_found wait_for(struct bench *bench, struct guest *guest, int64_t now)
{
    struct shop_ask ask = ask_of("t", "1001", now);
    guest->waiter.wake = count_wake;
    return shop_find(bench->book, &ask, bench->arena, &bench->shop, &guest->waiter, &bench->fault);
}

static void one_fetches_the_others_wait(void **state)
{
    struct bench *bench = *state;
    struct guest guests[4] = {0};
    assert_int_equal(wait_for(bench, &guests[0], 0), SHOP_FETCH);
    for (int i = 1; i < 4; i++)
        assert_int_equal(wait_for(bench, &guests[i], 1), SHOP_WAIT);
    shop_leave(bench->book, &guests[2].waiter);                /* in the middle of the ring */
    assert_int_equal(find(bench, "t", "1001", 1), SHOP_FETCH); /* who cannot wait fetches too */
    assert_true(fill(bench, "t", two, 2, 2));
    assert_int_equal(guests[0].woken, 0);
    assert_int_equal(guests[1].woken, 1);
    assert_int_equal(guests[2].woken, 0);
    assert_int_equal(guests[3].woken, 1);
    assert_int_equal(wait_for(bench, &guests[1], 2), SHOP_FOUND);
    shop_leave(bench->book, &guests[1].waiter); /* leaving late is harmless */
}

static void who_was_woken_in_vain_asks_again(void **state)
{
    struct bench *bench = *state;
    struct guest guests[3] = {0};
    struct shop_ask ask = ask_of("t", NULL, 1);
    assert_int_equal(wait_for(bench, &guests[0], 0), SHOP_FETCH);
    assert_int_equal(wait_for(bench, &guests[1], 0), SHOP_WAIT);
    assert_int_equal(wait_for(bench, &guests[2], 0), SHOP_WAIT);
    shop_fail(bench->book, &ask, NULL); /* the client of the first went away */
    assert_int_equal(guests[1].woken + guests[2].woken, 2);
    assert_int_equal(wait_for(bench, &guests[1], 1), SHOP_FETCH);
    assert_int_equal(wait_for(bench, &guests[2], 1), SHOP_WAIT);
    assert_true(fill(bench, "t", two, 2, 2));
    assert_int_equal(guests[2].woken, 2);
}

static void a_lost_fetch_is_made_again(void **state)
{
    struct bench *bench = *state;
    struct guest guests[3] = {0};
    assert_int_equal(wait_for(bench, &guests[0], 0), SHOP_FETCH);
    assert_int_equal(wait_for(bench, &guests[1], LOST - 1), SHOP_WAIT);
    assert_int_equal(wait_for(bench, &guests[2], LOST), SHOP_FETCH);
    assert_true(fill(bench, "t", two, 2, LOST));
    assert_int_equal(guests[1].woken, 1);
}

/* ---- threads ---- */

enum { THREADS = 6, ROUNDS = 400 };

struct worker {
    struct shop_waiter waiter;
    struct shop_book *book;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool woken;
    int found, number;
};

static void post(struct shop_waiter *waiter)
{
    struct worker *worker = (struct worker *)waiter;
    pthread_mutex_lock(&worker->lock);
    worker->woken = true;
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
}

static void sleep_until_woken(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    while (!worker->woken)
        pthread_cond_wait(&worker->changed, &worker->lock);
    worker->woken = false;
    pthread_mutex_unlock(&worker->lock);
}

/* One request: fetches, waits or goes away, as it comes; true when it found its shop. */
static bool request(struct worker *worker, struct arena *arena, int round)
{
    char token[] = {(char)('a' + round % 5), 0}; /* more than the book has room for */
    struct shop_ask ask = {STR("app"), str_from(token), STR("1002"), 0};
    struct shop shop;
    struct fault fault;
    for (;;) {
        switch (shop_find(worker->book, &ask, arena, &shop, &worker->waiter, &fault)) {
        case SHOP_FOUND:
            return str_eq(shop.cipher, STR("CIPHER_B"));
        case SHOP_FETCH:
            if ((round + worker->number) % 7 == 0) {
                shop_fail(worker->book, &ask, NULL);
                return false;
            }
            shop_fill(worker->book, &ask, two, 2, &fault);
            break;
        case SHOP_WAIT:
            if ((round + worker->number) % 3 == 0) {
                shop_leave(worker->book, &worker->waiter);
                worker->woken = false;
                return false;
            }
            sleep_until_woken(worker);
            shop_leave(worker->book, &worker->waiter);
            break;
        default:
            return false; /* full of fetches */
        }
    }
}

static void *work(void *arg)
{
    struct worker *worker = arg;
    struct arena *arena = arena_new(1 << 20);
    for (int i = 0; i < ROUNDS; i++) {
        worker->found += request(worker, arena, i);
        arena_reset(arena);
    }
    arena_free(arena);
    return NULL;
}

static void threads_share_it(void **state)
{
    static struct worker workers[THREADS];
    struct bench *bench = *state;
    pthread_t threads[THREADS];
    int found = 0;
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.book = bench->book, .number = i, .waiter.wake = post};
        pthread_mutex_init(&workers[i].lock, NULL);
        pthread_cond_init(&workers[i].changed, NULL);
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        pthread_cond_destroy(&workers[i].changed);
        pthread_mutex_destroy(&workers[i].lock);
        found += workers[i].found;
    }
    assert_true(found > THREADS);
    assert_true(shop_book_count(bench->book) <= small.tokens);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(finds_what_was_filled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(may_keep_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_apps_and_tokens_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_shops_it_does_not_know, set_up, tear_down),
        cmocka_unit_test_setup_teardown(serves_the_old_list_while_another_is_fetched, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(believes_a_failure_for_a_moment, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_bad_lists, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gives_up_the_least_recently_used, set_up, tear_down),
        cmocka_unit_test_setup_teardown(is_full_of_fetches, set_up, tear_down),
        cmocka_unit_test_setup_teardown(forgets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(runs_out_of_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_fetches_the_others_wait, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_was_woken_in_vain_asks_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lost_fetch_is_made_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(threads_share_it, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
