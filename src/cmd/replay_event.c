#include "base/text.h"
#include "cmd/replay.h"

/* One event from its judgement to what is told and counted of it. */

/* Adds the event to the sums; names without a mapping are kept only where
 * somebody will read them. */
static void
count(struct replay *r, const struct event *ev, const struct outcome *o)
{
    struct arena *a = &r->setup.event;

    r->count.verdict[o->verdict]++;
    for (size_t i = 0; i < o->n_records; i++) {
        r->count.records[o->record[i].kind]++;
        if (o->record[i].kind == RECORD_DRIFT)
            r->count.severity[o->record[i].severity]++;
    }
    if (o->verdict == VERDICT_UNMAPPED && r->people)
        tally_add(&r->unmapped, record_service(event_text(ev, EVENT_SOURCE, a)),
                  event_text(ev, EVENT_NAME, a));
}

int
replay_event(struct replay *r, const struct event *ev, const char **broken)
{
    /* Whoever ran out of memory has said so in the arena: what was judged
     * with less than all there is must not be told. */
    uint64_t fails = r->setup.event.fails + r->setup.scratch.fails;
    struct outcome o = {.verdict = VERDICT_IGNORED};
    bool settles = false;
    int rc = 0;

    o.event_id = record_event_id(ev, &r->setup.event);
    if (dedup_seen(&r->dedup, dedup_id(o.event_id))) {
        o.reason = SLICE("duplicate");
    } else {
        judge_event(&r->judge, ev, &o.judgement);
        o.verdict = o.judgement.verdict;
        o.reason = o.judgement.reason;
        settles = r->ledger.live > 0 && slice_eq(o.reason, SLICE("terraform"));
        if (settles)
            judge_settling(&r->judge, ev, &o.judgement);
    }
    if (r->setup.event.fails + r->setup.scratch.fails == fails &&
        o.judgement.trial.scope.broken != NULL) {
        *broken = o.judgement.trial.scope.broken;
        return ERR_SYNTAX;
    }
    r->count.events++;
    if (o.verdict >= VERDICT_NONE || settles)
        rc = tell_event(&r->teller, ev, &o);
    if (r->setup.event.fails + r->setup.scratch.fails != fails)
        rc = ERR_MEMORY;
    if (rc == 0)
        rc = replay_write(r, ev, &o);
    count(r, ev, &o);
    tell_remember(&r->teller, &o);
    return rc;
}
