/*
 * The server: its workers from birth to join, and the sum of their counters. Owns the
 * listeners until a worker takes one, a reference to the plans, and all threads.
 */
#include "net/server.h"
#include "net/address.h"
#include "net/thread.h"
#include "net/worker.h"
#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

enum { WORKERS_UNASKED = 8 };

const int64_t server_time_bounds[SERVER_TIMES] = {5,   10,   25,   50,   100,   250,
                                                  500, 1000, 2500, 5000, 10000, 0};

static unsigned worker_count(unsigned asked)
{
    cpu_set_t set;
    if (asked > 0)
        return asked;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    int cpus = CPU_COUNT(&set);
    return cpus < 1 ? 1 : cpus > WORKERS_UNASKED ? WORKERS_UNASKED : (unsigned)cpus;
}

/* ---- birth and death ---- */

static bool settings_are_good(const struct server_settings *settings,
                              const struct exchange_common *common, struct fault *fault)
{
    struct findings findings;
    findings_init(&findings);
    bool good = server_check(settings, &findings);
    if (!good && findings.count > 0)
        fault_at(fault, FAULT_PARAMETER, str_from(findings.items[0].path), "%s: %s",
                 findings.items[0].path, findings.items[0].text);
    else if (!good)
        fault_set(fault, FAULT_INTERNAL, "out of memory");
    findings_clear(&findings);
    if (good && common->settings->deadline_ms <= 0) {
        fault_at(fault, FAULT_PARAMETER, STR("exchange.deadline_ms"),
                 "exchange.deadline_ms: must be at least 1");
        good = false;
    }
    return good;
}

static bool init_locks(struct server *server)
{
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes) != 0)
        return false;
    bool good = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
                pthread_cond_init(&server->changed, &attributes) == 0;
    pthread_condattr_destroy(&attributes);
    if (good && pthread_mutex_init(&server->lock, NULL) != 0) {
        pthread_cond_destroy(&server->changed);
        good = false;
    }
    return good;
}

struct server *server_new(const struct server_settings *settings,
                          const struct exchange_common *common, struct plans *plans,
                          struct fault *fault)
{
    if (!settings_are_good(settings, common, fault))
        return NULL;
    struct server *server = dial_global_init() ? calloc(1, sizeof *server) : NULL;
    if (!server || !init_locks(server)) {
        free(server);
        fault_set(fault, FAULT_INTERNAL, "out of memory, or libcurl cannot be used");
        return NULL;
    }
    server->settings = *settings;
    server->common = *common;
    server->count = worker_count(settings->workers);
    server->plans = plans_ref(plans);
    server->workers = calloc(server->count, sizeof *server->workers);
    for (unsigned i = 0; server->workers && i < server->count; i++) {
        server->workers[i] = worker_new(server);
        if (server->workers[i])
            continue;
        server_free(server);
        server = NULL;
        break;
    }
    if (server && server->workers)
        return server;
    server_free(server);
    fault_set(fault, FAULT_INTERNAL, "out of memory, or no more descriptors");
    return NULL;
}

void server_free(struct server *server)
{
    if (!server)
        return;
    assert(!server->started || server->joined);
    for (unsigned i = 0; server->workers && i < server->count; i++)
        worker_free(server->workers[i]);
    free(server->workers);
    plans_unref(server->plans);
    pthread_mutex_destroy(&server->lock);
    pthread_cond_destroy(&server->changed);
    free(server);
}

/* ---- start and stop ---- */

static void join(struct server *server, unsigned count)
{
    atomic_store(&server->draining, true);
    atomic_store(&server->stopping, true);
    for (unsigned i = 0; i < count; i++)
        worker_mail(server->workers[i]);
    for (unsigned i = 0; i < count; i++)
        pthread_join(server->workers[i]->thread, NULL);
    server->joined = true;
}

static bool start_threads(struct server *server, struct fault *fault)
{
    unsigned started = 0;
    int error = 0;
    while (started < server->count && error == 0) {
        struct worker *worker = server->workers[started];
        error = thread_start(&worker->thread, worker_run, worker);
        if (error == 0)
            started++;
    }
    if (error == 0)
        return true;
    join(server, started);
    return fault_set(fault, FAULT_INTERNAL, "cannot start a thread: %s", strerror(error));
}

