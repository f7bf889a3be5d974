/*
 * Findings of the checker: told once for each place, with names that a person can look up.
 */
#include "check/inside.h"

#include <stdarg.h>
#include <stdio.h>

static bool told_before(const struct check *c, const struct place *place, const char *text)
{
    for (size_t i = c->first; i < c->findings->count; i++) {
        const struct finding *f = &c->findings->items[i];
        if (strcmp(f->text, text) == 0 && strcmp(f->path, place->path) == 0 &&
            strcmp(f->file, place->file) == 0)
            return true;
    }
    return false;
}

bool report(struct check *c, const struct place *place, const char *format, ...)
{
    char text[1024];
    va_list args;
    if (c->silent || arena_failed(c->arena))
        return false;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (told_before(c, place, text))
        return false;
    place_error(place, "%s", text);
    return true;
}

void report_nearest(struct check *c, bool told, struct str near)
{
    if (told && near.n)
        findings_hint(c->findings, "did you mean " STR_FMT "?", STR_ARG(near));
}

void report_value(struct check *c, bool told, struct str value, const struct str *values,
                  size_t count)
{
    bool letter = false;
    for (size_t i = 0; i < value.n; i++)
        letter |= (value.p[i] | 0x20) >= 'a' && (value.p[i] | 0x20) <= 'z';
    if (letter)
        report_nearest(c, told, str_nearest(value, values, count));
}

const char *section_name(const struct contract *contract, const struct contract_fields *section)
{
    if (!contract)
        return "value";
    if (section == &contract->params)
        return "path";
    if (section == &contract->query)
        return "query";
    if (section == &contract->answer)
        return "answer";
    return contract->form ? "form" : "body";
}

static bool owns(const struct contract *contract, const struct contract_fields *section)
{
    return contract && (section == &contract->params || section == &contract->query ||
                        section == &contract->body || section == &contract->answer);
}

const struct contract *section_owner(const struct check *c, const struct contract_fields *section)
{
    for (size_t i = 0; i < c->legacy_count; i++)
        if (owns(c->legacy[i], section))
            return c->legacy[i];
    for (unsigned i = 0; c->plan && i < c->plan->call_count; i++)
        if (owns(c->called[i], section))
            return c->called[i];
    return NULL;
}

struct str field_name(struct check *c, const struct contract *contract,
                      const struct contract_fields *section, const struct contract_field *field)
{
    const char *part = section_name(contract, section);
    if (!field)
        return str_from(part);
    return arena_printf(c->arena, "%s." STR_FMT, part, STR_ARG(field->path));
}

/* The kinds of all alternatives as one, for a person. */
struct str describe(struct check *c, const struct sort *sort)
{
    struct sort all = *sort;
    struct buf out;
    buf_init_arena(&out, 512, c->arena);
    all.kinds = sort_kinds(sort);
    sort_describe(&all, &out);
    return buf_str(&out);
}
