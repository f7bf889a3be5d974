/*
 * Reading of table files: JSON documents of our own, as cJSON trees, and directories of them.
 *
 * For tables and configuration only, never for payloads (a cJSON number is a double).
 * Refused, each as a finding that names file and place: files that cannot be read or exceed
 * 4 MiB, anything that is not one JSON document, objects that hold a key twice.
 */
#ifndef SHOPSHIM_TABLE_LOAD_H
#define SHOPSHIM_TABLE_LOAD_H

#include "table/finding.h"

#include <cjson/cJSON.h>

/* The document, to be freed with cJSON_Delete; NULL after a finding. */
cJSON *table_read(const char *file, struct findings *findings);

/* The same from memory; `file` names it in findings. */
cJSON *table_parse(const char *file, struct str text, struct findings *findings);

struct table_files {
    char **names; /* "dir/group/name.json", sorted by bytes */
    size_t count;
};

/*
 * All files below `directory` (any depth) whose name ends in ".json" and does not begin with
 * a dot. False after a finding. Clear it in either case.
 */
bool table_list(const char *directory, struct table_files *files, struct findings *findings);
void table_files_clear(struct table_files *files);

/* "$.a.b[3]": `path` with one more key or index, into `out`; cut when it is too long. */
enum { TABLE_PATH = 512 };
void table_path_key(char out[TABLE_PATH], const char *path, const char *key);
void table_path_index(char out[TABLE_PATH], const char *path, size_t index);

#endif
