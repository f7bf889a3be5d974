/* Options: values read and refused, names of flags and variables, help that writes itself. */
#include "cli/config.h"
#include "cli/verb.h"
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct target {
    bool on;
    bool truth;
    const char *text;
    unsigned small;
    int number;
    int64_t ms;
    uint64_t wide;
    size_t bytes;
    int choice;
};

static const char *const choices[] = {"none", "some", "all", NULL};

#define ROW(name, kind) .flag = #name, .type = kind, OPTION_AT(struct target, name), .verbs = 1
static const struct option rows[] = {
    {ROW(on, OPTION_SWITCH)},
    {ROW(truth, OPTION_BOOL)},
    {ROW(text, OPTION_TEXT)},
    {ROW(small, OPTION_UNSIGNED), .least = 1, .most = 64},
    {ROW(number, OPTION_INT)},
    {ROW(ms, OPTION_MS)},
    {ROW(wide, OPTION_U64)},
    {ROW(bytes, OPTION_BYTES)},
    {ROW(choice, OPTION_CHOICE), .choices = choices},
};

static const struct option *row(const char *flag)
{
    const struct option_table table = {rows, COUNT(rows), NULL, 1};
    return option_by_flag(&table, str_from(flag));
}

static void takes_and_shows_values(void **state)
{
    static const struct {
        const char *flag, *text, *shown;
    } cases[] = {
        {"truth", "true", "true"},
        {"truth", "false", "false"},
        {"text", "a b", "a b"},
        {"small", "1", "1"},
        {"small", "64", "64"},
        {"number", "-5", "-5"},
        {"number", "2147483647", "2147483647"},
        {"ms", "0", "0"},
        {"ms", "9223372036854775807", "9223372036854775807"},
        {"wide", "12345678901234", "12345678901234"},
        {"bytes", "1000", "1000"},
        {"bytes", "64k", "64k"},
        {"bytes", "16M", "16m"},
        {"bytes", "1048576", "1m"},
        {"bytes", "2g", "2g"},
        {"bytes", "0", "0"},
        {"choice", "some", "some"},
    };
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct target target = {0};
        char why[OPTION_WHY];
        assert_true(option_set(row(cases[i].flag), &target, str_from(cases[i].text), arena, why));
        struct buf shown;
        buf_init(&shown, 1000);
        option_show(row(cases[i].flag), &target, &shown);
        assert_true(str_eq(buf_str(&shown), str_from(cases[i].shown)));
        buf_clear(&shown);
    }
    arena_free(arena);
}

static void refuses_values(void **state)
{
    static const struct {
        const char *flag, *text, *why;
    } cases[] = {
        {"truth", "yes", "expected true or false, not `yes`"},
        {"text", "", "expected a text that is not empty, not ``"},
        {"small", "0", "expected a whole number from 1 to 64, not `0`"},
        {"small", "65", "expected a whole number from 1 to 64, not `65`"},
        {"small", "3.5", "expected a whole number from 1 to 64, not `3.5`"},
        {"small", "", "expected a whole number from 1 to 64, not ``"},
        {"number", "2147483648", "expected a whole number, not `2147483648`"},
        {"ms", "-1", "expected a whole number of milliseconds of 0 or more, not `-1`"},
        {"ms", "5s", "expected a whole number of milliseconds of 0 or more, not `5s`"},
        {"ms", "9223372036854775808",
         "expected a whole number of milliseconds of 0 or more, not `9223372036854775808`"},
        {"bytes", "k", "expected a number of bytes (64k, 16m) of 0 or more, not `k`"},
        {"bytes", "1t", "expected a number of bytes (64k, 16m) of 0 or more, not `1t`"},
        {"bytes", "9223372036854775807k",
         "expected a number of bytes (64k, 16m) of 0 or more, not `9223372036854775807k`"},
        {"choice", "most", "expected one of none, some, all, not `most`"},
    };
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct target target = {.small = 7, .ms = 7, .bytes = 7, .number = 7, .choice = 1};
        struct target before = target;
        char why[OPTION_WHY] = "";
        assert_false(option_set(row(cases[i].flag), &target, str_from(cases[i].text), arena, why));
        assert_string_equal(why, cases[i].why);
        assert_memory_equal(&target, &before, sizeof target);
    }
    arena_free(arena);
}

