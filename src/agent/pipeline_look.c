#include "agent/pipeline_look.h"

#include "base/log.h"
#include "base/text.h"

#define UNMAPPED_NAME_BYTES 128 /* of a name that is counted; AWS': 64 */

/* The resources that an event is about, for the order among events. */
static void
find_keys(struct looking *l)
{
    const struct judgement *j = &l->o.judgement;
    const struct trial *t = &j->trial;

    l->keys.n = 0;
    l->state = SIZE_MAX;
    for (size_t i = 0; i < t->n_findings; i++) {
        const struct instance *in = &t->finding[i]->in;
        size_t number = keeper_number(l->p->o.keeper, in->state);
        struct slice address = record_address(in, &l->p->teller.maker);

        held_key(&l->keys,
                 text_hash(state_name(in->state)) * 31 + text_hash(address));
        l->state = i == 0 || l->state == number ? number : SIZE_MAX;
    }
    for (size_t i = 0; i < j->n_unmanaged; i++)
        held_key(&l->keys, text_hash(j->unmanaged[i].resource));
    if (j->n_unmanaged > 0)
        l->state = SIZE_MAX;
}

/* Whether some drift of the event's resources is open. */
static bool
has_open(const struct looking *l)
{
    const struct trial *t = &l->o.judgement.trial;

    for (size_t i = 0; i < t->n_findings; i++)
        if (l->p->judge.is_open(l->p, &t->finding[i]->in))
            return true;
    return false;
}

/*
 * What Terraform does itself is no drift; but when it puts back what was
 * drifting, that is over.  So while any drift is open, or may soon be, its
 * events are judged for what they settle.
 */
static void
judge_terraform(struct looking *l)
{
    struct judgement *j = &l->o.judgement;

    judge_settling(&l->p->judge, &l->ev, j);
    find_keys(l);
    l->terraform =
        j->verdict >= VERDICT_NONE &&
        (has_open(l) || held_blocks(&l->p->held, l->behind, &l->keys));
    l->o.verdict = VERDICT_IGNORED;
}

bool
look_decode(struct looking *l, struct slice raw, struct err *e)
{
    struct pipeline *p = l->p;
    size_t at;

    arena_reset(&p->event, 0);
    arena_reset(&p->scratch, 0);
    l->o = (struct outcome){.verdict = VERDICT_IGNORED};
    if (event_decode(raw, &l->ev, &at) < 0) {
        err_set(e, ERR_SYNTAX, "not a CloudTrail record, at byte %zu", at);
        return false;
    }
    l->o.event_id = record_event_id(&l->ev, &p->event);
    l->id = dedup_id(l->o.event_id);
    return true;
}

bool
look_judge(struct looking *l, struct err *e)
{
    struct pipeline *p = l->p;
    uint64_t fails = p->event.fails + p->scratch.fails;

    judge_event(&p->judge, &l->ev, &l->o.judgement);
    l->o.verdict = l->o.judgement.verdict;
    l->o.reason = l->o.judgement.reason;
    if ((p->ledger.live > 0 || l->behind > 0) &&
        slice_eq(l->o.reason, SLICE("terraform")))
        judge_terraform(l);
    else
        find_keys(l);
    if (p->event.fails + p->scratch.fails != fails) {
        atomic_fetch_add(&p->counts.too_large, 1);
        err_set(e, ERR_MEMORY, "it needs more than [agent] memory gives");
        return false;
    }
    if (l->o.judgement.trial.scope.broken != NULL) {
        err_set(e, ERR_SYNTAX, "%s: malformed, or nested too deeply",
                l->o.judgement.trial.scope.broken);
        return false;
    }
    return true;
}

static void
count_verdict(struct pipeline *p, const struct looking *l)
{
    const struct outcome *o = &l->o;
    size_t i = 0;

    atomic_fetch_add(&p->counts.verdict[o->verdict], 1);
    if (o->verdict == VERDICT_UNMAPPED) {
        gate_enter(&p->gate);
        tally_add(&p->unmapped,
                  slice_head(record_service(
                                 event_text(&l->ev, EVENT_SOURCE, &p->event)),
                             UNMAPPED_NAME_BYTES),
                  slice_head(event_text(&l->ev, EVENT_NAME, &p->event),
                             UNMAPPED_NAME_BYTES));
        gate_leave(&p->gate);
    }
    if (o->verdict != VERDICT_IGNORED)
        return;
    while (i < PIPELINE_RULE && !slice_eq(o->reason, pipeline_ignored_text[i]))
        i++;
    atomic_fetch_add(&p->counts.ignored[i], 1);
}

bool
look_finish(struct looking *l, bool locked)
{
    struct pipeline *p = l->p;

    if ((l->o.verdict >= VERDICT_NONE || l->terraform) &&
        !pipeline_tell(p, &l->ev, l->id, &l->o, locked))
        return false;
    count_verdict(p, l);
    return true;
}

bool
look_is_fresh(const struct looking *l)
{
    const struct pipeline *p = l->p;

    if (l->state == SIZE_MAX)
        return p->all_loaded && p->oldest_good >= l->since_ms;
    return l->state < p->n_numbers && p->good_ms[l->state] >= l->since_ms;
}

void
look_refuse(struct looking *l, const struct err *e)
{
    struct pipeline *p = l->p;

    atomic_fetch_add(&p->counts.refused, 1);
    LOG(LOG_WARNING, "agent", "an event was passed over",
        log_text("why", slice_str(e->text)), log_text("id", l->o.event_id));
    checkpoint_event(&p->checkpoint, l->id, outbox_last(p->o.outbox));
}
