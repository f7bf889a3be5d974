/*
 * The stand-in. Defines what net needs of exchange and plan, so that neither is linked.
 */
#include "relay.h"
#include <assert.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { CALLS = 2, FIELDS = 16, LONGEST = 4096 };

struct plans {
    atomic_int refs;
    const char *name;
};

struct exchange_host {
    struct exchange_common common;
    int depth;
};

struct exchange {
    struct exchange_host *host;
    struct plans *plans;
    const struct ports *ports;
    void *owner;
    struct exchange_request request;
    struct exchange_send sends[CALLS];
    struct exchange_field fields[FIELDS];
    struct exchange_field reply_fields[2];
    struct str answers[CALLS];
    bool under_way[CALLS];
    unsigned calls, left;
    bool first_wins, done;
    int status;
    const char *reason;
    char *made; /* bytes of our own */
    char target[LONGEST];
    char told[LONGEST];
};

const struct exchange_settings exchange_default_settings = {.deadline_ms = 30000};

static atomic_int alive, cancelled;
static sem_t waits, blocked, unblock;
static _Atomic(struct exchange *) waiting;
static _Atomic(void *) waiting_owner;
static _Atomic(const struct ports *) waiting_ports;

int relay_alive(void)
{
    return atomic_load(&alive);
}

int relay_cancelled(void)
{
    return atomic_load(&cancelled);
}

void relay_wake(void)
{
    struct exchange *x = atomic_load(&waiting);
    atomic_load(&waiting_ports)->wake(atomic_load(&waiting_owner), x);
}

__attribute__((constructor)) static void init(void)
{
    sem_init(&waits, 0, 0);
    sem_init(&blocked, 0, 0);
    sem_init(&unblock, 0, 0);
}

void relay_reset(void)
{
    while (sem_trywait(&waits) == 0 || sem_trywait(&blocked) == 0 || sem_trywait(&unblock) == 0)
        continue;
}

void relay_await_wait(void)
{
    sem_wait(&waits);
}

void relay_await_block(void)
{
    sem_wait(&blocked);
}

void relay_unblock(void)
{
    sem_post(&unblock);
}

/* ---- plans ---- */

static atomic_uint plans_held;

struct plans *relay_plans_new(const char *name)
{
    struct plans *plans = calloc(1, sizeof *plans);
    assert(plans);
    atomic_fetch_add(&plans_held, 1);
    atomic_init(&plans->refs, 1);
    plans->name = name;
    return plans;
}

struct plans *plans_ref(struct plans *plans)
{
    atomic_fetch_add(&plans->refs, 1);
    return plans;
}

void plans_unref(struct plans *plans)
{
    if (!plans || atomic_fetch_sub(&plans->refs, 1) != 1)
        return;
    free(plans);
    atomic_fetch_sub(&plans_held, 1);
}

unsigned plans_alive(void)
{
    return atomic_load(&plans_held);
}

uint64_t plans_unknown_values(const struct plans *plans)
{
    return strlen(plans->name);
}

/* One table, of the name of the set. */

size_t plans_count(const struct plans *plans)
{
    (void)plans;
    return 1;
}

const struct plan *plans_at(const struct plans *plans, size_t index)
{
    return index == 0 ? (const struct plan *)plans : NULL;
}

struct str plan_name(const struct plan *plan)
{
    return str_from(((const struct plans *)plan)->name);
}

bool plan_gone(const struct plan *plan)
{
    return plans_gone((const struct plans *)plan) > 0;
}

unsigned plans_gone(const struct plans *plans)
{
    return strcmp(plans->name, "gone") == 0;
}

/* Nothing is learnt here, so a reload has nothing to hand on. */
void plans_inherit(struct plans *plans, const struct plans *old)
{
    (void)plans;
    (void)old;
}

bool plans_unknown_at(const struct plans *plans, size_t index, struct plan_unknown *out)
{
    static const char *const values[] = {"NEW", "qu\"ote"};
    if (index >= 2)
        return false;
    *out = (struct plan_unknown){
        .table = str_from(plans->name), .name = STR("mood"), .count = index + 1};
    strcpy(out->value, values[index]);
    return true;
}

/* ---- hosts ---- */

struct exchange_host *exchange_host_new(const struct exchange_common *common)
{
    struct exchange_host *host = calloc(1, sizeof *host);
    if (host)
        host->common = *common;
    return host;
}

void exchange_host_free(struct exchange_host *host)
{
    free(host);
}

static void enter(struct exchange *x)
{
    assert(x->host->depth == 0);
    x->host->depth++;
}

static void leave(struct exchange *x)
{
    x->host->depth--;
}

/* ---- replies ---- */

static void reply(struct exchange *x, struct str body)
{
    assert(!x->done);
    x->done = true;
    struct exchange_answer answer = {.status = x->status,
                                     .fields = x->reply_fields,
                                     .field_count = x->reply_fields[1].name.p ? 2 : 1,
                                     .body = body};
    x->reply_fields[0] = (struct exchange_field){STR("Content-Type"), STR("text/plain")};
    x->ports->reply(x->owner, x, &answer);
}

static void cancel_rest(struct exchange *x)
{
    for (unsigned i = 0; i < x->calls; i++) {
        if (!x->under_way[i])
            continue;
        x->under_way[i] = false;
        atomic_fetch_add(&cancelled, 1);
        x->ports->cancel(x->owner, x, i);
    }
}

static void tell_fault(struct exchange *x, const struct fault *fault, int status)
{
    cancel_rest(x);
    x->reason = fault_name(fault->kind);
    x->status = status;
    int n = snprintf(x->told, sizeof x->told, "%s: %s", x->reason, fault->text);
    reply(x, str_of(x->told, (size_t)n));
}

