#define _GNU_SOURCE
#include "arena.h"

#include <stdalign.h>
#include <sys/mman.h>

#include "err.h"

int
arena_map(struct arena *a, size_t size)
{
    void *mem = mmap(NULL, size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (mem == MAP_FAILED)
        return ERR_MEMORY;
    /* Where all may have huge pages the first byte would cost 2 MB.  A
     * kernel that knows none refuses, and nothing is lost. */
    madvise(mem, size, MADV_NOHUGEPAGE);
    arena_init(a, mem, size);
    return 0;
}

void
arena_unmap(struct arena *a)
{
    if (a->base != NULL)
        munmap(a->base, a->size);
    *a = (struct arena){0};
}

void
arena_init(struct arena *a, void *mem, size_t size)
{
    *a = (struct arena){.base = mem, .size = size};
}

int
arena_split(struct arena *a, struct arena *from, size_t size)
{
    void *mem = arena_alloc(from, size);

    if (mem == NULL)
        return ERR_MEMORY;
    arena_init(a, mem, size);
    return 0;
}

/* Moves `used` on by n, or counts the failure. */
static char *
arena_take(struct arena *a, size_t n)
{
    char *p = a->base + a->used;

    if (n > a->size - a->used) {
        a->fails++;
        return NULL;
    }
    a->used += n;
    if (a->used > a->peak)
        a->peak = a->used;
    return p;
}

void *
arena_alloc(struct arena *a, size_t n)
{
    size_t mis = (uintptr_t)(a->base + a->used) % alignof(max_align_t);
    size_t pad = mis != 0 ? alignof(max_align_t) - mis : 0;

    if (pad > a->size - a->used) {
        a->fails++;
        return NULL;
    }
    a->used += pad;
    return arena_take(a, n);
}

char *
arena_bytes(struct arena *a, size_t n)
{
    return arena_take(a, n);
}

struct slice
arena_copy(struct arena *a, struct slice s)
{
    char *p = arena_take(a, s.n);

    if (p == NULL)
        return slice_of(NULL, 0);
    if (s.n > 0)
        memcpy(p, s.p, s.n);
    return slice_of(p, s.n);
}

struct buf
arena_open(struct arena *a)
{
    return buf_over(a->base + a->used, a->size - a->used);
}

struct slice
arena_keep(struct arena *a, const struct buf *b)
{
    if (b->full) {
        a->fails++;
        return slice_of(NULL, 0);
    }
    return slice_of(arena_take(a, b->n), b->n);
}
