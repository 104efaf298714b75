#ifndef BASE_THREAD_H
#define BASE_THREAD_H

/*
 * Threads, and the one way in which they wait for each other: a gate is a
 * lock with a condition on the steady clock.  Nothing here allocates but
 * the stacks, which the system maps.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

#define THREAD_STACK_BYTES (256u << 10) /* touched pages alone cost */

struct gate {
    pthread_mutex_t lock;
    pthread_cond_t moved;
};

/* The gate is open (nobody holds it).  Cannot fail. */
void gate_init(struct gate *g);

void gate_enter(struct gate *g);
void gate_leave(struct gate *g);

/*
 * Inside the gate: lets others in until gate_wake() or the deadline (steady
 * clock; CLOCK_NEVER: none).  May return early; false when the deadline is
 * over.
 */
bool gate_wait(struct gate *g, int64_t deadline_ms);

/* Wakes all that wait at the gate; inside or outside of it. */
void gate_wake(struct gate *g);

/*
 * Starts fn(ctx) on a thread of its own, with all signals blocked and the
 * stack above.  name (15 bytes at most) is what ps and gdb show.  Returns 0,
 * or ERR_MEMORY with e set.
 */
int thread_start(pthread_t *t, const char *name, void *(*fn)(void *ctx),
                 void *ctx, struct err *e);

#endif
