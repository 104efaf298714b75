#include "agent/limiter.h"

static int64_t
spacing(const struct limiter *l)
{
    return l->spaced_ms > 0 ? l->spaced_ms : LIMITER_SPACING_MS;
}

int64_t
limiter_take(struct limiter *l, int64_t now_ms)
{
    int64_t at = l->next_ms > now_ms ? l->next_ms : now_ms;

    l->next_ms = at + spacing(l);
    return at;
}

void
limiter_end(struct limiter *l, int64_t now_ms)
{
    if (l->next_ms < now_ms + LIMITER_LEAST_MS)
        l->next_ms = now_ms + LIMITER_LEAST_MS;
}

void
limiter_slow(struct limiter *l, int64_t now_ms)
{
    int64_t wide = 2 * spacing(l);

    if (wide > LIMITER_SPACING_MAX_MS)
        wide = LIMITER_SPACING_MAX_MS;
    l->spaced_ms = wide;
    if (l->next_ms < now_ms + wide)
        l->next_ms = now_ms + wide;
}

void
limiter_recover(struct limiter *l)
{
    /* Doubling is undone by some five calls that were let through. */
    l->spaced_ms = spacing(l) - spacing(l) / 8;
    if (l->spaced_ms < LIMITER_SPACING_MS)
        l->spaced_ms = LIMITER_SPACING_MS;
}
