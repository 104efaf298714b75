/*
 * The checkpoint when not all that waits can be kept, or may be written.
 */
#include "checkpoint_case.h"

/* A stage that overflows loses nothing in the end. */
static void
test_overrun(void **state)
{
    struct life l = {.cp = {.n_places = 0}};
    const char *path = path_of("overrun");
    struct err e = {.text = ""};
    bool damaged;

    (void)state;
    assert_int_equal(begin(&l, path, &e), 0);
    for (uint64_t i = 1; i <= 20000; i++)
        event(&l, i); /* nothing is accepted, so nothing may be written */
    assert_true(l.cp.overrun);
    save(&l, 19999);
    assert_true(l.cp.overrun);
    save(&l, 20000);
    assert_false(l.cp.overrun);
    end(&l, false);
    assert_int_equal(check_prefix(path, &damaged), 20000);
}

/* Meanwhile what one output accepted is kept, also from before. */
static void
test_overrun_accepted(void **state)
{
    struct life l = {.cp = {.n_places = 0}}, next = {.cp = {.n_places = 0}};
    const char *path = path_of("overrun-accepted");
    struct err e = {.text = ""};

    (void)state;
    assert_int_equal(begin(&l, path, &e), 0);
    checkpoint_accept(&l.cp, 7, 100);
    for (uint64_t i = 1; i <= 20000; i++)
        event(&l, i);
    assert_true(l.cp.overrun);
    checkpoint_accept(&l.cp, 7, 101);
    save(&l, 0);
    end(&l, false);
    assert_int_equal(begin(&next, path, &e), 0);
    assert_int_equal(next.dedup.n, 0);
    assert_true(checkpoint_accepted(&next.cp, 7, 100));
    assert_true(checkpoint_accepted(&next.cp, 7, 101));
    end(&next, false);
}

/* While an event is half told only what was staged is written. */
static void
test_half_told(void **state)
{
    struct life l = {.cp = {.n_places = 0}};
    struct err e = {.text = ""};
    bool damaged;

    (void)state;
    assert_int_equal(begin(&l, path_of("half"), &e), 0);
    l.cp.compact_bytes = 100;
    event(&l, 1);
    dedup_seen(&l.dedup, id_of(2));
    assert_int_equal(checkpoint_write(&l.cp, 1, NULL, 0, &e), 0);
    end(&l, false);
    assert_int_equal(check_prefix(path_of("half"), &damaged), 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_overrun),
        cmocka_unit_test(test_overrun_accepted),
        cmocka_unit_test(test_half_told),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
