#include "agent/keeper_inside.h"

/* From a look that failed to the next: doubles, up to the usual pace. */
#define RETRY_FIRST_MS 5000

/* The same while somebody asks, however long it has been failing. */
#define RETRY_ASKED_MS 30000

/* From a glimpse of a half-written state to the next one: doubles. */
#define GLIMPSE_FIRST_MS 100
#define GLIMPSE_MOST_MS 1000

void
keeper_turn_init(struct keeper_turn *t, int64_t due_ms)
{
    *t = (struct keeper_turn){.due_ms = due_ms,
                              .wants = {CLOCK_NEVER, CLOCK_NEVER}};
}

/*
 * Two are kept: the earliest, so that it is not late, and the latest, which
 * answers all.
 */
bool
keeper_turn_want(struct keeper_turn *t, int64_t since_ms)
{
    int64_t first = t->wants[0];
    bool sooner = since_ms < first;

    if (sooner) {
        t->wants[0] = since_ms;
        since_ms = first;
    }
    if (since_ms != CLOCK_NEVER && since_ms > t->wants[0] &&
        (t->wants[1] == CLOCK_NEVER || since_ms > t->wants[1]))
        t->wants[1] = since_ms;
    return sooner;
}

/* When a want is met, by what failed again and again: not at once. */
static int64_t
want_hopeless(const struct keeper_turn *t)
{
    int64_t at_ms = t->tried_ms + RETRY_ASKED_MS;

    return at_ms > t->wants[0] ? at_ms : t->wants[0];
}

int64_t
keeper_turn_next(const struct keeper_turn *t, bool *wanted)
{
    *wanted = t->wants[0] != CLOCK_NEVER;
    /* While it is waited for a writer, asking does not speed it up. */
    if (t->until_ms != 0)
        return t->due_ms;
    if (*wanted && t->failed < KEEPER_HOPELESS && t->wants[0] <= t->due_ms)
        return t->wants[0];
    if (*wanted && t->failed >= KEEPER_HOPELESS && want_hopeless(t) < t->due_ms)
        return want_hopeless(t);
    *wanted = false;
    return t->due_ms;
}

static int64_t
doubled(int64_t first_ms, unsigned times, int64_t most_ms)
{
    int64_t ms = first_ms << (times < 20 ? times : 20);

    return ms < most_ms ? ms : most_ms;
}

bool
keeper_turn_over(struct keeper_turn *t, const struct keeper_went *w,
                 bool *answered)
{
    *answered = false;
    if (w->rc < 0 && w->patience_ms > 0) {
        if (t->until_ms == 0)
            t->until_ms = w->began_ms + w->patience_ms;
        if (w->ended_ms < t->until_ms) {
            t->due_ms = w->ended_ms + doubled(GLIMPSE_FIRST_MS, t->patience++,
                                              GLIMPSE_MOST_MS);
            return false;
        }
    }
    t->until_ms = 0;
    t->patience = 0;
    t->tried_ms = w->began_ms;
    while (t->wants[0] <= w->began_ms) {
        t->wants[0] = t->wants[1];
        t->wants[1] = CLOCK_NEVER;
        *answered = true;
    }
    if (w->rc < 0)
        t->due_ms =
            w->ended_ms + doubled(RETRY_FIRST_MS, t->failed++, w->period_ms);
    else
        t->due_ms = w->listed ? CLOCK_NEVER : w->began_ms + w->period_ms;
    if (w->rc >= 0)
        t->failed = 0;
    return true;
}
