#ifndef AGENT_KEEPER_H
#define AGENT_KEEPER_H

/*
 * The keeper of states: a thread that fetches every configured state, looks
 * again when its cache_ttl is over or when somebody asks, and keeps the last
 * good one while it cannot.  The judge's thread adopts what is new between
 * two events; it never waits for the network.
 *
 * A section whose key holds * or ** stands for every object that matches;
 * objects come and go with the listing.  Each state has a number that never
 * changes and is never given twice.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/config.h"
#include "base/arena.h"
#include "base/err.h"
#include "map/map.h"
#include "state/state.h"

#define KEEPER_STATES_MAX 4096

struct aws;
struct keeper;

/* What is known of one state; a copy, for metrics and for the judge. */
struct keeper_status {
    struct slice name;  /* lives as long as the keeper */
    bool loaded;        /* some good one is in use */
    bool gone;          /* the object is no longer there */
    bool locked;        /* as of the last look: an apply is running */
    int64_t tried_ms;   /* steady clock: when the last look that is over
                             * began; 0: never */
    int64_t good_ms;    /* ... the last that worked */
    uint64_t loads;     /* times it was read in */
    uint64_t unchanged; /* looks that found it as it was */
    uint64_t failures;
    uint64_t resources;
    uint64_t serial;
    char failure[160]; /* why the last look failed; empty: it did not */
};

/*
 * Readies it.  All of its memory comes from `arena`, which it keeps; maps are
 * those of the judge, whose words do not change any more.  wake(ctx) is
 * called from its thread when something is new.  Returns 0 or an error.
 */
int keeper_open(struct keeper **k, const struct config *c,
                const struct maps *maps, const struct aws *aws,
                struct arena *arena, void (*wake)(void *ctx), void *ctx,
                struct err *e);
int keeper_start(struct keeper *k, struct err *e);
/* Any thread: it ends soon; a look on the wire is given up. */
void keeper_stop(struct keeper *k);

/* Waits until it has.  All states are gone then, adopted ones too: the
 * judge's thread must be over. */
void keeper_join(struct keeper *k);

/*
 * For the judge's thread, between two events: adopts what was loaded
 * since the last call, and gives back the memory of what it replaces.  The
 * array and the states in it live until the next call; *changed says whether
 * anything differs from the last time.  Returns how many there are.
 */
size_t keeper_adopt(struct keeper *k, struct state *const **states,
                    bool *changed);

/* The number of an adopted state. */
size_t keeper_number(const struct keeper *k, const struct state *st);

/* Numbers given so far: 0...n-1. */
size_t keeper_count(struct keeper *k);
void keeper_status(struct keeper *k, size_t number, struct keeper_status *out);

/* Whether every state has been looked at since it was configured (one that
 * cannot be read counts); whether all are loaded. */
bool keeper_tried_all(struct keeper *k);
bool keeper_loaded_all(struct keeper *k);

/*
 * Asks for a look at a state, or at all (SIZE_MAX), that begins at `since`
 * (steady clock) or later.  True when such a look is over already, failed
 * or not, and adopted; else one is on its way and wake() will be called,
 * perhaps before this returns.  Of a state that failed again and again no
 * look is asked for, and the last one is the answer.
 */
bool keeper_want(struct keeper *k, size_t number, int64_t since_ms);

/*
 * Tries every state once, for `check --online`, instead of keeper_start().
 * each() is told of every one: e is NULL when it can be read, and says why
 * not, or what else is missing, when it cannot.  Of a section whose key is a
 * pattern it is told the section's name only when listing fails or finds
 * nothing.
 */
void keeper_probe(struct keeper *k, int64_t deadline_ms,
                  void (*each)(void *ctx, struct slice name,
                               const struct err *e),
                  void *ctx);

#endif
