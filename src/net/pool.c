/*
 * The connections of one worker to one origin, and the calls that wait for one.
 *
 * Owns the links, the queue and the count of dials. The last used idle link is used first, so
 * that surplus ones grow old and go. A dial belongs to nobody: whoever stands first when it
 * ends gets the connection, and is charged for the failure.
 */
#include "base/log.h"
#include "net/upstream.h"
#include <assert.h>

enum { DIALS_FOR_ONE = 2 };

static struct link *link_at(struct list *node)
{
    return CONTAINER_OF(node, struct link, place);
}

static struct upstream_call *call_at(struct list *node)
{
    return CONTAINER_OF(node, struct upstream_call, place);
}

void pool_init(struct pool *pool, struct upstream *upstream, const char *setting)
{
    pool->upstream = upstream;
    pool->setting = setting;
    list_init(&pool->idle);
    list_init(&pool->busy);
    list_init(&pool->waiting);
}

void pool_clear(struct pool *pool)
{
    assert(list_empty(&pool->busy) && list_empty(&pool->waiting));
    while (!list_empty(&pool->idle))
        link_close(link_at(pool->idle.next));
}

/* ---- the queue ---- */

static void enqueue(struct pool *pool, struct upstream_call *call)
{
    call->state = CALL_WAITING;
    pool->waiting_count++;
    count_add(&pool->upstream->counters->upstream_waiting, 1);
}

void pool_leave(struct pool *pool, struct upstream_call *call)
{
    assert(call->state == CALL_WAITING);
    list_remove(&call->place);
    pool->waiting_count--;
    count_sub(&pool->upstream->counters->upstream_waiting, 1);
}

void pool_again(struct pool *pool, struct upstream_call *call)
{
    intake_clear(&call->intake);
    call->fresh = true;
    enqueue(pool, call);
    list_prepend(&pool->waiting, &call->place);
    pool_feed(pool);
}

/* ---- links ---- */

static void leave_idle(struct pool *pool, struct link *link)
{
    link->idle = false;
    pool->idle_count--;
    count_sub(&pool->upstream->counters->upstream_idle, 1);
}

static void give(struct pool *pool, struct link *link, struct upstream_call *call)
{
    list_remove(&link->place);
    list_append(&pool->busy, &link->place);
    link_begin(link, call);
}

/* Those for whom a dial is under way do not count as waiting. */
static bool is_full(const struct pool *pool)
{
    const struct server_upstream_settings *settings = pool->upstream->settings;
    return pool->count + pool->dialing >= settings->connections &&
           pool->waiting_count >= pool->dialing + settings->waiting;
}

void pool_serve(struct pool *pool, struct upstream_call *call)
{
    if (!list_empty(&pool->idle)) {
        struct link *link = link_at(pool->idle.next);
        leave_idle(pool, link);
        give(pool, link, call);
        return;
    }
    if (is_full(pool)) {
        fault_set(&call->fault, FAULT_BUSY,
                  "%u calls wait for a connection to %s already (upstream.waiting).",
                  pool->upstream->settings->waiting, pool->origin.host);
        call_failed(call);
        return;
    }
    enqueue(pool, call);
    list_append(&pool->waiting, &call->place);
    pool_feed(pool);
}

void pool_rest(struct pool *pool, struct link *link, bool new)
{
    struct upstream *upstream = pool->upstream;
    for (struct list *node = pool->waiting.next; node != &pool->waiting; node = node->next) {
        struct upstream_call *call = call_at(node);
        if (call->fresh && !new)
            continue;
        pool_leave(pool, call);
        give(pool, link, call);
        return;
    }
    list_remove(&link->place);
    list_prepend(&pool->idle, &link->place);
    link->idle = true;
    pool->idle_count++;
    count_add(&upstream->counters->upstream_idle, 1);
    deadline_set(&link->deadline, &upstream->idle_times);
    if (pool->idle_count > upstream->settings->idle)
        link_close(link_at(pool->idle.prev));
}

void pool_drop(struct pool *pool, struct link *link)
{
    if (link->idle)
        leave_idle(pool, link);
    list_remove(&link->place);
    pool->count--;
    count_sub(&pool->upstream->counters->upstream_connections, 1);
}

/* ---- dials ---- */

static void fail_first(struct pool *pool, const struct fault *fault)
{
    struct upstream_call *call = call_at(pool->waiting.next);
    pool_leave(pool, call);
    call->fault = *fault;
    call_failed(call);
}

void pool_feed(struct pool *pool)
{
    struct upstream *upstream = pool->upstream;
    while (pool->dialing < pool->waiting_count) {
        if (pool->count + pool->dialing >= upstream->settings->connections) {
            /* Only calls that want a fresh connection wait while others are idle. */
            if (list_empty(&pool->idle))
                return;
            link_close(link_at(pool->idle.prev));
        }
        if (!dial_start(&upstream->dialer, &pool->origin, pool)) {
            struct fault fault;
            fault_set(&fault, FAULT_INTERNAL, "No memory for a connection to %s.",
                      pool->origin.host);
            fail_first(pool, &fault);
            continue;
        }
        pool->dialing++;
    }
}

static void dial_worked(struct pool *pool, const struct wire *wire)
{
    struct wire unused = *wire;
    struct link *link = link_new(pool, wire);
    count_add(&pool->upstream->counters->upstream_connects, 1);
    if (pool->failing)
        log_info("upstream setting=%s host=%s: connections work again", pool->setting,
                 pool->origin.host);
    pool->failing = false;
    if (link)
        pool_rest(pool, link, true);
    else
        wire_close(&unused);
}

static void dial_failed(struct pool *pool, const struct fault *fault)
{
    if (!pool->failing)
        log_warn("upstream setting=%s host=%s: %s", pool->setting, pool->origin.host, fault->text);
    pool->failing = true;
    if (list_empty(&pool->waiting))
        return;
    struct upstream_call *call = call_at(pool->waiting.next);
    if (++call->dials >= DIALS_FOR_ONE || fault->kind != FAULT_UNREACHABLE)
        fail_first(pool, fault);
}

void pool_dialed(void *ctx, const struct wire *wire, const struct fault *fault)
{
    struct pool *pool = ctx;
    assert(pool->dialing > 0);
    pool->dialing--;
    if (wire)
        dial_worked(pool, wire);
    else
        dial_failed(pool, fault);
    pool_feed(pool);
}
