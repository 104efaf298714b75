#ifndef OUTPUT_CELLS_H
#define OUTPUT_CELLS_H

/*
 * Text in columns of a terminal: counted by characters as they are drawn,
 * and harmless: control characters and marks that turn the direction of
 * writing become U+FFFD, so that no name in an event can move the cursor or
 * show something else than it says.
 */

#include <stddef.h>

#include "base/buf.h"
#include "base/slice.h"

enum cells_cut {
    CELLS_CUT_END,   /* what is too long loses its end */
    CELLS_CUT_MIDDLE /* ... its middle: both ends of an address matter */
};

/* Columns that s takes. */
size_t cells_width(struct slice s);

/* Puts s in at most `width` columns, with "…" for what is left out; returns
 * the columns used. */
size_t cells_put(struct buf *b, struct slice s, size_t width,
                 enum cells_cut cut);

/* The same, filled with blanks to exactly `width` columns. */
void cells_pad(struct buf *b, struct slice s, size_t width, enum cells_cut cut);

/* n blanks. */
void cells_blank(struct buf *b, size_t n);

/* The bytes of s before its first `width` columns end; for cutting text that
 * is long at a place of the caller's choice. */
size_t cells_bytes(struct slice s, size_t width);

#endif
