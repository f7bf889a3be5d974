/* Arguments: every form of an option, operands, and all faults of a line at once. */
#include "cli/args.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct target {
    bool once;
    const char *listen;
    unsigned workers;
};

#define ROW(name, kind) .type = kind, OPTION_AT(struct target, name), .verbs = 1
static const struct option own_rows[] = {
    {.flag = "once", .letter = 'o', ROW(once, OPTION_SWITCH)},
};
static const struct option rows[] = {
    {.path = "listen", .letter = 'l', ROW(listen, OPTION_TEXT)},
    {.path = "net.workers", .most = 64, ROW(workers, OPTION_UNSIGNED)},
    {.path = "hidden", .type = OPTION_TEXT, OPTION_AT(struct target, listen), .verbs = 2},
};

struct outcome {
    bool good;
    struct args args;
    struct target target;
    char *words[16];
    char said[1024];
    char listen[64];
};

/* Reads a line of words parted by single blanks. */
static struct outcome read_line(const char *line, int operands)
{
    static char text[512];
    struct outcome o = {.good = false};
    snprintf(text, sizeof text, "%s", line);
    int argc = 0;
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
        o.words[argc++] = word;
    const struct option_table tables[ARGS_TABLES] = {{own_rows, COUNT(own_rows), &o.target, 1},
                                                     {rows, COUNT(rows), &o.target, 1}};
    const struct args_form form = {tables, operands};
    struct findings findings;
    findings_init(&findings);
    struct arena *arena = arena_new(1 << 20);
    o.good = args_read(&o.args, &form, argc, o.words, arena, &findings);
    struct buf said;
    buf_init(&said, sizeof o.said - 1);
    findings_print(&findings, &said);
    snprintf(o.said, sizeof o.said, STR_FMT, STR_ARG(buf_str(&said)));
    snprintf(o.listen, sizeof o.listen, "%s", o.target.listen ? o.target.listen : "");
    buf_clear(&said);
    findings_clear(&findings);
    arena_free(arena);
    return o;
}

static void takes_every_form(void **state)
{
    static const struct {
        const char *line;
        const char *listen;
        unsigned workers;
        bool once, help;
        int operands;
    } cases[] = {
        {"", "", 0, false, false, 0},
        {"--listen a:1", "a:1", 0, false, false, 0},
        {"--listen=a:1", "a:1", 0, false, false, 0},
        {"--listen=a=b", "a=b", 0, false, false, 0},
        {"-l a:1", "a:1", 0, false, false, 0},
        {"-la:1", "a:1", 0, false, false, 0},
        {"--listen a:1 --listen b:2", "b:2", 0, false, false, 0},
        {"--once --net-workers 3", "", 3, true, false, 0},
        {"-o one two", "", 0, true, false, 2},
        {"one --once two - three", "", 0, true, false, 4},
        {"--once -- --listen -x", "", 0, true, false, 2},
        {"--listen -1", "-1", 0, false, false, 0},
        {"-h", "", 0, false, true, 0},
        {"--once --help", "", 0, true, true, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct outcome o = read_line(cases[i].line, -1);
        assert_string_equal(o.said, "");
        assert_true(o.good);
        assert_string_equal(o.listen, cases[i].listen);
        assert_int_equal(o.target.workers, cases[i].workers);
        assert_int_equal(o.target.once, cases[i].once);
        assert_int_equal(o.args.help, cases[i].help);
        assert_int_equal(o.args.operand_count, cases[i].operands);
    }
}

static void tells_faults(void **state)
{
    static const struct {
        const char *line, *said;
    } cases[] = {
        {"--lisen a", "error: command line: there is no option --lisen (did you mean --listen?)\n"},
        {"--zzzzzzzz",
         "error: command line: there is no option --zzzzzzzz (--help lists the options)\n"},
        {"--hidden x",
         "error: command line: there is no option --hidden (--help lists the options)\n"},
        {"-x", "error: command line: there is no option -x (--help lists the options)\n"},
        {"-ox", "error: command line: there is no option -ox (--help lists the options)\n"},
        {"--listen", "error: command line: --listen needs a value\n"},
        {"-l", "error: command line: -l needs a value\n"},
        {"--listen=", "error: command line: --listen: expected a text that is not empty, not ``\n"},
        {"--once=1", "error: command line: --once takes no value\n"},
        {"--net-workers x",
         "error: command line: --net-workers: expected a whole number from 0 to 64, not `x`\n"},
        {"one two", "error: command line: one word too many: `two`\n"},
        {"--onse --net-workers 65 one two",
         "error: command line: there is no option --onse (did you mean --once?)\n"
         "error: command line: --net-workers: expected a whole number from 0 to 64, not `65`\n"},
        /* What stands behind an unknown option may be its value, and that a secret. */
        {"--app-secret one two",
         "error: command line: there is no option --app-secret (--help lists the options)\n"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct outcome o = read_line(cases[i].line, 1);
        assert_false(o.good);
        assert_string_equal(o.said, cases[i].said);
    }
}

static void gives_texts(void **state)
{
    (void)state;
    struct outcome o = read_line("--listen a --listen=b", 0);
    assert_int_equal(o.args.given_count, 2);
    assert_true(str_eq(args_text(&o.args, "listen"), STR("b")));
    assert_null(args_text(&o.args, "once").p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_every_form),
        cmocka_unit_test(tells_faults),
        cmocka_unit_test(gives_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
