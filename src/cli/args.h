/*
 * Arguments: the command line of one verb, read against the tables of its options.
 *
 * Takes `--flag value`, `--flag=value`, `--switch`, `-f value`, `-h`, `--help` in any order
 * with operands; `--` ends the options. Refuses unknown flags with the nearest one's name,
 * values that are missing or not of the option's type, and too many operands, all told at
 * once.
 */
#ifndef SHOPSHIM_CLI_ARGS_H
#define SHOPSHIM_CLI_ARGS_H

#include "cli/option.h"
#include "table/finding.h"

enum { ARGS_TABLES = 2, ARGS_GIVEN = 128 };

struct args_given {
    const struct option *option;
    struct str text;
};

struct args {
    bool help;
    struct args_given given[ARGS_GIVEN]; /* in order */
    size_t given_count;
    char **operands; /* borrowed from argv, reordered */
    int operand_count;
};

struct args_form {
    const struct option_table *tables; /* ARGS_TABLES of them; count 0 for none */
    int operands;                      /* most; -1: any number */
};

/*
 * Reads argv[0..argc). Every value is checked, and set in its table's target. False after a
 * finding (file "command line"). `args` borrows from argv and from the arena.
 */
bool args_read(struct args *args, const struct args_form *form, int argc, char **argv,
               struct arena *arena, struct findings *findings);

/* The text given for the option with that flag, the last one; absent when not given. */
struct str args_text(const struct args *args, const char *flag);

#endif
