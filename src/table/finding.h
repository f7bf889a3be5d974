/*
 * Findings: everything that is wrong with a set of tables, told at once.
 *
 * A loader never stops at the first fault: it adds a finding (which file, where in it, what
 * was expected, a hint such as the nearest known name) and goes on, so that a person repairs
 * a directory in one go. Errors stop the start, warnings do not. Findings own copies of all
 * their texts. At most FINDINGS_MAX are kept; the rest is counted and said so when printed.
 */
#ifndef SHOPSHIM_TABLE_FINDING_H
#define SHOPSHIM_TABLE_FINDING_H

#include "base/buf.h"
#include "base/str.h"

enum { FINDINGS_MAX = 500 };

enum finding_level { FINDING_ERROR, FINDING_WARNING };

struct finding {
    enum finding_level level;
    char *file; /* as it was opened */
    char *path; /* JSON path inside the file, empty for the file as a whole */
    char *text; /* what is wrong and what was expected */
    char *hint; /* what to do, empty when there is nothing to say */
};

struct findings {
    struct finding *items;
    size_t count;
    size_t room;
    size_t errors;   /* added, kept or not */
    size_t warnings; /* added, kept or not */
    bool kept;       /* the last one added is in items */
};

void findings_init(struct findings *findings); /* allocates nothing */
void findings_clear(struct findings *findings);

/*
 * Adds one; file, path and hint may be NULL. The text is cut at 1 KiB. Always counts, even
 * when memory or FINDINGS_MAX keeps it from being stored. Returns false, so that
 * `return findings_add(...);` reads well.
 */
bool findings_add(struct findings *findings, enum finding_level level, const char *file,
                  const char *path, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Gives the finding that was added last its hint (cut at 1 KiB). Nothing when there is none. */
void findings_hint(struct findings *findings, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The hint "did you mean NAME?" for the last finding, when a candidate is near to `s`. */
void findings_did_you_mean(struct findings *findings, struct str s, const struct str *candidates,
                           size_t count);

/* How many of that level were added. */
size_t findings_count(const struct findings *findings, enum finding_level level);

/* One line each: "error: file: path: text (hint)". */
void findings_print(const struct findings *findings, struct buf *out);

#endif
