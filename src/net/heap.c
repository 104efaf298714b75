#include "net/heap.h"

#include <errno.h>
#include <pthread.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Blocks lie one behind the other and fill the slice: no pointers to go
 * wrong, and neighbours that are free are joined by whoever walks past. */
struct block {
    alignas(max_align_t) size_t size; /* with this head */
    size_t state;
};

/* Words that no text or small number looks like: what is neither is no
 * block. */
#define STATE_FREE ((size_t)0x5a0f9e3cu)
#define STATE_USED ((size_t)0xa7d1c4e5u)

static struct {
    pthread_mutex_t lock;
    char *base;
    size_t size;
    struct heap_stats stats;
} heap = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct block *
block_at(size_t offset)
{
    return (struct block *)(void *)(heap.base + offset);
}

void
heap_init(void *mem, size_t size)
{
    pthread_mutex_lock(&heap.lock);
    heap.base = mem;
    heap.size = size - size % sizeof(struct block);
    heap.stats = (struct heap_stats){0};
    if (heap.size > 0)
        *block_at(0) = (struct block){heap.size, STATE_FREE};
    pthread_mutex_unlock(&heap.lock);
}

/* Joins the free block at `offset` with the free ones behind it. */
static struct block *
block_join(size_t offset)
{
    struct block *b = block_at(offset), *next;

    while (b->state == STATE_FREE && offset + b->size < heap.size) {
        next = block_at(offset + b->size);
        if (next->state != STATE_FREE)
            break;
        b->size += next->size;
    }
    return b;
}

/* Takes `size` bytes of a free block; the rest becomes one of its own. */
static void
block_use(size_t offset, struct block *b, size_t size)
{
    if (b->size - size >= 2 * sizeof(*b)) {
        *block_at(offset + size) = (struct block){b->size - size, STATE_FREE};
        b->size = size;
    }
    b->state = STATE_USED;
    heap.stats.used += b->size;
    if (heap.stats.used > heap.stats.peak)
        heap.stats.peak = heap.stats.used;
}

static void *
take_locked(size_t n)
{
    size_t size, offset = 0;

    if (n <= heap.size) {
        size = sizeof(struct block) *
               (2 + (n > 0 ? n - 1 : 0) / sizeof(struct block));
        while (offset < heap.size) {
            struct block *b = block_join(offset);

            if (b->state == STATE_FREE && b->size >= size) {
                block_use(offset, b, size);
                return b + 1;
            }
            offset += b->size;
        }
    }
    heap.stats.fails++;
    return NULL;
}

void *
heap_take(size_t n)
{
    void *p;

    pthread_mutex_lock(&heap.lock);
    p = take_locked(n);
    pthread_mutex_unlock(&heap.lock);
    return p;
}

/* The block whose bytes begin at p. */
static struct block *
block_of(void *p)
{
    struct block *b = (struct block *)p - 1;
    uintptr_t at = (uintptr_t)b - (uintptr_t)heap.base;

    if (at >= heap.size || at % alignof(max_align_t) != 0 ||
        b->state != STATE_USED)
        abort();
    return b;
}

void
heap_give(void *p)
{
    struct block *b;

    if (p == NULL)
        return;
    pthread_mutex_lock(&heap.lock);
    b = block_of(p);
    b->state = STATE_FREE;
    heap.stats.used -= b->size;
    pthread_mutex_unlock(&heap.lock);
}

struct heap_stats
heap_stats(void)
{
    struct heap_stats s;

    pthread_mutex_lock(&heap.lock);
    s = heap.stats;
    pthread_mutex_unlock(&heap.lock);
    return s;
}

/* Under a sanitizer, and in tests, libc's own must stay in place. */
#ifndef __GLIBC__

void *
malloc(size_t n)
{
    void *p = heap_take(n);

    if (p == NULL)
        errno = ENOMEM;
    return p;
}

void
free(void *p)
{
    int saved = errno; /* POSIX: free() leaves it alone */

    heap_give(p);
    errno = saved;
}

/* Nothing in libc that we link calls this; it is here so that nothing can
 * pull in another allocator. */
void *
realloc(void *p, size_t n)
{
    size_t old = p != NULL ? block_of(p)->size - sizeof(struct block) : 0;
    void *to = malloc(n);

    if (to == NULL)
        return NULL;
    if (p != NULL)
        memcpy(to, p, n < old ? n : old);
    free(p);
    return to;
}

void *
calloc(size_t count, size_t n)
{
    void *p;

    if (n > 0 && count > SIZE_MAX / n) {
        errno = ENOMEM;
        return NULL;
    }
    p = malloc(count * n);
    return p != NULL ? memset(p, 0, count * n) : NULL;
}

#endif
