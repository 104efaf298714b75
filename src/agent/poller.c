#include "agent/poller.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

#define PAGE_DEADLINE_MS 60000 /* slow answers take tens of seconds */
#define PAGES_MAX 10000        /* of one window */
#define AHEAD_LEAST_MS 1500    /* what a Date of whole seconds can tell */

/* Waits for the limiter, before every attempt of a call; false when the
 * program is ending. */
static bool
limiter_wait(void *ctx)
{
    struct poller *p = ctx;
    struct gate *gate = &p->s->o.slots->gate;
    int64_t at;

    gate_enter(gate);
    /* An attempt that failed may have been sent twice: over a connection that
     * was closed meanwhile, and over a new one. */
    if (p->again) {
        limiter_end(p->limiter, clock_steady_ms());
        limiter_take(p->limiter, clock_steady_ms());
    }
    at = limiter_take(p->limiter, clock_steady_ms());
    gate_leave(gate);
    p->again = true;
    source_wait(p->s, -1, at);
    return !source_stopping(p->s);
}

static void
limiter_told(struct poller *p, bool throttled)
{
    struct gate *gate = &p->s->o.slots->gate;

    gate_enter(gate);
    limiter_end(p->limiter, clock_steady_ms());
    if (throttled)
        limiter_slow(p->limiter, clock_steady_ms());
    else
        limiter_recover(p->limiter);
    gate_leave(gate);
}

int
poller_page(struct poller *p, int64_t deadline_ms, struct cloudtrail_page *page)
{
    struct cloudtrail_query q = {
        .region = p->s->o.region,
        .endpoint = p->s->o.config->endpoint,
        .start_ms = p->window.start_ms,
        .end_ms = p->window.end_ms,
        .token = slice_of(p->token, p->n_token),
        .max_results = p->max_results,
        .turn = limiter_wait,
        .turn_ctx = p,
    };
    int rc;

    if (deadline_ms == CLOCK_NEVER)
        deadline_ms = clock_steady_ms() + PAGE_DEADLINE_MS;
    p->again = false;
    arena_reset(&p->page, 0);
    *page = (struct cloudtrail_page){0};
    /* The records come out of the body no longer than they are in it. */
    rc = cloudtrail_lookup(p->client, &q, p->page.size / 2, deadline_ms,
                           &p->page, page, &p->why);
    limiter_told(p, rc == ERR_THROTTLED);
    if (rc == 0) {
        int64_t ahead = page->server_ms - clock_wall_ms();

        atomic_fetch_add(&p->s->counts.pages, 1);
        if (page->server_ms != 0)
            p->s->ahead_ms =
                ahead > AHEAD_LEAST_MS || ahead < -AHEAD_LEAST_MS ? ahead : 0;
    }
    return rc;
}

bool
poller_submit(struct poller *p, bool slot)
{
    gather_turn(&p->s->gather, 0);
    return source_submit(
        p->s, (struct source_position){.until_ms = p->window.until_ms}, slot);
}

/* An event of the page that begins at number *from of the batch. */
static enum ask
take(struct poller *p, const struct event *ev, size_t *from)
{
    struct source *s = p->s;
    struct source_position at = {.until_ms = p->window.until_ms};

    if (source_add(s, ev) == 0)
        return ASK_DONE;
    if (!p->by_page)
        return ASK_FULL;
    gather_turn(&s->gather, *from);
    *from = 0;
    if (!poller_submit(p, true))
        return ASK_STOPPED;
    if (source_add(s, ev) == 0)
        return ASK_DONE;
    atomic_fetch_add(&s->counts.events, 1);
    return source_submit_one(s, (struct source_event){s->time_ms, ev->raw}, at,
                             true)
               ? ASK_DONE
               : ASK_STOPPED;
}

/* The records of a page, oldest first, to the batch, newest first. */
static enum ask
take_page(struct poller *p, const struct cloudtrail_page *page)
{
    struct stream_mem mem = {page->body};
    struct stream in = stream_mem(&mem);
    size_t from = p->s->gather.n;
    enum ask got = ASK_DONE;
    struct event ev;
    struct err why;

    /* It reads from memory, where nothing has to be taken for that. */
    if (reader_open(&p->reader, &in, p->s->name, &p->page) != 0)
        return ASK_FAILED;
    while (got == ASK_DONE) {
        switch (reader_next(&p->reader, &ev, &why)) {
        case READER_EVENT:
            got = take(p, &ev, &from);
            continue;
        case READER_REFUSED:
            if (p->n_refused++ == 0)
                p->refused = why;
            continue;
        case READER_ERROR:
            p->why = why;
            return why.code == ERR_MEMORY ? ASK_FEWER : ASK_FAILED;
        case READER_END:
            break;
        }
        break;
    }
    gather_turn(&p->s->gather, from);
    return got;
}

static enum ask
ask_failed(int rc)
{
    switch (rc) {
    case ERR_STOPPED:
        return ASK_STOPPED;
    case ERR_LIMIT:
    case ERR_MEMORY:
        return ASK_FEWER;
    default:
        return ASK_FAILED;
    }
}

/*
 * Takes a page's token for the next one.  One that was seen before would lead
 * round and round: it is compared with the last and, as Brent does to find a
 * cycle, with one kept from page 1, 2, 4, 8, ...
 */
static bool
token_take(struct poller *p, struct slice token, unsigned page, uint64_t *kept)
{
    uint64_t hash = text_hash(token);

    if (token.n > sizeof(p->token) || page >= PAGES_MAX) {
        err_set(&p->why, ERR_LIMIT, "LookupEvents: %s",
                page >= PAGES_MAX ? "a window of too many pages"
                                  : "a NextToken that is too long");
        return false;
    }
    if (slice_eq(token, slice_of(p->token, p->n_token)) ||
        (page > 1 && hash == *kept)) {
        err_set(&p->why, ERR_FOREIGN,
                "LookupEvents: a NextToken that was given before");
        return false;
    }
    if ((page & (page - 1)) == 0)
        *kept = hash;
    memcpy(p->token, token.p, token.n);
    p->n_token = token.n;
    return true;
}

enum ask
poller_window(struct poller *p)
{
    struct cloudtrail_page page;
    uint64_t kept = 0;
    enum ask got;
    int rc;

    gather_clear(&p->s->gather);
    p->n_token = 0;
    p->n_refused = 0;
    for (unsigned n = 1;; n++) {
        rc = poller_page(p, CLOCK_NEVER, &page);
        if (rc != 0)
            return ask_failed(rc);
        source_slot_take(p->s);
        got = take_page(p, &page);
        source_slot_give(p->s);
        if (got != ASK_DONE || page.token.n == 0)
            return got;
        /* A page may be empty and not be the last. */
        if (!token_take(p, page.token, n, &kept))
            return ASK_FAILED;
    }
}
