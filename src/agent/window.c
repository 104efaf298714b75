#include "agent/window.h"

static int64_t
least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t
most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

void
window_init(struct window *w, const struct window_plan *plan, int64_t until_ms)
{
    *w = (struct window){.plan = *plan, .until_ms = until_ms};
}

void
window_begin(struct window *w, int64_t wall_ms, int64_t steady_ms)
{
    int64_t start = wall_ms - w->plan.lookback_ms;

    /* The clock may have been ahead when until_ms was noted: what is not over
     * yet cannot have been delivered. */
    if (w->until_ms > 0)
        start = least(w->until_ms, wall_ms) - w->plan.overlap_ms;
    w->start_ms = most(start, wall_ms - WINDOW_KEPT_MS);
    w->end_ms = wall_ms;
    w->goal_ms = wall_ms;
    w->length_ms = wall_ms - w->start_ms;
    w->open = true;
    /* From start to start; a round that took longer is followed at once. */
    w->due_ms = steady_ms + w->plan.interval_ms;
}

bool
window_done(struct window *w)
{
    /* In the overlap, what was delivered before stays delivered. */
    if (w->until_ms == 0 || w->end_ms > w->until_ms || w->end_ms == w->goal_ms)
        w->until_ms = w->end_ms;
    w->open = w->end_ms < w->goal_ms;
    /* Both windows have the second in which they meet. */
    w->start_ms = w->end_ms;
    w->length_ms *= 2;
    w->end_ms = least(w->start_ms + w->length_ms, w->goal_ms);
    return w->open;
}

bool
window_narrow(struct window *w)
{
    int64_t length = w->end_ms - w->start_ms;

    if (length <= WINDOW_LEAST_MS)
        return false;
    w->length_ms = most(length / 2, WINDOW_LEAST_MS);
    w->end_ms = w->start_ms + w->length_ms;
    return true;
}

void
window_fail(struct window *w, int64_t steady_ms, int64_t delay_ms)
{
    w->open = false;
    w->due_ms = steady_ms + delay_ms;
}
