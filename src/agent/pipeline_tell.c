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

/* Waits until there is room for one more line; false when closing. */
static bool
wait_for_room(struct pipeline *p)
{
    while (!outbox_room(p->o.outbox, 1))
        if (!pipeline_wait(p, CLOCK_NEVER))
            return false;
    return true;
}

/* Puts one record; its number, or 0 when closing. */
static uint64_t
put(struct pipeline *p, const struct record *r)
{
    size_t mark = arena_mark(&p->scratch);
    struct buf b = arena_open(&p->scratch);
    uint64_t hash = text_hash(r->id), number;

    line_record(&b, r);
    buf_byte(&b, '\n');
    if (b.full) {
        /* A line is bounded, and the scratch is larger: see memory.h. */
        LOG(LOG_ERROR, "agent", "no memory for a record",
            log_text("id", r->id));
        return 0;
    }
    if (!wait_for_room(p))
        return 0;
    number = outbox_put(p->o.outbox, buf_slice(&b), r->id, r->severity,
                        known_to(p, hash));
    p->line[number % PIPELINE_LINES] = (struct pipeline_line){hash, UINT64_MAX};
    arena_reset(&p->scratch, mark);
    atomic_fetch_add(&p->counts.records[r->kind], 1);
    if (r->kind == RECORD_DRIFT)
        atomic_fetch_add(&p->counts.severity[r->severity], 1);
    return number;
}

void
pipeline_tell(struct pipeline *p, const struct event *ev, struct dedup_id id,
              struct outcome *o, bool locked)
{
    uint64_t first = outbox_last(p->o.outbox) + 1, last = first - 1;

    if (tell_event(&p->teller, ev, o) < 0) {
        atomic_fetch_add(&p->counts.too_large, 1);
        LOG(LOG_ERROR, "agent", "no memory for the records of an event",
            log_text("id", o->event_id));
    }
    for (size_t i = 0; i < o->n_records; i++) {
        o->record[i].state_locked = locked && o->record[i].kind == RECORD_DRIFT;
        last = put(p, &o->record[i]);
        if (last == 0)
            return; /* not done: it will be read again */
    }
    if (locked && o->n_records > 0)
        atomic_fetch_add(&p->counts.locked, 1);
    tell_remember(&p->teller, o);
    checkpoint_event(&p->checkpoint, id, last);
    for (uint64_t n = first; n <= last; n++)
        p->line[n % PIPELINE_LINES].last = last;
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

void
pipeline_save(struct pipeline *p, int64_t now_ms)
{
    struct dedup_id busy[HELD_MAX];
    uint64_t done = outbox_done(p->o.outbox);
    struct err e;

    note_accepted(p, done);
    if (now_ms < p->checkpoint_again_ms)
        return;
    for (size_t i = 0; i < p->held.n; i++)
        busy[i] = p->held.list[i].id;
    if (checkpoint_write(&p->checkpoint, done, busy, p->held.n, &e) == 0) {
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
