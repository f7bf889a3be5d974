/*
 * Evaluation: records of entities, made from the seed and an index, one field at a time.
 *
 * A `struct run` lives as long as one request and owns nothing but its arena's content: the
 * records it looked at (each once), the values it made (each once), and the first fault of a
 * table that it met. What requests changed is kept in `struct world` and wins over templates.
 */
#ifndef SHOPSHIM_SANDBOX_RUN_H
#define SHOPSHIM_SANDBOX_RUN_H

#include "base/url.h"
#include "sandbox/tables.h"
#include "sandbox/world.h"

/* Names that expressions may use anywhere. */
enum variable {
    VARIABLE_VALUE,   /* what a filter or failure is about */
    VARIABLE_ITEM,    /* the element of the request that changes something */
    VARIABLE_CODE,    /* of a failure */
    VARIABLE_MESSAGE, /* of a failure */
    VARIABLE_ROOT,    /* the record itself, where an inner name hides its own */
    VARIABLE_INDEX,   /* of the record in its entity and shop, from 0 */
    VARIABLE_NUMBER,  /* of the record over all shops */
    VARIABLE_AT,      /* of the nearest list element */
    VARIABLE_SHOP,    /* the record of the shop */
    VARIABLE_NOW,     /* seconds since 1970, of the request */
    VARIABLE_EPOCH,   /* seconds since 1970 that the data is made from */
    VARIABLE_ORDERS,  /* how many the sandbox was started with */
    VARIABLE_QUERY,
    VARIABLE_BODY,
    VARIABLE_PARAMS,
    VARIABLE_FILE,    /* name, type, size, width, height, format, hash */
    VARIABLE_TOKEN,   /* access, refresh, expires, refresh_expires, seller, region, user, ... */
    VARIABLE_WORDS,   /* words.json */
    VARIABLE_RECORD,  /* the record that was changed or added, the first of several */
    VARIABLE_RECORDS, /* all of them */
    VARIABLES         /* count */
};

/* Those that depend on more than the seed and what was changed: on who asks, when and what. */
enum {
    RUN_CALLER = 1u << VARIABLE_VALUE | 1u << VARIABLE_ITEM | 1u << VARIABLE_CODE |
                 1u << VARIABLE_MESSAGE | 1u << VARIABLE_NOW | 1u << VARIABLE_QUERY |
                 1u << VARIABLE_BODY | 1u << VARIABLE_PARAMS | 1u << VARIABLE_FILE |
                 1u << VARIABLE_TOKEN | 1u << VARIABLE_RECORD | 1u << VARIABLE_RECORDS
};

/* The variable with that name, or VARIABLES. */
enum variable variable_by_name(struct str name);

struct record {
    const struct entity *entity; /* NULL: the answer itself */
    unsigned shop;
    uint64_t index;
    const cJSON *row;
    const struct changes *changes; /* NULL: nothing was changed */
    bool original;                 /* without what was changed */
    struct place *root;
    struct record *next; /* of the run's hash chain */
};

/* The first variables are those of a place. */
enum { PLACE_VALUES = 4 };

struct slot {
    struct value value;
    enum { SLOT_EMPTY, SLOT_BUSY, SLOT_FULL } state;
    unsigned touched; /* variables that were read to make it, as in struct run */
};

/* An object or list of a record. */
struct place {
    struct place *self; /* of a copy made as a scope: the original */
    struct str own;     /* of a scope: the member that is being made */
    struct record *record;
    const struct shape *shape; /* NULL: no template, only fallbacks */
    struct value data;         /* a JSON object instead of a template, or absent */
    struct place *up;
    struct str name; /* absent for elements and roots */
    uint32_t at;     /* index, for elements */
    bool element;
    bool form;          /* not the record's own: changes do not show in it */
    uint64_t hash;      /* what rolls are made from */
    struct slot *slots; /* by member, or by element once counted */
    size_t count;
    bool counted;
    bool counting;                     /* under way */
    bool missing;                      /* its count is absent */
    unsigned touched;                  /* by counting, as in struct run */
    struct value values[PLACE_VALUES]; /* `value`, `item`, `code`, `message`, here and below */
};

enum {
    RUN_CHAINS = 256,
    RUN_LIST_MAX = 1000 /* elements of a list that a template makes, or a request has */
};

struct run {
    struct arena *arena;
    const struct tables *tables;
    struct world *world;
    uint64_t seed;
    int64_t now;
    int64_t epoch;
    bool has_shop;
    unsigned shop;   /* index of the shop's row */
    struct str host; /* the sandbox's own, as the caller reached it */
    struct value variables[VARIABLES];
    struct record *chains[RUN_CHAINS];
    unsigned depth;
    unsigned touched; /* bits 1u << enum variable: what was read since somebody set it to 0 */
    bool faulty;
    char fault[256]; /* the first one */
};

void run_init(struct run *run, struct arena *arena, const struct tables *tables,
              struct world *world);

/* Forgets all records, before the arena that holds them is reset. */
void run_forget(struct run *run);

