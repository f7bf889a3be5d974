/*
 * Configuration: one structure, filled from defaults, file, environment and flags, in that
 * order, the later ones winning.
 *
 * The file is one JSON object (docs/configuration.md); every key must be known. All faults of
 * all sources are told at once, each with its source, its place, what was expected and a
 * hint. Secrets come from files, from the environment or from the file itself, never from
 * the command line; each is registered with the log's redaction the moment it is read.
 */
#ifndef SHOPSHIM_CLI_CONFIG_H
#define SHOPSHIM_CLI_CONFIG_H

#include "base/log.h"
#include "cli/args.h"
#include "net/server.h"

enum { CONFIG_ROWS = 96 }; /* at least the rows of config_options */

struct config {
    struct arena *arena; /* owns all texts; wiped and freed by config_free */
    const char *file;    /* --config; NULL when there is none */
    const char *admin;
    const char *mappings; /* NULL: config_mappings() looks for it */
    int target; /* which tables are used where v202309 calls were replaced: enum plan_target */
    int64_t drain_ms;
    enum log_level log_level;
    struct server_settings server;
    struct exchange_settings exchange;
    struct shop_settings shop;
    struct exchange_app *apps;
    size_t app_count;
    const char *app;                  /* --app: one app in place of the file's */
    const char *app_secret;           /* from the environment */
    const char *sources[CONFIG_ROWS]; /* where each row's value came from; NULL: the default */
};

/* The rows of all settings; targets are a struct config. */
extern const struct option config_options[];
extern const size_t config_option_count;

/* Defaults only. NULL without memory. */
struct config *config_new(void);
void config_free(struct config *config); /* NULL is fine */

struct config_want {
    unsigned verbs;          /* which rows the environment and flags may set */
    const struct args *args; /* read with config_table(); NULL: no flags */
    bool complete;           /* also check that `serve` could begin with it */
};

/* The table that args_read() needs to take the flags of these verbs. */
struct option_table config_table(struct config *config, unsigned verbs);

/* Fills it. False after an error among the findings. */
bool config_load(struct config *config, const struct config_want *want, struct findings *findings);

/* Notes where the row's value came from. `source` is borrowed. */
void config_note(struct config *config, const struct option *row, const char *source);

/* Reads the JSON file of that name alone; false when it is no readable object. config_file.c */
bool config_read_file(struct config *config, const char *file, struct findings *findings);

/* Everything in `serve` that needs more than one setting, or another room's judgement. */
void config_check(const struct config *config, struct findings *findings);

/*
 * Where the tables are: what was set; else ./mappings; else beside the program as it is
 * installed; else where it is to be installed; else those of the source directory.
 */
const char *config_mappings(const struct config *config);

/*
 * Reads a secret from a file, without the line's end behind it, and hides it in the log. The
 * absent string after a finding with that source and path.
 */
struct str config_secret_file(struct config *config, const char *name, const char *source,
                              const char *path, struct findings *findings);

/* Reads the row's variable, if it is set, into the row's target. */
void config_read_variable(struct config *config, const struct option *row, void *target,
                          struct findings *findings);

/* Turns `apps` of the file into config->apps. config_apps.c */
struct cJSON;
void config_read_apps(struct config *config, const struct cJSON *apps, const char *file,
                      struct findings *findings);

/* A name in a file: as it is when absolute, else relative to the file's directory. */
const char *config_beside(struct config *config, const char *file, const char *name);

#endif
