/* When a state is looked at: by itself, because somebody asks, after
 * failures, and while it is being written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/keeper_inside.h"

#define TTL 300000

static struct keeper_turn turn;
static bool wanted, answered;

/* The next look, which is noted in `wanted`. */
static int64_t
next(void)
{
    return keeper_turn_next(&turn, &wanted);
}

/* A look that took a second. */
static bool
look(int64_t began_ms, int rc, int64_t patience_ms)
{
    return keeper_turn_over(&turn,
                            &(struct keeper_went){.began_ms = began_ms,
                                                  .ended_ms = began_ms + 1000,
                                                  .rc = rc,
                                                  .patience_ms = patience_ms,
                                                  .period_ms = TTL},
                            &answered);
}

static void
test_pace(void **state)
{
    (void)state;
    keeper_turn_init(&turn, 7);
    assert_int_equal(7, next());
    assert_false(wanted);
    assert_true(look(1000, 0, 0));
    assert_false(answered);
    assert_int_equal(1000 + TTL, next());
    /* One that a listing answers for is not due by itself. */
    keeper_turn_over(&turn,
                     &(struct keeper_went){.began_ms = 5000, .listed = true},
                     &answered);
    assert_int_equal(CLOCK_NEVER, next());
    assert_int_equal(5000, turn.tried_ms);
}

static void
test_wants(void **state)
{
    (void)state;
    keeper_turn_init(&turn, 1000);
    look(1000, 0, 0);
    /* The earliest and the latest are kept; those between go with it. */
    assert_true(keeper_turn_want(&turn, 30000));
    assert_false(keeper_turn_want(&turn, 50000));
    assert_false(keeper_turn_want(&turn, 40000));
    assert_true(keeper_turn_want(&turn, 20000));
    assert_int_equal(20000, next());
    assert_true(wanted);
    look(20000, 0, 0);
    assert_true(answered);
    assert_int_equal(50000, next());
    look(49999, 0, 0);
    assert_false(answered);
    assert_int_equal(50000, next());
    look(50000, 0, 0);
    assert_true(answered);
    assert_int_equal(50000 + TTL, next());
    assert_false(wanted);
    /* Asked for, but due before that. */
    keeper_turn_want(&turn, 50000 + TTL + 1);
    assert_int_equal(50000 + TTL, next());
    assert_false(wanted);
}

static void
test_failures(void **state)
{
    static const int64_t wait[] = {5000,  10000,  20000,  40000,
                                   80000, 160000, 300000, 300000};
    int64_t now = 1000;

    (void)state;
    keeper_turn_init(&turn, now);
    for (size_t i = 0; i < sizeof(wait) / sizeof(*wait); i++) {
        assert_true(look(now, ERR_DENIED, 0));
        assert_int_equal(now + 1000 + wait[i], next());
        now = next();
    }
    /* Who asks makes it sooner, but not as soon as asked. */
    now = turn.tried_ms;
    keeper_turn_want(&turn, now + 5);
    assert_int_equal(now + 30000, next());
    assert_true(wanted);
    keeper_turn_want(&turn, now + 60000);
    look(now + 30000, 0, 0);
    assert_true(answered);
    assert_int_equal(now + 60000, next());
    look(now + 60000, ERR_IO, 0);
    assert_int_equal(now + 66000, next());
    keeper_turn_want(&turn, now + 60001);
    assert_int_equal(now + 60001, next());
}

static void
test_patience(void **state)
{
    (void)state;
    keeper_turn_init(&turn, 1000);
    keeper_turn_want(&turn, 900);
    assert_false(look(1000, ERR_MORE, 10000));
    assert_int_equal(0, turn.tried_ms);
    assert_int_equal(2100, next());
    assert_false(look(2100, ERR_MORE, 10000));
    assert_int_equal(3300, next());
    /* Asking does not speed it up. */
    keeper_turn_want(&turn, 3000);
    assert_int_equal(3300, next());
    assert_true(wanted);
    assert_false(look(9000, ERR_MORE, 10000));
    /* Ten seconds after it was first seen it is an error. */
    assert_true(look(10001, ERR_MORE, 10000));
    assert_true(answered);
    assert_int_equal(11001 + 5000, next());
    assert_int_equal(10001, turn.tried_ms);
    /* Or it passes. */
    assert_false(look(20000, ERR_MORE, 10000));
    assert_true(look(21100, 0, 0));
    assert_int_equal(21100 + TTL, next());
    assert_int_equal(0, turn.failed);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pace),
        cmocka_unit_test(test_wants),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_patience),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
