/*
 * serve: the proxy. Reads configuration and tables, listens, says so in one line, and works
 * until a signal ends it.
 *
 * SIGTERM and SIGINT drain: no new connections, running requests get drain_ms, a second
 * signal ends at once. SIGHUP loads the tables again; when they are bad the old ones stay.
 * Signals are blocked in all threads and taken here, one after the other.
 */
#include "cli/print.h"
#include "cli/proxy.h"
#include "cli/tables.h"
#include "cli/verbs.h"

#include <signal.h>
#include <stdio.h>

struct serve_options {
    bool test;
};

static void *fresh(void)
{
    static struct serve_options options;
    options = (struct serve_options){false};
    return &options;
}

static const struct option own_options[] = {
    {.group = "Only this command",
     .letter = 't',
     .flag = "test",
     .type = OPTION_SWITCH,
     OPTION_AT(struct serve_options, test),
     .verbs = VERB_ANY,
     .help = "check configuration and tables, then end"},
};

/* Configuration and tables; NULL after all their findings were printed. */
static struct plans *prepare(const struct run *run)
{
    struct findings findings;
    findings_init(&findings);
    const struct config_want want = {VERB_SERVE, run->args, true};
    config_load(run->config, &want, &findings);
    struct plans *plans = tables_in(run->config, &findings);
    if (findings_count(&findings, FINDING_ERROR)) {
        plans_unref(plans);
        plans = NULL;
    }
    print_findings(&findings);
    findings_clear(&findings);
    return plans;
}

static void log_findings(const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *f = &findings->items[i];
        log_line(f->level == FINDING_ERROR ? LOG_ERROR : LOG_WARN, "%s: %s%s%s%s%s%s", f->file,
                 f->path, f->path[0] ? ": " : "", f->text, f->hint[0] ? " (" : "", f->hint,
                 f->hint[0] ? ")" : "");
    }
    size_t added = findings->errors + findings->warnings;
    if (added > findings->count)
        log_error("and %zu more", added - findings->count);
}

static void reload(const struct run *run, struct proxy *proxy)
{
    struct findings findings;
    findings_init(&findings);
    const char *directory = config_mappings(run->config);
    struct plans *plans = tables_in(run->config, &findings);
    log_findings(&findings);
    findings_clear(&findings);
    if (!plans) {
        log_error("tables of %s are not good: the old ones stay", directory);
        return;
    }
    server_reload(proxy->server, plans);
    log_info("tables of %s loaded again: %zu", directory, plans_count(plans));
    plans_unref(plans);
}

static int work(const struct run *run, struct proxy *proxy)
{
    for (;;) {
        int signal = proxy_wait();
        if (signal == SIGHUP)
            reload(run, proxy);
        else
            break;
    }
    log_info("ending: running requests get %lld ms", (long long)run->config->drain_ms);
    proxy_stop(proxy, run->config->drain_ms);
    return EXIT_GOOD;
}

static int run_serve(const struct run *run)
{
    const struct serve_options *options = run->own;
    struct plans *plans = prepare(run);
    if (!plans)
        return EXIT_CONFIG;
    if (options->test) {
        printf("configuration and tables are good: %zu tables in %s\n", plans_count(plans),
               config_mappings(run->config));
        plans_unref(plans);
        return fflush(stdout) == 0 ? EXIT_GOOD : EXIT_FINDINGS;
    }
    struct proxy proxy;
    proxy_block_signals();
    int code = proxy_start(&proxy, run->config, plans);
    plans_unref(plans);
    if (code == EXIT_GOOD) {
        char admin[PROXY_URL], listen[PROXY_URL];
        proxy_urls(&proxy, listen, admin);
        printf("shopshim %s listening on %s (admin %s)\n", SHOPSHIM_VERSION, listen, admin);
        fflush(stdout);
        code = work(run, &proxy);
    }
    proxy_clear(&proxy);
    return code;
}

const struct verb verb_serve = {
    .name = "serve",
    .synopsis = "[--config FILE] [OPTION...]",
    .about = "the proxy: takes legacy requests and calls v202309",
    .more = "An option counts from the command line, else from the environment, else from the\n"
            "configuration file, else as in brackets. A setting `a.b_c` of the file is --a-b-c\n"
            "here and SHOPSHIM_A_B_C in the environment. Secrets are never taken from the command\n"
            "line, where others can read them. SIGHUP loads the tables again, SIGTERM drains.",
    .bit = VERB_SERVE,
    .options = own_options,
    .option_count = sizeof own_options / sizeof own_options[0],
    .fresh = fresh,
    .run = run_serve,
};
