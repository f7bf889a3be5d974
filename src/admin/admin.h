/*
 * Admin: the operator's door, on a listener and a thread of its own.
 *
 *   GET /healthz  200 while the process lives
 *   GET /readyz   200 while requests are taken, 503 before and while draining
 *   GET /metrics  counters in Prometheus' text form (version 0.0.4)
 *   GET /tables   JSON: which tables are gone, which values of upstream no table knew
 *
 * Not meant for the open: it has no passwords and shows no secrets. libevent's evhttp is good
 * enough here, where a few requests a minute are answered from memory.
 */
#ifndef SHOPSHIM_ADMIN_ADMIN_H
#define SHOPSHIM_ADMIN_ADMIN_H

#include "net/server.h"

struct admin;

/*
 * `listen` as in server_settings ("127.0.0.1:8081", port 0 takes a free one). `server` must
 * outlive it. NULL and a fault (FAULT_PARAMETER for a bad address) otherwise; opens nothing.
 */
struct admin *admin_new(const char *listen, struct server *server, struct fault *fault);

/* Listens and answers from a thread of its own. False and a fault: cannot listen. */
bool admin_start(struct admin *admin, struct fault *fault);

int admin_port(const struct admin *admin);

/* Closes and joins; NULL and one that never started are fine. */
void admin_free(struct admin *admin);

/* The page of /metrics, for tests and `--metrics` dumps. */
void admin_metrics(const struct server_stats *stats, struct buf *out);

/* The document of /tables. */
void admin_tables(const struct plans *plans, struct buf *out);

#endif
