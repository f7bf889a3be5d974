/*
 * Threads that leave signals alone.
 */
#ifndef SHOPSHIM_NET_THREAD_H
#define SHOPSHIM_NET_THREAD_H

#include <pthread.h>

/*
 * As pthread_create, for a thread that blocks every signal but those a thread raises by its
 * own mistakes. SIGPIPE is among the blocked: TLS libraries write without MSG_NOSIGNAL.
 */
int thread_start(pthread_t *thread, void *(*run)(void *ctx), void *ctx);

#endif
