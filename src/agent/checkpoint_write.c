#include "agent/checkpoint_inner.h"

#include <string.h>

#include "base/clock.h"

#define SNAPSHOT_IDS 4096 /* in one frame */

/* A file is written anew when it is this many times what is in it. */
#define COMPACT_TIMES 2

/* The piece at `at`: its line and its frames; false at the end. */
static bool
stage_piece(const struct checkpoint *cp, size_t at, uint64_t *line,
            struct slice *frames)
{
    uint64_t head[2];

    if (at >= cp->stage.n)
        return false;
    memcpy(head, cp->stage.p + at, sizeof(head));
    *line = head[0];
    *frames = slice_of(cp->stage.p + at + CHECKPOINT_STAGE_HEAD, head[1]);
    return true;
}

/* Pieces that are due: those of an event or a source only behind all that
 * were staged before; what was accepted at once. */
static bool
is_due(uint64_t line, uint64_t done, bool *blocked)
{
    if (line == 0)
        return true;
    *blocked |= line > done;
    return !*blocked;
}

/* Writes the pieces that are due, in one go, and keeps the others. */
static int
write_due(struct checkpoint *cp, uint64_t done, struct err *e)
{
    struct buf due = arena_open(cp->scratch);
    struct slice frames;
    uint64_t line;
    bool blocked = false;
    size_t kept = 0;
    int rc = 0;

    for (size_t at = 0; stage_piece(cp, at, &line, &frames);
         at += CHECKPOINT_STAGE_HEAD + frames.n)
        if (is_due(line, done, &blocked))
            buf_put(&due, frames);
    if (due.full)
        return err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    if (due.n > 0)
        rc = journal_append(&cp->journal, buf_slice(&due), e);
    if (rc < 0)
        return rc;
    if (due.n > 0) {
        cp->writes++;
        cp->written_ms = clock_wall_ms();
    }
    blocked = false;
    for (size_t at = 0; stage_piece(cp, at, &line, &frames);) {
        size_t n = CHECKPOINT_STAGE_HEAD + frames.n;

        if (!is_due(line, done, &blocked)) {
            memmove(cp->stage.p + kept, cp->stage.p + at, n);
            kept += n;
        }
        at += n;
    }
    cp->stage.n = kept;
    return 0;
}

/* Whether the event of an id is not told yet. */
static bool
is_busy(struct dedup_id id, const struct dedup_id *busy, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (busy[i].half[0] == id.half[0] && busy[i].half[1] == id.half[1])
            return true;
    return false;
}

/* All ids that are done, the oldest first. */
static int
snapshot_ids(struct checkpoint *cp, const struct dedup_id *busy, size_t n_busy,
             struct err *e)
{
    struct buf b = arena_open(cp->scratch);
    int rc = 0;

    for (size_t i = 0; i < cp->dedup->n && rc == 0;) {
        size_t at = journal_begin(&b, CHECKPOINT_FRAME_IDS);

        for (size_t n = 0; i < cp->dedup->n && n < SNAPSHOT_IDS; i++, n++) {
            struct dedup_id id = dedup_at(cp->dedup, i);

            if (!is_busy(id, busy, n_busy))
                buf_put(&b, checkpoint_bytes(&id, sizeof(id)));
        }
        journal_end(&b, at);
        rc = b.full ? err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY))
                    : journal_put(&cp->journal, buf_slice(&b), e);
        b.n = 0;
    }
    return rc;
}

/* All open drifts, the oldest first. */
static int
snapshot_drifts(struct checkpoint *cp, struct err *e)
{
    struct buf b = arena_open(cp->scratch);
    struct ledger_saved saved;
    size_t at = 0;
    int rc = 0;

    while (rc == 0 && ledger_next(cp->ledger, &at, false, &saved)) {
        checkpoint_drift(&b, &saved);
        rc = b.full ? err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY))
                    : journal_put(&cp->journal, buf_slice(&b), e);
        b.n = 0;
    }
    return rc;
}

/* How far the sources are, and what outputs had accepted beforehand. */
static int
snapshot_rest(struct checkpoint *cp, struct err *e)
{
    struct buf b = arena_open(cp->scratch);
    size_t n = cp->n_accepted < CHECKPOINT_ACCEPTED_MAX
                   ? cp->n_accepted
                   : CHECKPOINT_ACCEPTED_MAX;

    for (size_t i = 0; i < cp->n_places; i++)
        checkpoint_frame(&b, CHECKPOINT_FRAME_SOURCE,
                         checkpoint_bytes(&cp->place[i].position,
                                          sizeof(cp->place[i].position)),
                         slice_str(cp->place[i].name));
    for (size_t i = 0; i < n; i++)
        checkpoint_frame(
            &b, CHECKPOINT_FRAME_ACCEPTED,
            checkpoint_bytes(&cp->accepted[i], sizeof(cp->accepted[i])),
            slice_of("", 0));
    return b.full ? err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY))
                  : journal_put(&cp->journal, buf_slice(&b), e);
}

/* The whole of what is in memory, in a new file; nothing is under way. */
static int
snapshot(struct checkpoint *cp, const struct dedup_id *busy, size_t n_busy,
         struct err *e)
{
    int rc = journal_replace(&cp->journal, e);

    if (rc == 0)
        rc = snapshot_ids(cp, busy, n_busy, e);
    if (rc == 0)
        rc = snapshot_drifts(cp, e);
    if (rc == 0)
        rc = snapshot_rest(cp, e);
    if (rc == 0)
        rc = journal_commit(&cp->journal, e);
    if (rc < 0)
        return rc;
    cp->overrun = false;
    cp->replaced++;
    cp->written_ms = clock_wall_ms();
    cp->compact_bytes = cp->journal.bytes * COMPACT_TIMES;
    if (cp->compact_bytes < CHECKPOINT_COMPACT_BYTES)
        cp->compact_bytes = CHECKPOINT_COMPACT_BYTES;
    return 0;
}

int
checkpoint_write(struct checkpoint *cp, uint64_t done,
                 const struct dedup_id *busy, size_t n_busy, struct err *e)
{
    bool quiet;
    int rc = write_due(cp, done, e);

    quiet = cp->stage.n == 0 && done >= cp->last && busy != NULL;
    if (rc == 0 && quiet &&
        (cp->overrun || cp->journal.bytes > cp->compact_bytes))
        rc = snapshot(cp, busy, n_busy, e);
    cp->failing = rc < 0;
    if (rc < 0)
        cp->failures++;
    return rc;
}
