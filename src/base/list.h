#ifndef BASE_LIST_H
#define BASE_LIST_H

/* A few texts in a row: a view of slices that somebody else owns. */

#include <stdbool.h>
#include <stddef.h>

#include "slice.h"
#include "text.h"

struct list {
    const struct slice *p; /* may be NULL only when n is 0 */
    size_t n;
};

/* Whether one of the globs matches the whole of text; case counts. */
static inline bool
list_match(struct list globs, struct slice text)
{
    for (size_t i = 0; i < globs.n; i++)
        if (text_glob(globs.p[i], text))
            return true;
    return false;
}

#endif
