/*
 * The checker's inside: one table under check, and what the files of this room share.
 *
 * Every function that looks at a part of a table takes the place of that part, for findings.
 */
#ifndef SHOPSHIM_CHECK_INSIDE_H
#define SHOPSHIM_CHECK_INSIDE_H

#include "check/check.h"
#include "check/sort.h"

enum { CHECK_SIDES = 8, CHECK_GUARDS = 128, CHECK_GROUPS = 8, CHECK_GROUP = 4 };

/* What is known of the use of a part of the request: a type of `accept`, or a contract's field. */
struct mark {
    const void *key;
    bool read;   /* somebody reads it, or something in it */
    bool whole;  /* it is handed on with all that is in it */
    bool needed; /* v202309 wants something that is made of it */
};

/* Types of `accept` of which one at least is there. */
struct guard_group {
    const struct type *types[CHECK_GROUP];
    size_t count;
};

/* How the values of one enum were met in all tables, in one direction. */
struct tally {
    size_t uses;
    bool open; /* some use reads a field whose values nobody lists */
    bool *met; /* by index of the pair */
};

struct enum_tally {
    const struct enum_map *map;
    struct tally to_legacy, to_upstream;
};

struct check {
    const struct plans *plans;
    struct check_sides sides;
    struct findings *findings;
    struct arena *arena;
    const char *mappings;
    struct enum_tally *tallies; /* of enums.json */
    /* the table at hand */
    const struct plan *plan;
    struct place table;
    size_t first; /* the first finding of this table */
    const struct contract *legacy[CHECK_SIDES];
    size_t legacy_count;
    const struct contract *called[PLAN_CALLS]; /* NULL: not in the contracts */
    const struct sort *answers[PLAN_CALLS];    /* what one answer is */
    const struct sort *elements[PLAN_CALLS];   /* what "@" is, of calls with `each` */
    const struct sort *rows[PLAN_CALLS];       /* what a row is */
    bool answer_read[PLAN_CALLS];
    struct enum_tally *own_tallies;
    struct mark *marks;
    size_t mark_count, mark_room;
    const void *guards[CHECK_GUARDS]; /* types of `accept` that are there for sure */
    size_t guard_count;
    struct guard_group groups[CHECK_GROUPS];
    size_t group_count;
    const struct type *trail[EXPRESSION_NAMES + 1]; /* passed by the last path */
    size_t trail_count;
    unsigned silent;                     /* above 0: nothing is told */
    bool needing;                        /* what is read is needed by v202309 */
    const struct contract_field *making; /* the field that is made at the moment */
};

/* What the paths at one place of a table mean; as `struct view` in plan/compile.h. */
struct scene {
    const struct scene *outer; /* NULL: the outermost scope */
    const struct sort *element;
    const struct sort *all;
    const struct sort *at;
    unsigned row; /* 1 + the call of whose rows this is one; 0: of none */
};

/* ---- report.c ---- */

