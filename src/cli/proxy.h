/*
 * Proxy: the parts of a running proxy, put together from a configuration, and its signals.
 * `serve` and `demo` share it.
 */
#ifndef SHOPSHIM_CLI_PROXY_H
#define SHOPSHIM_CLI_PROXY_H

#include "admin/admin.h"
#include "cli/config.h"
#include "net/server.h"

enum { PROXY_URL = 256 };

struct proxy {
    const struct config *config;
    struct exchange_common common;
    struct shop_book *book;
    struct page_store *store, *answers;
    struct server *server;
    struct admin *admin;
};

/*
 * Blocks, for this thread and those it starts, the signals that proxy_wait() takes. Call it
 * before any thread begins.
 */
void proxy_block_signals(void);

/* Waits for SIGTERM, SIGINT or SIGHUP and gives its number. */
int proxy_wait(void);

/*
 * Listens and works. EXIT_GOOD, or an exit code after words on standard error. Takes its own
 * reference to `plans`; `config` must outlive it. Clear it in either case.
 */
int proxy_start(struct proxy *proxy, const struct config *config, struct plans *plans);

/* "http://127.0.0.1:8080" with the real ports, and the same for admin. */
void proxy_urls(const struct proxy *proxy, char listen[PROXY_URL], char admin[PROXY_URL]);

/* Drains for at most that long; a further SIGTERM or SIGINT cuts it short. */
void proxy_stop(struct proxy *proxy, int64_t grace_ms);

void proxy_clear(struct proxy *proxy);

/* "http://HOST:PORT" of an address as it was set and the port that was taken. */
void proxy_url(const char *address, int port, char url[PROXY_URL]);

#endif
