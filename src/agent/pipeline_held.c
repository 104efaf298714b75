#include "agent/pipeline_look.h"
#include "base/clock.h"

/* The events that were held back, when their time has come. */

/* How often a state is asked whether the apply is over. */
#define LOCK_LOOK_MS 5000

/* Whether an apply is running that may explain what was found. */
static bool
is_locked(const struct looking *l)
{
    const struct pipeline *p = l->p;
    const struct trial *t = &l->o.judgement.trial;

    for (size_t i = 0; i < t->n_findings; i++) {
        size_t n = keeper_number(p->o.keeper, t->finding[i]->in.state);

        if ((t->finding[i]->verdict == VERDICT_DRIFT || l->terraform) &&
            n < p->n_numbers && p->locked[n])
            return true;
    }
    if (l->o.verdict != VERDICT_UNMANAGED)
        return false;
    for (size_t i = 0; i < p->n_numbers; i++)
        if (p->locked[i])
            return true;
    return false;
}

/* Whether the event makes a resource that no state has: then no apply that
 * is running can explain it, for it was not Terraform that called. */
static bool
creates(const struct judgement *j)
{
    for (size_t i = 0; i < j->n_unmanaged; i++)
        if (j->unmanaged[i].creates)
            return true;
    return false;
}

/*
 * Whether what was found may have an explanation that is still on its way:
 * an apply is running, or a state that might have the resource could not be
 * read yet.  Who waits for another's sake must not keep the rest out.
 */
static bool
may_be_explained(const struct looking *l, bool locked)
{
    if (l->o.verdict == VERDICT_DRIFT || l->terraform)
        return locked;
    return l->o.verdict == VERDICT_UNMANAGED && !creates(&l->o.judgement) &&
           l->p->held.n < HELD_MAX / 2 && (locked || !l->p->all_loaded);
}

/*
 * A held event that is due, judged by states looked at since: true when it
 * is over, and may be told (*locked: though an apply is running).
 */
static bool
settle(struct looking *l, struct held *h, int64_t now_ms, bool *locked)
{
    const struct config_verify *verify = &l->p->o.config->verify;
    int64_t patience = h->since_ms + (int64_t)verify->lock_wait_ms;
    bool drift = l->o.verdict == VERDICT_DRIFT;

    *locked = is_locked(l);
    h->state = l->state;
    if (now_ms < patience && may_be_explained(l, *locked)) {
        h->due_ms = now_ms + LOCK_LOOK_MS;
        if (h->due_ms > patience)
            h->due_ms = patience;
        return false;
    }
    if (l->o.verdict == VERDICT_UNMANAGED && !l->p->all_loaded)
        atomic_fetch_add(&l->p->counts.undecided, 1);
    if (h->why == HELD_FRESH && drift) {
        h->why = HELD_DRIFT;
        h->due_ms = now_ms + look_delay_ms(l->p, 0);
        return false;
    }
    if (drift || h->why == HELD_FRESH ||
        (h->why == HELD_TERRAFORM && !l->terraform))
        return true;
    if (++h->attempt < verify->attempts) {
        h->due_ms = now_ms + look_delay_ms(l->p, h->attempt);
        return false;
    }
    if (h->why == HELD_DRIFT)
        atomic_fetch_add(&l->p->counts.caught_up, 1);
    return true;
}

/* Looks at number i; true when it is over, and told. */
static bool
look(struct pipeline *p, size_t i, int64_t now_ms)
{
    struct held *h = &p->held.list[i];
    struct looking l = {.p = p, .since_ms = h->happened_ms};
    bool locked = false;
    struct err e = {.text = ""};

    /* Both worked once; memory may be short this time. */
    if (!look_decode(&l, h->raw, &e) || !look_judge(&l, &e)) {
        look_refuse(&l, &e);
        return true;
    }
    if (!settle(&l, h, now_ms, &locked))
        return false;
    return look_finish(&l, locked && l.o.verdict == VERDICT_DRIFT);
}

int64_t
pipeline_held(struct pipeline *p, int64_t now_ms)
{
    int64_t next = CLOCK_NEVER;
    size_t i = 0;

    while (i < p->held.n && !p->telling) {
        struct held *h = &p->held.list[i];

        if (held_blocks(&p->held, i, &h->keys)) {
            i++;
            continue;
        }
        if (h->due_ms > now_ms) {
            next = h->due_ms < next ? h->due_ms : next;
            i++;
            continue;
        }
        /* Its states are on their way: the keeper wakes us. */
        if (!keeper_want(p->o.keeper, h->state, h->due_ms) ||
            !pipeline_room(p) || !look(p, i, now_ms)) {
            if (h->due_ms > now_ms && h->due_ms < next)
                next = h->due_ms;
            i++;
            continue;
        }
        batches_release(&p->batches, h->batch);
        held_remove(&p->held, i);
    }
    return next;
}
