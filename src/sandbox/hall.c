/*
 * The hall: accepts connections, see conn.h. Owns the listening socket.
 *
 * What comes beyond the limit is told so and closed; when descriptors run out it rests for a
 * moment instead of spinning.
 */
#include "sandbox/conn.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS = 400, ACCEPTS_A_TURN = 32, REST_MS = 200 };

static void turn_away(int fd)
{
    char body[96], words[320];
    int size = snprintf(body, sizeof body, "{\"error\":\"at most %d connections are served\"}",
                        CONNECTIONS);
    int n = snprintf(words, sizeof words,
                     "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n"
                     "Content-Length: %d\r\nConnection: close\r\n\r\n%s",
                     size, body);
    if (n > 0 && send(fd, words, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
        shutdown(fd, SHUT_WR);
    close(fd);
}

static void take(struct hall *hall, int fd)
{
    int on = 1;
    if (hall->count >= CONNECTIONS) {
        turn_away(fd);
        return;
    }
    /* Without it small answers would wait for the acknowledgement of those before them. */
    if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0)
        conn_open(hall, fd);
    else
        close(fd);
}

static void rest(struct hall *hall)
{
    static const struct timeval wait = {.tv_usec = REST_MS * 1000};
    if (event_add(&hall->again, &wait) == 0)
        event_del(&hall->acceptable);
}

/* False when nothing more is there, or nothing more can be taken now. */
static bool accept_one(struct hall *hall)
{
    int fd = accept4(hall->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        take(hall, fd);
        return true;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        rest(hall);
        return false;
    }
    return errno == EINTR || errno == ECONNABORTED;
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
    event_add(&((struct hall *)ctx)->acceptable, NULL);
}

bool hall_open(struct hall *hall)
{
    return evtimer_assign(&hall->again, hall->base, on_again, hall) == 0 &&
           event_assign(&hall->acceptable, hall->base, hall->fd, EV_READ | EV_PERSIST,
                        on_acceptable, hall) == 0 &&
           event_add(&hall->acceptable, NULL) == 0;
}

void hall_close(struct hall *hall)
{
    while (hall->conns)
        conn_close(hall->conns);
    if (event_initialized(&hall->acceptable))
        event_del(&hall->acceptable);
    if (event_initialized(&hall->again))
        event_del(&hall->again);
    if (hall->fd >= 0)
        close(hall->fd);
    hall->fd = -1;
}
