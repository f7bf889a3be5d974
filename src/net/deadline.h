/*
 * Time-outs of one worker (private to this room).
 *
 * Every kind of time-out has one length, so that what waits for it stands in a queue in the
 * order of its end: setting, moving and clearing cost a few pointers, and one timer of the
 * loop serves all queues. The clock is coarse (about 4 ms); an end is never told early.
 */
#ifndef SHOPSHIM_NET_DEADLINE_H
#define SHOPSHIM_NET_DEADLINE_H

#include "net/list.h"
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdint.h>

struct deadline {
    struct list link;
    int64_t at; /* monotonic milliseconds */
};

struct deadline_queue {
    struct list waiting;
    struct deadlines *all;
    struct deadline_queue *next;
    int64_t ms;
    /* The deadline is in no queue any more; it may be set again. */
    void (*passed)(struct deadline *deadline);
};

struct deadlines {
    struct deadline_queue *queues;
    struct event timer;
    int64_t armed_for; /* 0: not armed */
};

/* The base must outlive the deadlines. False when the loop refuses. */
bool deadlines_init(struct deadlines *deadlines, struct event_base *base);
void deadlines_clear(struct deadlines *deadlines);

void deadline_queue_init(struct deadline_queue *queue, struct deadlines *all, int64_t ms,
                         void (*passed)(struct deadline *deadline));

static inline void deadline_init(struct deadline *deadline)
{
    list_init(&deadline->link);
}

/* From now on, the queue's length; leaves any queue it was in. */
void deadline_set(struct deadline *deadline, struct deadline_queue *queue);

static inline void deadline_clear(struct deadline *deadline)
{
    list_remove(&deadline->link);
}

/* Monotonic milliseconds, coarse. */
int64_t deadline_now(void);

#endif
