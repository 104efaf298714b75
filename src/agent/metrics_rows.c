#include "agent/metrics.h"
#include "base/clock.h"

/* The series of things there are several of: one metric after the other, and
 * in each of them all the things, as the format wants it. */

enum kind { COUNT, SECONDS, FLAG };

/* One number of a source or an output: where it is in its counts. */
struct row {
    const char *name, *type, *help;
    size_t offset;
    enum kind kind;
};

static void
put(struct buf *b, const struct row *r, const char *label, struct slice name,
    const void *counts)
{
    const char *at = (const char *)counts + r->offset;

    switch (r->kind) {
    case COUNT:
        metrics_sample(b, r->name, label, name,
                       *(const _Atomic uint64_t *)(const void *)at);
        break;
    case SECONDS:
        metrics_sample_ms(b, r->name, label, name,
                          *(const _Atomic int64_t *)(const void *)at);
        break;
    case FLAG:
        metrics_sample(b, r->name, label, name,
                       *(const _Atomic bool *)(const void *)at);
        break;
    }
}

#define SOURCE(member) offsetof(struct source_counts, member)

void
metrics_sources(struct agent *a, struct buf *b)
{
    static const struct row rows[] = {
        {"source_polls_total", "counter", "windows, or reads of a file",
         SOURCE(polls), COUNT},
        {"source_pages_total", "counter", "pages of answers", SOURCE(pages),
         COUNT},
        {"source_events_total", "counter", "events read", SOURCE(events),
         COUNT},
        {"source_duplicates_total", "counter", "of them, seen before",
         SOURCE(duplicates), COUNT},
        {"source_refused_total", "counter", "malformed, passed over",
         SOURCE(refused), COUNT},
        {"source_failures_total", "counter", "polls that failed",
         SOURCE(failures), COUNT},
        {"source_throttled_total", "counter", "times asked to slow down",
         SOURCE(throttled), COUNT},
        {"source_last_success_timestamp_seconds", "gauge",
         "when a poll last worked; 0: never", SOURCE(last_ok_ms), SECONDS},
        {"source_newest_event_timestamp_seconds", "gauge",
         "the latest eventTime seen; 0: none", SOURCE(newest_ms), SECONDS},
        {"source_until_timestamp_seconds", "gauge",
         "the end of the last whole window; 0: none", SOURCE(until_ms),
         SECONDS},
    };

    for (size_t r = 0; r < sizeof(rows) / sizeof(*rows); r++) {
        metrics_head(b, rows[r].name, rows[r].type, rows[r].help);
        for (size_t i = 0; i < a->n_sources; i++)
            put(b, &rows[r], "source", a->source_name[i],
                source_counts(a->source[i]));
    }
}

#define OUTPUT(member) offsetof(struct output_counts, member)

void
metrics_outputs(struct agent *a, struct buf *b)
{
    static const struct row rows[] = {
        {"output_accepted_total", "counter", "records delivered",
         OUTPUT(accepted), COUNT},
        {"output_skipped_total", "counter",
         "records below min_severity, or delivered before a restart",
         OUTPUT(skipped), COUNT},
        {"output_refused_total", "counter",
         "records that the receiver will never take", OUTPUT(refused), COUNT},
        {"output_attempts_total", "counter", "deliveries tried",
         OUTPUT(attempts), COUNT},
        {"output_failures_total", "counter", "of them, failed",
         OUTPUT(failures), COUNT},
        {"output_resent_total", "counter", "of them, tried before",
         OUTPUT(resent), COUNT},
        {"output_last_success_timestamp_seconds", "gauge",
         "when a delivery last worked; 0: never", OUTPUT(last_ok_ms), SECONDS},
        {"output_up", "gauge", "1: the last try worked, or none was needed",
         OUTPUT(up), FLAG},
    };

    for (size_t r = 0; r < sizeof(rows) / sizeof(*rows); r++) {
        metrics_head(b, rows[r].name, rows[r].type, rows[r].help);
        for (size_t i = 0; i < a->n_outputs; i++)
            put(b, &rows[r], "output", a->output_name[i],
                output_counts(a->output[i]));
    }
    metrics_head(b, "output_queue_records", "gauge", "records that wait");
    for (size_t i = 0; i < a->n_outputs; i++)
        metrics_sample(b, "output_queue_records", "output", a->output_name[i],
                       outbox_last(a->outbox) - outbox_accepted(a->outbox, i));
}

