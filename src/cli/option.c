/*
 * Options: reading and showing values. See option.h.
 *
 * Numbers are whole, in decimal, and must fit both the row's range and the place they go to.
 * A value that is refused leaves its place alone.
 */
#include "cli/option.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>

bool option_flag(const struct option *option, char name[OPTION_NAME])
{
    const char *from = option->flag ? option->flag : option->path;
    if (!from || option->type == OPTION_APPS)
        return false;
    size_t n = 0;
    for (; from[n] && n < OPTION_NAME - 1; n++)
        name[n] = from[n] == '.' || from[n] == '_' ? '-' : from[n];
    name[n] = '\0';
    return true;
}

bool option_env(const struct option *option, char name[OPTION_NAME])
{
    char flag[OPTION_NAME];
    if (option->env) {
        snprintf(name, OPTION_NAME, "%s", option->env);
        return true;
    }
    if (!option->path || !option_flag(option, flag))
        return false;
    size_t n = (size_t)snprintf(name, OPTION_NAME, "SHOPSHIM_");
    for (size_t i = 0; flag[i] && n < OPTION_NAME - 1; i++, n++)
        name[n] = flag[i] == '-'                     ? '_'
                  : flag[i] >= 'a' && flag[i] <= 'z' ? (char)(flag[i] - 'a' + 'A')
                                                     : flag[i];
    name[n] = '\0';
    return true;
}

/* What a value of that type takes; a row that says otherwise is a programmer's error. */
__attribute__((unused)) static size_t size_of(enum option_type type)
{
    switch (type) {
    case OPTION_SWITCH:
    case OPTION_BOOL:
        return sizeof(bool);
    case OPTION_TEXT:
    case OPTION_PATH:
        return sizeof(char *);
    case OPTION_UNSIGNED:
    case OPTION_INT:
    case OPTION_CHOICE:
        return sizeof(int);
    case OPTION_MS:
    case OPTION_U64:
        return sizeof(int64_t);
    case OPTION_SIZE:
    case OPTION_BYTES:
        return sizeof(size_t);
    case OPTION_APPS:
        return 0;
    }
    return 0;
}

static void *place_of(const struct option *option, void *target)
{
    assert(option->size == size_of(option->type));
    return (char *)target + option->offset;
}

static const void *place_in(const struct option *option, const void *target)
{
    assert(option->size == size_of(option->type));
    return (const char *)target + option->offset;
}

/* The range of a row's type, narrowed by the row's own. */
static void range(const struct option *option, int64_t *least, int64_t *most)
{
    *least = option->type == OPTION_INT ? INT_MIN : 0;
    *most = INT64_MAX;
    if (option->type == OPTION_INT)
        *most = INT_MAX;
    if (option->type == OPTION_UNSIGNED)
        *most = UINT_MAX;
    if (option->least || option->most) {
        *least = option->least;
        *most = option->most;
    }
}

/* Takes a trailing k, m or g off the text; 1 when there is none. */
static int64_t multiplier(struct str *text)
{
    char last = text->n > 1 ? text->p[text->n - 1] : '0';
    int64_t factor = last == 'k' || last == 'K'   ? 1024
                     : last == 'm' || last == 'M' ? 1024 * 1024
                     : last == 'g' || last == 'G' ? 1024 * 1024 * 1024
                                                  : 1;
    if (factor > 1)
        text->n--;
    return factor;
}

static bool refuse(const struct option *option, struct str text, char why[OPTION_WHY],
                   const char *expected)
{
    if (option->secret)
        snprintf(why, OPTION_WHY, "expected %s", expected);
    else
        snprintf(why, OPTION_WHY, "expected %s, not `%.*s`", expected,
                 (int)(text.n > 80 ? 80 : text.n), text.p ? text.p : "");
    return false;
}

static bool set_number(const struct option *option, void *place, struct str text,
                       char why[OPTION_WHY])
{
    int64_t least, most, value = 0;
    range(option, &least, &most);
    struct str digits = text;
    int64_t factor = option->type == OPTION_BYTES ? multiplier(&digits) : 1;
    bool good = str_to_i64(digits, &value) && !__builtin_mul_overflow(value, factor, &value);
    if (!good || value < least || value > most) {
        char expected[120];
        const char *kind = option->type == OPTION_BYTES ? "a number of bytes (64k, 16m)"
                           : option->type == OPTION_MS  ? "a whole number of milliseconds"
                                                        : "a whole number";
        if (option->least || option->most)
            snprintf(expected, sizeof expected, "%s from %lld to %lld", kind, (long long)least,
                     (long long)most);
        else
            snprintf(expected, sizeof expected, "%s%s", kind, least == 0 ? " of 0 or more" : "");
        return refuse(option, text, why, expected);
    }
    switch (option->type) {
    case OPTION_UNSIGNED:
        *(unsigned *)place = (unsigned)value;
        break;
    case OPTION_INT:
        *(int *)place = (int)value;
        break;
    case OPTION_MS:
        *(int64_t *)place = value;
        break;
    case OPTION_U64:
        *(uint64_t *)place = (uint64_t)value;
        break;
    default:
        *(size_t *)place = (size_t)value;
    }
    return true;
}

