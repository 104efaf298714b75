#include "agent/pipeline.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "output/line.h"

/* Records of a judged event into the outbox, and the word that it is done
 * into the checkpoint. */

#define CHECKPOINT_AGAIN_MS 1000 /* after a failure */

/* Which outputs had accepted the record before a restart. */
static uint64_t
known_to(const struct pipeline *p, uint64_t record)
{
    uint64_t known = 0;

    for (size_t i = 0; i < p->o.n_outputs; i++)
        if (checkpoint_accepted(&p->checkpoint, p->output_hash[i], record))
            known |= (uint64_t)1 << i;
    return known;
}

/* Lines that an output has accepted, whose event is not done yet. */
static void
note_accepted(struct pipeline *p, uint64_t done)
{
    for (size_t i = 0; i < p->o.n_outputs; i++) {
        uint64_t accepted = outbox_accepted(p->o.outbox, i);

        while (p->noted[i] < accepted) {
            const struct pipeline_line *l =
                &p->line[++p->noted[i] % PIPELINE_LINES];

            if (l->last > done)
                checkpoint_accept(&p->checkpoint, p->output_hash[i], l->record);
        }
    }
}

/* Whether the place of the next line in the ring is that of one which some
 * output has not accepted, as far as that was noted. */
static bool
ring_is_full(const struct pipeline *p)
{
    uint64_t next = outbox_last(p->o.outbox) + 1;
    bool full = false;

    for (size_t i = 0; i < p->o.n_outputs && !full; i++)
        full = next - p->noted[i] > PIPELINE_LINES;
    return full;
}

bool
pipeline_room(struct pipeline *p)
{
    if (ring_is_full(p)) {
        note_accepted(p, outbox_done(p->o.outbox));
        if (ring_is_full(p))
            return false;
    }
    return outbox_room(p->o.outbox, 1);
}

/* Waits until there is room for one more line; false when closing.  It may
 * take long: what other outputs accept meanwhile is kept. */
static bool
wait_for_room(struct pipeline *p)
{
    while (!pipeline_room(p)) {
        pipeline_save(p, clock_steady_ms());
        if (!pipeline_wait(p, p->checkpoint_again_ms != 0
                                  ? p->checkpoint_again_ms
                                  : CLOCK_NEVER))
            return false;
    }
    return true;
}

/* A record by what it says, not by its number alone: an event that is read
 * again may find other resources, by other states. */
static uint64_t
record_hash(const struct record *r)
{
    uint64_t h = text_hash(r->id);

    h = h * 31 + text_hash(r->state);
    h = h * 31 + text_hash(r->address);
    return h * 31 + text_hash(r->resource);
}

/* Puts one record, for which there is room; *last: its number. */
static void
put(struct pipeline *p, const struct record *r, uint64_t *last)
{
    struct buf b = arena_open(&p->scratch);
    uint64_t hash = record_hash(r), number = 0;

    line_record(&b, r);
    buf_byte(&b, '\n');
    if (!b.full)
        number = outbox_put(p->o.outbox, buf_slice(&b), r->id, r->severity,
                            known_to(p, hash));
    if (number == 0) {
        /* A line is bounded; the event takes nearly all of the scratch. */
        atomic_fetch_add(&p->counts.too_large, 1);
        LOG(LOG_ERROR, "agent", "no memory for a record",
            log_text("id", r->id));
        return;
    }
    *last = number;
    p->line[number % PIPELINE_LINES] = (struct pipeline_line){hash, UINT64_MAX};
    atomic_fetch_add(&p->counts.records[r->kind], 1);
    if (r->kind == RECORD_DRIFT)
        atomic_fetch_add(&p->counts.severity[r->severity], 1);
}

bool
pipeline_tell(struct pipeline *p, const struct event *ev, struct dedup_id id,
              struct outcome *o, bool locked)
{
    uint64_t first = outbox_last(p->o.outbox) + 1, last = first - 1;

    p->telling = true;
    if (tell_event(&p->teller, ev, o) < 0) {
        atomic_fetch_add(&p->counts.too_large, 1);
        LOG(LOG_ERROR, "agent", "no memory for the records of an event",
            log_text("id", o->event_id));
    }
    for (size_t i = 0; i < o->n_records; i++) {
        o->record[i].state_locked = locked && o->record[i].kind == RECORD_DRIFT;
        if (!wait_for_room(p))
            return false;
        put(p, &o->record[i], &last);
    }
    if (locked && o->n_records > 0)
        atomic_fetch_add(&p->counts.locked, 1);
    tell_remember(&p->teller, o);
    checkpoint_event(&p->checkpoint, id, last);
    for (uint64_t n = first; n <= last; n++)
        p->line[n % PIPELINE_LINES].last = last;
    p->telling = false;
    return true;
}

void
pipeline_save(struct pipeline *p, int64_t now_ms)
{
    struct dedup_id busy[HELD_MAX];
    bool whole = !p->telling;
    uint64_t done = outbox_done(p->o.outbox);
    struct err e;

    note_accepted(p, done);
    if (now_ms < p->checkpoint_again_ms)
        return;
    for (size_t i = 0; i < p->held.n; i++)
        busy[i] = p->held.list[i].id;
    if (checkpoint_write(&p->checkpoint, done, whole ? busy : NULL, p->held.n,
                         &e) == 0) {
        if (p->checkpoint_again_ms != 0)
            LOG(LOG_INFO, "agent", "the checkpoint is written again",
                log_number("bytes", p->checkpoint.journal.bytes));
        p->checkpoint_again_ms = 0;
        return;
    }
    if (p->checkpoint_again_ms == 0)
        LOG(LOG_ERROR, "agent", "the checkpoint cannot be written",
            log_text("error", slice_str(e.text)));
    p->checkpoint_again_ms = now_ms + CHECKPOINT_AGAIN_MS;
}
