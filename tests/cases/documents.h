/*
 * Documents of cases: compared whatever the order of their members, with numbers digit for
 * digit; copied with "$name" texts replaced; looked into by path. What differs is written into
 * a buffer, a line each.
 */
#ifndef TESTS_CASES_DOCUMENTS_H
#define TESTS_CASES_DOCUMENTS_H

#include "base/arena.h"
#include "base/buf.h"
#include "json/json.h"

enum { DOCUMENT_NAMES = 32 };

/* What `keep` stored: raw JSON by name. */
struct kept {
    struct str names[DOCUMENT_NAMES];
    struct str values[DOCUMENT_NAMES];
    size_t count;
};

/* Parses; false adds a line that says where it is no JSON. */
bool document_parse(struct json_doc *doc, struct str text, struct arena *arena, const char *what,
                    struct buf *lines);

/* A copy of `value` in which each text "$name" is what was kept under that name. */
void document_fill(struct json value, const struct kept *kept, struct arena *arena,
                   struct buf *out);

/* "data.list[0].id" or "data.list.0.id"; JSON_NONE when there is none. */
struct json document_at(struct json value, struct str path);

/*
 * Whether they are equal, an expected "*" being any text that is not empty; a line for each
 * difference, with its path below `path`.
 */
bool document_equal(struct json expected, struct json got, struct arena *arena, const char *path,
                    struct buf *lines);

/* Every member must be among the names (ended by NULL). */
bool document_known(struct json object, const char *const names[], const char *what,
                    struct arena *arena, struct buf *lines);

#endif
