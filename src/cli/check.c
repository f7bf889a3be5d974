/*
 * check: everything that can be found wrong with tables, contracts and, when one is named, a
 * configuration: what loading finds, and then each table held against the contracts of both
 * sides.
 */
#include "check/check.h"
#include "cli/print.h"
#include "cli/verbs.h"

struct check_options {
    int format;
    const char *cases;
};

static const char *const formats[] = {"text", "json", NULL};

static void *fresh(void)
{
    static struct check_options options;
    options = (struct check_options){0};
    return &options;
}

#define ROW(member)                                                                                \
    .group = "Only this command", OPTION_AT(struct check_options, member), .verbs = VERB_ANY

static const struct option own_options[] = {
    {ROW(cases), .flag = "cases", .type = OPTION_TEXT, .value = "DIR",
     .help = "also: every table has a case in this directory"},
    {ROW(format), .flag = "format", .type = OPTION_CHOICE, .choices = formats,
     .help = "how to print"},
};

/* What was looked at, for the last line. */
struct looked {
    const char *mappings;
    size_t tables, contracts;
};

static struct contracts *load_contracts(const struct run *run, const char *generation,
                                        struct looked *looked, struct findings *findings)
{
    struct str directory =
        arena_printf(run->config->arena, "%s/contracts/%s", looked->mappings, generation);
    struct contracts *contracts = directory.p ? contracts_load(directory.p, findings) : NULL;
    looked->contracts += contracts ? contracts_count(contracts) : 0;
    return contracts;
}

static void check_tables(const struct run *run, struct looked *looked, struct findings *findings)
{
    const struct check_options *options = run->own;
    struct plans *plans = plans_load(looked->mappings, findings);
    struct contracts *legacy = load_contracts(run, "legacy", looked, findings);
    struct contracts *upstream = load_contracts(run, "v202309", looked, findings);
    looked->tables = plans ? plans_count(plans) : 0;
    if (plans && legacy && upstream)
        check_plans(plans, &(struct check_sides){legacy, upstream}, looked->mappings, findings);
    if (plans && options->cases)
        check_cases(plans, options->cases, findings);
    contracts_free(legacy);
    contracts_free(upstream);
    plans_unref(plans);
}

static void print_result(const struct findings *findings, const struct looked *looked,
                         struct buf *out)
{
    print_findings_text(findings, out);
    buf_printf(out, "%zu error%s, %zu warning%s; %zu tables and %zu contracts in %s\n",
               findings->errors, findings->errors == 1 ? "" : "s", findings->warnings,
               findings->warnings == 1 ? "" : "s", looked->tables, looked->contracts,
               looked->mappings);
}

static int run(const struct run *run)
{
    struct findings findings;
    findings_init(&findings);
    bool configured = args_text(run->args, "config").p;
    const struct config_want want = {configured ? VERB_SERVE : VERB_CHECK, run->args, configured};
    config_load(run->config, &want, &findings);
    struct looked looked = {.mappings = config_mappings(run->config)};
    check_tables(run, &looked, &findings);

    struct buf text;
    buf_init(&text, (size_t)4 << 20);
    const struct check_options *options = run->own;
    if (options->format == 1)
        print_findings_json(&findings, &text);
    else
        print_result(&findings, &looked, &text);
    bool good = print_buf(stdout, &text) && findings.errors + findings.warnings == 0;
    buf_clear(&text);
    findings_clear(&findings);
    return good ? EXIT_GOOD : EXIT_FINDINGS;
}

const struct verb verb_check = {
    .name = "check",
    .synopsis = "[--config FILE] [--mappings DIR] [--cases DIR] [--format text|json]",
    .about = "everything that is wrong with the tables and a configuration",
    .more = "Holds each table against the contracts of both sides: what the app may send, what\n"
            "v202309 takes and gives, what the app must get. Ends with 0 when nothing was found,\n"
            "else with 1.",
    .bit = VERB_CHECK,
    .options = own_options,
    .option_count = sizeof own_options / sizeof own_options[0],
    .fresh = fresh,
    .run = run,
};
