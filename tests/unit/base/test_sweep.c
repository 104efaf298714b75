/* The sweep against the scanner that walks block by block: over random text
 * both give the same operators and the same closing brackets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/scan.h"
/* All of it, to try what the processor at hand would not choose. */
#include "base/sweep.c"

static uint32_t seed;

static unsigned
any(unsigned below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 16) % below;
}

/* Text of n bytes, of which `busy` in 16 matter to a scanner. */
static void
random_text(char *text, size_t n, unsigned busy)
{
    static const char letters[] = "{}[]:,\"\"\\\\";

    for (size_t i = 0; i < n; i++)
        text[i] =
            any(16) < busy ? letters[any(sizeof(letters) - 1)] : (char)any(256);
}

static void
compare_batch(struct slice text, bool close, size_t batch)
{
    struct sweep s;
    struct scan want;
    size_t a, b;

    sweep_init(&s, text, batch);
    scan_init(&want, text);
    do {
        a = scan_next(&want);
        b = sweep_next(&s, &s.at);
        assert_int_equal(a, b);
        if (!close || a == SCAN_END)
            continue;
        if (text.p[a] == '{' || text.p[a] == '[') {
            a = scan_close(&want);
            b = sweep_close(&s, &s.at);
            assert_int_equal(a, b);
        }
    } while (a != SCAN_END);
}

static void
compare(struct slice text, bool close)
{
    compare_batch(text, close, SWEEP_BATCH);
    compare_batch(text, close, 1 + any(SWEEP_BATCH));
}

/* Lengths around a block, around a batch, and far over both. */
static void
random_texts(void **state)
{
    static char text[3 * 64 * SWEEP_BATCH];

    (void)state;
    seed = 7;
    for (size_t n = 0; n < 400; n++)
        for (unsigned busy = 0; busy <= 16; busy += 4) {
            random_text(text, n, busy);
            compare(slice_of(text, n), n % 2 == 0);
        }
    for (size_t n = 64 * SWEEP_BATCH - 3; n < sizeof(text); n += 61)
        for (unsigned busy = 1; busy <= 16; busy += 5) {
            random_text(text, n, busy);
            compare(slice_of(text, n), n % 2 == 0);
        }
}

/* Runs of backslashes over the edges of blocks and batches. */
static void
backslashes(void **state)
{
    static char text[2 * 64 * SWEEP_BATCH];

    (void)state;
    for (size_t edge = 64; edge < sizeof(text); edge += 64 * 21)
        for (size_t from = edge - 5; from < edge + 3; from++)
            for (size_t run = 1; run < 140 && from + run + 9 < sizeof(text);
                 run += 3) {
                memset(text, ' ', sizeof(text));
                text[0] = '"';
                memset(text + from, '\\', run);
                memcpy(text + from + run, "\",\":{}]", 7);
                compare(slice_of(text, sizeof(text)), false);
            }
}

#if defined(__x86_64__)
static void
compare_blocks(sweep_blocks *blocks)
{
    static struct sweep a, b;
    static char text[64 * SWEEP_BATCH];

    seed = 11;
    sweep_init(&a, slice_of(text, sizeof(text)), SWEEP_BATCH);
    sweep_init(&b, slice_of(text, sizeof(text)), SWEEP_BATCH);
    for (unsigned round = 0; round < 400; round++) {
        random_text(text, sizeof(text), round % 17);
        blocks(&a, text, a.block, SWEEP_BATCH);
        blocks_sse2(&b, text, b.block, SWEEP_BATCH);
        assert_memory_equal(a.block, b.block, sizeof(a.block));
        assert_true(a.inside == b.inside && a.escaped == b.escaped);
    }
}
#endif

/* Every set of instructions that there is here finds the same. */
static void
same_blocks(void **state)
{
    (void)state;
#if defined(__x86_64__)
    if (blocks_best() == blocks_sse2)
        skip();
    compare_blocks(blocks_avx2);
    compare_blocks(blocks_best());
#else
    skip();
#endif
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_texts),
        cmocka_unit_test(backslashes),
        cmocka_unit_test(same_blocks),
    };

    return cmocka_run_group_tests_name("sweep", tests, NULL, NULL);
}
