/*
 * Sending one answer: head and body in one call from where they stand, at once or as trouble
 * wants it: late, slowly, in part, with a reset. Owns the answer until it is out.
 */
#include "sandbox/conn_inside.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>

enum {
    HEAD_BYTES = 1024,
    WRITE_S = 60,
    RESET_MS = 20, /* so that a client sees the head before the reset */
    SLICES = 50    /* a second, of an answer that goes slowly */
};

static bool send_more(struct conn *conn);

/* ---- life ---- */

static bool wait_ms(struct conn *conn, int64_t ms)
{
    return event_add(&conn->timer,
                     &(struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000}) == 0;
}

static void reset(struct conn *conn)
{
    static const struct linger now = {.l_onoff = 1, .l_linger = 0};
    /* Should it fail, the connection ends in order, which is trouble enough. */
    if (setsockopt(conn->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now) == 0)
        errno = 0;
    conn_close(conn);
}

static void on_timer(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    struct conn *conn = ctx;
    if (conn->begun && conn->answer.end == END_AFTER_HEAD && conn->sent == conn->head.n) {
        reset(conn);
        return;
    }
    conn->begun = true;
    send_more(conn);
}

static void on_writable(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    if (what & EV_TIMEOUT)
        conn_close(ctx);
    else
        send_more(ctx);
}

bool send_open(struct conn *conn)
{
    buf_init(&conn->head, HEAD_BYTES);
    return event_assign(&conn->writable, conn->hall->base, conn->fd, EV_WRITE, on_writable, conn) ==
               0 &&
           evtimer_assign(&conn->timer, conn->hall->base, on_timer, conn) == 0;
}

void send_close(struct conn *conn)
{
    if (event_initialized(&conn->writable))
        event_del(&conn->writable);
    if (event_initialized(&conn->timer))
        event_del(&conn->timer);
    buf_clear(&conn->head);
    buf_clear(&conn->answer.body);
}

/* ---- the bytes ---- */

static size_t body_size(const struct conn *conn)
{
    size_t size = conn->bare ? 0 : conn->answer.body.n;
    if (conn->answer.end == END_AFTER_HEAD)
        return 0;
    return conn->answer.end == END_CUT && conn->answer.cut < size ? conn->answer.cut : size;
}

/* What may go now of what is left, in at most two pieces. */
static int gather(const struct conn *conn, struct iovec pieces[2])
{
    size_t head = conn->head.n, body = body_size(conn), sent = conn->sent;
    size_t most = SIZE_MAX;
    int count = 0;
    if (conn->answer.rate)
        most = conn->answer.rate < SLICES ? 1 : conn->answer.rate / SLICES;
    if (sent < head) {
        size_t n = head - sent < most ? head - sent : most;
        pieces[count++] = (struct iovec){conn->head.p + sent, n};
        most -= n;
        sent = head;
    }
    size_t left = head + body - sent;
    if (left > most)
        left = most;
    if (left > 0)
        pieces[count++] = (struct iovec){conn->answer.body.p + (sent - head), left};
    return count;
}

static bool finish(struct conn *conn)
{
    if (conn->answer.end == END_AFTER_HEAD)
        return wait_ms(conn, RESET_MS) || conn_fail(conn);
    if (conn->answer.end == END_CUT) {
        conn->keep = false;
        conn->unread = true;
    }
    buf_clear(&conn->answer.body);
    return conn_answered(conn);
}

static bool pause_slice(struct conn *conn)
{
    uint64_t slices = conn->answer.rate < SLICES ? conn->answer.rate : SLICES;
    return wait_ms(conn, (int64_t)(1000 / slices)) || conn_fail(conn);
}

static bool send_more(struct conn *conn)
{
    static const struct timeval patience = {.tv_sec = WRITE_S};
    size_t all = conn->head.n + body_size(conn);
    if (conn->answer.end == END_BEFORE_HEAD) {
        reset(conn);
        return false;
    }
    while (conn->sent < all) {
        struct iovec pieces[2];
        struct msghdr message = {.msg_iov = pieces};
        message.msg_iovlen = (size_t)gather(conn, pieces);
        ssize_t n = sendmsg(conn->fd, &message, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return event_add(&conn->writable, &patience) == 0 || conn_fail(conn);
        if (n < 0)
            return conn_fail(conn);
        conn->sent += (size_t)n;
        if (conn->answer.rate && conn->sent < all)
            return pause_slice(conn);
    }
    return finish(conn);
}

static bool write_head(struct conn *conn)
{
    const struct visit_answer *a = &conn->answer;
    struct buf *out = &conn->head;
    buf_reset(out);
    http1_write_status(out, a->status);
    http1_write_field(out, STR("Content-Type"), a->content_type);
    if (a->retry_after) {
        buf_add_str(out, STR("Retry-After: "));
        buf_add_u64(out, a->retry_after);
        buf_add_str(out, STR("\r\n"));
    }
    http1_write_length(out, a->body.n);
    if (!conn->keep)
        http1_write_field(out, STR("Connection"), STR("close"));
    else if (conn->reader.head.minor == 0)
        http1_write_field(out, STR("Connection"), STR("keep-alive"));
    http1_write_end(out);
    return !buf_failed(out) && !buf_failed(&a->body);
}

bool send_answer(struct conn *conn, struct visit_answer *answer)
{
    conn->answer = *answer;
    conn->sent = 0;
    conn->begun = answer->delay_ms == 0;
    if (!write_head(conn))
        return conn_fail(conn);
    if (!conn->begun)
        return wait_ms(conn, answer->delay_ms) || conn_fail(conn);
    return send_more(conn);
}
