#ifndef AGENT_SOURCE_PARTS_H
#define AGENT_SOURCE_PARTS_H

/*
 * What source.c and its kinds share: the thread's frame, how it waits, and
 * how events get from a reader to the pipeline.  Private to them.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "agent/gather.h"
#include "agent/source.h"
#include "map/reader.h"

/* One kind of source; a row of the table in source.c. */
struct source_kind {
    /* Makes s->own; may carve s->arena.  0 or an error. */
    int (*open)(struct source *s, struct err *e);
    /* The thread: until source_stopping(). */
    void (*run)(struct source *s);
    /* From another thread: gives up a call on the wire. */
    void (*stop)(struct source *s);
    void (*close)(struct source *s);
    int (*probe)(struct source *s, int64_t deadline_ms, struct err *e);
};

extern const struct source_kind source_cloudtrail;
extern const struct source_kind source_file;

struct source {
    struct source_options o;
    const struct source_kind *kind;
    void *own; /* the kind's */
    struct slice name;
    struct arena *arena;
    struct gather gather;
    struct source_counts counts;
    int64_t time_ms;  /* eventTime of the last event added */
    int64_t ahead_ms; /* the clock of eventTime minus ours */
    bool failing;     /* and the log says so */
    int wake;         /* eventfd; readable once it is to end */
    atomic_bool stopping;
    bool started;
    pthread_t thread;
};

bool source_stopping(const struct source *s);

/*
 * Waits until fd (-1: none) is readable, the deadline (steady clock;
 * CLOCK_NEVER: none) or source_stop().  True when fd is readable.
 */
bool source_wait(struct source *s, int fd, int64_t deadline_ms);

/* Takes and gives back one of the slots in which sources decode. */
void source_slot_take(struct source *s);
void source_slot_give(struct source *s);

/*
 * Adds an event of a reader to the batch, unless its id was handed over or
 * added before.  Counts.  Returns 0, or ERR_MEMORY when the batch is full and
 * the event is not in it (and not counted yet).
 */
int source_add(struct source *s, const struct event *ev);

/* A record that is refused: counts it, and logs where and why. */
void source_refuse(struct source *s, const struct err *why);

/*
 * Hands the batch over, sorted, and empties it; the slot is given back
 * meanwhile if `slot`.  False when the pipeline is closing.
 */
bool source_submit(struct source *s, struct source_position after, bool slot);

/* The same for one event that does not fit into a batch. */
bool source_submit_one(struct source *s, struct source_event event,
                       struct source_position after, bool slot);

/* A poll failed, or worked: counts it, and logs it when it is news. */
void source_failed(struct source *s, const struct err *why);
void source_worked(struct source *s, int64_t wall_ms);

#endif
