/*
 * Expressions: the text of a leaf, parsed.
 *
 *   expression = operand { "|" word { argument } }
 *   operand    = path | 'text' | number | true | false | [] | {}
 *   path       = [ "/" | "^" { "^" } | "@" ] name { "." name } | "." | "*" | "@" | "^" { "^" }
 *
 * Parsing knows the words and how many arguments they take, and nothing of scopes: what a path
 * leads to is resolved by the compiler (compile.h), which fills the parts marked so.
 */
#ifndef SHOPSHIM_PLAN_EXPRESSION_H
#define SHOPSHIM_PLAN_EXPRESSION_H

#include "plan/place.h"
#include "plan/value.h"

enum { EXPRESSION_WORDS = 16, EXPRESSION_ARGUMENTS = 16, EXPRESSION_NAMES = 16 };

enum path_start {
    PATH_HERE, /* a.b, and "." with no names */
    PATH_ROOT, /* /a.b */
    PATH_OUT,  /* ^a.b */
    PATH_AT,   /* @a.b */
    PATH_ALL   /* * */
};

struct operand {
    struct str text; /* as written */
    bool constant;
    struct constant value; /* of constants */
    enum path_start start;
    unsigned out; /* PATH_OUT: how many '^' */
    const struct str *names;
    size_t count;
    /* resolved */
    uint32_t slot;    /* in the run's slots; for paths of elements (collect id) unused */
    bool upstream;    /* leads into an answer, not into the request */
    struct str label; /* for faults: "lines[].price", as the client knows it */
};

struct use;

/* What a word does: `in` is never absent unless the word takes absence. */
typedef struct value word_apply(struct plan_run *run, const struct use *use,
                                const struct value *in);

/*
 * The same for the values that nearly all leaves hold: true when *json is what apply() would
 * give, ready to be written; false says nothing. `in` is there and is no list.
 */
typedef bool word_quick(const struct use *use, const struct value *in, struct str *json);

/* What an argument may be. */
enum argument_kind {
    ARGUMENT_OPERAND, /* any operand, read where the expression stands */
    ARGUMENT_TEXT,    /* a constant text */
    ARGUMENT_PATH,    /* a plain path, read in an element */
    ARGUMENT_COUNT,   /* a constant whole number, 1 to 9999 */
    ARGUMENT_PLACES,  /* the same, 0 to 18 */
    ARGUMENT_ENUM     /* the name of an enum */
};

struct word {
    const char *name;
    word_apply *apply;
    unsigned least, most;            /* arguments */
    enum argument_kind arguments[3]; /* the last kind repeats */
    bool takes_absent;
    bool only_absent;  /* does nothing to what is there */
    bool of_lists;     /* does its work on a list; other words do it on each element of one */
    word_quick *quick; /* or NULL */
};

/* The vocabulary (vocabulary.c); NULL when there is no such word. */
const struct word *word_named(struct str name);
const struct word *word_at(size_t index); /* NULL behind the last */

struct enum_map;

/* One word in use. */
struct use {
    const struct word *word;
    struct operand *arguments;
    size_t count;
    /* resolved */
    const struct enum_map *map;
    bool to_legacy;
    const struct operand *from; /* the expression's operand, for faults */
};

struct expression {
    struct str text;
    struct operand from;
    struct use *uses;
    size_t count;
    bool faulty; /* told of; stands for anything, so that the rest of its table can be looked at */
};

/* Whether it reads anything: false when it is made of constants only. */
bool expression_reads(const struct expression *expression);

/* False after at least one finding. Everything lives in the arena. */
bool expression_parse(struct str text, struct arena *arena, const struct place *place,
                      struct expression *out);

/* A dotted name list such as "orders.list"; false after a finding. */
bool path_parse(struct str text, struct arena *arena, const struct place *place,
                struct operand *out);

/* `text` as a constant text, and as a number by its digits. */
bool constant_text(struct constant *out, struct str text, struct arena *arena);
bool constant_number(struct constant *out, struct str digits, struct arena *arena);
/* What a constant whole number of few digits stands for, as ARGUMENT_COUNT and ARGUMENT_PLACES are.
 */
unsigned constant_count(const struct constant *constant);
extern const struct constant constant_true, constant_false, constant_empty_list,
    constant_empty_object, constant_null;

#endif
