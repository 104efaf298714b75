#include "agent/pipeline_look.h"
#include "base/clock.h"

/* A new event: done with at once, or held back. */

/* Steady time of something that happened at a time of day, which CloudTrail
 * gives in whole seconds of its own clock; without a time it was long ago. */
static int64_t
happened(const struct pipeline *p, int64_t wall_ms, int64_t now_ms)
{
    int64_t there_ms = clock_wall_ms() + p->ahead_ms;

    return wall_ms > 0 ? now_ms - (there_ms - (wall_ms + 999)) : INT64_MIN;
}

/* Why the event must wait, if it must. */
static bool
must_wait(const struct looking *l, enum held_why *why)
{
    *why = l->terraform ? HELD_TERRAFORM : HELD_FRESH;
    if (l->o.verdict < VERDICT_NONE && !l->terraform)
        return false;
    if (held_blocks(&l->p->held, l->behind, &l->keys))
        return true;
    if (l->o.verdict == VERDICT_DRIFT)
        *why = HELD_DRIFT;
    return *why != HELD_FRESH || !look_is_fresh(l);
}

/* Holds it back; false when there is no room for it now. */
static bool
hold(struct looking *l, enum held_why why, int64_t now_ms)
{
    struct pipeline *p = l->p;
    struct held h = {.raw = l->ev.raw,
                     .id = l->id,
                     .keys = l->keys,
                     .why = why,
                     .batch = p->batch,
                     .happened_ms = l->since_ms,
                     .since_ms = now_ms,
                     .due_ms = now_ms,
                     .state = l->state};

    if (why == HELD_DRIFT)
        h.due_ms += look_delay_ms(p, 0);
    if (!held_add(&p->held, &h))
        return false;
    batches_hold(&p->batches, p->batch);
    return true;
}

/* Counts it as seen from now on. */
static void
seen(struct pipeline *p, struct dedup_id id)
{
    gate_enter(&p->gate);
    dedup_seen(&p->dedup, id);
    gate_leave(&p->gate);
    atomic_fetch_add(&p->counts.events, 1);
}

bool
pipeline_event(struct pipeline *p, const struct source_event *event,
               int64_t now_ms)
{
    struct looking l = {.p = p, .behind = p->held.n};
    enum held_why why;
    struct err e = {.text = ""};

    if (p->telling || !pipeline_room(p))
        return false;
    if (!look_decode(&l, event->raw, &e)) {
        look_refuse(&l, &e);
        return true;
    }
    if (pipeline_known(p, l.o.event_id))
        return true;
    if (!look_judge(&l, &e)) {
        seen(p, l.id);
        look_refuse(&l, &e);
        return true;
    }
    l.since_ms = happened(p, event->time_ms, now_ms);
    if (!must_wait(&l, &why)) {
        seen(p, l.id);
        return look_finish(&l, false);
    } else if (hold(&l, why, now_ms)) {
        seen(p, l.id);
    } else if (p->held.n > 0) {
        return false; /* until one of those that wait has gone */
    } else {
        seen(p, l.id);
        /* It is larger than all there is to hold events. */
        return look_finish(&l, false);
    }
    return true;
}
