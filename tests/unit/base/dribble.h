#ifndef TESTS_UNIT_BASE_DRIBBLE_H
#define TESTS_UNIT_BASE_DRIBBLE_H

/* A stream over memory that gives few bytes at a time, and may fail at its
 * end instead of ending. */

#include "base/stream.h"

struct dribble {
    struct slice left;
    size_t step; /* bytes a read gives at most; 0: as many as asked for */
    bool fails;  /* the end is an error */
};

static ssize_t
dribble_read(void *ctx, char *p, size_t n, struct err *e)
{
    struct dribble *d = ctx;

    if (d->left.n == 0 && d->fails)
        return err_set(e, ERR_IO, "the disk is gone");
    if (d->step != 0 && n > d->step)
        n = d->step;
    if (n > d->left.n)
        n = d->left.n;
    if (n > 0)
        memcpy(p, d->left.p, n);
    d->left = slice_from(d->left, n);
    return (ssize_t)n;
}

static inline struct stream
dribble_stream(struct dribble *d)
{
    return (struct stream){.read = dribble_read, .ctx = d};
}

#endif
