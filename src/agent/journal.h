#ifndef AGENT_JOURNAL_H
#define AGENT_JOURNAL_H

/*
 * A file of frames that only grows at its end, until it is replaced by a
 * shorter one: what was appended and synced is there after a kill or a power
 * cut, what was not is not, and nothing is ever half there.
 *
 *   file     "tfdrift checkpoint 2\n", then frames
 *   frame    u32 bytes of payload, u32 kind, payload, u32 CRC-32 of all
 *            before it (base/crc.h)
 *
 * Numbers are in the machine's own order: the file stays on its machine.
 * Without a path the frames are kept in memory of the kernel (memfd_create),
 * which outlives a reload and not the process.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/slice.h"

#define JOURNAL_PAYLOAD_MAX_BYTES (256u << 10)
#define JOURNAL_FRAME_BYTES 12 /* around a payload */

struct journal {
    char path[FILE_PATH_MAX_BYTES]; /* empty: in memory */
    int fd;                         /* -1: none */
    int memory;                     /* one that was kept; 0: none */
    int next;                       /* the one that replaces it; -1: none */
    uint64_t bytes;                 /* of the file */
    uint64_t next_bytes;
};

/* What was wrong with the file that was there; p is NULL: nothing. */
struct journal_damage {
    char text[160];
    uint64_t offset;
};

/*
 * Opens or makes the file, locks it (another process that has it is an
 * error), and calls each() for its frames, in order.  payload lives until
 * each() returns; `scratch` is rewound.  A frame that the end of the file cuts
 * off is dropped: nobody was told that it is there.  Any other damage is
 * told in *damage (text is empty: none): the file is renamed to PATH.damaged
 * and a new one holds the frames that were good.  Returns 0, or ERR_IO or
 * ERR_MEMORY with e set.
 */
int journal_open(struct journal *j, struct slice path, struct arena *scratch,
                 void (*each)(void *ctx, uint32_t kind, struct slice payload),
                 void *ctx, struct journal_damage *damage, struct err *e);

/* Writes a frame's head; returns where it stands.  journal_end() completes
 * the frame that begins there; b->full tells that it did not fit. */
size_t journal_begin(struct buf *b, uint32_t kind);
void journal_end(struct buf *b, size_t at);

/* Appends whole frames and waits until the disk has them.  On error nothing
 * of them is there. */
int journal_append(struct journal *j, struct slice frames, struct err *e);

/*
 * Replacing the file: _replace() begins, _put() adds frames, _commit() syncs
 * and puts the new one in the old one's place.  Until then, and when any of
 * them fails, the old one stays.
 */
int journal_replace(struct journal *j, struct err *e);
int journal_put(struct journal *j, struct slice frames, struct err *e);
int journal_commit(struct journal *j, struct err *e);

/*
 * Closes the file; one in memory is kept for journal_open() if `keep`, until
 * something was appended to a file instead.
 */
void journal_close(struct journal *j, bool keep);

#endif
