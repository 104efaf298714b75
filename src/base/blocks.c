#include "blocks.h"

#include <string.h>
#include <sys/mman.h>

int
blocks_init(struct blocks *b, struct arena *from, size_t bytes, size_t max)
{
    size_t pages = bytes / BLOCKS_PAGE_BYTES;
    size_t mis;
    char *p;

    *b = (struct blocks){.max = max};
    if (pages == 0 || pages > UINT32_MAX)
        return ERR_MEMORY;
    b->block = arena_alloc(from, max * sizeof(*b->block));
    p = arena_bytes(from, bytes);
    if (b->block == NULL || p == NULL)
        return ERR_MEMORY;
    mis = (uintptr_t)p % BLOCKS_PAGE_BYTES;
    if (mis > 0)
        p += BLOCKS_PAGE_BYTES - mis;
    /* What is before the first boundary is lost, and with it the last page. */
    b->pages = (uint32_t)(pages - (mis > 0));
    b->base = p;
    return b->pages > 0 ? 0 : ERR_MEMORY;
}

/* Tells the system that nobody needs these pages; they read as zeroes when
 * they are touched again: madvise(2). */
static void
pages_drop(const struct blocks *b, uint32_t page, uint32_t pages)
{
    if (pages > 0)
        madvise(b->base + (size_t)page * BLOCKS_PAGE_BYTES,
                (size_t)pages * BLOCKS_PAGE_BYTES, MADV_DONTNEED);
}

/* The gap in front of block i, or behind the last one (i = n). */
static struct block
gap_before(const struct blocks *b, size_t i)
{
    uint32_t from = i > 0 ? b->block[i - 1].page + b->block[i - 1].pages : 0;
    uint32_t to = i < b->n ? b->block[i].page : b->pages;

    return (struct block){.page = from, .pages = to - from};
}

static uint32_t
pages_of(size_t bytes)
{
    size_t pages = bytes / BLOCKS_PAGE_BYTES + (bytes % BLOCKS_PAGE_BYTES > 0);

    return pages < UINT32_MAX ? (uint32_t)pages : UINT32_MAX;
}

static void
count_used(struct blocks *b, uint32_t pages)
{
    b->used += (size_t)pages * BLOCKS_PAGE_BYTES;
    if (b->used > b->peak)
        b->peak = b->used;
}

int
blocks_open(struct blocks *b, size_t hint, uint32_t tag, struct arena *a)
{
    struct block best = {0};
    uint32_t want = pages_of(hint);
    size_t at = 0;

    for (size_t i = 0; i <= b->n && (i == 0 || best.pages < want); i++) {
        struct block gap = gap_before(b, i);

        if (gap.pages > best.pages) {
            best = gap;
            at = i;
        }
    }
    arena_init(a, NULL, 0);
    if (best.pages == 0 || b->n == b->max) {
        b->fails++;
        return ERR_MEMORY;
    }
    best.tag = tag;
    memmove(b->block + at + 1, b->block + at, (b->n - at) * sizeof(best));
    b->block[at] = best;
    b->n++;
    count_used(b, best.pages);
    arena_init(a, b->base + (size_t)best.page * BLOCKS_PAGE_BYTES,
               (size_t)best.pages * BLOCKS_PAGE_BYTES);
    return 0;
}

/* Which block p points into, or n. */
static size_t
block_at(const struct blocks *b, const void *p)
{
    size_t from = 0, to = b->n;
    size_t offset = (uintptr_t)p - (uintptr_t)b->base;
    size_t page = offset / BLOCKS_PAGE_BYTES;

    if (p == NULL || (uintptr_t)p < (uintptr_t)b->base)
        return b->n;
    while (from < to) {
        size_t mid = from + (to - from) / 2;

        if (page < b->block[mid].page)
            to = mid;
        else if (page - b->block[mid].page < b->block[mid].pages)
            return mid;
        else
            from = mid + 1;
    }
    return b->n;
}

static void
block_remove(struct blocks *b, size_t i)
{
    b->used -= (size_t)b->block[i].pages * BLOCKS_PAGE_BYTES;
    b->n--;
    memmove(b->block + i, b->block + i + 1, (b->n - i) * sizeof(*b->block));
}

void
blocks_trim(struct blocks *b, const struct arena *a)
{
    size_t i = block_at(b, a->base);
    uint32_t keep = pages_of(a->used), touched = pages_of(a->peak);
    struct block *block;

    if (i == b->n)
        return;
    block = &b->block[i];
    /* Beyond the most that was ever used no page was touched. */
    if (touched > keep)
        pages_drop(b, block->page + keep, touched - keep);
    b->used -= (size_t)(block->pages - keep) * BLOCKS_PAGE_BYTES;
    block->pages = keep;
    if (keep == 0)
        block_remove(b, i);
}

void
blocks_free(struct blocks *b, const void *p)
{
    size_t i = block_at(b, p);

    if (i == b->n)
        return;
    pages_drop(b, b->block[i].page, b->block[i].pages);
    block_remove(b, i);
}

const struct block *
blocks_find(const struct blocks *b, const void *p)
{
    size_t i = block_at(b, p);

    return i < b->n ? &b->block[i] : NULL;
}

size_t
blocks_gap(const struct blocks *b)
{
    uint32_t most = 0;

    for (size_t i = 0; i <= b->n; i++)
        if (gap_before(b, i).pages > most)
            most = gap_before(b, i).pages;
    return (size_t)most * BLOCKS_PAGE_BYTES;
}
