/*
 * One upstream message of a case: what was sent, held against what the case expects, against
 * the signature over the very bytes, and against the header fields that every call must have.
 */
#ifndef TESTS_CASES_MESSAGE_H
#define TESTS_CASES_MESSAGE_H

#include "documents.h"
#include "exchange/exchange.h"

#define CASE_APP    "6testkey0001"
#define CASE_SECRET "made-up-secret-0001"
#define CASE_TOKEN  "ROW_made-up-token-0001"
enum { CASE_NOW = 1690000000 };

struct message {
    const struct exchange_send *send;
    struct str path; /* decoded */
    struct pairs query;
};

/* Takes the target apart; false adds a line. */
bool message_read(const struct exchange_send *send, struct arena *arena, struct message *message,
                  struct buf *lines);

/* Whether method and path are those of `call`, "POST /x". */
bool message_is(const struct message *message, struct str call);

/* Query and body, or form, against those of an expectation. */
bool message_equal(const struct message *message, struct json expected, struct arena *arena,
                   struct buf *lines);

/* Signature, time, token and content type. `token` is what the client sent. */
bool message_proper(const struct message *message, struct str token, struct arena *arena,
                    struct buf *lines);

#endif
