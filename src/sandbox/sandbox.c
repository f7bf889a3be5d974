/*
 * The sandbox's server: a hall of connections in a thread of its own, see sandbox.h.
 *
 * Owns the core, the hall and the thread. One event base, one thread: nothing is shared but
 * the descriptor that tells the thread to stop.
 */
#include "sandbox/sandbox.h"

#include "sandbox/access.h"
#include "sandbox/cache.h"
#include "sandbox/conn.h"
#include "sandbox/keeper.h"
#include "sandbox/notifier.h"
#include "sandbox/visit.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    BACKLOG = 1024,
    LISTS_MAX = 32 << 20,
    CELLS_MAX = 64 << 20,
    ORDERS_DEFAULT = 1000,
    ORDERS_MAX = 1000000,
    DAY = 86400
};

struct sandbox {
    struct core core;
    struct event_base *base;
    struct hall hall;
    struct event *stop;
    struct keeper *keeper; /* NULL: nothing is kept */
    int stop_fd;
    uint16_t port;
    char url[64];
    pthread_t thread;
    bool running;
    void (*on_exchange)(void *ctx, const struct sandbox_exchange *exchange);
    void *ctx;
};

/* ---- requests ---- */

static void serve(void *ctx, const struct visit_request *request, struct visit_answer *answer)
{
    struct sandbox *sandbox = ctx;
    sandbox_serve(&sandbox->core, request, answer);
    if (sandbox->on_exchange)
        sandbox->on_exchange(sandbox->ctx,
                             &(struct sandbox_exchange){request->method, request->target,
                                                        &request->headers, request->body,
                                                        answer->status, buf_str(&answer->body)});
}

/* ---- start and stop ---- */

static void on_stop(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    event_base_loopbreak(((struct sandbox *)ctx)->base);
}

static void *run_loop(void *ctx)
{
    event_base_dispatch(((struct sandbox *)ctx)->base);
    return NULL;
}

/* "127.0.0.1:0" or "localhost:0"; IPv4 only, other names are not asked for. */
static bool parse_address(const char *text, struct sockaddr_in *address, struct fault *fault)
{
    struct str rest = str_from(text ? text : "127.0.0.1:0");
    char host[64];
    uint64_t port;
    struct str name = str_cut(&rest, ':');
    if (str_eq(name, STR("localhost")))
        name = STR("127.0.0.1");
    snprintf(host, sizeof host, STR_FMT, STR_ARG(name));
    *address = (struct sockaddr_in){.sin_family = AF_INET};
    if (!rest.p || !str_to_u64(rest, &port) || port > 65535 ||
        inet_pton(AF_INET, host, &address->sin_addr) != 1)
        return fault_set(fault, FAULT_PARAMETER,
                         "cannot listen on %s: expected an IPv4 address with a port, such as "
                         "127.0.0.1:8090 or 0.0.0.0:8090",
                         text);
    address->sin_port = htons((uint16_t)port);
    return true;
}

static bool open_listener(struct sandbox *sandbox, const char *text, struct fault *fault)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    int on = 1;
    if (!parse_address(text, &address, fault))
        return false;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sandbox->hall.fd = fd;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        return fault_set(fault, FAULT_BUSY, "cannot listen on %s: %s", text ? text : "127.0.0.1:0",
                         errno == EADDRINUSE ? "another process listens there" : strerror(errno));
    char host[INET_ADDRSTRLEN];
    sandbox->port = ntohs(address.sin_port);
    inet_ntop(AF_INET, &address.sin_addr, host, sizeof host);
    snprintf(sandbox->url, sizeof sandbox->url, "http://%s:%u", host, sandbox->port);
    return true;
}

static bool open_hall(struct sandbox *sandbox, struct fault *fault)
{
    sandbox->base = event_base_new();
    sandbox->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (!sandbox->base || sandbox->stop_fd < 0)
        return fault_set(fault, FAULT_INTERNAL, "out of memory or descriptors");
    sandbox->hall.base = sandbox->base;
    sandbox->hall.serve = serve;
    sandbox->hall.ctx = sandbox;
    sandbox->stop =
        event_new(sandbox->base, sandbox->stop_fd, EV_READ | EV_PERSIST, on_stop, sandbox);
    if (!sandbox->stop || event_add(sandbox->stop, NULL) != 0 || !hall_open(&sandbox->hall) ||
        (sandbox->keeper && !keeper_watch(sandbox->keeper, sandbox->base)))
        return fault_set(fault, FAULT_INTERNAL, "out of memory");
    return true;
}

static bool fill_caches(struct core *core, struct fault *fault)
{
    core->lists = cache_new(LISTS_MAX);
    core->cells = cache_new(CELLS_MAX);
    return (core->lists && core->cells) || fault_set(fault, FAULT_INTERNAL, "out of memory");
}

