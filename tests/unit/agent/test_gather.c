/* Putting a batch together: order, ids that come twice, and being full. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "agent/gather.h"

#define BATCH_BYTES (1u << 20)

static struct arena arena;

/* What comes, page by page ('/'): "2a" is record a of second 2, '?' has no
 * id.  Each page is turned around, and then all, as a poller does. */
static const struct {
    const char *in, *want;
} rows[] = {
    {"", ""},
    {"1a", "a"},
    {"1a2b3c", "abc"},
    {"3a1b2c", "bca"},
    {"1a1b1c", "abc"},
    {"1a2b1c2d", "acbd"},
    {"1a2b1a2b3c", "abc"},
    {"1?1?", "??"},
    {"9a8b7c6d5e4f3g2h1i", "ihgfedcba"},
    /* newer pages come first, each oldest first */
    {"5d6e/3a4b5c", "abcde"},
    {"5d5e/5a5b5c", "abcde"},
    {"5e/5d/5c/5b/5a", "abcde"},
    {"5d6e/3a4b5c5d", "abcde"},
    {"/1a//2b/", "ab"},
};

static void
test_order(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t from = 0, n = strlen(rows[i].want);
        struct gather g;

        printf("%s\n", rows[i].in);
        arena_reset(&arena, 0);
        assert_int_equal(gather_init(&g, &arena, BATCH_BYTES), 0);
        for (const char *s = rows[i].in; *s != '\0'; s++) {
            struct slice id = {s + 1, 1};

            if (*s == '/') {
                gather_turn(&g, from);
                from = g.n;
                continue;
            }
            if (s[1] == '?')
                id = slice_of("", 0);
            assert_true(gather_add(&g, *s, id, slice_of(s + 1, 1)) >= 0);
            s++;
        }
        gather_turn(&g, from);
        gather_turn(&g, 0);
        gather_sort(&g);
        assert_int_equal(g.n, n);
        for (size_t k = 0; k < n; k++)
            assert_int_equal(g.event[k].raw.p[0], rows[i].want[k]);
        assert_true(arena.used <= BATCH_BYTES);
    }
}

/* Fills it up with records of a size; returns how many there was room for. */
static size_t
fill(struct gather *g, struct slice raw)
{
    char id[32];
    size_t n = 0;
    int rc = GATHER_TAKEN;

    while (rc == GATHER_TAKEN) {
        int length = snprintf(id, sizeof(id), "id-%zu", n);

        rc = gather_add(g, (int64_t)(n * 7919 % 1000),
                        slice_of(id, (size_t)length), raw);
        n += rc == GATHER_TAKEN;
        assert_int_equal(g->n, n);
    }
    assert_int_equal(rc, ERR_MEMORY);
    /* What is in is still known, and still all there. */
    for (size_t i = 0; i < n; i++) {
        int length = snprintf(id, sizeof(id), "id-%zu", i);

        assert_int_equal(gather_add(g, 0, slice_of(id, (size_t)length), raw),
                         GATHER_TWICE);
    }
    gather_turn(g, 0);
    gather_sort(g);
    for (size_t i = 0; i < n; i++) {
        assert_true(slice_eq(g->event[i].raw, raw));
        assert_true(i == 0 || g->event[i - 1].time_ms <= g->event[i].time_ms);
    }
    return n;
}

/* Full is no end: cleared, it holds as much as before, thrice. */
static void
test_full(void **unused)
{
    static char record[300000];
    static const size_t sizes[] = {0, 1, 100, 1000, 20000, 300000};

    (void)unused;
    memset(record, 'x', sizeof(record));
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct slice raw = slice_of(record, sizes[i]);
        struct gather g;
        size_t n;

        arena_reset(&arena, 0);
        /* Of memory that was used before. */
        memset(arena.base, 0xaa, BATCH_BYTES);
        assert_int_equal(gather_init(&g, &arena, BATCH_BYTES), 0);
        n = fill(&g, raw);
        assert_true(n >= 1 && n <= g.max);
        /* At most a quarter goes into tables. */
        assert_true(n == g.max ||
                    (n + 1) * (sizes[i] + 16) > BATCH_BYTES / 4 * 3);
        for (int again = 0; again < 4; again++) {
            if (again % 2 == 0)
                gather_clear(&g);
            else
                gather_rest(&g);
            assert_int_equal(g.n, 0);
            assert_int_equal(fill(&g, raw), n);
        }
    }
}

static void
test_small(void **unused)
{
    struct arena small;
    struct gather g;

    (void)unused;
    for (size_t n = 0; n < 3000; n++) {
        arena_reset(&arena, 0);
        assert_int_equal(arena_split(&small, &arena, n), 0);
        if (gather_init(&g, &small, n) != 0)
            continue;
        assert_true(small.used <= n);
        while (gather_add(&g, 0, SLICE(""), SLICE("x")) == GATHER_TAKEN)
            continue;
        assert_true(g.n <= g.max);
    }
    assert_int_equal(gather_init(&g, &small, 5000), ERR_MEMORY);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_small),
    };

    assert_int_equal(arena_map(&arena, 4u << 20), 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
