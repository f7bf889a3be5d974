/*
 * Help: the list of verbs, and what each of them takes. Options write themselves.
 */
#include "cli/print.h"
#include "cli/verbs.h"

#include <ctype.h>

void help_overview(struct buf *out)
{
    buf_printf(out,
               "shopshim %s keeps apps alive that speak the retired TikTok Shop Open API: it\n"
               "takes their requests, calls v202309 in their place and answers in the old form.\n"
               "\nusage: shopshim COMMAND [OPTION...]\n\n",
               SHOPSHIM_VERSION);
    struct str cells[64];
    size_t rows = 0;
    for (; verb_list[rows] && rows < 32; rows++) {
        cells[2 * rows] = str_from(verb_list[rows]->name);
        cells[2 * rows + 1] = str_from(verb_list[rows]->about);
    }
    print_columns(cells, rows, 2, out);
    buf_add_str(out, STR("\nshopshim COMMAND --help tells more. A first look: shopshim demo\n"));
}

void help_verb(const struct verb *verb, struct config *config, void *own, struct buf *out)
{
    buf_printf(out, "usage: shopshim %s%s%s\n\n%c%s.\n", verb->name, verb->synopsis[0] ? " " : "",
               verb->synopsis, toupper(verb->about[0]), verb->about + 1);
    if (verb->more)
        buf_printf(out, "\n%s\n", verb->more);
    const struct option_table table = {verb->options, verb->option_count, own, VERB_ANY};
    option_help(&table, out);
    const struct option_table settings = config_table(config, verb->bit);
    option_help(&settings, out);
    buf_add_str(out, STR("\n  -h, --help                      this text\n"));
}

static const struct verb *find(const char *name)
{
    for (int i = 0; verb_list[i]; i++)
        if (strcmp(verb_list[i]->name, name) == 0)
            return verb_list[i];
    return NULL;
}

static int run(const struct run *run)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    const char *topic = run->args->operand_count ? run->args->operands[0] : NULL;
    const struct verb *verb = topic ? find(topic) : NULL;
    int code = EXIT_GOOD;
    if (!topic)
        help_overview(&text);
    else if (verb) {
        if (verb->preset)
            verb->preset(run->config);
        help_verb(verb, run->config, verb->fresh ? verb->fresh() : NULL, &text);
    } else if (strcmp(topic, "configuration") == 0) {
        const struct option_table table = config_table(run->config, VERB_ANY);
        option_reference(&table, &text);
    } else {
        fprintf(stderr, "shopshim: there is no help for `%s`\n", topic);
        code = EXIT_USAGE;
    }
    if (!print_buf(stdout, &text))
        code = EXIT_FINDINGS;
    buf_clear(&text);
    return code;
}

const struct verb verb_help = {
    .name = "help",
    .synopsis = "[COMMAND | configuration]",
    .about = "what the commands are and take",
    .more = "`help configuration` prints the reference of all settings as Markdown.",
    .operands = 1,
    .run = run,
};
