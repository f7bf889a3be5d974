/*
 * Decimal digits: sums and times of any length, exactly.
 */
#include "plan/decimal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena *arena;

static void is(struct str found, const char *expected)
{
    if (!str_eq(found, str_from(expected)))
        fail_msg("is " STR_FMT ", expected %s", STR_ARG(found), expected);
}

static void adds(void **state)
{
    (void)state;
    static const char *const rows[][3] = {
        {"1", "2", "3"},
        {"0", "0", "0"},
        {"9", "1", "10"},
        {"-1", "1", "0"},
        {"1", "-2", "-1"},
        {"-1", "-9", "-10"},
        {"100", "-1", "99"},
        {"-100", "1", "-99"},
        {"0.1", "0.2", "0.3"},
        {"1.10", "2", "3.10"},
        {"1.10", "-1.1", "0.00"},
        {"-0.00", "0", "0.00"},
        {"0.5", "-0.75", "-0.25"},
        {"-0.5", "0.75", "0.25"},
        {"007", "1", "8"},
        {"999999999999999999999999999999.99", "0.01", "1000000000000000000000000000000.00"},
        {"9223372036854775807", "1", "9223372036854775808"},
        {"18446744073709551616", "-1", "18446744073709551615"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        is(decimal_add(str_from(rows[i][0]), str_from(rows[i][1]), arena), rows[i][2]);
        is(decimal_add(str_from(rows[i][1]), str_from(rows[i][0]), arena), rows[i][2]);
    }
}

/* Against the machine's integers, over many small numbers. */
static void adds_as_the_machine(void **state)
{
    (void)state;
    for (int a = -1205; a <= 1205; a += 7)
        for (int b = -130; b <= 130; b++) {
            char x[32], y[32], sum[32];
            snprintf(x, sizeof x, "%s%d.%02d", a < 0 ? "-" : "", abs(a) / 100, abs(a) % 100);
            snprintf(y, sizeof y, "%s%d.%02d", b < 0 ? "-" : "", abs(b) / 100, abs(b) % 100);
            int c = a + b;
            snprintf(sum, sizeof sum, "%s%d.%02d", c < 0 ? "-" : "", abs(c) / 100, abs(c) % 100);
            is(decimal_add(str_from(x), str_from(y), arena), sum);
            snprintf(x, sizeof x, "%d", a);
            snprintf(y, sizeof y, "%d", b);
            int order = decimal_compare(str_from(x), str_from(y));
            assert_int_equal((order > 0) - (order < 0), (a > b) - (a < b));
        }
    arena_reset(arena);
}

static void times(void **state)
{
    (void)state;
    static const char *const rows[][3] = {
        {"1", "1000", "0"},
        {"0", "0", "0"},
        {"-0", "0", "0"},
        {"-5", "-5000", "0"},
        {"1999", "1999000", "1"},
        {"-1999", "-1999000", "-1"},
        {"00001", "1000", "0"},
        {"12345678901234567890", "12345678901234567890000", "12345678901234567"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        is(decimal_times_1000(str_from(rows[i][0]), arena), rows[i][1]);
        is(decimal_by_1000(str_from(rows[i][0]), arena), rows[i][2]);
    }
}

static void kinds(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool whole, plain;
    } rows[] = {{"0", true, true},       {"-12", true, true},    {"007", true, true},
                {"1.5", false, true},    {"-0.10", false, true}, {"", false, false},
                {"-", false, false},     {".5", false, false},   {"5.", false, false},
                {"1.2.3", false, false}, {"1e5", false, false},  {"+1", false, false},
                {" 1", false, false},    {"1,5", false, false},  {"--1", false, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(decimal_is_whole(str_from(rows[i].text)), rows[i].whole);
        assert_int_equal(decimal_is_plain(str_from(rows[i].text)), rows[i].plain);
    }
}

static int begin(void **state)
{
    (void)state;
    arena = arena_new(64 << 20);
    return arena ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* Whether the text is digits, with one point among them at *point or none. */
static bool plainly(const char *text, size_t *point)
{
    size_t n = strlen(text), digits = strspn(text, "0123456789");
    *point = digits;
    if (digits == n)
        return n > 0;
    return digits > 0 && text[digits] == '.' && digits + 1 < n &&
           strspn(text + digits + 1, "0123456789") == n - digits - 1;
}

/* Every text of up to nine digits with any other byte at any place, in memory of that size. */
static void digits_of_any_length(void **state)
{
    (void)state;
    static const char others[] = "./:0-e\xff \x30\xb0";
    for (size_t n = 0; n <= 20; n++)
        for (size_t at = 0; at <= n; at++)
            for (size_t other = 0; other < sizeof others - 1; other++) {
                char *text = malloc(n + 1), *tight = malloc(n ? n : 1);
                memset(text, '7', n);
                text[n] = '\0';
                if (at < n)
                    text[at] = others[other];
                memcpy(tight, text, n);
                size_t point = 0, whole = 0;
                bool plain = plainly(text, &point), digits = n > 0 && point == n;
                assert_int_equal(decimal_is_digits(str_of(tight, n)), digits);
                assert_int_equal(decimal_is_short(str_of(tight, n), &whole), n <= 8 && plain);
                if (n <= 8 && plain)
                    assert_int_equal(whole, point);
                free(text);
                free(tight);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds),
        cmocka_unit_test(digits_of_any_length),
        cmocka_unit_test(adds_as_the_machine),
        cmocka_unit_test(times),
        cmocka_unit_test(kinds),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
