/*
 * Worker: one thread with a loop of its own, and everything that lives on it (private to this
 * room).
 *
 *   worker.c  the thread, its loop, messages from other threads
 *   accept.c  the listener
 *   client.c  one client connection: reading, keeping alive, closing
 *   answer.c  writing an answer
 *   visit.c   one request: an exchange between a client and its upstream calls
 *
 * Nothing is freed inside a callback. Requests that ended and connections that are closed
 * stand in lists that worker_settle() empties between two turns of the loop.
 */
#ifndef SHOPSHIM_NET_WORKER_H
#define SHOPSHIM_NET_WORKER_H

#include "net/upstream.h"
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

/* ---- what all workers share ---- */

struct server {
    struct server_settings settings;
    struct exchange_common common;
    pthread_mutex_t lock; /* plans, finished */
    pthread_cond_t changed;
    struct plans *plans;
    unsigned finished; /* workers that left their loop */
    unsigned count;    /* workers */
    struct worker **workers;
    int port;
    bool started;
    bool joined;
    bool cut; /* something had to be ended by force */
    atomic_uint connections;
    atomic_uint plans_version;
    atomic_bool listening;
    atomic_bool draining;
    atomic_bool stopping;
};

/* ---- one worker ---- */

struct worker {
    struct server *server;
    pthread_t thread;
    struct event_base *base;
    struct counters counters;

    int listener; /* -1: closed */
    struct event acceptable;
    struct event accept_again; /* timer, after descriptors ran out */

    int mail; /* eventfd */
    struct event mailed;
    pthread_mutex_t mail_lock;
    struct list woken; /* visits, guarded by mail_lock */

    struct plans *plans;
    unsigned plans_version;
    struct exchange_host *host;

    struct memory memory;
    struct input_pool inputs;
    struct upstream upstream;
    struct deadlines deadlines;
    struct deadline_queue idle_times, head_times, body_times, run_times, write_times, linger_times;

    struct list clients;
    struct list closed;      /* clients to free */
    struct list ended;       /* visits to end */
    struct list free_visits; /* kept until the worker goes: a late wake may still name one */
    bool draining;
    bool cut;

    time_t date_second;
    char date[32]; /* of the Date field */
};

struct worker *worker_new(struct server *server);
void worker_free(struct worker *worker); /* after its thread was joined; NULL is fine */
void *worker_run(void *worker);          /* the thread */
void worker_mail(struct worker *worker); /* any thread: look at the server's flags */
/* The plans that count now, borrowed; on its own thread. */
struct plans *worker_plans(struct worker *worker);

/* ---- accept.c ---- */

bool accept_start(struct worker *worker);
/* Closes the listener; before that, takes what waits to be accepted. */
void accept_stop(struct worker *worker, bool take_rest);

/* ---- clients ---- */

enum client_state {
    CLIENT_IDLE, /* between requests */
    CLIENT_HEAD, /* a head is coming, or the first one is awaited */
    CLIENT_BODY,
    CLIENT_SERVED, /* a visit is under way */
    CLIENT_LINGERS,
    CLIENT_GONE,  /* its connection is closed, its visit goes on to the end */
    CLIENT_CLOSED /* waits to be freed */
};

struct client {
    struct list link;
    struct worker *worker;
    struct event readable;
    struct deadline deadline;
    struct intake intake;
    struct visit *visit;
    int fd;
    enum client_state state;
    bool paused;     /* nothing is read: what came ahead fills the input */
    bool keep;       /* after this answer */
    bool unread;     /* bytes of the client's may still be on their way when it closes */
    size_t lingered; /* bytes */
};

void client_accept(struct worker *worker, int fd, bool turned_away);
void client_close(struct client *client);
/* Whether closing it cuts something off. */
bool client_busy(const struct client *client);
/* After its visit ended, between turns. */
void client_go_on(struct client *client);
/* While draining: closes it when nobody has asked anything. */
void client_drain(struct client *client);
void client_set_times(struct worker *worker);

/* ---- visits ---- */

struct visit {
    struct list link; /* worker->ended or free_visits */
    struct worker *worker;
    struct client *client;
    struct exchange *x;
    struct list calls; /* upstream_call */
    struct exchange_answer answer;
    bool replied;
    bool writing; /* the answer has begun to leave */
    bool ending;
    bool abandoned;
    bool is_head; /* HEAD: no body goes out */
    int64_t began_us;
    struct buf head;
    size_t written; /* of head and body */
    struct event writable;
    atomic_uint generation;
    /* Guarded by the worker's mail_lock: */
    struct list woken;
    unsigned woken_generation;
    struct exchange *woken_x;
    struct exchange_field fields[HTTP1_FIELDS];
};

/* Begins to serve the request in the client's intake. False: no memory. */
bool visit_serve(struct client *client);
/* Answers what never became a request. */
bool visit_refuse(struct client *client, const struct fault *fault);
/* The client's time is up. */
void visit_deadline(struct visit *visit);
/* Whether it goes on without its client: exchange_stays(). */
bool visit_stays(const struct visit *visit);
/* The answer left, or nobody wants it: ended between turns. */
void visit_over(struct visit *visit, bool abandoned);
/* Between turns. */
void visit_end(struct visit *visit);
void visit_free(struct visit *visit);
void visit_woken(struct worker *worker);

void on_upstream_answer(struct upstream_call *call);
void on_upstream_fault(struct upstream_call *call);

/* ---- answer.c ---- */

/* Writes visit->answer, now or as the client takes it. */
void answer_begin(struct visit *visit);
void answer_stop(struct visit *visit);

#endif
