/*
 * The sandbox's tables: what its shop holds and what its endpoints do, as data.
 *
 * tables_load() reads mappings/sandbox/ and the v202309 contracts and compiles both into one
 * immutable set; mappings/sandbox/README.md is the language. Everything doubtful is a finding
 * with file, place and hint. The set owns all texts, shapes and expressions.
 */
#ifndef SHOPSHIM_SANDBOX_TABLES_H
#define SHOPSHIM_SANDBOX_TABLES_H

#include "sandbox/expr.h"
#include "sandbox/refusal.h"
#include "sandbox/value.h"
#include "table/contract.h"
#include "table/finding.h"

/* A template: the form of a JSON value whose leaves are expressions. */
enum shape_kind { SHAPE_LEAF, SHAPE_DATA, SHAPE_OBJECT, SHAPE_LIST };

struct shape {
    enum shape_kind kind;
    struct str name;             /* as a member; absent for roots and elements */
    uint64_t hash;               /* of the name */
    const struct expr *expr;     /* LEAF: the value; LIST: the number of elements */
    struct value data;           /* DATA */
    const struct shape *element; /* LIST */
    const struct shape *members; /* OBJECT */
    size_t count;
    const uint16_t *table; /* OBJECT: 1 + the index of a member, by hash; 0: free */
    size_t mask;           /* its size less one */
};

/* Where an entity's number of records comes from. */
enum entity_count { COUNT_FIXED, COUNT_ORDERS, COUNT_EXPRESSION };

struct entity {
    struct str name;
    const char *file;
    unsigned number;               /* its place in tables->entities */
    struct str key;                /* the field that holds its id */
    struct str prefix;             /* first digits of its ids, absent when rows have theirs */
    unsigned digits;               /* of its ids */
    bool global;                   /* one set for all shops */
    enum entity_count counted;     /* COUNT_FIXED: `count` */
    uint64_t count;                /* in each shop */
    const struct expr *count_expr; /* COUNT_EXPRESSION */
    const struct expr *exists;     /* whether a record is there; NULL: always */
    const cJSON *rows;             /* literal records, or NULL */
    const struct shape *shape;
};

enum rule_kind {
    RULE_MAKE,   /* an answer made from the contract and `answer` */
    RULE_LIST,   /* records of an entity: filtered, sorted, paged */
    RULE_GET,    /* one record, or those of a list of ids */
    RULE_CHANGE, /* sets fields of records */
    RULE_CREATE, /* adds records */
    RULE_UPLOAD, /* takes a file */
    RULE_CODE,   /* a new token for an authorization code */
    RULE_REFRESH /* a new token for a refresh token */
};

struct rule_set {
    struct str path; /* "price.sale_price" or "parts[].price", inside the record or element */
    const struct shape *form;
};

struct rule_filter {
    struct str field; /* of query or body, without "[]" */
    const struct expr *expr;
};

/* An error of the shop's own: code, HTTP status, words. */
struct rule_error {
    bool given;
    int64_t code;
    int status;
    struct str message;
    const struct expr *when; /* only in `refuse` and `denies` */
    size_t at;               /* its place in the list that the rule has */
};

/* One or more errors under a name of mistakes.json. */
struct mistake {
    struct str name;
    const struct rule_error *errors;
    size_t count;
    bool used;
};

/* A webhook that a change causes. */
struct rule_notify {
    int64_t type;
    const struct expr *when; /* NULL: always */
    const struct shape *data;
};

/* What happens to records of one entity. */
struct effect {
    const struct entity *entity;
    bool creates;          /* a record for each element of `of`; else changes those with its ids */
    const struct expr *of; /* only in `also`; NULL with `creates`: one record */
    const struct expr *when;  /* only in `also`; NULL: always */
    const struct expr *reuse; /* gives the id of a record to change instead, or absent */
    const struct rule_set *set;
    size_t set_count;
    const struct rule_error *denies;
    size_t deny_count;
    const struct rule_notify *notify;
    size_t notify_count;
    const struct effect *also; /* over the changed record */
    size_t also_count;
};

/* Changes inside one list of the record: the elements that the request names. */
struct rule_elements {
    struct str in; /* list in the request's body */
    struct str of; /* list in the record */
    struct str by; /* the field that both sides share */
    struct rule_error unknown;
    const struct rule_set *set;
    size_t set_count;
};

struct rule {
    const struct contract *contract;
    enum rule_kind kind;
    const struct entity *entity;
    struct str by;              /* request field with the id or ids, or the file; inside `each` */
    struct str each;            /* list of the request: the change is made for each element */
    const struct expr *each_of; /* or an expression that gives the list */
    const struct expr *of;      /* instead of `by`: the id or ids; of a list: its rows */
    const struct contract_field *at; /* where records go in the answer; NULL: its root */
    const struct rule_filter *filters;
    size_t filter_count;
    const struct expr *only;       /* must hold for every record */
    struct effect effect;          /* RULE_CHANGE and RULE_CREATE */
    struct rule_elements elements; /* in.p absent: none */
    struct rule_error unknown;     /* refuse the call when an id is unknown */
    const struct contract_field *fails_at;
    const struct shape *fails; /* an element for each unknown id */
    const struct rule_error *refuse;
    size_t refuse_count;
    const struct shape *answer; /* members of the answer's root that win, or NULL */
    const char *file;           /* for faults met while answering */
};

/* "string *_id" -> expression: how fields are filled that no template names. */
struct fallback {
    struct str type; /* a contract type's name, or "list" */
    struct str glob;
    const struct expr *expr;
};

/* Who hears of a change: a record that has an address. */
struct hearer {
    const struct entity *entity; /* NULL: nobody */
    const struct expr *when;     /* over the record, `value` being the type */
    const struct expr *address;
};

struct tables {
    struct arena *arena;
    struct contracts *contracts;
    const struct entity *entities;
    size_t entity_count;
    const struct entity *shop; /* the entity "shop": rows with id and cipher */
    const struct rule *rules;
    size_t rule_count;
    const struct fallback *fallbacks;
    size_t fallback_count;
    struct refusal_words refusals[REFUSALS];
    struct mistake *mistakes;
    size_t mistake_count;
    struct contracts *webhook_contracts; /* by "POST /webhooks/TYPE"; NULL: none */
    struct hearer hearer;
    const cJSON *words;
    const cJSON *access; /* apps, tokens, codes */
    cJSON **documents;   /* all files, kept: rows and words point into them */
    size_t document_count;
};

/* NULL when there was any error among the new findings. */
struct tables *tables_load(const char *mappings, struct findings *findings);
void tables_free(struct tables *tables); /* NULL is fine */

const struct entity *tables_entity(const struct tables *tables, struct str name);
const struct rule *tables_rule(const struct tables *tables, const struct contract *contract);

/* The member of an object template, or NULL; the second form where the hash is known. */
const struct shape *shape_member(const struct shape *shape, struct str name);
const struct shape *shape_member_hashed(const struct shape *shape, struct str name, uint64_t hash);

/* "*" stands for any run of characters. */
bool glob_match(struct str glob, struct str text);

#endif
