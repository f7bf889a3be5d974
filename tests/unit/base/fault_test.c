/* Faults: filling, cutting at characters, names; and the clock. */
#include "base/clock.h"
#include "base/fault.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void fills(void **state)
{
    struct fault fault;
    (void)state;
    memset(&fault, 0xFF, sizeof fault);
    assert_false(fault_set(&fault, FAULT_SIGN, "a %d", 1));
    assert_int_equal(fault.kind, FAULT_SIGN);
    assert_string_equal(fault.text, "a 1");
    assert_string_equal(fault.where, "");
    assert_string_equal(fault.upstream_id, "");
    assert_int_equal(fault.code, 0);
    assert_int_equal(fault.status, 0);
    assert_int_equal(fault.retry_after, 0);
    assert_false(fault_at(&fault, FAULT_BODY, STR("a.b"), "b"));
    assert_string_equal(fault.where, "a.b");
    fault_set(&fault, FAULT_BODY, "in %s: %s", fault.where, fault.text); /* of itself */
    assert_string_equal(fault.text, "in a.b: b");
    fault_at(&fault, FAULT_BODY, STR_NONE, "c");
    assert_string_equal(fault.where, "");
}

static void cuts_between_characters(void **state)
{
    static const char *const characters[] = {"a", "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        size_t width = i + 1;
        for (size_t before = 0; before < 4; before++) {
            struct fault fault;
            char text[1000] = "xxx";
            size_t n = before;
            for (; n + width < 900; n += width)
                memcpy(text + n, characters[i], width);
            text[n] = '\0';
            fault_at(&fault, FAULT_HTTP, str_of(text, n), "%s", text);
            size_t kept = (sizeof fault.text - 1 - before) / width * width + before;
            assert_int_equal(strlen(fault.text), kept);
            assert_memory_equal(fault.text, text, kept);
            kept = (sizeof fault.where - 1 - before) / width * width + before;
            assert_int_equal(strlen(fault.where), kept);
            assert_memory_equal(fault.where, text, kept);
        }
    }
}

static void a_full_text_is_not_cut(void **state)
{
    struct fault fault;
    char text[sizeof fault.text];
    (void)state;
    memset(text, 'a', sizeof text);
    memcpy(text + sizeof text - 4, "\xE2\x82\xAC", 4);
    fault_set(&fault, FAULT_HTTP, "%s", text);
    assert_string_equal(fault.text, text);
}

static void names_are_unique(void **state)
{
    (void)state;
    for (int kind = FAULT_NONE; kind < FAULT_KINDS; kind++) {
        const char *name = fault_name((enum fault_kind)kind);
        assert_non_null(name);
        assert_int_equal(fault_by_name(str_from(name)), kind);
    }
    assert_string_equal(fault_name(FAULT_SIGN_MISSING), "sign_missing");
    assert_int_equal(fault_by_name(STR("nothing")), FAULT_NONE);
    assert_int_equal(fault_by_name(STR_NONE), FAULT_NONE);
}

static void clock_tells_the_time(void **state)
{
    (void)state;
    int64_t first = clock_now_ms(&clock_system);
    assert_true(first > INT64_C(1700000000000) && first < INT64_C(10000000000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills),
        cmocka_unit_test(cuts_between_characters),
        cmocka_unit_test(a_full_text_is_not_cut),
        cmocka_unit_test(names_are_unique),
        cmocka_unit_test(clock_tells_the_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
