/*
 * Scalars of a request: every form that loses nothing, made one. See accept.h.
 *
 * What is refused is named as the client named it, with what it must be and what it was.
 */
#include "plan/accept.h"
#include "plan/decimal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static void label_add(struct label *label, struct str piece)
{
    if (piece.n > sizeof label->text - label->n)
        piece.n = sizeof label->text - label->n;
    memcpy(label->text + label->n, piece.p, piece.n);
    label->n += piece.n;
}

size_t label_name(struct label *label, struct str name)
{
    size_t before = label->n;
    if (before)
        label_add(label, STR("."));
    label_add(label, name);
    return before;
}

size_t label_index(struct label *label, size_t index)
{
    size_t before = label->n;
    char digits[32];
    label_add(label, str_of(digits, (size_t)snprintf(digits, sizeof digits, "[%zu]", index)));
    return before;
}

struct value taking_refuse(struct taking *t, const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct str where = str_of(t->label.text, t->label.n);
    if (!t->refused)
        fault_at(t->fault, FAULT_PARAMETER, where, STR_FMT " %s", STR_ARG(where), text);
    t->refused = true;
    return VALUE_NONE;
}

const char *type_expected(const struct type *type)
{
    switch (type->kind) {
    case TYPE_INT:
        return "a whole number";
    case TYPE_TIME:
        return "a time in whole seconds";
    case TYPE_ID:
        return "a text or a whole number";
    case TYPE_BOOL:
        return "true or false";
    case TYPE_DECIMAL:
        return "a decimal number";
    case TYPE_FILE:
        return "a text of base64";
    case TYPE_LIST:
    case TYPE_ITEMS:
        return "a list";
    case TYPE_OBJECT:
    case TYPE_FIELDS:
        return "an object";
    default:
        return "a text or a number";
    }
}

struct value taking_wrong(struct taking *t, const struct type *type, const struct source *source)
{
    enum json_type found = json_type(source->json);
    struct str text = source->text;
    if (found == JSON_NUMBER || found == JSON_STRING)
        text = json_text(source->json, t->run->arena);
    if (text.p && text.n <= 40)
        return taking_refuse(t, "must be %s, not '" STR_FMT "'", type_expected(type),
                             STR_ARG(text));
    return taking_refuse(t, "must be %s, not %s", type_expected(type),
                         found == JSON_ABSENT ? "this text" : json_type_name(found));
}

static struct value take_bool(struct taking *t, const struct type *type,
                              const struct source *source, struct str text)
{
    enum json_type found = json_type(source->json);
    if (found == JSON_TRUE || str_ieq(text, STR("true")) || str_eq(text, STR("1")))
        return value_bool(true);
    if (found == JSON_FALSE || str_ieq(text, STR("false")) || str_eq(text, STR("0")))
        return value_bool(false);
    return taking_wrong(t, type, source);
}

/* "7" of "7.0", which is how languages that count in floats write 7. */
static struct str without_zero_places(struct str text)
{
    size_t point = str_find(text, '.'), n = text.n;
    while (n > point + 1 && text.p[n - 1] == '0')
        n--;
    return n == point + 1 && decimal_is_plain(text) ? str_of(text.p, point) : text;
}

/* A scalar in its one form. `text` is its decoded text or digits. */
static struct value scalar_form(struct taking *t, const struct type *type,
                                const struct source *source, struct str text)
{
    bool number = json_type(source->json) == JSON_NUMBER;
    bool whole = decimal_is_whole(text) && json_is_number(text);
    struct value as_is =
        json_exists(source->json) ? value_json(source->json) : value_text(source->text);
    switch (type->kind) {
    case TYPE_INT:
    case TYPE_TIME:
        return !whole ? taking_wrong(t, type, source) : number ? as_is : value_digits(text);
    case TYPE_ID:
        return !number ? as_is : whole ? value_text(text) : taking_wrong(t, type, source);
    case TYPE_DECIMAL:
        if (!decimal_is_plain(text))
            return taking_wrong(t, type, source);
        return number ? value_text(text) : as_is;
    case TYPE_FILE:
        return number ? taking_wrong(t, type, source) : as_is;
    default:
        return number ? value_text(text) : as_is;
    }
}

static bool fits(struct taking *t, const struct type *type, struct str text)
{
    int64_t number = 0;
    if (type->ranged) {
        bool small = str_to_i64(text, &number);
        if (small && number >= type->low && number <= type->high)
            return true;
        if (type->high == INT64_MAX)
            taking_refuse(t, "must be at least %" PRId64, type->low);
        else if (type->low == INT64_MIN)
            taking_refuse(t, "must be at most %" PRId64, type->high);
        else
            taking_refuse(t, "must be from %" PRId64 " to %" PRId64, type->low, type->high);
        return false;
    }
    if (!type->set_count)
        return true;
    struct buf list;
    buf_init_arena(&list, 4096, t->run->arena);
    for (size_t i = 0; i < type->set_count; i++) {
        if (str_eq(type->set[i], text))
            return true;
        if (i)
            buf_add_str(&list, STR(", "));
        buf_add_str(&list, type->set[i]);
    }
    taking_refuse(t, "must be one of " STR_FMT, STR_ARG(buf_str(&list)));
    return false;
}

struct value take_scalar(struct taking *t, const struct type *type, const struct source *source)
{
    enum json_type found = json_type(source->json);
    struct str text = source->text;
    if (found == JSON_STRING && type->kind == TYPE_FILE)
        return value_json(source->json);
    if (found == JSON_STRING || found == JSON_NUMBER)
        text = json_text(source->json, t->run->arena);
    if (type->kind == TYPE_BOOL)
        return take_bool(t, type, source, text);
    if (!text.p)
        return taking_wrong(t, type, source);
    struct source whole = {.text = text};
    if (type->kind == TYPE_INT || type->kind == TYPE_TIME)
        whole.text = without_zero_places(text);
    if (whole.text.n < text.n) {
        source = &whole;
        text = whole.text;
    }
    struct value value = scalar_form(t, type, source, text);
    if (value_there(&value) && !fits(t, type, text))
        return VALUE_NONE;
    return value;
}
