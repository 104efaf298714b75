#ifndef OUTPUT_DRIVER_H
#define OUTPUT_DRIVER_H

/*
 * What is inside of an output: one row of functions for each way to deliver,
 * and what all of those have in common: which lines are passed over, how long
 * to wait between two tries, and the two sentences in the log.  Private to
 * this room.  All functions but driver_init(), driver_stop() and
 * driver_over() are for the output's own thread.
 */

#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/thread.h"
#include "output/outbox.h"
#include "output/output.h"

#define DRIVER_WAIT_MIN_MS 500        /* before jitter, after one failure */
#define DRIVER_WAIT_MAX_MS 30000      /* ... after many */
#define DRIVER_RETRY_AFTER_MS 3600000 /* the most a server may ask for */
#define DRIVER_STALL_MS 60000         /* without getting on: that is news */

/* How an output of some types delivers. */
struct driver {
    /* Takes memory and opens what must be there at the start.  NULL: nothing
     * to do.  Returns 0 or an error with e set. */
    int (*open)(struct output *o, struct arena *arena, struct err *e);
    /*
     * Either: delivers one line.  Returns 0 when it was accepted, 1 when it
     * never will be (counted in `refused`), or the error with e set; it will
     * be called again with the same line then.
     */
    int (*deliver)(struct output *o, const struct outbox_line *line,
                   struct err *e);
    /*
     * Or, when that is NULL: delivers lines and accepts them, until
     * something fails (the error, e set) or there are none left and no more
     * come (0).
     */
    int (*run)(struct output *o, struct err *e);
    /* Between two lines, and when the output was woken: see to what else was
     * asked for.  With deliver only; may be NULL.  0 or an error. */
    int (*refresh)(struct output *o, struct err *e);
    /* Whether a line that is not grave enough is wanted all the same.  May be
     * NULL: none is. */
    bool (*wants)(const struct output *o, const struct outbox_line *line);
    /* Tries it without a record. */
    int (*probe)(struct output *o, int64_t deadline_ms, struct err *e);
    /* From another thread, perhaps: what is going on gives up. May be NULL. */
    void (*cancel)(struct output *o);
    /* Closes what is open.  May be NULL. */
    void (*close)(struct output *o);
};

struct output {
    struct output_options options;
    const struct driver *driver;
    void *own; /* the driver's */
    struct outbox *ob;
    size_t i; /* its number there */
    struct output_counts counts;
    int wake;              /* eventfd; readable: look at what follows */
    atomic_bool stopping;  /* end when nothing is left ... */
    _Atomic int64_t until; /* ... or at this time; CLOCK_NEVER before */
    atomic_bool reopen;

    /* Its thread's. */
    bool failing;        /* the log says so */
    unsigned tries;      /* that failed, one after the other */
    int64_t since;       /* steady clock: the first of those; 0: none */
    int64_t not_before;  /* steady clock: the server asked for this wait */
    uint64_t tried;      /* the last line that was tried */
    struct slice target; /* for the log: host, path or socket; no secret */

    struct gate gate; /* for the end of the thread */
    bool over;        /* it has ended */
    bool started;
    pthread_t thread;
};

/* The pause after `tries` failures: anything from 0 up to twice as much as
 * after one less, by `random` ("full jitter", AWS Architecture Blog,
 * "Exponential Backoff And Jitter", 2015). */
int64_t driver_pause_ms(unsigned tries, uint64_t random);

/* Whether a line is passed over: not grave enough, or known to have been
 * accepted before.  Counts it. */
bool driver_skips(struct output *o, const struct outbox_line *line);

/* Lines up to number are accepted; `records` of them were delivered now. */
void driver_accept(struct output *o, uint64_t number, uint64_t records);

/* A line is being tried: counts it, and whether it is for another time. */
void driver_try(struct output *o, uint64_t number);

/* It does not work: counted, and told if it is news; being throttled is news
 * only when it goes on for DRIVER_STALL_MS. */
void driver_failed(struct output *o, const struct err *e);

/* Whether the thread is to end now, whatever is left. */
bool driver_over(struct output *o);

/* Whether no more lines come than those that are there. */
bool driver_ending(struct output *o);

/* The earlier of a deadline and the output's own end. */
int64_t driver_deadline(struct output *o, int64_t deadline_ms);

/*
 * Waits for events on fd (-1: none), the deadline, or somebody who wakes the
 * output: a line put, output_reopen(), and the beginning of the end.  Returns
 * the events of fd, as poll(2) has them; 0: none.
 */
short driver_wait(struct output *o, int fd, short events, int64_t deadline_ms);

/* The thread: delivers until it is told to end. */
void *driver_thread(void *output);

extern const struct driver append_driver; /* stdout, file */
extern const struct driver falco_driver;
extern const struct driver post_driver; /* all that speak HTTP */

#endif
