#ifndef AGENT_TAIL_H
#define AGENT_TAIL_H

/*
 * A file that others write, under one name: opened when it is there, read to
 * where it ends for now, and looked at again when the system says that
 * something has changed.  What the bytes mean is the caller's business, and
 * so is waiting: nothing in here ever does.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#define TAIL_LOOK_MS 1000   /* where the system tells of no changes */
#define TAIL_MARK_BYTES 512 /* of a record, enough for its eventID */

struct tail {
    struct slice path; /* followed by a zero byte */
    int fd;            /* -1: not open */
    uint64_t device, inode;
    uint64_t offset; /* bytes read of it */
    int notify;      /* inotify; -1: none (yet) */
    bool deaf;       /* changes are not told: look now and then */
    /* The bytes in front of offset: one that was emptied and has grown again
     * as far is known by having others there. */
    char mark[TAIL_MARK_BYTES];
    size_t marked;
};

/* What became of the open file, seen from where it is read to. */
enum tail_state {
    TAIL_LONGER,    /* there is more to read */
    TAIL_SAME,      /* that is all for now */
    TAIL_TRUNCATED, /* what was read is no longer there */
    TAIL_REPLACED   /* the name is another file's, that has something in it */
};

void tail_init(struct tail *t, struct slice path);

/*
 * Opens what stands under the name, at its start.  Returns 0; ERR_IO with e
 * set when nothing does, or what cannot be followed: a folder, a pipe.
 */
int tail_open(struct tail *t, struct err *e);

/*
 * Opens that file where it is called something else now, in the same folder
 * or below it; the rest behaves as if it had had the name until now.  False
 * when it is not there.  `arena` is rewound.
 */
bool tail_open_moved(struct tail *t, uint64_t device, uint64_t inode,
                     struct arena *arena);

/* Closes the file and what watches it. */
void tail_close(struct tail *t);

/* Whether it is that file. */
bool tail_is(const struct tail *t, uint64_t device, uint64_t inode);

/* Whether a record, or a line, may have ended at that offset: the numbers of
 * files are used again for others. */
bool tail_had_end(const struct tail *t, uint64_t offset);

/* Whether it begins like gzip; false when there is nothing in it yet. */
bool tail_is_gzip(const struct tail *t);

/* Reads on from there; returns 0 or ERR_IO. */
int tail_seek(struct tail *t, uint64_t offset, struct err *e);

/* Up to n bytes; 0 at the end for now; ERR_IO. */
ssize_t tail_read(struct tail *t, char *p, size_t n, struct err *e);

enum tail_state tail_look(const struct tail *t);

/*
 * Asks the system to tell of changes from now on, and forgets those it told
 * of before; look once more after it, then wait for t->notify to be readable,
 * for TAIL_LOOK_MS at most if t->deaf.
 */
void tail_watch(struct tail *t);

#endif
