#include "drift/tell.h"

/*
 * The order matters: the ledger first hears what the event settles, then the
 * event's own drifts get their numbers (which must not depend on what
 * happened to be open), then come the resolved ones, and only what was
 * written is open from then on.
 */

/* One event on its way to records. */
struct telling {
    struct teller *by;
    struct outcome *outcome;
    struct record common;
    const struct ignore_rule *rule; /* the last that took something out */
    size_t closed;                  /* drifts this event puts back */
};

static const struct names *
names_of(const struct teller *by)
{
    return &by->maker.maps->names;
}

/* The next record's place.  It counts only once keep_record() says so: what
 * a rule takes leaves no gap in the numbers. */
static struct record *
next_record(struct outcome *o)
{
    return &o->record[o->n_records];
}

/* Room for all the records an event can have, so that nothing below has to
 * grow: one for each resource, and one for each drift that is over. */
static int
make_room(struct telling *t)
{
    struct outcome *o = t->outcome;
    struct arena *a = t->by->maker.arena;
    const struct judgement *j = &o->judgement;
    size_t n = j->trial.n_findings, m = j->n_unmanaged;

    o->max_records = n + m + t->closed;
    o->record = arena_alloc(a, (o->max_records + 1) * sizeof(*o->record));
    o->finding = arena_alloc(a, (n + 1) * sizeof(*o->finding));
    o->unmanaged = arena_alloc(a, (m + 1) * sizeof(*o->unmanaged));
    if (o->record == NULL || o->finding == NULL || o->unmanaged == NULL)
        return ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        o->finding[i] = j->trial.finding[i]->verdict;
    for (size_t i = 0; i < m; i++)
        o->unmanaged[i] = VERDICT_UNMANAGED;
    return 0;
}

/* Finishes the next record, unless a rule of the user's takes all of it. */
static int
keep_record(struct telling *t, const struct instance *in, enum verdict *v)
{
    struct teller *by = t->by;
    struct outcome *o = t->outcome;
    struct record *rec = next_record(o);
    const struct ignore_rule *rule = ignore_apply(by->ignore, rec);

    if (rule != NULL) {
        t->rule = rule;
        *v = VERDICT_IGNORED;
        return 0;
    }
    return record_finish(rec, in, o->n_records++, &by->maker);
}

/* The drifts, in the order in which the judge found the resources: the same
 * event gives the same numbers in every run. */
static int
tell_drifts(struct telling *t)
{
    const struct trial *trial = &t->outcome->judgement.trial;
    int rc = 0;

    for (size_t i = 0; i < trial->n_findings && rc == 0; i++) {
        const struct finding *f = trial->finding[i];

        if (f->verdict != VERDICT_DRIFT)
            continue;
        rc =
            record_drift(next_record(t->outcome), &t->common, f, &t->by->maker);
        if (rc == 0)
            rc = keep_record(t, &f->in, &t->outcome->finding[i]);
    }
    return rc;
}

/* Whether the user wants to hear of an unmanaged resource. */
static bool
is_wanted(const struct teller *by, const struct unmanaged *u)
{
    switch (by->unmanaged) {
    case FILTER_ALL:
        return true;
    case FILTER_CREATE:
        return u->creates;
    default:
        return false;
    }
}

/* The resources that no state has; those nobody asked for keep their verdict
 * and get no record. */
static int
tell_unmanaged(struct telling *t)
{
    const struct judgement *j = &t->outcome->judgement;
    int rc = 0;

    for (size_t i = 0; i < j->n_unmanaged && rc == 0; i++) {
        if (!is_wanted(t->by, &j->unmanaged[i]))
            continue;
        rc = record_unmanaged(next_record(t->outcome), &t->common,
                              &j->unmanaged[i], &t->by->maker);
        if (rc == 0)
            rc = keep_record(t, NULL, &t->outcome->unmanaged[i]);
    }
    return rc;
}

/* What the event says of drifts that are open.  Addresses are not free to
 * make, so resources of which nothing is settled are passed over. */
static void
settle(struct telling *t, const struct event *ev)
{
    struct teller *by = t->by;
    const struct trial *trial = &t->outcome->judgement.trial;
    struct slice when = SLICE("");

    if (by->ledger->live > 0)
        when = event_text(ev, EVENT_TIME, by->maker.arena);

    for (size_t i = 0; i < trial->n_findings && by->ledger->live > 0; i++) {
        const struct finding *f = trial->finding[i];

        if (f->n_settled > 0 || f->creates)
            t->closed +=
                ledger_apply(by->ledger, names_of(by), state_name(f->in.state),
                             record_address(&f->in, &by->maker), when, f);
    }
}

/* Records of the drifts of one resource that are over. */
static int
tell_resolved(struct telling *t, const struct instance *in)
{
    struct teller *by = t->by;
    struct outcome *o = t->outcome;
    struct slice address = record_address(in, &by->maker);
    struct ledger_closed closed;
    struct record *rec;
    int rc = 0;

    while (rc == 0 && o->n_records < o->max_records &&
           ledger_take(by->ledger, state_name(in->state), address,
                       by->maker.arena, &closed)) {
        rec = next_record(o);
        rc = record_resolved(rec, &t->common, in, &by->maker);
        rec->changes = closed.changes;
        rec->resolves = closed.id;
        if (closed.was_deleted)
            rec->action = ACTION_CREATE;
        if (rc == 0)
            rc = record_finish(rec, in, o->n_records++, &by->maker);
    }
    return rc;
}

/* The gravest of what the resources got; ignored when a rule took something
 * and nobody is left to hear of anything. */
static void
weigh(struct telling *t)
{
    struct outcome *o = t->outcome;
    const struct judgement *j = &o->judgement;

    if (t->rule == NULL)
        return;
    o->verdict = VERDICT_IGNORED;
    for (size_t i = 0; i < j->trial.n_findings; i++)
        if (o->finding[i] > VERDICT_NONE && o->finding[i] > o->verdict)
            o->verdict = o->finding[i];
    for (size_t i = 0; i < j->n_unmanaged; i++)
        if (o->unmanaged[i] > o->verdict)
            o->verdict = o->unmanaged[i];
    if (o->verdict == VERDICT_IGNORED) {
        struct buf b = arena_open(t->by->maker.arena);

        buf_put(&b, SLICE("rule:"));
        buf_put(&b, t->rule->name);
        o->reason = arena_keep(t->by->maker.arena, &b);
    }
}

/* All records of a judged event.  Most have none, and for them neither the
 * caller's identity is read nor a value written. */
int
tell_event(struct teller *by, const struct event *ev, struct outcome *o)
{
    struct telling telling = {.by = by, .outcome = o}, *t = &telling;
    const struct judgement *j = &o->judgement;
    int rc;

    settle(t, ev);
    if ((rc = make_room(t)) < 0)
        return rc;
    if (j->verdict < VERDICT_UNMANAGED && t->closed == 0)
        return 0;
    record_event(&t->common, ev, &by->maker);
    if ((rc = tell_drifts(t)) < 0 || (rc = tell_unmanaged(t)) < 0)
        return rc;
    weigh(t);
    for (size_t i = 0; i < j->trial.n_findings && t->closed > 0; i++)
        if ((rc = tell_resolved(t, &j->trial.finding[i]->in)) < 0)
            return rc;
    return 0;
}

/* Open from now on: the drifts that were written. */
void
tell_remember(struct teller *by, const struct outcome *o)
{
    for (size_t i = 0; i < o->n_records; i++)
        ledger_open(by->ledger, &o->record[i], names_of(by), by->maker.scratch);
}
