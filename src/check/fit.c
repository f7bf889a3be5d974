/*
 * Fitting: whether what a leaf gives may stand where it is put. Types strictly as JSON in
 * bodies and answers, by what the text can be read as in queries, paths and forms; units of
 * times; listed values; and, for an object that is handed on whole, every member of it.
 */
#include "check/inside.h"

enum { FIT_DEPTH = 12 };

struct target target_below(const struct target *target, const struct contract_field *field)
{
    struct target below = *target;
    below.field = field;
    below.element = below.flat = false;
    return below;
}

/* "POST /x: `body.id`" */
static struct str target_name(struct check *c, const struct target *t)
{
    struct str name = field_name(c, t->contract, t->section, t->field);
    return arena_printf(c->arena, "`" STR_FMT "` of " STR_FMT, STR_ARG(name),
                        STR_ARG(t->contract->call));
}

/* "int", "list of string", "string or int" */
static struct str wanted(struct check *c, const struct target *t)
{
    const struct contract_field *f = t->field;
    bool list = f->list && !t->element;
    const char *also = f->also != CONTRACT_NONE ? contract_type_name(f->also) : NULL;
    return arena_printf(c->arena, "%s%s%s%s", list ? "list of " : "", contract_type_name(f->type),
                        also ? " or " : "", also ? also : "");
}

/* The word that would make it fit; NULL when none is obvious. */
static const char *remedy(unsigned have, const struct target *t)
{
    unsigned want = sort_allowed(t->field);
    if (t->field->list && !t->element)
        return NULL;
    if (have == SORT_BOOL && want == SORT_INT)
        return "bit";
    if (have & (SORT_INT | SORT_STRING) && want == SORT_BOOL)
        return "bool";
    if (have & (SORT_STRING | SORT_FLOAT) && want == SORT_INT)
        return "int";
    if (have == SORT_STRING && want & SORT_FLOAT)
        return "number";
    return have & SORT_SCALAR && want == SORT_STRING ? "text" : NULL;
}

static void mismatch(struct check *c, const struct sort *sort, const struct target *t,
                     const struct place *place)
{
    if (assumed_type(c, t->field))
        return;
    struct sort alone = *sort;
    alone.other = NULL;
    struct str have = describe(c, &alone), want = wanted(c, t), where = target_name(c, t);
    bool told = report(c, place, "gives " STR_FMT ", but " STR_FMT " is " STR_FMT, STR_ARG(have),
                       STR_ARG(where), STR_ARG(want));
    const char *word = t->kind == TARGET_TEXT ? NULL : remedy(sort->kinds, t);
    if (told && word)
        findings_hint(c->findings, "the word `%s` may be missing", word);
}

static void fit_unit(struct check *c, const struct sort *sort, const struct target *t,
                     const struct place *place)
{
    if (sort->unit == CONTRACT_NO_UNIT || t->field->unit == CONTRACT_NO_UNIT ||
        sort->unit == t->field->unit || assumed_unit(c, t->field))
        return;
    bool ms = t->field->unit == CONTRACT_MILLISECONDS;
    struct str where = target_name(c, t);
    if (report(c, place, "gives %s, but " STR_FMT " is in %s", ms ? "seconds" : "milliseconds",
               STR_ARG(where), ms ? "milliseconds" : "seconds"))
        findings_hint(c->findings, "the word `%s` may be missing", ms ? "s_to_ms" : "ms_to_s");
}

static void fit_values(struct check *c, const struct sort *sort, const struct target *t,
                       const struct place *place)
{
    for (size_t i = 0; i < sort->value_count; i++) {
        struct str value = sort->values[i];
        if (contract_allows(t->field, value) || assumed_value(c, value))
            continue;
        struct str where = target_name(c, t);
        report_value(c,
                     report(c, place, "may give '" STR_FMT "', which " STR_FMT " cannot be",
                            STR_ARG(value), STR_ARG(where)),
                     value, t->field->values, t->field->value_count);
    }
}

/* ---- texts: queries, paths, parts of forms ---- */

static bool all_in(const struct sort *sort, const char *const texts[], size_t count)
{
    for (size_t i = 0; i < sort->value_count; i++) {
        bool found = false;
        for (size_t k = 0; k < count; k++)
            found |= str_eq(sort->values[i], str_from(texts[k]));
        if (!found)
            return false;
    }
    return sort->values != NULL;
}

static bool reads_as(const struct sort *sort, unsigned want)
{
    static const char *const truths[] = {"true", "false"};
    bool accepted = sort->request && sort->type && sort->type->kind == TYPE_TEXT && !sort->values;
    if (sort->kinds & want)
        return true;
    if (want & SORT_STRING)
        return sort->kinds & SORT_SCALAR;
    if (want & SORT_NUMBER)
        return sort->kinds & SORT_STRING && !accepted;
    if (want & SORT_BOOL)
        return sort->kinds & SORT_STRING && (all_in(sort, truths, 2) || !sort->values) && !accepted;
    return false;
}

