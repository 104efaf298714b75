#ifndef TESTS_OUTPUT_RUNNING_H
#define TESTS_OUTPUT_RUNNING_H

/* One output with its thread, and lines for it.  For cmocka programs. */

#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "output/driver.h"
#include "output/outbox.h"
#include "output/output.h"

struct running {
    struct outbox *ob;
    struct output *o;
    struct arena arena;
    char memory[4u << 20];
};

static inline void
running_open(struct running *r, const struct output_options *options)
{
    const uint64_t queue = 4096;
    struct err e = {0};

    signal(SIGPIPE, SIG_IGN);
    log_set(LOG_ERROR);
    arena_init(&r->arena, r->memory, sizeof(r->memory));
    assert_int_equal(
        outbox_init(&r->ob, &r->arena, 1u << 20, 1, &queue, NULL, NULL), 0);
    if (output_open(&r->o, options, r->ob, 0, &r->arena, &e) != 0)
        fail_msg("%s", e.text);
}

static inline void
running_start(struct running *r)
{
    struct err e = {0};

    assert_int_equal(output_start(r->o, &e), 0);
}

/* A record, in short, with the id "e:<number>". */
static inline uint64_t
running_put(struct running *r, enum severity severity, size_t filler,
            uint64_t known)
{
    static char text[RECORD_LINE_MAX_BYTES];
    uint64_t number = outbox_last(r->ob) + 1;
    char id[32];
    int n;

    snprintf(id, sizeof(id), "e:%d", (int)number);
    n = snprintf(text, sizeof(text), "{\"id\":\"%s\",\"f\":\"", id);
    memset(text + n, 'x', filler);
    memcpy(text + (size_t)n + filler, "\"}", 2);
    return outbox_put(r->ob, slice_of(text, (size_t)n + filler + 2),
                      slice_str(id), severity, known);
}

/* Waits until so many lines are accepted. */
static inline void
running_expect(struct running *r, uint64_t number)
{
    int64_t until = clock_steady_ms() + 10000;

    while (outbox_accepted(r->ob, 0) < number && clock_left_ms(until) > 0)
        usleep(1000);
    assert_int_equal(outbox_accepted(r->ob, 0), number);
}

static inline void
running_stop(struct running *r, int64_t within_ms)
{
    output_stop(r->o, clock_steady_ms() + within_ms);
    output_join(r->o);
}

#endif
