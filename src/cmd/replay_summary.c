#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cmd/replay.h"
#include "cmd/terminal.h"
#include "output/cells.h"
#include "output/paint.h"

/*
 * What came of a run: three short paragraphs for people, and one JSON line
 * of numbers for programs, whose keys are a contract.
 */

#define SUMMARY_UNMAPPED_MAX 10
#define SUMMARY_BYTES 8192

/* "1 drift", "2 drifts". */
static void
put_count(struct buf *b, uint64_t n, const char *one, const char *many)
{
    buf_fmt(b, "%llu %s", (unsigned long long)n, n == 1 ? one : many);
}

/* " (1 critical, 2 warning)", gravest first; nothing where nothing is. */
static void
put_severities(struct buf *b, const struct replay_counts *c)
{
    const char *comma = " (";

    for (size_t i = 0; i < SEVERITY_COUNT; i++) {
        if (c->severity[i] == 0)
            continue;
        buf_put(b, slice_str(comma));
        buf_fmt(b, "%llu ", (unsigned long long)c->severity[i]);
        buf_put(b, severity_text((enum severity)i));
        comma = ", ";
    }
    if (comma[0] == ',')
        buf_byte(b, ')');
}

/* What was found, in one line. */
static void
put_found(struct buf *b, const struct replay *r)
{
    const uint64_t *n = r->count.records;
    bool colours = r->table.colours;

    paint_put(b, colours, PAINT_BOLD);
    if (n[RECORD_DRIFT] == 0) {
        paint_put(b, colours, PAINT_GREEN);
        buf_put(b, SLICE("No drift"));
    } else {
        put_count(b, n[RECORD_DRIFT], "drift", "drifts");
    }
    paint_put(b, colours, PAINT_OFF);
    put_severities(b, &r->count);
    if (n[RECORD_UNMANAGED] > 0)
        buf_fmt(b, ", %llu unmanaged", (unsigned long long)n[RECORD_UNMANAGED]);
    if (n[RECORD_RESOLVED] > 0)
        buf_fmt(b, ", %llu resolved", (unsigned long long)n[RECORD_RESOLVED]);
    buf_byte(b, '\n');
}

/* Where it was looked for, in one line: "no drift" means little when all
 * events were ignored, or when no state was given. */
static void
put_looked(struct buf *b, const struct replay *r)
{
    const struct replay_counts *c = &r->count;

    paint_put(b, r->table.colours, PAINT_DIM);
    put_count(b, c->events, "event", "events");
    buf_fmt(b, " against ");
    put_count(b, r->setup.n_resources, "resource", "resources");
    buf_fmt(b, ": %llu as the state says, %llu ignored, %llu unmapped",
            (unsigned long long)c->verdict[VERDICT_NONE],
            (unsigned long long)c->verdict[VERDICT_IGNORED],
            (unsigned long long)c->verdict[VERDICT_UNMAPPED]);
    if (c->verdict[VERDICT_UNMANAGED] > 0)
        buf_fmt(b, ", %llu of unmanaged resources",
                (unsigned long long)c->verdict[VERDICT_UNMANAGED]);
    if (c->refused > 0)
        buf_fmt(b, ", %llu refused", (unsigned long long)c->refused);
    if (c->failed > 0)
        buf_fmt(b, ", %llu failed", (unsigned long long)c->failed);
    if (r->ledger.forgotten > 0)
        buf_fmt(b, "; %llu open drifts forgotten",
                (unsigned long long)r->ledger.forgotten);
    paint_put(b, r->table.colours, PAINT_OFF);
    buf_byte(b, '\n');
}

/* The most frequent names that no mapping knows: what is not mapped is
 * nothing we can judge, and the reader should know it. */
static void
put_unmapped(struct buf *b, const struct replay *r)
{
    const struct tally_name *top[SUMMARY_UNMAPPED_MAX + 1];
    size_t n = tally_top(&r->unmapped, top, SUMMARY_UNMAPPED_MAX);
    uint64_t names = r->unmapped.n;

    if (n == 0)
        return;
    paint_put(b, r->table.colours, PAINT_DIM);
    buf_put(b, SLICE("Not mapped:\n"));
    for (size_t i = 0; i < n; i++) {
        buf_fmt(b, "%8llu  ", (unsigned long long)top[i]->count);
        cells_put(b, top[i]->service, 40, CELLS_CUT_END);
        buf_byte(b, ' ');
        cells_put(b, top[i]->event, 60, CELLS_CUT_END);
        buf_byte(b, '\n');
    }
    if (names > n)
        buf_fmt(b, "          and %llu%s other names\n",
                (unsigned long long)(names - n),
                r->unmapped.others > 0 ? " or more" : "");
    paint_put(b, r->table.colours, PAINT_OFF);
}

void
replay_summary(struct replay *r)
{
    char mem[SUMMARY_BYTES];
    struct buf b = buf_over(mem, sizeof(mem));
    const uint64_t *n = r->count.records;

    if (r->count.refused > REPLAY_REFUSED_MAX)
        replay_say(r, "tfdrift replay: %llu more pieces were refused",
                   (unsigned long long)r->count.refused - REPLAY_REFUSED_MAX);
    if (!r->people)
        return;
    if (n[RECORD_DRIFT] + n[RECORD_UNMANAGED] + n[RECORD_RESOLVED] > 0)
        buf_byte(&b, '\n');
    put_found(&b, r);
    put_looked(&b, r);
    put_unmapped(&b, r);
    out_put(&r->out, buf_slice(&b));
}

void
replay_stats(struct replay *r)
{
    char mem[1024];
    struct buf b = buf_over(mem, sizeof(mem));
    const struct replay_counts *c = &r->count;
    struct rusage usage = {0};
    struct {
        const char *key;
        uint64_t n;
    } rows[] = {
        {"drift", c->verdict[VERDICT_DRIFT]},
        {"unmanaged", c->verdict[VERDICT_UNMANAGED]},
        {"none", c->verdict[VERDICT_NONE]},
        {"ignored", c->verdict[VERDICT_IGNORED]},
        {"unmapped", c->verdict[VERDICT_UNMAPPED]},
        {"resources", r->setup.n_resources},
        {"peak_rss_kb", 0},
    };

    getrusage(RUSAGE_SELF, &usage); /* kilobytes on Linux: getrusage(2) */
    rows[sizeof(rows) / sizeof(*rows) - 1].n = (uint64_t)usage.ru_maxrss;
    buf_fmt(&b, "{\"events\":%llu,\"bytes\":%llu,\"seconds\":%llu.%06llu",
            (unsigned long long)c->events, (unsigned long long)c->bytes,
            (unsigned long long)r->micros / 1000000,
            (unsigned long long)r->micros % 1000000);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        buf_fmt(&b, ",\"%s\":%llu", rows[i].key, (unsigned long long)rows[i].n);
    buf_byte(&b, '}');
    replay_say(r, "%.*s", SLICE_FMT(buf_slice(&b)));
}
