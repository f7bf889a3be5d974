/*
 * The listener of one worker. Owns its descriptor and events. Takes a bounded number of
 * connections a turn, turns the surplus away with an answer, and rests when the process runs
 * out of descriptors instead of spinning.
 */
#include "base/log.h"
#include "net/worker.h"
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    ACCEPTS_A_TURN = 32,
    TURNED_AWAY = 64, /* so many over the limit still get an answer */
    REST_MS = 200
};

/* One that has had its answer makes room for one that wants to ask. */
static bool close_idle(struct worker *worker)
{
    struct list *oldest = worker->idle_times.waiting.next;
    if (oldest == &worker->idle_times.waiting)
        return false;
    struct deadline *deadline = CONTAINER_OF(oldest, struct deadline, link);
    client_close(CONTAINER_OF(deadline, struct client, deadline));
    return true;
}

static void take(struct worker *worker, int fd)
{
    struct server *server = worker->server;
    unsigned most = server->settings.client.connections;
    unsigned open = atomic_fetch_add(&server->connections, 1);
    count_add(&worker->counters.accepted, 1);
    bool over = open >= most && !close_idle(worker);
    if (over)
        count_add(&worker->counters.turned_away, 1);
    if (over && open >= most + TURNED_AWAY) {
        atomic_fetch_sub(&server->connections, 1);
        close(fd);
        return;
    }
    client_accept(worker, fd, over);
}

static void rest(struct worker *worker)
{
    static const struct timeval wait = {.tv_usec = REST_MS * 1000};
    log_warn("accept failed: %s; raise the limit of open files or lower client.connections",
             strerror(errno));
    if (event_add(&worker->accept_again, &wait) == 0)
        event_del(&worker->acceptable);
}

/* False when nothing more is there, or nothing more can be taken. */
static bool accept_one(struct worker *worker)
{
    int fd = accept4(worker->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        take(worker, fd);
        return true;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        if (!worker->draining)
            rest(worker);
        return false;
    }
    /* Others are troubles of that one connection (accept(2), error handling). */
    return errno != EAGAIN && errno != EWOULDBLOCK && errno != EBADF && errno != EINVAL;
}

static void on_acceptable(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    for (int i = 0; i < ACCEPTS_A_TURN && accept_one(ctx); i++)
        continue;
}

static void on_again(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    struct worker *worker = ctx;
    if (worker->listener >= 0)
        event_add(&worker->acceptable, NULL);
}

bool accept_start(struct worker *worker)
{
    return evtimer_assign(&worker->accept_again, worker->base, on_again, worker) == 0 &&
           event_assign(&worker->acceptable, worker->base, worker->listener, EV_READ | EV_PERSIST,
                        on_acceptable, worker) == 0 &&
           event_add(&worker->acceptable, NULL) == 0;
}

void accept_stop(struct worker *worker, bool take_rest)
{
    if (worker->listener < 0)
        return;
    /* What the kernel accepted already would be reset by the closing. */
    while (take_rest && accept_one(worker))
        continue;
    if (event_initialized(&worker->acceptable))
        event_del(&worker->acceptable);
    if (event_initialized(&worker->accept_again))
        event_del(&worker->accept_again);
    close(worker->listener);
    worker->listener = -1;
}
