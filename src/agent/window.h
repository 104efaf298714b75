#ifndef AGENT_WINDOW_H
#define AGENT_WINDOW_H

/*
 * What to ask LookupEvents for next.  Rounds begin `interval` apart; each
 * covers the time from `overlap` before the end of the last one to now, in one
 * window, or in several from the oldest on when there is more in it than fits
 * into memory.  Pure: it neither waits nor asks anybody for the time.
 *
 * Times of windows are AWS's wall clock, those of rounds the steady clock, all
 * in milliseconds.
 */

#include <stdbool.h>
#include <stdint.h>

#define WINDOW_LEAST_MS 1000 /* LookupEvents' times are whole seconds */
#define WINDOW_KEPT_MS (90LL * 24 * 3600 * 1000) /* by CloudTrail */

struct window_plan {
    int64_t interval_ms, lookback_ms, overlap_ms;
};

struct window {
    struct window_plan plan;
    int64_t start_ms, end_ms; /* what to ask for; frozen until done */
    int64_t until_ms;         /* everything before is delivered; 0: nothing */
    int64_t due_ms;           /* when the next round begins */
    int64_t goal_ms;          /* where the round under way ends */
    int64_t length_ms;        /* of its windows, as far as is known to fit */
    bool open;                /* a round is under way */
};

/* Until: as the checkpoint has it; 0: none.  The first round is due at once. */
void window_init(struct window *w, const struct window_plan *plan,
                 int64_t until_ms);

/* Begins a round. */
void window_begin(struct window *w, int64_t wall_ms, int64_t steady_ms);

/* All of the window was delivered: moves until_ms, and on to the next one.
 * False when the round is over. */
bool window_done(struct window *w);

/* The window holds more than fits: asks for its older half.  False when it
 * cannot be smaller. */
bool window_narrow(struct window *w);

/* The window failed: gives the round up; the next is due after a delay. */
void window_fail(struct window *w, int64_t steady_ms, int64_t delay_ms);

#endif
