/*
 * One client connection.
 *
 * Owns the socket, its read event and the intake of the request under way; while idle it owns
 * no message memory. One request is served at a time; what a client sends ahead waits in the
 * rest of its input and then in the kernel. A broken request is answered and the connection
 * closed slowly: our side first, then what the client still sends is read and dropped for a
 * bounded time, so that it can read why.
 */
#include "net/worker.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINGER_MS = 3000, LINGER_BYTES = 16 << 20, LINGER_READ = 16384 };

static void go_on_reading(struct client *client, enum intake_event event);

static struct client *of_deadline(struct deadline *deadline)
{
    return CONTAINER_OF(deadline, struct client, deadline);
}

/* ---- closing ---- */

static void hang_up(struct client *client)
{
    event_del(&client->readable);
    close(client->fd);
    client->fd = -1;
    client->keep = false;
    count_sub(&client->worker->counters.connections, 1);
    atomic_fetch_sub(&client->worker->server->connections, 1);
}

/* A visit that should go on keeps its client, whose deadline still holds, until it is over. */
void client_close(struct client *client)
{
    if (client->state == CLIENT_CLOSED)
        return;
    if (client->state != CLIENT_GONE) {
        hang_up(client);
        client->state = CLIENT_GONE;
        if (client->visit && visit_stays(client->visit))
            return;
    }
    client->state = CLIENT_CLOSED;
    if (client->visit)
        visit_over(client->visit, true);
    deadline_clear(&client->deadline);
    list_remove(&client->link);
    list_append(&client->worker->closed, &client->link);
}

bool client_busy(const struct client *client)
{
    return client->visit || (client->state != CLIENT_LINGERS && intake_begun(&client->intake));
}

static void linger(struct client *client)
{
    intake_clear(&client->intake);
    if (shutdown(client->fd, SHUT_WR) != 0) {
        client_close(client);
        return;
    }
    client->state = CLIENT_LINGERS;
    deadline_set(&client->deadline, &client->worker->linger_times);
}

