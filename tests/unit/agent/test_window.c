/*
 * What is asked for, round by round.  Each row is a story with one kind of
 * step a letter; after it the window is as the row says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "agent/limiter.h"
#include "agent/window.h"

#define T0 1800000000000 /* wall clock of the first round */

static const struct window_plan plan = {60000, 300000, 900000};
static const struct window_plan no_overlap = {60000, 0, 0};

/* B: a round begins, d: its window is done, n: it is narrowed, N: it cannot
 * be, f: it failed.  Each step is a second after the one before, by both
 * clocks, from T0 and 0 on; '+' is a minute more, '-' turns the wall clock
 * an hour back. */
static const struct {
    const struct window_plan *plan;
    int64_t until; /* at first, from T0; 1: never */
    const char *steps;
    int64_t start, end, after; /* from T0; after: until */
    int64_t due;               /* steady clock */
    bool open;
} rows[] = {
    /* first start, later ones */
    {&plan, 1, "", -T0, -T0, -T0, 0, false},
    {&plan, 1, "B", -300000, 0, -T0, 60000, true},
    {&plan, 1, "Bd", 0, 0, 0, 60000, false},
    {&plan, 1, "Bd+B", -900000, 62000, 0, 122000, true},
    {&plan, 1, "Bd+Bd", 62000, 62000, 62000, 122000, false},
    {&plan, -3600000, "B", -4500000, 0, -3600000, 60000, true},
    /* CloudTrail keeps 90 days */
    {&plan, -8000000000, "B", -7776000000, 0, -8000000000, 60000, true},
    /* a round that took longer than the interval: the next is overdue */
    {&plan, 1, "B+++d", 0, 0, 0, 60000, false},
    /* until is in the future of a clock that was put right */
    {&plan, 1, "Bd-B", -4497000, -3597000, 0, 63000, true},
    {&plan, 1, "Bd-Bd", -3597000, -3597000, -3597000, 63000, false},
    /* without overlap */
    {&no_overlap, 1, "B", 0, 0, -T0, 60000, true},
    {&no_overlap, 1, "Bd", 0, 0, 0, 60000, false},
    {&no_overlap, 1, "Bd+B", 0, 62000, 0, 122000, true},
    /* narrowed: the older half first, the rest behind it */
    {&plan, 1, "Bn", -300000, -150000, -T0, 60000, true},
    {&plan, 1, "Bnd", -150000, 0, -150000, 60000, true},
    {&plan, 1, "Bndd", 0, 0, 0, 60000, false},
    {&plan, 1, "Bnn", -300000, -225000, -T0, 60000, true},
    {&plan, 1, "Bnnd", -225000, -75000, -225000, 60000, true},
    {&plan, 1, "Bnndd", -75000, 0, -75000, 60000, true},
    {&plan, 1, "Bnnddd", 0, 0, 0, 60000, false},
    {&plan, 1, "Bnnnnnnnn", -300000, -298829, -T0, 60000, true},
    {&plan, 1, "Bnnnnnnnnn", -300000, -299000, -T0, 60000, true},
    {&plan, 1, "BnnnnnnnnnN", -300000, -299000, -T0, 60000, true},
    /* within the overlap nothing that was delivered is taken back */
    {&plan, 1, "Bd+Bn", -900000, -419000, 0, 122000, true},
    {&plan, 1, "Bd+Bnd", -419000, 62000, 0, 122000, true},
    {&plan, 1, "Bd+Bndd", 62000, 62000, 62000, 122000, false},
    /* failed: the same again, up to another now */
    {&plan, 1, "Bf", -300000, 0, -T0, 8000, false},
    {&plan, 1, "BfB", -298000, 2000, -T0, 62000, true},
    {&plan, 1, "BndfB", -1050000, 4000, -150000, 64000, true},
};

static void
step(struct window *w, char c, int64_t *steady, int64_t *skew)
{
    *steady += c == '+' ? 60000 : 1000;
    switch (c) {
    case 'B':
        window_begin(w, T0 + *steady + *skew, *steady);
        break;
    case 'd':
        window_done(w);
        break;
    case 'n':
        assert_true(window_narrow(w));
        break;
    case 'N':
        assert_false(window_narrow(w));
        break;
    case 'f':
        window_fail(w, *steady, 7000);
        break;
    case '-':
        *skew -= 3600000;
        break;
    }
}

static void
test_rows(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t steady = -1000, skew = 0;
        struct window w;

        printf("%zu %s\n", i, rows[i].steps);
        window_init(&w, rows[i].plan,
                    rows[i].until == 1 ? 0 : T0 + rows[i].until);
        for (const char *s = rows[i].steps; *s != '\0'; s++)
            step(&w, *s, &steady, &skew);
        assert_int_equal(w.start_ms - T0, rows[i].start);
        assert_int_equal(w.end_ms - T0, rows[i].end);
        assert_int_equal(w.until_ms - T0, rows[i].after);
        assert_int_equal(w.due_ms, rows[i].due);
        assert_int_equal(w.open, rows[i].open);
    }
}

/* However often it has to be narrowed, a round asks for all of its time,
 * without a gap, and ends. */
static void
test_cover(void **unused)
{
    (void)unused;
    for (int64_t fits = 1000; fits < 2000000; fits = fits * 3 / 2) {
        int64_t reached = T0 - 900000;
        struct window w;
        unsigned asked = 0;

        window_init(&w, &plan, T0);
        window_begin(&w, T0 + 60000, 0);
        while (w.open) {
            assert_true(++asked < 10000);
            if (w.end_ms - w.start_ms > fits) {
                assert_true(window_narrow(&w));
                continue;
            }
            assert_true(w.start_ms <= reached);
            assert_true(w.end_ms > reached);
            reached = w.end_ms;
            window_done(&w);
            assert_true(w.until_ms <= (reached > T0 ? reached : T0));
        }
        assert_int_equal(reached, T0 + 60000);
        assert_int_equal(w.until_ms, T0 + 60000);
    }
}

/* t: takes a place, e: a call ends, s: was told to slow down, r: was let
 * through; a digit waits that many 100 ms. */
static const struct {
    const char *steps;
    int64_t at[6]; /* the places, from 1,000 on */
} limits[] = {
    {"ttt", {0, 500, 1000}},    {"t5t5t", {0, 500, 1000}},
    {"t9tt", {0, 900, 1400}},   {"tstt", {0, 1000, 2000}},
    {"tsst", {0, 2000}},        {"tssssssstt", {0, 8000, 16000}},
    {"tsrtt", {0, 1000, 1875}}, {"tsrrrrrrrrrrtt", {0, 1000, 1500}},
    {"rrrtt", {0, 500}},        {"te2et", {0, 500}},
    {"t4et", {0, 600}},         {"t9et", {0, 1100}},
    {"t9e9t", {0, 1800}},
};

static void
test_limits(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        struct limiter l = {0};
        int64_t now = 1000;
        size_t n = 0;

        printf("%s\n", limits[i].steps);
        for (const char *s = limits[i].steps; *s != '\0'; s++) {
            if (*s == 't')
                assert_int_equal(limiter_take(&l, now),
                                 1000 + limits[i].at[n++]);
            else if (*s == 'e')
                limiter_end(&l, now);
            else if (*s == 's')
                limiter_slow(&l, now);
            else if (*s == 'r')
                limiter_recover(&l);
            else
                now += (*s - '0') * 100;
        }
        assert_true(n >= 2);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_cover),
        cmocka_unit_test(test_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
