/*
 * A visit: one request on its way through the exchange.
 *
 * Owns the exchange and its upstream calls, whose answers live as long as the exchange. The
 * memory of a visit itself is kept until the worker goes, so that a wake that another thread
 * sends late finds a generation that does not match and nothing else. Counts and logs every
 * ending, once.
 */
#include "base/log.h"
#include "net/worker.h"
#include <assert.h>
#include <stdlib.h>

enum { LONGEST_ANSWER_HEAD = 64 << 10 };

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- the exchange's ports ---- */

static void port_send(void *ctx, struct exchange *x, const struct exchange_send *send)
{
    struct visit *visit = ctx;
    struct upstream *upstream = &visit->worker->upstream;
    struct upstream_call *call = upstream_call_new(upstream, visit);
    (void)x;
    if (!call) {
        /* There is not even memory to tell the fault with. */
        visit->client->keep = false;
        client_close(visit->client);
        return;
    }
    list_append(&visit->calls, &call->link);
    upstream_send(upstream, call, send);
}

static void port_cancel(void *ctx, struct exchange *x, unsigned tag)
{
    struct visit *visit = ctx;
    (void)x;
    for (struct list *node = visit->calls.next; node != &visit->calls; node = node->next) {
        struct upstream_call *call = CONTAINER_OF(node, struct upstream_call, link);
        if (call->send.tag != tag || call->state == CALL_OVER)
            continue;
        upstream_call_free(&visit->worker->upstream, call);
        return;
    }
}

static void port_reply(void *ctx, struct exchange *x, const struct exchange_answer *answer)
{
    struct visit *visit = ctx;
    (void)x;
    assert(!visit->replied);
    visit->answer = *answer;
    visit->replied = true;
}

/* On any thread. */
static void port_wake(void *ctx, struct exchange *x)
{
    struct visit *visit = ctx;
    struct worker *worker = visit->worker;
    pthread_mutex_lock(&worker->mail_lock);
    visit->woken_generation = atomic_load(&visit->generation);
    visit->woken_x = x;
    bool first = list_empty(&worker->woken);
    list_remove(&visit->woken);
    list_append(&worker->woken, &visit->woken);
    pthread_mutex_unlock(&worker->mail_lock);
    if (first)
        worker_mail(worker);
}

static const struct ports visit_ports = {port_send, port_cancel, port_reply, port_wake};

/* After every call into the exchange. */
static void touch(struct visit *visit)
{
    if (visit->replied && !visit->writing && !visit->ending)
        answer_begin(visit);
}

/* ---- what comes to the exchange ---- */

void on_upstream_answer(struct upstream_call *call)
{
    struct visit *visit = call->owner;
    if (visit->ending)
        return;
    exchange_on_answer(visit->x, call->send.tag, &call->answer);
    touch(visit);
}

void on_upstream_fault(struct upstream_call *call)
{
    struct visit *visit = call->owner;
    if (visit->ending)
        return;
    exchange_on_fault(visit->x, call->send.tag, &call->fault);
    touch(visit);
}

void visit_deadline(struct visit *visit)
{
    if (visit->replied || visit->ending)
        return;
    exchange_on_deadline(visit->x);
    touch(visit);
}

static bool take_woken(struct worker *worker, struct visit **visit)
{
    bool valid = false;
    *visit = NULL;
    pthread_mutex_lock(&worker->mail_lock);
    if (!list_empty(&worker->woken)) {
        *visit = CONTAINER_OF(worker->woken.next, struct visit, woken);
        list_remove(&(*visit)->woken);
        valid = (*visit)->woken_generation == atomic_load(&(*visit)->generation) &&
                (*visit)->woken_x == (*visit)->x;
    }
    pthread_mutex_unlock(&worker->mail_lock);
    return valid;
}

void visit_woken(struct worker *worker)
{
    struct visit *visit;
    do {
        if (!take_woken(worker, &visit) || visit->ending || visit->replied)
            continue;
        exchange_on_wake(visit->x);
        touch(visit);
    } while (visit);
}

/* ---- life ---- */

static struct visit *take_visit(struct worker *worker)
{
    if (!list_empty(&worker->free_visits)) {
        struct visit *visit = CONTAINER_OF(worker->free_visits.next, struct visit, link);
        list_remove(&visit->link);
        return visit;
    }
    struct visit *visit = calloc(1, sizeof *visit);
    if (!visit)
        return NULL;
    visit->worker = worker;
    list_init(&visit->link);
    list_init(&visit->calls);
    list_init(&visit->woken);
    buf_init(&visit->head, LONGEST_ANSWER_HEAD);
    return visit;
}

