/*
 * Threads without signals: the mask is inherited, so it is changed around the creation.
 */
#include "net/thread.h"
#include <signal.h>

int thread_start(pthread_t *thread, void *(*run)(void *ctx), void *ctx)
{
    static const int mistakes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP};
    sigset_t blocked, before;
    sigfillset(&blocked);
    for (unsigned i = 0; i < sizeof mistakes / sizeof *mistakes; i++)
        sigdelset(&blocked, mistakes[i]);
    int error = pthread_sigmask(SIG_SETMASK, &blocked, &before);
    if (error)
        return error;
    error = pthread_create(thread, NULL, run, ctx);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}
