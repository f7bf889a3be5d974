/*
 * The state machine of one request: enter() is the only writer of the state, which only moves
 * forward, but for the one step to newer calls; go() does all that can be done now and returns when
 * there is something to wait for. Every request ends in one of two ways, succeed() or fail(), each
 * once.
 */
#include "exchange/exchange.h"
#include "exchange/life.h"
#include <assert.h>
#include <stdlib.h>

static void enter(struct exchange *x, enum exchange_state state)
{
    assert(state > x->state);
    x->state = state;
}

/* ---- birth and death ---- */

static struct exchange *take_exchange(struct exchange_host *host)
{
    struct exchange *x = host->pool;
    if (x) {
        host->pool = x->pooled;
        host->pooled--;
        return x;
    }
    x = calloc(1, sizeof *x);
    struct arena *arena = x ? arena_new(host->common.settings->memory) : NULL;
    if (!arena) {
        free(x);
        return NULL;
    }
    x->host = host;
    x->arena = arena;
    buf_init(&x->out, host->common.settings->answer);
    return x;
}

static void give_back(struct exchange *x)
{
    struct exchange_host *host = x->host;
    if (x->out.room > KEPT_REPLY)
        buf_clear(&x->out);
    buf_reset(&x->out);
    arena_reset(x->arena);
    if (host->pooled == KEPT_EXCHANGES) {
        arena_free(x->arena);
        buf_clear(&x->out);
        free(x);
        return;
    }
    x->pooled = host->pool;
    host->pool = x;
    host->pooled++;
}

struct exchange *exchange_new(struct exchange_host *host, struct plans *plans,
                              const struct ports *ports, void *owner)
{
    struct exchange *x = take_exchange(host);
    if (!x)
        return NULL;
    memset(&x->state, 0, sizeof *x - offsetof(struct exchange, state));
    x->plans = plans_ref(plans);
    x->ports = ports;
    x->owner = owner;
    x->endpoint[0] = '-';
    host_request_id(host, x->id);
    return x;
}

/* What others wait for, and what this one waits for. */
static void leave(struct exchange *x)
{
    calls_cancel(x);
    who_leave(x);
    position_leave(x);
    once_leave(x);
}

void exchange_free(struct exchange *x)
{
    if (!x)
        return;
    leave(x);
    plans_unref(x->plans);
    give_back(x);
}

/* ---- the two ways out ---- */

static void reply(struct exchange *x)
{
    enter(x, EXCHANGE_DONE);
    x->ports->reply(x->owner, x, &x->answer);
}

static void fail(struct exchange *x)
{
    assert(x->fault.kind != FAULT_NONE && x->state < EXCHANGE_REPLYING);
    recall_keep(x);
    newer_keep(x);
    leave(x);
    enter(x, EXCHANGE_REPLYING);
    reply_fault(x);
    reply(x);
}

static void succeed(struct exchange *x)
{
    if (!(is_native(x) ? native_reply(x) : reply_success(x))) {
        fail(x);
        return;
    }
    recall_keep(x);
    newer_keep(x);
    once_leave(x);
    enter(x, EXCHANGE_REPLYING);
    reply(x);
}

/* ---- on the way ---- */

static bool call(struct exchange *x, bool *wait)
{
    if (is_native(x)) {
        *wait = !x->answered;
        return x->answered || native_go(x);
    }
    if (x->once.where != WHERE_KNOWN && !once_go(x))
        return false;
    *wait = x->once.where == WHERE_WAITS;
    if (*wait || once_answered(x))
        return true;
    if (!calls_go(x))
        return false;
    *wait = !calls_finished(x);
    return true;
}

/* False when it failed; *wait when there is nothing to do before something comes. */
static bool advance(struct exchange *x, bool *wait)
{
    switch (x->state) {
    case EXCHANGE_RECEIVED:
        if (!receive_query(x) || !native_find(x))
            return false;
        if (!is_native(x) && (!receive_body(x) || !route_request(x)))
            return false;
        enter(x, EXCHANGE_ROUTED);
        return true;
    case EXCHANGE_ROUTED:
        if (!(is_native(x) ? native_admit(x) : admit_request(x)))
            return false;
        enter(x, EXCHANGE_ADMITTED);
        return true;
    case EXCHANGE_ADMITTED:
        if (x->who != WHO_FETCHES && x->who != WHO_KNOWN && !who_go(x))
            return false;
        *wait = x->who != WHO_KNOWN;
        if (*wait)
            return true;
        enter(x, EXCHANGE_CALLING);
        if (is_native(x))
            return true;
        recall_all(x);
        return pages_begin(x);
    default:
        assert(x->state == EXCHANGE_CALLING);
        if (!call(x, wait))
            return false;
        if (!*wait)
            enter(x, EXCHANGE_MERGING);
        return true;
    }
}

