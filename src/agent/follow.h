#ifndef AGENT_FOLLOW_H
#define AGENT_FOLLOW_H

/*
 * A followed file as a stream of text that a reader pulls: at the end of the
 * file it hands over what is whole, and waits.  Private to source_file.c and
 * follow.c.
 */

#include <stdbool.h>
#include <stdint.h>

#include "agent/source_parts.h"
#include "agent/tail.h"
#include "base/stream.h"
#include "map/reader.h"

/* Why a session of the reader is over. */
enum follow_over {
    FOLLOW_STOPPED,   /* the program, or the pipeline, is ending */
    FOLLOW_REPLACED,  /* there is another file; this one is read to its end */
    FOLLOW_TRUNCATED, /* the file begins anew */
    FOLLOW_TORN,      /* a line is not going to be whole: see torn() */
    FOLLOW_MALFORMED, /* what the reader cannot go on behind */
    FOLLOW_BROKEN,    /* the disk, or gzip data */
};

struct follow {
    struct source *s;
    struct tail tail;
    struct arena scratch; /* the reader's */
    struct reader reader;
    struct stream raw, text; /* as it is in the file; inflated */
    bool reading;            /* the reader is open */
    bool passing;            /* on the way to where it shall begin */
    enum follow_over over;   /* once the stream has ended */
    bool damaged;            /* gzip data that reading again does not cure */
    struct source_position sent;
    /* Offsets, as far as the reader was given something: the end of all, the
     * end without white space, the last line break in front of that end, and
     * the first one behind it or in that white space. */
    uint64_t given, solid, line_break, blank_break;
    /* A record of several lines that is not whole, and how long it may be
     * waited for; then, that waiting for it was in vain. */
    uint64_t torn_at, torn_given;
    int64_t torn_ms;
    bool torn_vain;
};

/* How far everything before is handed over. */
struct source_position follow_position(const struct follow *f);

/* Hands over what there is, if only the news of how far the file is read.
 * False when the pipeline is closing. */
bool follow_flush(struct follow *f);

/*
 * The text from an offset on, as f->text; follow_read() reads it for a
 * reader.  Returns 0; ERR_MORE when the stream has ended on the way, f->over
 * saying why; or what else is wrong with it.
 */
int follow_open(struct follow *f, uint64_t at, struct err *e);

/* The read() of a stream: the text, with an eye on where its lines end. */
ssize_t follow_read(void *ctx, char *p, size_t n, struct err *e);

/* Moves *at behind the end of its line.  Returns as follow_open(). */
int follow_line(struct follow *f, uint64_t *at, struct err *e);

/* Passes over all there is and will be, until f->over says that this file is
 * over.  Returns 0 or ERR_IO. */
int follow_drain(struct follow *f, struct err *e);

#endif
