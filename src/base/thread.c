#include "thread.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "clock.h"

void
gate_init(struct gate *g)
{
    pthread_condattr_t a;

    /* On Linux none of these can fail: they only fill in words. */
    pthread_mutex_init(&g->lock, NULL);
    pthread_condattr_init(&a);
    pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
    pthread_cond_init(&g->moved, &a);
    pthread_condattr_destroy(&a);
}

void
gate_enter(struct gate *g)
{
    pthread_mutex_lock(&g->lock);
}

void
gate_leave(struct gate *g)
{
    pthread_mutex_unlock(&g->lock);
}

bool
gate_wait(struct gate *g, int64_t deadline_ms)
{
    struct timespec t = {.tv_sec = (time_t)(deadline_ms / 1000),
                         .tv_nsec = (long)(deadline_ms % 1000) * 1000000};

    if (deadline_ms == CLOCK_NEVER)
        return pthread_cond_wait(&g->moved, &g->lock) == 0;
    return pthread_cond_timedwait(&g->moved, &g->lock, &t) == 0;
}

void
gate_wake(struct gate *g)
{
    pthread_cond_broadcast(&g->moved);
}

int
thread_start(pthread_t *t, const char *name, void *(*fn)(void *ctx), void *ctx,
             struct err *e)
{
    pthread_attr_t a;
    sigset_t all, before;
    char own[16] = "";
    int rc;

    pthread_attr_init(&a);
    pthread_attr_setstacksize(&a, THREAD_STACK_BYTES);
    /* Signals are the first thread's business: a new thread inherits the
     * mask of the one that makes it. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    /* It also inherits the name; to give it one later takes a file of /proc,
     * which a sandbox closes (prctl(2), PR_SET_NAME). */
    prctl(PR_GET_NAME, own);
    prctl(PR_SET_NAME, name);
    rc = pthread_create(t, &a, fn, ctx);
    prctl(PR_SET_NAME, own);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&a);
    if (rc != 0)
        return err_set(e, ERR_MEMORY, "cannot start a thread: %s",
                       strerror(rc));
    return 0;
}
