#ifndef STATE_WINDOW_H
#define STATE_WINDOW_H

/*
 * A window over a stream: what is at hand of it, refilled on request.  Bytes
 * that nobody wants any more are given up, and the window doubles when all
 * of it is wanted.  It knows nothing of what it shows.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/stream.h"

/* To begin with; then doubled.  Tests make it small. */
#ifndef WINDOW_FIRST_BYTES
#define WINDOW_FIRST_BYTES ((size_t)256 << 10)
#endif

struct window {
    struct stream *in;
    struct err *e;
    char *p;
    size_t size;     /* bytes that may be used by now */
    size_t max;      /* bytes it may grow to */
    bool scant;      /* max is less than asked for: the arena is small */
    size_t at;       /* the next byte to look at */
    size_t to;       /* behind the last byte read */
    size_t held;     /* the oldest byte still wanted, or SIZE_MAX */
    uint64_t offset; /* of p[0] in the stream */
    bool ended;      /* the stream has nothing more */
};

/*
 * Starts with nothing read.  Up to max bytes (half of what the arena has
 * left, if that is less) are taken at once, but cost nothing until used.
 * Returns 0 or ERR_MEMORY.  e gets the stream's own errors.
 */
int window_open(struct window *w, struct stream *in, size_t max,
                struct arena *arena, struct err *e);

/*
 * Reads on; p and the indexes move.  1: there are more bytes; 0: the stream
 * has ended; ERR_LIMIT or ERR_MEMORY (scant) when all of the largest window
 * is wanted; what the stream returned.
 */
int window_fill(struct window *w);

/*
 * From now on nothing is given up before the current byte.  Holds nest: the
 * outermost counts, and only its release, given what its hold returned,
 * ends it.
 */
size_t window_hold(struct window *w);
void window_release(struct window *w, size_t before);

#endif