static void reply_bytes(struct exchange *x)
{
    uint64_t n = 0;
    str_to_u64(x->request.query, &n);
    x->made = malloc(n + 1);
    assert(x->made);
    for (uint64_t i = 0; i < n; i++)
        x->made[i] = (char)('a' + i % 23);
    reply(x, str_of(x->made, n));
}

/* ---- calls ---- */

static void send(struct exchange *x, struct str method, struct str target)
{
    unsigned tag = x->calls++;
    x->sends[tag] = (struct exchange_send){.tag = tag,
                                           .auth_host = str_starts(target, STR("/auth")),
                                           .repeatable = str_eq(method, STR("GET")) ||
                                                         str_eq(method, STR("HEAD")),
                                           .method = method,
                                           .target = target,
                                           .fields = x->fields,
                                           .body = x->request.body};
    for (size_t i = 0; i < x->request.field_count && x->sends[tag].field_count < FIELDS; i++)
        if (str_starts(x->request.fields[i].name, STR("X-")))
            x->fields[x->sends[tag].field_count++] = x->request.fields[i];
    x->under_way[tag] = true;
    x->left++;
    x->ports->send(x->owner, x, &x->sends[tag]);
}

static void wait(struct exchange *x)
{
    atomic_store(&waiting, x);
    atomic_store(&waiting_owner, x->owner);
    atomic_store(&waiting_ports, x->ports);
    sem_post(&waits);
}

static void hand_through(struct exchange *x)
{
    int n = snprintf(x->target, sizeof x->target, STR_FMT "%s" STR_FMT, STR_ARG(x->request.path),
                     x->request.query.p ? "?" : "", STR_ARG(x->request.query));
    send(x, x->request.method, str_of(x->target, (size_t)n));
}

/* ---- the interface ---- */

struct exchange *exchange_new(struct exchange_host *host, struct plans *plans,
                              const struct ports *ports, void *owner)
{
    struct exchange *x = calloc(1, sizeof *x);
    assert(x);
    x->host = host;
    x->plans = plans_ref(plans);
    x->ports = ports;
    x->owner = owner;
    x->status = 200;
    x->reason = "ok";
    atomic_fetch_add(&alive, 1);
    return x;
}

bool exchange_stays(const struct exchange *x)
{
    (void)x;
    return false;
}

void exchange_free(struct exchange *x)
{
    assert(x->host->depth == 0);
    cancel_rest(x);
    plans_unref(x->plans);
    free(x->made);
    free(x);
    atomic_fetch_sub(&alive, 1);
}

void exchange_start(struct exchange *x, const struct exchange_request *request)
{
    enter(x);
    x->request = *request;
    if (str_eq(request->path, STR("/local")))
        reply(x, STR("local"));
    else if (str_eq(request->path, STR("/plans")))
        reply(x, str_from(x->plans->name));
    else if (str_eq(request->path, STR("/bytes")))
        reply_bytes(x);
    else if (str_eq(request->path, STR("/wait")))
        wait(x);
    else if (str_eq(request->path, STR("/both")) || str_eq(request->path, STR("/first"))) {
        x->first_wins = str_eq(request->path, STR("/first"));
        send(x, STR("GET"), STR("/a"));
        send(x, STR("GET"), STR("/b"));
    } else {
        if (str_eq(request->path, STR("/block"))) {
            sem_post(&blocked);
            sem_wait(&unblock);
        }
        hand_through(x);
    }
    leave(x);
}

void exchange_on_answer(struct exchange *x, unsigned tag, const struct exchange_upstream *answer)
{
    enter(x);
    assert(tag < x->calls && x->under_way[tag]);
    x->under_way[tag] = false;
    x->answers[tag] = answer->body;
    x->left--;
    if (x->calls == 1 || x->first_wins) {
        int n = snprintf(x->told, sizeof x->told, "%d " STR_FMT " %d", answer->status,
                         STR_ARG(answer->content_type), answer->retry_after);
        x->reply_fields[1] = (struct exchange_field){STR("X-Upstream"), str_of(x->told, (size_t)n)};
        cancel_rest(x);
        reply(x, answer->body);
    } else if (x->left == 0) {
        int n =
            asprintf(&x->made, STR_FMT "|" STR_FMT, STR_ARG(x->answers[0]), STR_ARG(x->answers[1]));
        assert(n >= 0);
        reply(x, str_of(x->made, (size_t)n));
    }
    leave(x);
}

void exchange_on_fault(struct exchange *x, unsigned tag, const struct fault *fault)
{
    enter(x);
    assert(tag < x->calls && x->under_way[tag]);
    x->under_way[tag] = false;
    tell_fault(x, fault, 502);
    leave(x);
}

void exchange_on_wake(struct exchange *x)
{
    enter(x);
    reply(x, STR("woken"));
    leave(x);
}

void exchange_on_deadline(struct exchange *x)
{
    struct fault fault;
    enter(x);
    fault_set(&fault, FAULT_TIMEOUT, "deadline");
    tell_fault(x, &fault, 504);
    leave(x);
}

void exchange_refuse(struct exchange *x, const struct fault *fault)
{
    enter(x);
    tell_fault(x, fault, fault->status ? fault->status : 503);
    leave(x);
}

void exchange_report(const struct exchange *x, struct exchange_report *out)
{
    *out = (struct exchange_report){.endpoint = "relay",
                                    .reason = x->reason,
                                    .request_id = STR("1"),
                                    .status = x->status,
                                    .calls = x->calls};
}
