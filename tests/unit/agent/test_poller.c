/*
 * A poller against a LookupEvents that is made here, below aws/cloudtrail.h:
 * it holds some events, pages, insists on frozen parameters, and fails as its
 * row says.  Whatever it does, every event arrives once, oldest first.  Waits
 * between calls are left out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/limiter.h"
#include "agent/source.h"
#include "aws/cloudtrail.h"
#include "aws/retry.h"
#include "base/clock.h"
#include "map/event.h"
#include "tests/unit/agent/idle_client.h"

#define EVENTS_MAX 8192
#define WAIT_MS 60000 /* a slow machine is no failure */

/* Letters of `faults`, one a call; after the last, '.' for ever.
 * .  an answer as it should be
 * e  an empty page, the token leads on
 * d  the page has the newest event of all once more
 * x  ... and something that is no record
 * l  the token of the page is the one that led to it (of the first: leads to
 *    the first)
 * c  as l, but with one page in between: round and round
 * s  the token is not taken    t  throttled     n  the network fails
 * b  longer than allowed       m  no whole answer */
static const struct row {
    const char *name;
    unsigned events, per_second;
    size_t bytes; /* of a record, about */
    const char *faults;
    bool unordered;             /* more in a second than memory holds */
    unsigned calls;             /* at least */
    uint64_t failures, refused; /* as counted */
    int64_t ahead_ms;           /* of its clock */
} rows[] = {
    {"nothing", 0, 1, 0, "", false, 1, 0, 0, 0},
    {"one page", 7, 1, 0, "", false, 1, 0, 0, 0},
    {"one full page", 50, 5, 0, "", false, 1, 0, 0, 0},
    {"many pages", 420, 7, 0, "", false, 9, 0, 0, 0},
    {"many in one second", 420, 420, 0, "", false, 9, 0, 0, 0},
    {"an empty page with a token", 120, 3, 0, "e.eee.", false, 7, 0, 0, 0},
    {"doubles across pages", 120, 3, 0, "ddd", false, 3, 0, 0, 0},
    {"no records among them", 120, 3, 0, ".x.", false, 3, 0, 1, 0},
    {"the same token again", 120, 3, 0, ".l.", false, 5, 1, 0, 0},
    {"the first token again", 120, 3, 0, "l", false, 4, 0, 0, 0},
    {"tokens that go round", 220, 3, 0, "..cccc", false, 9, 1, 0, 0},
    {"a token that is not taken", 120, 3, 0, "..s", false, 6, 1, 0, 0},
    {"throttled", 120, 3, 0, ".tt.t", false, 7, 3, 0, 0},
    {"the network", 120, 3, 0, "n.n.nn", false, 7, 4, 0, 0},
    {"half an answer", 120, 3, 0, "..m", false, 6, 1, 0, 0},
    {"too long for once", 120, 3, 0, ".b", false, 5, 0, 0, 0},
    {"large records", 120, 3, 40000, "", false, 8, 0, 0, 0},
    {"more than memory holds", 1500, 5, 2000, "", false, 40, 0, 0, 0},
    {"... and failures", 1500, 5, 2000, ".....n.......s......t", false, 40, 3,
     0, 0},
    {"more in a second than memory holds", 1500, 1500, 2000, "", true, 40, 0, 0,
     0},
    {"a clock that is ahead of ours", 20, 1, 0, "", false, 1, 0, 0, 20000},
};

/* The service, and the pipeline behind the source. */
static struct {
    const struct row *row;
    int64_t now_ms; /* of the service, when the row begins */
    unsigned calls;
    struct cloudtrail_query last;
    struct gate gate;
    bool seen[EVENTS_MAX];
    unsigned n_seen, batches;
    int64_t newest_s, until_ms;
    _Atomic bool
        failed; /* something that must not be was asked or handed over */
} w;

static struct arena arena;

/* Event number i, 0 being the oldest. */
static int64_t
time_of(unsigned i)
{
    return w.now_ms / 1000 - 2 - (w.row->events - 1 - i) / w.row->per_second;
}

