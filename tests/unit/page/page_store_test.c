/*
 * The memory of positions: what is found, what is forgotten, and that equal walks are made once.
 */
#include "page/store.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new((size_t)16 << 20);
    return arena ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void put(struct page_store *store, const char *list, uint64_t at, const char *value)
{
    page_store_put(store, str_from(list), at, str_from(value), 1000, 0);
}

/* "12 value", or "-" when nothing is found. */
static void assert_found(struct page_store *store, const char *list, uint64_t at, int64_t now,
                         const char *expected)
{
    struct page_kept kept;
    char got[64] = "-";
    if (page_store_get(store, str_from(list), at, now, NULL, arena, &kept) == PAGE_FOUND)
        snprintf(got, sizeof got, "%d " STR_FMT, (int)kept.at, STR_ARG(kept.value));
    if (strcmp(got, expected) != 0)
        fail_msg("%s at %d: %s, not %s", list, (int)at, got, expected);
}

static struct page_store_use use_of(struct page_store *store)
{
    struct page_store_use use;
    page_store_use(store, &use);
    return use;
}

static void finds_the_nearest_before(void **state)
{
    static const struct {
        const char *list;
        uint64_t at;
        const char *expected;
    } rows[] = {
        {"a", 9, "-"},       {"a", 10, "10 x"}, {"a", 19, "10 x"},  {"a", 20, "20 y"},
        {"a", 1000, "30 z"}, {"b", 0, "-"},     {"b", 5, "5 b"},    {"b", UINT64_MAX, "5 b"},
        {"", 1, "-"},        {"aa", 50, "-"},   {"a\x01", 50, "-"}, {"c", 3, "3 "},
    };
    struct page_store *store = page_store_local(1 << 20);
    (void)state;
    put(store, "a", 30, "z");
    put(store, "b", 5, "b");
    put(store, "a", 10, "x");
    put(store, "a", 20, "y");
    put(store, "c", 3, "");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_found(store, rows[i].list, rows[i].at, 0, rows[i].expected);
    put(store, "a", 20, "new");
    assert_found(store, "a", 25, 0, "20 new");
    assert_int_equal(use_of(store).positions, 5);
    page_store_drop(store, STR("a"));
    assert_found(store, "a", 1000, 0, "-");
    assert_found(store, "b", 5, 0, "5 b");
    assert_int_equal(use_of(store).positions, 2);
    page_store_free(store);
}

static void forgets_in_time(void **state)
{
    struct page_store *store = page_store_local(1 << 20);
    (void)state;
    page_store_put(store, STR("a"), 10, STR("x"), 500, 0);
    page_store_put(store, STR("a"), 20, STR("y"), 300, 0);
    assert_found(store, "a", 20, 299, "20 y");
    assert_found(store, "a", 20, 300, "10 x");
    assert_int_equal(use_of(store).positions, 1);
    assert_found(store, "a", 20, 500, "-");
    assert_int_equal(use_of(store).bytes, 0);
    page_store_put(store, STR("a"), 10, STR("x"), 500, 500); /* over before it begins */
    assert_int_equal(use_of(store).positions, 0);
    page_store_put(store, STR("a"), 10, STR("x"), 600, 500);
    page_store_put(store, STR("a"), 10, STR("x"), 500, 500);
    assert_found(store, "a", 10, 0, "-");
    page_store_free(store);
}

static void forgets_what_was_used_least(void **state)
{
    struct page_store *store = page_store_local(1000);
    (void)state;
    for (uint64_t at = 1; at <= 100; at++) {
        put(store, "a", at, "0123456789");
        assert_found(store, "a", 1, 0, "1 0123456789"); /* in use: stays */
        assert_true(use_of(store).bytes <= 1000);
    }
    assert_found(store, "a", 100, 0, "100 0123456789");
    assert_found(store, "a", 50, 0, "1 0123456789");
    assert_true(use_of(store).positions >= 4);
    page_store_free(store);
}

static void keeps_nothing_that_is_too_large(void **state)
{
    static char large[3000];
    struct page_store *store = page_store_local(1000), *none = page_store_local(0);
    (void)state;
    memset(large, 'x', sizeof large - 1);
    put(store, "a", 1, "small");
    put(store, "a", 2, large);
    assert_found(store, "a", 2, 0, "1 small");
    put(none, "a", 1, "x");
    assert_found(none, "a", 1, 0, "-");
    page_store_free(store);
    page_store_free(none);
    page_store_free(NULL);
}

