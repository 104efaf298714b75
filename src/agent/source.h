#ifndef AGENT_SOURCE_H
#define AGENT_SOURCE_H

/*
 * A source: a thread that reads events somewhere and hands them to the
 * pipeline, a window (or a piece of a file) at a time, oldest first.  It
 * forgets nothing by itself: what it has handed over may be asked for again
 * after a restart, from the position that the checkpoint kept.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/config.h"
#include "agent/limiter.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "base/thread.h"

/* The least arena a source works in: a connection, a record and its page. */
#define SOURCE_ARENA_MIN_BYTES (2u << 20)

/* How far a source is delivered; what the checkpoint keeps of it. */
struct source_position {
    int64_t until_ms; /* cloudtrail: wall clock; 0: never read */
    uint64_t device;  /* file: which one, and how far */
    uint64_t inode;
    uint64_t offset;
};

/* One record, whole, as JSON; views of the source's arena. */
struct source_event {
    int64_t time_ms; /* eventTime; without one, that of the one before */
    struct slice raw;
};

struct source_batch {
    const struct source_event *event; /* by time, then as they came */
    size_t n;                         /* may be 0: only `after` has moved */
    struct source_position after;     /* once all of them are done with */
    int64_t ahead_ms;                 /* the clock of eventTime minus ours */
};

/* What a source gives its events to; both may be called by many threads. */
struct source_sink {
    void *ctx;
    /* Whether this event id was seen already: it need not be handed over
     * (and is counted as a duplicate by the one who asks). */
    bool (*known)(void *ctx, struct slice event_id);
    /*
     * Takes a batch of source number `source`; waits while the pipeline is
     * full.  When it returns nothing of the batch is looked at any more.
     * False: the pipeline is closing and has not taken it.
     */
    bool (*submit)(void *ctx, size_t source, const struct source_batch *batch);
};

/* Numbers for the metrics; any thread may read them. */
struct source_counts {
    _Atomic uint64_t polls; /* windows, or reads of a file */
    _Atomic uint64_t pages;
    _Atomic uint64_t events;     /* read, with those seen before */
    _Atomic uint64_t duplicates; /* ... that were known */
    _Atomic uint64_t refused;    /* malformed, passed over */
    _Atomic uint64_t failures;   /* polls that failed */
    _Atomic uint64_t throttled;
    _Atomic int64_t last_ok_ms; /* wall clock; 0: never */
    _Atomic int64_t newest_ms;  /* latest eventTime seen */
    _Atomic int64_t until_ms;   /* end of the last whole window */
};

#define SOURCE_LIMITERS 256

/* What sources share: how many may decode at once, and how fast accounts may
 * be asked.  Outlives them all. */
struct source_slots {
    struct gate gate;
    uint64_t free;
    /* By the hash of region and credentials; two that share one by chance
     * are only slower than they need to be. */
    struct limiter limiter[SOURCE_LIMITERS];
};

/* As many as `workers` says; 0: one per core. */
void source_slots_init(struct source_slots *s, uint64_t workers);

struct source;
struct aws; /* aws/aws.h: credentials, endpoints and connections */

/* One row for every (source, region) of a configuration and every file. */
struct source_options {
    const struct config_source *config;
    struct slice region; /* cloudtrail */
    size_t number;       /* as submit() is told */
    const struct aws *aws;
    struct source_position start; /* of the checkpoint; zeroed: none */
    const struct source_sink *sink;
    /* Decoding is bounded: at most this many sources do it at once. */
    struct source_slots *slots;
};

/*
 * Readies it; memory for a window comes from `arena`, which it keeps as its
 * own (all that is left of it; the more there is, the more events a window
 * may hold).  What options point to is not copied.  Returns 0, or an error
 * with e set: ERR_MEMORY with less than SOURCE_ARENA_MIN_BYTES, or what
 * aws_client_open() says.
 */
int source_open(struct source **s, const struct source_options *o,
                struct arena *arena, struct err *e);
int source_start(struct source *s, struct err *e);

/* What it is called in logs, metrics and the checkpoint: "prod/us-east-1",
 * or the section's name for a file. */
struct slice source_name(const struct source *s);
const struct source_counts *source_counts(const struct source *s);

/* Asks it to end (any thread); a call on the wire is given up.
 * source_join() waits for its thread, if it was started, and closes what it
 * has open; the arena is the caller's again. */
void source_stop(struct source *s);
void source_join(struct source *s);

/* Tries it once, for `check --online`: one call, or opening the file. */
int source_probe(struct source *s, int64_t deadline_ms, struct err *e);

#endif
