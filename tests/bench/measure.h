#ifndef TESTS_BENCH_MEASURE_H
#define TESTS_BENCH_MEASURE_H

/*
 * What the measuring programs share: a clock, jsmn as the yardstick, and
 * medians.  The clock counts this process's processor time, so that other
 * work on the machine tells less; the yardstick runs in the same process, on
 * the same bytes, turn by turn with what is measured.
 */

#define JSMN_STATIC
#define JSMN_STRICT
#define JSMN_PARENT_LINKS
#include <jsmn.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/slice.h"

#define MEASURE_ROUNDS_MAX 64

static inline double
measure_now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* jsmn over one text, with room for all its tokens; exits on an error. */
static inline void
measure_jsmn(struct slice text, jsmntok_t *tokens, unsigned max)
{
    jsmn_parser parser;

    jsmn_init(&parser);
    if (jsmn_parse(&parser, text.p, text.n, tokens, max) <= 0) {
        fprintf(stderr, "bench: jsmn refuses %.60s...\n", text.p);
        exit(1);
    }
}

/* Times of one thing, a round each. */
struct measure {
    double s[MEASURE_ROUNDS_MAX];
    int n;
};

static inline int
measure_order(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The middle of what a round gave; sorts m. */
static inline double
measure_median(struct measure *m)
{
    qsort(m->s, (size_t)m->n, sizeof(*m->s), measure_order);
    return m->n % 2 == 1 ? m->s[m->n / 2]
                         : (m->s[m->n / 2 - 1] + m->s[m->n / 2]) / 2;
}

#endif
