#ifndef STATE_DOC_H
#define STATE_DOC_H

/*
 * A JSON document read from a stream through a window that never holds more
 * of it than it must.  The caller walks: it asks for members, items, texts
 * and whole values, and the window is refilled behind its back.  What is
 * passed over is checked to be JSON; what is cut out whole is only found to
 * be balanced, for whoever reads it checks the rest.
 *
 * Functions return 0 or more, or ERR_SYNTAX and ERR_MORE (with `bad` and
 * `what` set), ERR_LIMIT, ERR_MEMORY, or what the stream returned (with e
 * set by it).  Views into the window are valid until the next call, and
 * offsets from window_hold() on until the matching
 * window_release().
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "state/window.h"

#define DOC_DEPTH_MAX 64 /* containers in what is passed over */

struct doc {
    struct window w;
    uint64_t bad;     /* offset in the document of what is wrong */
    const char *what; /* what is wrong there */
};

/* A piece of what is held: offset from its beginning, and length. */
struct span {
    size_t from, n;
};

/* More bytes behind those at hand; ERR_MORE when there are none. */
int doc_more(struct doc *d);

/* The next byte that is not white space, not taken; ERR_MORE at the end. */
int doc_peek(struct doc *d);

/* Whether only white space is left: 1 or 0. */
int doc_ended(struct doc *d);

/* Takes c, or fails saying what was expected. */
int doc_take(struct doc *d, char c, const char *what);

/*
 * Walks an object or array whose bracket is already taken.  1: *key holds
 * the member's name as it is written, without quotes, and its value is next
 * (or the item is next); 0: the closing bracket is taken.  *first is true
 * before the first call.
 */
int doc_member(struct doc *d, bool *first, struct slice *key);
int doc_item(struct doc *d, bool *first);

/* The text of a string, without quotes, escapes left in. */
int doc_string(struct doc *d, struct slice *raw);

/* The text of a string, escapes taken out, at the end of `out`; ERR_LIMIT
 * when it does not fit. */
int doc_text(struct doc *d, struct buf *out);

/* Passes over one value of any size, checking it. */
int doc_skip(struct doc *d);

/* Cuts out one value whole, while something is held. */
int doc_value(struct doc *d, struct span *value);

/* A span of what is held. */
static inline struct slice
doc_slice(const struct doc *d, struct span s)
{
    return slice_of(d->w.p + d->w.held + s.from, s.n);
}

/* The offset in the document of the next byte. */
static inline uint64_t
doc_offset(const struct doc *d)
{
    return d->w.offset + d->w.at;
}

/* Notes what is wrong at the current byte; returns ERR_SYNTAX. */
int doc_wrong(struct doc *d, const char *what);

#endif
