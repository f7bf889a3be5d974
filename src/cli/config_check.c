/*
 * Configuration: what can only be judged when all sources are read, and where the tables are.
 *
 * Rooms judge their own settings (server_check); here their findings get the source that the
 * value came from, written as it is written there.
 */
#include "cli/config.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static const struct option *row_by_path(const char *path, size_t *index)
{
    for (*index = 0; *index < config_option_count; (*index)++) {
        const struct option *row = &config_options[*index];
        if (row->path && strcmp(row->path, path) == 0)
            return row;
    }
    return NULL;
}

/* Adds a finding about a setting, with its source as the file. */
static void tell(const struct config *config, const struct finding *about,
                 struct findings *findings)
{
    size_t index;
    const struct option *row = row_by_path(about->path, &index);
    const char *source = row ? config->sources[index] : NULL;
    char name[OPTION_NAME], place[OPTION_NAME + 8];
    if (row && source && strcmp(source, "environment") == 0 && option_env(row, name))
        snprintf(place, sizeof place, "%s", name);
    else if (row && source && strcmp(source, "command line") == 0 && option_flag(row, name))
        snprintf(place, sizeof place, "--%s", name);
    else
        snprintf(place, sizeof place, "%s%.60s", source ? "$." : "", about->path);
    findings_add(findings, about->level, source ? source : "configuration", place, "%s",
                 about->text);
    if (about->hint[0])
        findings_hint(findings, "%s", about->hint);
}

static void check_server(const struct config *config, struct findings *findings)
{
    struct findings found;
    findings_init(&found);
    server_check(&config->server, &found);
    for (size_t i = 0; i < found.count; i++)
        tell(config, &found.items[i], findings);
    findings_clear(&found);
}

static void check_apps(const struct config *config, struct findings *findings)
{
    size_t index;
    if (config->app || (row_by_path("apps", &index) && config->sources[index]))
        return;
    findings_add(findings, FINDING_ERROR, config->file ? config->file : "configuration",
                 config->file ? "$.apps" : "apps", "expected at least one app");
    findings_hint(findings, "\"apps\": [{\"key\": ..., \"secret_file\": ...}] in the file, or "
                            "--app KEY with SHOPSHIM_APP_SECRET_FILE");
}

void config_check(const struct config *config, struct findings *findings)
{
    check_server(config, findings);
    check_apps(config, findings);
    if (config->exchange.side_by_side > config->exchange.calls) {
        struct finding about = {FINDING_ERROR, NULL, (char[]){"exchange.side_by_side"},
                                (char[]){"expected no more than exchange.calls"}, (char[]){""}};
        tell(config, &about, findings);
    }
}

/* Whether a directory holds tables. */
static bool holds_tables(const char *directory)
{
    char file[PATH_MAX];
    int n = snprintf(file, sizeof file, "%s/profiles.json", directory);
    return n > 0 && (size_t)n < sizeof file && access(file, R_OK) == 0;
}

/* <prefix>/share/shopshim/mappings for a program in <prefix>/bin; NULL when it is not there. */
static const char *installed(void)
{
    static char directory[PATH_MAX];
    char program[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (n <= 0)
        return NULL;
    program[n] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(program, '/');
        if (!slash)
            return NULL;
        *slash = '\0';
    }
    int written = snprintf(directory, sizeof directory, "%s/share/shopshim/mappings", program);
    return written > 0 && (size_t)written < sizeof directory && holds_tables(directory) ? directory
                                                                                        : NULL;
}

const char *config_mappings(const struct config *config)
{
    if (config->mappings)
        return config->mappings;
    if (holds_tables("mappings"))
        return "mappings";
    const char *beside = installed();
    if (beside)
        return beside;
    return holds_tables(SHOPSHIM_INSTALLED) ? SHOPSHIM_INSTALLED : SHOPSHIM_MAPPINGS;
}
