/*
 * check: everything that can be found wrong with tables, contracts and, when one is named, a
 * configuration: what loading finds, and then each table held against the contracts of both
 * sides, and the sandbox's tables against those of v202309.
 */
#include "check/check.h"
#include "cli/junit.h"
#include "cli/print.h"
#include "cli/verbs.h"
#include "sandbox/check.h"

#include <sys/stat.h>

enum { FORMAT_TEXT, FORMAT_JSON, FORMAT_JUNIT };

struct check_options {
    int format;
    const char *contracts, *cases;
};

static const char *const formats[] = {"text", "json", "junit", NULL};

static void *fresh(void)
{
    static struct check_options options;
    options = (struct check_options){0};
    return &options;
}

#define ROW(member)                                                                                \
    .group = "Only this command", OPTION_AT(struct check_options, member), .verbs = VERB_ANY

static const struct option own_options[] = {
    {ROW(contracts), .flag = "contracts", .type = OPTION_TEXT, .value = "DIR",
     .help = "where legacy/ and v202309/ are; contracts/ of the mappings otherwise"},
    {ROW(cases), .flag = "cases", .type = OPTION_TEXT, .value = "DIR",
     .help = "where every table has a case; tests/cases beside the mappings otherwise, if there"},
    {ROW(format), .flag = "format", .type = OPTION_CHOICE, .choices = formats,
     .help = "how to print"},
};

/* What was looked at, for the last line and the list of tests. */
struct looked {
    const char *mappings;
    struct str contract_directory;
    size_t tables, contracts;
    size_t endpoints;  /* of the sandbox */
    struct str *files; /* of the tables */
};

static struct contracts *load_contracts(const struct run *run, const char *generation,
                                        struct looked *looked, struct findings *findings)
{
    struct str directory = arena_printf(run->config->arena, STR_FMT "/%s",
                                        STR_ARG(looked->contract_directory), generation);
    struct contracts *contracts = directory.p ? contracts_load(directory.p, findings) : NULL;
    looked->contracts += contracts ? contracts_count(contracts) : 0;
    return contracts;
}

/* The one that was named, or the repository's when the tables are; NULL when there is none. */
static const char *case_directory(const struct run *run, const struct looked *looked)
{
    const struct check_options *options = run->own;
    struct stat info;
    if (options->cases)
        return options->cases;
    struct str beside = arena_printf(run->config->arena, "%s/../tests/cases", looked->mappings);
    return beside.p && stat(beside.p, &info) == 0 && S_ISDIR(info.st_mode) ? beside.p : NULL;
}

static void list_tables(const struct run *run, const struct plans *plans, struct looked *looked)
{
    looked->files = ARENA_ARRAY(run->config->arena, struct str, plans_count(plans) + 1);
    for (size_t i = 0; looked->files && i < plans_count(plans); i++)
        looked->files[looked->tables++] =
            arena_printf(run->config->arena, "%s/" STR_FMT ".json", looked->mappings,
                         STR_ARG(plan_name(plans_at(plans, i))));
}

static void check_rows(const struct run *run, const struct looked *looked,
                       const struct plans *plans, const struct check_sides *sides,
                       struct findings *findings)
{
    struct str file = arena_printf(run->config->arena, "%s/guide.json", looked->mappings);
    struct stat info;
    if (!file.p || stat(file.p, &info) != 0)
        return; /* tables of one's own need no guide */
    struct guide *guide = guide_load(file.p, findings);
    if (guide)
        check_guide(guide, plans, sides, file.p, findings);
    guide_free(guide);
}

/* Tables that do not even compile do not keep the others from being checked. */
static void check_tables(const struct run *run, struct looked *looked, struct findings *findings)
{
    struct plans *plans = plans_load_sound(looked->mappings, findings);
    struct contracts *legacy = load_contracts(run, "legacy", looked, findings);
    struct contracts *upstream = load_contracts(run, "v202309", looked, findings);
    const char *cases = case_directory(run, looked);
    if (plans)
        list_tables(run, plans, looked);
    struct check_sides sides = {legacy, upstream};
    if (plans && legacy && upstream) {
        check_plans(plans, &sides, looked->mappings, findings);
        check_rows(run, looked, plans, &sides, findings);
    }
    if (plans && cases)
        check_cases(plans, cases, findings);
    contracts_free(legacy);
    contracts_free(upstream);
    plans_unref(plans);
}

static void print_result(const struct findings *findings, const struct looked *looked,
                         struct buf *out)
{
    print_findings_text(findings, out);
    buf_printf(out,
               "%zu error%s, %zu warning%s; %zu tables, %zu endpoints of the sandbox and %zu "
               "contracts in %s\n",
               findings->errors, findings->errors == 1 ? "" : "s", findings->warnings,
               findings->warnings == 1 ? "" : "s", looked->tables, looked->endpoints,
               looked->contracts, looked->mappings);
}

static int run(const struct run *run)
{
    struct findings findings;
    findings_init(&findings);
    bool configured = args_text(run->args, "config").p;
    const struct config_want want = {configured ? VERB_SERVE : VERB_CHECK, run->args, configured};
    config_load(run->config, &want, &findings);
    const struct check_options *options = run->own;
    struct looked looked = {.mappings = config_mappings(run->config)};
    looked.contract_directory =
        options->contracts ? str_from(options->contracts)
                           : arena_printf(run->config->arena, "%s/contracts", looked.mappings);
    check_tables(run, &looked, &findings);
    if (!options->contracts)
        sandbox_check(looked.mappings, &findings, &looked.endpoints);

    struct buf text;
    buf_init(&text, (size_t)4 << 20);
    if (options->format == FORMAT_JSON)
        print_findings_json(&findings, &text);
    else if (options->format == FORMAT_JUNIT)
        print_findings_junit(&findings, looked.files, looked.tables, &text);
    else
        print_result(&findings, &looked, &text);
    bool good = print_buf(stdout, &text) && findings.errors + findings.warnings == 0;
    buf_clear(&text);
    findings_clear(&findings);
    return good ? EXIT_GOOD : EXIT_FINDINGS;
}

const struct verb verb_check = {
    .name = "check",
    .synopsis = "[--config FILE] [--mappings DIR] [OPTION...]",
    .about = "everything that is wrong with the tables and a configuration",
    .more =
        "Holds each table against the contracts of both sides: what the app may send, what\n"
        "v202309 takes and gives, what the app must get; and looks for the cases of each. The\n"
        "sandbox's tables are held against the contracts too. Ends with 0 when nothing was found,\n"
        "else with 1.",
    .bit = VERB_CHECK,
    .options = own_options,
    .option_count = sizeof own_options / sizeof own_options[0],
    .fresh = fresh,
    .run = run,
};
