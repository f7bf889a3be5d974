/*
 * `loses` and `assumes`: what they silence, and that they speak of something.
 *
 * A sentence of `assumes` names a field by its path ("lines[].price", the end of it from a dot
 * on, brackets or not), by path and section ("body.price"), or by its last name where that is
 * no common word: one with an underscore. About a type or a unit it must say something of types
 * or units too. A name with an underscore that neither side has is a fault of its own.
 */
#include "check/inside.h"

static bool word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '[' || c == ']';
}

/* The next word of a sentence, without a point at its end; absent behind the last. */
static struct str next_word(struct str *rest)
{
    size_t from = 0;
    while (from < rest->n && (!word_char(rest->p[from]) || rest->p[from] == '.'))
        from++;
    size_t to = from;
    while (to < rest->n && word_char(rest->p[to]))
        to++;
    struct str word = str_of(rest->p + from, to - from);
    *rest = str_of(rest->p + to, rest->n - to);
    while (word.n && word.p[word.n - 1] == '.')
        word.n--;
    return word.n ? word : STR_NONE;
}

enum { PLAIN = 256 };

/* A path without its brackets. */
static struct str plain(struct str path, char out[PLAIN])
{
    size_t n = 0;
    for (size_t i = 0; i < path.n && n < PLAIN; i++)
        if (path.p[i] != '[' && path.p[i] != ']')
            out[n++] = path.p[i];
    return str_of(out, n);
}

static struct str last_name(struct str path)
{
    for (size_t i = path.n; i > 0; i--)
        if (path.p[i - 1] == '.')
            return str_of(path.p + i, path.n - i);
    return path;
}

static bool ends_with(struct str s, struct str end)
{
    return s.n >= end.n && str_eq(str_of(s.p + s.n - end.n, end.n), end);
}

static bool has_char(struct str s, char c)
{
    return str_find(s, c) < s.n;
}

/* "price" of "body.price": a name that is a common word is told from others by its section. */
static struct str behind_section(struct str word)
{
    static const struct str sections[] = {STR_C("query."), STR_C("body."), STR_C("answer.")};
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (str_starts(word, sections[i]))
            return str_of(word.p + sections[i].n, word.n - sections[i].n);
    return STR_NONE;
}

static bool names_path(struct str word, struct str path)
{
    char word_text[PLAIN], path_text[PLAIN];
    word = plain(word, word_text);
    path = plain(path, path_text);
    if (has_char(word, '.'))
        return str_eq(word, path) || str_eq(behind_section(word), path) ||
               (ends_with(path, word) && path.p[path.n - word.n - 1] == '.');
    return has_char(word, '_') && str_eq(word, last_name(path));
}

static bool sentence_names(struct str sentence, struct str path)
{
    struct str word;
    while ((word = next_word(&sentence)).p)
        if (names_path(word, path))
            return true;
    return false;
}

static bool sentence_holds(struct str sentence, const char *const words[])
{
    struct str word;
    while ((word = next_word(&sentence)).p)
        for (size_t i = 0; words[i]; i++)
            if (str_ieq(word, str_from(words[i])))
                return true;
    return false;
}

/* Of `words`, which may be NULL, the sentence must hold one too. */
static bool assumed(const struct check *c, struct str path, const char *const words[])
{
    for (size_t i = 0; i < c->plan->assumes_count; i++)
        if (sentence_names(c->plan->assumes[i], path) &&
            (!words || sentence_holds(c->plan->assumes[i], words)))
            return true;
    return false;
}

bool assumed_path(const struct check *c, struct str path)
{
    return assumed(c, path, NULL);
}

bool assumed_field(const struct check *c, const struct contract_field *field)
{
    return field && assumed_path(c, field->path);
}

bool assumed_type(const struct check *c, const struct contract_field *field)
{
    static const char *const words[] = {"text",  "texts",  "string",  "number", "numbers", "digits",
                                        "int",   "whole",  "decimal", "bool",   "true",    "list",
                                        "lists", "object", "objects", "JSON",   NULL};
    return field && assumed(c, field->path, words);
}

bool assumed_unit(const struct check *c, const struct contract_field *field)
{
    static const char *const words[] = {"seconds", "milliseconds", NULL};
    return field && assumed(c, field->path, words);
}

