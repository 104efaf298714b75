#ifndef BASE_ARENA_H
#define BASE_ARENA_H

/*
 * Memory decided at start: one mapping, handed out from the bottom up and
 * given back by rewinding to a mark.  Full is an ordinary, counted condition;
 * nothing here ever exits or logs.  An arena is used by one thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "slice.h"

struct arena {
    char *base;
    size_t size;    /* bytes */
    size_t used;    /* bytes */
    size_t peak;    /* most bytes ever used */
    uint64_t fails; /* requests that did not fit */
};

/*
 * Maps size bytes of zeroed memory that cost nothing until touched.
 * Returns 0, or ERR_MEMORY when the system refuses.
 */
int arena_map(struct arena *a, size_t size);

/* Gives the mapping back; a zeroed arena may be passed. */
void arena_unmap(struct arena *a);

/* Makes `a` an arena over memory the caller owns. */
void arena_init(struct arena *a, void *mem, size_t size);

/*
 * Carves `size` bytes out of `from` as an arena of its own.
 * Returns 0 or ERR_MEMORY.
 */
int arena_split(struct arena *a, struct arena *from, size_t size);

/* n bytes aligned for any object, contents undefined; NULL when full. */
void *arena_alloc(struct arena *a, size_t n);

/* n bytes without alignment; NULL when full. */
char *arena_bytes(struct arena *a, size_t n);

/* A copy of s that lives in the arena; p is NULL when full. */
struct slice arena_copy(struct arena *a, struct slice s);

/* Everything handed out after the mark is free again after the reset. */
static inline size_t
arena_mark(const struct arena *a)
{
    return a->used;
}

static inline void
arena_reset(struct arena *a, size_t mark)
{
    a->used = mark;
}

/*
 * Opens a buffer over all that is left, to write something whose length is
 * not known yet; nothing may be allocated until arena_keep() takes what was
 * written.
 */
struct buf arena_open(struct arena *a);

/* Keeps what b holds; p is NULL when b overflowed (counted as a fail). */
struct slice arena_keep(struct arena *a, const struct buf *b);

#endif
