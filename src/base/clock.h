#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

/*
 * The two clocks, and the only place that reads them: what decides takes the
 * time as an argument.  Milliseconds all over.  A deadline is an absolute
 * time of the steady clock, computed once for a whole wait.
 */

#include <stdint.h>

#define CLOCK_NEVER INT64_MAX /* a deadline that does not come */

/* Steady: since some moment before the start; only goes forward. */
int64_t clock_steady_ms(void);

/* Of day: since 1970-01-01T00:00:00Z; may be set at any time. */
int64_t clock_wall_ms(void);

/*
 * Milliseconds from now until a deadline, as poll() takes them: 0 when it is
 * over, -1 for CLOCK_NEVER, at most INT32_MAX.
 */
int clock_left_ms(int64_t deadline_ms);

#define CLOCK_TEXT_BYTES 32

/* A time of day as RFC 3339 has it, 2025-12-06T07:30:00.123Z, terminated. */
void clock_text(int64_t wall_ms, char out[CLOCK_TEXT_BYTES]);

#endif
