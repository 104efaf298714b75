#include "drift/owned.h"

void
owned_open(struct owned *o, const struct trial *t, enum word type,
           enum word attr, struct slice value)
{
    *o = (struct owned){.t = t,
                        .type = t->words->id[type],
                        .attr = t->words->id[attr],
                        .value = value};
}

void
owned_scan(struct owned *o, const struct trial *t, enum word type,
           enum word attr, struct slice value)
{
    owned_open(o, t, type, attr, value);
    o->scan = true;
}

/* Asks the next state that speaks for the event's account. */
static bool
next_state(struct owned *o)
{
    const struct trial *t = o->t;

    while (o->state < t->n_states) {
        const struct state *st = t->states[o->state++];
        struct slice account = state_account(st);

        if (account.n > 0 && !slice_eq(account, t->account))
            continue;
        state_find(st, o->type, o->scan ? slice_of(NULL, 0) : o->value,
                   &o->hits);
        return true;
    }
    return false;
}

bool
owned_next(struct owned *o, struct instance *in)
{
    if (o->value.n == 0)
        return false;
    for (;;) {
        /* The index is by hash: only the attribute itself decides. */
        while (o->open && state_hit_next(&o->hits, in))
            if (slice_eq(value_text(value_get(in->attrs, o->attr)), o->value))
                return true;
        o->open = next_state(o);
        if (!o->open)
            return false;
    }
}
