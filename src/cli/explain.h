/*
 * What the files of `explain` share. Private to explain*.c.
 */
#ifndef SHOPSHIM_CLI_EXPLAIN_H
#define SHOPSHIM_CLI_EXPLAIN_H

#include "cli/request.h"
#include "cli/verb.h"

enum { EXPLAIN_SENDS = 64, EXPLAIN_CIPHER = 256 };

struct explain_options {
    bool strict;
};

struct explain {
    const struct run *run;
    const struct explain_options *options;
    struct arena *arena;
    struct plans *plans;
    struct request request;
    struct pairs query;
    const struct plan *plan;   /* NULL: no such endpoint, or */
    struct plan_native native; /* passed on without a table, when its profile is set */
    struct str shop_id;
    char cipher[EXPLAIN_CIPHER]; /* of the made-up shop, percent-coded as it goes into a query */
    char cipher_name[EXPLAIN_CIPHER];
    const struct exchange_send *sends[EXPLAIN_SENDS];
    size_t send_count, told;
    unsigned lookup; /* tag of the call that is to be answered */
    bool looking;
    const struct exchange_answer *answer;
    struct buf out;
};

/*
 * Tells, as curl commands, what was sent since the last time; notes when it was the look-up
 * of the shop.
 */
void explain_sends(struct explain *explain);

/* Tells the calls that wait for answers which nobody can know here, and those behind them. */
void explain_waiting(struct explain *explain);

/* Tells the answer to the app. */
void explain_answer(struct explain *explain);

/* The made-up shop: its names, and the answer of the look-up, in the form of the profiles. */
void explain_make_shop(struct explain *explain);
struct str explain_shop_answer(struct explain *explain);

#endif
