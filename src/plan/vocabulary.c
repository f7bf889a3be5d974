/*
 * The closed vocabulary of expressions: which words there are and what they take.
 */
#include "plan/words.h"

static const struct word words[] = {
    {"or", word_or, 1, 1, {ARGUMENT_OPERAND}, true, true, true},
    {"enum", word_enum, 1, 1, {ARGUMENT_ENUM}, false, false, false},
    {"text", word_text, 0, 0, {0}, false, false, false},
    {"number", word_number, 0, 0, {0}, false, false, false},
    {"int", word_int, 0, 0, {0}, false, false, false},
    {"bool", word_bool, 0, 0, {0}, false, false, false},
    {"bit", word_bit, 0, 0, {0}, false, false, false},
    {"add", word_add, 1, 1, {ARGUMENT_OPERAND}, false, false, false},
    {"negate", word_negate, 0, 0, {0}, false, false, false},
    {"s_to_ms", word_s_to_ms, 0, 0, {0}, false, false, false},
    {"ms_to_s", word_ms_to_s, 0, 0, {0}, false, false, false},
    {"time_in", word_time_in, 1, 1, {ARGUMENT_OPERAND}, false, false, false},
    {"join", word_join, 1, 1, {ARGUMENT_TEXT}, false, false, true},
    {"split", word_split, 1, 1, {ARGUMENT_TEXT}, false, false, false},
    {"first", word_first, 0, 0, {0}, false, false, true},
    {"last", word_last, 0, 0, {0}, false, false, true},
    {"count", word_count, 0, 0, {0}, true, false, true},
    {"unique", word_unique, 0, 0, {0}, false, false, true},
    {"flat", word_flat, 0, 0, {0}, false, false, true},
    {"collect", word_collect, 1, 1, {ARGUMENT_PATH}, false, false, true},
    {"where", word_where, 2, 2, {ARGUMENT_PATH, ARGUMENT_OPERAND}, false, false, true},
    {"find", word_find, 3, 3, {ARGUMENT_PATH, ARGUMENT_OPERAND, ARGUMENT_PATH}, false, false, true},
    {"sum", word_sum, 0, 0, {0}, false, false, true},
    {"is", word_is, 1, 1, {ARGUMENT_OPERAND}, false, false, false},
    {"is_not", word_is_not, 1, 1, {ARGUMENT_OPERAND}, false, false, false},
    {"one_of",
     word_one_of,
     1,
     EXPRESSION_ARGUMENTS,
     {ARGUMENT_OPERAND, ARGUMENT_OPERAND, ARGUMENT_OPERAND},
     false,
     false,
     false},
    {"has", word_has, 0, 0, {0}, true, false, true},
    {"not", word_not, 0, 0, {0}, true, false, true},
    {"upper", word_upper, 0, 0, {0}, false, false, false},
    {"lower", word_lower, 0, 0, {0}, false, false, false},
    {"prefix", word_prefix, 1, 1, {ARGUMENT_OPERAND}, false, false, false},
    {"parse", word_parse, 0, 0, {0}, false, false, false},
    {"json", word_json, 0, 0, {0}, false, false, true},
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
