/*
 * check: everything that loading finds in tables, contracts and, when one is named, in a
 * configuration, as a person or a program reads it.
 */
#include "cli/print.h"
#include "cli/verbs.h"
#include "table/contract.h"

struct check_options {
    int format;
};

static const char *const formats[] = {"text", "json", NULL};

static void *fresh(void)
{
    static struct check_options options;
    options = (struct check_options){0};
    return &options;
}

static const struct option own_options[] = {
    {.group = "Only this command",
     .flag = "format",
     .type = OPTION_CHOICE,
     .choices = formats,
     OPTION_AT(struct check_options, format),
     .verbs = VERB_ANY,
     .help = "how to print"},
};

static void check_contracts(const char *mappings, const char *generation, struct findings *findings,
                            struct arena *arena, size_t *count)
{
    struct str directory = arena_printf(arena, "%s/contracts/%s", mappings, generation);
    if (!directory.p)
        return;
    struct contracts *contracts = contracts_load(directory.p, findings);
    if (contracts)
        *count += contracts_count(contracts);
    contracts_free(contracts);
}

static void print_result(const struct findings *findings, const char *mappings, size_t tables,
                         size_t contracts, struct buf *out)
{
    print_findings_text(findings, out);
    buf_printf(out, "%zu error%s, %zu warning%s; %zu tables and %zu contracts in %s\n",
               findings->errors, findings->errors == 1 ? "" : "s", findings->warnings,
               findings->warnings == 1 ? "" : "s", tables, contracts, mappings);
}

static int run(const struct run *run)
{
    struct findings findings;
    findings_init(&findings);
    bool configured = args_text(run->args, "config").p;
    const struct config_want want = {configured ? VERB_SERVE : VERB_CHECK, run->args, configured};
    config_load(run->config, &want, &findings);
    const char *mappings = config_mappings(run->config);
    size_t contracts = 0;
    struct plans *plans = plans_load(mappings, &findings);
    size_t tables = plans ? plans_count(plans) : 0;
    plans_unref(plans);
    check_contracts(mappings, "legacy", &findings, run->config->arena, &contracts);
    check_contracts(mappings, "v202309", &findings, run->config->arena, &contracts);

    struct buf text;
    buf_init(&text, (size_t)4 << 20);
    const struct check_options *options = run->own;
    if (options->format == 1)
        print_findings_json(&findings, &text);
    else
        print_result(&findings, mappings, tables, contracts, &text);
    bool good = print_buf(stdout, &text) && findings.errors + findings.warnings == 0;
    buf_clear(&text);
    findings_clear(&findings);
    return good ? EXIT_GOOD : EXIT_FINDINGS;
}

const struct verb verb_check = {
    .name = "check",
    .synopsis = "[--config FILE] [--mappings DIR] [--format text|json]",
    .about = "everything that is wrong with the tables and a configuration",
    .more = "Ends with 0 when nothing was found, else with 1.",
    .bit = VERB_CHECK,
    .options = own_options,
    .option_count = sizeof own_options / sizeof own_options[0],
    .fresh = fresh,
    .run = run,
};
