#ifndef MAP_FEED_H
#define MAP_FEED_H

/*
 * The bytes a reader looks at: a window over a stream that is filled as it
 * is used up and grows, by doubling, up to what one record may need; or the
 * stream's own memory when it has all in memory.  It knows of lines and
 * brackets, not of records.  Private to reader.c.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "base/stream.h"

#define FEED_FIRST_BYTES (256u << 10) /* of window, before it grows */
#define FEED_END (-100)               /* no byte is left: no ERR_* */

struct feed {
    struct stream *stream;
    struct arena *arena;
    size_t mark;   /* of the arena, before the window */
    const char *p; /* bytes that are there: [from, to) */
    char *window;  /* the same, to write into; NULL: the stream's memory */
    size_t size;   /* of the window */
    size_t from, to;
    uint64_t offset; /* of p[0] in the stream */
    uint64_t line;   /* of p[from], from 1 */
    uint64_t fills;  /* times that bytes came or moved */
    int failed;      /* ERR_* of the stream, or FEED_END; it stays */
    struct err why;  /* of ERR_* */
};

/* Starts over a stream.  The window is the arena's; from now on nothing else
 * may take of it but through the reader.  Returns 0 or ERR_MEMORY. */
int feed_open(struct feed *in, struct stream *stream, struct arena *arena);

/*
 * Reads more bytes behind those that are there; what is in front of `from`
 * may be given up, and everything may move.  Returns 1; FEED_END at the end
 * of the stream; ERR_LIMIT when the window is full and must not grow;
 * ERR_MEMORY when it cannot; or in->failed.
 */
int feed_more(struct feed *in);

/* Passes over white space, reading more.  Returns the byte that follows,
 * FEED_END, or as feed_more(). */
int feed_blank(struct feed *in);

/* Passes over n bytes that are there, and counts their lines if `count`. */
void feed_pass(struct feed *in, size_t n, bool count);

/* Passes over the rest of the line and its end.  Returns 0, FEED_END when
 * there was no end of line, or in->failed. */
int feed_line(struct feed *in);

/*
 * Passes over the rest of `depth` brackets, whatever is in them; with depth
 * 0 over one value, that is up to a ',' or a closing bracket that is not its
 * own.  Holds nothing.  Returns 0, FEED_END or in->failed.
 */
int feed_skip(struct feed *in, size_t depth);

/* Offset in the stream of a byte that is there. */
static inline uint64_t
feed_offset(const struct feed *in, size_t at)
{
    return in->offset + at;
}

/* Line of a byte that is there, at or behind `from`. */
uint64_t feed_line_of(const struct feed *in, size_t at);

/* Brings the window back to its place when the arena's other uses are over;
 * all that was taken of the arena since feed_open() is free then. */
void feed_settle(struct feed *in);

#endif
