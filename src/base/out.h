#ifndef BASE_OUT_H
#define BASE_OUT_H

/*
 * Writing to a descriptor through a fixed array of the caller's, so that many
 * small puts cost one system call.  Never allocates and never exits: the
 * first write that fails sets a sticky flag, later puts do nothing, and the
 * caller looks once, at the end.  SIGPIPE must be ignored by the program, or
 * a closed pipe ends it before the flag is seen.
 */

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "slice.h"

struct out {
    int fd;
    struct buf buf; /* what is not written yet */
    bool failed;    /* a write failed; nothing is written any more */
};

/* An out over mem[0..max), which must stay until the last flush. */
static inline struct out
out_over(int fd, void *mem, size_t max)
{
    return (struct out){.fd = fd, .buf = buf_over(mem, max)};
}

/* Writes s in order after all that was put before; any length. */
void out_put(struct out *o, struct slice s);

/*
 * Formatted text; what is longer than the whole array counts as a failed
 * write, so only short lines are to be printed with it.
 */
void out_fmt(struct out *o, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Writes what is held, all of it, also to a pipe that is full or was set not
 * to block (it waits).  Returns 0, or ERR_IO when this or an earlier write
 * failed.
 */
int out_flush(struct out *o);

#endif
