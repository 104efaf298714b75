#ifndef BASE_SCAN_H
#define BASE_SCAN_H

/*
 * Where the structure of JSON text is: the offsets of { } [ ] : and , that
 * stand outside of strings, found 64 bytes at a time.  It knows nothing of
 * grammar: whoever walks over the offsets checks what may follow what.  The
 * method (bit masks for quotes and backslashes, a prefix XOR for "inside a
 * string") is that of Langdale and Lemire, "Parsing Gigabytes of JSON per
 * Second", 2019, sections 3.1 and 3.1.1.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "slice.h"

#define SCAN_END SIZE_MAX

struct scan {
    const char *p;
    size_t n;
    size_t next;       /* offset of the next block of 64 bytes */
    uint64_t all;      /* operators of this block not yet given */
    uint64_t brackets; /* those of them that are { } [ ] */
    uint64_t inside;   /* all ones when the last block ended in a string */
    uint64_t escaped;  /* 1 when it ended in a lone backslash */
};

/* Starts at the beginning of text, which must not be inside of a string. */
static inline void
scan_init(struct scan *s, struct slice text)
{
    *s = (struct scan){.p = text.p, .n = text.n};
}

/* Classifies the next block; false when the text is used up. */
bool scan_block(struct scan *s);

/* Offset of the next operator, or SCAN_END. */
static inline size_t
scan_next(struct scan *s)
{
    uint64_t bit;

    while (s->all == 0)
        if (!scan_block(s))
            return SCAN_END;
    bit = s->all & -s->all;
    s->all ^= bit;
    s->brackets &= ~bit;
    return s->next - 64 + (size_t)__builtin_ctzll(bit);
}

/*
 * After an opening bracket was given: the offset of the one that closes it,
 * whatever is between, or SCAN_END.  Kinds of brackets are not compared.
 */
size_t scan_close(struct scan *s);

/* Whether containers stand in containers more than `max` deep. */
bool scan_deeper(struct slice text, size_t max);

/* Whether the text ended inside of a string. */
static inline bool
scan_in_string(const struct scan *s)
{
    return s->inside != 0;
}

#endif
