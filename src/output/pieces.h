#ifndef OUTPUT_PIECES_H
#define OUTPUT_PIECES_H

/*
 * The pieces of a JSON text that this program wrote itself (valid, no white
 * space), without unpacking it: members of a list, or keys and values of an
 * object.
 */

#include <stdbool.h>

#include "base/slice.h"

struct pieces {
    struct slice left;
    bool keyed;
};

/* Starts over a list or an object; over nothing for other texts. */
struct pieces pieces_of(struct slice json);

/* The next piece; key (with its quotes) is set for objects only. */
bool pieces_next(struct pieces *p, struct slice *key, struct slice *value);

/* null, "", [] or {}. */
bool pieces_empty(struct slice json);

#endif
