/*
 * One request under translation: what a run holds, and what its parts do for each other.
 */
#ifndef SHOPSHIM_PLAN_RUN_H
#define SHOPSHIM_PLAN_RUN_H

#include "plan/compiled.h"

/* One answer of upstream: a page, of calls that have pages. */
struct page {
    struct json_doc *doc; /* NULL: not there yet */
    struct json data;
    struct json rows;
    size_t row_count;
    struct str next;
    struct json reached; /* the row that was read last, so that the next one is near */
    size_t reached_index;
};

/* What was asked for one element of `each`; calls without `each` have one. */
struct made {
    struct value element; /* "@" */
    unsigned outer_page;  /* of a nested call: the row that the element is */
    size_t outer_row;
    struct page *pages;
    size_t page_count; /* up to the highest page that was taken */
    size_t page_room;
};

struct call_state {
    bool counted; /* `times` and `made` are known */
    size_t times;
    struct made *made;
    size_t made_room; /* of a nested call, whose elements come one by one */
    size_t current;   /* the element that "@" is; `times` when none */
    size_t left_out;  /* elements beyond `most` */
    bool answered;
};

struct pick {
    struct plan_slot slot;
    size_t from, to;
};

struct plan_run {
    const struct plan *plan;
    struct arena *arena;
    struct plan_request request;
    struct value *slots;
    struct call_state calls[PLAN_CALLS];
    struct pick *picks;
    size_t pick_count, pick_room;
    bool unused; /* the request holds something that `accept` does not */
    bool failed;
    struct fault fault; /* what went wrong first, when failed */
};

static inline struct page *picked_page(const struct plan_run *run, const struct pick *pick)
{
    return &run->calls[pick->slot.call].made[pick->slot.element].pages[pick->slot.page];
}

/* ---- faults ---- */

/* Notes the first fault; returns the absent value. `from` says whose value it was. */
struct value run_fault(struct plan_run *run, const struct operand *from, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool run_no_memory(struct plan_run *run); /* returns false */

/* Moves the run's fault, or "out of memory", into *fault when there is one: then false. */
bool run_check(struct plan_run *run, struct fault *fault);

/* ---- reading ---- */

struct value operand_read(struct plan_run *run, const struct operand *operand);
void expression_into(struct plan_run *run, const struct expression *expression,
                     struct value *value);
static inline struct value expression_read(struct plan_run *run,
                                           const struct expression *expression)
{
    struct value value;
    expression_into(run, expression, &value);
    return value;
}
bool condition_holds(struct plan_run *run, const struct condition *condition);

/* Makes `value` the element of a scope. */
void scope_enter(struct plan_run *run, const struct scope *scope, struct value value);
/* Makes "@" that element of a call with `each`. */
void element_enter(struct plan_run *run, unsigned call, size_t index);

/* The data of the first answer that was taken for an element of a call; absent: none was. */
struct value answer_of(const struct plan_run *run, unsigned call, size_t element);

/* ---- writing ---- */

enum written {
    LEFT_OUT,
    CONSTANT, /* made of constants only: keeps no object alive */
    WRITTEN
};

enum written shape_write(struct plan_run *run, const struct shape *shape, struct json_writer *w);

/* The value of a leaf, a constant, or a choice between them. */
struct value shape_leaf(struct plan_run *run, const struct shape *shape);

/* An object that is never left out; `finish` may add members before it is closed. */
typedef void shape_finish(struct plan_run *run, void *ctx, struct json_writer *w);
void shape_write_whole(struct plan_run *run, const struct shape *shape, struct json_writer *w,
                       shape_finish *finish, void *ctx);

/* The rows that were picked, as a list (write_rows.c). */
enum written rows_write(struct plan_run *run, const struct shape *shape, struct json_writer *w);

/* The lists of `each` and `group` that are there, in their order; how many. */
size_t sources_read(struct plan_run *run, const struct shape *shape,
                    struct value lists[SHAPE_SOURCES]);

/* One element for each different key (write_group.c). */
enum written group_write(struct plan_run *run, const struct shape *shape, struct json_writer *w);

/* What is made apart first (write_apart.c). */
enum written flat_write(struct plan_run *run, const struct shape *shape, struct json_writer *w);
enum written packed_write(struct plan_run *run, const struct shape *shape, struct json_writer *w);

/* ---- the request (accept.c) ---- */

bool accept_request(struct plan_run *run, struct fault *fault);

/* False and FAULT_REFUSED when a refusal holds: of those that read no other answers than those of
 * `calls`, the late ones or the others. */
bool refusals_pass(struct plan_run *run, uint32_t calls, bool late, struct fault *fault);

/* ---- forms (form.c) ---- */

bool form_write(struct plan_run *run, const struct call *call, struct plan_message *message);

/* ---- enums ---- */

/* A v202309 value that no pair knows: counted, and logged once. */
void unknown_value(const struct plan *plan, const struct enum_map *map, struct str value);

#endif
