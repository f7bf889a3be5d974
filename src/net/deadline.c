/*
 * Time-outs as queues of equal length. Owns one timer of the loop, armed for the earliest end
 * of all queues; it is moved only when an earlier end comes, and looks again when it fires.
 */
#include "net/deadline.h"
#include <assert.h>
#include <time.h>

int64_t deadline_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void arm(struct deadlines *deadlines, int64_t at, int64_t now)
{
    int64_t wait = at > now ? at - now : 0;
    wait += 1; /* the coarse clock may stand a little behind the loop's */
    struct timeval tv = {.tv_sec = (time_t)(wait / 1000),
                         .tv_usec = (suseconds_t)(wait % 1000 * 1000)};
    /* An evtimer that is initialised can only fail for memory: the next set tries again. */
    deadlines->armed_for = event_add(&deadlines->timer, &tv) == 0 ? at : 0;
}

static struct deadline *first_of(struct deadline_queue *queue)
{
    return list_empty(&queue->waiting) ? NULL
                                       : CONTAINER_OF(queue->waiting.next, struct deadline, link);
}

static void on_timer(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    struct deadlines *deadlines = ctx;
    int64_t now = deadline_now();
    int64_t earliest = 0;
    deadlines->armed_for = 0;
    for (struct deadline_queue *queue = deadlines->queues; queue; queue = queue->next) {
        struct deadline *first;
        while ((first = first_of(queue)) && first->at <= now) {
            list_remove(&first->link);
            queue->passed(first);
        }
    }
    for (struct deadline_queue *queue = deadlines->queues; queue; queue = queue->next) {
        struct deadline *first = first_of(queue);
        if (first && (earliest == 0 || first->at < earliest))
            earliest = first->at;
    }
    if (earliest)
        arm(deadlines, earliest, now);
}

bool deadlines_init(struct deadlines *deadlines, struct event_base *base)
{
    deadlines->queues = NULL;
    deadlines->armed_for = 0;
    return evtimer_assign(&deadlines->timer, base, on_timer, deadlines) == 0;
}

void deadlines_clear(struct deadlines *deadlines)
{
    event_del(&deadlines->timer);
}

void deadline_queue_init(struct deadline_queue *queue, struct deadlines *all, int64_t ms,
                         void (*passed)(struct deadline *deadline))
{
    assert(ms > 0);
    list_init(&queue->waiting);
    queue->all = all;
    queue->ms = ms;
    queue->passed = passed;
    queue->next = all->queues;
    all->queues = queue;
}

void deadline_set(struct deadline *deadline, struct deadline_queue *queue)
{
    int64_t now = deadline_now();
    deadline->at = now + queue->ms;
    list_remove(&deadline->link);
    list_append(&queue->waiting, &deadline->link);
    if (queue->all->armed_for == 0 || deadline->at < queue->all->armed_for)
        arm(queue->all, deadline->at, now);
}
