#include "agent/metrics.h"

#include <sys/resource.h>

#include "base/clock.h"
#include "base/text.h"

/* A metric's name in full, its type, and what it is. */
void
metrics_head(struct buf *b, const char *name, const char *type,
             const char *help)
{
    buf_fmt(b, "# HELP tfdrift_%s %s\n# TYPE tfdrift_%s %s\n", name, help, name,
            type);
}

void
metrics_label(struct buf *b, struct slice value)
{
    buf_byte(b, '"');
    while (value.n > 0) {
        size_t run = text_line_end(value) ? 3 : text_utf8(value);

        if (run > 0) {
            buf_put(b, slice_head(value, run));
        } else if (value.p[0] == '\n') {
            buf_put(b, SLICE("\\n"));
        } else if (value.p[0] == '"' || value.p[0] == '\\') {
            buf_byte(b, '\\');
            buf_byte(b, (unsigned char)value.p[0]);
        } else {
            /* A control character is shown; one byte that is no UTF-8 would
             * spoil the whole page. */
            text_put_utf8(b, (unsigned char)value.p[0] < 0x80 ? '?' : 0xfffd);
        }
        value = slice_from(value, run > 0 ? run : 1);
    }
    buf_byte(b, '"');
}

void
metrics_end(struct buf *b, size_t begun)
{
    buf_byte(b, '\n');
    if (b->full)
        b->n = begun;
}

/* A series: a metric, with at most one label. */
static void
put_series(struct buf *b, const char *name, const char *label,
           struct slice value)
{
    buf_fmt(b, "tfdrift_%s", name);
    if (label == NULL)
        return;
    buf_fmt(b, "{%s=", label);
    metrics_label(b, value);
    buf_byte(b, '}');
}

/* One sample of a series. */
void
metrics_sample(struct buf *b, const char *name, const char *label,
               struct slice value, uint64_t n)
{
    size_t begun = b->n;

    put_series(b, name, label, value);
    buf_byte(b, ' ');
    buf_u64(b, n);
    metrics_end(b, begun);
}

/* Milliseconds as seconds. */
void
metrics_sample_ms(struct buf *b, const char *name, const char *label,
                  struct slice value, int64_t ms)
{
    size_t begun = b->n;

    put_series(b, name, label, value);
    buf_fmt(b, " %s%lld.%03lld", ms < 0 ? "-" : "",
            (long long)((ms < 0 ? -ms : ms) / 1000),
            (long long)((ms < 0 ? -ms : ms) % 1000));
    metrics_end(b, begun);
}

/* A counter or gauge of its own. */
static void
single(struct buf *b, const char *name, const char *type, const char *help,
       uint64_t n)
{
    metrics_head(b, name, type, help);
    metrics_sample(b, name, NULL, SLICE(""), n);
}

static void
write_build(struct agent *a, struct buf *b)
{
    metrics_head(b, "build_info", "gauge",
                 "1, with the version and the agent's name");
    buf_put(b, SLICE("tfdrift_build_info{version="));
    metrics_label(b, a->version);
    buf_put(b, SLICE(",name="));
    metrics_label(b, a->config->agent.name);
    buf_put(b, SLICE("} 1\n"));
    metrics_head(b, "start_time_seconds", "gauge",
                 "when it was started or reloaded");
    metrics_sample_ms(b, "start_time_seconds", NULL, SLICE(""), a->started_ms);
    metrics_head(b, "reloads_total", "counter",
                 "configurations read on SIGHUP");
    metrics_sample(b, "reloads_total", "result", SLICE("ok"), a->reloads);
    metrics_sample(b, "reloads_total", "result", SLICE("failed"),
                   a->reload_failures);
}

static void
write_events(const struct pipeline_counts *c, struct buf *b)
{
    static const struct slice verdicts[] = {
        [VERDICT_IGNORED] = SLICE_INIT("ignored"),
        [VERDICT_UNMAPPED] = SLICE_INIT("unmapped"),
        [VERDICT_NONE] = SLICE_INIT("none"),
        [VERDICT_UNMANAGED] = SLICE_INIT("unmanaged"),
        [VERDICT_DRIFT] = SLICE_INIT("drift"),
    };
    static const struct slice kinds[] = {
        [RECORD_DRIFT] = SLICE_INIT("drift"),
        [RECORD_UNMANAGED] = SLICE_INIT("unmanaged"),
        [RECORD_RESOLVED] = SLICE_INIT("resolved"),
    };

    metrics_head(b, "events_total", "counter", "events by verdict");
    for (size_t i = 0; i <= VERDICT_DRIFT; i++)
        metrics_sample(b, "events_total", "verdict", verdicts[i],
                       c->verdict[i]);
    metrics_head(b, "events_ignored_total", "counter",
                 "ignored events by reason");
    for (size_t i = 0; i < PIPELINE_IGNORED_END; i++)
        metrics_sample(b, "events_ignored_total", "reason",
                       pipeline_ignored_text[i], c->ignored[i]);
    metrics_head(b, "records_total", "counter", "records put into the outbox");
    for (size_t i = 0; i <= RECORD_RESOLVED; i++)
        metrics_sample(b, "records_total", "kind", kinds[i], c->records[i]);
    metrics_head(b, "drifts_total", "counter", "drift records by severity");
    for (size_t i = 0; i < SEVERITY_COUNT; i++)
        metrics_sample(b, "drifts_total", "severity",
                       severity_text((enum severity)i), c->severity[i]);
}