/* An error at `place`, told once. True when it was new: then a hint may follow. */
bool report(struct check *c, const struct place *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void report_nearest(struct check *c, bool told, struct str near);
/* The same for one of several values; numbers are near to nothing. */
void report_value(struct check *c, bool told, struct str value, const struct str *values,
                  size_t count);

/* "body.lines[].id": a field of a contract with its section. */
struct str field_name(struct check *c, const struct contract *contract,
                      const struct contract_fields *section, const struct contract_field *field);
/* The contract that a section belongs to, among those of the table; NULL when none. */
const struct contract *section_owner(const struct check *c, const struct contract_fields *section);
const char *section_name(const struct contract *contract, const struct contract_fields *section);
struct str describe(struct check *c, const struct sort *sort);

/* ---- confess.c: `loses` and `assumes` ---- */

/* Whether a sentence of `assumes` names the field, by path or by a name that is no common word. */
bool assumed_field(const struct check *c, const struct contract_field *field);
bool assumed_path(const struct check *c, struct str path); /* "lines[].id" */
/* The same, and says something of types, or of seconds and milliseconds. */
bool assumed_type(const struct check *c, const struct contract_field *field);
bool assumed_unit(const struct check *c, const struct contract_field *field);
/* The text as it stands, such as "GET /api/x". */
bool assumed_text(const struct check *c, struct str text);
/* A value or the name of an enum: at least three characters, with a letter among them. */
bool assumed_value(const struct check *c, struct str value);

/* Whether `loses` confesses the path, or one above it; brackets do not count. */
bool lost_in_answer(const struct check *c, struct str path);
bool lost_in_request(const struct check *c, struct str path);
void check_confessions(struct check *c);

/* ---- marks.c ---- */

struct mark *mark_of(struct check *c, const void *key);
struct mark *mark_find(const struct check *c, const void *key);
void mark_read(struct check *c, const void *key);
void mark_whole(struct check *c, const struct sort *sort);

/* ---- paths.c ---- */

/* What an operand leads to; a path that does not exist is told. */
struct fact resolve(struct check *c, const struct operand *operand, const struct scene *scene,
                    const struct place *place);
/* A plain path in an element: the PATH of a word. */
struct fact resolve_in(struct check *c, const struct sort *element, const struct operand *path,
                       const struct place *place);

/* The member `name` of what a sort holds; false when it has none. */
bool has_member(struct check *c, const struct sort *sort, struct str name, struct fact *fact);

/* ---- words.c ---- */

struct fact evaluate(struct check *c, const struct expression *expression,
                     const struct scene *scene, const struct place *place);

/* ---- guards.c ---- */

/* How much is known at a place, to go back to. */
struct guard_level {
    size_t guards, groups;
};
struct guard_level guard_level(const struct check *c);
void guard_reset(struct check *c, struct guard_level level);

/* What holds is there: adds guards for all conditions, or for one that did not hold. */
void guard_holds(struct check *c, const struct condition *condition, const struct scene *scene);
void guard_fails(struct check *c, const struct condition *condition, const struct scene *scene);
bool guarded(const struct check *c, const struct type *type);
/* Whether one of these is there for sure. */
bool guarded_any(const struct check *c, const struct type *const types[], size_t count);
void check_condition(struct check *c, const struct condition *condition, const struct scene *scene,
                     const struct place *place);

/* ---- fit.c ---- */

enum target_kind { TARGET_ANSWER, TARGET_BODY, TARGET_TEXT /* query, path, part of a form */ };

/* What something is made for. Without a section anything may be made. */
struct target {
    enum target_kind kind;
    const struct contract *contract;
    const struct contract_fields *section; /* NULL: not known */
    const struct contract_field *field;    /* NULL: the first level */
    bool element;                          /* one of the list that the field is */
    bool flat;                             /* a list of such lists */
    bool *given; /* by index of the section's fields: made; or, upstream, added by the proxy */
    struct str *stands; /* by index: the path in the table of the object it belongs to */
};

/* Whether the sort may stand there; tells when not. */
void check_fit(struct check *c, const struct sort *sort, const struct target *target,
               const struct place *place);
struct target target_below(const struct target *target, const struct contract_field *field);
/* The same by name; told when there is none. */
struct target target_of_member(struct check *c, const struct target *target, struct str name,
                               const struct place *place);

/* ---- shapes.c ---- */

/* Checks a shape against its target; says whether it is there. */
enum presence check_shape(struct check *c, const struct shape *shape, const struct scene *scene,
                          const struct target *target, const struct place *place);

/* Told for each required member of `field` (NULL: first level) that nothing gives. */
void check_required(struct check *c, const struct target *target, const struct shape *object,
                    const enum presence *presence, const struct place *place);

/* ---- branches.c ---- */

/* Before cases of which one is made; NULL, which the others take, where nothing is compared. */
struct branches *branches_new(struct check *c, const struct target *target, size_t count);
/* The target of one case, which makes `made`. */
struct target branch_target(struct branches *branches, size_t index, const struct shape *made,
                            const struct target *target, const struct place *place);
/* Told for each field of the answer that is made in one case and not in another. */
void branches_end(struct check *c, struct branches *branches);

/* ---- made.c ---- */

/* What `each` or `group` goes through: a list that holds what any of its sources does. */
struct fact source_of(struct check *c, const struct shape *shape, const struct scene *scene,
                      const struct place *place);

/* The scope inside the elements of that. */
struct scene inside(struct check *c, const struct shape *shape, const struct scene *scene,
                    const struct fact *source);

/* What a shape makes, as a sort. */
const struct sort *sort_of_shape(struct check *c, const struct shape *shape,
                                 const struct scene *scene);

/* ---- the parts of a table ---- */

void check_request(struct check *c);    /* request.c: `accept` */
void check_unread(struct check *c);     /* request.c: after all that reads */
void find_calls(struct check *c);       /* calls.c: contracts and answers */
void check_calls(struct check *c);      /* calls.c */
void check_idle_calls(struct check *c); /* calls.c: after all that reads */
void check_answer(struct check *c);     /* answer.c: `reply`, `loses.answer` */
void check_pages(struct check *c);      /* pages.c */
void check_page_of_call(struct check *c, unsigned call, const struct scene *scene,
                        const struct place *place); /* pages.c */
const struct sort *error_element(struct check *c);  /* calls.c: code and message */
void check_enum_use(struct check *c, const struct use *use, const struct sort *in,
                    const struct place *place); /* enums.c */
const struct sort *enum_gives(struct check *c, const struct use *use, const struct sort *in);
void check_tallies(struct check *c, struct enum_tally *tallies, size_t count,
                   const struct place *place); /* enums.c */
struct enum_tally *new_tallies(struct check *c, const struct enum_map *maps, size_t count);
/* settings.c: profiles.json; `all`: no table is missing. */
void check_settings(struct check *c, bool all);

#endif
