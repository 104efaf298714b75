#ifndef MAP_READER_PARTS_H
#define MAP_READER_PARTS_H

/*
 * What reader.c and reader_cut.c share: outcomes of a reader, and how one
 * object is cut out of its input or passed over when it cannot be.
 */

#include <stddef.h>
#include <stdint.h>

#include "map/reader.h"

#define READER_AGAIN 100 /* no outcome yet, and no ERR_*: go on */

/* What a reader is inside of. */
enum {
    READER_BETWEEN, /* documents */
    READER_LIST,    /* a list of records: before an element or the end */
    READER_REST,    /* the object around a list, behind the list */
    READER_GIVE,    /* a document that is read: give what is held */
    READER_OVER     /* nothing more comes */
};

/* Where something stands, for messages. */
struct reader_place {
    uint64_t line, offset;
};

/* The place of a byte that is there. */
struct reader_place reader_place(const struct reader *r, size_t at);

/* Something is refused: counts it, says why, and is READER_REFUSED. */
int reader_refuse(struct reader *r, struct reader_place at, int code,
                  const char *what, struct err *e);

/* Reading stops, behind the records that are held; READER_AGAIN. */
int reader_stop(struct reader *r, struct reader_place at, int code,
                const char *what);

/* The same because no byte is left; the stream's own failure goes first. */
int reader_stop_short(struct reader *r, struct reader_place at,
                      const char *what);

/*
 * Cuts the object at the input's `from` into r->cut, reading more as needed.
 * Returns as cut_object() with *end = a place in the input; ERR_MORE at its
 * end; ERR_LIMIT or ERR_MEMORY when it is too long.
 */
int reader_cut(struct reader *r, size_t *end);

/*
 * Pass over what is no document, a document that cannot be cut (rc and bad
 * as from reader_cut()) and such an element of a list; the outcome.
 */
int reader_bad_line(struct reader *r, struct err *e);
int reader_bad_document(struct reader *r, int rc, size_t bad, struct err *e);
int reader_bad_element(struct reader *r, int rc, size_t bad, struct err *e);

/* The input was passed over by other means than reader_cut(). */
void reader_lost(struct reader *r);

#endif
