#include "drift/ledger_inner.h"
#include "drift/ledger_text.h"

bool
ledger_next(struct ledger *l, size_t *at, bool changed,
            struct ledger_saved *out)
{
    struct ledger_at it;

    for (size_t i = changed && !l->changed ? l->n : *at; i < l->n; i++) {
        struct ledger_drift *d = &l->drift[i];

        if (changed ? !d->changed : d->gone)
            continue;
        *at = i + 1;
        *out = (struct ledger_saved){.text = slice_of(l->text + d->at, d->n),
                                     .open = d->open,
                                     .gone = d->gone,
                                     .is_delete = d->is_delete,
                                     .recreated = d->recreated};
        out->id = ledger_read(l->text + d->at, d->n, &it).id;
        d->changed = false;
        return true;
    }
    l->changed = l->changed && !changed;
    return false;
}

/* Takes out the drift of a record, if it is there. */
static void
drop_id(struct ledger *l, struct slice id)
{
    struct ledger_at it;

    for (size_t i = l->first; i < l->n; i++) {
        struct ledger_drift *d = &l->drift[i];

        if (!d->gone &&
            slice_eq(ledger_read(l->text + d->at, d->n, &it).id, id)) {
            ledger_drop(l, d);
            return;
        }
    }
}

bool
ledger_restore(struct ledger *l, const struct ledger_saved *saved)
{
    drop_id(l, saved->id);
    return saved->gone ||
           ledger_add(l, saved->text,
                      (struct ledger_drift){.open = saved->open,
                                            .is_delete = saved->is_delete,
                                            .recreated = saved->recreated});
}
