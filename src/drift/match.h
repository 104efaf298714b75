#ifndef DRIFT_MATCH_H
#define DRIFT_MATCH_H

/*
 * Which resources of the states a binding means: its id lines against the
 * index, then against the attributes themselves.
 */

#include "drift/attr.h"
#include "drift/equal.h"
#include "drift/finding.h"

/* The ids that an event gives for one element of a binding. */
struct wanted {
    const struct map_binding *binding;
    size_t n; /* id lines that the event has values for */
    const struct map_id *line[MAP_IDS_MAX];
    struct values value[MAP_IDS_MAX]; /* transformed */
    size_t n_absent; /* lines without a value: the default is meant */
    const struct map_id *absent[MAP_IDS_MAX];
};

/* Reads the ids; w->n is 0 when the event gives none. */
void match_wanted(struct trial *t, const struct map_binding *b,
                  struct wanted *w);

/* Calls back for each instance that has the ids, with the blocks picked. */
typedef void match_fn(void *ctx, const struct instance *in,
                      const struct picks *picks);
void match_each(struct trial *t, const struct wanted *w, match_fn *fn,
                void *ctx);

/* Whether an instance has the ids; picks gets the blocks they pick. */
bool match_has(struct trial *t, const struct wanted *w,
               const struct instance *in, struct picks *picks);

/* The ids as one text, "a" or "a:b", in the trial's arena. */
struct slice match_text(struct trial *t, const struct wanted *w);

/* Whether a state is asked about an account's events. */
bool match_account(const struct state *st, struct slice account);

#endif
