/*
 * Configuration: the list of apps in the file, each a key and a secret, or the name of the
 * file that holds it. No message here ever repeats a secret. See config.h.
 */
#include "cli/config.h"
#include "table/load.h"

#include <stdio.h>

struct entry {
    struct config *config;
    const char *file;
    char place[TABLE_PATH]; /* "$.apps[2]" */
    struct findings *findings;
};

static bool fault(struct entry *e, const char *member, const char *text)
{
    char place[TABLE_PATH];
    table_path_key(place, e->place, member);
    return findings_add(e->findings, FINDING_ERROR, e->file, member[0] ? place : e->place, "%s",
                        text);
}

/* Unknown members, with the nearest known one. */
static void check_members(struct entry *e, const cJSON *app)
{
    static const struct str known[] = {STR_C("key"), STR_C("secret"), STR_C("secret_file")};
    const cJSON *member;
    cJSON_ArrayForEach(member, app)
    {
        struct str name = str_from(member->string);
        if (str_eq(name, known[0]) || str_eq(name, known[1]) || str_eq(name, known[2]))
            continue;
        fault(e, member->string, "there is no such setting");
        findings_did_you_mean(e->findings, name, known, 3);
    }
}

static struct str read_key(struct entry *e, const cJSON *app)
{
    const cJSON *key = cJSON_GetObjectItemCaseSensitive(app, "key");
    if (!cJSON_IsString(key) || !key->valuestring[0]) {
        fault(e, "key", "expected the app's key as a text");
        return STR_NONE;
    }
    for (size_t i = 0; i < e->config->app_count; i++)
        if (str_eq(e->config->apps[i].key, str_from(key->valuestring)))
            fault(e, "key", "this app stands in the list twice");
    return arena_str(e->config->arena, str_from(key->valuestring));
}

static struct str read_secret(struct entry *e, const cJSON *app)
{
    const cJSON *secret = cJSON_GetObjectItemCaseSensitive(app, "secret");
    const cJSON *file = cJSON_GetObjectItemCaseSensitive(app, "secret_file");
    if (cJSON_IsString(secret))
        log_hide(str_from(secret->valuestring));
    if (!secret == !file) {
        fault(e, "",
              secret ? "expected secret or secret_file, not both"
                     : "expected secret_file (or secret)");
        return STR_NONE;
    }
    if (secret) {
        if (cJSON_IsString(secret) && secret->valuestring[0])
            return arena_str(e->config->arena, str_from(secret->valuestring));
        fault(e, "secret", "expected the app's secret as a text");
        return STR_NONE;
    }
    if (!cJSON_IsString(file) || !file->valuestring[0]) {
        fault(e, "secret_file", "expected the name of a file");
        return STR_NONE;
    }
    char place[TABLE_PATH];
    table_path_key(place, e->place, "secret_file");
    return config_secret_file(e->config, config_beside(e->config, e->file, file->valuestring),
                              e->file, place, e->findings);
}

static void read_app(struct entry *e, const cJSON *app)
{
    if (!cJSON_IsObject(app)) {
        fault(e, "", "expected an object with key and secret_file");
        return;
    }
    check_members(e, app);
    struct exchange_app read = {read_key(e, app), read_secret(e, app)};
    if (read.key.p && read.secret.p)
        e->config->apps[e->config->app_count++] = read;
}

void config_read_apps(struct config *config, const struct cJSON *apps, const char *file,
                      struct findings *findings)
{
    struct entry e = {config, file, "$.apps", findings};
    int count = cJSON_GetArraySize(apps);
    if (!cJSON_IsArray(apps) || count == 0 || count > 1000) {
        fault(&e, "", "expected a list of 1 to 1000 apps");
        return;
    }
    config->app_count = 0;
    config->apps = ARENA_ARRAY(config->arena, struct exchange_app, (size_t)count);
    if (!config->apps) {
        fault(&e, "", "the list is too large for the memory of a configuration");
        return;
    }
    const cJSON *app;
    size_t index = 0;
    cJSON_ArrayForEach(app, apps)
    {
        table_path_index(e.place, "$.apps", index++);
        read_app(&e, app);
    }
}
