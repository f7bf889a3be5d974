/*
 * One worker's thread: a turn of the loop, then everything that may only be done between
 * turns. Owns the loop, the pools, the upstream connections and all clients and visits.
 * Other threads reach it by setting flags of the server and writing to its eventfd.
 */
#include "net/worker.h"
#include <assert.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* ---- messages from other threads ---- */

void worker_mail(struct worker *worker)
{
    uint64_t one = 1;
    ssize_t n = write(worker->mail, &one, sizeof one);
    /* A counter that is full is readable already, which is all that matters. */
    (void)n;
}

static void take_plans(struct worker *worker)
{
    struct server *server = worker->server;
    pthread_mutex_lock(&server->lock);
    struct plans *plans = plans_ref(server->plans);
    worker->plans_version = atomic_load(&server->plans_version);
    pthread_mutex_unlock(&server->lock);
    plans_unref(worker->plans);
    worker->plans = plans;
}

static void drain(struct worker *worker)
{
    struct list *next;
    accept_stop(worker, true);
    worker->draining = true;
    for (struct list *node = worker->clients.next; node != &worker->clients; node = next) {
        next = node->next;
        client_drain(CONTAINER_OF(node, struct client, link));
    }
}

struct plans *worker_plans(struct worker *worker)
{
    if (worker->plans_version != atomic_load(&worker->server->plans_version))
        take_plans(worker);
    return worker->plans;
}

static void read_flags(struct worker *worker)
{
    struct server *server = worker->server;
    worker_plans(worker); /* one that nobody asks lets go of old plans too */
    if (!worker->draining && atomic_load(&server->draining))
        drain(worker);
}

static void on_mail(evutil_socket_t fd, short what, void *ctx)
{
    (void)what;
    uint64_t count;
    ssize_t n = read(fd, &count, sizeof count);
    (void)n; /* another message may have been read with this one */
    read_flags(ctx);
    visit_woken(ctx);
}

/* ---- between turns ---- */

static void free_closed(struct worker *worker)
{
    struct list closed;
    list_move_all(&closed, &worker->closed);
    while (!list_empty(&closed)) {
        struct client *client = CONTAINER_OF(closed.next, struct client, link);
        list_remove(&client->link);
        if (client->visit) { /* it is about to end */
            list_append(&worker->closed, &client->link);
            continue;
        }
        intake_clear(&client->intake);
        free(client);
    }
}

/* True when there is more to do before the loop may wait. */
static bool settle(struct worker *worker)
{
    struct list ended;
    upstream_settle(&worker->upstream);
    list_move_all(&ended, &worker->ended);
    while (!list_empty(&ended))
        visit_end(CONTAINER_OF(ended.next, struct visit, link));
    free_closed(worker);
    return !list_empty(&worker->ended) || !list_empty(&worker->closed) ||
           !list_empty(&worker->upstream.failed);
}

/*
 * Nothing but the loop is on the stack. What an answer ends is taken down now and not when the
 * turn is over, so that the next answer gets memory that still is in the processor's cache.
 */
static void on_upstream_read(struct upstream *upstream)
{
    settle(CONTAINER_OF(upstream, struct worker, upstream));
}

static bool is_done(const struct worker *worker)
{
    return atomic_load(&worker->server->stopping) ||
           (worker->draining && list_empty(&worker->clients) && list_empty(&worker->closed));
}

/* What is still open when the grace is over. */
static void cut_off(struct worker *worker)
{
    accept_stop(worker, false);
    while (!list_empty(&worker->clients)) {
        struct client *client = CONTAINER_OF(worker->clients.next, struct client, link);
        worker->cut = worker->cut || client_busy(client);
        client_close(client);
    }
    while (settle(worker))
        continue;
}

void *worker_run(void *ctx)
{
    struct worker *worker = ctx;
    struct server *server = worker->server;
    bool more = false;
    while (!is_done(worker)) {
        event_base_loop(worker->base, EVLOOP_ONCE | (more ? EVLOOP_NONBLOCK : 0));
        more = settle(worker);
    }
    cut_off(worker);
    pthread_mutex_lock(&server->lock);
    server->finished++;
    server->cut = server->cut || worker->cut;
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

/* ---- life ---- */

static struct event_base *new_base(void)
{
    struct event_config *config = event_config_new();
    struct event_base *base = NULL;
    /* One thread runs it; others write to the eventfd. */
    if (config && event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK) == 0)
        base = event_base_new_with_config(config);
    if (config)
        event_config_free(config);
    return base;
}

static bool open_parts(struct worker *worker)
{
    struct server *server = worker->server;
    const struct server_client_settings *s = &server->settings.client;
    const struct http1_limits limits = {
        .line = s->line_bytes, .head = s->head_bytes, .fields = s->fields, .body = s->body_bytes};
    input_pool_init(&worker->inputs, HTTP1_REQUESTS, &limits);
    memory_init(&worker->memory, s->memory_bytes);
    worker->base = new_base();
    worker->mail = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    worker->host = exchange_host_new(&server->common);
    if (!worker->base || worker->mail < 0 || !worker->host ||
        !deadlines_init(&worker->deadlines, worker->base))
        return false;
    client_set_times(worker);
    struct upstream_context context = {.settings = &server->settings.upstream,
                                       .base = worker->base,
                                       .deadlines = &worker->deadlines,
                                       .memory = &worker->memory,
                                       .counters = &worker->counters,
                                       .on_answer = on_upstream_answer,
                                       .on_fault = on_upstream_fault,
                                       .on_read = on_upstream_read};
    if (!upstream_init(&worker->upstream, &context))
        return false;
    return event_assign(&worker->mailed, worker->base, worker->mail, EV_READ | EV_PERSIST, on_mail,
                        worker) == 0 &&
           event_add(&worker->mailed, NULL) == 0;
}

struct worker *worker_new(struct server *server)
{
    struct worker *worker = calloc(1, sizeof *worker);
    if (!worker)
        return NULL;
    worker->server = server;
    worker->listener = -1;
    worker->mail = -1;
    list_init(&worker->clients);
    list_init(&worker->closed);
    list_init(&worker->ended);
    list_init(&worker->free_visits);
    list_init(&worker->woken);
    pthread_mutex_init(&worker->mail_lock, NULL);
    take_plans(worker);
    if (open_parts(worker))
        return worker;
    worker_free(worker);
    return NULL;
}

void worker_free(struct worker *worker)
{
    if (!worker)
        return;
    assert(list_empty(&worker->clients));
    while (!list_empty(&worker->free_visits)) {
        struct visit *visit = CONTAINER_OF(worker->free_visits.next, struct visit, link);
        list_remove(&visit->link);
        visit_free(visit);
    }
    accept_stop(worker, false);
    if (worker->upstream.settings)
        upstream_clear(&worker->upstream);
    exchange_host_free(worker->host);
    input_pool_clear(&worker->inputs);
    memory_clear(&worker->memory);
    if (event_initialized(&worker->mailed))
        event_del(&worker->mailed);
    if (worker->base) {
        deadlines_clear(&worker->deadlines);
        event_base_free(worker->base);
    }
    if (worker->mail >= 0)
        close(worker->mail);
    plans_unref(worker->plans);
    pthread_mutex_destroy(&worker->mail_lock);
    free(worker);
}
