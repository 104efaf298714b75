#ifndef AGENT_BATCHES_H
#define AGENT_BATCHES_H

/*
 * The batches that sources have handed over and that are not done with: a
 * source's place moves on when all events of its oldest batch are told,
 * however long some of them have to wait, and never past one that is not.
 * Of each source only a few are told apart: what comes when those are there
 * joins the newest, so that one that waits stops nobody.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/source.h"
#include "base/arena.h"

#define BATCHES_EACH 4 /* of one source */

struct batch {
    uint64_t id;
    size_t source;
    struct source_position after;
    size_t open; /* events that are not told; 1 more while it comes in */
};

struct batches {
    struct batch *list; /* the oldest first */
    size_t n;
    uint64_t last; /* id given last */
};

/* Room for those of n_sources sources.  Returns 0 or ERR_MEMORY. */
int batches_init(struct batches *w, struct arena *arena, size_t n_sources);

/* A batch that is coming in, of a source whose number is below n_sources;
 * its id.  The one before of that source has come in whole. */
uint64_t batches_open(struct batches *w, size_t source,
                      const struct source_position *after);

/* One more of its events waits; one less, or it has come in whole. */
void batches_hold(struct batches *w, uint64_t id);
void batches_release(struct batches *w, uint64_t id);

/* Takes out a batch that is done, with all of the same source before it. */
bool batches_done(struct batches *w, struct batch *out);

#endif
