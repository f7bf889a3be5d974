/*
 * One connection: reading requests. See conn.h; its answers are sent by send.c.
 *
 * Owns the socket, the input and the body of the request under way. The input is one block in
 * which the head stays where it is until its answer is made; pieces of the body are copied out
 * and their place is used again. While an answer is on its way nothing is read: what a client
 * sends ahead waits in the kernel.
 */
#include "sandbox/conn_inside.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    HEAD_MAX = 64 << 10,
    LINE_MAX_BYTES = 32 << 10,
    BODY_MAX = 16 << 20,
    LINGER_BYTES = 2 * BODY_MAX,
    IDLE_S = 75,
    LINGER_S = 3
};

/* ---- life ---- */

static void on_readable(evutil_socket_t fd, short what, void *ctx);

static bool await(struct conn *conn, time_t seconds)
{
    return event_add(&conn->readable, &(struct timeval){.tv_sec = seconds}) == 0;
}

void conn_open(struct hall *hall, int fd)
{
    static const struct http1_limits limits = {LINE_MAX_BYTES, HEAD_MAX, HTTP1_FIELDS, BODY_MAX};
    struct conn *conn = calloc(1, sizeof *conn);
    if (!conn) {
        close(fd);
        return;
    }
    conn->hall = hall;
    conn->fd = fd;
    http1_reader_init(&conn->reader, HTTP1_REQUESTS, &limits);
    buf_init(&conn->body, BODY_MAX + 1);
    conn->next = hall->conns;
    if (hall->conns)
        hall->conns->prev = conn;
    hall->conns = conn;
    hall->count++;
    if (event_assign(&conn->readable, hall->base, fd, EV_READ | EV_PERSIST, on_readable, conn) !=
            0 ||
        !send_open(conn) || !await(conn, IDLE_S))
        conn_close(conn);
}

void conn_close(struct conn *conn)
{
    struct hall *hall = conn->hall;
    if (conn->next)
        conn->next->prev = conn->prev;
    if (conn->prev)
        conn->prev->next = conn->next;
    else
        hall->conns = conn->next;
    hall->count--;
    if (event_initialized(&conn->readable))
        event_del(&conn->readable);
    send_close(conn);
    buf_clear(&conn->body);
    free(conn->input);
    close(conn->fd);
    free(conn);
}

bool conn_fail(struct conn *conn)
{
    conn_close(conn);
    return false;
}

/* ---- after an answer ---- */

/* Our side is said to be over first, so that the client can read the answer. */
static bool linger(struct conn *conn)
{
    conn->state = CONN_LINGERS;
    if (shutdown(conn->fd, SHUT_WR) == 0 && await(conn, LINGER_S))
        return true;
    conn_close(conn);
    return false;
}

/* The place behind what is not read yet is too short for a head: moves it to the front. */
static void make_room(struct conn *conn)
{
    size_t left = conn->end - conn->at;
    if (left > 0 && conn->at > 0 && CONN_INPUT - conn->end < HEAD_MAX)
        memmove(conn->input, conn->input + conn->at, left);
    else if (left > 0)
        return;
    conn->at = 0;
    conn->end = left;
}

static bool go_on(struct conn *conn);

bool conn_answered(struct conn *conn)
{
    if (!conn->keep)
        return conn->unread || conn->at < conn->end ? linger(conn) : conn_fail(conn);
    buf_reset(&conn->body);
    if (conn->body.room > CONN_INPUT)
        buf_clear(&conn->body);
    conn->body_from = 0;
    make_room(conn);
    conn->state = CONN_READS;
    if (!event_pending(&conn->readable, EV_READ, NULL) && !await(conn, IDLE_S))
        return conn_fail(conn);
    /* When go_on() is above us, it goes on. */
    return conn->serving || conn->at == conn->end || go_on(conn);
}

/* ---- one request ---- */

/* False when the connection is gone. */
static bool send_it(struct conn *conn, struct visit_answer *answer)
{
    conn->state = CONN_ANSWERS;
    conn->serving = true;
    bool alive = send_answer(conn, answer);
    if (alive)
        conn->serving = false;
    return alive;
}

