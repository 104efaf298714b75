#include <string.h>

#include "agent/poller.h"
#include "aws/retry.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/text.h"

/*
 * A poller's rounds.  A window is handed over whole, or given up whole and
 * asked for again: only then is `until` moved, so that nothing is lost
 * whatever happens on the way.
 */

#define REST_MS 20000   /* a longer wait needs no open connection */
#define FAILURES_MAX 16 /* counted for the next delay */

static int64_t
wall_ms(const struct poller *p)
{
    return clock_wall_ms() + p->s->ahead_ms;
}

/* The window is in the batch: over to the pipeline.  False when it closes. */
static bool
deliver(struct poller *p)
{
    struct source *s = p->s;
    struct window *w = &p->window;
    int64_t before = w->until_ms;
    bool more;

    if (p->n_refused > 0) {
        atomic_fetch_add(&s->counts.refused, p->n_refused);
        LOG(LOG_WARNING, "agent", "records are refused",
            log_text("source", s->name), log_number("count", p->n_refused),
            log_text("first", slice_str(p->refused.text)));
    }
    more = window_done(w);
    if (!poller_submit(p, false)) {
        w->until_ms = before;
        return false;
    }
    atomic_fetch_add(&s->counts.polls, 1);
    atomic_store(&s->counts.until_ms, w->until_ms);
    p->failures = 0;
    p->by_page = false;
    p->max_results *= 2;
    if (p->max_results > CLOUDTRAIL_PAGE_MAX)
        p->max_results = CLOUDTRAIL_PAGE_MAX;
    if (!more)
        source_worked(s, clock_wall_ms());
    return true;
}

/* Gives the round up for now; p->why says why. */
static void
give_up(struct poller *p)
{
    enum retry_kind kind =
        p->why.code == ERR_THROTTLED ? RETRY_THROTTLED : RETRY_FAILURE;
    int64_t delay;

    if (p->failures < FAILURES_MAX)
        p->failures++;
    delay = retry_delay_ms(kind, p->failures, (uint32_t)random_u64(), -1);
    /* What is not allowed will not be allowed in a moment. */
    if (p->why.code == ERR_DENIED && delay < p->window.plan.interval_ms)
        delay = p->window.plan.interval_ms;
    source_failed(p->s, &p->why);
    window_fail(&p->window, clock_steady_ms(), delay);
}

/* The window is more than memory holds: a smaller one, or by the page. */
static void
narrow(struct poller *p)
{
    if (window_narrow(&p->window))
        return;
    p->by_page = true;
    LOG(LOG_WARNING, "agent",
        "more events in a second than memory holds: not all in their order",
        log_text("source", p->s->name),
        log_number("second", (uint64_t)p->window.start_ms / 1000));
}

/* From where all is delivered to now. */
static void
round_run(struct poller *p)
{
    window_begin(&p->window, wall_ms(p), clock_steady_ms());
    p->by_page = false;
    if (p->max_results == 0)
        p->max_results = 1;
    while (p->window.open && !source_stopping(p->s)) {
        switch (poller_window(p)) {
        case ASK_DONE:
            if (deliver(p))
                break;
            return;
        case ASK_FULL:
            narrow(p);
            break;
        case ASK_FEWER:
            /* A token is good for one page size: all over again. */
            p->max_results /= 2;
            if (p->max_results == 0)
                give_up(p);
            break;
        case ASK_FAILED:
            give_up(p);
            break;
        case ASK_STOPPED:
            return;
        }
    }
}

/* Between two rounds little stays mapped. */
static void
rest(struct poller *p)
{
    gather_rest(&p->s->gather);
    arena_reset(&p->page, 0);
    gather_release(p->page.base, p->page.peak);
    p->page.peak = 0;
    if (p->window.due_ms - clock_steady_ms() >= REST_MS)
        aws_client_rest(p->client);
}

static void
cloudtrail_run(struct source *s)
{
    struct poller *p = s->own;

    while (!source_stopping(s)) {
        source_wait(s, -1, p->window.due_ms);
        if (source_stopping(s))
            break;
        round_run(p);
        rest(p);
    }
}

/* Credentials are one for equal profiles and roles: so is the limit. */
static struct limiter *
limiter_of(const struct source *s)
{
    const struct config_source *c = s->o.config;
    uint64_t key = text_hash(s->o.region);

    key = key * 31 + text_hash(c->role_arn);
    key = key * 31 + text_hash(c->profile);
    return &s->o.slots->limiter[key % SOURCE_LIMITERS];
}

static int
cloudtrail_open(struct source *s, struct err *e)
{
    const struct config_source *c = s->o.config;
    const struct aws_identity who = {c->profile, c->role_arn, c->external_id,
                                     s->o.region};
    const struct window_plan plan = {(int64_t)c->interval_ms,
                                     (int64_t)c->lookback_ms,
                                     (int64_t)c->overlap_ms};
    struct poller *p = arena_alloc(s->arena, sizeof(*p));
    size_t left;
    int rc;

    if (p == NULL)
        goto full;
    memset(p, 0, sizeof(*p));
    rc = aws_client_open(&p->client, s->o.aws, &who, s->arena, e);
    if (rc != 0)
        return rc;
    s->own = p;
    p->s = s;
    p->limiter = limiter_of(s);
    p->max_results = CLOUDTRAIL_PAGE_MAX;
    s->ahead_ms = aws_skew_ms(s->o.aws);
    window_init(&p->window, &plan, s->o.start.until_ms);
    /* A page takes as much as the batch it goes into. */
    left = s->arena->size - arena_mark(s->arena);
    if (gather_init(&s->gather, s->arena, left / 2) != 0)
        goto full_open;
    left = s->arena->size - arena_mark(s->arena);
    if (left > 64 && arena_split(&p->page, s->arena, left - 64) == 0)
        return 0;
full_open:
    aws_client_close(p->client);
full:
    return err_set(e, ERR_MEMORY, "%.*s: no memory for this source",
                   SLICE_FMT(s->name));
}

static void
cloudtrail_stop(struct source *s)
{
    struct poller *p = s->own;

    aws_client_stop(p->client);
}

static void
cloudtrail_close(struct source *s)
{
    struct poller *p = s->own;

    aws_client_close(p->client);
    p->client = NULL;
}

/* One event of the last minutes, or none, but an answer. */
static int
cloudtrail_probe(struct source *s, int64_t deadline_ms, struct err *e)
{
    struct poller *p = s->own;
    struct cloudtrail_page page;
    int rc;

    window_begin(&p->window, wall_ms(p), clock_steady_ms());
    p->max_results = 1;
    p->n_token = 0;
    rc = poller_page(p, deadline_ms, &page);
    window_fail(&p->window, clock_steady_ms(), 0);
    p->max_results = CLOUDTRAIL_PAGE_MAX;
    if (rc != 0)
        *e = p->why;
    return rc;
}

const struct source_kind source_cloudtrail = {
    .open = cloudtrail_open,
    .run = cloudtrail_run,
    .stop = cloudtrail_stop,
    .close = cloudtrail_close,
    .probe = cloudtrail_probe,
};
