/*
 * The writer's inside: one table that is being told, and what the files of this room share.
 *
 * A *trail* is what a path of a table means in full: "orders[].lines[].id" of the answer of a
 * call, or of the request. A *scene* is what paths mean at one place of a table, as `struct
 * view` in plan/compile.h. A *note* is one thing that is done with a field. Everything is made
 * in the arena of the teller.
 */
#ifndef SHOPSHIM_DOCS_INSIDE_H
#define SHOPSHIM_DOCS_INSIDE_H

#include "docs/docs.h"
#include "plan/compiled.h"

enum origin { FROM_NOWHERE, FROM_REQUEST, FROM_ANSWER, FROM_SHOP, FROM_CLIENT };

struct trail {
    enum origin origin;
    struct str path; /* "found.orders[].id"; of the shop and the client without their name */
    bool spread;     /* a list whose elements the path names already: "lines[].id" */
    bool all;        /* of all elements of a group, not of its first */
};

struct scene {
    const struct scene *outer; /* NULL: the outermost scope */
    struct trail element, at;
    bool mixed; /* elements of several lists, of which `element` is one */
};

/* What is done with one field, or what one is made of. */
struct note {
    struct str path; /* of the field, without brackets */
    struct str text;
    struct trail trail; /* answers: where it comes from; as it is when `whole` */
    bool whole;         /* handed on with all that is in it */
};

struct notes {
    struct note *items;
    size_t count, room;
};

enum { DOCS_SIDES = 8 };

/* One table. */
struct teller {
    const struct docs_sources *sources;
    struct arena *arena;
    const struct plan *plan;
    const struct contract *legacy[DOCS_SIDES];
    size_t legacy_count;
    const struct contract *called[PLAN_CALLS]; /* NULL: not in the contracts */
    bool answering; /* what is told is about the answer: fields of the request are named so */
    struct notes uses, made;
};

/* ---- trail.c ---- */

struct trail trail_of(const struct teller *t, const struct operand *operand,
                      const struct scene *scene);
/* Of what a whole expression gives, as far as its words only move along paths. */
struct trail trail_of_value(const struct teller *t, const struct expression *e,
                            const struct scene *scene);
/* What one word makes of it; false when the word does not move along a path. */
bool trail_step(const struct teller *t, const struct use *use, struct trail *trail);
/* An element of it. */
struct trail trail_element(const struct teller *t, struct trail list);
struct trail trail_below(const struct teller *t, struct trail trail, struct str path);
/* A scene inside the elements of a list. */
struct scene scene_inside(const struct teller *t, const struct expression *list,
                          const struct scene *scene);
/* Inside of one object. */
struct scene scene_in(const struct teller *t, const struct expression *object,
                      const struct scene *scene);
/* Inside the rows of a call. */
struct scene scene_of_row(const struct teller *t, unsigned call, const struct scene *scene);
/* While a call is built. */
struct scene scene_of_call(const struct teller *t, unsigned call);
/* The type that `accept` gives a field, or NULL. */
const struct type *accepted_type(const struct teller *t, struct str plain);
/* The field of an upstream contract; NULL when it is not known. */
const struct contract_field *trail_field(const struct teller *t, struct trail trail,
                                         const struct contract_fields **section);

/* Without brackets, in the arena. */
struct str plain_path(struct arena *arena, struct str path);
struct str join_path(struct arena *arena, struct str path, struct str name);

/* ---- words.c: expressions in words, Markdown ---- */

void tell_trail(const struct teller *t, struct trail trail, struct buf *out);
void tell_operand(const struct teller *t, const struct operand *operand, const struct scene *scene,
                  struct buf *out);
void tell_expression(const struct teller *t, const struct expression *e, const struct scene *scene,
                     struct buf *out);
/* Only what the words do: " plus 1"; gives the path that they begin with. */
struct trail tell_words(const struct teller *t, const struct expression *e,
                        const struct scene *scene, struct buf *out);
void tell_condition(const struct teller *t, const struct condition *condition,
                    const struct scene *scene, struct buf *out);
void tell_constant(const struct constant *constant, struct buf *out);

/* ---- notes.c ---- */

void note_add(struct teller *t, struct notes *notes, const struct note *note);
bool notes_have(const struct notes *notes, struct str plain);
/* The notes of a path, joined; absent when there are none. */
struct str notes_text(const struct teller *t, const struct notes *notes, struct str plain);
/* The nearest note above the path that hands on all; NULL when there is none. */
const struct note *notes_whole(const struct notes *notes, struct str plain);
/* Whether anything below the path has a note. */
bool notes_below(const struct notes *notes, struct str plain);

/* ---- uses.c, made.c: what a table does with each field ---- */

void gather_uses(struct teller *t);
void gather_made(struct teller *t);
/* "when `a` is set: `b`; else `c`": a choice between leaves. */
void tell_choice(const struct teller *t, const struct shape *choice, const struct scene *scene,
                 struct buf *out);

/* ---- fields.c: the two tables of fields ---- */

/* Adds how many fields are missing to *missing. */
void put_request(struct teller *t, struct buf *out, size_t *missing);
void put_answer(struct teller *t, struct buf *out, size_t *missing);
/* "list of int, 1 to 50, optional" */
void put_type(const struct type *type, struct buf *out);

/* ---- endpoint.c ---- */

/* The section of one table, its heading "### ..." when `heading` is there. */
size_t put_endpoint(const struct docs_sources *sources, const struct plan *plan,
                    struct arena *arena, struct buf *out);

/* ---- enums.c ---- */

/* The enums that these tables use, with their pairs. */
void put_enums(const struct docs_row *rows, size_t count, struct arena *arena, struct buf *out);

/* A text as it stands in a cell of a table. */
void put_cell(struct str text, struct buf *out);

/* ---- errors.c ---- */

void put_errors(const struct docs_sources *sources, struct arena *arena, struct buf *out);

#endif