/* The text as a whole, not as a part of a longer word. */
static bool holds_text(struct str s, struct str text)
{
    for (size_t at = 0; at + text.n <= s.n; at++) {
        bool from = at == 0 || !word_char(s.p[at - 1]);
        size_t end = at + text.n;
        bool to = end == s.n || !word_char(s.p[end]) || s.p[end] == '.';
        if (from && to && memcmp(s.p + at, text.p, text.n) == 0)
            return true;
    }
    return false;
}

bool assumed_text(const struct check *c, struct str text)
{
    for (size_t i = 0; i < c->plan->assumes_count; i++)
        if (memmem(c->plan->assumes[i].p, c->plan->assumes[i].n, text.p, text.n))
            return true;
    return false;
}

bool assumed_value(const struct check *c, struct str value)
{
    bool letter = false;
    for (size_t i = 0; i < value.n; i++)
        letter |=
            (value.p[i] >= 'A' && value.p[i] <= 'Z') || (value.p[i] >= 'a' && value.p[i] <= 'z');
    for (size_t i = 0; letter && value.n >= 3 && i < c->plan->assumes_count; i++)
        if (holds_text(c->plan->assumes[i], value))
            return true;
    return false;
}

/* Whether the names of a sentence lead to the path or to one above it. */
static bool covers(const struct sentence *sentence, struct str path)
{
    char text[PLAIN];
    struct str rest = plain(path, text);
    for (size_t i = 0; i < sentence->path.count; i++) {
        if (!rest.p || !str_eq(str_cut(&rest, '.'), sentence->path.names[i]))
            return false;
    }
    return true;
}

static bool lost(const struct sentence *list, size_t count, struct str path)
{
    for (size_t i = 0; i < count; i++)
        if (covers(&list[i], path))
            return true;
    return false;
}

bool lost_in_answer(const struct check *c, struct str path)
{
    return lost(c->plan->lost_in_answer, c->plan->lost_in_answer_count, path);
}

bool lost_in_request(const struct check *c, struct str path)
{
    return lost(c->plan->lost_in_request, c->plan->lost_in_request_count, path);
}

/* ---- sentences that speak of nothing ---- */

static const struct contract_field *field_at(const struct contract_fields *section,
                                             const struct operand *path)
{
    const struct contract_field *field = NULL;
    for (size_t i = 0; i < path->count; i++) {
        field = contract_member(section, field, path->names[i]);
        if (!field)
            return NULL;
    }
    return field;
}

/* The field whose path without brackets is nearest. */
static struct str nearest_path(const struct contract_fields *section, struct str path)
{
    char texts[2][PLAIN];
    struct str pair[2] = {{NULL, 0}, {NULL, 0}}, best = STR_NONE;
    for (size_t i = 0; i < section->count; i++) {
        pair[1] = plain(section->items[i].path, texts[1]);
        struct str near = str_nearest(path, best.p ? pair : pair + 1, best.p ? 2 : 1);
        if (near.p != texts[1])
            continue;
        memcpy(texts[0], texts[1], pair[1].n);
        pair[0] = str_of(texts[0], pair[1].n);
        best = section->items[i].path;
    }
    return best;
}

static void check_lost_answer(struct check *c, const struct sentence *sentence,
                              const struct place *place)
{
    struct str near = STR_NONE;
    for (size_t i = 0; i < c->legacy_count; i++) {
        if (field_at(&c->legacy[i]->answer, &sentence->path))
            return;
        if (!near.p)
            near = nearest_path(&c->legacy[i]->answer, sentence->path.text);
    }
    struct place at = place_key(place, sentence->key.p);
    report_nearest(
        c, report(c, &at, "the legacy answer has no such field, so nothing of it can be lost"),
        near);
}

/* Below what `accept` takes as it is, compiling could not look. */
static void check_lost_request(struct check *c, const struct sentence *sentence,
                               const struct place *place)
{
    const struct contract *told = NULL;
    for (size_t i = 0; i < c->legacy_count; i++) {
        const struct contract *legacy = c->legacy[i];
        if (field_at(&legacy->body, &sentence->path) || field_at(&legacy->query, &sentence->path))
            return;
        if (contract_member(&legacy->body, NULL, sentence->path.names[0]))
            told = legacy;
    }
    if (!told || sentence->path.count == 1)
        return; /* `accept` takes more than the contract, which is told there */
    struct place at = place_key(place, sentence->key.p);
    report_nearest(
        c, report(c, &at, "the legacy request has no such field, so nothing of it can be lost"),
        nearest_path(&told->body, sentence->path.text));
}

