/*
 * The notifier: sends webhooks from a thread of its own, one after the other, in the order in
 * which their changes were made.
 *
 * A webhook that is not taken (no status of 2xx within five seconds) is tried again twice,
 * after one and after four seconds; the next ones wait. Redirections are not followed, and no
 * proxy is used. Bounded: 1000 wait, more are dropped and counted; the last 100 results are
 * shown. Owns copies of everything. Threads may share it.
 */
#ifndef SHOPSHIM_SANDBOX_NOTIFIER_H
#define SHOPSHIM_SANDBOX_NOTIFIER_H

#include "base/buf.h"

enum { NOTIFIER_QUEUE = 1000, NOTIFIER_SHOWN = 100, NOTIFIER_TRIES = 3 };

struct notifier;

/* One webhook. Borrowed during the call. */
struct notification {
    int64_t time; /* seconds since 1970 */
    int64_t type;
    struct str url; /* absent: nobody asked for it, it is only shown */
    struct str body;
    struct str signature; /* for the header Authorization */
};

struct notifier *notifier_new(void); /* NULL when memory or threads are short */

/* What waits is not sent; NULL is fine. */
void notifier_free(struct notifier *notifier);

void notifier_send(struct notifier *notifier, const struct notification *notification);

/* {"waiting", "delivered", "failed", "dropped", "unheard", "last": [...]}, oldest first. */
void notifier_write(struct notifier *notifier, struct buf *out);

/* Drops what waits, and all results. */
void notifier_forget(struct notifier *notifier);

#endif
