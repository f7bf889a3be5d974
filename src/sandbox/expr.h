/*
 * Expressions of the sandbox's tables: small texts that make one value.
 *
 *   create_time + 600                      whole numbers and money: + - * / %  (/ rounds half up)
 *   'no. ' + pad(at, 3)                    + joins texts
 *   if status == 'UNPAID' then absent else paid_time
 *   a or b, a and b, not a                 `or` gives the first that is neither absent nor false
 *   status in ['DELIVERED', 'COMPLETED']   == != < <= > >= in
 *   line_items.sale_price                  of every element of a list
 *   words.colours[roll(3)]                 by index from 0
 *   roll(10)                               a word, see words.c
 *
 * Parsed once at load into the arena of the tables, immutable afterwards. mappings/sandbox/
 * README.md is the reference for authors.
 */
#ifndef SHOPSHIM_SANDBOX_EXPR_H
#define SHOPSHIM_SANDBOX_EXPR_H

#include "base/arena.h"
#include "base/str.h"

enum expr_op {
    EXPR_NUMBER,
    EXPR_TEXT,
    EXPR_BOOL,
    EXPR_ABSENT,
    EXPR_NONE,   /* absent, and set so */
    EXPR_NAME,   /* text */
    EXPR_MEMBER, /* args[0] . text */
    EXPR_INDEX,  /* args[0] [ args[1] ] */
    EXPR_LIST,
    EXPR_IF, /* two or three args */
    EXPR_OR,
    EXPR_AND,
    EXPR_NOT,
    EXPR_EQ,
    EXPR_NE,
    EXPR_LT,
    EXPR_LE,
    EXPR_GT,
    EXPR_GE,
    EXPR_IN,
    EXPR_ADD,
    EXPR_SUB,
    EXPR_MUL,
    EXPR_DIV,
    EXPR_MOD,
    EXPR_CALL /* word by number */
};

struct expr {
    enum expr_op op;
    unsigned ordinal; /* place in its source: tells two rolls of one expression apart */
    int64_t number;   /* EXPR_NUMBER, EXPR_BOOL; the word of EXPR_CALL; the variable of EXPR_NAME */
    struct str text;
    uint64_t hash; /* of the text of EXPR_NAME and EXPR_MEMBER */
    struct expr **args;
    size_t count;
};

/* NULL and a sentence in `why` when `source` (which must live as long) is no expression. */
struct expr *expr_parse(struct str source, struct arena *arena, char *why, size_t room);

/* Calls `visit` for every expression inside, itself included. */
void expr_walk(const struct expr *expr, void (*visit)(const struct expr *expr, void *ctx),
               void *ctx);

/* The word's number by name, or -1; fewest and most arguments; its name. */
int word_by_name(struct str name);
void word_arity(int word, unsigned *fewest, unsigned *most);
struct str word_name(int word);
int rule_word_count(void);

#endif
