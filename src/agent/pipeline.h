#ifndef AGENT_PIPELINE_H
#define AGENT_PIPELINE_H

/*
 * The one thread that judges and tells: it takes what the sources hand over,
 * event by event, holds back what cannot be decided yet, and puts records
 * into the outbox.  It waits when the outbox is full, and so do the sources.
 *
 *   new --> ignored, unmapped, duplicate, refused       done
 *   new --> about an older state, or behind a held one  held until a look
 *   new --> a difference            held, looked for again (verify)
 *   new --> no difference, unmanaged                    told, done
 *   held --> the difference is gone after all looks     counted, done
 *   held --> it is still there, no apply is running     told, done
 *   held --> an apply is running                        held, at most
 *                                            lock_wait, then told
 *
 * No verdict is given by a state that was last looked at before the event
 * happened.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/batches.h"
#include "agent/checkpoint.h"
#include "agent/config.h"
#include "agent/held.h"
#include "agent/keeper.h"
#include "agent/source.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/tally.h"
#include "base/thread.h"
#include "drift/dedup.h"
#include "drift/judge.h"
#include "drift/ledger.h"
#include "drift/tell.h"
#include "map/map.h"
#include "map/words.h"
#include "output/outbox.h"

#define PIPELINE_LINES 8192 /* that may wait in the outbox, at most */
#define PIPELINE_SOURCES_MAX CHECKPOINT_SOURCES_MAX

/* Why events are ignored, as metrics count them. */
enum pipeline_ignored {
    PIPELINE_FAILED,
    PIPELINE_READ_ONLY,
    PIPELINE_NOT_A_CALL,
    PIPELINE_TERRAFORM,
    PIPELINE_AUTOSCALING,
    PIPELINE_SERVICE,
    PIPELINE_RULE,
    PIPELINE_DUPLICATE,
    PIPELINE_IGNORED_END
};
extern const struct slice pipeline_ignored_text[PIPELINE_IGNORED_END];

/* Numbers for the metrics; any thread may read them. */
struct pipeline_counts {
    _Atomic uint64_t events;
    _Atomic uint64_t verdict[VERDICT_DRIFT + 1];
    _Atomic uint64_t ignored[PIPELINE_IGNORED_END];
    _Atomic uint64_t refused;   /* malformed where it matters */
    _Atomic uint64_t too_large; /* judged with less memory than needed */
    _Atomic uint64_t records[RECORD_RESOLVED + 1];
    _Atomic uint64_t severity[SEVERITY_COUNT]; /* of drift records */
    _Atomic uint64_t caught_up; /* differences that went away by themselves */
    _Atomic uint64_t locked;    /* told while an apply was running */
    _Atomic uint64_t undecided; /* no state had it, and not all were loaded */
    _Atomic uint64_t held;      /* gauge */
    _Atomic uint64_t forgotten; /* open drifts that had to go */
    _Atomic uint64_t dedup_dropped;
    _Atomic uint64_t open_drifts;       /* gauge */
    _Atomic uint64_t unconfirmed_lines; /* gauge: in the outbox */
    _Atomic uint64_t checkpoint_writes, checkpoint_failures;
    _Atomic uint64_t checkpoint_bytes;
    _Atomic int64_t checkpoint_ms; /* wall clock of the last write */
    _Atomic uint64_t event_peak_bytes, event_fails; /* of its arena */
    _Atomic int64_t newest_told_ms; /* eventTime of the last one told */
    _Atomic int64_t beat_ms;        /* steady: when the thread last ran */
};

/* Sources and outputs by number: their names. */
struct pipeline_options {
    const struct config *config;
    const struct maps *maps;
    const struct words *words;
    struct keeper *keeper;
    struct outbox *outbox;
    const struct slice *source, *output; /* names */
    size_t n_sources, n_outputs;
};

/* What one line in the outbox belongs to. */
struct pipeline_line {
    uint64_t record; /* text_hash() of its id */
    uint64_t last;   /* the last line of its event; UINT64_MAX: unknown */
};

struct pipeline {
    struct pipeline_options o;
    struct arena memory;         /* of what lasts */
    struct arena event, scratch; /* of one event */

    struct judge judge;
    struct shelf shelf;
    struct teller teller;
    struct ledger ledger;
    struct dedup dedup;
    struct held_list held;
    struct batches batches;
    struct checkpoint checkpoint;
    int64_t checkpoint_again_ms; /* after a failure: not before */

    size_t n_states;
    int64_t *good_ms; /* by number of state: of the last good look */
    bool *locked;     /* by number of state */
    size_t n_numbers;
    int64_t oldest_good; /* of all */
    bool all_loaded;

    struct pipeline_line *line; /* ring by number of the line */
    uint64_t *noted;            /* by output: accepted lines looked at */
    uint64_t *output_hash;

    struct gate gate; /* for what follows */
    const struct source_batch *slot[PIPELINE_SOURCES_MAX];
    bool woken, closing;
    struct tally unmapped;

    size_t next_source;
    size_t taking;    /* the source whose batch is at hand; SIZE_MAX: none */
    size_t at;        /* the event in it */
    int64_t ahead_ms; /* of the batch */
    uint64_t batch;
    /* An event is half told: the ledger is ahead of what is staged.  Still
     * so when the end came in between; then nothing more is told. */
    bool telling;

    struct pipeline_counts counts;
    pthread_t thread;
    bool opened, started;
};

/*
 * Readies it over zeroed or closed p; memory comes from `arena`, `bytes` of
 * it in all.  Reads the checkpoint.  Returns 0 or an error with e set.
 */
int pipeline_open(struct pipeline *p, const struct pipeline_options *o,
                  struct arena *arena, size_t bytes, struct err *e);
int pipeline_start(struct pipeline *p, struct err *e);

/* Any thread: something has changed that it may wait for. */
void pipeline_wake(void *p);

/* Takes no more events; pipeline_join() waits for its thread. */
void pipeline_stop(struct pipeline *p);
void pipeline_join(struct pipeline *p);

/* After the outputs have ended: what they accepted is written. */
int pipeline_close(struct pipeline *p, bool keep, struct err *e);

/* What sources call; ctx is the pipeline. */
bool pipeline_known(void *p, struct slice event_id);
bool pipeline_submit(void *p, size_t source, const struct source_batch *batch);

/* --- between pipeline.c, _event.c, _held.c, _look.c and _tell.c --- */

/* One new event; false when it cannot be taken now. */
bool pipeline_event(struct pipeline *p, const struct source_event *event,
                    int64_t now_ms);

/* Looks at the held events that are due; returns when the next one is. */
int64_t pipeline_held(struct pipeline *p, int64_t now_ms);

/* Tells all of a judged event, and stages it as done.  False: it is closing,
 * and the event is not told as a whole; it will be read again. */
bool pipeline_tell(struct pipeline *p, const struct event *ev,
                   struct dedup_id id, struct outcome *o, bool locked);

/* Whether one more line can be put. */
bool pipeline_room(struct pipeline *p);

/* Notes what outputs accepted and writes the checkpoint. */
void pipeline_save(struct pipeline *p, int64_t now_ms);

/* Waits for a wake or the deadline; false when it is closing. */
bool pipeline_wait(struct pipeline *p, int64_t deadline_ms);

#endif
