/*
 * The outside of an output: what other threads call.  They only set flags and
 * wake it; everything else is done by its own thread, in driver.c.
 */
#include "output/output.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "output/driver.h"

/* How each type delivers, and what its thread is called (15 bytes). */
static const struct {
    const struct driver *driver;
    const char *thread;
} types[OUTPUT_TYPES] = {
    [OUTPUT_FALCO] = {&falco_driver, "out-falco"},
    [OUTPUT_STDOUT] = {&append_driver, "out-stdout"},
    [OUTPUT_FILE] = {&append_driver, "out-file"},
    [OUTPUT_HTTP] = {&post_driver, "out-http"},
    [OUTPUT_FALCOSIDEKICK] = {&post_driver, "out-sidekick"},
    [OUTPUT_SLACK] = {&post_driver, "out-slack"},
    [OUTPUT_PAGERDUTY] = {&post_driver, "out-pagerduty"},
    [OUTPUT_TEAMS] = {&post_driver, "out-teams"},
    [OUTPUT_DISCORD] = {&post_driver, "out-discord"},
};

int
output_open(struct output **o, const struct output_options *options,
            struct outbox *ob, size_t i, struct arena *arena, struct err *e)
{
    struct output *made = arena_alloc(arena, sizeof(*made));
    int rc = 0;

    if (made == NULL)
        return err_set(e, ERR_MEMORY, "no memory for an output");
    *made = (struct output){.options = *options,
                            .driver = types[options->type].driver,
                            .ob = ob,
                            .i = i};
    atomic_store(&made->until, CLOCK_NEVER);
    atomic_store(&made->counts.up, true);
    gate_init(&made->gate);
    made->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (made->wake < 0)
        return err_set(e, ERR_IO, "no descriptor for an output: %s",
                       strerror(errno));
    if (made->driver->open != NULL)
        rc = made->driver->open(made, arena, e);
    if (rc < 0) { /* what the driver has opened so far is closed with it */
        output_close(made);
        return rc;
    }
    *o = made;
    return 0;
}

int
output_start(struct output *o, struct err *e)
{
    int rc = thread_start(&o->thread, types[o->options.type].thread,
                          driver_thread, o, e);

    o->started = rc == 0;
    return rc;
}

static void
wake(struct output *o)
{
    const uint64_t one = 1;
    ssize_t done = write(o->wake, &one, sizeof(one));

    (void)done; /* it can only fail when the thread is awake anyway */
}

void
output_reopen(struct output *o)
{
    atomic_store(&o->reopen, true);
    wake(o);
}

void
output_stop(struct output *o, int64_t deadline_ms)
{
    /* In this order: who sees the second sees the first. */
    atomic_store(&o->until, deadline_ms);
    atomic_store(&o->stopping, true);
    outbox_leave(o->ob, o->i);
    wake(o);
}

void
output_join(struct output *o)
{
    if (!o->started)
        return;
    gate_enter(&o->gate);
    while (!o->over && !driver_over(o))
        gate_wait(&o->gate, atomic_load(&o->until));
    gate_leave(&o->gate);
    /* A request may be under way that began before the end was known. */
    if (o->driver->cancel != NULL)
        o->driver->cancel(o);
    pthread_join(o->thread, NULL);
    o->started = false;
}

void
output_close(struct output *o)
{
    if (o == NULL)
        return;
    if (o->driver->close != NULL)
        o->driver->close(o);
    if (o->wake >= 0)
        close(o->wake);
    o->wake = -1;
}

const struct output_counts *
output_counts(const struct output *o)
{
    return &o->counts;
}

int
output_probe(struct output *o, int64_t deadline_ms, struct err *e)
{
    return o->driver->probe(o, deadline_ms, e);
}