static void
put_event(struct buf *b, unsigned i)
{
    static char mem[64 << 10];
    struct buf r = buf_over(mem, sizeof(mem));
    time_t t = (time_t)time_of(i);
    char when[32];
    struct tm tm;

    strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &tm));
    buf_fmt(&r,
            "{\"eventVersion\":\"1.08\",\"eventSource\":\"ec2.amazonaws.com\","
            "\"eventName\":\"N\",\"eventTime\":\"%s\",\"eventID\":\"%u\","
            "\"requestParameters\":\"",
            when, i);
    while (r.n + 2 < w.row->bytes)
        buf_byte(&r, 'x');
    buf_put(&r, SLICE("\"}"));
    buf_put(b, SLICE("{\"CloudTrailEvent\":"));
    buf_json(b, buf_slice(&r));
    buf_put(b, SLICE("}"));
}

/* A page from the k-th newest event of the window on; returns where the next
 * begins, 0: nowhere. */
static unsigned
put_page(struct buf *b, const struct cloudtrail_query *q, unsigned k,
         char fault)
{
    const char *comma = "";
    unsigned put = 0, at = 0;

    buf_put(b, SLICE("{\"Events\":["));
    for (unsigned i = w.row->events; i-- > 0 && put <= q->max_results;) {
        int64_t t = time_of(i);

        if (t < q->start_ms / 1000 || t > (q->end_ms + 999) / 1000 ||
            at++ < k || fault == 'e')
            continue;
        if (put++ == q->max_results)
            break;
        buf_fmt(b, "%s", comma);
        put_event(b, i);
        comma = ",";
    }
    if (fault == 'd') {
        buf_fmt(b, "%s", comma);
        put_event(b, w.row->events - 1);
    }
    if (fault == 'x')
        buf_fmt(b, "%s{\"CloudTrailEvent\":\"{}\"}", comma);
    buf_put(b, SLICE("]}"));
    if (fault == 'e')
        return k + 1000000 * w.calls; /* another token */
    return put > q->max_results ? k + q->max_results : 0;
}

static bool
same_query(const struct cloudtrail_query *a, const struct cloudtrail_query *b)
{
    return a->start_ms == b->start_ms && a->end_ms == b->end_ms &&
           a->max_results == b->max_results && slice_eq(a->region, b->region);
}

/* The faults that give no page. */
static int
fault_code(char fault)
{
    static const struct {
        char letter;
        int code;
    } codes[] = {{'s', ERR_STALE},
                 {'t', ERR_THROTTLED},
                 {'n', ERR_IO},
                 {'b', ERR_LIMIT},
                 {'m', ERR_SYNTAX}};

    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (codes[i].letter == fault)
            return codes[i].code;
    return 0;
}

int
cloudtrail_lookup(struct aws_client *c, const struct cloudtrail_query *q,
                  size_t body_max, int64_t deadline_ms, struct arena *a,
                  struct cloudtrail_page *page, struct err *e)
{
    char fault = w.calls < strlen(w.row->faults) ? w.row->faults[w.calls] : '.';
    struct buf b = arena_open(a);
    unsigned k = 0, next;
    char token[32];

    (void)c;
    if (!q->turn(q->turn_ctx))
        return err_set(e, ERR_STOPPED, "it is over");
    w.calls++;
    if (q->token.n > 0) {
        w.failed |= !same_query(q, &w.last);
        k = (unsigned)strtoul(q->token.p, NULL, 10) % 1000000;
    }
    w.last = *q;
    w.failed |= deadline_ms < clock_steady_ms() || q->max_results < 1 ||
                q->max_results > CLOUDTRAIL_PAGE_MAX || q->end_ms < q->start_ms;
    if (fault_code(fault) != 0)
        return err_set(e, fault_code(fault), "as the row says");
    next = put_page(&b, q, k, fault);
    if (b.full || b.n > body_max)
        return err_set(e, ERR_LIMIT, "the answer is too long");
    page->body = arena_keep(a, &b);
    page->server_ms = (clock_wall_ms() + w.row->ahead_ms) / 1000 * 1000;
    if (fault == 'l')
        next = k;
    if (fault == 'c')
        next = k == 50 ? 100 : 50;
    snprintf(token, sizeof(token), "%u.", next);
    if (next > 0 || fault == 'l')
        page->token = arena_copy(a, slice_str(token));
    return 0;
}

