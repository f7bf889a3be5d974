/*
 * Connections: HTTP/1.1 for the sandbox, over the strict reader of src/http1.
 *
 * A hall owns a listening socket and the connections that were accepted on it, all of them in
 * the thread of one event loop. Each serves one request at a time, whole, and the next when
 * that one's answer is out: keep-alive, requests sent ahead, Expect: 100-continue. Messages
 * that the reader refuses are served as broken ones, then the connection ends.
 * Bounded: connections, heads, bodies (16 MiB), and the time in which nothing arrives.
 */
#ifndef SHOPSHIM_SANDBOX_CONN_H
#define SHOPSHIM_SANDBOX_CONN_H

#include "sandbox/message.h"

#include <event2/event.h>
#include <event2/event_struct.h>

struct conn;

/*
 * Fills in *answer, which was zero; its body is cleared by the connection. The request is
 * valid during the call.
 */
typedef void conn_serve(void *ctx, const struct visit_request *request,
                        struct visit_answer *answer);

struct hall {
    struct event_base *base;
    int fd; /* listening and not blocking; closed by hall_close */
    struct event acceptable;
    struct event again; /* out of descriptors: accept later */
    struct conn *conns; /* a chain of all */
    size_t count;
    conn_serve *serve;
    void *ctx;
};

/* Takes connections as soon as the loop runs. False when memory or the loop refuses. */
bool hall_open(struct hall *hall);

/* Ends all connections at once. Also after a hall_open that failed. */
void hall_close(struct hall *hall);

/* ---- between hall.c and conn.c ---- */

void conn_open(struct hall *hall, int fd);
void conn_close(struct conn *conn);

#endif
