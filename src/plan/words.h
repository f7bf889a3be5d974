/*
 * The words, one function each: word_text.c, word_number.c, word_list.c.
 *
 * A new word is a function here, a line in vocabulary.c, a line in the language's reference
 * and rows in its test. It knows no endpoint.
 */
#ifndef SHOPSHIM_PLAN_WORDS_H
#define SHOPSHIM_PLAN_WORDS_H

#include "plan/run.h"

word_apply word_or, word_enum, word_known, word_filled, word_text, word_upper, word_lower,
    word_prefix, word_suffix, word_trim, word_clean_name, word_is, word_is_not, word_one_of,
    word_if, word_unless, word_has, word_not, word_parse, word_json;
word_apply word_number, word_int, word_bool, word_bit, word_add, word_negate, word_round,
    word_thousandth, word_s_to_ms, word_ms_to_s, word_sum, word_time_in;
word_apply word_join, word_split, word_first, word_last, word_count, word_unique, word_collect,
    word_flat, word_plus, word_chunk, word_where, word_without, word_find;
word_quick quick_enum, quick_text, quick_number, quick_int, quick_bit;

#endif
