/*
 * Configuration: what can only be judged when all sources are read, and where the tables are.
 *
 * Rooms judge their own settings (server_check); here their findings get the source that the
 * value came from, written as it is written there.
 */
#include "cli/config.h"
#include "net/address.h"
#include "net/origin.h"

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

/* How a setting that nobody gave can be given. */
static void hint_names(const struct option *row, struct findings *findings)
{
    char flag[OPTION_NAME], variable[OPTION_NAME];
    if (row && option_flag(row, flag) && option_env(row, variable))
        findings_hint(findings, "in the file, or with --%s or %s", flag, variable);
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
    else if (!source)
        hint_names(row, findings);
}

/* Adds an error about the setting at `path`; `value` is shown before it, unless NULL. */
static void wrong(const struct config *config, const char *path, const char *value,
                  const char *text, struct findings *findings)
{
    char name[OPTION_NAME], words[512];
    snprintf(name, sizeof name, "%s", path);
    snprintf(words, sizeof words, "%.300s%s%s", value ? value : "", value ? ": " : "", text);
    tell(config, &(struct finding){FINDING_ERROR, NULL, name, words, (char[]){""}}, findings);
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

/* ---- variables that are nearly settings ---- */

static const char PREFIX[] = "SHOPSHIM_";

/* The names of all variables behind the prefix, each as long as OPTION_NAME; how many. */
static size_t variable_names(char texts[][OPTION_NAME], struct str *names)
{
    size_t count = 0;
    for (size_t i = 0; i < config_option_count; i++) {
        const struct option *row = &config_options[i];
        for (int file = 0; option_env(row, texts[count]) && file <= (row->secret ? 1 : 0); file++) {
            if (file)
                strncat(texts[count], "_FILE", OPTION_NAME - strlen(texts[count]) - 1);
            names[count] = str_from(texts[count] + sizeof PREFIX - 1);
            count++;
        }
    }
    return count;
}

/*
 * Others may use the prefix too (Kubernetes does, for a service of that name), so only what is
 * near to a setting is told, and only as a warning.
 */
static void check_variables(struct findings *findings)
{
    char texts[2 * CONFIG_ROWS][OPTION_NAME];
    struct str names[2 * CONFIG_ROWS];
    size_t count = variable_names(texts, names);
    for (char **at = environ; *at; at++) {
        if (strncmp(*at, PREFIX, sizeof PREFIX - 1) != 0)
            continue;
        struct str rest = str_from(*at + sizeof PREFIX - 1), name = str_cut(&rest, '=');
        struct str near = str_nearest(name, names, count);
        if (!near.p || str_eq(near, name))
            continue;
        findings_add(findings, FINDING_WARNING, "environment", "", "%s" STR_FMT " is no setting",
                     PREFIX, STR_ARG(name));
        findings_hint(findings, "did you mean %s" STR_FMT "?", PREFIX, STR_ARG(near));
    }
}

/* ---- places ---- */

/* The port of HOST:PORT; 80 where there is none. */
static struct str port_of(const char *place)
{
    const char *colon = strrchr(place, ':');
    return colon && !strchr(colon, ']') ? str_from(colon + 1) : STR("80");
}

/* Names of this machine, as they begin an address. */
static bool is_here(const char *place)
{
    static const char *const names[] = {"127.0.0.1:", "localhost:", "[::1]:", "0.0.0.0:", "[::]:"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(place, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* Whether two HOST:PORT are one listener. Port 0 is another one each time. */
static bool same_place(const char *a, const char *b)
{
    return str_eq(port_of(a), port_of(b)) && !str_eq(port_of(a), STR("0")) &&
           (strcmp(a, b) == 0 || (is_here(a) && is_here(b)));
}

static void check_admin(const struct config *config, struct findings *findings)
{
    const char *listen = config->server.listen, *text = address_wrong(config->admin);
    if (text)
        wrong(config, "admin", config->admin, text, findings);
    else if (!address_wrong(listen) && same_place(config->admin, listen))
        wrong(config, "admin", config->admin, "that is the address of listen", findings);
}

/* A proxy that calls itself would do so until a deadline ends it. */
static void check_loop(const struct config *config, const char *path, const char *url,
                       struct findings *findings)
{
    struct origin origin;
    if (origin_parse(url, &origin) || origin.tls || address_wrong(config->server.listen))
        return;
    if (same_place(origin.host, config->server.listen))
        wrong(config, path, url, "that is shopshim itself (listen)", findings);
}

void config_check(const struct config *config, struct findings *findings)
{
    check_variables(findings);
    check_server(config, findings);
    check_admin(config, findings);
    check_loop(config, "upstream.api", config->server.upstream.api, findings);
    check_loop(config, "upstream.auth", config->server.upstream.auth, findings);
    check_apps(config, findings);
    if (config->exchange.side_by_side > config->exchange.calls)
        wrong(config, "exchange.side_by_side", NULL, "expected no more than exchange.calls",
              findings);
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
