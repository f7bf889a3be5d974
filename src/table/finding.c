/*
 * Findings: a growable list of faults with their places. See finding.h.
 *
 * Owns the copies of the texts. When memory is short a finding is counted without being
 * kept: the count decides whether a start fails, so no fault is ever lost by that.
 */
#include "table/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { TEXT_MAX = 1024 };

void findings_init(struct findings *findings)
{
    *findings = (struct findings){0};
}

static void finding_free(struct finding *finding)
{
    free(finding->file);
    free(finding->path);
    free(finding->text);
    free(finding->hint);
}

void findings_clear(struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        finding_free(&findings->items[i]);
    free(findings->items);
    findings_init(findings);
}

/* A place for one more, or NULL when the list is full or memory is short. */
static struct finding *grow(struct findings *findings)
{
    if (findings->count == FINDINGS_MAX)
        return NULL;
    if (findings->count == findings->room) {
        size_t room = findings->room ? findings->room * 2 : 16;
        struct finding *items = realloc(findings->items, room * sizeof *items);
        if (!items)
            return NULL;
        findings->items = items;
        findings->room = room;
    }
    return &findings->items[findings->count];
}

bool findings_add(struct findings *findings, enum finding_level level, const char *file,
                  const char *path, const char *format, ...)
{
    if (level == FINDING_ERROR)
        findings->errors++;
    else
        findings->warnings++;
    findings->kept = false;
    struct finding *place = grow(findings);
    if (!place)
        return false;
    char text[TEXT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct finding finding = {level, strdup(file ? file : ""), strdup(path ? path : ""),
                              strdup(text), strdup("")};
    if (!finding.file || !finding.path || !finding.text || !finding.hint)
        finding_free(&finding);
    else {
        *place = finding;
        findings->count++;
        findings->kept = true;
    }
    return false;
}

void findings_hint(struct findings *findings, const char *format, ...)
{
    if (!findings->kept)
        return;
    char text[TEXT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    char *copy = strdup(text);
    if (!copy)
        return;
    struct finding *last = &findings->items[findings->count - 1];
    free(last->hint);
    last->hint = copy;
}

void findings_did_you_mean(struct findings *findings, struct str s, const struct str *candidates,
                           size_t count)
{
    struct str near = str_nearest(s, candidates, count);
    if (near.p)
        findings_hint(findings, "did you mean " STR_FMT "?", STR_ARG(near));
}

size_t findings_count(const struct findings *findings, enum finding_level level)
{
    return level == FINDING_ERROR ? findings->errors : findings->warnings;
}

void findings_print(const struct findings *findings, struct buf *out)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *f = &findings->items[i];
        buf_printf(out, "%s: ", f->level == FINDING_ERROR ? "error" : "warning");
        if (f->file[0])
            buf_printf(out, "%s: ", f->file);
        if (f->path[0])
            buf_printf(out, "%s: ", f->path);
        buf_printf(out, "%s", f->text);
        if (f->hint[0])
            buf_printf(out, " (%s)", f->hint);
        buf_add_char(out, '\n');
    }
    size_t added = findings->errors + findings->warnings;
    if (added > findings->count)
        buf_printf(out, "and %zu more\n", added - findings->count);
}
