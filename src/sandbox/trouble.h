/*
 * Trouble on order: what goes wrong between an app and a shop, made to happen by rules.
 *
 * A rule names endpoints, a probability and what is done; docs/commands.md is their reference.
 * Whether a rule strikes is drawn from the seed, the rule's place and how many requests it has
 * seen, so that a run repeats whatever else is asked in between. Rules are read from JSON or
 * from the short form `delay:50..200@POST /a/b:0.1`; a bad one is refused in words with the
 * member's name and the nearest known one, and changes nothing.
 */
#ifndef SHOPSHIM_SANDBOX_TROUBLE_H
#define SHOPSHIM_SANDBOX_TROUBLE_H

#include "base/fault.h"
#include "sandbox/message.h"
#include "table/contract.h"

enum { TROUBLE_RULES = 100 };

struct trouble; /* a set of rules and their counts */

/* What the rules do to one visit; all zero: nothing. */
struct harm {
    int status;           /* answer with it, without serving; 0: serve */
    bool rate_limited;    /* 429 and retry_after, without serving */
    bool retired;         /* as an endpoint that is gone, without serving */
    bool token_expired;   /* the caller's token counts as expired */
    int64_t skew;         /* seconds that the shop's clock is off */
    bool html, empty;     /* of `status`: what stands in the body */
    struct str unknown;   /* an enum's value that nobody knows, or absent */
    struct str field;     /* glob of the fields that get it */
    unsigned retry_after; /* ... as in struct visit_answer: */
    int64_t delay_ms;
    uint64_t rate;
    bool ends;
    enum answer_end end;
    bool half; /* END_CUT in the middle of the body, else behind `cut` bytes */
    size_t cut;
    uint64_t garbled; /* bytes of the body to alter */
    uint64_t chance;  /* where they stand */
};

/* No rules. The contracts must live as long. NULL when memory is short. */
struct trouble *trouble_new(const struct contracts *contracts);
void trouble_free(struct trouble *trouble); /* NULL is fine */

/* Another seed; all counts begin again. */
void trouble_seed(struct trouble *trouble, uint64_t seed);

/* One rule more: a JSON object or the short form. */
bool trouble_add(struct trouble *trouble, struct str text, struct fault *fault);

/* Instead of all: a list of rules, or {"seed": n, "rules": [...]}. */
bool trouble_put(struct trouble *trouble, struct str json, struct fault *fault);

/* The same from a file. */
bool trouble_load(struct trouble *trouble, const char *path, struct fault *fault);

/* None is left. */
void trouble_forget(struct trouble *trouble);

/* {"seed": n, "rules": [{"rule": {...}, "seen": n, "done": n}]} */
void trouble_write(const struct trouble *trouble, struct buf *out);

/* Whether there are no rules. */
bool trouble_quiet(const struct trouble *trouble);

/* What strikes a request. `contract` NULL: of no endpoint, which only "*" means too. */
void trouble_draw(struct trouble *trouble, const struct contract *contract, struct harm *harm);

/* Does to a finished answer what stands in `harm`. */
void harm_answer(const struct harm *harm, struct visit_answer *answer);

#endif