/* Records of `entity` in the run's shop or in another, those included that do not exist. */
uint64_t run_count(struct run *run, const struct entity *entity);
uint64_t run_count_in(struct run *run, const struct entity *entity, unsigned shop);

/* Records that the seed makes in each shop. */
uint64_t run_seeded(struct run *run, const struct entity *entity);

/* The record; NULL when `index` is out of range or memory is short. */
struct record *run_record(struct run *run, const struct entity *entity, unsigned shop,
                          uint64_t index);

/* The same as the seed made it, whatever was changed; NULL for added ones. */
struct record *run_original(struct run *run, const struct entity *entity, unsigned shop,
                            uint64_t index);

/* Whether the entity's `exists` holds for the record. */
bool run_exists(struct run *run, struct record *record);

/* By its id, in the run's shop; false when there is none. */
bool run_find(struct run *run, const struct entity *entity, struct str id, uint64_t *index);

/* A place of no entity, with its own template or none, for answers. `name` salts its rolls. */
struct place *run_answer_place(struct run *run, const struct shape *shape, struct str name);

/* A place below `up`, for fields that no template names; an element of a list or a member. */
struct place *run_loose_place(struct run *run, struct place *up, struct str name, uint32_t at,
                              bool element);

/* A copy of `place` in which `value` and `item` stand for these. */
struct place *run_with(struct run *run, struct place *place, struct value value, struct value item);

/* A place whose members are those of a JSON object, as the element or member `name` of `up`. */
struct place *run_data_place(struct run *run, struct place *up, struct value data, struct str name,
                             uint32_t at);

/* The place of an element of the list `name` of `up`; NULL when it is no object. */
struct place *run_element_place(struct run *run, struct place *up, struct value element,
                                struct str name, uint32_t at);

/* What a form makes in a scope: a leaf's value, an object or a list. */
struct value run_form(struct run *run, const struct shape *form, struct place *scope,
                      struct str name);

struct value run_eval(struct run *run, const struct expr *expr, struct place *scope);

/* The member `name`; false when `parent` cannot have it (absent is a value). */
bool run_member(struct run *run, struct value parent, struct str name, struct value *out);

/* The same where the hash of the name is known. */
bool run_member_hashed(struct run *run, struct value parent, const struct expr *name,
                       struct value *out);

/* What a name means in a scope: members inside out, then variables; else a fault. */
struct value run_name(struct run *run, const struct expr *name, struct place *scope);

/* The record of the scope's shop. */
struct value run_shop(struct run *run, const struct place *scope);

bool run_is_list(struct value v);

/* Elements of any kind of list; one for anything else, none for absent. */
size_t run_list_count(struct run *run, struct value list);
struct value run_list_at(struct run *run, struct value list, size_t index);

/* A number from 0 to below - 1, made from the scope, a salt and the seed. */
uint64_t run_roll(const struct place *scope, uint64_t salt, uint64_t below);

/* "parts[2].price.amount": where a member stands in its record, for changes. */
struct str run_path(struct run *run, const struct place *place, struct str member);

/* What the shelf holds under the hash that `name` ends with (hash, url, format, size, width,
 * height); absent when it holds none. */
struct value run_uploaded(struct run *run, struct str name);

/* Notes a fault of the tables; returns the absent value. */
struct value rule_fault(struct run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- between run.c and members.c ---- */

struct place *place_new(struct run *run, struct place *up, const struct shape *shape,
                        struct str name, uint32_t at);
uint64_t place_hash(uint64_t hash, uint64_t name, uint32_t at); /* `name` hashed */

/* Over all shops. */
uint64_t record_number(const struct record *record);

/* ---- kept values (stored.c) ---- */

/* Appends the JSON of a value: all of it, what is absent left out. */
void stored_write(struct run *run, struct value value, struct buf *out);

/* The value of such a text, which must live as long as the run. */
struct value stored_read(struct run *run, struct str text);

/*
 * Appends `text` with the JSON `value` at a path inside of it ("[2].price"); false when there
 * is no such element.
 */
bool stored_replace(struct run *run, struct str text, struct str path, struct str value,
                    struct buf *out);

/* An object with the members of both, those of `b` winning. */
struct value stored_merge(struct run *run, struct value a, struct value b);

/* ---- words (words.c) ---- */

bool word_takes_entity(int word);
struct value word_run(struct run *run, const struct expr *expr, struct place *scope,
                      const struct value *args);

/* ---- ids (ids.c) ---- */

/* `number` as text of `digits` digits that begins with `prefix`, scattered but reversible. */
struct str id_make(struct arena *arena, struct str prefix, unsigned digits, uint64_t number);
bool id_read(struct str id, struct str prefix, unsigned digits, uint64_t *number);

/* The same with the numbers of the run's seed. */
struct str run_make_id(struct run *run, struct str prefix, unsigned digits, uint64_t number);
bool run_read_id(struct run *run, struct str id, const struct entity *entity, uint64_t *number);

/* Mixes bits; the same on every machine. */
uint64_t mix(uint64_t x);

#endif
