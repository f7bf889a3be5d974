/*
 * The admin thread: one loop, one evhttp, one listener.
 *
 * Owns these three. Only GET and HEAD are taken, requests are small, and a client that says
 * nothing is dropped; nothing here can change the proxy.
 */
#include "admin/admin.h"
#include "net/address.h"
#include "net/thread.h"
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { LONGEST_PAGE = 256 << 10, LONGEST_HEAD = 16 << 10, LONGEST_BODY = 1 << 10, SILENCE_S = 10 };

struct admin {
    char *listen;
    struct server *server;
    struct event_base *base;
    struct evhttp *http;
    struct event *ended;
    int end; /* eventfd: the loop shall end */
    int port;
    pthread_t thread;
    bool started;
};

/* ---- pages ---- */

static void answer(struct evhttp_request *request, int status, struct str type, struct str body)
{
    struct evbuffer *buffer = evbuffer_new();
    struct evkeyvalq *fields = evhttp_request_get_output_headers(request);
    if (!buffer || evbuffer_add(buffer, body.p, body.n) != 0 ||
        evhttp_add_header(fields, "Content-Type", type.p) != 0 ||
        evhttp_add_header(fields, "Cache-Control", "no-store") != 0)
        evhttp_send_error(request, HTTP_INTERNAL, NULL);
    else
        evhttp_send_reply(request, status, http1_reason(status), buffer);
    if (buffer)
        evbuffer_free(buffer);
}

static void answer_text(struct evhttp_request *request, int status, struct str body)
{
    answer(request, status, STR("text/plain; charset=utf-8"), body);
}

static void on_health(struct evhttp_request *request, void *ctx)
{
    (void)ctx;
    answer_text(request, 200, STR("ok\n"));
}

static void on_ready(struct evhttp_request *request, void *ctx)
{
    const struct admin *admin = ctx;
    if (server_ready(admin->server))
        answer_text(request, 200, STR("ready\n"));
    else
        answer_text(request, 503, STR("not ready: it does not listen, or is draining\n"));
}

static void on_metrics(struct evhttp_request *request, void *ctx)
{
    const struct admin *admin = ctx;
    struct server_stats stats;
    struct buf page;
    buf_init(&page, LONGEST_PAGE);
    server_stats(admin->server, &stats);
    admin_metrics(&stats, &page);
    if (buf_failed(&page))
        answer_text(request, 500, STR("out of memory\n"));
    else
        answer(request, 200, STR("text/plain; version=0.0.4; charset=utf-8"), buf_str(&page));
    buf_clear(&page);
}

static void on_tables(struct evhttp_request *request, void *ctx)
{
    const struct admin *admin = ctx;
    struct plans *plans = server_plans(admin->server);
    struct buf page;
    buf_init(&page, LONGEST_PAGE);
    admin_tables(plans, &page);
    plans_unref(plans);
    if (buf_failed(&page))
        answer_text(request, 500, STR("out of memory\n"));
    else
        answer(request, 200, STR("application/json"), buf_str(&page));
    buf_clear(&page);
}

static void on_other(struct evhttp_request *request, void *ctx)
{
    (void)ctx;
    answer_text(request, 404, STR("there are /healthz, /readyz, /metrics and /tables\n"));
}

/* ---- life ---- */

static void on_end(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    struct admin *admin = ctx;
    event_base_loopbreak(admin->base);
}

static bool open_parts(struct admin *admin)
{
    admin->base = event_base_new();
    admin->http = admin->base ? evhttp_new(admin->base) : NULL;
    admin->end = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (!admin->http || admin->end < 0)
        return false;
    admin->ended = event_new(admin->base, admin->end, EV_READ, on_end, admin);
    evhttp_set_allowed_methods(admin->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
    evhttp_set_max_headers_size(admin->http, LONGEST_HEAD);
    evhttp_set_max_body_size(admin->http, LONGEST_BODY);
    evhttp_set_timeout(admin->http, SILENCE_S);
    evhttp_set_gencb(admin->http, on_other, admin);
    return admin->ended && event_add(admin->ended, NULL) == 0 &&
           evhttp_set_cb(admin->http, "/healthz", on_health, admin) == 0 &&
           evhttp_set_cb(admin->http, "/readyz", on_ready, admin) == 0 &&
           evhttp_set_cb(admin->http, "/metrics", on_metrics, admin) == 0 &&
           evhttp_set_cb(admin->http, "/tables", on_tables, admin) == 0;
}

struct admin *admin_new(const char *listen, struct server *server, struct fault *fault)
{
    const char *wrong = address_wrong(listen);
    if (wrong) {
        fault_at(fault, FAULT_PARAMETER, STR("admin"), "admin: %s%s%s", listen ? listen : "",
                 listen && *listen ? ": " : "", wrong);
        return NULL;
    }
    struct admin *admin = calloc(1, sizeof *admin);
    if (admin) {
        admin->end = -1;
        admin->server = server;
        admin->listen = strdup(listen);
    }
    if (admin && admin->listen && open_parts(admin))
        return admin;
    admin_free(admin);
    fault_set(fault, FAULT_INTERNAL, "admin: out of memory, or no more descriptors");
    return NULL;
}

static void *run(void *ctx)
{
    struct admin *admin = ctx;
    event_base_dispatch(admin->base);
    return NULL;
}

bool admin_start(struct admin *admin, struct fault *fault)
{
    int fd;
    if (!address_listen(admin->listen, &fd, 1, &admin->port, fault))
        return false;
    if (evhttp_accept_socket(admin->http, fd) != 0) {
        close(fd);
        return fault_set(fault, FAULT_INTERNAL, "admin: the event loop cannot watch the listener");
    }
    int error = thread_start(&admin->thread, run, admin);
    if (error)
        return fault_set(fault, FAULT_INTERNAL, "admin: cannot start a thread: %s",
                         strerror(error));
    admin->started = true;
    return true;
}

int admin_port(const struct admin *admin)
{
    return admin->port;
}

void admin_free(struct admin *admin)
{
    if (!admin)
        return;
    if (admin->started) {
        uint64_t one = 1;
        ssize_t n = write(admin->end, &one, sizeof one);
        (void)n; /* it cannot be full: this is the only message */
        pthread_join(admin->thread, NULL);
        address_forget(admin->listen);
    }
    if (admin->ended)
        event_free(admin->ended);
    if (admin->http)
        evhttp_free(admin->http);
    if (admin->base)
        event_base_free(admin->base);
    if (admin->end >= 0)
        close(admin->end);
    free(admin->listen);
    free(admin);
}
