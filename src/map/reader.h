#ifndef MAP_READER_H
#define MAP_READER_H

/*
 * CloudTrail records out of a stream, one by one, in bounded memory,
 * whatever they come wrapped in: one record, JSON lines, records one after
 * the other, a log file {"Records":[...]}, a LookupEvents answer
 * {"Events":[{"CloudTrailEvent":"..."}]} (several documents in a row too).
 * Lines that are not JSON and objects that are not records are refused,
 * counted, and do not stop the rest.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/stream.h"
#include "map/event.h"

enum reader_kind {
    READER_EVENT,   /* one record */
    READER_REFUSED, /* something that is not one; e says what and where */
    READER_END,     /* the input is read to its end */
    READER_ERROR    /* reading stopped; e says why */
};

struct reader {
    struct stream *in;
    struct slice name;      /* of the input, for messages */
    struct arena *scratch;  /* window and unescaped records */
    char *window;
    size_t size, from, to;  /* of the window: bytes used are [from, to) */
    uint64_t offset;        /* of window[from] in the input */
    uint64_t line;          /* of window[from], from 1 */
    uint64_t refused;       /* look-alikes and malformed pieces */
    struct {                /* records of a LookupEvents answer, newest */
        struct slice *list; /* first, held back to be given oldest first */
        size_t n, max;
    } held;
    int mode;               /* what it is inside of: see reader.c */
    bool ended;
};

/*
 * Starts a reader.  name is for messages ("events.jsonl") and must outlive
 * it.  The window comes from `scratch`, which the reader owns from now on.
 * Returns 0 or ERR_MEMORY.
 */
int reader_open(struct reader *r, struct stream *in, struct slice name,
                struct arena *scratch);

/*
 * The next record; ev's views are valid until the next call.  In a
 * LookupEvents answer, which is newest first, the records of one document
 * come oldest first.
 * For READER_REFUSED and READER_ERROR e holds "NAME:LINE: (offset N) what".
 */
enum reader_kind reader_next(struct reader *r, struct event *ev,
                             struct err *e);

#endif
