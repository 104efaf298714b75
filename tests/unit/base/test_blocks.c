/* Blocks of a region, against a plain model of who owns which page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sys/mman.h>

#include "base/blocks.h"

#define PAGE BLOCKS_PAGE_BYTES
#define PAGES 64

static struct arena memory;
static struct blocks blocks;

static void
open_region(size_t pages, size_t max)
{
    assert_int_equal(0, arena_map(&memory, (pages + 16) * PAGE));
    assert_int_equal(0, blocks_init(&blocks, &memory, (pages + 1) * PAGE, max));
    assert_int_equal(0, (uintptr_t)blocks.base % PAGE);
    assert_int_equal(pages, blocks.pages);
}

/* A block in which n bytes are used, of a gap of `gap` pages. */
static char *
take(size_t hint, size_t n, uint32_t tag, size_t gap)
{
    struct arena a;
    char *p;

    assert_int_equal(0, blocks_open(&blocks, hint, tag, &a));
    assert_int_equal(gap * PAGE, a.size);
    p = arena_bytes(&a, n);
    assert_non_null(p);
    memset(p, (int)tag, n);
    blocks_trim(&blocks, &a);
    return p;
}

static void
test_gaps(void **state)
{
    struct arena a;
    char *one, *two, *three;

    (void)state;
    open_region(10, 8);
    one = take(1, 3 * PAGE, 1, 10);
    two = take(1, 2 * PAGE + 1, 2, 7); /* three pages */
    three = take(1, 1, 3, 4);
    assert_int_equal(7 * PAGE, blocks.used);
    assert_int_equal(3 * PAGE, blocks_gap(&blocks));
    /* The first that is large enough; none is: the largest. */
    blocks_free(&blocks, two + 2 * PAGE);
    blocks_free(&blocks, two);
    assert_int_equal(4 * PAGE, blocks.used);
    assert_ptr_equal(two, take(2 * PAGE, PAGE, 4, 3));
    assert_int_equal(3 * PAGE, blocks_gap(&blocks));
    assert_ptr_equal(three + PAGE, take(5 * PAGE, 3 * PAGE, 5, 3));
    /* A block that holds nothing is none. */
    assert_int_equal(0, blocks_open(&blocks, 1, 6, &a));
    assert_int_equal(2 * PAGE, a.size);
    blocks_trim(&blocks, &a);
    assert_null(blocks_find(&blocks, a.base));
    assert_int_equal(1, blocks_find(&blocks, one + 2 * PAGE)->tag);
    assert_int_equal(3, blocks_find(&blocks, three)->tag);
    assert_null(blocks_find(&blocks, NULL));
    assert_null(blocks_find(&blocks, blocks.base - 1));
    assert_null(blocks_find(&blocks, blocks.base + 10 * PAGE));
    arena_unmap(&memory);
}

static void
test_full(void **state)
{
    struct arena a;

    (void)state;
    open_region(4, 2);
    take(1, PAGE, 1, 4);
    /* While it is open all of a gap is taken. */
    assert_int_equal(0, blocks_open(&blocks, 1, 2, &a));
    assert_int_equal(4 * PAGE, blocks.used);
    assert_int_equal(0, blocks_gap(&blocks));
    assert_null(arena_bytes(&a, 3 * PAGE + 1));
    assert_non_null(arena_bytes(&a, 1));
    blocks_trim(&blocks, &a);
    /* Room, but no more blocks. */
    assert_int_equal(ERR_MEMORY, blocks_open(&blocks, 1, 3, &a));
    assert_null(arena_bytes(&a, 1));
    assert_int_equal(1, blocks.fails);
    blocks_trim(&blocks, &a);
    assert_int_equal(2 * PAGE, blocks.used);
    assert_int_equal(4 * PAGE, blocks.peak);
    arena_unmap(&memory);
}

/* Whether a page costs memory: mincore(2). */
static bool
is_resident(const char *p)
{
    unsigned char in;

    assert_int_equal(0, mincore((void *)(uintptr_t)p, PAGE, &in));
    return in & 1;
}

static void
test_pages_go_back(void **state)
{
    struct arena a;
    char *p;

    (void)state;
    open_region(8, 4);
    assert_int_equal(0, blocks_open(&blocks, 1, 1, &a));
    p = arena_bytes(&a, 5 * PAGE);
    memset(p, 1, 5 * PAGE);
    arena_reset(&a, PAGE + 1);
    blocks_trim(&blocks, &a);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(i < 2, is_resident(p + i * PAGE));
    blocks_free(&blocks, p);
    assert_false(is_resident(p));
    assert_int_equal(0, blocks.used);
    arena_unmap(&memory);
}

/* Many steps at random: no two blocks meet, and nothing is forgotten. */
static void
test_random(void **state)
{
    char *block[16] = {NULL};
    uint32_t size[16] = {0};
    uint64_t random = 88172645463325252ULL;
    size_t used = 0;

    (void)state;
    open_region(PAGES, 16);
    for (int step = 0; step < 20000; step++) {
        size_t i;
        struct arena a;

        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        i = random % 16;
        if (block[i] != NULL) {
            for (size_t at = 0; at < size[i]; at += PAGE)
                assert_int_equal(i + 1, block[i][at]);
            blocks_free(&blocks, block[i]);
            used -= size[i];
            block[i] = NULL;
        } else if (blocks_open(&blocks, random >> 8 & 0x7fff, (uint32_t)i,
                               &a) == 0) {
            size[i] = (uint32_t)((random >> 32) % (a.size / PAGE) + 1) * PAGE;
            size[i] = size[i] > 9 * PAGE ? 9 * PAGE : size[i];
            block[i] = arena_bytes(&a, size[i]);
            memset(block[i], (int)i + 1, size[i]);
            used += size[i];
            blocks_trim(&blocks, &a);
        } else {
            assert_int_equal(PAGES * PAGE, blocks.used);
        }
        assert_int_equal(used, blocks.used);
    }
    for (size_t i = 0; i < 16; i++)
        blocks_free(&blocks, block[i]);
    assert_int_equal(0, blocks.used);
    assert_int_equal(0, blocks.n);
    assert_int_equal(PAGES * PAGE, blocks_gap(&blocks));
    arena_unmap(&memory);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_pages_go_back),
        cmocka_unit_test(test_random),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
