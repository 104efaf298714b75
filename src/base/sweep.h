#ifndef BASE_SWEEP_H
#define BASE_SWEEP_H

/*
 * The structure of JSON text at the speed of memory: like scan.h it gives
 * the offsets of { } [ ] : and , outside of strings and knows no grammar,
 * but it classifies a batch of blocks at once, with the widest instructions
 * the processor has, and its cursor is a value that a loop can keep in
 * registers.  For inner loops; the method is that of scan.h.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "slice.h"

#define SWEEP_END SIZE_MAX
#define SWEEP_BATCH 64 /* most blocks of 64 bytes classified at once */

/* One bit for each byte of a block, the lowest for the first. */
struct sweep_block {
    uint64_t all;      /* operators outside of strings */
    uint64_t brackets; /* those of them that are { } [ ] */
};

/* Where a walk stands. */
struct sweep_at {
    size_t base;       /* offset of the current block */
    uint64_t all;      /* operators of this block not yet given */
    uint64_t brackets; /* brackets of this block, given or not */
    const struct sweep_block *next, *end; /* blocks that are classified */
};

struct sweep {
    const char *p;
    size_t n;
    struct sweep_at at; /* write it back after walking with a copy */
    size_t batch;       /* blocks to classify at once */
    size_t done;        /* bytes classified so far */
    uint64_t inside;    /* all ones when `done` is inside of a string */
    uint64_t escaped;   /* 1 when the byte at `done` is escaped */
    struct sweep_block block[SWEEP_BATCH];
};

/*
 * Starts at the beginning of text, which must not be inside of a string and
 * must stay as it is during the walk.  Classifies `batch` blocks at once
 * (at most SWEEP_BATCH): few where the walk may end long before the text.
 */
static inline void
sweep_init(struct sweep *s, struct slice text, size_t batch)
{
    s->p = text.p;
    s->n = text.n;
    s->batch = batch;
    s->at = (struct sweep_at){.base = (size_t)-64};
    s->done = 0;
    s->inside = s->escaped = 0;
}

/*
 * Classifies the next batch and returns `at` at its beginning; with next ==
 * end when the text is used up.
 */
struct sweep_at sweep_more(struct sweep *s, struct sweep_at at);

/*
 * The functions below are always inlined because only then does the caller's
 * sweep_at live in registers, and that is what they are for.
 */

/* Goes to the next block; false at the end of the text. */
static inline __attribute__((always_inline)) bool
sweep_step(struct sweep *s, struct sweep_at *at)
{
    if (__builtin_expect(at->next == at->end, 0)) {
        struct sweep_at fresh = sweep_more(s, *at);

        *at = fresh;
        if (at->next == at->end)
            return false;
    }
    at->base += 64;
    at->all = at->next->all;
    at->brackets = at->next->brackets;
    at->next++;
    return true;
}

/* Offset of the next operator, or SWEEP_END. */
static inline __attribute__((always_inline)) size_t
sweep_next(struct sweep *s, struct sweep_at *at)
{
    size_t found;

    while (at->all == 0)
        if (!sweep_step(s, at))
            return SWEEP_END;
    found = at->base + (size_t)__builtin_ctzll(at->all);
    at->all &= at->all - 1;
    return found;
}

/*
 * After an opening bracket was given: the offset of the one that closes it,
 * whatever is between, or SWEEP_END.  Kinds of brackets are not compared.
 */
static inline __attribute__((always_inline)) size_t
sweep_close(struct sweep *s, struct sweep_at *at)
{
    uint64_t left = at->brackets & at->all;
    size_t depth = 1;

    for (;;) {
        unsigned bit;

        while (left == 0) {
            if (!sweep_step(s, at))
                return SWEEP_END;
            left = at->brackets;
        }
        bit = (unsigned)__builtin_ctzll(left);
        left &= left - 1;
        /* '{' and '[' have bit 1 set where '}' and ']' have bit 2. */
        depth += (size_t)(s->p[at->base + bit] & 2) - 1;
        if (depth == 0) {
            at->all &= ~(uint64_t)1 << bit;
            return at->base + bit;
        }
    }
}

#endif
