/*
 * The compiler of one table: from its JSON to a `struct plan`.
 *
 * It resolves every path to a slot, every enum to its map, and says everything that is wrong
 * with the table, wherever it stands: a function that fails has added a finding, and its
 * caller goes on with the rest. What was compiled after an error is never run.
 */
#ifndef SHOPSHIM_PLAN_COMPILE_H
#define SHOPSHIM_PLAN_COMPILE_H

#include "plan/compiled.h"

/* What the paths at one place of a table mean. */
struct view {
    const struct view *outer; /* one element further out; NULL: the outermost scope */
    struct want *element;     /* "."; NULL in the outermost scope */
    struct want *all;         /* "*" */
    struct want *at;          /* "@" */
    const struct type *type;  /* of the element, where the request's types say so */
    const struct type *at_type;
    struct str label; /* of the element, for faults: "lines[]" */
    struct str at_label;
    bool upstream, at_upstream; /* whether they come from an answer */
    bool to_legacy;             /* the way that enums work here */
    unsigned row;               /* 1 + the call of whose rows this is one; 0: of none */
};

/* Where a path or expression leads, as far as it is known. */
struct leads {
    const struct type *type;
    struct str label;
    bool upstream;
    int call; /* the answers of a call with `each`, as they are; else -1 */
};

enum outer_kind { OUTER_FIELD, OUTER_CALL, OUTER_GIVEN, OUTER_MEMORY };

/* A name of the outermost scope. */
struct outer {
    struct str name;
    enum outer_kind kind;
    unsigned index;
    struct want *want;
    bool used;
};

struct fix {
    struct operand *operand;
    struct want *want;
};

struct compiler {
    struct plans *plans;
    struct arena *arena;
    struct plan *plan;
    struct place place; /* of the table as a whole */
    struct outer *outer;
    size_t outer_count;
    struct fix *fixes; /* malloc; operands whose slots are set at the end */
    size_t fix_count, fix_room;
    struct want **seals; /* malloc; roots of all scopes */
    size_t seal_count, seal_room;
    uint32_t *needs;   /* where to note calls that are read; NULL: nobody asks */
    unsigned building; /* the call being compiled, PLAN_CALLS when none */
    bool reads_shop;   /* set by every path that begins with `shop` */
    bool learning;     /* what is remembered cannot be read here */
    bool faulty;       /* of the kind that does not keep the rest from being compiled */
};

/* ---- compile_scope.c, compile_value.c ---- */

struct str keep(struct compiler *c, const char *text); /* a copy that lives as long as plans */

/* A new scope root, sealed at the end; NULL when out of memory. */
struct want *compile_want(struct compiler *c, const char *name);

/*
 * Of what is wrong with one, a finding tells; then it stands for anything, and true is given, so
 * that all that is wrong with a table is told at once. False without memory.
 */
bool compile_expression(struct compiler *c, const char *text, const struct view *view,
                        const struct place *place, struct expression *out, struct leads *leads);

/* Tells of keys that are not known, and passes them over. */
void compile_known_keys(struct compiler *c, const struct place *place, const cJSON *object,
                        const char *const names[]);

/* An expression or a list of them. */
bool compile_condition(struct compiler *c, const cJSON *node, const struct view *view,
                       const struct place *place, struct condition *out);

/* A leaf: a constant or a text with an expression. */
bool compile_leaf(struct compiler *c, const cJSON *node, const struct view *view,
                  const struct place *place, struct expression *out);

/* A number of the table that a double holds exactly; false after a finding. */
bool compile_number(struct compiler *c, const cJSON *node, const struct place *place,
                    struct constant *out);

/* A text, number, true or false of the table as a constant. */
bool compile_constant(struct compiler *c, const cJSON *node, const struct place *place,
                      struct constant *out);

bool compile_whole(const cJSON *node, const struct place *place, const char *what, uint64_t least,
                   uint64_t most, uint64_t *out);

/* [low, high] with low <= high. */
bool compile_range(const cJSON *node, const struct place *place, uint64_t most, uint64_t *low,
                   uint64_t *high);

/* Slots for all wants and operands. */
bool compile_seal(struct compiler *c);

/* ---- compile_shape.c, compile_object.c, compile_rows.c ---- */

bool compile_shape(struct compiler *c, const cJSON *node, const struct view *view,
                   const struct place *place, struct shape *out);
bool compile_text(struct compiler *c, const char *text, const struct view *view,
                  const struct place *place, struct shape *out);

/* The view inside the elements of the lists that expressions lead to. */
struct view element_view(struct compiler *c, const struct view *view, const struct leads *leads,
                         struct scope *scope);

/* {"rows": {call: shape}}. compile_rows.c */
bool compile_rows(struct compiler *c, const cJSON *node, const struct view *view,
                  const struct place *place, struct shape *out);

/* Once all slots are known. */
void shape_seal(struct shape *shape);

