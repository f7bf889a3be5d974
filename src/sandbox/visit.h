/*
 * A visit: one request's way through the sandbox, without a socket.
 *
 *   gate    path, method, app, time, signature, token, content type, shop
 *   params  query, form or body against the contract
 *   rule    rows, changes, upload, tokens
 *   answer  the contract's fields filled from records
 *
 * Each step returns false after it has refused; the first refusal is the answer. A visit owns
 * its arena and the answer's buffer; the core outlives it and is used by one thread.
 */
#ifndef SHOPSHIM_SANDBOX_VISIT_H
#define SHOPSHIM_SANDBOX_VISIT_H

#include "base/clock.h"
#include "sandbox/form.h"
#include "sandbox/message.h"
#include "sandbox/run.h"
#include "sandbox/tables.h"
#include "sandbox/trouble.h"
#include "sandbox/world.h"

/* What outlives requests. */
struct core {
    struct tables *tables;
    struct world world;
    struct trouble *trouble;
    struct notifier *notifier;
    char *webhook; /* for what nobody asked for, or NULL */
    const struct clock *clock;
    uint64_t seed;
    int64_t epoch;
    struct cache *lists; /* sorted rows, see scan.h */
    struct cache *cells; /* rows as JSON, see answer.c */
};

/* Never fails: what goes wrong is an answer too. The caller clears answer->body. */
void sandbox_serve(struct core *core, const struct visit_request *request,
                   struct visit_answer *answer);

/*
 * Requests about the sandbox itself, below /sandbox/: what it saw, what it makes go wrong.
 * False when the request is for the shop.
 */
bool control_serve(struct core *core, const struct visit_request *request,
                   struct visit_answer *answer);

/* ---- between the steps ---- */

struct row {
    uint64_t index;
    struct value key; /* what it is sorted by */
};

/* What could not be changed: its id, its element of the request, why (NULL: unknown). */
struct failure {
    struct value id;
    struct value item;
    const struct rule_error *error;
};

struct notice;

struct visit {
    struct core *core;
    const struct visit_request *request;
    struct arena *arena;
    int64_t now; /* seconds */
    struct str path;
    struct str query_text;
    struct pairs query;
    const struct contract *contract;
    const struct rule *rule;
    struct pairs params;
    const struct app *app;
    struct token *token;
    bool has_shop;
    unsigned shop;
    struct json_doc doc;
    struct json body; /* JSON_NONE: none */
    struct form form;
    struct run run;
    cJSON *token_data; /* what the variable `token` shows */
    struct harm harm;

    /* what the rule found */
    struct value *rows; /* for rule->at, or the one for the answer's root */
    size_t row_count;
    uint64_t total;
    struct str next_page;
    struct failure *failed; /* for rule->fails */
    size_t failed_count;
    struct notice *notices; /* webhooks to be sent, see change.h */
    struct notice *last_notice;

    /* how it ends */
    bool refused;
    bool violation;
    int status;
    int64_t code;
    char message[3072];
};

/* Refuses with the words of errors.json and, behind them, the particulars; returns false. */
bool visit_deny(struct visit *visit, enum refusal refusal, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Two refusals: memory is short; the run met a fault of the tables. */
bool visit_out_of_memory(struct visit *visit);
bool visit_faulty(struct visit *visit);

/* Ends with an error of the shop's own, which is no violation; returns false. */
bool visit_fail(struct visit *visit, const struct rule_error *error);

/* The same, with what was sent beside what would have been right; `pattern` as in contracts. */
bool visit_deny_path(struct visit *visit, struct str nearest);
bool visit_deny_method(struct visit *visit, struct str pattern);
bool visit_deny_name(struct visit *visit, const char *where, const struct contract_fields *fields,
                     const struct contract_field *parent, struct str name);
bool visit_deny_value(struct visit *visit, const struct contract_field *field, const char *where,
                      struct str value);

bool gate_pass(struct visit *visit);
bool params_check(struct visit *visit);

/* The first header of that name, in any case; absent when there is none. */
struct str visit_header(const struct visit *visit, struct str name);

/* A field of the request by its name without "[]": from path, query, body or form. */
struct value visit_field(struct visit *visit, struct str name);

bool rows_list(struct visit *visit);
bool rows_get(struct visit *visit);

/* Sends the webhooks that wait in the visit. */
void notices_send(struct visit *visit);

bool change_records(struct visit *visit);

/* The id or ids that a `get` or an element of a change's request is about. */
struct value change_ids(struct visit *visit, struct value item);

bool grant_token(struct visit *visit);

/* Puts the file of a form on the shelf and shows it as the variable `file`. */
bool upload_take(struct visit *visit);

/* The sandbox's address as the caller wrote it. */
struct str visit_own_host(const struct visit *visit);

/* Makes the visit's token readable as the variable `token`. */
void visit_show_token(struct visit *visit);

/* Appends the JSON of `data`. */
void answer_write(struct visit *visit, struct buf *out);

#endif
