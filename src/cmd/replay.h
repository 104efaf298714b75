#ifndef CMD_REPLAY_H
#define CMD_REPLAY_H

/*
 * Recorded events judged against states, offline: the parts of the replay
 * command.  replay.c reads the command line, replay_input.c the events,
 * replay_event.c makes records of one, replay_write.c writes them and
 * replay_summary.c what came of all.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/out.h"
#include "base/tally.h"
#include "cmd/progress.h"
#include "cmd/setup.h"
#include "drift/dedup.h"
#include "drift/judge.h"
#include "drift/ledger.h"
#include "drift/record.h"
#include "drift/tell.h"
#include "output/table.h"

#define REPLAY_OUT_BYTES (64u << 10)
#define REPLAY_REFUSED_MAX 20 /* refused pieces that are named */

struct replay_counts {
    uint64_t events;
    uint64_t bytes; /* of input, after inflating */
    uint64_t verdict[VERDICT_DRIFT + 1];
    uint64_t records[RECORD_RESOLVED + 1]; /* of each kind */
    uint64_t severity[SEVERITY_COUNT];     /* of drift records */
    uint64_t refused;                      /* pieces that are no records */
    uint64_t failed; /* inputs and events that could not be judged */
};

struct replay {
    struct setup setup;
    struct list events; /* paths; none: standard input */
    bool verdicts;      /* one line for each event */
    bool stats;
    bool people; /* a table for a terminal */

    struct judge judge;
    struct shelf shelf;
    struct record_maker maker;
    struct teller teller;
    struct ledger ledger;
    struct dedup dedup;
    struct tally unmapped; /* for people only */

    struct out out; /* standard output */
    struct table table;
    struct progress progress;
    struct replay_counts count;
    uint64_t micros; /* that reading and judging took */
};

/* Readies what judging and telling need beside the setup, which is open.
 * Returns 0 or ERR_MEMORY. */
int replay_prepare(struct replay *r);

/* Reads and judges all inputs. */
void replay_inputs(struct replay *r);

/* Judges one event and writes what comes of it.  0; ERR_SYNTAX with *broken
 * the member that is not JSON, and nothing written or counted; ERR_MEMORY. */
int replay_event(struct replay *r, const struct event *ev, const char **broken);

/* Writes the records, or the verdict's line.  0, or ERR_MEMORY. */
int replay_write(struct replay *r, const struct event *ev,
                 const struct outcome *o);

/* A line on standard error, the progress bar wiped away before it. */
void replay_say(struct replay *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* What came of all: for people on standard output, --stats on standard
 * error. */
void replay_summary(struct replay *r);
void replay_stats(struct replay *r);

#endif