int
aws_client_open(struct aws_client **c, const struct aws *aws,
                const struct aws_identity *who, struct arena *a, struct err *e)
{
    (void)aws, (void)a, (void)e;
    assert_true(slice_eq(who->region, SLICE("eu-west-1")));
    *c = NULL;
    return 0;
}

int64_t
aws_skew_ms(const struct aws *aws)
{
    (void)aws;
    return w.row->ahead_ms;
}

int64_t
retry_delay_ms(enum retry_kind kind, unsigned attempt, uint32_t random,
               int64_t after_ms)
{
    (void)kind, (void)random, (void)after_ms;
    w.failed |= attempt < 1;
    return 1;
}

static bool
known(void *ctx, struct slice id)
{
    unsigned i = (unsigned)strtoul(id.p, NULL, 10);

    (void)ctx;
    return i < EVENTS_MAX && w.seen[i];
}

static void
take(const struct source_event *in)
{
    struct event ev;
    size_t at;
    unsigned i;

    if (event_decode(in->raw, &ev, &at) != 0) {
        w.failed = true;
        return;
    }
    i = (unsigned)strtoul(ev.field[EVENT_ID].p + 1, NULL, 10);
    w.failed |= i >= w.row->events || w.seen[i];
    w.failed |= in->time_ms != time_of(i) * 1000;
    w.failed |= !w.row->unordered && in->time_ms / 1000 < w.newest_s;
    w.newest_s = in->time_ms / 1000;
    w.seen[i] = true;
    w.n_seen++;
}

static bool
submit(void *ctx, size_t source, const struct source_batch *batch)
{
    (void)ctx;
    gate_enter(&w.gate);
    w.failed |= source != 3;
    for (size_t i = 0; i < batch->n; i++)
        take(&batch->event[i]);
    /* What is said to be delivered has been. */
    w.failed |= batch->after.until_ms < w.until_ms;
    w.until_ms = batch->after.until_ms;
    for (unsigned i = 0; i < w.row->events; i++)
        w.failed |= !w.seen[i] && time_of(i) * 1000 < w.until_ms;
    w.batches++;
    gate_leave(&w.gate);
    gate_wake(&w.gate);
    return true;
}

/* Until a round is over, or the time is. */
static void
wait_round(const struct source_counts *c)
{
    int64_t until = clock_steady_ms() + WAIT_MS;

    gate_enter(&w.gate);
    while (atomic_load(&c->last_ok_ms) == 0 && !w.failed &&
           clock_steady_ms() < until)
        gate_wait(&w.gate, clock_steady_ms() + 5);
    gate_leave(&w.gate);
}

static void
run(const struct row *row)
{
    static const struct source_sink sink = {&w, known, submit};
    static struct source_slots slots;
    struct config_source config = {.head.name = SLICE_INIT("prod"),
                                   .interval_ms = 3600000,
                                   .lookback_ms = 600000,
                                   .overlap_ms = 900000};
    struct source_options o = {.config = &config,
                               .region = SLICE_INIT("eu-west-1"),
                               .number = 3,
                               .sink = &sink,
                               .slots = &slots};
    const struct source_counts *c;
    struct source *s;
    struct err e;

    printf("%s\n", row->name);
    memset(&w, 0, sizeof(w));
    gate_init(&w.gate);
    w.row = row;
    w.now_ms = clock_wall_ms() + row->ahead_ms;
    arena_reset(&arena, 0);
    source_slots_init(&slots, 1);
    assert_int_equal(source_open(&s, &o, &arena, &e), 0);
    assert_true(slice_eq(source_name(s), SLICE("prod/eu-west-1")));
    c = source_counts(s);
    assert_int_equal(source_start(s, &e), 0);
    wait_round(c);
    source_stop(s);
    source_join(s);
    assert_false(w.failed);
    assert_int_equal(w.n_seen, row->events);
    assert_true(w.calls >= row->calls);
    assert_int_equal(atomic_load(&c->failures), row->failures);
    assert_int_equal(atomic_load(&c->refused), row->refused);
    assert_true(w.until_ms >= w.now_ms && w.until_ms < w.now_ms + WAIT_MS);
    assert_int_equal(atomic_load(&c->until_ms), w.until_ms);
    assert_int_equal(slots.free, 1);
}

static void
test_rows(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        run(&rows[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
    };

    assert_int_equal(arena_map(&arena, SOURCE_ARENA_MIN_BYTES), 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