static void fit_text(struct check *c, const struct sort *sort, const struct target *t,
                     const struct place *place)
{
    unsigned want = sort_allowed(t->field);
    const struct sort *one = sort;
    if (sort->kinds == SORT_LIST) {
        bool path = t->section == &t->contract->params;
        if (path || (!t->field->list && !(want & SORT_STRING))) {
            mismatch(c, sort, t, place);
            return;
        }
        one = sort->item;
    }
    for (; one; one = one->other) {
        if (!reads_as(one, want)) {
            mismatch(c, sort, t, place);
            return;
        }
        fit_unit(c, one, t, place);
        fit_values(c, one, t, place);
    }
}

/* ---- objects that are handed on whole ---- */

/* Nobody knows what is in it, so it may be all that is wanted. */
static void give_all(const struct target *t)
{
    for (size_t i = 0; t->kind == TARGET_ANSWER && t->given && i < t->section->count; i++)
        for (const struct contract_field *f = &t->section->items[i]; f && !t->given[i];
             f = f->parent)
            t->given[i] |= !t->field || f == t->field;
}

static bool knows_members(const struct sort *sort)
{
    if (sort->made || (sort->type && sort->type->kind == TYPE_FIELDS))
        return true;
    return sort->section && (!sort->field || sort_children(sort->section, sort->field));
}

static void fit_extra(struct check *c, const struct sort *sort, const struct target *t,
                      const struct place *place)
{
    if (sort->made || (sort->type && sort->type->kind == TYPE_FIELDS))
        return;
    for (const struct contract_field *f = sort_children(sort->section, sort->field); f;
         f = f->next) {
        if (contract_member(t->section, t->field, f->name) || assumed_field(c, f))
            continue;
        struct str where = target_name(c, t);
        report_nearest(c,
                       report(c, place,
                              "hands on a member '" STR_FMT "', which " STR_FMT " does not have",
                              STR_ARG(f->name), STR_ARG(where)),
                       contract_nearest_member(t->section, t->field, f->name));
    }
}

static void fit_depth(struct check *c, const struct sort *sort, const struct target *t,
                      const struct place *place, unsigned depth);

static void fit_members(struct check *c, const struct sort *sort, const struct target *t,
                        const struct place *place, unsigned depth)
{
    const struct contract_field *child = sort_children(t->section, t->field);
    if (!knows_members(sort) || depth == FIT_DEPTH) {
        give_all(t);
        return;
    }
    for (; child; child = child->next) {
        struct sort alone = *sort;
        alone.other = NULL;
        struct fact fact;
        if (!has_member(c, &alone, child->name, &fact)) {
            if (t->kind == TARGET_BODY && child->required && !assumed_field(c, child)) {
                struct str where = target_name(c, t);
                report(c, place, "hands on no '" STR_FMT "', which " STR_FMT " requires",
                       STR_ARG(child->name), STR_ARG(where));
            }
            continue;
        }
        struct target below = target_below(t, child);
        if (t->kind == TARGET_ANSWER && t->given)
            t->given[child->index] = true;
        else if (child->required && fact.presence == OPTIONAL && !assumed_field(c, child))
            report(c, place, "may hand on no '" STR_FMT "', which `" STR_FMT "` requires",
                   STR_ARG(child->name), STR_ARG(field_name(c, t->contract, t->section, t->field)));
        fit_depth(c, fact.sort, &below, place, depth + 1);
    }
    fit_extra(c, sort, t, place);
}

/* ---- all of it ---- */

static void fit_json(struct check *c, const struct sort *sort, const struct target *t,
                     const struct place *place, unsigned depth)
{
    if (t->field && t->field->list && !t->element) {
        struct target item = *t;
        item.element = true;
        if (!(sort->kinds & SORT_LIST))
            mismatch(c, sort, t, place);
        else if (sort->kinds == SORT_LIST && sort->item)
            fit_depth(c, sort->item, &item, place, depth + 1);
        else if (!sort->empty)
            give_all(t);
        return;
    }
    unsigned allowed = t->field ? sort_allowed(t->field) : SORT_OBJECT;
    if (sort->vague ? !(sort->kinds & allowed) : sort->kinds & ~allowed) {
        if (t->field)
            mismatch(c, sort, t, place);
        return;
    }
    if (t->field) {
        fit_unit(c, sort, t, place);
        fit_values(c, sort, t, place);
    }
    if (sort->kinds & SORT_OBJECT && sort_children(t->section, t->field))
        fit_members(c, sort, t, place, depth);
}

static void fit_depth(struct check *c, const struct sort *sort, const struct target *t,
                      const struct place *place, unsigned depth)
{
    for (; sort && depth <= FIT_DEPTH * 2; sort = sort->other) {
        if (t->kind == TARGET_TEXT)
            fit_text(c, sort, t, place);
        else
            fit_json(c, sort, t, place, depth);
    }
}

void check_fit(struct check *c, const struct sort *sort, const struct target *target,
               const struct place *place)
{
    mark_whole(c, sort);
    if (target->section)
        fit_depth(c, sort, target, place, 0);
}
