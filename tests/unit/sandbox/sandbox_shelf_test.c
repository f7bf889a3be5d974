/*
 * The shelf: what was put is given back, and the oldest gives way.
 */
#include "sandbox/shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct str name(char out[32], size_t i)
{
    return str_of(out, (size_t)snprintf(out, 32, "%zu", i));
}

static void gives_back(void **state)
{
    (void)state;
    struct shelf *shelf = calloc(1, sizeof *shelf);
    assert_non_null(shelf);
    assert_true(shelf_put(shelf, STR("a"), STR("one\0two")));
    assert_true(str_eq(shelf_get(shelf, STR("a")), STR("one\0two")));
    assert_null(shelf_get(shelf, STR("b")).p);
    assert_true(shelf_put(shelf, STR("a"), STR("one\0two")));
    assert_int_equal(shelf->count, 1);
    shelf_clear(shelf);
    assert_null(shelf_get(shelf, STR("a")).p);
    free(shelf);
}

static void the_oldest_gives_way(void **state)
{
    (void)state;
    char text[32];
    struct shelf *shelf = calloc(1, sizeof *shelf);
    assert_non_null(shelf);
    for (size_t i = 0; i < SHELF_FILES + 3; i++)
        assert_true(shelf_put(shelf, name(text, i), STR("x")));
    assert_int_equal(shelf->count, SHELF_FILES);
    assert_null(shelf_get(shelf, name(text, 2)).p);
    assert_non_null(shelf_get(shelf, name(text, 3)).p);
    char *big = calloc(1, SHELF_BYTES / 2 + 1);
    assert_non_null(big);
    assert_true(shelf_put(shelf, STR("big"), str_of(big, SHELF_BYTES / 2 + 1)));
    assert_true(shelf_put(shelf, STR("bigger"), str_of(big, SHELF_BYTES / 2 + 1)));
    assert_int_equal(shelf->count, 1);
    assert_null(shelf_get(shelf, STR("big")).p);
    assert_int_equal(shelf->bytes, SHELF_BYTES / 2 + 1);
    free(big);
    shelf_clear(shelf);
    free(shelf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_back),
        cmocka_unit_test(the_oldest_gives_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