static bool fill_core(struct core *core, const struct sandbox_options *options,
                      struct findings *findings, struct fault *fault)
{
    core->clock = options->clock ? options->clock : &clock_system;
    core->seed = options->seed;
    int64_t now = clock_now_ms(core->clock) / 1000;
    core->epoch = options->epoch ? options->epoch : now - now % DAY;
    core->tables = tables_load(options->mappings, findings);
    if (!core->tables)
        return fault_set(fault, FAULT_INTERNAL, "the sandbox's tables have faults");
    if (!world_init(&core->world))
        return fault_set(fault, FAULT_INTERNAL, "out of memory");
    if (options->orders > ORDERS_MAX)
        return fault_set(fault, FAULT_INTERNAL, "at most %d records can be made", ORDERS_MAX);
    core->world.orders = options->orders ? options->orders : ORDERS_DEFAULT;
    if (!access_fill(&core->world, core->tables, options, now, findings))
        return fault_set(fault, FAULT_INTERNAL, "the sandbox's tables have faults");
    return fill_caches(core, fault);
}

static bool fill_notifier(struct core *core, const struct sandbox_options *options,
                          struct fault *fault)
{
    core->notifier = notifier_new();
    core->webhook = options->webhook ? strdup(options->webhook) : NULL;
    if (!core->notifier || (options->webhook && !core->webhook))
        return fault_set(fault, FAULT_INTERNAL, "out of memory or threads");
    if (options->webhook && strncmp(options->webhook, "http://", 7) != 0 &&
        strncmp(options->webhook, "https://", 8) != 0)
        return fault_set(fault, FAULT_PARAMETER, "--webhook expects a URL of http or https");
    return true;
}

/* Rules of the file first, then the others; FAULT_PARAMETER or FAULT_BODY when one is bad. */
static bool fill_trouble(struct core *core, const struct sandbox_options *options,
                         struct fault *fault)
{
    core->trouble = trouble_new(core->tables->contracts);
    if (!core->trouble)
        return fault_set(fault, FAULT_INTERNAL, "out of memory");
    if (options->trouble_file && !trouble_load(core->trouble, options->trouble_file, fault))
        return false;
    for (size_t i = 0; i < options->trouble_count; i++)
        if (!trouble_add(core->trouble, str_from(options->trouble[i]), fault))
            return false;
    if (options->trouble_seed)
        trouble_seed(core->trouble, options->trouble_seed);
    return true;
}

static bool open_state(struct sandbox *sandbox, const struct sandbox_options *options,
                       struct fault *fault)
{
    if (!options->state)
        return true;
    sandbox->keeper = keeper_new(options->state, options->epoch != 0, &sandbox->core, fault);
    return sandbox->keeper != NULL;
}

struct sandbox *sandbox_start(const struct sandbox_options *options, struct findings *findings,
                              struct fault *fault)
{
    struct sandbox *sandbox = calloc(1, sizeof *sandbox);
    if (!sandbox) {
        fault_set(fault, FAULT_INTERNAL, "out of memory");
        return NULL;
    }
    sandbox->hall.fd = sandbox->stop_fd = -1;
    sandbox->on_exchange = options->on_exchange;
    sandbox->ctx = options->ctx;
    if (fill_core(&sandbox->core, options, findings, fault) &&
        fill_trouble(&sandbox->core, options, fault) && open_state(sandbox, options, fault) &&
        fill_notifier(&sandbox->core, options, fault) &&
        open_listener(sandbox, options->listen, fault) && open_hall(sandbox, fault)) {
        int error = pthread_create(&sandbox->thread, NULL, run_loop, sandbox);
        sandbox->running = error == 0;
        if (sandbox->running)
            return sandbox;
        fault_set(fault, FAULT_INTERNAL, "cannot start a thread: %s", strerror(error));
    }
    sandbox_stop(sandbox);
    return NULL;
}

void sandbox_stop(struct sandbox *sandbox)
{
    if (!sandbox)
        return;
    if (sandbox->running) {
        int told = eventfd_write(sandbox->stop_fd, 1);
        assert(told == 0); /* a counter of one cannot be full */
        (void)told;
        pthread_join(sandbox->thread, NULL);
    }
    hall_close(&sandbox->hall);
    if (sandbox->stop)
        event_free(sandbox->stop);
    keeper_free(sandbox->keeper);
    notifier_free(sandbox->core.notifier);
    free(sandbox->core.webhook);
    if (sandbox->base)
        event_base_free(sandbox->base);
    if (sandbox->stop_fd >= 0)
        close(sandbox->stop_fd);
    world_clear(&sandbox->core.world);
    trouble_free(sandbox->core.trouble);
    cache_free(sandbox->core.lists);
    cache_free(sandbox->core.cells);
    tables_free(sandbox->core.tables);
    free(sandbox);
}

uint16_t sandbox_port(const struct sandbox *sandbox)
{
    return sandbox->port;
}

const char *sandbox_url(const struct sandbox *sandbox)
{
    return sandbox->url;
}
