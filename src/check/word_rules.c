/*
 * What each word takes and gives, as sorts. A word that this file does not know gives
 * anything; a test holds that it knows the whole vocabulary.
 */
#include "check/words.h"

static struct sort *changed(const struct asking *ask, const struct sort *in, unsigned kinds)
{
    struct sort *out = sort_copy(ask->c->arena, in);
    out->kinds = kinds;
    out->vague = (kinds & (kinds - 1)) != 0;
    out->section = NULL;
    out->field = NULL;
    out->type = NULL;
    out->made = NULL;
    out->item = NULL;
    return out;
}

static const struct sort *plain_kind(const struct asking *ask, enum sort_kind kind)
{
    return sort_scalar(ask->c->arena, kind);
}

static const struct sort *gives_text(const struct asking *ask, const struct sort *in)
{
    struct sort *out = changed(ask, in, SORT_STRING);
    out->digits = in->digits || !(in->kinds & (SORT_STRING | SORT_BOOL));
    return out;
}

static const struct sort *gives_number(const struct asking *ask, const struct sort *in)
{
    unsigned kinds = in->kinds & SORT_NUMBER;
    return changed(ask, in, in->kinds & SORT_STRING ? kinds | SORT_FLOAT : kinds);
}

static const struct sort *gives_int(const struct asking *ask, const struct sort *in)
{
    return changed(ask, in, SORT_INT);
}

static const struct sort *gives_bool(const struct asking *ask, const struct sort *in)
{
    (void)in;
    return plain_kind(ask, SORT_BOOL);
}

static bool is_truth(struct str value)
{
    static const char *const truths[] = {"", "0", "1", "false", "true"};
    for (size_t i = 0; i < sizeof truths / sizeof *truths; i++)
        if (str_eq(value, str_from(truths[i])))
            return true;
    return false;
}

/* A time is no truth, nor is a listed value that is none of true, false, 1 and 0. */
static void need_truth(const struct asking *ask, const struct sort *in)
{
    bool truth = in->unit == CONTRACT_NO_UNIT;
    for (size_t i = 0; i < in->value_count; i++)
        truth = truth && is_truth(in->values[i]);
    if (!truth)
        report(ask->c, ask->place, "`" STR_FMT "`: '%s' is given what is neither true nor false",
               STR_ARG(ask->expression->text), ask->use->word->name);
}

static const struct sort *gives_truth(const struct asking *ask, const struct sort *in)
{
    need_truth(ask, in);
    return plain_kind(ask, SORT_BOOL);
}

static const struct sort *gives_bit(const struct asking *ask, const struct sort *in)
{
    static const struct str bits[] = {STR_C("0"), STR_C("1")};
    struct sort *out = changed(ask, in, SORT_INT);
    need_truth(ask, in);
    out->values = bits;
    out->value_count = 2;
    return out;
}

static const struct sort *gives_another_number(const struct asking *ask, const struct sort *in)
{
    struct sort *out = changed(ask, in, in->kinds & (SORT_STRING | SORT_NUMBER));
    out->values = NULL;
    out->value_count = 0;
    return out;
}

static const struct sort *gives_unit(const struct asking *ask, const struct sort *in,
                                     enum contract_unit from, enum contract_unit to)
{
    struct sort *out = changed(ask, in, in->kinds & (SORT_STRING | SORT_NUMBER));
    if (in->unit != CONTRACT_NO_UNIT && in->unit != from)
        report(ask->c, ask->place, "`" STR_FMT "`: '%s' is given %s already",
               STR_ARG(ask->expression->text), ask->use->word->name,
               to == CONTRACT_SECONDS ? "seconds" : "milliseconds");
    out->values = NULL;
    out->value_count = 0;
    out->unit = to;
    return out;
}

static const struct sort *gives_ms(const struct asking *ask, const struct sort *in)
{
    return gives_unit(ask, in, CONTRACT_SECONDS, CONTRACT_MILLISECONDS);
}

static const struct sort *gives_s(const struct asking *ask, const struct sort *in)
{
    return gives_unit(ask, in, CONTRACT_MILLISECONDS, CONTRACT_SECONDS);
}

static const struct sort *gives_time(const struct asking *ask, const struct sort *in)
{
    struct sort *out = changed(ask, in, SORT_INT);
    out->unit = CONTRACT_SECONDS;
    out->values = NULL;
    out->value_count = 0;
    return out;
}

