/*
 * Plants a fault: the tables of the fixtures, some edits, and what the checker says then.
 *
 * In all texts a backtick stands for a double quote, so that JSON reads well in C. The place
 * of an edit is written with slashes, because keys may hold dots; "name:" before it means
 * another table than the one the fault is in.
 */
#ifndef SHOPSHIM_TESTS_CHECK_PLANT_H
#define SHOPSHIM_TESTS_CHECK_PLANT_H

#include "check/check.h"
#include "table/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define FIXTURES TEST_ROOT "/tests/unit/check/fixtures"

enum edit_kind { NO_EDIT, SET, DROP, RENAME };

/* SET: `with` is JSON, put there or added; RENAME: `with` is the new key. */
struct edit {
    enum edit_kind kind;
    const char *at;
    const char *with;
};

struct world {
    struct contracts *legacy, *upstream;
};

/* Backticks to double quotes. To be freed. */
static inline char *quotes(const char *text)
{
    char *copy = strdup(text);
    assert_non_null(copy);
    for (char *p = copy; *p; p++)
        if (*p == '`')
            *p = '"';
    return copy;
}

static inline cJSON *child_of(cJSON *node, const char *key)
{
    return cJSON_IsArray(node) ? cJSON_GetArrayItem(node, atoi(key))
                               : cJSON_GetObjectItemCaseSensitive(node, key);
}

/* The node above the last key, which goes to `key`. */
static inline cJSON *above(cJSON *node, const char *at, char key[128])
{
    const char *slash;
    while ((slash = strchr(at, '/'))) {
        snprintf(key, 128, "%.*s", (int)(slash - at), at);
        node = child_of(node, key);
        if (!node)
            fail_msg("the fixture has no %s", key);
        at = slash + 1;
    }
    snprintf(key, 128, "%s", at);
    return node;
}

/* The new member stands where the old one stood: the order of members tells things. */
static inline void set(cJSON *parent, const char *key, cJSON *value)
{
    assert_non_null(value);
    if (cJSON_IsArray(parent) && atoi(key) < cJSON_GetArraySize(parent))
        cJSON_ReplaceItemInArray(parent, atoi(key), value);
    else if (cJSON_IsArray(parent))
        cJSON_AddItemToArray(parent, value);
    else if (child_of(parent, key))
        cJSON_ReplaceItemInObjectCaseSensitive(parent, key, value);
    else
        cJSON_AddItemToObject(parent, key, value);
}

static inline void apply(cJSON *table, const struct edit *edit)
{
    char key[128];
    cJSON *parent = above(table, edit->at, key);
    if (edit->kind == SET) {
        char *json = quotes(edit->with);
        set(parent, key, cJSON_Parse(json));
        free(json);
        return;
    }
    if (!child_of(parent, key))
        fail_msg("the fixture has no %s", edit->at);
    cJSON *node = cJSON_IsArray(parent) ? cJSON_DetachItemFromArray(parent, atoi(key))
                                        : cJSON_DetachItemFromObjectCaseSensitive(parent, key);
    if (edit->kind == RENAME)
        cJSON_AddItemToObject(parent, edit->with, node);
    else
        cJSON_Delete(node);
}

/* Makes those edits that are meant for the table. */
static inline void apply_all(cJSON *tree, const char *name, const char *table,
                             const struct edit *edits, size_t count)
{
    for (size_t i = 0; i < count && edits[i].kind != NO_EDIT; i++) {
        struct edit edit = edits[i];
        char other[128];
        const char *colon = strchr(edit.at, ':');
        snprintf(other, sizeof other, "%.*s.json", colon ? (int)(colon - edit.at) : 0, edit.at);
        edit.at = colon ? colon + 1 : edit.at;
        if (strcmp(name, colon ? other : table) == 0)
            apply(tree, &edit);
    }
}

/* All tables of the fixtures with the edits made; NULL when they do not compile. */
static inline struct plans *plant(const char *table, const struct edit *edits, size_t count,
                                  struct findings *findings)
{
    struct table_files files;
    struct plan_text texts[32];
    size_t n = 0, skip = strlen(FIXTURES "/mappings/");
    assert_true(table_list(FIXTURES "/mappings", &files, findings));
    for (size_t i = 0; i < files.count; i++) {
        const char *name = files.names[i] + skip;
        if (strncmp(name, "contracts/", strlen("contracts/")) == 0)
            continue;
        cJSON *tree = table_read(files.names[i], findings);
        assert_non_null(tree);
        apply_all(tree, name, table, edits, count);
        assert_true(n < sizeof texts / sizeof *texts);
        texts[n++] = (struct plan_text){name, str_from(cJSON_PrintUnformatted(tree))};
        cJSON_Delete(tree);
    }
    struct plans *plans = plans_load_texts(texts, n, findings);
    for (size_t i = 0; i < n; i++)
        free((char *)texts[i].json.p);
    table_files_clear(&files);
    return plans;
}

static inline void print_all(const struct findings *findings)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    findings_print(findings, &out);
    print_error(STR_FMT, STR_ARG(buf_str(&out)));
    buf_clear(&out);
}

static inline void check_planted(const struct world *world, struct plans *plans,
                                 struct findings *findings)
{
    struct check_sides sides = {world->legacy, world->upstream};
    if (!plans) {
        print_all(findings);
        fail_msg("the table does not even compile");
    }
    check_plans(plans, &sides, "", findings);
    plans_unref(plans);
}

static inline int world_setup(void **state)
{
    static struct world world;
    struct findings findings;
    findings_init(&findings);
    world.legacy = contracts_load(FIXTURES "/mappings/contracts/legacy", &findings);
    world.upstream = contracts_load(FIXTURES "/mappings/contracts/v202309", &findings);
    print_all(&findings);
    findings_clear(&findings);
    *state = &world;
    return world.legacy && world.upstream ? 0 : -1;
}

static inline int world_teardown(void **state)
{
    struct world *world = *state;
    contracts_free(world->legacy);
    contracts_free(world->upstream);
    return 0;
}

#endif
