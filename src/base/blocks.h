#ifndef BASE_BLOCKS_H
#define BASE_BLOCKS_H

/*
 * Memory for things whose size is known only once they are made, and that
 * come and go: whole pages out of one region of a fixed size.  A block is
 * opened as an arena over a gap, trimmed to what was used of it, and freed
 * later; what is given up goes back to the system at once.  Blocks never
 * move.  Not locked: threads that share a region take turns.
 */

#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "err.h"

#define BLOCKS_PAGE_BYTES 4096u

struct block {
    uint32_t page, pages; /* where it begins in the region, how long it is */
    uint32_t tag;         /* the caller's */
};

struct blocks {
    char *base; /* on a page's boundary */
    uint32_t pages;
    struct block *block; /* by page, ascending */
    size_t n, max;
    size_t used, peak; /* bytes; an open block counts in full */
    uint64_t fails;    /* blocks that were not to be had */
};

/*
 * Takes a region of about `bytes` bytes, for at most max blocks at once, out
 * of `from`.  Returns 0 or ERR_MEMORY.
 */
int blocks_init(struct blocks *b, struct arena *from, size_t bytes, size_t max);

/*
 * Opens a block as an arena over the first gap of at least `hint` bytes, or
 * over the largest one if none is that large.  Until it is trimmed the whole
 * gap is taken.  Returns 0, or ERR_MEMORY when there is no gap or there are
 * max blocks; `a` has no memory then.
 */
int blocks_open(struct blocks *b, size_t hint, uint32_t tag, struct arena *a);

/*
 * Closes an open block: what the arena uses stays, the rest is given back;
 * all of it when nothing is used.
 */
void blocks_trim(struct blocks *b, const struct arena *a);

/* Gives back the block that p points into; NULL may be passed. */
void blocks_free(struct blocks *b, const void *p);

/* The block that p points into, or NULL; valid until the next change. */
const struct block *blocks_find(const struct blocks *b, const void *p);

/* Bytes of the largest gap. */
size_t blocks_gap(const struct blocks *b);

#endif
