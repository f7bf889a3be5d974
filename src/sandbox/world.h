/*
 * The world: what requests changed, who holds tokens, and which rules were broken.
 *
 * The only state of the sandbox that lives longer than a request. It belongs to the sandbox's
 * thread. Bounded: what the overlay keeps, issued tokens and remembered violations have maxima.
 */
#ifndef SHOPSHIM_SANDBOX_WORLD_H
#define SHOPSHIM_SANDBOX_WORLD_H

#include "base/buf.h"
#include "sandbox/overlay.h"
#include "sandbox/shelf.h"

#include <cjson/cJSON.h>

enum { WORLD_TOKENS = 1000, WORLD_VIOLATIONS = 100 };

struct app {
    struct str key;
    struct str secret;
};

struct token {
    struct str access;
    struct str refresh;
    struct str open_id;
    struct str seller;
    struct str region;
    unsigned user; /* user type */
    int64_t expires;
    int64_t refresh_expires;
    uint64_t shops;        /* bit i: row i of the entity shop */
    int64_t life;          /* seconds that tokens issued to this owner are good for */
    bool revoked;          /* the owner has taken it back */
    size_t like;           /* of an issued one: the token of access.json whose owner has it */
    const struct app *app; /* of an issued one: who may use it; NULL: every app */
};

struct code {
    struct str code;
    size_t token; /* whose owner it is for */
    bool once;
    bool used;
};

struct violation {
    int64_t time;
    char *request; /* "POST /path" */
    char *text;    /* the answer's message */
    int64_t code;
    int status;
};

struct world {
    uint64_t generation; /* counts what changed records, lists or tokens: caches hang on it */
    struct overlay overlay;
    struct shelf shelf;  /* uploaded files */
    uint64_t orders;     /* how many of the large entity each shop has */
    struct arena *arena; /* texts of apps, tokens and codes */
    struct app *apps;
    size_t app_count;
    struct token *tokens;
    size_t token_count;
    size_t token_seeded;  /* those of access.json come first */
    struct arena *issued; /* texts of the others */
    struct code *codes;
    size_t code_count;
    struct violation violations[WORLD_VIOLATIONS];
    uint64_t violation_count;
    uint64_t requests;
    uint64_t notices; /* webhooks made */
};

bool world_init(struct world *world);

/* Forgets everything that requests did; the generation goes on. */
void world_reset(struct world *world);
void world_clear(struct world *world);

/*
 * Sets a field, see overlay_set(); adds a record, see overlay_add(); and an id's number that
 * was never given before. Each counts as a generation.
 */
bool world_set(struct world *world, struct overlay_key key, struct str path, struct value value);
bool world_add(struct world *world, const struct entity *entity, unsigned shop, uint64_t *nth);
uint64_t world_fresh(struct world *world);

const struct app *world_app(const struct world *world, struct str key);
struct token *world_token(const struct world *world, struct str access);
struct token *world_refresh(const struct world *world, struct str refresh);
struct code *world_code(const struct world *world, struct str code);

/* A new access token of the same owner for an app, good from `now` on. NULL: too many. */
struct token *world_issue(struct world *world, const struct token *owner, const struct app *app,
                          int64_t now);

/* The same with a token that was issued before. */
struct token *world_take_token(struct world *world, const struct token *owner, struct str access,
                               int64_t expires);

void world_violation(struct world *world, const struct violation *violation);
void world_forget_violations(struct world *world);

/* {"count": n, "last": [...]}, oldest first. */
void world_write_violations(const struct world *world, struct buf *out);

#endif
