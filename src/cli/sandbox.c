/*
 * sandbox: the built-in v202309 shop on an address of its own, until a signal ends it.
 */
#include "sandbox/sandbox.h"
#include "cli/print.h"
#include "cli/proxy.h"
#include "cli/verbs.h"

#include <signal.h>

struct sandbox_flags {
    const char *listen;
    uint64_t seed, orders;
    const char *state, *webhook;
    const char *trouble, *trouble_file;
    uint64_t trouble_seed;
};

static void *fresh(void)
{
    static struct sandbox_flags flags;
    flags = (struct sandbox_flags){.listen = "127.0.0.1:8090", .seed = 1, .orders = 1000};
    return &flags;
}

static const struct option own_options[] = {
    {.group = "Only this command",
     .flag = "listen",
     .type = OPTION_TEXT,
     .value = "HOST:PORT",
     OPTION_AT(struct sandbox_flags, listen),
     .verbs = VERB_ANY,
     .help = "where it answers, API and authorization alike; port 0 takes a free one"},
    {.group = "Only this command",
     .flag = "seed",
     .type = OPTION_U64,
     OPTION_AT(struct sandbox_flags, seed),
     .verbs = VERB_ANY,
     .help = "other seeds make other data"},
    {.group = "Only this command",
     .flag = "orders",
     .type = OPTION_U64,
     .least = 1,
     .most = 1000000,
     OPTION_AT(struct sandbox_flags, orders),
     .verbs = VERB_ANY,
     .help = "records in each shop's large list"},
    {.group = "Only this command",
     .flag = "state",
     .type = OPTION_PATH,
     .value = "FILE",
     OPTION_AT(struct sandbox_flags, state),
     .verbs = VERB_ANY,
     .help = "keeps what requests change, from one run to the next"},
    {.group = "Only this command",
     .flag = "webhook",
     .type = OPTION_TEXT,
     .value = "URL",
     OPTION_AT(struct sandbox_flags, webhook),
     .verbs = VERB_ANY,
     .help = "hears of changes for which no shop has set an address"},
    {.group = "Trouble on order",
     .flag = "trouble",
     .type = OPTION_TEXT,
     .value = "RULE",
     OPTION_AT(struct sandbox_flags, trouble),
     .verbs = VERB_ANY,
     .help = "something that goes wrong, as JSON or as `delay:50..200@GET /*:0.1`; repeatable"},
    {.group = "Trouble on order",
     .flag = "trouble-file",
     .type = OPTION_PATH,
     .value = "FILE",
     OPTION_AT(struct sandbox_flags, trouble_file),
     .verbs = VERB_ANY,
     .help = "a list of such rules as JSON"},
    {.group = "Trouble on order",
     .flag = "trouble-seed",
     .type = OPTION_U64,
     .least = 0,
     .most = INT64_MAX,
     OPTION_AT(struct sandbox_flags, trouble_seed),
     .verbs = VERB_ANY,
     .help = "other seeds make it go wrong at other times; 0: that of the file, or 1"},
};

/* Every --trouble of the command line; their texts live as long as the arguments. */
static size_t trouble_given(const struct args *args, const char *rules[ARGS_GIVEN])
{
    size_t count = 0;
    for (size_t i = 0; i < args->given_count; i++)
        if (args->given[i].option->flag && strcmp(args->given[i].option->flag, "trouble") == 0)
            rules[count++] = args->given[i].text.p; /* ends with its argument */
    return count;
}

static struct sandbox *start(const struct run *run, int *code)
{
    const struct sandbox_flags *flags = run->own;
    struct findings findings;
    findings_init(&findings);
    struct fault fault = {0};
    struct sandbox *sandbox = NULL;
    *code = EXIT_CONFIG;
    if (config_load(run->config, &(struct config_want){VERB_SANDBOX, run->args, false},
                    &findings)) {
        const char *trouble[ARGS_GIVEN];
        const struct sandbox_options options = {.mappings = config_mappings(run->config),
                                                .listen = flags->listen,
                                                .seed = flags->seed,
                                                .orders = flags->orders,
                                                .state = flags->state,
                                                .webhook = flags->webhook,
                                                .trouble = trouble,
                                                .trouble_count = trouble_given(run->args, trouble),
                                                .trouble_file = flags->trouble_file,
                                                .trouble_seed = flags->trouble_seed};
        sandbox = sandbox_start(&options, &findings, &fault);
    }
    print_findings(&findings);
    if (!sandbox && !findings.errors) {
        print_fault("sandbox", &fault);
        if (fault.kind == FAULT_BUSY)
            *code = EXIT_LISTEN;
    }
    findings_clear(&findings);
    return sandbox;
}

static int run(const struct run *run)
{
    int code;
    proxy_block_signals();
    struct sandbox *sandbox = start(run, &code);
    if (!sandbox)
        return code;
    printf("shopshim %s sandbox listening on %s\n", SHOPSHIM_VERSION, sandbox_url(sandbox));
    printf("apps and tokens it knows: %s/sandbox/access.json\n", config_mappings(run->config));
    fflush(stdout);
    while (proxy_wait() == SIGHUP)
        ;
    sandbox_stop(sandbox);
    return EXIT_GOOD;
}

const struct verb verb_sandbox = {
    .name = "sandbox",
    .synopsis = "[--listen HOST:PORT] [--seed N] [--orders N] [--state FILE] [--webhook URL] "
                "[--trouble RULE]...",
    .about = "a made-up v202309 shop, for trying and for tests",
    .more = "It checks requests as the real service does (method, path, parameters, token, time,\n"
            "signature) and answers with coherent made-up data. What requests change is gone when\n"
            "it ends, unless --state names a file for it.",
    .bit = VERB_SANDBOX,
    .options = own_options,
    .option_count = sizeof own_options / sizeof own_options[0],
    .fresh = fresh,
    .run = run,
};
