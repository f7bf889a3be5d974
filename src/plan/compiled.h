/*
 * What tables become: immutable structures, shared by all threads, in the arena of `plans`.
 *
 * A run keeps one flat array of values, its slots. Every path of a table is resolved to one
 * slot when the table is compiled. A *scope* is a range of slots: entering an element clears
 * the range and fills it in one pass over the element's members, guided by the scope's wants
 * (want.h), so that no leaf ever searches a document.
 */
#ifndef SHOPSHIM_PLAN_COMPILED_H
#define SHOPSHIM_PLAN_COMPILED_H

#include "plan/expression.h"
#include "plan/plan.h"
#include "plan/want.h"

#include <pthread.h>
#include <stdatomic.h>

/* ---- enums ---- */

struct enum_pair {
    struct str from; /* text of the value */
    struct constant to;
    bool absent; /* the field is left out */
};

/* One direction, by hash of the text. */
struct enum_side {
    struct enum_pair *pairs; /* in the order of the table */
    size_t count;
    uint16_t *table; /* index + 1, 0 is empty */
    uint32_t mask;
};

struct enum_map {
    struct str name;
    struct enum_side to_legacy, to_upstream;
    struct constant unknown;
    bool has_unknown, unknown_absent;
    bool used; /* by any table, while loading */
};

const struct enum_pair *enum_find(const struct enum_side *side, struct str text);

/* ---- what is accepted ---- */

enum type_kind {
    TYPE_INT,
    TYPE_TEXT,
    TYPE_TIME,
    TYPE_ID,
    TYPE_BOOL,
    TYPE_DECIMAL,
    TYPE_LIST,
    TYPE_OBJECT,
    TYPE_FILE,
    TYPE_ANY,
    TYPE_FIELDS, /* {name: type} */
    TYPE_ITEMS   /* [type] */
};

struct field;

struct type {
    enum type_kind kind;
    bool optional;
    bool has_preset;
    struct constant preset;
    bool ranged;
    int64_t low, high; /* of an int's value, of a list's length */
    struct str *set;
    size_t set_count;
    struct field *fields; /* TYPE_FIELDS */
    size_t field_count;
    struct type *item; /* TYPE_ITEMS */
};

struct field {
    struct str name;
    struct type type;
    bool paging; /* no filter: the position or the size of a page */
    struct want *want;
};

const char *type_name(enum type_kind kind);

/* ---- shapes ---- */

struct condition {
    struct expression *all;
    size_t count; /* 0: holds */
};

struct scope {
    struct want *element; /* its slot is "." */
    struct want *all;     /* "*" in a group; NULL elsewhere */
};

enum shape_kind {
    SHAPE_CONSTANT,
    SHAPE_LEAF,
    SHAPE_OBJECT,
    SHAPE_LIST,
    SHAPE_EACH,
    SHAPE_GROUP,
    SHAPE_IN,     /* made inside of one object */
    SHAPE_FLAT,   /* one list of the elements of a list of lists */
    SHAPE_PACKED, /* a text that holds JSON */
    SHAPE_CHOOSE,
    SHAPE_ALTERNATIVE, /* of a choice: `when` and what it makes */
    SHAPE_ROWS,
    SHAPE_ROW /* of one call in `rows` */
};

/* How a member is written: most leaves need none of the general way. */
enum leaf_form {
    NO_LEAF,
    LEAF_CONSTANT,
    LEAF_PATH,         /* a path alone: `slot` */
    LEAF_PATH_OR_ELSE, /* a path, or `constant` */
    LEAF_QUICK,        /* a path through one word, or `constant` when there is one */
    LEAF_WORDS
};

enum { KEY_ROOM = 32 }; /* bytes that can be read at a shape's key, however short it is */
enum { SHAPE_SOURCES = 4 };

struct shape {
    enum shape_kind kind;
    bool reads; /* a leaf in it reads something */
    enum leaf_form form;
    uint32_t slot;   /* of a leaf that begins with a path */
    struct str name; /* as a member */
    struct str key;  /* the same ready to write: "\"name\":" */
    struct constant constant;
    struct expression of;       /* of a leaf, of `in` */
    struct expression *sources; /* of `each` and `group`: lists, one walked after the other */
    size_t source_count;
    struct condition when; /* `where`, or `when` of an alternative */
    struct expression *by; /* of a group */
    size_t by_count;
    struct shape *members; /* or elements, alternatives, rows; or the one that is made */
    size_t count;
    struct scope scope;
    unsigned call; /* SHAPE_ROW */
};

/* null, which a choice makes to leave out. */
static inline bool shape_is_null(const struct shape *shape)
{
    return shape->kind == SHAPE_CONSTANT && shape->constant.type == JSON_NULL;
}

/* ---- calls ---- */

struct path_part {
    struct str literal; /* before the expression */
    bool has_expression;
    struct expression expression;
};

struct form_part {
    struct str name;
    struct expression of;
    struct shape *choice; /* of leaves, in place of `of`; or NULL */
    bool file;
    struct expression file_name;
    bool has_file_name;
};

struct code_range {
    int64_t from, to; /* both belong to it */
};

struct forgiveness {
    bool any;
    struct code_range *codes;
    size_t count;
    struct condition when;
    struct shape *data;
    struct scope scope; /* code and message */
    struct want *code, *message;
};