static void never_repeats_a_secret(void **state)
{
    (void)state;
    const struct option secret = {ROW(text, OPTION_TEXT), .secret = true};
    struct target target = {0};
    char why[OPTION_WHY];
    assert_false(option_set(&secret, &target, STR(""), NULL, why));
    assert_string_equal(why, "expected a text that is not empty");
    target.text = "hunter22";
    struct buf shown;
    buf_init(&shown, 1000);
    option_show(&secret, &target, &shown);
    assert_int_equal(shown.n, 0);
    buf_clear(&shown);
}

static void makes_names(void **state)
{
    static const struct {
        struct option row;
        const char *flag, *env;
    } cases[] = {
        {{.path = "listen"}, "listen", "SHOPSHIM_LISTEN"},
        {{.path = "client.idle_ms"}, "client-idle-ms", "SHOPSHIM_CLIENT_IDLE_MS"},
        {{.path = "upstream.api", .flag = "upstream"}, "upstream", "SHOPSHIM_UPSTREAM"},
        {{.flag = "once"}, "once", NULL},
        {{.env = "SHOPSHIM_X"}, NULL, "SHOPSHIM_X"},
        {{.path = "apps", .type = OPTION_APPS}, NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char name[OPTION_NAME];
        assert_int_equal(option_flag(&cases[i].row, name), cases[i].flag != NULL);
        if (cases[i].flag)
            assert_string_equal(name, cases[i].flag);
        assert_int_equal(option_env(&cases[i].row, name), cases[i].env != NULL);
        if (cases[i].env)
            assert_string_equal(name, cases[i].env);
    }
}

/* Every setting has a name of its own, and its default is one that it would take. */
static void settings_are_sound(void **state)
{
    (void)state;
    struct config *config = config_new();
    char flags[CONFIG_ROWS][OPTION_NAME], why[OPTION_WHY];
    assert_true(config_option_count <= CONFIG_ROWS);
    for (size_t i = 0; i < config_option_count; i++) {
        const struct option *option = &config_options[i];
        flags[i][0] = '\0';
        option_flag(option, flags[i]);
        for (size_t k = 0; k < i && flags[i][0]; k++)
            assert_string_not_equal(flags[i], flags[k]);
        struct buf shown;
        buf_init(&shown, 1000);
        option_show(option, config, &shown);
        if (shown.n)
            assert_true(option_set(option, config, buf_str(&shown), config->arena, why));
        buf_clear(&shown);
        assert_true(option->help && option->group && option->verbs);
    }
    config_free(config);
}

static void help_tells_all(void **state)
{
    (void)state;
    struct config *config = config_new();
    const struct option_table table = config_table(config, VERB_SERVE);
    struct buf help;
    buf_init(&help, 1 << 20);
    option_help(&table, &help);
    buf_add_char(&help, '\0');
    static const char *const parts[] = {
        "\nGeneral:\n",
        "  -c, --config FILE               configuration file (JSON)\n",
        "      --listen HOST:PORT          where apps connect; port 0 takes a free one "
        "(127.0.0.1:8080)\n",
        "      --log-level debug|info|warn|error|off\n",
        "      SHOPSHIM_APP_SECRET ",
        "      --client-body-bytes BYTES   largest body; more: 413 (16m)\n",
        "      --admission-sign true|false check the signature of an app (true)\n",
        "      --shops-keep-ms MS ",
    };
    for (size_t i = 0; i < COUNT(parts); i++)
        if (!strstr(help.p, parts[i]))
            fail_msg("not in the help: %s", parts[i]);
    assert_null(strstr(help.p, "      apps"));
    buf_clear(&help);
    config_free(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_and_shows_values), cmocka_unit_test(refuses_values),
        cmocka_unit_test(never_repeats_a_secret), cmocka_unit_test(makes_names),
        cmocka_unit_test(settings_are_sound),     cmocka_unit_test(help_tells_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
