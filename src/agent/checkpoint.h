#ifndef AGENT_CHECKPOINT_H
#define AGENT_CHECKPOINT_H

/*
 * What must outlive the process: which events are done with, how far each
 * source is delivered, which drifts are open, and which records an output
 * has accepted whose event is not done yet.
 *
 * An event is done once every output has accepted its records.  So whatever
 * an event changes is first staged, with the number of the last line in the
 * outbox by then, and written when all lines up to that are accepted, in
 * the order in which events were told.  After a kill at any instant
 * the file holds the effects of a prefix of them: the rest is read again from
 * the source, and what an output had accepted of it is not sent to it twice.
 *
 * Used by the pipeline's thread alone.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/journal.h"
#include "agent/source.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "drift/dedup.h"
#include "drift/ledger.h"

#define CHECKPOINT_SOURCES_MAX 256
#define CHECKPOINT_ACCEPTED_MAX 4096 /* remembered of the last run */
#define CHECKPOINT_NAME_MAX_BYTES 128

struct checkpoint_place { /* of one source */
    char name[CHECKPOINT_NAME_MAX_BYTES];
    struct source_position position;
};

/* That an output had accepted a record: hashes of their names. */
struct checkpoint_accepted {
    uint64_t output, record;
};

struct checkpoint {
    struct journal journal;
    struct dedup *dedup;
    struct ledger *ledger;
    struct arena *scratch;
    struct checkpoint_place *place;
    size_t n_places;
    struct checkpoint_accepted *accepted; /* a ring */
    size_t n_accepted;                    /* ever noted */
    struct buf stage; /* what waits: number of a line, bytes, frames */
    uint64_t last;    /* the number that was staged last */
    bool overrun;     /* something staged did not fit: all must be written;
                       * until then only what outputs accepted is staged */
    bool failing;     /* the last write failed */
    uint64_t compact_bytes; /* size at which the file is written anew */

    uint64_t writes, failures, replaced; /* for the metrics */
    int64_t written_ms;                  /* wall clock of the last one */
    struct journal_damage damage;        /* of the file that was there */
};

/*
 * Reads what is kept into dedup and ledger, which are empty and outlive cp.
 * path empty: kept in memory, and still there after checkpoint_close() with
 * keep.  cp must be zeroed before the first time.  Returns 0, or an error
 * with e set: the file cannot be made, read or written, or is in use.
 */
int checkpoint_open(struct checkpoint *cp, struct slice path,
                    struct dedup *dedup, struct ledger *ledger,
                    struct arena *arena, struct arena *scratch, struct err *e);
void checkpoint_close(struct checkpoint *cp, bool keep);

/* How far a source was delivered; zeroed when it is new. */
struct source_position checkpoint_position(const struct checkpoint *cp,
                                           struct slice source);

/* Whether the output had accepted this record before the restart; both by
 * text_hash(), of the output's name and of the record's id. */
bool checkpoint_accepted(const struct checkpoint *cp, uint64_t output,
                         uint64_t record);

/*
 * Stages that an event is done, with all that changed in the ledger, or that
 * a source is delivered that far; to be written when line number `line` is
 * accepted by all.
 */
void checkpoint_event(struct checkpoint *cp, struct dedup_id id, uint64_t line);
void checkpoint_source(struct checkpoint *cp, struct slice source,
                       const struct source_position *position, uint64_t line);

/* Notes at once that one output has accepted a record that others have
 * not; written with the next checkpoint_write(). */
void checkpoint_accept(struct checkpoint *cp, uint64_t output, uint64_t record);

/*
 * Writes what was staged for lines up to `done`.  `busy` holds the ids in
 * the dedup ring whose events are not told yet; NULL: some event is half told,
 * and only what was staged may be written.  Returns 0 (also when there
 * was nothing to do) or an error with e set, after which the same is tried
 * again by the next call.
 */
int checkpoint_write(struct checkpoint *cp, uint64_t done,
                     const struct dedup_id *busy, size_t n_busy, struct err *e);

#endif
