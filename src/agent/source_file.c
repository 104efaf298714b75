#include <string.h>

#include "agent/follow.h"
#include "base/clock.h"
#include "base/log.h"

/*
 * A file of records, read and then followed.  The reader pulls bytes through
 * follow_read(), which waits at the file's end for more; before it waits, all
 * that is whole is handed over.  So a record is given when its last byte is
 * written, and half a line simply waits there for its other half.
 *
 * Offsets are those of the text; of a gzipped file that is what comes out of
 * it, and it is inflated again from its start to get there.
 */

#define BATCH_EVENTS 512           /* handed over together at most */
#define BATCH_MAX_BYTES (1u << 20) /* and the memory for them */
#define RETRY_MS 1000              /* after an error of the disk */

/* One record; false when the pipeline is closing. */
static bool
take(struct follow *f, const struct event *ev)
{
    struct source *s = f->s;

    if (s->gather.n >= BATCH_EVENTS && !follow_flush(f))
        return false;
    if (source_add(s, ev) == 0)
        return true;
    if (!follow_flush(f))
        return false;
    if (source_add(s, ev) == 0)
        return true;
    /* Longer than a whole batch: as it stands in the reader's memory. */
    atomic_fetch_add(&s->counts.events, 1);
    return source_submit_one(s, (struct source_event){s->time_ms, ev->raw},
                             follow_position(f), true);
}

/* The reader cannot go on, for this reason. */
static void
read_failed(struct follow *f, const struct err *why)
{
    int failed = f->reader.feed.failed;

    if (failed != 0 && failed != FEED_END) {
        f->over = FOLLOW_BROKEN;
        f->damaged = failed != ERR_IO;
        source_failed(f->s, why);
        return;
    }
    /* Only at the stream's end can something be whole later. */
    if (why->code != ERR_MORE)
        f->over = FOLLOW_MALFORMED;
    else if (f->over == FOLLOW_TORN || f->over == FOLLOW_STOPPED)
        return;
    source_refuse(f->s, why);
}

/* Reads records until the stream ends. */
static void
read_all(struct follow *f)
{
    struct err why = {0};
    struct event ev;

    for (;;) {
        switch (reader_next(&f->reader, &ev, &why)) {
        case READER_EVENT:
            if (take(f, &ev) && !source_stopping(f->s))
                continue;
            f->over = FOLLOW_STOPPED;
            return;
        case READER_REFUSED:
            source_refuse(f->s, &why);
            continue;
        case READER_ERROR:
            read_failed(f, &why);
            return;
        case READER_END:
            return;
        }
    }
}

/* Reads from *at on until something is over, and moves *at to where to go on
 * in the same file. */
static enum follow_over
session(struct follow *f, uint64_t *at)
{
    struct err why = {0};
    struct stream top = {.read = follow_read, .ctx = f};
    int rc = follow_open(f, *at, &why);

    f->given = f->solid = f->line_break = f->blank_break = *at;
    if (rc == 0)
        rc = reader_open(&f->reader, &top, f->tail.path, &f->scratch);
    if (rc == ERR_MORE)
        return f->over;
    if (rc != 0) {
        f->damaged = rc != ERR_IO;
        source_failed(f->s, &why);
        return FOLLOW_BROKEN;
    }
    reader_begin_at(&f->reader, *at);
    f->reader.restart = *at;
    f->reading = true;
    read_all(f);
    f->reading = false;
    if (f->over == FOLLOW_STOPPED || !follow_flush(f))
        return FOLLOW_STOPPED;
    *at = f->over == FOLLOW_MALFORMED ? f->reader.offset : f->reader.restart;
    return f->over;
}

/* Nothing can be read on: tries again, or waits for the file to be another
 * one, since damaged data stay damaged. */
static enum follow_over
broken(struct follow *f)
{
    struct err why;

    if (f->damaged && follow_drain(f, &why) == 0)
        return f->over;
    source_slot_give(f->s);
    source_wait(f->s, -1, clock_steady_ms() + RETRY_MS);
    source_slot_take(f->s);
    return FOLLOW_BROKEN;
}