static const struct sort *with_case(const struct asking *ask, const struct sort *in, char first)
{
    struct sort *out = changed(ask, in, SORT_STRING);
    struct str *values = ARENA_ARRAY(ask->c->arena, struct str, in->value_count + 1);
    for (size_t i = 0; values && i < in->value_count; i++) {
        char *text = arena_cstr(ask->c->arena, in->values[i]);
        for (char *p = text; p && *p; p++)
            if (*p >= first && *p <= first + 25)
                *p ^= 0x20;
        values[i] = str_of(text, in->values[i].n);
    }
    out->values = in->values ? values : NULL;
    return out;
}

static const struct sort *gives_upper(const struct asking *ask, const struct sort *in)
{
    return with_case(ask, in, 'a');
}

static const struct sort *gives_lower(const struct asking *ask, const struct sort *in)
{
    return with_case(ask, in, 'A');
}

static const struct sort *gives_same(const struct asking *ask, const struct sort *in)
{
    return sort_copy(ask->c->arena, in);
}

static const struct sort *gives_trimmed(const struct asking *ask, const struct sort *in)
{
    struct sort *out = changed(ask, in, SORT_STRING);
    out->values = NULL;
    out->value_count = 0;
    return out;
}

static const struct sort *gives_string(const struct asking *ask, const struct sort *in)
{
    mark_whole(ask->c, in);
    return plain_kind(ask, SORT_STRING);
}

static const struct sort *gives_anything(const struct asking *ask, const struct sort *in)
{
    (void)ask;
    (void)in;
    return &sort_anything;
}

static const struct sort *gives_texts(const struct asking *ask, const struct sort *in)
{
    (void)in;
    return sort_list_of(ask->c->arena, plain_kind(ask, SORT_STRING));
}

/* ---- lists ---- */

const struct sort *word_items(const struct sort *list)
{
    return list->item && list->kinds & SORT_LIST ? list->item : &sort_anything;
}

/* The elements must be scalars. */
static void need_scalars(const struct asking *ask, const struct sort *list)
{
    const struct sort *item = word_items(list);
    if (sort_kinds(item) & SORT_SCALAR)
        return;
    struct str found = describe(ask->c, item);
    report(ask->c, ask->place, "`" STR_FMT "`: '%s' cannot take a list that holds " STR_FMT,
           STR_ARG(ask->expression->text), ask->use->word->name, STR_ARG(found));
}

static const struct sort *gives_join(const struct asking *ask, const struct sort *in)
{
    need_scalars(ask, in);
    return plain_kind(ask, SORT_STRING);
}

static const struct sort *gives_item(const struct asking *ask, const struct sort *in)
{
    (void)ask;
    return in->empty ? &sort_anything : word_items(in);
}

static const struct sort *gives_count(const struct asking *ask, const struct sort *in)
{
    (void)in;
    return plain_kind(ask, SORT_INT);
}

static const struct sort *gives_unique(const struct asking *ask, const struct sort *in)
{
    need_scalars(ask, in);
    return sort_copy(ask->c->arena, in);
}

static const struct sort *gives_flat(const struct asking *ask, const struct sort *in)
{
    struct arena *arena = ask->c->arena;
    const struct sort *all = NULL;
    for (const struct sort *item = word_items(in); item; item = item->other) {
        bool list = item->kinds == SORT_LIST;
        if (!list || !item->empty)
            all = sort_either(arena, all, list ? word_items(item) : sort_copy(arena, item));
    }
    return sort_list_of(arena, all);
}

static const struct sort *gives_chunks(const struct asking *ask, const struct sort *in)
{
    return sort_list_of(ask->c->arena, sort_copy(ask->c->arena, in));
}

static const struct sort *gives_sum(const struct asking *ask, const struct sort *in)
{
    unsigned kinds = sort_kinds(word_items(in));
    need_scalars(ask, in);
    return plain_kind(ask, kinds == SORT_INT ? SORT_INT : SORT_FLOAT);
}

static const struct sort *gives_collected(const struct asking *ask, const struct sort *in)
{
    struct fact part = resolve_in(ask->c, word_items(in), &ask->use->arguments[0], ask->place);
    return sort_list_of(ask->c->arena, part.sort);
}

/* ---- comparing ---- */

static bool has_value(const struct sort *sort, struct str value)
{
    for (size_t i = 0; i < sort->value_count; i++)
        if (str_eq(sort->values[i], value))
            return true;
    return false;
}

/* A constant that is compared with what only has certain values must be one of them. */
void word_compare(const struct asking *ask, const struct sort *in, const struct operand *with)
{
    const struct sort *listed = in;
    if (!with->constant || !with->value.text.p)
        return;
    for (const struct sort *s = in; s; s = s->other) {
        if (!s->values || has_value(s, with->value.text))
            return;
        if (s->value_count > listed->value_count)
            listed = s;
    }
    if (assumed_value(ask->c, with->value.text))
        return;
    report_value(ask->c,
                 report(ask->c, ask->place, "`" STR_FMT "`: '" STR_FMT "' is never the value",
                        STR_ARG(ask->expression->text), STR_ARG(with->value.text)),
                 with->value.text, listed->values, listed->value_count);
}