static void go(struct exchange *x)
{
    bool wait = false;
    while (!wait && x->state < EXCHANGE_MERGING)
        if (!advance(x, &wait)) {
            fail(x);
            return;
        }
    if (!wait)
        succeed(x);
}

void exchange_start(struct exchange *x, const struct exchange_request *request)
{
    assert(x->state == EXCHANGE_RECEIVED);
    x->request = *request;
    go(x);
}

void exchange_refuse(struct exchange *x, const struct fault *fault)
{
    assert(x->state == EXCHANGE_RECEIVED);
    x->fault = *fault;
    fail(x);
}

/* By another table: as if the request had just been routed to it. */
static void begin_again(struct exchange *x)
{
    leave(x);
    x->state = EXCHANGE_ROUTED;
    x->who = WHO_OPEN;
    x->run = NULL;
    x->finished = 0;
    memset(x->stages, 0, sizeof x->stages);
    x->once = (struct once){0};
    x->pages = (struct pages){0};
    x->fault = (struct fault){0};
}

/* The call with that tag, its end noted; NULL when its end is of no interest. */
static struct sent *end_call(struct exchange *x, unsigned tag)
{
    if (x->state == EXCHANGE_DONE || tag >= x->sent_count || !x->sent[tag]->under_way)
        return NULL;
    x->sent[tag]->under_way = false;
    x->under_way--;
    return x->sent[tag];
}

void exchange_on_answer(struct exchange *x, unsigned tag, const struct exchange_upstream *answer)
{
    struct sent *sent = end_call(x, tag);
    if (!sent)
        return;
    x->received += answer->body.n;
    bool good = sent->shops    ? who_answer(x, sent, answer)
                : is_native(x) ? native_answer(x, answer)
                               : calls_answer(x, sent, answer);
    if (!good && newer_take(x)) {
        begin_again(x);
        good = true;
    }
    if (good)
        go(x);
    else
        fail(x);
}

void exchange_on_fault(struct exchange *x, unsigned tag, const struct fault *fault)
{
    struct sent *sent = end_call(x, tag);
    if (!sent)
        return;
    x->fault = *fault;
    if (!is_native(x) && !sent->shops && calls_spare(x, sent)) {
        go(x);
        return;
    }
    fault_name_call(x, sent);
    if (sent->shops)
        who_failed(x);
    fail(x);
}

void exchange_on_wake(struct exchange *x)
{
    bool finds = x->state == EXCHANGE_CALLING && x->pages.where == WHERE_WAITS;
    if (finds)
        x->pages.where = WHERE_OPEN;
    bool repeats = x->state == EXCHANGE_CALLING && x->once.where == WHERE_WAITS;
    if (finds || repeats || (x->state == EXCHANGE_ADMITTED && x->who == WHO_WAITS))
        go(x);
}

void exchange_on_deadline(struct exchange *x)
{
    if (x->state >= EXCHANGE_REPLYING)
        return;
    fault_set(&x->fault, FAULT_TIMEOUT,
              "The request took longer than %lld ms (setting exchange.deadline_ms); %u upstream "
              "call%s not answered.",
              (long long)settings_of(x)->deadline_ms, x->under_way,
              x->under_way == 1 ? " was" : "s were");
    if (x->who == WHO_WAITS)
        fault_set(&x->fault, FAULT_TIMEOUT,
                  "The list of the token's shops, which another request asked for, did not come "
                  "within %lld ms (setting exchange.deadline_ms).",
                  (long long)settings_of(x)->deadline_ms);
    if (x->once.where == WHERE_WAITS)
        fault_set(&x->fault, FAULT_TIMEOUT,
                  "An equal request, whose answer this one is to have, was not answered within "
                  "%lld ms (setting exchange.deadline_ms).",
                  (long long)settings_of(x)->deadline_ms);
    if (x->pages.where == WHERE_WAITS)
        fault_set(&x->fault, FAULT_TIMEOUT,
                  "This page of the list, to which another request is on its way, was not reached "
                  "within %lld ms (setting exchange.deadline_ms).",
                  (long long)settings_of(x)->deadline_ms);
    fail(x);
}

void exchange_report(const struct exchange *x, struct exchange_report *out)
{
    bool failed = x->fault.kind != FAULT_NONE;
    *out = (struct exchange_report){.endpoint = x->endpoint,
                                    .reason = failed ? fault_name(x->fault.kind) : "ok",
                                    .request_id = str_of(x->id, REQUEST_ID),
                                    .status = x->status,
                                    .code = failed ? x->error.code : 0,
                                    .calls = x->sent_count,
                                    .words = failed ? x->words : STR(""),
                                    .upstream_id = str_of(x->ids, x->ids_length)};
}

size_t exchange_blocks(const struct exchange *x)
{
    return arena_blocks(x->arena);
}
