/*
 * Tables: see tables.h. Warnings are printed too, and do not stop anything.
 */
#include "cli/tables.h"
#include "cli/print.h"
#include "table/contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What endpoints there are; false after a finding. */
static bool learn(struct plans *plans, const char *mappings, struct findings *findings)
{
    char *directory;
    if (asprintf(&directory, "%s/contracts/v202309", mappings) < 0)
        return findings_add(findings, FINDING_ERROR, mappings, NULL, "out of memory");
    bool good = true;
    if (access(directory, F_OK) == 0) {
        struct contracts *contracts = contracts_load(directory, findings);
        good = contracts != NULL;
        if (good && !plans_know(plans, contracts))
            good = findings_add(findings, FINDING_ERROR, mappings, NULL, "out of memory");
        contracts_free(contracts);
    }
    free(directory);
    return good;
}

struct plans *tables_in(const struct config *config, struct findings *findings)
{
    const char *mappings = config_mappings(config);
    struct plans *plans = plans_load(mappings, findings);
    if (plans)
        plans_set_target(plans, config->target);
    if (!plans || learn(plans, mappings, findings))
        return plans;
    plans_unref(plans);
    return NULL;
}

struct plans *tables_for(const struct run *run, unsigned verbs)
{
    struct findings findings;
    findings_init(&findings);
    const struct config_want want = {verbs, run->args, false};
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