static const struct sort *gives_some(const struct asking *ask, const struct sort *in)
{
    struct fact part = resolve_in(ask->c, word_items(in), &ask->use->arguments[0], ask->place);
    if (ask->use->count > 1)
        word_compare(ask, part.sort, &ask->use->arguments[1]);
    return sort_copy(ask->c->arena, in);
}

static const struct sort *gives_found(const struct asking *ask, const struct sort *in)
{
    struct fact part = resolve_in(ask->c, word_items(in), &ask->use->arguments[0], ask->place);
    word_compare(ask, part.sort, &ask->use->arguments[1]);
    return resolve_in(ask->c, word_items(in), &ask->use->arguments[2], ask->place).sort;
}

/* ---- all of them ---- */

static const struct word_rule rules[] = {
    {"or", SORT_ANY, NULL, PRESENT},
    {"enum", SORT_SCALAR, NULL, UNDECLARED},
    {"known", SORT_SCALAR, gives_bool, PRESENT},
    {"filled", SORT_SCALAR, gives_same, UNDECLARED},
    {"text", SORT_SCALAR, gives_text, PRESENT},
    {"number", SORT_STRING | SORT_NUMBER, gives_number, UNDECLARED},
    {"int", SORT_STRING | SORT_NUMBER, gives_int, UNDECLARED},
    {"bool", SORT_STRING | SORT_INT | SORT_BOOL, gives_truth, UNDECLARED},
    {"bit", SORT_STRING | SORT_INT | SORT_BOOL, gives_bit, UNDECLARED},
    {"add", SORT_STRING | SORT_INT, gives_another_number, UNDECLARED},
    {"negate", SORT_STRING | SORT_NUMBER, gives_another_number, UNDECLARED},
    {"round", SORT_STRING | SORT_NUMBER, gives_another_number, UNDECLARED},
    {"thousandth", SORT_STRING | SORT_NUMBER, gives_another_number, UNDECLARED},
    {"s_to_ms", SORT_STRING | SORT_INT, gives_ms, UNDECLARED},
    {"ms_to_s", SORT_STRING | SORT_INT, gives_s, UNDECLARED},
    {"time_in", SORT_STRING, gives_time, UNDECLARED},
    {"join", SORT_LIST, gives_join, PRESENT},
    {"split", SORT_STRING, gives_texts, PRESENT},
    {"first", SORT_LIST, gives_item, UNDECLARED},
    {"last", SORT_LIST, gives_item, UNDECLARED},
    {"count", SORT_LIST, gives_count, PRESENT},
    {"unique", SORT_LIST, gives_unique, PRESENT},
    {"flat", SORT_LIST, gives_flat, PRESENT},
    {"plus", SORT_ANY, NULL, PRESENT},
    {"chunk", SORT_LIST, gives_chunks, PRESENT},
    {"collect", SORT_LIST, gives_collected, PRESENT},
    {"where", SORT_LIST, gives_some, PRESENT},
    {"without", SORT_LIST, gives_some, PRESENT},
    {"find", SORT_LIST, gives_found, UNDECLARED},
    {"sum", SORT_LIST, gives_sum, PRESENT},
    {"is", SORT_SCALAR, gives_bool, PRESENT},
    {"is_not", SORT_SCALAR, gives_bool, PRESENT},
    {"one_of", SORT_SCALAR, gives_bool, PRESENT},
    {"has", SORT_ANY, gives_bool, PRESENT},
    {"not", SORT_ANY, gives_bool, PRESENT},
    {"if", SORT_ANY, gives_same, OPTIONAL},
    {"unless", SORT_ANY, gives_same, OPTIONAL},
    {"upper", SORT_SCALAR, gives_upper, PRESENT},
    {"lower", SORT_SCALAR, gives_lower, PRESENT},
    {"prefix", SORT_SCALAR, gives_string, PRESENT},
    {"suffix", SORT_SCALAR, gives_string, PRESENT},
    {"trim", SORT_SCALAR, gives_trimmed, PRESENT},
    {"clean_name", SORT_SCALAR, gives_trimmed, PRESENT},
    {"parse", SORT_STRING, gives_anything, UNDECLARED},
    {"json", SORT_ANY, gives_string, PRESENT},
};

const struct word_rule *word_rule_named(struct str name)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (str_eq(name, str_from(rules[i].word)))
            return &rules[i];
    return NULL;
}

bool check_knows_word(struct str name)
{
    return word_rule_named(name) != NULL;
}
