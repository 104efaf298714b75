/*
 * An output's thread.  It has two loops: the outer one waits out failures,
 * the inner one (run_lines(), or the driver's own) delivers until there is
 * one.  All waiting is in driver_wait(), on the output's eventfd; an output
 * with nothing to do sleeps there without a deadline.
 */
#include "output/driver.h"

#include <errno.h>
#include <unistd.h>

#include "base/random.h"

int64_t
driver_pause_ms(unsigned tries, uint64_t random)
{
    int64_t most = DRIVER_WAIT_MAX_MS;

    /* Beyond that it is the most anyway, and a shift of 64 is undefined. */
    if (tries < 8)
        most = (int64_t)DRIVER_WAIT_MIN_MS << tries;
    if (most > DRIVER_WAIT_MAX_MS)
        most = DRIVER_WAIT_MAX_MS;
    return (int64_t)(random % (uint64_t)(most + 1));
}

bool
driver_skips(struct output *o, const struct outbox_line *line)
{
    bool known = (line->known >> o->i & 1) != 0;

    /* The gravest is the least. */
    if (!known && (line->severity <= o->options.min_severity ||
                   (o->driver->wants != NULL && o->driver->wants(o, line))))
        return false;
    atomic_fetch_add(&o->counts.skipped, 1);
    return true;
}

/* Tells once that it works again; a success after none is no news. */
static void
works(struct output *o)
{
    o->tries = 0;
    o->since = 0;
    o->not_before = 0;
    atomic_store(&o->counts.last_ok_ms, clock_wall_ms());
    atomic_store(&o->counts.up, true);
    if (!o->failing)
        return;
    o->failing = false;
    LOG(LOG_INFO, "output", "works again", log_text("output", o->options.name),
        log_text("target", o->target));
}

void
driver_accept(struct output *o, uint64_t number, uint64_t records)
{
    if (records > 0) {
        atomic_fetch_add(&o->counts.accepted, records);
        works(o);
    }
    outbox_accept(o->ob, o->i, number);
}

void
driver_try(struct output *o, uint64_t number)
{
    atomic_fetch_add(&o->counts.attempts, 1);
    if (number <= o->tried)
        atomic_fetch_add(&o->counts.resent, 1);
    else
        o->tried = number;
}

void
driver_failed(struct output *o, const struct err *e)
{
    atomic_fetch_add(&o->counts.failures, 1);
    if (o->since == 0)
        o->since = clock_steady_ms();
    /* To be asked to slow down is part of a busy day, until it lasts. */
    if (o->failing || (e->code == ERR_THROTTLED &&
                       clock_steady_ms() < o->since + DRIVER_STALL_MS))
        return;
    atomic_store(&o->counts.up, false);
    o->failing = true;
    LOG(LOG_WARNING, "output", "fails and is tried again",
        log_text("output", o->options.name), log_text("target", o->target),
        log_text("reason", slice_str(e->text)));
}

bool
driver_over(struct output *o)
{
    return clock_left_ms(atomic_load(&o->until)) == 0;
}

bool
driver_ending(struct output *o)
{
    return atomic_load(&o->stopping) || outbox_closing(o->ob);
}

int64_t
driver_deadline(struct output *o, int64_t deadline_ms)
{
    int64_t until = atomic_load(&o->until);

    return until < deadline_ms ? until : deadline_ms;
}

short
driver_wait(struct output *o, int fd, short events, int64_t deadline_ms)
{
    struct pollfd p[2] = {{.fd = o->wake, .events = POLLIN},
                          {.fd = fd, .events = events}};
    uint64_t count;
    ssize_t done;

    if (poll(p, 2, clock_left_ms(driver_deadline(o, deadline_ms))) <= 0)
        return 0;
    if (p[0].revents != 0) {
        /* What woke it is told elsewhere; the count says nothing. */
        done = read(o->wake, &count, sizeof(count));
        (void)done;
    }
    return p[1].revents;
}

/*
 * Waits after a failure.  When the end begins meanwhile, it is tried again
 * at once: there may be no later.  Returns false when the end has come.
 */
static bool
rest(struct output *o)
{
    bool stopping = atomic_load(&o->stopping);
    int64_t at = clock_steady_ms() + driver_pause_ms(o->tries++, random_u64());

    if (o->not_before > at) /* who was asked to wait does not jitter less */
        at = o->not_before;
    while (!driver_over(o) && clock_left_ms(at) > 0 &&
           (stopping || !atomic_load(&o->stopping)))
        driver_wait(o, -1, 0, at);
    return !driver_over(o);
}

/*
 * The next line to deliver: 1, or 0 when there is none left and no more come,
 * or the driver's error.  A file that is to be opened anew is not left
 * waiting for a line.
 */
static int
next_line(struct output *o, uint64_t number, struct outbox_line *line,
          struct err *e)
{
    for (;;) {
        bool last = driver_ending(o);
        int rc = o->driver->refresh != NULL ? o->driver->refresh(o, e) : 0;

        if (rc < 0)
            return rc;
        if (outbox_line(o->ob, o->i, number, 0, line))
            return 1;
        if (last)
            return 0;
        driver_wait(o, -1, 0, CLOCK_NEVER);
    }
}

/* One line after the other, for drivers that know how to deliver one. */
static int
run_lines(struct output *o, struct err *e)
{
    for (;;) {
        uint64_t number = outbox_accepted(o->ob, o->i) + 1;
        struct outbox_line line;
        int rc = next_line(o, number, &line, e);

        if (rc <= 0)
            return rc;
        if (driver_skips(o, &line)) {
            driver_accept(o, number, 0);
            continue;
        }
        if (driver_over(o)) /* a try now would have no time at all */
            return 0;
        driver_try(o, number);
        rc = o->driver->deliver(o, &line, e);
        if (rc < 0)
            return rc;
        if (rc > 0)
            works(o); /* it answers, if only to refuse */
        driver_accept(o, number, rc == 0 ? 1 : 0);
    }
}

void *
driver_thread(void *output)
{
    struct output *o = output;
    int (*run)(struct output *, struct err *) =
        o->driver->run != NULL ? o->driver->run : run_lines;

    outbox_watch(o->ob, o->i, o->wake);
    for (;;) {
        struct err e = {0};

        if (run(o, &e) == 0)
            break;
        driver_failed(o, &e);
        if (!rest(o))
            break;
    }
    /* Nobody wakes it any more; output_join() may go on. */
    outbox_watch(o->ob, o->i, -1);
    gate_enter(&o->gate);
    o->over = true;
    gate_wake(&o->gate);
    gate_leave(&o->gate);
    return NULL;
}
