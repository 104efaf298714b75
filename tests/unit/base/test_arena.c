/* Memory that is decided at start: what it hands out, and what it costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"

#define MIB ((size_t)1 << 20)

static void
hands_out(void **state)
{
    static _Alignas(16) char mem[64];
    struct arena a, part;
    struct buf b;
    size_t mark;

    (void)state;
    arena_init(&a, mem, sizeof(mem));
    assert_ptr_equal(mem, arena_bytes(&a, 3));
    mark = arena_mark(&a);
    assert_int_equal(0, (uintptr_t)arena_alloc(&a, 1) % 16);
    assert_null(arena_bytes(&a, sizeof(mem)));
    assert_int_equal(1, a.fails);
    arena_reset(&a, mark);
    b = arena_open(&a);
    assert_int_equal(sizeof(mem) - 3, b.max);
    buf_put(&b, SLICE("abc"));
    assert_true(slice_eq(SLICE("abc"), arena_keep(&a, &b)));
    assert_ptr_equal(mem + 3, arena_copy(&a, SLICE("")).p - 3);
    assert_int_equal(ERR_MEMORY, arena_split(&part, &a, sizeof(mem)));
    assert_int_equal(0, arena_split(&part, &a, 16));
    assert_int_equal(16, part.size);
    assert_int_equal(a.used, a.peak);
}

/* The flags of the mapping that p is in, as the kernel lists them. */
static void
flags_of(const void *p, char *flags, int max)
{
    unsigned long at = (unsigned long)(uintptr_t)p, from, to;
    bool here = false;
    char line[512];
    FILE *f = fopen("/proc/self/smaps", "r");

    assert_non_null(f);
    flags[0] = '\0';
    while (fgets(line, sizeof(line), f) != NULL) {
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
            here = from <= at && at < to;
        else if (here && strncmp(line, "VmFlags:", 8) == 0)
            snprintf(flags, (size_t)max, "%s", line);
    }
    fclose(f);
}

/* Where the kernel gives huge pages to all, one byte costs no 2 MB. */
static void
costs_what_is_touched(void **state)
{
    struct arena a;
    char flags[512];

    (void)state;
    assert_int_equal(0, arena_map(&a, 8 * MIB));
    memset(arena_bytes(&a, 1), 1, 1);
    if (access("/sys/kernel/mm/transparent_hugepage", F_OK) == 0) {
        flags_of(a.base, flags, sizeof(flags));
        assert_non_null(strstr(flags, " nh"));
    }
    arena_unmap(&a);
    assert_null(a.base);
    assert_int_equal(ERR_MEMORY, arena_map(&a, SIZE_MAX / 2));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_out),
        cmocka_unit_test(costs_what_is_touched),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
