/*
 * Configuration: its life, its sources and what holds between settings. See config.h.
 *
 * The order of the sources is the order in which they write: defaults, file, environment,
 * flags. Where a value came from is remembered for each row, so that a fault which is found
 * later still names its source.
 */
#include "cli/config.h"
#include "cli/verb.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CONFIG_MEMORY = 4 * 1024 * 1024 };

struct config *config_new(void)
{
    struct config *config = calloc(1, sizeof *config);
    if (!config)
        return NULL;
    config->arena = arena_new(CONFIG_MEMORY);
    if (!config->arena) {
        free(config);
        return NULL;
    }
    config->server = server_default_settings;
    config->exchange = exchange_default_settings;
    config->shop = shop_default_settings;
    config->admin = "127.0.0.1:8081";
    config->drain_ms = 10000;
    config->log_level = LOG_INFO;
    return config;
}

/* The arena that owns it is writable, though a struct str is not. */
static void wipe(struct str secret)
{
    if (secret.p)
        explicit_bzero((char *)secret.p, secret.n);
}

void config_free(struct config *config)
{
    if (!config)
        return;
    for (size_t i = 0; i < config->app_count; i++)
        wipe(config->apps[i].secret);
    wipe(str_from(config->app_secret));
    arena_free(config->arena);
    free(config);
}

struct option_table config_table(struct config *config, unsigned verbs)
{
    return (struct option_table){config_options, config_option_count, config, verbs};
}

void config_note(struct config *config, const struct option *row, const char *source)
{
    size_t index = (size_t)(row - config_options);
    assert(index < config_option_count && config_option_count <= CONFIG_ROWS);
    config->sources[index] = source;
}

const char *config_beside(struct config *config, const char *file, const char *name)
{
    const char *slash = strrchr(file, '/');
    if (name[0] == '/' || !slash)
        return name;
    struct str joined = arena_printf(config->arena, "%.*s/%s", (int)(slash - file), file, name);
    return joined.p ? joined.p : name;
}

struct str config_secret_file(struct config *config, const char *name, const char *source,
                              const char *path, struct findings *findings)
{
    char text[4098];
    FILE *file = fopen(name, "re");
    size_t n = file ? fread(text, 1, sizeof text, file) : 0;
    bool bad = !file || ferror(file);
    if (file)
        fclose(file);
    struct str secret = str_of(text, n);
    if (n && text[n - 1] == '\n')
        secret.n--;
    if (secret.n && secret.n < n && text[secret.n - 1] == '\r')
        secret.n--;
    struct str kept = STR_NONE;
    if (bad) {
        /* Not "app_secret: WHY", which the log's redaction would take for a secret. */
        findings_add(findings, FINDING_ERROR, source, path,
                     "cannot read the secret's file (%s): %s", strerror(errno), name);
        findings_hint(findings, "it must exist and be readable by the user that runs shopshim");
    } else if (secret.n == 0 || secret.n > 4096 || memchr(text, '\0', secret.n))
        findings_add(findings, FINDING_ERROR, source, path,
                     "expected a secret of 1 to 4096 bytes in the file %s", name);
    else {
        kept = arena_str(config->arena, secret);
        log_hide(kept);
    }
    explicit_bzero(text, sizeof text);
    return kept;
}

/* An empty variable counts as one that is not set. */
static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && value[0] ? value : NULL;
}

/* One variable, or with _FILE at its end the file that holds the value of a secret. */
void config_read_variable(struct config *config, const struct option *row, void *target,
                          struct findings *findings)
{
    char name[OPTION_NAME], file_name[OPTION_NAME + 8], why[OPTION_WHY];
    if (!option_env(row, name))
        return;
    const char *value = variable(name);
    snprintf(file_name, sizeof file_name, "%s_FILE", name);
    const char *file = row->secret ? variable(file_name) : NULL;
    if (value && file)
        findings_add(findings, FINDING_ERROR, "environment", name, "both %s and %s are set", name,
                     file_name);
    else if (file) {
        struct str secret = config_secret_file(config, file, "environment", file_name, findings);
        if (secret.p)
            option_set(row, target, secret, config->arena, why);
    } else if (value) {
        if (row->secret)
            log_hide(str_from(value));
        if (!option_set(row, target, str_from(value), config->arena, why))
            findings_add(findings, FINDING_ERROR, "environment", name, "%s", why);
        else if (target == config)
            config_note(config, row, "environment");
    }
}

static void read_environment(struct config *config, unsigned verbs, struct findings *findings)
{
    for (size_t i = 0; i < config_option_count; i++)
        if (config_options[i].verbs & verbs)
            config_read_variable(config, &config_options[i], config, findings);
}

/* Flags were checked by args_read(); here they win over the other sources. */
static void read_flags(struct config *config, const struct args *args)
{
    char why[OPTION_WHY];
    for (size_t i = 0; args && i < args->given_count; i++)
        for (size_t k = 0; k < config_option_count; k++)
            if (args->given[i].option == &config_options[k] &&
                option_set(&config_options[k], config, args->given[i].text, config->arena, why))
                config_note(config, &config_options[k], "command line");
}

/* The app that flag or environment name, in place of the file's. */
static void take_app(struct config *config, struct findings *findings)
{
    if (config->app_secret && !config->app) {
        findings_add(findings, FINDING_ERROR, "environment", "SHOPSHIM_APP_SECRET",
                     "there is a secret, but no app that it belongs to");
        findings_hint(findings, "name the app with --app KEY or SHOPSHIM_APP");
    }
    if (!config->app)
        return;
    if (!config->app_secret) {
        findings_add(findings, FINDING_ERROR, "environment", "SHOPSHIM_APP_SECRET",
                     "expected the secret of app %s", config->app);
        findings_hint(findings, "set SHOPSHIM_APP_SECRET_FILE (or SHOPSHIM_APP_SECRET)");
        return;
    }
    struct exchange_app *app = ARENA_NEW(config->arena, struct exchange_app);
    if (!app)
        return;
    *app = (struct exchange_app){str_from(config->app), str_from(config->app_secret)};
    config->apps = app;
    config->app_count = 1;
}

bool config_load(struct config *config, const struct config_want *want, struct findings *findings)
{
    size_t before = findings->errors;
    bool takes_file = config_options[0].verbs & want->verbs, was_read = true;
    if (takes_file && !config->file)
        config->file = variable("SHOPSHIM_CONFIG");
    if (config->file)
        was_read = config_read_file(config, config->file, findings);
    read_environment(config, want->verbs, findings);
    read_flags(config, want->args);
    take_app(config, findings);
    /* What a file that cannot be read would have said is not missing. */
    if (want->complete && was_read)
        config_check(config, findings);
    log_set_level(config->log_level);
    return findings->errors == before;
}
