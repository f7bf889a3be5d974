/*
 * A stand-in for the rooms below: an exchange that hands requests through, so that the server
 * is tested apart from all translation. What the path says is done:
 *
 *   /local      replies at once        /bytes?N   replies at once with N bytes
 *   /plans      the name of the plans  /wait      replies when it is woken, or at its deadline
 *   /both       GET /a and GET /b side by side, both answers in this order
 *   /first      the same; the first answer is the reply, the other call is cancelled
 *   /block      stops the worker until relay_unblock(), then is handed through
 *   /auth...    handed to the auth origin; everything else to api
 *
 * A fault is told as "kind: text" with status 502, a refusal with the fault's status. It
 * aborts the test when it is entered from inside its own call, or freed there.
 */
#ifndef TESTS_UNIT_NET_RELAY_H
#define TESTS_UNIT_NET_RELAY_H

#include "exchange/exchange.h"

struct plans *relay_plans_new(const char *name);

/* Exchanges that live now. */
int relay_alive(void);

/* Calls whose end was cancelled, since the start. */
int relay_cancelled(void);

/* Forgets who came to /wait and /block before. */
void relay_reset(void);

/* Waits until a request came to /wait. */
void relay_await_wait(void);

/* Wakes the exchange that came to /wait last, even when it is gone since. */
void relay_wake(void);

/* Waits until a worker came to /block; lets it go on. */
void relay_await_block(void);
void relay_unblock(void);

#endif