static struct visit *begin(struct client *client)
{
    struct worker *worker = client->worker;
    struct visit *visit = take_visit(worker);
    if (!visit)
        return NULL;
    visit->x = exchange_new(worker->host, worker_plans(worker), &visit_ports, visit);
    if (!visit->x) {
        list_prepend(&worker->free_visits, &visit->link);
        return NULL;
    }
    visit->client = client;
    visit->replied = visit->writing = visit->ending = visit->abandoned = visit->is_head = false;
    visit->written = 0;
    visit->began_us = now_us();
    client->visit = visit;
    count_add(&worker->counters.running, 1);
    return visit;
}

bool visit_serve(struct client *client)
{
    struct visit *visit = begin(client);
    if (!visit)
        return false;
    const struct http1_head *head = intake_head(&client->intake);
    for (size_t i = 0; i < head->count; i++)
        visit->fields[i] = (struct exchange_field){head->fields[i].name, head->fields[i].value};
    struct exchange_request request = {.method = head->method,
                                       .path = head->path,
                                       .query = head->query,
                                       .body = intake_body(&client->intake),
                                       .fields = visit->fields,
                                       .field_count = head->count};
    visit->is_head = str_eq(head->method, STR("HEAD"));
    exchange_start(visit->x, &request);
    touch(visit);
    return true;
}

bool visit_refuse(struct client *client, const struct fault *fault)
{
    struct visit *visit = begin(client);
    if (!visit)
        return false;
    exchange_refuse(visit->x, fault);
    touch(visit);
    return true;
}

bool visit_stays(const struct visit *visit)
{
    return !visit->ending && !visit->replied && exchange_stays(visit->x);
}

void visit_over(struct visit *visit, bool abandoned)
{
    if (visit->ending)
        return;
    visit->ending = true;
    visit->abandoned = abandoned;
    answer_stop(visit);
    list_remove(&visit->link);
    list_append(&visit->worker->ended, &visit->link);
}

/* ---- endings ---- */

static void count(struct counters *counters, enum fault_kind kind, bool abandoned, int64_t us)
{
    unsigned slot = 0;
    while (slot < SERVER_TIMES - 1 && us > server_time_bounds[slot] * 1000)
        slot++;
    if (abandoned)
        count_add(&counters->abandoned, 1);
    else
        count_add(&counters->requests[kind], 1);
    count_add(&counters->times[slot], 1);
    count_add(&counters->time_us, (uint64_t)us);
}

/* The line of the access log. What the client was told may repeat what it sent: for debugging. */
static void tell(enum log_level level, const struct exchange_report *report, const char *reason,
                 int64_t us)
{
    bool failed = strcmp(reason, "ok") != 0;
    struct str ids = failed ? report->upstream_id : STR("");
    struct str words = failed && log_enabled(LOG_DEBUG) ? report->words : STR("");
    log_line(level,
             "request id=" STR_FMT
             " endpoint=%s status=%d code=%lld reason=%s calls=%u ms=%lld%s" STR_FMT "%s" STR_FMT,
             STR_ARG(report->request_id), report->endpoint, report->status, (long long)report->code,
             reason, report->calls, (long long)(us / 1000), ids.n ? " upstream=" : "", STR_ARG(ids),
             words.n ? " message=" : "", STR_ARG(words));
}

static void record(struct visit *visit)
{
    struct exchange_report report;
    struct worker *worker = visit->worker;
    int64_t us = now_us() - visit->began_us;
    exchange_report(visit->x, &report);
    const char *reason = visit->abandoned ? "abandoned" : report.reason;
    bool well = strcmp(reason, "ok") == 0;
    count(&worker->counters, well ? FAULT_NONE : fault_by_name(str_from(reason)), visit->abandoned,
          us);
    enum server_access access = worker->server->settings.access_log;
    enum log_level level =
        access == SERVER_ACCESS_ALL || (access == SERVER_ACCESS_FAILURES && !well) ? LOG_INFO
                                                                                   : LOG_DEBUG;
    if (log_enabled(level))
        tell(level, &report, reason, us);
}

static void take_down(struct visit *visit)
{
    struct worker *worker = visit->worker;
    exchange_free(visit->x);
    while (!list_empty(&visit->calls))
        upstream_call_free(&worker->upstream,
                           CONTAINER_OF(visit->calls.next, struct upstream_call, link));
    pthread_mutex_lock(&worker->mail_lock);
    atomic_fetch_add(&visit->generation, 1);
    visit->x = NULL;
    list_remove(&visit->woken);
    pthread_mutex_unlock(&worker->mail_lock);
    visit->client->visit = NULL;
    visit->client = NULL;
    count_sub(&worker->counters.running, 1);
    list_remove(&visit->link);
    list_prepend(&worker->free_visits, &visit->link);
}

void visit_end(struct visit *visit)
{
    struct client *client = visit->client;
    record(visit);
    take_down(visit);
    client_go_on(client);
}

void visit_free(struct visit *visit)
{
    buf_clear(&visit->head);
    free(visit);
}
