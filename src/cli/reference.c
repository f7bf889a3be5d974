/*
 * Reference: see reference.h. What a directory of tables may lack is looked for first.
 */
#include "cli/reference.h"
#include "cli/print.h"
#include "cli/tables.h"

#include <unistd.h>

/* "mappings/guide.json", or NULL when there is no such thing. */
static const char *part(const struct run *run, const char *name)
{
    struct str path = arena_printf(run->config->arena, "%s/%s", config_mappings(run->config), name);
    return path.p && access(path.p, F_OK) == 0 ? path.p : NULL;
}

static struct contracts *load_contracts(const struct run *run, const char *name,
                                        struct findings *findings)
{
    const char *directory = part(run, name);
    return directory ? contracts_load(directory, findings) : NULL;
}

bool reference_load(const struct run *run, struct reference *reference)
{
    struct findings findings;
    *reference = (struct reference){.plans = tables_for(run, VERB_ROUTES)};
    if (!reference->plans)
        return false;
    findings_init(&findings);
    const char *guide = part(run, "guide.json");
    if (guide)
        reference->guide = guide_load(guide, &findings);
    reference->legacy = load_contracts(run, "contracts/legacy", &findings);
    reference->upstream = load_contracts(run, "contracts/v202309", &findings);
    bool good = findings_count(&findings, FINDING_ERROR) == 0;
    print_findings(&findings);
    findings_clear(&findings);
    return good;
}

void reference_clear(struct reference *reference)
{
    plans_unref(reference->plans);
    guide_free(reference->guide);
    contracts_free(reference->legacy);
    contracts_free(reference->upstream);
    *reference = (struct reference){0};
}

struct docs_sources reference_sources(const struct reference *reference)
{
    return (struct docs_sources){.plans = reference->plans,
                                 .guide = reference->guide,
                                 .legacy = reference->legacy,
                                 .upstream = reference->upstream};
}
