/*
 * Cases: an endpoint that nothing tries is not proved. See check.h.
 */
#include "check/check.h"
#include "plan/compiled.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>

static bool is_case(const char *name)
{
    size_t n = strlen(name);
    return name[0] != '.' && n > 5 && strcmp(name + n - 5, ".json") == 0;
}

static bool has_case(const char *directory)
{
    DIR *dir = opendir(directory);
    bool any = false;
    if (!dir)
        return false;
    for (struct dirent *entry; !any && (entry = readdir(dir));)
        any = is_case(entry->d_name);
    closedir(dir);
    return any;
}

void check_cases(const struct plans *plans, const char *cases, struct findings *findings)
{
    DIR *dir = opendir(cases);
    if (!dir) {
        findings_add(findings, FINDING_ERROR, cases, NULL, "cannot be opened: %s", strerror(errno));
        return;
    }
    closedir(dir);
    for (size_t i = 0; i < plans->count; i++) {
        char directory[PATH_MAX];
        const struct plan *plan = plans->plans[i];
        snprintf(directory, sizeof directory, "%s/" STR_FMT, cases, STR_ARG(plan->name));
        if (has_case(directory))
            continue;
        findings_add(findings, FINDING_ERROR, plan->file.p, "$", "the endpoint has no case");
        findings_hint(findings, "write one in %s/", directory);
    }
}
