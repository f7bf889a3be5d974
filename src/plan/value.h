/*
 * Values at run time: borrowed from documents, plans and the arena.
 *
 * Nothing is converted before somebody asks: a member of a document stays a span of it, and is
 * written by copying its bytes. JSON null never becomes a value: it is absent, and what is all
 * zero is absent too.
 */
#ifndef SHOPSHIM_PLAN_VALUE_H
#define SHOPSHIM_PLAN_VALUE_H

#include "json/pick.h"
#include "json/writer.h"

#include <assert.h>

struct plan_run;

enum value_kind {
    VALUE_JSON,   /* part of a document: p and n are its bytes, as.json the part itself */
    VALUE_READY,  /* p and n are JSON of our own: a number, true, false, a constant */
    VALUE_TEXT,   /* p and n are a decoded text */
    VALUE_LIST,   /* as.list */
    VALUE_ANSWERS /* of a call that was made for each element of a list: as.call */
};

/* A scalar (or [] or {}) both ways: as JSON, and as text (absent for [], {} and null). */
struct constant {
    struct str json;
    struct str text;
    enum json_type type;
};

struct list;

/* Laid out so that json_pick() fills it: see value_found(). */
struct value {
    union {
        struct json_found found;
        struct {
            const char *p;
            uint32_t n;
            uint8_t type;    /* enum json_type: what it is as JSON; 0 when absent */
            uint8_t escaped; /* JSON or READY: a text that must be decoded first */
            uint16_t kind;   /* enum value_kind */
            union {
                struct json json;
                const struct constant *constant; /* READY and escaped */
                const struct list *list;
                unsigned call;
            } as;
        };
    };
};

static_assert(sizeof(struct value) == sizeof(struct json_found), "values are what is picked");
static_assert(offsetof(struct value, kind) == offsetof(struct json_found, spare), "0 is JSON");
static_assert(offsetof(struct value, as) == offsetof(struct json_found, value), "as.json");

struct list {
    struct value *items;
    size_t count;
};

#define VALUE_NONE ((struct value){0})

static inline bool value_there(const struct value *value)
{
    return value->type != JSON_ABSENT;
}

static inline enum json_type value_type(const struct value *value)
{
    return (enum json_type)value->type;
}

static inline bool value_is_list(const struct value *value)
{
    return value->type == JSON_ARRAY;
}

/* Whether p and n are JSON that can be copied. */
static inline bool value_is_ready(const struct value *value)
{
    return value->kind <= VALUE_READY;
}

static inline struct value value_text(struct str text)
{
    return (struct value){
        .p = text.p, .n = (uint32_t)text.n, .kind = VALUE_TEXT, .type = JSON_STRING};
}

/* `digits` is a JSON number. */
static inline struct value value_digits(struct str digits)
{
    return (struct value){
        .p = digits.p, .n = (uint32_t)digits.n, .kind = VALUE_READY, .type = JSON_NUMBER};
}

static inline struct value value_bool(bool yes)
{
    return (struct value){.p = yes ? "true" : "false",
                          .n = yes ? 4 : 5,
                          .kind = VALUE_READY,
                          .type = yes ? JSON_TRUE : JSON_FALSE};
}

static inline struct value value_constant(const struct constant *constant)
{
    return (struct value){.p = constant->json.p,
                          .n = (uint32_t)constant->json.n,
                          .kind = VALUE_READY,
                          .type = (uint8_t)constant->type,
                          .escaped = constant->text.n + 2 != constant->json.n,
                          .as.constant = constant};
}

static inline struct value value_answers(unsigned call)
{
    return (struct value){.as.call = call, .kind = VALUE_ANSWERS, .type = JSON_ARRAY};
}

/* Absent for JSON null and for what is not there. */
static inline struct value value_json(struct json json)
{
    return (struct value){.found = json_as_found(json)};
}

static inline struct value value_list(const struct list *list)
{
    return list ? (struct value){.as.list = list, .kind = VALUE_LIST, .type = JSON_ARRAY}
                : VALUE_NONE;
}

struct str value_decode(struct plan_run *run, const struct value *value);

/* The text of a scalar; absent for lists, objects and what is absent. May use the arena. */
static inline struct str value_as_text(struct plan_run *run, const struct value *value)
{
    if (value->type >= JSON_ARRAY || value->type <= JSON_NULL)
        return STR_NONE;
    if (value->kind == VALUE_TEXT || value->type != JSON_STRING)
        return str_of(value->p, value->n);
    if (value->escaped)
        return value_decode(run, value);
    return str_of(value->p + 1, value->n - 2);
}

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

struct elements value_elements(const struct value *list);
/* The next one; false behind the last. An element that is null is given as absent. */
bool elements_next(struct plan_run *run, struct elements *elements, struct value *out);

size_t value_count(struct plan_run *run, const struct value *list);

/* A new list with room for `room` items; NULL when the arena is full. */
struct list *value_new_list(struct plan_run *run, size_t room);

/* The value at a path below `value`, member by member. */
struct value value_at(struct value value, const struct str *names, size_t count);

#endif
