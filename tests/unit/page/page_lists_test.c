/*
 * What must hold of every list, whatever its rows, its pages and the order in which they are
 * asked for: all pages together are the list, in order, without doubles and gaps. Lists are made
 * by seeds; a failure names its seed.
 */
#include "lists.h"
#include "page/store.h"

enum { SEEDS = 400, PAGES = LISTS_ROWS + 40 };

static struct sign_key *key;
static struct arena *arena;
static uint64_t at_work; /* the seed of the list under test */

static int set_up(void **state)
{
    (void)state;
    key = sign_key_new(STR("app1"), STR("the secret"));
    arena = arena_new((size_t)64 << 20);
    return key && arena ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    sign_key_free(key);
    arena_free(arena);
    return 0;
}

/* After each test, failed or not. */
static int tell_seed(void **state)
{
    (void)state;
    if (at_work)
        print_error("failed at seed %d\n", (int)at_work);
    at_work = 0;
    return 0;
}

static void assert_slice(const struct lists *lists, const int *got, size_t count, size_t from,
                         size_t want)
{
    size_t left = from < lists->all_count ? lists->all_count - from : 0;
    size_t expected = left < want ? left : want;
    bool equal = count == expected;
    for (size_t i = 0; i < count && equal; i++)
        equal = got[i] == lists->all[from + i];
    if (!equal)
        fail_msg("%zu rows from %zu: got %zu, expected %zu of them, or another order", want, from,
                 count, expected);
}

/* How many calls are enough when upstream's pages are full. */
static uint64_t enough(const struct lists *lists, const struct page_position *from, uint64_t rows)
{
    if (lists->nested || lists->ragged)
        return LISTS_TOKENS;
    return page_calls(from, rows) + 2 * lists->count;
}

static void cursors_of(uint64_t seed)
{
    struct lists lists;
    int got[LISTS_ROWS];
    size_t given = 0, pages = 0;
    lists_make(&lists, seed);
    struct page_order order = {lists_compare, &lists};
    struct page_position position = lists_start(&lists, 1 + (uint32_t)lists_random(&lists, 60));
    while (!page_done(&position)) {
        struct page_walk walk;
        struct page_position unused, again;
        struct fault fault;
        struct buf cursor;
        size_t want = 1 + lists_random(&lists, 50);
        page_walk_start(&walk, &position, 0, want, lists.merged ? &order : NULL);
        uint64_t most = enough(&lists, &position, want);
        size_t count = lists_walk(&lists, &walk, got, &unused);
        assert_slice(&lists, got, count, given, want);
        assert_true(page_done(&walk.position) || count == want); /* full pages */
        assert_true(lists.fetches <= most);
        given += count;
        buf_init_arena(&cursor, 1 << 16, arena);
        assert_true(page_seal(&walk.position, key, STR("filters"), &cursor));
        again = lists_start(&lists, 1);
        assert_false(page_open(buf_str(&cursor), key, STR("other filters"), arena, &again, &fault));
        assert_int_equal(fault.kind, FAULT_CURSOR);
        assert_true(page_open(buf_str(&cursor), key, STR("filters"), arena, &again, &fault));
        position = again;
        assert_true(pages++ < PAGES);
    }
    if (given != lists.all_count)
        fail_msg("%zu rows of %zu", given, lists.all_count);
    arena_reset(arena);
}

static void cursors_lead_through_every_list(void **state)
{
    (void)state;
    for (at_work = 1; at_work <= SEEDS; at_work++)
        cursors_of(at_work);
    at_work = 0;
}

/* ---- by offset, with positions remembered ---- */

struct reader {
    struct lists lists;
    struct page_store *store;
    uint32_t min, max;
};

static void remember(struct reader *reader, const struct page_position *position, uint64_t at)
{
    struct buf value;
    struct str context = arena_printf(arena, "%d", (int)at);
    if (page_done(position))
        return;
    buf_init_arena(&value, 1 << 16, arena);
    assert_true(page_seal(position, key, context, &value));
    page_store_put(reader->store, STR("list"), at, buf_str(&value), 1000, 0);
}

