#include "cmd/replay.h"
#include "output/line.h"

/*
 * What becomes of a judged event on standard output: records as lines, as
 * rows of a table for people, or all of it as one line with --verdicts.
 * Everything is written into what is left of the event's arena, and from
 * there into the output's buffer at once.
 */

static struct slice
verdict_text(enum verdict v)
{
    static const struct slice texts[] = {
        [VERDICT_IGNORED] = SLICE_INIT("ignored"),
        [VERDICT_UNMAPPED] = SLICE_INIT("unmapped"),
        [VERDICT_NONE] = SLICE_INIT("none"),
        [VERDICT_UNMANAGED] = SLICE_INIT("unmanaged"),
        [VERDICT_DRIFT] = SLICE_INIT("drift"),
    };

    return texts[v];
}

/* key comes with its comma, quotes and colon. */
static void
put_member(struct buf *b, const char *key, struct slice text)
{
    buf_put(b, slice_str(key));
    buf_json(b, text);
}

/* One element of "resources". */
static void
put_resource(struct buf *b, const char *comma, struct slice resource,
             struct slice address, enum verdict v)
{
    buf_put(b, slice_str(comma));
    put_member(b, "{\"resource\":", resource);
    if (address.p != NULL)
        put_member(b, ",\"address\":", address);
    else
        buf_put(b, SLICE(",\"address\":null"));
    put_member(b, ",\"verdict\":", verdict_text(v));
    buf_byte(b, '}');
}

/* Addresses come from the arena that b is open over, so they are fetched
 * before. */
struct place {
    struct slice resource, address;
};

/* One for each finding; NULL when the arena is full. */
static struct place *
places_of(struct replay *r, const struct outcome *o)
{
    const struct trial *t = &o->judgement.trial;
    struct place *p =
        arena_alloc(&r->setup.event, (t->n_findings + 1) * sizeof(*p));

    for (size_t i = 0; i < t->n_findings && p != NULL; i++)
        p[i] = (struct place){record_resource(&t->finding[i]->in, &r->maker),
                              record_address(&t->finding[i]->in, &r->maker)};
    return p;
}

/* Every resource the event names, also those of which there is nothing to
 * tell: a test or a person can see that it was found. */
static void
put_resources(struct buf *b, const struct outcome *o, const struct place *p)
{
    const char *comma = "";

    for (size_t i = 0; i < o->judgement.trial.n_findings; i++) {
        put_resource(b, comma, p[i].resource, p[i].address, o->finding[i]);
        comma = ",";
    }
    for (size_t i = 0; i < o->judgement.n_unmanaged; i++) {
        put_resource(b, comma, o->judgement.unmanaged[i].resource,
                     slice_of(NULL, 0), o->unmanaged[i]);
        comma = ",";
    }
}

/* The line of --verdicts. */
static int
write_verdict(struct replay *r, const struct event *ev, const struct outcome *o)
{
    struct arena *a = &r->setup.event;
    struct slice source = event_text(ev, EVENT_SOURCE, a);
    struct slice name = event_text(ev, EVENT_NAME, a);
    struct place *places = places_of(r, o);
    struct buf b = arena_open(a);

    put_member(&b, "{\"event_id\":", o->event_id);
    put_member(&b, ",\"service\":", record_service(source));
    put_member(&b, ",\"event\":", name);
    put_member(&b, ",\"verdict\":", verdict_text(o->verdict));
    put_member(&b, ",\"reason\":", o->reason);
    buf_put(&b, SLICE(",\"records\":["));
    for (size_t i = 0; i < o->n_records; i++) {
        if (i > 0)
            buf_byte(&b, ',');
        line_record(&b, &o->record[i]);
    }
    buf_put(&b, SLICE("],\"resources\":["));
    if (places != NULL)
        put_resources(&b, o, places);
    buf_put(&b, SLICE("]}\n"));
    if (b.full || places == NULL)
        return ERR_MEMORY;
    out_put(&r->out, buf_slice(&b));
    return 0;
}

/* A record as a line, or as rows of the table, which appear at once. */
static int
write_record(struct replay *r, const struct record *rec, bool first)
{
    struct buf b = arena_open(&r->setup.event);

    if (r->people) {
        if (first)
            table_head(&r->table, &b);
        table_record(&r->table, &b, rec);
    } else {
        line_record(&b, rec);
        buf_byte(&b, '\n');
    }
    if (b.full)
        return ERR_MEMORY;
    out_put(&r->out, buf_slice(&b));
    return 0;
}

int
replay_write(struct replay *r, const struct event *ev, const struct outcome *o)
{
    const uint64_t *had = r->count.records;
    bool first =
        had[RECORD_DRIFT] + had[RECORD_UNMANAGED] + had[RECORD_RESOLVED] == 0;
    int rc = 0;

    if (r->verdicts)
        return write_verdict(r, ev, o);
    for (size_t i = 0; i < o->n_records && rc == 0; i++)
        rc = write_record(r, &o->record[i], first && i == 0);
    /* The bar and the table may share a terminal, and somebody may be
     * watching: rows appear when they are found. */
    if (r->people && o->n_records > 0) {
        progress_wipe(&r->progress);
        out_flush(&r->out);
    }
    return rc;
}