static bool section_knows(const struct contract_fields *section, struct str word)
{
    for (size_t i = 0; i < section->count; i++) {
        char text[PLAIN];
        struct str path = plain(section->items[i].path, text);
        if (memmem(path.p, path.n, word.p, word.n))
            return true;
    }
    return false;
}

static bool contract_knows(const struct contract *contract, struct str word)
{
    return section_knows(&contract->params, word) || section_knows(&contract->query, word) ||
           section_knows(&contract->body, word) || section_knows(&contract->answer, word) ||
           memmem(contract->id.p, contract->id.n, word.p, word.n) ||
           memmem(contract->path.p, contract->path.n, word.p, word.n);
}

static bool contracts_know(const struct contracts *contracts, struct str word)
{
    for (size_t i = 0; i < contracts_count(contracts); i++)
        if (contract_knows(contracts_at(contracts, i), word))
            return true;
    return false;
}

static bool has_name(const struct str *names, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(names[i], name))
            return true;
    return false;
}

static bool enums_know(const struct enum_map *maps, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(maps[i].name, name))
            return true;
    return false;
}

static bool shape_knows(const struct shape *shape, struct str name)
{
    if (str_eq(shape->name, name))
        return true;
    for (size_t i = 0; i < shape->count; i++)
        if (shape_knows(&shape->members[i], name))
            return true;
    return false;
}

static bool table_knows(const struct check *c, struct str word)
{
    const struct plan *plan = c->plan;
    struct str name = last_name(word);
    for (size_t i = 0; i < plan->field_count; i++)
        if (str_eq(plan->fields[i].name, name))
            return true;
    for (unsigned i = 0; i < plan->call_count; i++)
        if (str_eq(plan->calls[i].public.name, name))
            return true;
    return (plan->reply && shape_knows(plan->reply, name)) || word_named(name) ||
           has_name(c->plans->common, c->plans->common_count, name) ||
           enums_know(plan->enums, plan->enum_count, name) ||
           enums_know(c->plans->enums, c->plans->enum_count, name);
}

static struct str nearest_name(const struct check *c, struct str word)
{
    struct str near = STR_NONE;
    for (size_t i = 0; i < c->legacy_count && !near.p; i++) {
        const struct contract *legacy = c->legacy[i];
        const struct contract_fields *parts[] = {&legacy->answer, &legacy->body, &legacy->query};
        for (size_t p = 0; p < 3 && !near.p; p++)
            near = nearest_path(parts[p], word);
        for (size_t k = 0; k < legacy->answer.count && !near.p; k++)
            near = str_nearest(word, &legacy->answer.items[k].name, 1);
    }
    return near;
}

static bool lower(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= 'a' && s.p[i] <= 'z')
            return true;
    return false;
}

static void check_assumption(struct check *c, struct str sentence, const struct place *place)
{
    struct str word;
    while ((word = next_word(&sentence)).p) {
        char text[PLAIN];
        if (!lower(word) || !has_char(word, '_'))
            continue;
        word = plain(word, text);
        if (table_knows(c, word) || contracts_know(c->sides.legacy, word) ||
            contracts_know(c->sides.upstream, word))
            continue;
        report_nearest(
            c, report(c, place, "names '" STR_FMT "', which neither side has", STR_ARG(word)),
            nearest_name(c, word));
    }
}

void check_confessions(struct check *c)
{
    const struct plan *plan = c->plan;
    struct place loses = place_key(&c->table, "loses");
    struct place answer = place_key(&loses, "answer"), request = place_key(&loses, "request");
    struct place assumes = place_key(&c->table, "assumes");
    for (size_t i = 0; i < plan->lost_in_answer_count && c->legacy_count; i++)
        check_lost_answer(c, &plan->lost_in_answer[i], &answer);
    for (size_t i = 0; i < plan->lost_in_request_count; i++)
        check_lost_request(c, &plan->lost_in_request[i], &request);
    for (size_t i = 0; i < plan->assumes_count; i++) {
        struct place at = place_index(&assumes, i);
        check_assumption(c, plan->assumes[i], &at);
    }
}
