/*
 * Rules of trouble from inside: shared by trouble.c, which lets them strike, and
 * trouble_read.c, which reads them.
 */
#ifndef SHOPSHIM_SANDBOX_TROUBLE_INSIDE_H
#define SHOPSHIM_SANDBOX_TROUBLE_INSIDE_H

#include "sandbox/trouble.h"
#include "json/json.h"

enum trouble_deed {
    DO_DELAY,
    DO_STATUS,
    DO_RATE_LIMIT,
    DO_RESET,
    DO_TRUNCATE,
    DO_GARBLE,
    DO_SLOW,
    DO_EXPIRE_TOKEN,
    DO_CLOCK_SKEW,
    DO_UNKNOWN_ENUM,
    DO_RETIRED,
    TROUBLE_DEEDS /* count */
};

enum trouble_spread { SPREAD_FIXED, SPREAD_UNIFORM, SPREAD_EXPONENTIAL, SPREAD_NORMAL };

enum { WHOLE_MILLION = 1000000 };

struct trouble_rule {
    struct str source; /* as JSON, to show it again */
    struct str endpoint;
    uint64_t chance; /* of a million */
    uint64_t times;  /* strikes at most; 0: always */
    enum trouble_deed deed;
    int64_t number; /* ms, status, retry_after, bytes, bytes_per_second, seconds */
    int64_t spread; /* end of a range, or deviation */
    bool given;     /* `number` was */
    enum trouble_spread kind;
    bool after, html, empty; /* of reset; of status */
    struct str field, value; /* of unknown_enum */
    uint64_t seen, done;
};

struct trouble {
    const struct contracts *contracts;
    struct arena *arena; /* texts of the rules */
    uint64_t seed;
    struct trouble_rule rules[TROUBLE_RULES];
    size_t count;
};

/* Reads one rule (an object) into the set. */
bool trouble_read(struct trouble *trouble, struct json rule, struct fault *fault);

/* The short form as JSON, in the arena; absent after a fault. */
struct str trouble_long_form(struct str text, struct arena *arena, struct fault *fault);

#endif