/* A leaf, or a choice between leaves. */
bool shape_is_leaf(const struct shape *shape);

/* "\"name\":" */
struct str compile_key(struct compiler *c, const char *name);

/* ---- compile_call.c, compile_form.c ---- */

/* The names, so that other parts can read the answers; then the calls themselves. */
bool compile_call_names(struct compiler *c, const cJSON *calls, const struct place *place);
bool compile_calls(struct compiler *c, const cJSON *calls, const struct place *place);
bool compile_form(struct compiler *c, const cJSON *form, const struct view *view,
                  const struct place *place, struct call *call);
bool compile_forgiveness(struct compiler *c, const cJSON *node, const struct view *view,
                         const struct place *place, struct call *call);

/* ---- compile_paging.c: of a call with `rows` ---- */

bool compile_nesting(struct compiler *c, const cJSON *node, const struct place *place,
                     struct call *call);
bool compile_limits(const cJSON *node, const struct place *place, struct call *call);
bool compile_page(struct compiler *c, const cJSON *node, const struct place *place,
                  struct call *call);
bool compile_order(struct compiler *c, const cJSON *node, const struct view *view,
                   const struct place *place, struct call *call);

/* "query.page_size" */
bool compile_spot(struct arena *arena, const cJSON *node, const struct place *place,
                  struct page_spot *out);

/* ---- compile_accept.c ---- */

bool compile_accept(struct compiler *c, const cJSON *accept, const struct place *place);
/* "int = 10 in 1..50" */
bool type_parse(struct str text, struct arena *arena, const struct place *place, struct type *out);

/* ---- compile_pages.c ---- */

/* The fields `in` and `size`, before anything reads fields; then the rest, behind the reply. */
bool compile_page_fields(struct compiler *c, const cJSON *pages, const struct place *place);
bool compile_pages(struct compiler *c, const cJSON *pages, const struct place *place);

/* ---- compile_once.c, compile_remember.c: what is kept between requests ---- */

/* Behind the calls. */
bool compile_once(struct compiler *c, const cJSON *once, const struct place *place);

/* The names, before anything reads them; the rest behind the calls. */
bool compile_memories(struct compiler *c, const cJSON *remember, const struct place *place);
bool compile_remember(struct compiler *c, const cJSON *remember, const struct place *place);

/* ---- compile_words.c: the parts of a table that are for people ---- */

bool compile_losses(struct compiler *c, const cJSON *loses, const struct place *place);
bool compile_assumes(struct compiler *c, const cJSON *assumes, const struct place *place);
bool compile_version(struct compiler *c, const cJSON *version, const struct place *place);
bool compile_generation(struct compiler *c, const cJSON *upstream, const struct place *place);
bool compile_legacy(struct compiler *c, const cJSON *legacy, const struct place *place);

/* ---- compile_table.c ---- */

struct plan *compile_table(struct plans *plans, const cJSON *table, const char *name,
                           const struct place *place);

/* ---- enums.c ---- */

bool enum_compile(struct arena *arena, const cJSON *node, const struct place *place,
                  struct enum_map *out);
struct enum_map *enums_compile(struct arena *arena, const cJSON *node, const struct place *place,
                               size_t *count, bool *good);

/* ---- settings.c, errors.c, shops.c: the files that all tables share ---- */

bool profiles_compile(struct plans *plans, const cJSON *file, const struct place *place);
bool errors_compile(struct plans *plans, const cJSON *file, const struct place *place);
struct plan_shops *shops_compile(struct arena *arena, const cJSON *node, const struct place *place);

/* ---- include.c: named shapes ---- */

struct named_shape {
    const cJSON *node; /* its key is the name */
    bool used;
};

struct shape_book {
    struct named_shape *shapes;
    size_t count;
};

/* Borrows the tree, which may be NULL. */
bool shape_book_fill(struct shape_book *book, const cJSON *shapes, struct arena *arena,
                     const struct place *place);

/* Puts shapes into the tree of a table, and takes its own, `shapes`, out. */
bool include_shapes(struct shape_book *shared, cJSON *table, struct arena *arena,
                    const struct place *place);

/* ---- route.c ---- */

bool routes_compile(struct plans *plans, struct findings *findings);

/* Whether any table serves that path. */
bool routes_have(const struct plans *plans, struct str path);

/* ---- generation.c ---- */

/* Finds for tables of GENERATION_202309 those that can take their place. */
void generations_pair(struct plans *plans);

/* Room for the members of a shape. compile_object.c */
bool compile_members(struct compiler *c, size_t count, struct shape *out);

/* Several members under one key that begins with '='. compile_same.c */
bool is_same(const char *name);
size_t same_count(const cJSON *node);
bool compile_same(struct compiler *c, const cJSON *node, const struct view *view,
                  const struct place *place, struct shape *members);
bool compile_object(struct compiler *c, const cJSON *node, const struct view *view,
                    const struct place *place, struct shape *out);

#endif
