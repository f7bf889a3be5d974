/*
 * Values at run time: small tagged unions that borrow from documents, plans and the arena.
 *
 * Nothing is converted before somebody asks: a member of a document stays a span of it, and is
 * written by copying its bytes. JSON null never becomes a value: it is absent.
 */
#ifndef SHOPSHIM_PLAN_VALUE_H
#define SHOPSHIM_PLAN_VALUE_H

#include "json/json.h"
#include "json/writer.h"

struct plan_run;

enum value_kind {
    VALUE_ABSENT,
    VALUE_JSON,     /* part of a document, never null */
    VALUE_CONSTANT, /* of the plan: ready to be written */
    VALUE_TEXT,
    VALUE_DIGITS, /* a JSON number by its digits */
    VALUE_BOOL,
    VALUE_LIST,
    VALUE_ANSWERS /* of a call that was made for each element of a list */
};

/* A scalar (or [] or {}) both ways: as JSON, and as text (absent for [], {} and null). */
struct constant {
    struct str json;
    struct str text;
};

struct list;

struct value {
    enum value_kind kind;
    union {
        struct json json;
        const struct constant *constant;
        struct str text; /* VALUE_TEXT, VALUE_DIGITS */
        bool yes;
        const struct list *list;
        unsigned call; /* VALUE_ANSWERS */
    } as;
};

struct list {
    struct value *items;
    size_t count;
};

#define VALUE_NONE ((struct value){.kind = VALUE_ABSENT})

static inline bool value_there(const struct value *value)
{
    return value->kind != VALUE_ABSENT;
}

static inline struct value value_text(struct str text)
{
    return (struct value){.kind = VALUE_TEXT, .as.text = text};
}

static inline struct value value_digits(struct str digits)
{
    return (struct value){.kind = VALUE_DIGITS, .as.text = digits};
}

static inline struct value value_bool(bool yes)
{
    return (struct value){.kind = VALUE_BOOL, .as.yes = yes};
}

static inline struct value value_constant(const struct constant *constant)
{
    return (struct value){.kind = VALUE_CONSTANT, .as.constant = constant};
}

/* Absent for JSON null and for what is not there. */
struct value value_json(struct json json);

/* What it is as JSON; absent values are JSON_ABSENT. */
enum json_type value_type(const struct value *value);

/* The text of a scalar; absent for lists, objects and what is absent. May use the arena. */
struct str value_as_text(struct plan_run *run, const struct value *value);

/* True, or present and not false; the text "false" counts as false, 0 does not. */
bool value_holds(const struct value *value);

/* Writes it as JSON. It must not be absent. */
void value_write(struct plan_run *run, const struct value *value, struct json_writer *w);

/* The elements of a list, in order; none when it is no list. */
struct elements {
    const struct value *item; /* of a list of ours */
    const struct value *end;
    struct json next; /* of a document */
    unsigned call;    /* answers */
    bool answers;
    uint32_t index;
};

struct elements value_elements(struct plan_run *run, const struct value *list);
/* The next one; false behind the last. An element that is null is given as absent. */
bool elements_next(struct plan_run *run, struct elements *elements, struct value *out);

bool value_is_list(const struct value *value);
size_t value_count(struct plan_run *run, const struct value *list);

/* A new list with room for `room` items; NULL when the arena is full. */
struct list *value_new_list(struct plan_run *run, size_t room);
static inline struct value value_list(const struct list *list)
{
    return list ? (struct value){.kind = VALUE_LIST, .as.list = list} : VALUE_NONE;
}

/* The value at a path below `value`, member by member. */
struct value value_at(struct value value, const struct str *names, size_t count);

#endif