/* Names of events that no mapping knows. */
static void
write_unmapped(struct agent *a, struct buf *b)
{
    /* The gate is the pipeline's, which nobody holds for long. */
    struct pipeline *p = &a->pipeline;
    const struct tally_name *top[METRICS_UNMAPPED_MAX];
    size_t n;

    metrics_head(b, "events_unmapped_total", "counter",
                 "events without a mapping, the most frequent names");
    gate_enter(&p->gate);
    n = tally_top(&p->unmapped, top, METRICS_UNMAPPED_MAX);
    for (size_t i = 0; i < n; i++) {
        size_t begun = b->n;

        buf_put(b, SLICE("tfdrift_events_unmapped_total{service="));
        metrics_label(b, top[i]->service);
        buf_put(b, SLICE(",event="));
        metrics_label(b, top[i]->event);
        buf_put(b, SLICE("} "));
        buf_u64(b, top[i]->count);
        metrics_end(b, begun);
    }
    gate_leave(&p->gate);
}

/* Numbers of the pipeline with a name of their own. */
static void
write_pipeline(const struct pipeline_counts *c, struct buf *b)
{
    const struct {
        const char *name, *type, *help;
        uint64_t n;
    } rows[] = {
        {"events_refused_total", "counter", "malformed events passed over",
         c->refused},
        {"events_too_large_total", "counter",
         "events for which memory did not suffice", c->too_large},
        {"events_undecided_total", "counter",
         "of unmanaged resources while a state was not loaded", c->undecided},
        {"events_held", "gauge", "events that wait to be told", c->held},
        {"verify_resolved_total", "counter",
         "differences that were gone when looked for again", c->caught_up},
        {"verify_locked_total", "counter",
         "events told while the state was locked", c->locked},
        {"drifts_open", "gauge", "drifts that nothing put back yet",
         c->open_drifts},
        {"drifts_forgotten_total", "counter",
         "open drifts dropped for want of room", c->forgotten},
        {"dedup_dropped_total", "counter", "event ids dropped for newer ones",
         c->dedup_dropped},
        {"outbox_lines", "gauge", "records that not every output accepted",
         c->unconfirmed_lines},
        {"checkpoint_writes_total", "counter", "writes of the checkpoint",
         c->checkpoint_writes},
        {"checkpoint_failures_total", "counter",
         "writes of the checkpoint that failed", c->checkpoint_failures},
        {"checkpoint_bytes", "gauge", "size of the checkpoint",
         c->checkpoint_bytes},
        {"event_memory_peak_bytes", "gauge", "most memory that an event took",
         c->event_peak_bytes},
        {"event_memory_fails_total", "counter",
         "times that an event found no memory", c->event_fails},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        single(b, rows[i].name, rows[i].type, rows[i].help, rows[i].n);
}

static void
write_memory(struct agent *a, int64_t now_ms, struct buf *b)
{
    struct net_pool tls = net_pool_stats(a->net);
    struct rusage use = {.ru_maxrss = 0};
    int64_t saved = a->pipeline.counts.checkpoint_ms;

    getrusage(RUSAGE_SELF, &use);
    metrics_head(b, "checkpoint_age_seconds", "gauge",
                 "since the checkpoint was written; since the start if never");
    metrics_sample_ms(b, "checkpoint_age_seconds", NULL, SLICE(""),
                      now_ms - (saved != 0 ? saved : a->started_ms));
    single(b, "memory_size_bytes", "gauge", "[agent] memory", a->memory->size);
    single(b, "memory_carved_bytes", "gauge",
           "of it, given to the parts of the agent", a->memory->used);
    single(b, "memory_fails_total", "counter",
           "times that something did not fit into it", a->memory->fails);
    single(b, "tls_memory_bytes", "gauge", "of the TLS pool, in use", tls.used);
    single(b, "tls_memory_peak_bytes", "gauge", "of the TLS pool, at most",
           tls.peak);
    single(b, "resident_peak_bytes", "gauge", "most memory ever resident",
           (uint64_t)use.ru_maxrss * 1024);
}

void
metrics_write(struct agent *a, int64_t now_ms, struct buf *b)
{
    const struct pipeline_counts *c = &a->pipeline.counts;

    write_build(a, b);
    write_events(c, b);
    write_pipeline(c, b);
    write_memory(a, now_ms, b);
    metrics_sources(a, b);
    metrics_outputs(a, b);
    metrics_calls(a, b);
    write_unmapped(a, b);
    /* Last: there may be hundreds, and what there is no room for is left out,
     * line by line. */
    metrics_states(a, b);
    b->full = false;
}