static struct page_position recall(struct reader *reader, uint64_t offset, uint64_t size,
                                   uint64_t *at)
{
    struct page_kept kept;
    struct fault fault;
    uint64_t calls;
    struct page_position start =
        lists_start(&reader->lists, page_size_for(offset + size, reader->min, reader->max, &calls));
    struct page_position found = start;
    *at = 0;
    if (page_store_get(reader->store, STR("list"), offset, 0, NULL, arena, &kept) != PAGE_FOUND)
        return start;
    assert_true(kept.at <= offset);
    assert_true(
        page_open(kept.value, key, arena_printf(arena, "%d", (int)kept.at), arena, &found, &fault));
    if (!start.nested &&
        page_calls(&start, offset + size) < page_calls(&found, offset + size - kept.at))
        return start;
    *at = kept.at;
    return found;
}

static void read_page(struct reader *reader, uint64_t offset, uint64_t size)
{
    struct lists *lists = &reader->lists;
    struct page_order order = {lists_compare, lists};
    struct page_position reached = {0};
    struct page_walk walk;
    int got[LISTS_ROWS];
    uint64_t at;
    struct page_position from = recall(reader, offset, size, &at);
    uint64_t most = enough(lists, &from, offset - at + size);
    page_walk_start(&walk, &from, offset - at, size, lists->merged ? &order : NULL);
    size_t count = lists_walk(lists, &walk, got, &reached);
    assert_slice(lists, got, count, offset, size);
    if (lists->fetches > most)
        fail_msg("%u calls, more than %d", lists->fetches, (int)most);
    if (reached.count > 0)
        remember(reader, &reached, offset);
    remember(reader, &walk.position, at + walk.taken);
}

enum order { IN_ORDER, BACKWARDS, RANDOM, MISALIGNED, ORDERS };

static void offsets_of(uint64_t seed, enum order order)
{
    struct reader reader;
    lists_make(&reader.lists, seed);
    uint64_t size = 1 + lists_random(&reader.lists, 40);
    uint64_t pages = reader.lists.all_count / size + 2;
    reader.min = 1 + (uint32_t)lists_random(&reader.lists, 12);
    reader.max = reader.min + (uint32_t)lists_random(&reader.lists, 60);
    reader.store = page_store_local(lists_random(&reader.lists, 2) ? 1 << 20 : 2000);
    assert_non_null(reader.store);
    for (uint64_t i = 0; i < pages; i++) {
        uint64_t page = order == IN_ORDER    ? i
                        : order == BACKWARDS ? pages - 1 - i
                                             : lists_random(&reader.lists, pages);
        if (order == MISALIGNED)
            read_page(&reader, lists_random(&reader.lists, reader.lists.all_count + 5),
                      1 + lists_random(&reader.lists, 40));
        else
            read_page(&reader, page * size, size);
    }
    page_store_free(reader.store);
    arena_reset(arena);
}

static void offsets_give_every_list(void **state)
{
    (void)state;
    for (at_work = 1; at_work <= SEEDS; at_work++)
        for (enum order order = IN_ORDER; order < ORDERS; order++)
            offsets_of(at_work, order);
    at_work = 0;
}

/* A page that follows one that was read costs no walk. */
static void remembers_what_follows(void **state)
{
    struct reader reader = {.min = 10, .max = 10};
    (void)state;
    reader.lists = (struct lists){.seed = 1, .random = 7, .count = 1, .merged = false};
    for (size_t i = 0; i < 100; i++)
        reader.lists.all[i] = (int)i;
    reader.lists.all_count = reader.lists.rows[0] = 100;
    reader.store = page_store_local(1 << 20);
    for (uint64_t page = 0; page < 10; page++) {
        read_page(&reader, page * 10, 10);
        assert_int_equal(reader.lists.fetches, 1);
    }
    read_page(&reader, 50, 10); /* and may be read again */
    assert_int_equal(reader.lists.fetches, 1);
    read_page(&reader, 55, 10); /* also from its middle */
    assert_int_equal(reader.lists.fetches, 2);
    read_page(&reader, 1000, 10); /* nor does the end cost a walk */
    assert_int_equal(reader.lists.fetches, 1);
    page_store_free(reader.store);
    arena_reset(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(cursors_lead_through_every_list, tell_seed),
        cmocka_unit_test_teardown(offsets_give_every_list, tell_seed),
        cmocka_unit_test(remembers_what_follows),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