static bool set_bool(const struct option *option, void *place, struct str text,
                     char why[OPTION_WHY])
{
    bool yes = str_eq(text, STR("true"));
    if (!yes && !str_eq(text, STR("false")))
        return refuse(option, text, why, "true or false");
    *(bool *)place = yes;
    return true;
}

static bool set_choice(const struct option *option, void *place, struct str text,
                       char why[OPTION_WHY])
{
    char expected[120] = "one of";
    for (int i = 0; option->choices[i]; i++) {
        if (str_eq(text, str_from(option->choices[i]))) {
            *(int *)place = i;
            return true;
        }
        size_t used = strlen(expected);
        snprintf(expected + used, sizeof expected - used, "%s %s", i ? "," : "",
                 option->choices[i]);
    }
    return refuse(option, text, why, expected);
}

static bool set_text(const struct option *option, void *place, struct str text, struct arena *arena,
                     char why[OPTION_WHY])
{
    if (text.n == 0)
        return refuse(option, text, why, "a text that is not empty");
    if (memchr(text.p, '\0', text.n))
        return refuse(option, STR("..."), why, "a text without NUL bytes");
    const char *copy = arena_cstr(arena, text);
    if (!copy)
        return refuse(option, STR("..."), why, "less text: memory is short");
    *(const char **)place = copy;
    return true;
}

bool option_set(const struct option *option, void *target, struct str text, struct arena *arena,
                char why[OPTION_WHY])
{
    void *place = place_of(option, target);
    switch (option->type) {
    case OPTION_SWITCH:
    case OPTION_BOOL:
        return set_bool(option, place, text, why);
    case OPTION_CHOICE:
        return set_choice(option, place, text, why);
    case OPTION_TEXT:
    case OPTION_PATH:
        return set_text(option, place, text, arena, why);
    case OPTION_APPS:
        return refuse(option, text, why, "a list in a configuration file");
    default:
        return set_number(option, place, text, why);
    }
}

static void show_bytes(size_t value, struct buf *out)
{
    static const char units[] = {'\0', 'k', 'm', 'g'};
    unsigned unit = 0;
    while (value && value % 1024 == 0 && unit + 1 < sizeof units) {
        value /= 1024;
        unit++;
    }
    buf_add_u64(out, value);
    if (units[unit])
        buf_add_char(out, units[unit]);
}

void option_show(const struct option *option, const void *target, struct buf *out)
{
    const void *place = place_in(option, target);
    switch (option->type) {
    case OPTION_SWITCH:
    case OPTION_APPS:
        break;
    case OPTION_BOOL:
        buf_add_str(out, *(const bool *)place ? STR("true") : STR("false"));
        break;
    case OPTION_TEXT:
    case OPTION_PATH:
        if (!option->secret)
            buf_add_str(out, str_from(*(const char *const *)place));
        break;
    case OPTION_CHOICE:
        buf_add_str(out, str_from(option->choices[*(const int *)place]));
        break;
    case OPTION_UNSIGNED:
        buf_add_u64(out, *(const unsigned *)place);
        break;
    case OPTION_INT:
        buf_add_i64(out, *(const int *)place);
        break;
    case OPTION_MS:
        buf_add_i64(out, *(const int64_t *)place);
        break;
    case OPTION_U64:
        buf_add_u64(out, *(const uint64_t *)place);
        break;
    case OPTION_SIZE:
        buf_add_u64(out, *(const size_t *)place);
        break;
    case OPTION_BYTES:
        show_bytes(*(const size_t *)place, out);
        break;
    }
}

const struct option *option_by_flag(const struct option_table *table, struct str flag)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct option *row = &table->rows[i];
        char name[OPTION_NAME];
        if ((row->verbs & table->verbs) && option_flag(row, name) && str_eq(str_from(name), flag))
            return row;
    }
    return NULL;
}

const struct option *option_by_letter(const struct option_table *table, char letter)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct option *row = &table->rows[i];
        if ((row->verbs & table->verbs) && row->letter == letter)
            return row;
    }
    return NULL;
}
