/*
 * What the files that load the sandbox's tables share and nobody else sees.
 */
#ifndef SHOPSHIM_SANDBOX_TABLES_INSIDE_H
#define SHOPSHIM_SANDBOX_TABLES_INSIDE_H

#include "sandbox/tables.h"
#include "table/load.h"

struct loader {
    struct tables *tables;
    struct findings *findings;
    const char *file; /* under way; lives as long as the tables */
    bool seeded;      /* what is checked makes records: the same each time */
};

/* Adds an error at `path` of the file under way; returns false. */
bool loader_error(struct loader *loader, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Members of `object` that are not among `keys` (ends with NULL) are errors. */
void loader_keys(struct loader *loader, const cJSON *object, const char *path,
                 const char *const *keys);

/* A text member: absent when not there; an error when it is no text, or required. */
struct str loader_text(struct loader *loader, const cJSON *object, const char *path,
                       const char *key, bool required);

/* Compiles a text to an expression; NULL after an error. */
const struct expr *loader_expr(struct loader *loader, const cJSON *text, const char *path);

/* Compiles a template; NULL after an error. */
const struct shape *loader_shape(struct loader *loader, const cJSON *node, const char *path);

/*
 * Checks the names that stand first in an expression: members of the templates in `scopes`
 * (innermost last), variables; and entities named in record(), find() and size().
 */
void loader_check_names(struct loader *loader, const struct expr *expr,
                        const struct shape *const *scopes, size_t count, const char *path);

/* The same for all expressions of a template, each within the objects around it. */
void loader_check_shape(struct loader *loader, const struct shape *shape,
                        const struct shape *const *outer, size_t count, const char *path);

/* Fills an object's table of members, at most half full, so that a look-up ends. */
bool loader_index(struct shape *shape, struct arena *arena);

/* Reads a file and keeps its document with the tables; NULL after an error. */
const cJSON *loader_read(struct loader *loader, const char *file);

/* All files of entities/; they may name each other. */
void loader_entities(struct loader *loader, const struct table_files *files);

/* ---- between rules_load.c, rules_effect.c and rules_error.c ---- */

/* "ids[]" -> "ids" */
struct str loader_bare(struct str field);

/* mistakes.json: errors by name. */
void loader_mistakes(struct loader *loader, const cJSON *root);

/* A list of names and of {"code", "status", "message", "when"}; `scope`: what `when` is over. */
const struct rule_error *loader_errors(struct loader *loader, const cJSON *node,
                                       const struct shape *scope, const char *path, size_t *count);

/* A name or an error without a condition. Without a node it is not given. */
void loader_unknown(struct loader *loader, const cJSON *node, const char *path,
                    struct rule_error *error);

/* {path: form}; `scopes` as for loader_check_names(). */
const struct rule_set *loader_sets(struct loader *loader, const cJSON *node,
                                   const struct shape *const *scopes, size_t scope_count,
                                   const char *path, size_t *count);

/* "set", "denies", "notify" and "also" of a rule or of an element of `also`. */
void loader_effect(struct loader *loader, const cJSON *node, const char *path,
                   struct effect *effect);

/* One file of endpoints/. Entities are loaded before. */
void loader_rules(struct loader *loader, const cJSON *root, struct rule *rules, size_t *count);

#endif