bool server_start(struct server *server, struct fault *fault)
{
    int fds[SERVER_WORKERS];
    assert(!server->started);
    if (!address_listen(server->settings.listen, fds, server->count, &server->port, fault))
        return false;
    bool good = true;
    for (unsigned i = 0; i < server->count; i++) {
        server->workers[i]->listener = fds[i];
        good = accept_start(server->workers[i]) && good;
    }
    if (!good)
        fault_set(fault, FAULT_INTERNAL, "the event loop cannot watch the listener");
    if (!good || !start_threads(server, fault)) {
        for (unsigned i = 0; i < server->count; i++)
            accept_stop(server->workers[i], false);
        address_forget(server->settings.listen);
        return false;
    }
    server->started = true;
    atomic_store(&server->listening, true);
    return true;
}

int server_port(const struct server *server)
{
    return server->port;
}

static void mail_all(struct server *server)
{
    for (unsigned i = 0; i < server->count; i++)
        worker_mail(server->workers[i]);
}

void server_reload(struct server *server, struct plans *plans)
{
    plans_ref(plans);
    pthread_mutex_lock(&server->lock);
    struct plans *before = server->plans;
    plans_inherit(plans, before);
    server->plans = plans;
    atomic_fetch_add(&server->plans_version, 1);
    pthread_mutex_unlock(&server->lock);
    plans_unref(before);
    mail_all(server);
}

struct plans *server_plans(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    struct plans *plans = plans_ref(server->plans);
    pthread_mutex_unlock(&server->lock);
    return plans;
}

void server_drain(struct server *server)
{
    atomic_store(&server->draining, true);
    mail_all(server);
}

static void wait_finished(struct server *server, int64_t grace_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(grace_ms / 1000);
    until.tv_nsec += (long)(grace_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&server->lock);
    while (server->finished < server->count &&
           pthread_cond_timedwait(&server->changed, &server->lock, &until) == 0)
        continue;
    pthread_mutex_unlock(&server->lock);
}

bool server_stop(struct server *server, int64_t grace_ms)
{
    if (!server->started || server->joined)
        return true;
    server_drain(server);
    if (grace_ms > 0)
        wait_finished(server, grace_ms);
    join(server, server->count);
    address_forget(server->settings.listen);
    return !server->cut;
}

bool server_ready(const struct server *server)
{
    return atomic_load(&server->listening) && !atomic_load(&server->draining);
}

/* ---- counters ---- */

static void add_worker(const struct counters *c, struct server_stats *out)
{
    for (int i = 0; i < FAULT_KINDS; i++) {
        out->requests[i] += count_get(&c->requests[i]);
        out->upstream_calls[i] += count_get(&c->upstream_calls[i]);
    }
    for (int i = 0; i < SERVER_TIMES; i++)
        out->times[i] += count_get(&c->times[i]);
    out->abandoned += count_get(&c->abandoned);
    out->time_ms += count_get(&c->time_us) / 1000;
    out->accepted += count_get(&c->accepted);
    out->turned_away += count_get(&c->turned_away);
    out->bytes_in += count_get(&c->bytes_in);
    out->bytes_out += count_get(&c->bytes_out);
    out->upstream_connects += count_get(&c->upstream_connects);
    out->upstream_retries += count_get(&c->upstream_retries);
    out->connections += count_get(&c->connections);
    out->running += count_get(&c->running);
    out->upstream_connections += count_get(&c->upstream_connections);
    out->upstream_idle += count_get(&c->upstream_idle);
    out->upstream_waiting += count_get(&c->upstream_waiting);
}

void server_stats(const struct server *server, struct server_stats *out)
{
    /* The lock is the only part that changes. */
    pthread_mutex_t *lock = (pthread_mutex_t *)(uintptr_t)&server->lock;
    *out = (struct server_stats){.workers = server->count, .table_sets = plans_alive()};
    for (unsigned i = 0; i < server->count; i++)
        add_worker(&server->workers[i]->counters, out);
    pthread_mutex_lock(lock);
    out->unknown_values = plans_unknown_values(server->plans);
    out->tables_gone = plans_gone(server->plans);
    pthread_mutex_unlock(lock);
}
