/*
 * Words as the checker sees them: what each takes and gives (word_rules.c), put to use on the
 * facts of an expression (words.c).
 */
#ifndef SHOPSHIM_CHECK_WORDS_H
#define SHOPSHIM_CHECK_WORDS_H

#include "check/inside.h"

/* One word at its place. */
struct asking {
    struct check *c;
    const struct use *use;
    const struct expression *expression;
    const struct scene *scene;
    const struct place *place;
    const struct type *tried[CHECK_GROUP]; /* what `or` chose from, of the request */
    size_t tried_count;
};

/* What it gives for one alternative, which it can take. */
typedef const struct sort *word_gives(const struct asking *ask, const struct sort *in);

struct word_rule {
    const char *word;
    unsigned takes;
    word_gives *gives;     /* NULL: see words.c */
    enum presence at_best; /* of what it gives */
};

/* NULL for a word that nobody described here. */
const struct word_rule *word_rule_named(struct str name);

/* A constant that is compared with what only has certain values must be one of them. */
void word_compare(const struct asking *ask, const struct sort *in, const struct operand *with);

/* What the elements of a list are. */
const struct sort *word_items(const struct sort *list);

#endif