enum page_place { PAGE_NOWHERE, PAGE_IN_QUERY, PAGE_IN_BODY };

struct page_spot {
    enum page_place place;
    struct str name;
    struct str key; /* in a body, ready to write */
};

struct call {
    struct plan_call public;
    struct want *want;
    struct path_part *path;
    size_t path_count;
    struct shape *query; /* SHAPE_OBJECT of leaves, or NULL */
    struct shape *body;
    struct form_part *form;
    size_t form_count;
    struct condition when;
    bool has_when;
    struct expression each;
    struct scope element; /* "@" */
    struct forgiveness *forgive;
    size_t forgive_count;
    bool has_rows;
    struct operand rows;
    struct scope row; /* for order_by */
    bool has_order;
    struct expression order;
    struct shape *order_choice; /* in place of `order` */
    struct page_spot size, token;
    struct operand next;
};

struct refusal {
    struct condition when;
    struct str advice;
    uint32_t needs; /* calls whose answers it reads */
    bool late;      /* reads an answer, or the shop: asked before the calls that come then */
};

struct sentence {
    struct str key; /* the path as written: "lines[].note" */
    struct operand path;
    struct str text;
};

/* One way to ask for a page. */
struct page_form {
    enum plan_page_style style;
    struct field *in, *size;
    uint64_t least, most, preset;
    bool has_preset;
    bool lenient; /* a size or a position out of bounds is put right */
};

struct pages {
    struct page_form form;
    struct page_form other;    /* `or`: of requests that name one of its fields; else no style */
    struct str next, next_key; /* name, and ready to write; absent when the table has none */
    struct str more, more_key;
    struct condition descending;
    bool has_descending;
};

/* What is remembered between requests about `of`. */
struct memory {
    struct str name;
    struct expression of;
    struct shape *is; /* a leaf, or a choice between leaves */
    uint32_t needs;   /* calls whose answers `is` reads */
    struct want *want;
};

/* Which setting a table is for. */
enum generation { GENERATION_ANY, GENERATION_202309, GENERATION_NEWEST };

struct version_range {
    struct str text; /* absent: all */
    uint64_t from;   /* first */
    uint64_t before; /* first that is not served; 0: none */
};

struct plan {
    struct plans *plans;
    struct str file;
    struct str name;
    bool faulty;        /* told of: only to be checked further, never run */
    struct str *legacy; /* "POST /api/x" */
    size_t legacy_count;
    struct version_range version;
    enum generation generation;
    const struct plan *newer; /* of GENERATION_202309: that of the newest; NULL: none */
    atomic_bool gone;         /* upstream serves its calls no more */
    struct str about;
    const struct plan_profile *profile;
    struct field *fields;
    size_t field_count;
    struct json_keys *field_keys; /* by name, to the index in fields */
    struct refusal *refusals;
    size_t refusal_count;
    struct sentence *lost_in_request, *lost_in_answer;
    size_t lost_in_request_count, lost_in_answer_count;
    struct str *assumes;
    size_t assumes_count;
    struct enum_map *enums;
    size_t enum_count;
    struct call calls[PLAN_CALLS];
    unsigned call_count;
    struct pages pages;
    struct expression once;
    bool has_once;
    struct memory *memories;
    unsigned memory_count;
    struct shape *reply;
    uint32_t reply_needs;   /* calls whose answers it reads, rows apart */
    struct want *shop[3];   /* id, region, cipher */
    struct want *client[2]; /* version, app_key */
    uint32_t slot_count;
};

/* ---- all of them ---- */

struct profile {
    struct plan_profile public;
    bool has_page;
    struct page_spot size, token;
    struct operand next;
};

struct error_rule {
    int64_t code; /* the v202309 code it is for; kinds have none */
    struct plan_error told;
};

/* Codes that were looked at and pass as they are. */
struct error_pass {
    int64_t from, to;
    struct str about; /* why */
};

enum { UNKNOWN_VALUES = 256 };

struct unknown {
    const struct plan *plan;
    const struct enum_map *map;
    char value[PLAN_UNKNOWN_VALUE];
    uint64_t count;
};

/* Changes after loading, as does plan->gone. */
struct unknowns {
    atomic_uint_fast64_t count;
    pthread_mutex_t lock;
    struct unknown values[UNKNOWN_VALUES]; /* the first ones that differ */
    size_t value_count;
};

struct route {
    struct str method;
    struct str path;
    const struct plan *plan;
};

struct plans {
    enum plan_target target;
    struct arena *arena;
    atomic_uint references;
    struct plan **plans;
    size_t count;
    struct profile *profiles;
    size_t profile_count;
    struct str *common;
    size_t common_count;
    struct str *no_cipher;
    size_t no_cipher_count;
    struct plan_shops *shops;
    struct native *native; /* NULL: profiles.json has none */
    struct enum_map *enums;
    size_t enum_count;
    struct error_rule kinds[FAULT_KINDS];
    struct error_rule *codes;
    size_t code_count;
    int64_t *gone; /* codes that say that a call is served no more */
    size_t gone_count;
    struct error_pass *passes;
    size_t pass_count;
    struct route *routes; /* sorted by path */
    size_t route_count;
    uint32_t *route_table; /* by hash of the path: index + 1 of its first route */
    uint32_t route_mask;
    struct str *route_names; /* "POST /api/x", for the nearest */
    struct unknowns unknowns;
};

#endif