/* The open file, from an offset on, to its end. */
static void
follow(struct follow *f, uint64_t at)
{
    struct err why;
    enum follow_over over;
    int rc;

    f->sent = follow_position(f);
    f->sent.offset = at;
    f->torn_given = 0;
    for (;;) {
        over = session(f, &at);
        if (over == FOLLOW_MALFORMED) {
            rc = follow_line(f, &at, &why);
            if (rc != 0)
                over = rc == ERR_MORE ? f->over : FOLLOW_BROKEN;
        }
        if (over == FOLLOW_BROKEN)
            over = broken(f);
        if (over == FOLLOW_TRUNCATED)
            at = 0;
        if (over == FOLLOW_STOPPED || over == FOLLOW_REPLACED ||
            source_stopping(f->s))
            return;
    }
}

/* Opens the file, waiting until it is there. */
static bool
appear(struct follow *f)
{
    bool watched = false;
    struct err why;

    while (!source_stopping(f->s)) {
        if (tail_open(&f->tail, &why) == 0)
            return true;
        if (watched) {
            /* Not a failure each time that something else happens there. */
            if (!f->s->failing)
                source_failed(f->s, &why);
            source_wait(f->s, f->tail.notify,
                        f->tail.deaf ? clock_steady_ms() + TAIL_LOOK_MS
                                     : CLOCK_NEVER);
        } else
            tail_watch(&f->tail);
        watched = !watched;
    }
    return false;
}

/* Opens the file that the checkpoint knows, which may have been renamed while
 * nobody looked; *at: where it was read to. */
static bool
find_known(struct follow *f, uint64_t *at)
{
    const struct source_position *start = &f->s->o.start;
    uint64_t device = start->device, inode = start->inode;
    struct tail *t = &f->tail;
    struct err why;

    *at = start->offset;
    if (inode == 0)
        return false;
    if ((tail_open(t, &why) != 0 || !tail_is(t, device, inode)) &&
        !tail_open_moved(t, device, inode, &f->scratch)) {
        tail_close(t);
        LOG(LOG_WARNING, "agent",
            "the file that was read last is gone, and what was not yet read "
            "of it",
            log_text("source", f->s->name));
        return false;
    }
    /* How long a gzipped file is inside only reading it can tell. */
    if (!tail_is_gzip(t) && !tail_had_end(t, *at))
        *at = 0;
    return true;
}

static void
file_run(struct source *s)
{
    struct follow *f = s->own;
    uint64_t at;
    bool open = find_known(f, &at);

    while (open || appear(f)) {
        source_slot_take(s);
        follow(f, open ? at : 0);
        source_slot_give(s);
        tail_close(&f->tail);
        open = false;
    }
}

static int
file_open_source(struct source *s, struct err *e)
{
    size_t left = s->arena->size - arena_mark(s->arena);
    struct follow *f = arena_alloc(s->arena, sizeof(*f));
    size_t batch = left / 4 < BATCH_MAX_BYTES ? left / 4 : BATCH_MAX_BYTES;

    if (f == NULL || gather_init(&s->gather, s->arena, batch) != 0)
        goto full;
    memset(f, 0, sizeof(*f));
    f->s = s;
    s->own = f;
    tail_init(&f->tail, s->o.config->path);
    left = s->arena->size - arena_mark(s->arena);
    if (left > 64 && arena_split(&f->scratch, s->arena, left - 64) == 0)
        return 0;
full:
    return err_set(e, ERR_MEMORY, "%.*s: no memory for this source",
                   SLICE_FMT(s->name));
}

static void
file_stop(struct source *s)
{
    (void)s; /* it waits for nothing but source_wait() */
}

static void
file_close_source(struct source *s)
{
    struct follow *f = s->own;

    tail_close(&f->tail);
}

static int
file_probe(struct source *s, int64_t deadline_ms, struct err *e)
{
    struct follow *f = s->own;
    int rc = tail_open(&f->tail, e);

    (void)deadline_ms; /* a file opens or it does not */
    tail_close(&f->tail);
    return rc;
}

const struct source_kind source_file = {
    .open = file_open_source,
    .run = file_run,
    .stop = file_stop,
    .close = file_close_source,
    .probe = file_probe,
};