/* Against a table of all that was put, for many operations. */
static void is_what_a_plain_table_is(void **state)
{
    enum { LISTS = 3, ROWS = 50 };
    static const char *const lists[LISTS] = {"a", "ab", "b"};
    int table[LISTS][ROWS] = {0};
    uint64_t random = 42;
    struct page_store *store = page_store_local(1 << 20);
    (void)state;
    for (int i = 1; i < 20000; i++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        unsigned list = (random >> 33) % LISTS, row = (random >> 40) % ROWS;
        if ((random >> 50) % 100 == 0) {
            page_store_drop(store, str_from(lists[list]));
            memset(table[list], 0, sizeof table[list]);
        } else if ((random >> 50) % 3 == 0) {
            char value[16];
            snprintf(value, sizeof value, "%d", i);
            put(store, lists[list], row, value);
            table[list][row] = i;
        } else {
            int at = (int)row;
            char expected[32] = "-";
            while (at >= 0 && !table[list][at])
                at--;
            if (at >= 0)
                snprintf(expected, sizeof expected, "%d %d", at, table[list][at]);
            assert_found(store, lists[list], row, 0, expected);
        }
        if (i % 1000 == 0)
            arena_reset(arena);
    }
    page_store_free(store);
}

static void says_nothing_without_memory(void **state)
{
    struct page_store *store = page_store_local(1000);
    struct arena *tiny = arena_new(1);
    struct page_kept kept;
    (void)state;
    put(store, "a", 1, "value");
    assert_int_equal(page_store_get(store, STR("a"), 1, 0, NULL, tiny, &kept), PAGE_MISSING);
    assert_true(arena_failed(tiny));
    arena_free(tiny);
    page_store_free(store);
}

/* ---- walks ---- */

struct sleeper {
    struct page_waiter waiter;
    int woken;
};

static void on_wake(struct page_waiter *waiter)
{
    ((struct sleeper *)waiter)->woken++;
}

static void makes_equal_walks_once(void **state)
{
    struct page_store *store = page_store_local(0);
    struct sleeper a = {.waiter = {.wake = on_wake}}, b = a, c = a, other = a;
    (void)state;
    assert_true(page_flight_begin(store, STR("l"), 100, &a.waiter));
    assert_false(page_flight_begin(store, STR("l"), 100, &b.waiter));
    assert_false(page_flight_begin(store, STR("l"), 100, &c.waiter));
    assert_true(page_flight_begin(store, STR("l"), 200, &other.waiter)); /* another row */
    assert_true(page_flight_begin(store, STR("m"), 100, &other.waiter)); /* another list */
    assert_int_equal(use_of(store).flights, 3);
    page_store_leave(store, &c.waiter);
    page_store_leave(store, &c.waiter);
    page_flight_end(store, STR("l"), 100);
    assert_int_equal(a.woken, 0);
    assert_int_equal(b.woken, 1);
    assert_int_equal(c.woken, 0); /* it left */
    assert_true(page_flight_begin(store, STR("l"), 100, &b.waiter));
    page_flight_end(store, STR("l"), 100);
    page_flight_end(store, STR("l"), 100); /* of what is over: nothing */
    page_flight_end(store, STR("l"), 200);
    page_flight_end(store, STR("m"), 100);
    assert_int_equal(use_of(store).flights, 0);
    page_store_free(store);
}

/* Threads that walk, wait, leave, put and get, all at the same few rows. */
enum { THREADS = 4, ROUNDS = 3000 };

struct worker {
    struct page_store *store;
    pthread_t thread;
    unsigned number;
    pthread_mutex_t lock;
    pthread_cond_t cond;
    struct page_waiter waiter;
    bool woken;
};

static void post(struct page_waiter *waiter)
{
    struct worker *worker = (struct worker *)((char *)waiter - offsetof(struct worker, waiter));
    pthread_mutex_lock(&worker->lock);
    worker->woken = true;
    pthread_cond_signal(&worker->cond);
    pthread_mutex_unlock(&worker->lock);
}

static void wait_for(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    while (!worker->woken)
        pthread_cond_wait(&worker->cond, &worker->lock);
    worker->woken = false;
    pthread_mutex_unlock(&worker->lock);
}

