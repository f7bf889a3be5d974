/*
 * Answers on their way to a client: head and body gathered into one write; what the client
 * does not take at once follows as it does. Owns the visit's write event.
 */
#include "net/worker.h"
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* RFC 9110 section 5.6.7, made once a second. */
static struct str date_of(struct worker *worker)
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct timespec now;
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (now.tv_sec != worker->date_second) {
        struct tm t;
        gmtime_r(&now.tv_sec, &t);
        worker->date_second = now.tv_sec;
        snprintf(worker->date, sizeof worker->date, "%s, %02u %s %04u %02u:%02u:%02u GMT",
                 days[t.tm_wday % 7], (unsigned)t.tm_mday % 100, months[t.tm_mon % 12],
                 (unsigned)(t.tm_year + 1900) % 10000, (unsigned)t.tm_hour % 100,
                 (unsigned)t.tm_min % 100, (unsigned)t.tm_sec % 100);
    }
    return str_from(worker->date);
}

/* RFC 9110 section 8.6; upstream may give such answers to what is passed on. */
static bool has_length(int status)
{
    return status != 204 && status != 304;
}

static bool write_head(struct visit *visit)
{
    const struct exchange_answer *answer = &visit->answer;
    struct client *client = visit->client;
    struct buf *head = &visit->head;
    buf_reset(head);
    http1_write_status(head, answer->status);
    http1_write_field(head, STR("Date"), date_of(visit->worker));
    for (size_t i = 0; i < answer->field_count; i++)
        http1_write_field(head, answer->fields[i].name, answer->fields[i].value);
    if (has_length(answer->status))
        http1_write_length(head, answer->body.n);
    if (!client->keep)
        http1_write_field(head, STR("Connection"), STR("close"));
    else if (intake_head(&client->intake)->minor == 0)
        http1_write_field(head, STR("Connection"), STR("keep-alive"));
    http1_write_end(head);
    return !buf_failed(head);
}

/* What is left of head and body; false when nothing is. */
static bool next_parts(const struct visit *visit, struct msghdr *message, struct iovec parts[2])
{
    struct str head = buf_str(&visit->head);
    struct str body =
        visit->is_head || !has_length(visit->answer.status) ? STR("") : visit->answer.body;
    size_t at = visit->written;
    size_t count = 0;
    if (at < head.n)
        /* sendmsg() does not write to what it sends. */
        parts[count++] = (struct iovec){(void *)(uintptr_t)(head.p + at), head.n - at};
    at = at > head.n ? at - head.n : 0;
    if (at < body.n)
        parts[count++] = (struct iovec){(void *)(uintptr_t)(body.p + at), body.n - at};
    message->msg_iov = parts;
    message->msg_iovlen = count;
    return count > 0;
}

static void on_writable(evutil_socket_t fd, short what, void *ctx);

static void wait_writable(struct visit *visit)
{
    struct client *client = visit->client;
    if (!event_initialized(&visit->writable) || !event_pending(&visit->writable, EV_WRITE, NULL)) {
        if (event_assign(&visit->writable, visit->worker->base, client->fd, EV_WRITE | EV_PERSIST,
                         on_writable, visit) != 0 ||
            event_add(&visit->writable, NULL) != 0) {
            client_close(client);
            return;
        }
    }
    deadline_set(&client->deadline, &visit->worker->write_times);
}

static void push(struct visit *visit)
{
    struct client *client = visit->client;
    struct iovec parts[2];
    struct msghdr message = {0};
    while (next_parts(visit, &message, parts)) {
        ssize_t n = sendmsg(client->fd, &message, MSG_NOSIGNAL);
        if (n >= 0) {
            visit->written += (size_t)n;
            count_add(&visit->worker->counters.bytes_out, (uint64_t)n);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            wait_writable(visit);
            return;
        } else if (errno != EINTR) {
            client_close(client);
            return;
        }
    }
    visit_over(visit, false);
}

static void on_writable(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    push(ctx);
}

void answer_begin(struct visit *visit)
{
    struct client *client = visit->client;
    visit->writing = true;
    if (client->state == CLIENT_GONE) {
        visit_over(visit, true);
        return;
    }
    deadline_clear(&client->deadline);
    if (visit->worker->draining)
        client->keep = false;
    if (write_head(visit))
        push(visit);
    else
        client_close(client);
}

void answer_stop(struct visit *visit)
{
    if (event_initialized(&visit->writable))
        event_del(&visit->writable);
}
