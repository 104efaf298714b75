#ifndef AGENT_CHECKPOINT_INNER_H
#define AGENT_CHECKPOINT_INNER_H

/* What checkpoint.c and checkpoint_write.c share; nobody else's. */

#include "agent/checkpoint.h"

/* Kinds of frames; a kind that is not known is passed over. */
enum checkpoint_kind {
    CHECKPOINT_FRAME_IDS = 1,      /* dedup ids of events that are done */
    CHECKPOINT_FRAME_GONE = 3,     /* id of a record that is no open drift */
    CHECKPOINT_FRAME_SOURCE = 4,   /* struct source_position, source's name */
    CHECKPOINT_FRAME_ACCEPTED = 5, /* struct checkpoint_accepted */
    CHECKPOINT_FRAME_DRIFT = 6     /* u32 open, flags, bytes of id; id, the
                                    ledger's bytes (2: without a key) */
};

enum { CHECKPOINT_IS_DELETE = 1, CHECKPOINT_RECREATED = 2 };

#define CHECKPOINT_STAGE_HEAD 16 /* bytes: number of a line, of frames */

/* Below this a file is not worth writing anew. */
#define CHECKPOINT_COMPACT_BYTES (1u << 20)

static inline struct slice
checkpoint_bytes(const void *p, size_t n)
{
    return slice_of(p, n);
}

/* Puts one frame, whose payload comes in parts. */
void checkpoint_frame(struct buf *b, enum checkpoint_kind kind,
                      struct slice one, struct slice two);

/* Puts the frame of one drift. */
void checkpoint_drift(struct buf *b, const struct ledger_saved *saved);

#endif