static bool refuse(struct conn *conn)
{
    struct visit_request request = {.method = STR("unreadable"),
                                    .target = STR("message"),
                                    .body = STR(""),
                                    .broken = conn->reader.status,
                                    .words = conn->reader.words};
    struct visit_answer answer = {0};
    conn->hall->serve(conn->hall->ctx, &request, &answer);
    conn->keep = false;
    conn->unread = true;
    conn->bare = false;
    return send_it(conn, &answer);
}

static bool serve(struct conn *conn)
{
    const struct http1_head *head = &conn->reader.head;
    struct pair fields[HTTP1_FIELDS];
    struct visit_request request = {.method = head->method,
                                    .target = head->target,
                                    .body = buf_str(&conn->body),
                                    .headers = {fields, head->count}};
    struct visit_answer answer = {0};
    for (size_t i = 0; i < head->count; i++)
        fields[i] = (struct pair){head->fields[i].name, head->fields[i].value};
    conn->keep = head->keep_alive;
    conn->unread = false;
    conn->bare = str_eq(head->method, STR("HEAD"));
    if (buf_failed(&conn->body))
        return conn_fail(conn);
    conn->hall->serve(conn->hall->ctx, &request, &answer);
    return send_it(conn, &answer);
}

/* A client that asks before it sends its body may send. */
static bool say_continue(struct conn *conn)
{
    static const char words[] = "HTTP/1.1 100 Continue\r\n\r\n";
    if (!conn->reader.head.expect_continue || conn->at < conn->end)
        return true;
    /* Nothing else is on its way out, so that all of it fits. */
    ssize_t n = send(conn->fd, words, sizeof words - 1, MSG_NOSIGNAL);
    return n == (ssize_t)sizeof words - 1;
}

static bool take_head(struct conn *conn)
{
    const struct http1_head *head = &conn->reader.head;
    conn->body_from = conn->at;
    if (head->content_length > 0 && head->content_length <= BODY_MAX)
        buf_reserve(&conn->body, (size_t)head->content_length);
    return say_continue(conn) || conn_fail(conn);
}

/* Everything that the input holds. False when the connection is gone. */
static bool go_on(struct conn *conn)
{
    while (conn->state == CONN_READS) {
        size_t used = 0;
        struct str piece;
        enum http1_event event =
            http1_read(&conn->reader, conn->input + conn->at, conn->end - conn->at, &used, &piece);
        conn->at += used;
        if (event == HTTP1_MORE)
            return true;
        if (event == HTTP1_BODY)
            buf_add_str(&conn->body, piece);
        else if (event == HTTP1_HEAD && !take_head(conn))
            return false;
        else if (event == HTTP1_END && !serve(conn))
            return false;
        else if (event == HTTP1_BROKEN)
            return refuse(conn);
    }
    return true;
}

/* ---- the socket ---- */

/* Room behind what is not read yet; pieces of a body that were copied give theirs back. */
static bool has_room(struct conn *conn)
{
    if (!conn->input && !(conn->input = malloc(CONN_INPUT)))
        return false;
    if (!http1_reader_busy(&conn->reader)) {
        make_room(conn);
    } else if (conn->at > conn->body_from && conn->body_from > 0) {
        memmove(conn->input + conn->body_from, conn->input + conn->at, conn->end - conn->at);
        conn->end -= conn->at - conn->body_from;
        conn->at = conn->body_from;
    }
    return conn->end < CONN_INPUT;
}

static void drop(struct conn *conn)
{
    char dropped[16384];
    ssize_t n = recv(conn->fd, dropped, sizeof dropped, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    conn->dropped += n > 0 ? (size_t)n : 0;
    if (n <= 0 || conn->dropped > LINGER_BYTES)
        conn_close(conn);
}

static void take(struct conn *conn, int fd)
{
    ssize_t n = has_room(conn)
                    ? recv(fd, conn->input + conn->end, CONN_INPUT - conn->end, MSG_DONTWAIT)
                    : 0;
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        conn_close(conn);
        return;
    }
    conn->end += (size_t)n;
    go_on(conn);
}

static void on_readable(evutil_socket_t fd, short what, void *ctx)
{
    struct conn *conn = ctx;
    if (conn->state == CONN_ANSWERS)
        event_del(&conn->readable);
    else if (what & EV_TIMEOUT)
        conn_close(conn);
    else if (conn->state == CONN_LINGERS)
        drop(conn);
    else
        take(conn, fd);
}
