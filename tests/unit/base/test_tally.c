/* Names counted, and the most frequent of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/tally.h"

static char mem[4 << 20];
static struct arena arena;
static struct tally tally;

static void
add(const char *service, const char *event, int times)
{
    for (int i = 0; i < times; i++)
        tally_add(&tally, slice_str(service), slice_str(event));
}

static void
top(void **state)
{
    static const struct {
        const char *service, *event;
        uint64_t count;
    } want[] = {{"b", "X", 5}, {"a", "X", 4}, {"a", "Y", 4}, {"b", "Y", 4}};
    const struct tally_name *out[5];

    (void)state;
    arena_init(&arena, mem, sizeof(mem));
    assert_int_equal(tally_init(&tally, &arena), 0);
    assert_int_equal(tally_top(&tally, out, 4), 0);
    add("b", "Y", 2);
    add("a", "Z", 1);
    add("a", "Y", 4);
    add("b", "X", 5);
    add("c", "", 3);
    add("b", "Y", 2);
    add("a", "X", 4);
    assert_int_equal(tally_top(&tally, out, 4), 4);
    for (size_t i = 0; i < 4; i++)
        if (!slice_eq(out[i]->service, slice_str(want[i].service)) ||
            !slice_eq(out[i]->event, slice_str(want[i].event)) ||
            out[i]->count != want[i].count)
            fail_msg("%zu: %.*s %.*s", i, SLICE_FMT(out[i]->service),
                     SLICE_FMT(out[i]->event));
    assert_int_equal(tally_top(&tally, out, 1), 1);
    assert_int_equal(tally.n, 6);
}

/* More names than there is room for: the first are counted on. */
static void
full(void **state)
{
    const struct tally_name *out[TALLY_MAX + 1];
    char name[16];

    (void)state;
    arena_init(&arena, mem, sizeof(mem));
    assert_int_equal(tally_init(&tally, &arena), 0);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < TALLY_MAX + 10; i++) {
            snprintf(name, sizeof(name), "Name%d", i);
            add("s", name, 1);
        }
    assert_int_equal(tally.n, TALLY_MAX);
    assert_int_equal(tally.others, 20);
    assert_int_equal(tally_top(&tally, out, TALLY_MAX), TALLY_MAX);
    for (size_t i = 0; i < TALLY_MAX; i++)
        assert_int_equal(out[i]->count, 2);
    arena_init(&arena, mem, 1000);
    assert_int_equal(tally_init(&tally, &arena), ERR_MEMORY);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(top),
        cmocka_unit_test(full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
