/*
 * healthcheck: asks a running proxy's admin listener whether requests are taken, for
 * containers that have no other client. Ends with 0 or EXIT_UNREACHABLE.
 */
#include "cli/fetch.h"
#include "cli/print.h"
#include "cli/verbs.h"

static int run(const struct run *run)
{
    struct findings findings;
    findings_init(&findings);
    const struct config_want want = {VERB_HEALTHCHECK, run->args, false};
    bool good = config_load(run->config, &want, &findings);
    print_findings(&findings);
    findings_clear(&findings);
    struct str url = fetch_url(run->config->admin, "/readyz", run->config->arena);
    if (!good || !url.p)
        return EXIT_CONFIG;
    char words[FETCH_WORDS];
    long status = fetch(url, NULL, words);
    if (status == 200) {
        printf("ready: " STR_FMT "\n", STR_ARG(url));
        return EXIT_GOOD;
    }
    if (status)
        fprintf(stderr, "shopshim: " STR_FMT " answers %ld\n", STR_ARG(url), status);
    else
        fprintf(stderr, "shopshim: " STR_FMT ": %s\n", STR_ARG(url),
                words[0] ? words : "no connection");
    return EXIT_UNREACHABLE;
}

const struct verb verb_healthcheck = {
    .name = "healthcheck",
    .synopsis = "[--admin HOST:PORT | --config FILE]",
    .about = "whether a running proxy takes requests, for containers",
    .more = "Asks /readyz of the admin address. Ends with 0 when ready, else with 5.",
    .bit = VERB_HEALTHCHECK,
    .run = run,
};
