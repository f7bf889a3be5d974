/*
 * Dialer: makes connections to origins with libcurl (private to this room).
 *
 * libcurl does names, addresses, proxies from the environment, TLS with verification and
 * session reuse, and the time-out; it runs on the worker's loop (multi-socket interface) with
 * CURLOPT_CONNECT_ONLY. What comes out is a `struct wire`.
 */
#ifndef SHOPSHIM_NET_DIAL_H
#define SHOPSHIM_NET_DIAL_H

#include "base/fault.h"
#include "net/list.h"
#include "net/origin.h"
#include "net/server.h"
#include "net/wire.h"
#include <event2/event.h>
#include <event2/event_struct.h>

struct dial;

struct dialer {
    struct event_base *base;
    const struct server_upstream_settings *settings;
    CURLM *multi;
    CURLSH *share; /* TLS sessions */
    struct event timer;
    struct list dials;
    bool proxy_tls; /* the way to a proxy is encrypted, so even plain bytes go through libcurl */
    /*
     * How a dial ended, from the loop: `wire` now belongs to the callee, or is NULL with the
     * fault. The dial is gone when this returns.
     */
    void (*done)(void *owner, const struct wire *wire, const struct fault *fault);
};

/* Once in a process, before any thread. */
bool dial_global_init(void);

bool dialer_init(struct dialer *dialer, struct event_base *base,
                 const struct server_upstream_settings *settings);
/* Cancels all dials. Wires must be closed before. */
void dialer_clear(struct dialer *dialer);

/* NULL: no memory. `origin` must outlive the dial. */
struct dial *dial_start(struct dialer *dialer, const struct origin *origin, void *owner);

#endif
