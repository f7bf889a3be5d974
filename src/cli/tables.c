/*
 * Tables: see tables.h. Warnings are printed too, and do not stop anything.
 */
#include "cli/tables.h"
#include "cli/print.h"

struct plans *tables_for(const struct run *run, unsigned verbs)
{
    struct findings findings;
    findings_init(&findings);
    const struct config_want want = {verbs, run->args, false};
    config_load(run->config, &want, &findings);
    struct plans *plans = plans_load(config_mappings(run->config), &findings);
    if (findings_count(&findings, FINDING_ERROR)) {
        plans_unref(plans);
        plans = NULL;
    }
    print_findings(&findings);
    findings_clear(&findings);
    return plans;
}
