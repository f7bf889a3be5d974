/*
 * One connection to upstream and the call that is on it.
 *
 * Owns its wire and two events. The read event stays armed all the time: on an idle
 * connection it tells of the closing (or of bytes that nobody asked for), and the connection
 * is gone before it could be used again. Requests are sent from where they stand, a large
 * body without a copy. An early answer is read while the request is still being sent; such a
 * connection is not used again. Refuses answers in a coding that was not asked for.
 */
#include "base/log.h"
#include "net/upstream.h"
#include <assert.h>
#include <limits.h>
#include <stdlib.h>

enum { LONGEST_RETRY_S = 86400 };

static struct upstream *upstream_of(const struct link *link)
{
    return link->pool->upstream;
}

static const char *host_of(const struct link *link)
{
    return link->pool->origin.host;
}

static bool all_sent(const struct upstream_call *call)
{
    return call->sent == call->head.n + call->body.n;
}

static struct upstream_call *take_call(struct link *link)
{
    struct upstream_call *call = link->call;
    link->call = NULL;
    call->connection = NULL;
    return call;
}

/* ---- endings ---- */

/* The connection goes and the call ends with the fault that was filled in. */
static void fail(struct link *link)
{
    struct upstream_call *call = take_call(link);
    struct pool *pool = link->pool;
    link_close(link);
    call_failed(call);
    pool_feed(pool);
}

static void say_lost(const struct link *link, struct upstream_call *call, bool begun)
{
    const char *host = host_of(link);
    if (call->sent == 0)
        fault_set(&call->fault, FAULT_UNREACHABLE,
                  "Connections to %s broke before anything was sent.", host);
    else if (!call->send.repeatable)
        fault_set(&call->fault, FAULT_LOST,
                  "The connection to %s broke %s. The write may have happened: look before "
                  "sending it again.",
                  host, begun ? "in the middle of the answer" : "before an answer came");
    else if (begun)
        fault_set(&call->fault, FAULT_UPSTREAM_BAD, "%s cut its answer off.", host);
    else
        fault_set(&call->fault, FAULT_UNREACHABLE, "%s closed the connection without an answer.",
                  host);
}

/* The connection broke under the call. */
static void lost(struct link *link)
{
    struct upstream_call *call = link->call;
    bool begun = intake_begun(&call->intake);
    if (begun || call->moved || (call->sent > 0 && !call->send.repeatable)) {
        say_lost(link, call, begun);
        fail(link);
        return;
    }
    struct pool *pool = link->pool;
    take_call(link);
    link_close(link);
    call->moved = true;
    count_add(&pool->upstream->counters->upstream_retries, 1);
    pool_again(pool, call);
}

static void bad_answer(struct link *link, enum intake_event event)
{
    struct upstream_call *call = link->call;
    const char *host = host_of(link);
    switch (event) {
    case INTAKE_LONG:
        fault_set(&call->fault, FAULT_UPSTREAM_BAD,
                  "The answer of %s is longer than %zu bytes (upstream.answer_bytes).", host,
                  call->intake.maximum);
        break;
    case INTAKE_FULL:
        fault_set(&call->fault, FAULT_BUSY,
                  "No memory for the answer of %s: the bodies under way reach the maximum "
                  "(client.memory_bytes).",
                  host);
        break;
    case INTAKE_UNPACKED:
        fault_set(&call->fault, FAULT_UPSTREAM_BAD, "The gzip of the answer of %s is damaged.",
                  host);
        break;
    default:
        fault_set(&call->fault, FAULT_UPSTREAM_BAD, "The answer of %s is not proper HTTP: %s", host,
                  call->intake.input ? intake_reader(&call->intake)->words : "no memory");
    }
    fail(link);
}

/* The answer is whole. `drained`: the last read left nothing behind. */
static void finish(struct link *link, bool drained, bool open)
{
    struct upstream_call *call = link->call;
    struct pool *pool = link->pool;
    char stray;
    size_t n;
    bool again = open && intake_head(&call->intake)->keep_alive && all_sent(call) &&
                 intake_left(&call->intake) == 0 &&
                 (drained || wire_recv(&link->wire, &stray, 1, &n) == WIRE_AGAIN);
    call->answer.body = intake_body(&call->intake);
    take_call(link);
    if (again) {
        pool_rest(pool, link, false);
    } else {
        link_close(link);
        pool_feed(pool);
    }
    call_answered(call);
}

/* ---- reading ---- */

/* Seconds, from a count of them or a date (RFC 9110 section 10.2.3). */
static int retry_after(struct str value)
{
    uint64_t seconds = 0;
    if (!value.p || value.n > 64)
        return 0;
    if (!str_to_u64(value, &seconds)) {
        char text[65];
        memcpy(text, value.p, value.n);
        text[value.n] = '\0';
        time_t at = curl_getdate(text, NULL);
        time_t now = time(NULL);
        seconds = at > now ? (uint64_t)(at - now) : 0;
    }
    return seconds > LONGEST_RETRY_S ? LONGEST_RETRY_S : (int)seconds;
}

/* False when the answer is refused already. */
static bool take_head(struct link *link)
{
    struct upstream_call *call = link->call;
    const struct http1_head *head = intake_head(&call->intake);
    struct str type = http1_get(head, STR("content-type"));
    call->answer = (struct exchange_upstream){.status = head->status};
    if (type.p) {
        size_t n = type.n < sizeof call->type ? type.n : sizeof call->type;
        memcpy(call->type, type.p, n);
        call->answer.content_type = str_of(call->type, n);
    }
    call->answer.retry_after = retry_after(http1_get(head, STR("retry-after")));
    call->intake.unpack = head->gzip;
    if (!head->other_coding)
        return true;
    struct str coding = http1_get(head, STR("content-encoding"));
    fault_set(&call->fault, FAULT_UPSTREAM_BAD,
              "%s answered in the coding %.*s, which was not asked for.", host_of(link),
              coding.n > 32 ? 32 : (int)coding.n, coding.p ? coding.p : "");
    return false;
}