static void *work(void *ctx)
{
    struct worker *worker = ctx;
    struct arena *own = arena_new(1 << 20);
    worker->waiter.wake = post;
    for (unsigned i = 0; own && i < ROUNDS; i++) {
        struct page_kept kept;
        uint64_t at = i % 5;
        if (page_flight_begin(worker->store, STR("list"), at, &worker->waiter)) {
            page_store_put(worker->store, STR("list"), at, STR("value"), 10, 0);
            page_flight_end(worker->store, STR("list"), at);
        } else if (i % 7 == worker->number) {
            page_store_leave(worker->store, &worker->waiter);
            worker->woken = false; /* no wake comes after that */
        } else {
            wait_for(worker);
            page_store_leave(worker->store, &worker->waiter);
        }
        page_store_get(worker->store, STR("list"), at, 0, NULL, own, &kept);
        if (i % 100 == 0)
            page_store_drop(worker->store, STR("list"));
        arena_reset(own);
    }
    arena_free(own);
    return NULL;
}

static void is_shared_by_threads(void **state)
{
    struct page_store *store = page_store_local(500);
    struct worker workers[THREADS];
    (void)state;
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.store = store, .number = i};
        pthread_mutex_init(&workers[i].lock, NULL);
        pthread_cond_init(&workers[i].cond, NULL);
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        pthread_cond_destroy(&workers[i].cond);
        pthread_mutex_destroy(&workers[i].lock);
    }
    assert_int_equal(use_of(store).flights, 0);
    page_store_free(store);
}

/* ---- another form ---- */

/* One that holds one position, and takes its time. */
struct slow {
    struct page_waiter *asker;
    bool ready;
    int left, freed, dropped;
};

static enum page_found slow_get(void *self, struct str list, uint64_t at, int64_t now_ms,
                                struct page_waiter *waiter, struct arena *into,
                                struct page_kept *kept)
{
    struct slow *slow = self;
    (void)now_ms;
    if (!slow->ready) {
        slow->asker = waiter;
        return PAGE_LATER;
    }
    assert_true(str_eq(list, STR("l")) && at == 9);
    *kept = (struct page_kept){7, arena_str(into, STR("far"))};
    return PAGE_FOUND;
}

static void slow_leave(void *self, struct page_waiter *waiter)
{
    struct slow *slow = self;
    slow->left += slow->asker == waiter;
}

static void slow_put(void *self, struct str list, uint64_t at, struct str value, int64_t until_ms,
                     int64_t now_ms)
{
    struct slow *slow = self;
    slow->ready = str_eq(list, STR("l")) && at == 7 && str_eq(value, STR("far")) &&
                  until_ms == 1000 && now_ms == 0;
}

static void slow_drop(void *self, struct str list)
{
    struct slow *slow = self;
    slow->dropped += str_eq(list, STR("l"));
}

static void slow_free(void *self)
{
    ((struct slow *)self)->freed++;
}

static void stands_before_any_form(void **state)
{
    static const struct page_store_form form = {.get = slow_get,
                                                .leave = slow_leave,
                                                .put = slow_put,
                                                .drop = slow_drop,
                                                .free = slow_free};
    struct slow slow = {0};
    struct sleeper asker = {.waiter = {.wake = on_wake}};
    struct page_store *store = page_store_new(&form, &slow);
    struct page_kept kept;
    (void)state;
    assert_int_equal(page_store_get(store, STR("l"), 9, 0, &asker.waiter, arena, &kept),
                     PAGE_LATER);
    put(store, "l", 7, "far");
    slow.asker->wake(slow.asker);
    assert_int_equal(asker.woken, 1);
    assert_found(store, "l", 9, 0, "7 far");
    page_store_leave(store, &asker.waiter);
    assert_int_equal(slow.left, 1);
    page_store_drop(store, STR("l"));
    assert_int_equal(slow.dropped, 1);
    assert_int_equal(use_of(store).positions, 0);
    page_store_free(store);
    assert_int_equal(slow.freed, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_nearest_before),
        cmocka_unit_test(forgets_in_time),
        cmocka_unit_test(forgets_what_was_used_least),
        cmocka_unit_test(keeps_nothing_that_is_too_large),
        cmocka_unit_test(is_what_a_plain_table_is),
        cmocka_unit_test(says_nothing_without_memory),
        cmocka_unit_test(makes_equal_walks_once),
        cmocka_unit_test(is_shared_by_threads),
        cmocka_unit_test(stands_before_any_form),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
