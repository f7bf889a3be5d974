/*
 * Words on numbers, times and booleans: on their digits, never through a double.
 */
#include "plan/decimal.h"
#include "plan/words.h"

static struct value no_number(struct plan_run *run, const struct use *use, const struct value *in,
                              const char *expected)
{
    struct str text = value_as_text(run, in);
    if (!text.p || text.n > 60)
        return run_fault(run, use->from, "expected %s, found %s", expected,
                         json_type_name(value_type(in)));
    return run_fault(run, use->from, "expected %s, found '" STR_FMT "'", expected, STR_ARG(text));
}

/* A JSON number. Nearly all are digits with at most one point: those need no parser. */
static bool is_number(struct str text)
{
    size_t whole;
    if (decimal_is_short(text, &whole))
        return whole == 1 || text.p[0] != '0';
    return json_is_number(text);
}

/* A whole number without zeros in front, as JSON has it; negative ones are not known here. */
static bool is_index(struct str text)
{
    return decimal_is_digits(text) && (text.p[0] != '0' || text.n == 1);
}

/* The text of a scalar that needs no decoding. */
static bool plain_text(const struct value *in, struct str *text)
{
    if (in->type == JSON_STRING && in->kind == VALUE_JSON && !in->escaped)
        *text = str_of(in->p + 1, in->n - 2);
    else if (in->type == JSON_NUMBER && value_is_ready(in))
        *text = str_of(in->p, in->n);
    else
        return false;
    return true;
}

bool quick_number(const struct use *use, const struct value *in, struct str *json)
{
    (void)use;
    return plain_text(in, json) && (in->type == JSON_NUMBER || is_number(*json));
}

bool quick_int(const struct use *use, const struct value *in, struct str *json)
{
    (void)use;
    return plain_text(in, json) && is_index(*json);
}

bool quick_bit(const struct use *use, const struct value *in, struct str *json)
{
    (void)use;
    *json = in->type == JSON_TRUE ? STR("1") : STR("0");
    return in->type == JSON_TRUE || in->type == JSON_FALSE;
}

struct value word_number(struct plan_run *run, const struct use *use, const struct value *in)
{
    if (in->type == JSON_NUMBER)
        return *in;
    struct str text = value_as_text(run, in);
    if (in->type != JSON_STRING || (text.n && !is_number(text)))
        return no_number(run, use, in, "a number");
    return text.n ? value_digits(text) : VALUE_NONE;
}

struct value word_int(struct plan_run *run, const struct use *use, const struct value *in)
{
    struct str text = value_as_text(run, in);
    if (is_index(text))
        return in->type == JSON_NUMBER ? *in : value_digits(text);
    if (text.n && !decimal_is_whole(text))
        return no_number(run, use, in, "a whole number");
    return word_number(run, use, in);
}

/* 1, 0, or -1 when it is neither true nor false; -2 for the empty text. */
static int truth(struct plan_run *run, const struct value *in)
{
    struct str text = value_as_text(run, in);
    if (!text.p)
        return -1;
    if (!text.n)
        return -2;
    if (str_eq(text, STR("true")) || str_eq(text, STR("1")))
        return 1;
    return str_eq(text, STR("false")) || str_eq(text, STR("0")) ? 0 : -1;
}

struct value word_bool(struct plan_run *run, const struct use *use, const struct value *in)
{
    int yes = truth(run, in);
    if (yes == -1)
        return no_number(run, use, in, "true or false");
    return yes == -2 ? VALUE_NONE : value_bool(yes == 1);
}

struct value word_bit(struct plan_run *run, const struct use *use, const struct value *in)
{
    int yes = truth(run, in);
    if (yes == -1)
        return no_number(run, use, in, "true or false");
    return yes == -2 ? VALUE_NONE : value_digits(yes == 1 ? STR("1") : STR("0"));
}

/* The digits of a whole number; absent after a fault, or for the empty text. */
static struct str whole(struct plan_run *run, const struct use *use, const struct value *in)
{
    struct str text = value_as_text(run, in);
    if (text.p && !text.n)
        return STR_NONE;
    if (text.p && decimal_is_whole(text))
        return text;
    no_number(run, use, in, "a whole number");
    return STR_NONE;
}

/* A number stays a number, a text a text. */
static struct value as_before(const struct value *in, struct str digits)
{
    if (!digits.p)
        return VALUE_NONE;
    return value_type(in) == JSON_NUMBER ? value_digits(digits) : value_text(digits);
}

struct value word_add(struct plan_run *run, const struct use *use, const struct value *in)
{
    struct value by = operand_read(run, &use->arguments[0]);
    if (!value_there(&by))
        return VALUE_NONE;
    struct str a = whole(run, use, in), b = whole(run, use, &by);
    if (!a.p || !b.p)
        return VALUE_NONE;
    return as_before(in, decimal_add(a, b, run->arena));
}

struct value word_negate(struct plan_run *run, const struct use *use, const struct value *in)
{
    struct str text = value_as_text(run, in);
    if (text.p && !text.n)
        return VALUE_NONE;
    if (!text.p || !decimal_is_plain(text))
        return no_number(run, use, in, "a decimal number");
    return as_before(in, decimal_negate(text, run->arena));
}

static struct value to_places(struct plan_run *run, const struct use *use, const struct value *in,
                              struct str (*to)(struct str, unsigned, struct arena *))
{
    struct str text = value_as_text(run, in);
    if (text.p && !text.n)
        return VALUE_NONE;
    if (!text.p || !decimal_is_plain(text))
        return no_number(run, use, in, "a decimal number");
    return as_before(in, to(text, constant_count(&use->arguments[0].value), run->arena));
}

struct value word_round(struct plan_run *run, const struct use *use, const struct value *in)
{
    return to_places(run, use, in, decimal_round);
}

struct value word_thousandth(struct plan_run *run, const struct use *use, const struct value *in)
{
    return to_places(run, use, in, decimal_thousandth);
}

struct value word_s_to_ms(struct plan_run *run, const struct use *use, const struct value *in)
{
    struct str text = whole(run, use, in);
    return text.p ? as_before(in, decimal_times_1000(text, run->arena)) : VALUE_NONE;
}

struct value word_ms_to_s(struct plan_run *run, const struct use *use, const struct value *in)
{
    struct str text = whole(run, use, in);
    return text.p ? as_before(in, decimal_by_1000(text, run->arena)) : VALUE_NONE;
}

struct value word_sum(struct plan_run *run, const struct use *use, const struct value *in)
{
    struct elements elements = value_elements(in);
    struct value item;
    struct str sum = STR("0");
    if (!value_is_list(in))
        return no_number(run, use, in, "a list");
    while (elements_next(run, &elements, &item)) {
        struct str text = value_as_text(run, &item);
        if (!value_there(&item) || (text.p && !text.n))
            continue;
        if (!text.p || !decimal_is_plain(text))
            return no_number(run, use, &item, "a decimal number");
        sum = decimal_add(sum, text, run->arena);
        if (!sum.p)
            return VALUE_NONE;
    }
    return value_digits(sum);
}
