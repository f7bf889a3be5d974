/*
 * The client's request of a step: what the case says, and the common parameters and the
 * signature that every legacy client adds.
 */
#ifndef TESTS_CASES_REQUEST_H
#define TESTS_CASES_REQUEST_H

#include "exchange/exchange.h"

struct exchange_request request_of(struct json legacy, struct arena *arena);

/* The token that it carries; absent when it carries none. */
struct str request_token(struct json legacy, struct arena *arena);

#endif
