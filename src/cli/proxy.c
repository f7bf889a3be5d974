/*
 * Proxy: putting it together and taking it apart, in the order that lifetimes ask for. See
 * proxy.h.
 */
#include "cli/proxy.h"
#include "cli/print.h"
#include "cli/verb.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

/*
 * Bodies, indexes and replies of some hundred kilobytes come and go with each request. Memory
 * that goes back to the kernel in between costs a page fault for every 4 KiB of the next one,
 * a tenth of the time of a large answer; so each thread keeps what it used, up to a bound.
 */
static void keep_memory(void)
{
#ifdef M_MMAP_THRESHOLD
    enum { OWN_PAGES = 4 << 20, KEPT_ON_TOP = 16 << 20 };
    mallopt(M_MMAP_THRESHOLD, OWN_PAGES);   /* larger blocks go back at once */
    mallopt(M_TRIM_THRESHOLD, KEPT_ON_TOP); /* free bytes at the end of a thread's heap */
#endif
}

static void signal_set(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
}

void proxy_block_signals(void)
{
    sigset_t set;
    signal_set(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int proxy_wait(void)
{
    sigset_t set;
    signal_set(&set);
    int signal;
    do
        signal = sigwaitinfo(&set, NULL);
    while (signal < 0 && errno == EINTR);
    return signal;
}

/* Whether SIGTERM or SIGINT came while waiting that long. */
static bool interrupted(int64_t ms)
{
    sigset_t set;
    signal_set(&set);
    sigdelset(&set, SIGHUP);
    struct timespec wait = {ms / 1000, (ms % 1000) * 1000000};
    return sigtimedwait(&set, NULL, &wait) > 0;
}

static int cannot_listen(const char *setting, struct fault *fault)
{
    fault->where[0] = '\0'; /* the room's own name for it says less than the setting's */
    print_fault(setting, fault);
    return EXIT_LISTEN;
}

int proxy_start(struct proxy *proxy, const struct config *config, struct plans *plans)
{
    *proxy = (struct proxy){.config = config,
                            .book = shop_book_new(&config->shop),
                            .store = page_store_local(config->exchange.position_bytes),
                            .answers = page_store_local(config->exchange.once_bytes)};
    proxy->common = (struct exchange_common){
        .settings = &config->exchange,
        .apps = config->apps,
        .app_count = config->app_count,
        .book = proxy->book,
        .store = proxy->store,
        .answers = proxy->answers,
        .clock = clock_system,
    };
    struct fault fault = {0};
    keep_memory();
    if (!proxy->book || !proxy->store || !proxy->answers)
        fault_set(&fault, FAULT_INTERNAL, "out of memory");
    else
        proxy->server = server_new(&config->server, &proxy->common, plans, &fault);
    if (!proxy->server) {
        print_fault("cannot begin", &fault);
        return EXIT_CONFIG;
    }
    proxy->admin = admin_new(config->admin, proxy->server, &fault);
    if (!proxy->admin) {
        print_fault("admin", &fault);
        return EXIT_CONFIG;
    }
    /* Admin first: it answers "not ready" until the server listens. */
    if (!admin_start(proxy->admin, &fault))
        return cannot_listen("admin", &fault);
    if (!server_start(proxy->server, &fault))
        return cannot_listen("listen", &fault);
    return EXIT_GOOD;
}

void proxy_url(const char *address, int port, char url[PROXY_URL])
{
    const char *colon = strrchr(address, ':');
    if (strncmp(address, "unix:", 5) == 0 || !colon)
        snprintf(url, PROXY_URL, "%s", address);
    else
        snprintf(url, PROXY_URL, "http://%.*s:%d", (int)(colon - address), address, port);
}

void proxy_urls(const struct proxy *proxy, char listen[PROXY_URL], char admin[PROXY_URL])
{
    proxy_url(proxy->config->server.listen, server_port(proxy->server), listen);
    proxy_url(proxy->config->admin, admin_port(proxy->admin), admin);
}

void proxy_stop(struct proxy *proxy, int64_t grace_ms)
{
    enum { STEP_MS = 20 };
    server_drain(proxy->server);
    struct server_stats stats;
    for (int64_t waited = 0; waited < grace_ms; waited += STEP_MS) {
        server_stats(proxy->server, &stats);
        if (stats.connections == 0 || interrupted(STEP_MS))
            break;
    }
    if (!server_stop(proxy->server, 0))
        log_warn("running requests were cut off");
}

void proxy_clear(struct proxy *proxy)
{
    admin_free(proxy->admin);
    server_free(proxy->server);
    shop_book_free(proxy->book);
    page_store_free(proxy->store);
    page_store_free(proxy->answers);
}
