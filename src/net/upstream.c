/*
 * Upstream's port: calls and how they are written.
 *
 * Owns the calls (pooled, with the buffers of their heads), the two pools of connections and
 * the dialer. Faults that come up while the exchange is calling are kept until the turn is
 * over, so that the exchange is never called back from inside its own call.
 */
#include "net/upstream.h"
#include <assert.h>
#include <stdlib.h>

enum {
    LONGEST_HEAD = 128 << 10,
    KEPT_HEAD = 16 << 10,  /* a longer buffer is not kept for the next call */
    JOINED_BODY = 8 << 10, /* copied behind the head: with TLS, one record instead of two */
    ANSWER_LINE = 8 << 10,
    ANSWER_HEAD = 32 << 10
};

/* ---- life ---- */

static void clear_parts(struct upstream *upstream)
{
    pool_clear(&upstream->pools[0]);
    pool_clear(&upstream->pools[1]);
    dialer_clear(&upstream->dialer);
    input_pool_clear(&upstream->inputs);
    while (upstream->spare) {
        struct upstream_call *call = upstream->spare;
        upstream->spare = call->owner;
        buf_clear(&call->head);
        free(call);
    }
}

bool upstream_init(struct upstream *upstream, const struct upstream_context *context)
{
    /* The maximum of a body belongs to the intake, which counts it unpacked. */
    const struct http1_limits limits = {
        .line = ANSWER_LINE, .head = ANSWER_HEAD, .fields = HTTP1_FIELDS, .body = SIZE_MAX / 2};
    const struct server_upstream_settings *settings = context->settings;
    *upstream = (struct upstream){.settings = settings,
                                  .counters = context->counters,
                                  .memory = context->memory,
                                  .base = context->base,
                                  .on_answer = context->on_answer,
                                  .on_fault = context->on_fault,
                                  .on_read = context->on_read};
    list_init(&upstream->failed);
    input_pool_init(&upstream->inputs, HTTP1_ANSWERS, &limits);
    pool_init(&upstream->pools[0], upstream, "upstream.api");
    pool_init(&upstream->pools[1], upstream, "upstream.auth");
    deadline_queue_init(&upstream->answer_times, context->deadlines, settings->answer_ms,
                        link_answer_late);
    deadline_queue_init(&upstream->idle_times, context->deadlines, settings->idle_ms,
                        link_idle_long);
    bool good = dialer_init(&upstream->dialer, context->base, settings) &&
                !origin_parse(settings->api, &upstream->pools[0].origin) &&
                !origin_parse(settings->auth, &upstream->pools[1].origin);
    upstream->dialer.done = pool_dialed;
    if (!good)
        clear_parts(upstream);
    return good;
}

void upstream_clear(struct upstream *upstream)
{
    clear_parts(upstream);
}

struct upstream_call *upstream_call_new(struct upstream *upstream, void *owner)
{
    struct upstream_call *call = upstream->spare;
    if (call) {
        upstream->spare = call->owner;
    } else {
        call = calloc(1, sizeof *call);
        if (!call)
            return NULL;
        buf_init(&call->head, LONGEST_HEAD);
        list_init(&call->link);
        list_init(&call->place);
    }
    call->owner = owner;
    call->state = CALL_NEW;
    call->connection = NULL;
    call->body = STR("");
    call->moved = call->fresh = false;
    call->dials = 0;
    intake_init(&call->intake, &upstream->inputs, upstream->memory,
                upstream->settings->answer_bytes);
    return call;
}

void upstream_call_free(struct upstream *upstream, struct upstream_call *call)
{
    upstream_cancel(upstream, call);
    intake_clear(&call->intake);
    list_remove(&call->link);
    if (call->head.room > KEPT_HEAD)
        buf_clear(&call->head);
    buf_reset(&call->head);
    call->owner = upstream->spare;
    upstream->spare = call;
}

/* ---- a request ---- */

static void write_line(struct upstream_call *call)
{
    const struct origin *origin = &call->pool->origin;
    struct str target = call->send.target;
    struct buf whole;
    buf_init(&whole, LONGEST_HEAD);
    if (origin->prefix[0]) {
        buf_add_str(&whole, str_from(origin->prefix));
        buf_add_str(&whole, target);
        target = buf_failed(&whole) ? STR("") : buf_str(&whole);
    }
    http1_write_request(&call->head, call->send.method, target, str_from(origin->host));
    buf_clear(&whole);
}

static bool write_head(struct upstream *upstream, struct upstream_call *call)
{
    const struct exchange_send *send = &call->send;
    struct buf *head = &call->head;
    buf_reset(head);
    write_line(call);
    for (size_t i = 0; i < send->field_count; i++)
        http1_write_field(head, send->fields[i].name, send->fields[i].value);
    if (upstream->settings->gzip)
        http1_write_field(head, STR("Accept-Encoding"), STR("gzip"));
    bool wants_body = str_eq(send->method, STR("POST")) || str_eq(send->method, STR("PUT")) ||
                      str_eq(send->method, STR("PATCH"));
    if (wants_body || send->body.n > 0)
        http1_write_length(head, send->body.n);
    http1_write_end(head);
    bool joined = call->pool->origin.tls && send->body.n <= JOINED_BODY;
    if (joined)
        buf_add_str(head, send->body);
    else
        call->body = send->body;
    return !buf_failed(head);
}

void upstream_send(struct upstream *upstream, struct upstream_call *call,
                   const struct exchange_send *send)
{
    assert(call->state == CALL_NEW);
    call->send = *send;
    call->pool = &upstream->pools[send->auth_host ? 1 : 0];
    if (write_head(upstream, call)) {
        pool_serve(call->pool, call);
        return;
    }
    fault_set(&call->fault, FAULT_INTERNAL, "The head of the request to %s cannot be written.",
              call->pool->origin.host);
    call_failed(call);
}

void upstream_cancel(struct upstream *upstream, struct upstream_call *call)
{
    (void)upstream;
    struct link *link = call->connection;
    switch (call->state) {
    case CALL_WAITING:
        pool_leave(call->pool, call);
        break;
    case CALL_BUSY:
        /* An answer would still come: the connection is of no more use. */
        link->call = NULL;
        call->connection = NULL;
        link_close(link);
        pool_feed(call->pool);
        break;
    case CALL_FAILED:
        list_remove(&call->place);
        break;
    default:
        break;
    }
    call->state = CALL_OVER;
}

/* ---- how calls end ---- */

void call_answered(struct upstream_call *call)
{
    struct upstream *upstream = call->pool->upstream;
    call->state = CALL_OVER;
    count_add(&upstream->counters->upstream_calls[FAULT_NONE], 1);
    upstream->on_answer(call);
}

void call_failed(struct upstream_call *call)
{
    struct upstream *upstream = call->pool->upstream;
    call->state = CALL_FAILED;
    intake_clear(&call->intake);
    list_append(&upstream->failed, &call->place);
}

void upstream_settle(struct upstream *upstream)
{
    struct list failed;
    list_move_all(&failed, &upstream->failed);
    while (!list_empty(&failed)) {
        struct upstream_call *call = CONTAINER_OF(failed.next, struct upstream_call, place);
        list_remove(&call->place);
        call->state = CALL_OVER;
        count_add(&upstream->counters->upstream_calls[call->fault.kind], 1);
        upstream->on_fault(call);
    }
}
