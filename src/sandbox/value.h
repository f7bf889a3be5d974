/*
 * Values of sandbox expressions: what a field is before it is written as JSON.
 *
 * Small and copied freely; texts and lists live in the arena of the request or in the tables.
 * Money is a whole number of the smallest unit with its count of decimals: no value is ever a
 * floating-point number.
 */
#ifndef SHOPSHIM_SANDBOX_VALUE_H
#define SHOPSHIM_SANDBOX_VALUE_H

#include "base/arena.h"
#include "base/str.h"
#include "json/json.h"

#include <cjson/cJSON.h>

struct pairs;
struct place;

enum value_kind {
    VALUE_ABSENT,
    VALUE_NULL, /* `none`: absent, and set so */
    VALUE_BOOL,
    VALUE_INT,
    VALUE_MONEY,
    VALUE_TEXT,
    VALUE_DATA,  /* an array or object of a table file */
    VALUE_JSON,  /* an object of the request's body, or one that was set */
    VALUE_RAW,   /* the text of a JSON value, only where it is stored */
    VALUE_LIST,  /* computed values */
    VALUE_PLACE, /* an object or list of a record, not yet evaluated */
    VALUE_PAIRS  /* the query, or parts of a form */
};

struct value {
    enum value_kind kind;
    unsigned decimals; /* VALUE_MONEY */
    union {
        bool truth;
        int64_t number; /* VALUE_INT, VALUE_MONEY */
        struct str text;
        const cJSON *data;
        struct json json;
        struct place *place;
        const struct pairs *pairs;
        struct {
            struct value *items;
            size_t count;
        } list;
    };
};

#define VALUE_NONE ((struct value){0})

static inline struct value value_int(int64_t number)
{
    return (struct value){.kind = VALUE_INT, .number = number};
}

static inline struct value value_bool(bool truth)
{
    return (struct value){.kind = VALUE_BOOL, .truth = truth};
}

/* The absent text is absent. */
static inline struct value value_text(struct str text)
{
    return text.p ? (struct value){.kind = VALUE_TEXT, .text = text} : VALUE_NONE;
}

static inline struct value value_money(int64_t number, unsigned decimals)
{
    return (struct value){.kind = VALUE_MONEY, .number = number, .decimals = decimals};
}

static inline struct value value_list(struct value *items, size_t count)
{
    return (struct value){.kind = VALUE_LIST, .list = {items, count}};
}

static inline struct value value_place(struct place *place)
{
    return (struct value){.kind = VALUE_PLACE, .place = place};
}

static inline struct value value_pairs(const struct pairs *pairs)
{
    return (struct value){.kind = VALUE_PAIRS, .pairs = pairs};
}

/* Of a table file: scalars by value, arrays and objects by reference. NULL is absent. */
struct value value_data(const cJSON *data);

/* Of a request: null is absent, arrays become lists (in the arena), whole numbers ints. */
struct value value_json(struct json json, struct arena *arena);

static inline bool value_exists(struct value v)
{
    return v.kind != VALUE_ABSENT && v.kind != VALUE_NULL;
}

/* Neither absent nor false. */
static inline bool value_true(struct value v)
{
    return value_exists(v) && !(v.kind == VALUE_BOOL && !v.truth);
}

/* The text of a scalar ("12.50" for money), in the arena; absent for anything else. */
struct str value_str(struct value v, struct arena *arena);

/*
 * -1, 0, 1; numbers (and texts of whole numbers) by size, other scalars by their text. False
 * when the two cannot be compared.
 */
bool value_compare(struct value a, struct value b, struct arena *arena, int *order);

const char *value_kind_name(enum value_kind kind);

#endif
