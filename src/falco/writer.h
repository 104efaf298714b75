#ifndef FALCO_WRITER_H
#define FALCO_WRITER_H

/*
 * One connection to the socket.  Lines come in, the greeting and
 * acknowledgements go out:
 *
 *     reader    "tfdrift 1\n"      at once, to every writer
 *     writer    records, a JSON object on a line each
 *     reader    "ack <id>\n"       once Falco is done with a record: when it
 *                                  asks for what comes after it
 *
 * What a writer may have waiting here is bounded, both ways.  When it is
 * full, no more is read, and the writer waits; nothing is dropped.  A writer
 * that does not take its acknowledgements gets its lines read no further.
 * Calls never block.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "falco/counters.h"
#include "falco/message.h"

#define WRITER_GREETING "tfdrift 1\n"
#define WRITER_OUT_BYTES 16384u
#define WRITER_ACK_MAX_BYTES (sizeof("ack \n") - 1 + MESSAGE_ID_MAX_BYTES)

struct writer {
    int fd; /* -1: this place is free */
    char *in;
    size_t in_max;
    size_t from, to; /* what was read and not taken yet: in[from..to) */
    size_t looked;   /* no line ends before it */
    bool skipping;   /* in the middle of a line that is too long */
    bool ended;      /* nothing more comes from it */
    bool deaf;       /* nothing more can be sent to it */
    char out[WRITER_OUT_BYTES];
    size_t out_n;
    size_t ready; /* of them, those that may be sent by now */
    struct counters *counters;
};

/* Takes a connection over, which must not block, and greets it.  w->in,
 * in_max (more than a line) and counters are set already. */
void writer_open(struct writer *w, int fd);
void writer_close(struct writer *w);

/* What to wait for, as poll(2) takes it. */
short writer_wants(const struct writer *w);

/* Reads what is there and fits, and sends what is ready. */
void writer_serve(struct writer *w, short events);

/*
 * Whether there is a line that can be taken now; sets it.  Lines that are
 * too long are dropped on the way.
 */
bool writer_line(struct writer *w, struct slice *line);

/* Done with the line that writer_line() gave: it is gone. */
void writer_taken(struct writer *w, struct slice line);

/* Notes an acknowledgement, for which writer_line() saw to the room. */
void writer_ack(struct writer *w, struct slice id);

/* Falco is done with all that was noted: it may be sent. */
void writer_confirm(struct writer *w);

/* Whether it has ended and nothing is left to be done for it. */
bool writer_over(const struct writer *w);

#endif