/* The numbers of a state, in the order of the rows below. */
enum { LOADED, AGE, LOCKED, RESOURCES, LOADS, UNCHANGED, FAILURES, NUMBERS };

static uint64_t
number_of(const struct keeper_status *s, int which)
{
    const uint64_t numbers[NUMBERS] = {
        [LOADED] = s->loaded,       [LOCKED] = s->locked,
        [RESOURCES] = s->resources, [LOADS] = s->loads,
        [UNCHANGED] = s->unchanged, [FAILURES] = s->failures,
    };

    return numbers[which];
}

void
metrics_states(struct agent *a, struct buf *b)
{
    static const struct {
        const char *name, *type, *help;
    } rows[NUMBERS] = {
        [LOADED] = {"state_loaded", "gauge", "1: a good one is in use"},
        [AGE] = {"state_age_seconds", "gauge",
                 "since it was last seen to be as it is in use"},
        [LOCKED] = {"state_locked", "gauge", "1: an apply is running"},
        [RESOURCES] = {"state_resources", "gauge", "managed instances"},
        [LOADS] = {"state_loads_total", "counter", "times it was read in"},
        [UNCHANGED] = {"state_unchanged_total", "counter",
                       "looks that found it unchanged"},
        [FAILURES] = {"state_failures_total", "counter", "looks that failed"},
    };
    size_t all = keeper_count(a->keeper), there = 0, loaded = 0;
    size_t n = all < METRICS_STATES_MAX ? all : METRICS_STATES_MAX;
    int64_t now = clock_steady_ms();
    struct keeper_status s;

    for (int r = 0; r < NUMBERS; r++) {
        metrics_head(b, rows[r].name, rows[r].type, rows[r].help);
        for (size_t i = 0; i < n; i++) {
            keeper_status(a->keeper, i, &s);
            if (s.gone || (r == AGE && !s.loaded))
                continue;
            if (r == AGE)
                metrics_sample_ms(b, rows[r].name, "state", s.name,
                                  now - s.good_ms);
            else
                metrics_sample(b, rows[r].name, "state", s.name,
                               number_of(&s, r));
        }
    }
    for (size_t i = 0; i < all; i++) {
        keeper_status(a->keeper, i, &s);
        there += !s.gone;
        loaded += s.loaded && !s.gone;
    }
    metrics_head(b, "states", "gauge", "states there are, and loaded ones");
    metrics_sample(b, "states", "which", SLICE("all"), there);
    metrics_sample(b, "states", "which", SLICE("loaded"), loaded);
}

/* Service and operation, of an open list of labels. */
static void
put_call(struct buf *b, const char *name, const struct agent_call *c)
{
    buf_fmt(b, "tfdrift_%s{service=", name);
    metrics_label(b, c->service);
    buf_put(b, SLICE(",operation="));
    metrics_label(b, c->operation);
}

void
metrics_calls(struct agent *a, struct buf *b)
{
    size_t n = a->calls->n;

    metrics_head(b, "aws_calls_total", "counter",
                 "attempts of calls of AWS, failed ones among them");
    for (size_t i = 0; i < n; i++) {
        const struct agent_call *c = &a->calls->call[i];
        uint64_t sum = 0;
        size_t begun = b->n;

        for (size_t o = 0; o < AWS_OUTCOMES; o++)
            sum += c->outcome[o];
        put_call(b, "aws_calls_total", c);
        buf_fmt(b, "} %llu", (unsigned long long)sum);
        metrics_end(b, begun);
    }
    metrics_head(b, "aws_errors_total", "counter",
                 "attempts that failed, by kind");
    for (size_t i = 0; i < n; i++)
        for (size_t o = AWS_THROTTLED; o < AWS_OUTCOMES; o++) {
            const struct agent_call *c = &a->calls->call[i];
            size_t begun = b->n;

            if (c->outcome[o] == 0)
                continue;
            put_call(b, "aws_errors_total", c);
            buf_put(b, SLICE(",kind="));
            metrics_label(b, aws_outcome_text((enum aws_outcome)o));
            buf_fmt(b, "} %llu", (unsigned long long)c->outcome[o]);
            metrics_end(b, begun);
        }
}
