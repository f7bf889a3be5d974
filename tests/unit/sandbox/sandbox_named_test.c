/*
 * Lists of which a request names the rows by their ids: the same rows in the same order as a
 * search among all would give, whatever else is asked for; and lists of nothing, which filter
 * nothing.
 */
#include "client.h"

#define LIST   "/return_refund/202309/cancellations/search"
#define CIPHER "shop_cipher=demo-cipher-gb"

enum { ROWS = 50, ID = 24, NAMED_MOST = 200 };

static struct sandbox *sandbox;
static struct client client;
static char ids[ROWS][ID]; /* by time */

static struct got list(const char *query, const char *body)
{
    return client_good(
        &client,
        &(struct ask){.method = "POST", .path = LIST, .query = query, .body = str_from(body)});
}

static int setup(void **state)
{
    (void)state;
    sandbox = client_start((struct sandbox_options){.orders = 600});
    if (!sandbox)
        return -1;
    client_open(&client, sandbox_url(sandbox));
    struct got all = list(CIPHER "&page_size=50", "{}");
    size_t i = 0;
    for (struct json row = json_first(at(all.data, "cancellations")); json_exists(row) && i < ROWS;
         row = json_next(row), i++)
        snprintf(ids[i], ID, STR_FMT, STR_ARG(text_at(&all, row, "cancel_id")));
    got_clear(&all);
    return i == ROWS ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    client_close(&client);
    sandbox_stop(sandbox);
    return 0;
}

/* A body that names these rows and some ids of nobody. */
static char *body_of(const size_t *named, size_t count, size_t strangers, const char *more)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    buf_add_str(&text, STR("{\"cancel_ids\":["));
    for (size_t i = 0; i < strangers; i++)
        buf_printf(&text, "\"40352%014zu\",", i);
    for (size_t i = 0; i < count; i++)
        buf_printf(&text, "\"%s\",", ids[named[i]]);
    buf_printf(&text, "\"x\"]%s}", more);
    buf_add_char(&text, '\0');
    char *body = strdup(text.p);
    buf_clear(&text);
    assert_non_null(body);
    return body;
}

static void gives_named_rows_in_order(void **state)
{
    (void)state;
    static const size_t named[] = {41, 3, 17, 3, 0, 49};
    static const struct {
        const char *name, *query, *more;
        size_t strangers;
        size_t wanted[6], count, total;
    } rows[] = {
        {"by time", CIPHER, "", 0, {0, 3, 17, 41, 49}, 5, 5},
        {"the other way", CIPHER "&sort_order=DESC", "", 0, {49, 41, 17, 3, 0}, 5, 5},
        {"a page", CIPHER "&page_size=2", "", 0, {0, 3}, 2, 5},
        {"and nobody's", CIPHER, "", 3, {0, 3, 17, 41, 49}, 5, 5},
        {"more than are looked up", CIPHER, "", NAMED_MOST, {0, 3, 17, 41, 49}, 5, 5},
        {"with another filter", CIPHER, ",\"create_time_lt\":1", 0, {0}, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("  %s\n", rows[i].name);
        char *body = body_of(named, sizeof named / sizeof *named, rows[i].strangers, rows[i].more);
        struct got got = list(rows[i].query, body);
        assert_int_equal(int_at(got.data, "total_count"), rows[i].total);
        size_t n = 0;
        for (struct json row = json_first(at(got.data, "cancellations")); json_exists(row);
             row = json_next(row), n++) {
            assert_true(n < rows[i].count);
            assert_true(str_eq(text_at(&got, row, "cancel_id"), str_from(ids[rows[i].wanted[n]])));
        }
        assert_int_equal(n, rows[i].count);
        got_clear(&got);
        free(body);
    }
}

static void a_list_of_nothing_filters_nothing(void **state)
{
    (void)state;
    struct got all = list(CIPHER, "{}");
    struct got none = list(CIPHER, "{\"cancel_ids\":[],\"cancel_status\":[]}");
    assert_true(int_at(all.data, "total_count") > ROWS);
    assert_int_equal(int_at(none.data, "total_count"), int_at(all.data, "total_count"));
    got_clear(&all);
    got_clear(&none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_named_rows_in_order),
        cmocka_unit_test(a_list_of_nothing_filters_nothing),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
