/*
 * The closed vocabulary of expressions: which words there are and what they take.
 */
#include "plan/words.h"

static const struct word words[] = {
    {"or", word_or, 1, 1, {ARGUMENT_OPERAND}, true, true, true, NULL},
    {"enum", word_enum, 1, 1, {ARGUMENT_ENUM}, false, false, false, quick_enum},
    {"known", word_known, 1, 1, {ARGUMENT_ENUM}, true, false, false, NULL},
    {"filled", word_filled, 0, 0, {0}, false, false, false, NULL},
    {"text", word_text, 0, 0, {0}, false, false, false, quick_text},
    {"number", word_number, 0, 0, {0}, false, false, false, quick_number},
    {"int", word_int, 0, 0, {0}, false, false, false, quick_int},
    {"bool", word_bool, 0, 0, {0}, false, false, false, NULL},
    {"bit", word_bit, 0, 0, {0}, false, false, false, quick_bit},
    {"add", word_add, 1, 1, {ARGUMENT_OPERAND}, false, false, false, NULL},
    {"negate", word_negate, 0, 0, {0}, false, false, false, NULL},
    {"round", word_round, 1, 1, {ARGUMENT_PLACES}, false, false, false, NULL},
    {"thousandth", word_thousandth, 1, 1, {ARGUMENT_PLACES}, false, false, false, NULL},
    {"s_to_ms", word_s_to_ms, 0, 0, {0}, false, false, false, NULL},
    {"ms_to_s", word_ms_to_s, 0, 0, {0}, false, false, false, NULL},
    {"time_in", word_time_in, 1, 1, {ARGUMENT_OPERAND}, false, false, false, NULL},
    {"join", word_join, 1, 1, {ARGUMENT_TEXT}, false, false, true, NULL},
    {"split", word_split, 1, 1, {ARGUMENT_TEXT}, false, false, false, NULL},
    {"first", word_first, 0, 0, {0}, false, false, true, NULL},
    {"last", word_last, 0, 0, {0}, false, false, true, NULL},
    {"count", word_count, 0, 0, {0}, true, false, true, NULL},
    {"unique", word_unique, 0, 0, {0}, false, false, true, NULL},
    {"flat", word_flat, 0, 0, {0}, false, false, true, NULL},
    {"plus", word_plus, 1, 1, {ARGUMENT_OPERAND}, true, false, true, NULL},
    {"chunk", word_chunk, 1, 1, {ARGUMENT_COUNT}, false, false, true, NULL},
    {"collect", word_collect, 1, 1, {ARGUMENT_PATH}, false, false, true, NULL},
    {"where", word_where, 1, 2, {ARGUMENT_PATH, ARGUMENT_OPERAND}, false, false, true, NULL},
    {"without", word_without, 1, 2, {ARGUMENT_PATH, ARGUMENT_OPERAND}, false, false, true, NULL},
    {"find",
     word_find,
     3,
     3,
     {ARGUMENT_PATH, ARGUMENT_OPERAND, ARGUMENT_PATH},
     false,
     false,
     true,
     NULL},
    {"sum", word_sum, 0, 0, {0}, false, false, true, NULL},
    {"is", word_is, 1, 1, {ARGUMENT_OPERAND}, false, false, false, NULL},
    {"is_not", word_is_not, 1, 1, {ARGUMENT_OPERAND}, false, false, false, NULL},
    {"one_of",
     word_one_of,
     1,
     EXPRESSION_ARGUMENTS,
     {ARGUMENT_OPERAND, ARGUMENT_OPERAND, ARGUMENT_OPERAND},
     false,
     false,
     false,
     NULL},
    {"has", word_has, 0, 0, {0}, true, false, true, NULL},
    {"not", word_not, 0, 0, {0}, true, false, true, NULL},
    {"if",
     word_if,
     1,
     EXPRESSION_ARGUMENTS,
     {ARGUMENT_OPERAND, ARGUMENT_OPERAND, ARGUMENT_OPERAND},
     false,
     false,
     true,
     NULL},
    {"unless",
     word_unless,
     1,
     EXPRESSION_ARGUMENTS,
     {ARGUMENT_OPERAND, ARGUMENT_OPERAND, ARGUMENT_OPERAND},
     false,
     false,
     true,
     NULL},
    {"upper", word_upper, 0, 0, {0}, false, false, false, NULL},
    {"lower", word_lower, 0, 0, {0}, false, false, false, NULL},
    {"prefix", word_prefix, 1, 1, {ARGUMENT_OPERAND}, false, false, false, NULL},
    {"suffix", word_suffix, 1, 1, {ARGUMENT_OPERAND}, false, false, false, NULL},
    {"trim", word_trim, 0, 0, {0}, false, false, false, NULL},
    {"clean_name", word_clean_name, 0, 0, {0}, false, false, false, NULL},
    {"parse", word_parse, 0, 0, {0}, false, false, false, NULL},
    {"json", word_json, 0, 0, {0}, false, false, true, NULL},
};

const struct word *word_at(size_t index)
{
    return index < sizeof words / sizeof *words ? &words[index] : NULL;
}

const struct word *word_named(struct str name)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq(name, str_from(words[i].name)))
            return &words[i];
    return NULL;
}