static void read_and_drop(struct client *client)
{
    char dropped[LINGER_READ];
    ssize_t n = recv(client->fd, dropped, sizeof dropped, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    client->lingered += n > 0 ? (size_t)n : 0;
    if (n <= 0 || client->lingered > LINGER_BYTES)
        client_close(client);
}

/* ---- refusing ---- */

static void refuse(struct client *client, const struct fault *fault)
{
    deadline_clear(&client->deadline);
    client->state = CLIENT_SERVED;
    client->keep = false;
    client->unread = true;
    if (!visit_refuse(client, fault))
        client_close(client);
}

static void say_broken(struct client *client, struct fault *fault)
{
    const struct server_client_settings *s = &client->worker->server->settings.client;
    const struct http1_reader *reader = intake_reader(&client->intake);
    switch (reader->status) {
    case 413:
        fault_set(fault, FAULT_TOO_LARGE, "The body is longer than %zu bytes (client.body_bytes).",
                  s->body_bytes);
        break;
    case 414:
        fault_set(fault, FAULT_TOO_LARGE,
                  "The request line is longer than %zu bytes (client.line_bytes).", s->line_bytes);
        break;
    case 431:
        fault_set(fault, FAULT_TOO_LARGE,
                  "The head is longer than %zu bytes (client.head_bytes) or has more than %zu "
                  "fields (client.fields).",
                  s->head_bytes, s->fields);
        break;
    default:
        fault_set(fault, FAULT_HTTP, "%s", reader->words);
    }
    fault->status = reader->status;
}

static void refuse_event(struct client *client, enum intake_event event)
{
    struct fault fault;
    if (event == INTAKE_BROKEN)
        say_broken(client, &fault);
    else
        fault_set(&fault, FAULT_BUSY,
                  "There is no room for this body now: those under way reach the maximum "
                  "(client.memory_bytes).");
    refuse(client, &fault);
}

/* ---- reading ---- */

static void serve(struct client *client)
{
    client->state = CLIENT_SERVED;
    client->keep = intake_head(&client->intake)->keep_alive;
    deadline_set(&client->deadline, &client->worker->run_times);
    if (!visit_serve(client))
        client_close(client);
}

/* The head is good: a client that asks before it sends its body may send. */
static bool send_continue(struct client *client)
{
    static const char words[] = "HTTP/1.1 100 Continue\r\n\r\n";
    if (!intake_head(&client->intake)->expect_continue || intake_left(&client->intake) > 0)
        return true;
    /* Nothing else is on its way out, so that all of it fits. */
    ssize_t n = send(client->fd, words, sizeof words - 1, MSG_NOSIGNAL);
    return n == (ssize_t)sizeof words - 1;
}

static void await_more(struct client *client, bool in_body)
{
    struct worker *worker = client->worker;
    if (in_body) {
        client->state = CLIENT_BODY;
        deadline_set(&client->deadline, &worker->body_times);
    } else if (client->state != CLIENT_HEAD && intake_begun(&client->intake)) {
        client->state = CLIENT_HEAD;
        deadline_set(&client->deadline, &worker->head_times);
    }
}

static void go_on_reading(struct client *client, enum intake_event event)
{
    bool in_body = client->state == CLIENT_BODY;
    if (event == INTAKE_HEAD) {
        in_body = true;
        event = intake_next(&client->intake);
        if (event == INTAKE_MORE && !send_continue(client)) {
            client_close(client);
            return;
        }
    }
    if (event == INTAKE_MORE)
        await_more(client, in_body);
    else if (event == INTAKE_END)
        serve(client);
    else
        refuse_event(client, event);
}

static void read_request(struct client *client)
{
    size_t room = 0;
    char *p = intake_room(&client->intake, &room);
    if (!p) {
        if (client->intake.input)
            refuse_event(client, INTAKE_FULL);
        else
            client_close(client);
        return;
    }
    ssize_t n = recv(client->fd, p, room, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        client_close(client);
        return;
    }
    count_add(&client->worker->counters.bytes_in, (uint64_t)n);
    go_on_reading(client, intake_added(&client->intake, (size_t)n));
}

/* While a request is served: what comes ahead waits, and a closing ends the visit. */
static void read_ahead(struct client *client)
{
    size_t room = 0;
    char *p = intake_room(&client->intake, &room);
    if (!p || room == 0) {
        client->paused = event_del(&client->readable) == 0;
        return;
    }
    ssize_t n = recv(client->fd, p, room, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        client_close(client);
        return;
    }
    count_add(&client->worker->counters.bytes_in, (uint64_t)n);
    intake_added(&client->intake, (size_t)n);
}

/* An answer to a broken request is on its way: nothing of what follows is of interest. */
static void on_readable(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    struct client *client = ctx;
    if (client->state == CLIENT_LINGERS || (client->state == CLIENT_SERVED && client->unread))
        read_and_drop(client);
    else if (client->state == CLIENT_SERVED)
        read_ahead(client);
    else if (client->state != CLIENT_CLOSED)
        read_request(client);
}

/* ---- after an answer ---- */

void client_go_on(struct client *client)
{
    if (client->state == CLIENT_CLOSED)
        return;
    if (!client->keep) {
        if (client->state != CLIENT_GONE && (client->unread || intake_left(&client->intake) > 0))
            linger(client);
        else
            client_close(client);
        return;
    }
    if (client->paused && event_add(&client->readable, NULL) != 0) {
        client_close(client);
        return;
    }
    client->paused = false;
    intake_restart(&client->intake);
    client->state = CLIENT_IDLE;
    if (intake_begun(&client->intake))
        go_on_reading(client, intake_next(&client->intake));
    else
        deadline_set(&client->deadline, &client->worker->idle_times);
}

void client_drain(struct client *client)
{
    if (client->state != CLIENT_IDLE && client->state != CLIENT_HEAD)
        return;
    /* What it has sent by now is still answered. */
    if (!intake_begun(&client->intake))
        read_request(client);
    if (client->state == CLIENT_IDLE ||
        (client->state == CLIENT_HEAD && !intake_begun(&client->intake)))
        client_close(client);
}

/* ---- time-outs ---- */

static void idle_long(struct deadline *deadline)
{
    client_close(of_deadline(deadline));
}

static void request_late(struct deadline *deadline)
{
    struct client *client = of_deadline(deadline);
    struct fault fault;
    if (!intake_begun(&client->intake)) {
        client_close(client);
        return;
    }
    fault_set(&fault, FAULT_HTTP, "The request did not arrive in time (client.%s).",
              client->state == CLIENT_BODY ? "body_ms" : "head_ms");
    fault.status = 408;
    refuse(client, &fault);
}

static void run_long(struct deadline *deadline)
{
    visit_deadline(of_deadline(deadline)->visit);
}

void client_set_times(struct worker *worker)
{
    const struct server_client_settings *s = &worker->server->settings.client;
    struct deadlines *all = &worker->deadlines;
    deadline_queue_init(&worker->idle_times, all, s->idle_ms, idle_long);
    deadline_queue_init(&worker->head_times, all, s->head_ms, request_late);
    deadline_queue_init(&worker->body_times, all, s->body_ms, request_late);
    deadline_queue_init(&worker->run_times, all, worker->server->common.settings->deadline_ms,
                        run_long);
    deadline_queue_init(&worker->write_times, all, s->write_ms, idle_long);
    deadline_queue_init(&worker->linger_times, all, LINGER_MS, idle_long);
}

/* ---- life ---- */

void client_accept(struct worker *worker, int fd, bool turned_away)
{
    struct client *client = calloc(1, sizeof *client);
    if (!client ||
        event_assign(&client->readable, worker->base, fd, EV_READ | EV_PERSIST, on_readable,
                     client) != 0 ||
        event_add(&client->readable, NULL) != 0) {
        free(client);
        close(fd);
        atomic_fetch_sub(&worker->server->connections, 1);
        return;
    }
    client->worker = worker;
    client->fd = fd;
    client->state = CLIENT_HEAD;
    deadline_init(&client->deadline);
    intake_init(&client->intake, &worker->inputs, &worker->memory,
                worker->server->settings.client.body_bytes);
    list_init(&client->link);
    list_append(&worker->clients, &client->link);
    count_add(&worker->counters.connections, 1);
    if (turned_away) {
        struct fault fault;
        fault_set(&fault, FAULT_BUSY, "%u connections are open already (client.connections).",
                  worker->server->settings.client.connections);
        refuse(client, &fault);
        return;
    }
    deadline_set(&client->deadline, &worker->head_times);
}
