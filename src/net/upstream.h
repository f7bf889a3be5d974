/*
 * Upstream: sends built requests and gets answers, for one worker (private to this room).
 *
 * The port is narrow on purpose: a request goes in; later, never from inside upstream_send()
 * or upstream_cancel(), one answer or one fault comes out. Behind it stand, for each origin
 * (api, auth), the connections of this worker: busy ones, a stack of idle ones, dials under
 * way, and a bounded queue of calls that wait.
 *
 * What may be sent twice:
 *   - anything, while no byte of it was accepted by a connection (failed dials included);
 *   - a repeatable request once more, when a connection breaks before a byte of the answer;
 *   - nothing else. A write that may have arrived ends as FAULT_LOST.
 */
#ifndef SHOPSHIM_NET_UPSTREAM_H
#define SHOPSHIM_NET_UPSTREAM_H

#include "exchange/exchange.h"
#include "net/counters.h"
#include "net/deadline.h"
#include "net/dial.h"
#include "net/intake.h"

struct link;
struct pool;

struct upstream_call {
    /* the owner's */
    struct list link; /* free for the owner's lists */
    void *owner;
    /* of upstream */
    struct exchange_send send;
    struct pool *pool; /* of the origin */
    struct list place; /* among those that wait, or that failed and are not told yet */
    enum {
        CALL_NEW,
        CALL_WAITING,
        CALL_BUSY,
        CALL_FAILED, /* the fault is not told yet */
        CALL_OVER
    } state;
    struct link *connection; /* while busy */
    struct buf head;         /* and a small body */
    struct str body;         /* a large one */
    size_t sent;             /* of head and body, on this connection */
    bool moved;              /* it was sent once already */
    bool fresh;              /* only a new connection will do */
    unsigned dials;          /* that failed for it */
    struct intake intake;    /* of the answer; its memory stays until upstream_call_free */
    char type[96];           /* content type */
    struct exchange_upstream answer;
    struct fault fault;
};

struct pool { /* connections of one origin */
    struct upstream *upstream;
    struct origin origin;
    const char *setting; /* "upstream.api" */
    struct list idle;    /* links, the last used first */
    struct list busy;    /* links */
    struct list waiting; /* calls */
    unsigned count;      /* connections */
    unsigned idle_count;
    unsigned waiting_count;
    unsigned dialing;
    bool failing; /* the last dial failed; told in the log once */
};

struct upstream {
    const struct server_upstream_settings *settings;
    struct counters *counters;
    struct memory *memory;
    struct event_base *base;
    struct input_pool inputs;
    struct dialer dialer;
    struct pool pools[2]; /* api, auth */
    struct deadline_queue answer_times, idle_times;
    struct list failed;          /* calls whose fault is to be told between turns */
    struct upstream_call *spare; /* free calls */
    void (*on_answer)(struct upstream_call *call);
    void (*on_fault)(struct upstream_call *call);
    void (*on_read)(struct upstream *upstream);
};

struct upstream_context {
    const struct server_upstream_settings *settings;
    struct event_base *base;
    struct deadlines *deadlines;
    struct memory *memory;
    struct counters *counters;
    /* From the loop; the call is over and waits for upstream_call_free. */
    void (*on_answer)(struct upstream_call *call); /* call->answer */
    void (*on_fault)(struct upstream_call *call);  /* call->fault */
    /* A connection was read and nothing of this room is under way: calls may be freed. */
    void (*on_read)(struct upstream *upstream);
};

bool upstream_init(struct upstream *upstream, const struct upstream_context *context);
/* All calls were freed before. */
void upstream_clear(struct upstream *upstream);

/* NULL: no memory. */
struct upstream_call *upstream_call_new(struct upstream *upstream, void *owner);
/* Its answer's memory goes; one that is under way is cancelled. */
void upstream_call_free(struct upstream *upstream, struct upstream_call *call);

/* Once for each call; `send` and what it points to live until the call is over. */
void upstream_send(struct upstream *upstream, struct upstream_call *call,
                   const struct exchange_send *send);

/* No callback follows. */
void upstream_cancel(struct upstream *upstream, struct upstream_call *call);

/* Between turns: tells the faults that came up inside calls of this room. */
void upstream_settle(struct upstream *upstream);

/* ---- between the files of upstream ---- */

struct link {
    struct list place; /* pool->idle or pool->busy */
    struct pool *pool;
    struct wire wire;
    struct event readable, writable;
    struct deadline deadline;
    struct upstream_call *call; /* NULL: idle, or on its way to be */
    bool idle;                  /* stands among the idle ones */
    bool writing;               /* the write event is armed */
    bool send_dead;             /* sending failed; an answer may still be there to read */
};

/* NULL: no memory; the wire is still the caller's. */
struct link *link_new(struct pool *pool, const struct wire *wire);
void link_begin(struct link *link, struct upstream_call *call);
/* Closes and frees; it has no call. */
void link_close(struct link *link);
void link_answer_late(struct deadline *deadline);
void link_idle_long(struct deadline *deadline);

void pool_init(struct pool *pool, struct upstream *upstream, const char *setting);
void pool_clear(struct pool *pool);
/* An idle connection for the call, or a place in the queue and a dial. */
void pool_serve(struct pool *pool, struct upstream_call *call);
/* The connection has no call: it gets the next one, or rests. */
void pool_rest(struct pool *pool, struct link *link, bool new);
/* Out of its list and out of the count: it is about to be closed. */
void pool_drop(struct pool *pool, struct link *link);
/* Dials for those that wait, where the limits allow it. */
void pool_feed(struct pool *pool);
/* Puts the call first in the queue, for a fresh connection. */
void pool_again(struct pool *pool, struct upstream_call *call);
void pool_leave(struct pool *pool, struct upstream_call *call);
/* dialer->done */
void pool_dialed(void *pool, const struct wire *wire, const struct fault *fault);

void call_answered(struct upstream_call *call);
/* To be told between turns; call->fault is filled. */
void call_failed(struct upstream_call *call);

#endif
