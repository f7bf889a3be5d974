/*
 * Arguments: reading the command line. See args.h.
 *
 * Goes on after a fault, so that all of them are told together. Texts that might hold a
 * secret are never repeated: only names of flags are.
 */
#include "cli/args.h"

static const char PLACE[] = "command line";

struct reading {
    struct args *args;
    const struct args_form *form;
    struct arena *arena;
    struct findings *findings;
    int argc;
    char **argv;
    int at;
    struct str word; /* the flag under way, as it was written */
    bool strange;    /* an option that is not known was given: the next word may be its value */
};

/* A row and the structure that its value goes to. */
struct found {
    const struct option *option;
    void *target;
};

static bool set(struct reading *r, struct found found, struct str text)
{
    const struct option *option = found.option;
    char why[OPTION_WHY];
    if (!option_set(option, found.target, text, r->arena, why))
        return findings_add(r->findings, FINDING_ERROR, PLACE, NULL, STR_FMT ": %s",
                            STR_ARG(r->word), why);
    if (r->args->given_count == ARGS_GIVEN)
        return findings_add(r->findings, FINDING_ERROR, PLACE, NULL, "more than %d options",
                            ARGS_GIVEN);
    r->args->given[r->args->given_count++] = (struct args_given){option, text};
    return true;
}

/* Every flag's name, for "did you mean". */
static void unknown(struct reading *r, struct str flag)
{
    r->strange = true;
    findings_add(r->findings, FINDING_ERROR, PLACE, NULL, "there is no option --" STR_FMT,
                 STR_ARG(flag));
    char texts[ARGS_GIVEN][OPTION_NAME];
    struct str names[ARGS_GIVEN] = {STR("help")};
    size_t count = 1;
    for (int i = 0; i < ARGS_TABLES; i++) {
        const struct option_table *table = &r->form->tables[i];
        for (size_t k = 0; k < table->count && count < ARGS_GIVEN; k++)
            if ((table->rows[k].verbs & table->verbs) &&
                option_flag(&table->rows[k], texts[count])) {
                names[count] = str_from(texts[count]);
                count++;
            }
    }
    struct str near = str_nearest(flag, names, count);
    if (near.p)
        findings_hint(r->findings, "did you mean --" STR_FMT "?", STR_ARG(near));
    else
        findings_hint(r->findings, "--help lists the options");
}

/* The value of an option: behind '=', or the next word. */
static void value(struct reading *r, struct found found, struct str text)
{
    const struct option *option = found.option;
    if (option->type == OPTION_SWITCH) {
        if (text.p)
            findings_add(r->findings, FINDING_ERROR, PLACE, NULL, STR_FMT " takes no value",
                         STR_ARG(r->word));
        else
            set(r, found, STR("true"));
        return;
    }
    if (!text.p) {
        if (r->at + 1 >= r->argc) {
            findings_add(r->findings, FINDING_ERROR, PLACE, NULL, STR_FMT " needs a value",
                         STR_ARG(r->word));
            return;
        }
        text = str_from(r->argv[++r->at]);
    }
    set(r, found, text);
}

static void long_flag(struct reading *r, struct str word)
{
    struct str text = word;
    struct str flag = str_cut(&text, '=');
    if (str_eq(flag, STR("help"))) {
        r->args->help = true;
        return;
    }
    struct found found = {NULL, NULL};
    for (int i = 0; i < ARGS_TABLES && !found.option; i++)
        found =
            (struct found){option_by_flag(&r->form->tables[i], flag), r->form->tables[i].target};
    if (found.option)
        value(r, found, text);
    else
        unknown(r, flag);
}

static void short_flag(struct reading *r, const char *word)
{
    if (word[0] == 'h' && !word[1]) {
        r->args->help = true;
        return;
    }
    struct found found = {NULL, NULL};
    for (int i = 0; i < ARGS_TABLES && !found.option; i++)
        found = (struct found){option_by_letter(&r->form->tables[i], word[0]),
                               r->form->tables[i].target};
    if (!found.option || (word[1] && found.option->type == OPTION_SWITCH)) {
        r->strange = true;
        findings_add(r->findings, FINDING_ERROR, PLACE, NULL, "there is no option -%s", word);
        findings_hint(r->findings, "--help lists the options");
        return;
    }
    value(r, found, word[1] ? str_from(word + 1) : STR_NONE);
}

bool args_read(struct args *args, const struct args_form *form, int argc, char **argv,
               struct arena *arena, struct findings *findings)
{
    *args = (struct args){.operands = argv};
    struct reading r = {args, form, arena, findings, argc, argv, 0, STR_NONE, false};
    size_t before = findings->errors;
    bool options = true;
    for (; r.at < argc; r.at++) {
        char *word = argv[r.at];
        r.word = str_from(word);
        r.word.n = str_find(r.word, '=');
        if (options && strcmp(word, "--") == 0)
            options = false;
        else if (options && word[0] == '-' && word[1] == '-')
            long_flag(&r, str_from(word + 2));
        else if (options && word[0] == '-' && word[1])
            short_flag(&r, word + 1);
        else
            args->operands[args->operand_count++] = word;
    }
    if (form->operands >= 0 && args->operand_count > form->operands && !r.strange)
        findings_add(findings, FINDING_ERROR, PLACE, NULL, "one word too many: `%s`",
                     args->operands[form->operands]);
    return findings->errors == before;
}

struct str args_text(const struct args *args, const char *flag)
{
    struct str text = STR_NONE;
    char name[OPTION_NAME];
    for (size_t i = 0; i < args->given_count; i++)
        if (option_flag(args->given[i].option, name) && strcmp(name, flag) == 0)
            text = args->given[i].text;
    return text;
}
