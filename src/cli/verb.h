/*
 * Verbs: what the first word of the command line may be, and how each ends.
 *
 * cli_run() finds the verb and its options; a verb's `run` gets them read and checked. Verbs
 * print results on standard output, everything about faults on standard error.
 */
#ifndef SHOPSHIM_CLI_VERB_H
#define SHOPSHIM_CLI_VERB_H

#include "cli/config.h"

enum exit_code {
    EXIT_GOOD = 0,
    EXIT_FINDINGS = 1,   /* `check` found something; `explain` shows a refusal */
    EXIT_USAGE = 2,      /* the command line */
    EXIT_CONFIG = 3,     /* configuration or tables */
    EXIT_LISTEN = 4,     /* an address cannot be listened on */
    EXIT_UNREACHABLE = 5 /* nobody answers where somebody should */
};

/* Bits: which verbs take an option of the configuration. */
enum verb_bit {
    VERB_SERVE = 1,
    VERB_SANDBOX = 2,
    VERB_DEMO = 4,
    VERB_CHECK = 8,
    VERB_EXPLAIN = 16,
    VERB_ROUTES = 32,
    VERB_HEALTHCHECK = 64,
    VERB_ANY = 127
};

struct run {
    const struct args *args;
    struct config *config; /* defaults; its flags are in args until config_load() */
    void *own;             /* what verb->fresh gave, its options filled in */
};

struct verb {
    const char *name;
    const char *synopsis;         /* behind the name: "[--config FILE]" */
    const char *about;            /* one line */
    const char *more;             /* what --help says besides; may be NULL */
    unsigned bit;                 /* 0: takes no option of the configuration */
    int operands;                 /* most words that are no options; -1: any number */
    const struct option *options; /* of this verb alone, all with VERB_ANY */
    size_t option_count;
    void *(*fresh)(void); /* the structure they go to, with its defaults; or NULL */
    void (*preset)(struct config *config); /* defaults that differ from serve's; or NULL */
    int (*run)(const struct run *run);
};

extern const struct verb *const verb_list[]; /* ends in NULL */

/* argv as in main(); gives the exit code. */
int cli_run(int argc, char **argv);

/* The texts of `shopshim help` and of `shopshim VERB --help`. */
void help_overview(struct buf *out);
void help_verb(const struct verb *verb, struct config *config, void *own, struct buf *out);

#endif
