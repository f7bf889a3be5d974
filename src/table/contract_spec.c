/*
 * The text of one field in a contract: `type[|also][!] token... {values}`.
 *
 * Owns nothing: the values of an enum go to the arena, all texts borrow from the spec. An
 * unknown type or token, a token given twice and a number out of range are refused with a
 * sentence for the finding.
 */
#include "table/contract_internal.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
    const char *name;
    enum contract_type type;
} types[] = {
    {"string", CONTRACT_STRING}, {"int", CONTRACT_INT},       {"float", CONTRACT_FLOAT},
    {"bool", CONTRACT_BOOL},     {"object", CONTRACT_OBJECT}, {"file", CONTRACT_FILE},
};

enum contract_type contract_type_by_name(struct str name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_eq(name, str_from(types[i].name)))
            return types[i].type;
    return CONTRACT_NONE;
}

const char *contract_type_name(enum contract_type type)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].type == type)
            return types[i].name;
    return "nothing";
}

struct spec {
    struct contract_field *field;
    struct arena *arena;
    char *why;
    size_t room;
};

static bool refuse(struct spec *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool refuse(struct spec *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(s->why, s->room, format, args);
    va_end(args);
    return false;
}

static bool read_type(struct spec *s, struct str word)
{
    struct contract_field *f = s->field;
    if (word.n && word.p[word.n - 1] == '!') {
        f->required = true;
        word.n--;
    }
    struct str rest = word;
    struct str first = str_cut(&rest, '|');
    f->type = contract_type_by_name(first);
    if (f->type == CONTRACT_NONE)
        return refuse(
            s, "expected a type (string, int, float, bool, object, file), found '" STR_FMT "'",
            STR_ARG(first));
    if (!rest.p)
        return true;
    f->also = contract_type_by_name(rest);
    if (f->also == CONTRACT_NONE || f->also == f->type)
        return refuse(s, "expected another type behind '|', found '" STR_FMT "'", STR_ARG(rest));
    return true;
}

/* "1..100", either side may be empty. False and untouched `why` when it is no range at all. */
static bool read_range(struct spec *s, struct str token, bool *good)
{
    size_t dots = 0;
    while (dots + 1 < token.n && !(token.p[dots] == '.' && token.p[dots + 1] == '.'))
        dots++;
    if (dots + 1 >= token.n)
        return false;
    struct contract_field *f = s->field;
    struct str low = str_of(token.p, dots);
    struct str high = str_of(token.p + dots + 2, token.n - dots - 2);
    f->has_min = low.n > 0;
    f->has_max = high.n > 0;
    bool numbers = (!low.n || str_to_i64(low, &f->min)) && (!high.n || str_to_i64(high, &f->max));
    if (!numbers || !(low.n || high.n) || (low.n && high.n && f->min > f->max))
        *good = refuse(s, "expected a range such as 1..100, found '" STR_FMT "'", STR_ARG(token));
    return true;
}

static bool read_seen(struct spec *s, struct str names)
{
    while (names.p) {
        struct str name = str_cut(&names, '|');
        enum contract_type type = contract_type_by_name(name);
        if (type == CONTRACT_NONE)
            return refuse(s, "expected a type behind seen=, found '" STR_FMT "'", STR_ARG(name));
        s->field->seen |= 1u << type;
    }
    return true;
}

static bool read_count(struct spec *s, struct str token, size_t skip, uint64_t *out)
{
    struct str digits = str_of(token.p + skip, token.n - skip);
    if (!str_to_u64(digits, out) || *out == 0)
        return refuse(s, "expected a number of at least 1 in '" STR_FMT "'", STR_ARG(token));
    return true;
}

static bool read_token(struct spec *s, struct str token)
{
    struct contract_field *f = s->field;
    bool good = true;
    if (str_eq(token, STR("s")))
        f->unit = CONTRACT_SECONDS;
    else if (str_eq(token, STR("ms")))
        f->unit = CONTRACT_MILLISECONDS;
    else if (str_eq(token, STR("unseen")))
        f->unseen = true;
    else if (str_eq(token, STR("recursive")))
        f->recursive = true;
    else if (token.p[0] == '=')
        f->preset = str_of(token.p + 1, token.n - 1);
    else if (str_starts(token, STR("len<=")))
        return read_count(s, token, 5, &f->max_length);
    else if (str_starts(token, STR("items<=")))
        return f->list ? read_count(s, token, 7, &f->max_items)
                       : refuse(s, "items<= stands on a list only");
    else if (str_starts(token, STR("unlimited="))) {
        f->has_unlimited = true;
        if (!str_to_i64(str_of(token.p + 10, token.n - 10), &f->unlimited))
            return refuse(s, "expected a whole number in '" STR_FMT "'", STR_ARG(token));
    } else if (str_starts(token, STR("seen=")))
        return read_seen(s, str_of(token.p + 5, token.n - 5));
    else if (!read_range(s, token, &good))
        return refuse(s, "unknown token '" STR_FMT "'", STR_ARG(token));
    return good;
}

/* "A, B" between the braces. */
static bool read_values(struct spec *s, struct str inside)
{
    size_t count = 1;
    for (size_t i = 0; i < inside.n; i++)
        count += inside.p[i] == ',';
    struct str *values = ARENA_ARRAY(s->arena, struct str, count);
    if (!values)
        return refuse(s, "out of memory");
    struct str rest = inside;
    for (size_t i = 0; i < count; i++) {
        values[i] = str_trim(str_cut(&rest, ','));
        int64_t number;
        if (values[i].n == 0)
            return refuse(s, "an enum value is empty");
        if (s->field->type == CONTRACT_INT && !str_to_i64(values[i], &number))
            return refuse(s, "the enum of an int holds '" STR_FMT "'", STR_ARG(values[i]));
        for (size_t j = 0; j < i; j++)
            if (str_eq(values[i], values[j]))
                return refuse(s, "the enum holds '" STR_FMT "' twice", STR_ARG(values[i]));
    }
    s->field->values = values;
    s->field->value_count = count;
    return true;
}

bool contract_allows(const struct contract_field *field, struct str value)
{
    for (size_t i = 0; i < field->value_count; i++)
        if (str_eq(field->values[i], value))
            return true;
    return field->value_count == 0;
}

bool contract_parse_spec(struct str spec, struct arena *arena, struct contract_field *field,
                         char *why, size_t room)
{
    struct spec s = {field, arena, why, room};
    struct str rest = spec;
    if (spec.n && spec.p[spec.n - 1] == '}') {
        size_t brace = str_find(spec, '{');
        if (brace == spec.n || brace == 0 || spec.p[brace - 1] != ' ')
            return refuse(&s, "expected ' {A, B}' at the end");
        rest.n = brace - 1;
        if (!read_type(&s, str_of(rest.p, str_find(rest, ' '))) ||
            !read_values(&s, str_of(spec.p + brace + 1, spec.n - brace - 2)))
            return false;
    }
    if (!read_type(&s, str_cut(&rest, ' ')))
        return false;
    while (rest.p) {
        struct str token = str_cut(&rest, ' ');
        if (token.n == 0)
            return refuse(&s, "one blank between tokens, none at the end");
        if (!read_token(&s, token))
            return false;
    }
    return true;
}
