/*
 * Command line: finds the verb, reads its options, answers --help, and runs it.
 *
 * Unknown verbs and options end with EXIT_USAGE and the nearest name that exists.
 */
#include "cli/print.h"
#include "cli/verb.h"

#include <signal.h>
#include <stdio.h>

static const struct verb *verb_named(struct str name)
{
    for (int i = 0; verb_list[i]; i++)
        if (str_eq(str_from(verb_list[i]->name), name))
            return verb_list[i];
    return NULL;
}

static int unknown_verb(const char *word)
{
    struct str names[32];
    size_t count = 0;
    for (; verb_list[count] && count < 32; count++)
        names[count] = str_from(verb_list[count]->name);
    fprintf(stderr, "shopshim: there is no command `%s`", word);
    struct str near = str_nearest(str_from(word), names, count);
    if (near.p)
        fprintf(stderr, "; did you mean `" STR_FMT "`?", STR_ARG(near));
    fprintf(stderr, "\nshopshim help lists the commands\n");
    return EXIT_USAGE;
}

static int run_verb(const struct verb *verb, struct config *config, int argc, char **argv)
{
    void *own = verb->fresh ? verb->fresh() : NULL;
    if (verb->preset)
        verb->preset(config);
    const struct option_table tables[ARGS_TABLES] = {
        {verb->options, verb->option_count, own, VERB_ANY},
        config_table(config, verb->bit),
    };
    const struct args_form form = {tables, verb->operands};
    struct args args;
    struct findings findings;
    findings_init(&findings);
    bool good = args_read(&args, &form, argc, argv, config->arena, &findings);
    int code = EXIT_GOOD;
    if (args.help) {
        struct buf text;
        buf_init(&text, 1 << 20);
        help_verb(verb, config, own, &text);
        code = print_buf(stdout, &text) ? EXIT_GOOD : EXIT_FINDINGS;
        buf_clear(&text);
    } else if (!good) {
        print_findings(&findings);
        fprintf(stderr, "shopshim %s --help tells more\n", verb->name);
        code = EXIT_USAGE;
    } else
        code = verb->run(&(struct run){&args, config, own});
    findings_clear(&findings);
    return code;
}

/* --help and --version without a verb are verbs too. */
static const char *verb_word(int argc, char **argv)
{
    if (argc < 2)
        return NULL;
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return "help";
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
        return "version";
    return argv[1];
}

int cli_run(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ,
           SIG_IGN); /* a state file beyond the limit of the system is a fault like others */
    const char *word = verb_word(argc, argv);
    if (!word) {
        struct buf text;
        buf_init(&text, 1 << 20);
        help_overview(&text);
        print_buf(stderr, &text);
        buf_clear(&text);
        return EXIT_USAGE;
    }
    const struct verb *verb = verb_named(str_from(word));
    if (!verb)
        return unknown_verb(word);
    struct config *config = config_new();
    if (!config) {
        fprintf(stderr, "shopshim: out of memory\n");
        return EXIT_CONFIG;
    }
    int code = run_verb(verb, config, argc - 2, argv + 2);
    config_free(config);
    return code;
}
