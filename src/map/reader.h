#ifndef MAP_READER_H
#define MAP_READER_H

/*
 * CloudTrail records out of a stream, one by one, in bounded memory,
 * whatever they come wrapped in: one record, JSON lines, records one after
 * the other, an array of records, a log file {"Records":[...]}, a LookupEvents
 * answer {"Events":[{"CloudTrailEvent":"..."}]} or its elements alone, an
 * EventBridge envelope {"detail-type":..,"detail":{...}}, a CloudWatch Logs
 * subscription {"logEvents":[{"message":"..."}]}; several documents in a row
 * too.  Lines that are not JSON and objects that are not records are refused,
 * counted, and do not stop the rest.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/stream.h"
#include "map/cut.h"
#include "map/event.h"
#include "map/feed.h"

enum reader_kind {
    READER_EVENT,   /* one record */
    READER_REFUSED, /* something that is not one; e says what and where */
    READER_END,     /* the input is read to its end */
    READER_ERROR    /* reading stopped; e says why */
};

struct reader_held; /* a record of a LookupEvents answer, held back */

/* All of it is private, but for `refused`, `offset` and `restart`. */
struct reader {
    struct slice name; /* of the input, for messages */
    uint64_t refused;  /* look-alikes and malformed pieces so far */
    uint64_t offset;   /* bytes of the input that are done with */
    uint64_t restart;  /* where a new reader may begin: all documents before
                          it were given whole, the one there perhaps in part */
    struct feed feed;
    struct sweep sweep; /* over the input from `swept` on */
    size_t swept;
    uint64_t fills;           /* of the input, when the sweep began */
    struct cut cut;           /* the object at hand */
    int mode;                 /* what it is inside of: see reader.c */
    enum cut_row list;        /* the list it is in, CUT_NONE: a bare array */
    bool wrapped;             /* the list is a member of an object */
    bool begun;               /* an element of the list has been seen */
    uint64_t wasted;          /* bytes looked at in vain so far */
    bool by_line;             /* every document must end on its own line */
    bool borrowed;            /* something is in the arena above the window */
    struct reader_held *held; /* the oldest first */
    struct err fail; /* why reading stops, once the held ones are out */
};

/*
 * Starts a reader.  name is for messages ("events.jsonl") and must outlive
 * it.  The window comes from `scratch`, which the reader owns from now on.
 * Returns 0 or ERR_MEMORY.
 */
int reader_open(struct reader *r, struct stream *in, struct slice name,
                struct arena *scratch);

/*
 * Says that the stream begins at this offset of the input, before the first
 * reader_next(): offsets count from there.  Lines cannot.
 */
static inline void
reader_begin_at(struct reader *r, uint64_t offset)
{
    r->feed.offset = offset;
}

/*
 * The next record; ev's views are valid until the next call.  In a
 * LookupEvents answer, which is newest first, the records of one document
 * come oldest first; they must fit into the arena together.
 * For READER_REFUSED and READER_ERROR e holds "NAME:LINE: (offset N) what",
 * or the stream's own sentence.  A document that ends in the middle, or whose
 * next element cannot be found, is a READER_ERROR, after all of its records
 * that could be read.  Behind READER_ERROR and READER_END is READER_END.
 * Lines are counted where they break between members, elements or documents;
 * a break that only nested values have is not.
 */
enum reader_kind reader_next(struct reader *r, struct event *ev, struct err *e);

/*
 * The offset of the first byte that is not used up; in the middle of an
 * object that of its bracket.  This, and `restart`, may also be asked for by
 * the stream's read(), while the reader waits for it.
 */
static inline uint64_t
reader_reached(const struct reader *r)
{
    return feed_offset(&r->feed, r->feed.from);
}

/*
 * Refuses the record that reader_next() has just given, because something in
 * it turned out to be malformed: counts it and says where it began in e, as
 * for READER_REFUSED.
 */
void reader_refuse_event(struct reader *r, const struct event *ev,
                         const char *what, struct err *e);

#endif
