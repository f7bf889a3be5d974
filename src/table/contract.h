/*
 * Contracts: what each endpoint of one API generation takes and gives, as facts.
 *
 * contracts_load() reads a directory of contract files (mappings/contracts/README.md is the
 * form) into one immutable set that many threads may read. Fields stand in the order of the
 * file, as a flat list and linked as a tree at the same time. The set owns all its texts and
 * lives until contracts_free(). Anything doubtful in a file is a finding with its place.
 */
#ifndef SHOPSHIM_TABLE_CONTRACT_H
#define SHOPSHIM_TABLE_CONTRACT_H

#include "base/str.h"
#include "table/finding.h"

enum contract_type {
    CONTRACT_NONE, /* only in `also`: there is no other type */
    CONTRACT_STRING,
    CONTRACT_INT,
    CONTRACT_FLOAT,
    CONTRACT_BOOL,
    CONTRACT_OBJECT,
    CONTRACT_FILE /* a part of a multipart form */
};

enum contract_unit { CONTRACT_NO_UNIT, CONTRACT_SECONDS, CONTRACT_MILLISECONDS };

struct contract_field {
    struct str path; /* "items[].id", as in the file */
    struct str name; /* "id": the last part, without "[]" */
    struct str spec; /* the whole text of the field, as in the file */
    enum contract_type type;
    enum contract_type also;
    unsigned seen; /* bits 1u << contract_type; 0: as declared */
    enum contract_unit unit;
    bool list; /* the path ends in "[]": an array of `type` */
    bool required;
    bool unseen;    /* real messages hold the parent without it */
    bool recursive; /* elements have the shape of the parent */
    bool has_min, has_max, has_unlimited;
    int64_t min, max, unlimited;
    uint64_t max_length;                 /* characters; 0: none stated */
    uint64_t max_items;                  /* elements; 0: none stated */
    struct str preset;                   /* the default, absent when there is none */
    const struct str *values;            /* the enum's values */
    size_t value_count;                  /* 0: no enum */
    size_t index;                        /* in its section's items */
    const struct contract_field *parent; /* NULL on the first level */
    const struct contract_field *child;  /* first of an object */
    const struct contract_field *next;   /* next with the same parent */
};

struct contract_fields {
    const struct contract_field *items; /* in the order of the file */
    size_t count;
    const struct contract_field *first; /* of the first level; follow `next` */
};

enum { CONTRACT_PARAMS = 4 }; /* most {parameters} in a path */

struct contract {
    struct str file;  /* as it was opened */
    struct str id;    /* "event/get-webhooks": group and file name without ".json" */
    struct str group; /* "event" */
    struct str name;  /* "Get Webhooks" */
    struct str call;  /* "GET /event/202309/webhooks" */
    struct str method;
    struct str path;    /* with {parameters} */
    struct str version; /* legacy: the `version` parameter of this shape, or absent */
    struct str before;  /* legacy: served until that version, or absent */
    const struct str *aliases;
    size_t alias_count;
    const struct str *without; /* common parameters that are not sent */
    size_t without_count;
    const int64_t *errors;
    size_t error_count;
    unsigned users; /* bit n: tokens of user type n; 0: no token is sent */
    bool auth_host;
    bool form;                     /* the body is multipart/form-data */
    struct contract_fields params; /* in the path */
    struct contract_fields query;
    struct contract_fields body;
    struct contract_fields answer;
    const struct contract *other; /* another shape of the same call, or NULL */
};

struct contracts;

/*
 * All "*.json" below `directory`. NULL when there was any error among the new findings; free
 * with contracts_free().
 */
struct contracts *contracts_load(const char *directory, struct findings *findings);
void contracts_free(struct contracts *contracts); /* NULL is fine */

size_t contracts_count(const struct contracts *contracts);
const struct contract *contracts_at(const struct contracts *contracts, size_t index); /* by id */

/* By "event/get-webhooks"; NULL when there is none. */
const struct contract *contracts_by_id(const struct contracts *contracts, struct str id);

/*
 * By "POST /x/{id}", the names of the parameters being the same; NULL when there is none. Of
 * several shapes, the one without `before` (its `other` leads on).
 */
const struct contract *contracts_by_call(const struct contracts *contracts, struct str call);

enum contract_found { CONTRACT_FOUND, CONTRACT_NO_PATH, CONTRACT_NO_METHOD };

struct contract_match {
    const struct contract *contract;    /* CONTRACT_FOUND; for NO_METHOD one of that path */
    struct str params[CONTRACT_PARAMS]; /* values of params.items[], borrowed from `path` */
    struct str nearest;                 /* NO_PATH: "POST /x", absent when none is near */
};

/*
 * By method and a concrete path, decoded, without query. Fixed parts of a path win over
 * parameters; a parameter takes one part that is not empty. `nearest` borrows from the set.
 */
enum contract_found contracts_find(const struct contracts *contracts, struct str method,
                                   struct str path, struct contract_match *match);

/*
 * How well a concrete path fits "/x/{id}": 0 not at all, else the more fixed parts the more.
 * `params` receives the values, unless it is NULL.
 */
unsigned contract_fit(struct str pattern, struct str path, struct str params[CONTRACT_PARAMS]);

/* The nearest "METHOD /path" to a call, written with {parameters} or with values. */
struct str contracts_nearest(const struct contracts *contracts, struct str call);

/* By its path as in the file; NULL when there is none. */
const struct contract_field *contract_field(const struct contract_fields *fields, struct str path);

/* The member `name` of `parent` (NULL: of the first level); NULL when there is none. */
const struct contract_field *contract_member(const struct contract_fields *fields,
                                             const struct contract_field *parent, struct str name);

/* The nearest path of the section, and the nearest name among the members of `parent`. */
struct str contract_nearest_path(const struct contract_fields *fields, struct str path);
struct str contract_nearest_member(const struct contract_fields *fields,
                                   const struct contract_field *parent, struct str name);

/* Whether the enum of `field` holds that text (numbers as their digits); true without enum. */
bool contract_allows(const struct contract_field *field, struct str value);

/* "string", "int", "number", ... for messages. */
const char *contract_type_name(enum contract_type type);

#endif
