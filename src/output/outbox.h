#ifndef OUTPUT_OUTBOX_H
#define OUTPUT_OUTBOX_H

/*
 * Records on their way out: a ring of JSON lines in the order they were
 * written, and a place in it for every output.  One thread puts lines in;
 * each output has a thread that takes them, one after the other, at its own
 * pace.  A line leaves the ring when every output has accepted it, so that
 * nothing is dropped: when the ring is full, or one output is `queue` records
 * behind, outbox_room() says no and the pipeline stops taking events.
 *
 * Lines are numbered from 1 in the order they are put.  The functions may be
 * called from any thread; what is said of "the thread of output i" is for
 * that one alone.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/thread.h"
#include "drift/record.h"
#include "drift/severity.h"

#define OUTBOX_OUTPUTS_MAX 64

/* What the longest line takes in the ring: an outbox of that many bytes times
 * n + 1 has room for n lines, whatever they are. */
#define OUTBOX_LINE_BYTES (RECORD_LINE_MAX_BYTES + (4u << 10))

/* What an output is told of a line. */
struct outbox_line {
    uint64_t number;   /* of the line, from 1 */
    struct slice json; /* with the newline; lives until it is accepted */
    struct slice id;   /* the record's; lives as long */
    enum severity severity;
    uint64_t known; /* bit i: output i had accepted this record before
                     * a restart; it is passed over */
};

struct outbox;

/*
 * Room for `bytes` of lines (at least OUTBOX_LINE_BYTES) and n outputs with a
 * queue of queue[i] records each, in the arena; the queue array is copied.
 * wake, unless NULL, is called (from any thread, without the gate) after an
 * output has accepted something.  Returns 0, ERR_MEMORY, or ERR_LIMIT when n
 * is more than OUTBOX_OUTPUTS_MAX.
 */
int outbox_init(struct outbox **ob, struct arena *arena, size_t bytes, size_t n,
                const uint64_t *queue, void (*wake)(void *ctx), void *ctx);

/*
 * Whether `lines` more of at most RECORD_LINE_MAX_BYTES each will fit.  For a
 * number that the ring could never hold it is never true; an output's queue,
 * however short, lets all lines through that come when it is empty.
 */
bool outbox_room(struct outbox *ob, size_t lines);

/*
 * Puts a line (copied; a newline is added if it has none), outbox_room()
 * having said yes.  Returns its number; 0 when there was no room after all
 * and nothing was put.
 */
uint64_t outbox_put(struct outbox *ob, struct slice json, struct slice id,
                    enum severity severity, uint64_t known);

/* The number of the last line put; 0: none. */
uint64_t outbox_last(struct outbox *ob);

/* Every line up to this number has been accepted by output i / by all. */
uint64_t outbox_accepted(struct outbox *ob, size_t i);
uint64_t outbox_done(struct outbox *ob);

/*
 * For the thread of output i: line number `number`, or with *line left alone
 * false when it is not there before the deadline (CLOCK_NEVER: none) or the
 * outbox is closed.  Lines from the last accepted one on can be asked for
 * again and again.
 */
bool outbox_line(struct outbox *ob, size_t i, uint64_t number,
                 int64_t deadline_ms, struct outbox_line *line);

/* Output i has accepted all lines up to number. */
void outbox_accept(struct outbox *ob, size_t i, uint64_t number);

/*
 * For an output whose thread waits for more than lines: from now on 8 bytes,
 * the number 1, are written to fd (an eventfd) after each line put and when
 * the outbox is closed.  -1: no more.
 */
void outbox_watch(struct outbox *ob, size_t i, int fd);

/* Closing: outputs that wait are woken; outbox_line() gives what is there
 * without waiting from now on.  Lines may still be put. */
void outbox_close(struct outbox *ob);
bool outbox_closing(struct outbox *ob);

/* The same for output i alone. */
void outbox_leave(struct outbox *ob, size_t i);

#endif