/* One read; true when there may be more to read now. */
static bool read_once(struct link *link)
{
    struct upstream_call *call = link->call;
    size_t room = 0, got = 0;
    char *p = intake_room(&call->intake, &room);
    if (!p) {
        bad_answer(link, INTAKE_FULL);
        return false;
    }
    enum wire_result result = wire_recv(&link->wire, p, room, &got);
    if (result == WIRE_AGAIN)
        return false;
    if (result == WIRE_CLOSED && intake_closed(&call->intake) == INTAKE_END) {
        finish(link, true, false);
        return false;
    }
    if (result != WIRE_OK) {
        lost(link);
        return false;
    }
    enum intake_event event = intake_added(&call->intake, got);
    if (event == INTAKE_HEAD) {
        if (!take_head(link)) {
            fail(link);
            return false;
        }
        event = intake_next(&call->intake);
    }
    if (event == INTAKE_MORE) {
        deadline_set(&link->deadline, &upstream_of(link)->answer_times);
        return link->wire.easy || got == room;
    }
    if (event == INTAKE_END)
        finish(link, got < room, true);
    else
        bad_answer(link, event);
    return false;
}

/* ---- sending ---- */

/* False when the call left this connection. */
static bool push(struct link *link)
{
    struct upstream_call *call = link->call;
    while (!all_sent(call) && !link->send_dead) {
        struct str head = STR(""), body = call->body;
        size_t sent = 0;
        if (call->sent < call->head.n)
            head = str_of(call->head.p + call->sent, call->head.n - call->sent);
        else
            body =
                str_of(body.p + (call->sent - call->head.n), body.n - (call->sent - call->head.n));
        enum wire_result result = wire_send(&link->wire, head, body, &sent);
        call->sent += sent;
        if (result == WIRE_AGAIN) {
            if (!link->writing && event_add(&link->writable, NULL) == 0)
                link->writing = true;
            return true;
        }
        if (result == WIRE_OK)
            continue;
        if (call->sent == 0) {
            lost(link);
            return false;
        }
        /* An early answer may be there; if not, the read event tells. */
        link->send_dead = true;
    }
    if (link->writing) {
        event_del(&link->writable);
        link->writing = false;
    }
    return true;
}

static void read_all(struct link *link)
{
    struct upstream_call *call = link->call;
    if (!call) {
        char stray;
        size_t n;
        /* With TLS it may be a ticket, which is no closing. */
        if (wire_recv(&link->wire, &stray, 1, &n) != WIRE_AGAIN)
            link_close(link);
        return;
    }
    bool more = true;
    while (more)
        more = read_once(link);
    /* The link may be gone or serve another call: only a call that still is on it tells. */
    if (call->state == CALL_BUSY && call->connection == link && link->wire.easy && link->writing)
        push(link);
}

static void on_readable(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    struct link *link = ctx;
    struct upstream *upstream = upstream_of(link);
    read_all(link);
    upstream->on_read(upstream);
}

static void on_writable(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    struct link *link = ctx;
    assert(link->call);
    deadline_set(&link->deadline, &upstream_of(link)->answer_times);
    /* TLS may have wanted to write in order to read. */
    if (push(link) && link->wire.easy)
        read_all(link);
}

/* ---- time-outs ---- */

void link_answer_late(struct deadline *deadline)
{
    struct link *link = CONTAINER_OF(deadline, struct link, deadline);
    struct upstream_call *call = link->call;
    fault_set(&call->fault, FAULT_TIMEOUT, "%s was silent for %lld ms (upstream.answer_ms).%s",
              host_of(link), (long long)upstream_of(link)->settings->answer_ms,
              call->send.repeatable || call->sent == 0
                  ? ""
                  : " The write may have happened: look before sending it again.");
    fail(link);
}

void link_idle_long(struct deadline *deadline)
{
    link_close(CONTAINER_OF(deadline, struct link, deadline));
}

/* ---- life ---- */

struct link *link_new(struct pool *pool, const struct wire *wire)
{
    struct link *link = calloc(1, sizeof *link);
    struct event_base *base = pool->upstream->base;
    if (!link)
        return NULL;
    link->pool = pool;
    link->wire = *wire;
    list_init(&link->place);
    deadline_init(&link->deadline);
    if (event_assign(&link->readable, base, wire->fd, EV_READ | EV_PERSIST, on_readable, link) ||
        event_assign(&link->writable, base, wire->fd, EV_WRITE | EV_PERSIST, on_writable, link) ||
        event_add(&link->readable, NULL)) {
        free(link);
        return NULL;
    }
    pool->count++;
    count_add(&pool->upstream->counters->upstream_connections, 1);
    return link;
}

void link_close(struct link *link)
{
    struct pool *pool = link->pool;
    assert(!link->call);
    event_del(&link->readable);
    event_del(&link->writable);
    deadline_clear(&link->deadline);
    pool_drop(pool, link);
    wire_close(&link->wire);
    free(link);
}

void link_begin(struct link *link, struct upstream_call *call)
{
    struct upstream *upstream = upstream_of(link);
    link->call = call;
    link->send_dead = false;
    call->connection = link;
    call->state = CALL_BUSY;
    call->sent = 0;
    intake_init(&call->intake, &upstream->inputs, upstream->memory,
                upstream->settings->answer_bytes);
    call->intake.answers_head = str_eq(call->send.method, STR("HEAD"));
    deadline_set(&link->deadline, &upstream->answer_times);
    push(link);
}
