#ifndef NET_HEAP_H
#define NET_HEAP_H

/*
 * What answers when libc itself asks for memory, as getaddrinfo() does: a
 * list of blocks, first fit, over a slice of the arena.  In the program
 * (musl) malloc, calloc, realloc and free are these, so that libc's own
 * allocator is not linked; in builds for testing (glibc) libc keeps its own.
 * Any thread may call; all of them wait for one lock, briefly.
 */

#include <stddef.h>
#include <stdint.h>

/* What all results of a few lookups at once take, many times over. */
#define HEAP_BYTES (64u << 10)

struct heap_stats {
    size_t used;    /* bytes that are handed out, with their heads */
    size_t peak;    /* most bytes ever */
    uint64_t fails; /* requests that did not fit */
};

/* Hands over the memory, aligned for any object; before that, and after
 * heap_init(NULL, 0), nothing fits. */
void heap_init(void *mem, size_t size);

/* n bytes aligned for any object, contents undefined; NULL when full. */
void *heap_take(size_t n);

/* Gives back what heap_take() gave; p may be NULL.  What is no such block, or
 * was given back before, stops the program: going on would be worse. */
void heap_give(void *p);

struct heap_stats heap_stats(void);

#endif
