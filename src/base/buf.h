#ifndef BASE_BUF_H
#define BASE_BUF_H

/*
 * Writing into a fixed array: every put either fits or sets a sticky flag
 * that the caller looks at once, at the end.  Never allocates; the array is
 * the caller's and is not terminated.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "slice.h"

struct buf {
    char *p;
    size_t n;   /* bytes written */
    size_t max; /* bytes there are */
    bool full;  /* something did not fit and was left out */
};

static inline struct buf
buf_over(void *p, size_t max)
{
    return (struct buf){.p = p, .max = max};
}

static inline struct slice
buf_slice(const struct buf *b)
{
    return slice_of(b->p, b->n);
}

static inline void
buf_byte(struct buf *b, unsigned char c)
{
    if (b->n < b->max)
        b->p[b->n++] = (char)c;
    else
        b->full = true;
}

/* All of s or none of it. */
void buf_put(struct buf *b, struct slice s);

void buf_u64(struct buf *b, uint64_t v);

void buf_fmt(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * s as a JSON string with its quotes (RFC 8259 section 7).  Bytes that are
 * not UTF-8 become U+FFFD, so what is written is always valid.
 */
void buf_json(struct buf *b, struct slice s);

#endif
