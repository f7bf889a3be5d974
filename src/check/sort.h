/*
 * Sorts: what is known of a value before there is one.
 *
 * A sort is a chain of alternatives (`other`), each of one kind of JSON value, or of one of
 * several when nobody knows which (`vague`). Lists know their elements, objects where their
 * members are written down: in a contract, in `accept`, or in a shape of the table. Sorts live
 * in the checker's arena and never change.
 */
#ifndef SHOPSHIM_CHECK_SORT_H
#define SHOPSHIM_CHECK_SORT_H

#include "plan/compiled.h"
#include "table/contract.h"

enum sort_kind {
    SORT_STRING = 1,
    SORT_INT = 2,
    SORT_FLOAT = 4, /* a number that may have a fraction */
    SORT_BOOL = 8,
    SORT_OBJECT = 16,
    SORT_LIST = 32,
    SORT_FILE = 64, /* bytes for a part of a form */
    SORT_SCALAR = 15,
    SORT_NUMBER = 6,
    SORT_ANY = 127
};

/* Whether a value is there; the better of two is the lesser. */
enum presence {
    PRESENT,    /* always */
    UNDECLARED, /* nobody says */
    OPTIONAL    /* `accept` says that it may be left out */
};

struct sort;

/* A member of an object that a shape of the table makes. */
struct made {
    struct str name;
    const struct sort *sort;
    const struct made *next;
};

struct sort {
    unsigned kinds; /* bits of sort_kind */
    bool vague;     /* one of `kinds`, nobody knows which */
    bool digits;    /* a text that holds a number */
    bool empty;     /* a list without elements */
    bool request;   /* of what the app sends */
    enum contract_unit unit;
    const struct sort *item;               /* of a list; NULL: anything */
    const struct contract_fields *section; /* where the members of an object are; with field */
    const struct contract_field *field;    /* NULL: the first level of the section */
    const struct type *type;               /* of `accept` */
    const struct made *made;
    const struct str *values; /* all that it may be; NULL: not known */
    size_t value_count;
    int answers;              /* of the elements of a call with `each`: its index + 1 */
    const struct sort *other; /* or this */
};

/* A value and whether it is there. */
struct fact {
    const struct sort *sort;
    enum presence presence;
};

extern const struct sort sort_anything;

/* A field of a contract where it is read; `element`: one of the list that it is. */
const struct sort *sort_of_field(struct arena *arena, const struct contract_fields *section,
                                 const struct contract_field *field, bool element);

/* The first level of a section, as an object. */
const struct sort *sort_of_section(struct arena *arena, const struct contract_fields *section);

/* A type of `accept`; the contract's field says more where `accept` does not (may be NULL). */
struct origin {
    const struct contract_fields *section;
    const struct contract_field *field;
    bool element;
};
const struct sort *sort_of_type(struct arena *arena, const struct type *type,
                                const struct origin *origin);

const struct sort *sort_of_constant(struct arena *arena, const struct constant *constant);
const struct sort *sort_scalar(struct arena *arena, enum sort_kind kind);
const struct sort *sort_list_of(struct arena *arena, const struct sort *item);
const struct sort *sort_either(struct arena *arena, const struct sort *a, const struct sort *b);

/* A changed copy of one alternative, without its others. */
struct sort *sort_copy(struct arena *arena, const struct sort *sort);

/* What the elements of all lists in the chain may be; NULL when none is known to have any. */
const struct sort *sort_items(struct arena *arena, const struct sort *sort);

/* The kinds of all alternatives. */
unsigned sort_kinds(const struct sort *sort);

/* The kinds that a contract allows for one value of a field (an element, when it is a list). */
unsigned sort_allowed(const struct contract_field *field);

/* First of the members that a contract knows of an object; NULL when it knows none. */
const struct contract_field *sort_children(const struct contract_fields *section,
                                           const struct contract_field *field);

/* "a text", "a list of whole numbers", "a text or a whole number" */
void sort_describe(const struct sort *sort, struct buf *out);

#endif
