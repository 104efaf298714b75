#ifndef STATE_INDEX_H
#define STATE_INDEX_H

/*
 * The index of a state: which instances have a value in an attribute by
 * which mappings find them.  Built over the records once they are all there;
 * state.h's state_find() looks things up in it.
 */

#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "map/map.h"
#include "state/store.h"
#include "state/wants.h"

#define INDEX_PARTS_MAX 32 /* parts of a composite id at one separator */

/*
 * Sets st->places and the index, at the end of `keep`.  The records of st
 * and their number must be set.  Returns 0 or ERR_MEMORY.
 */
int index_build(struct state *st, struct wants *w, struct arena *keep);

/* The hash of a key (0: no key) for resources of one type, or NAME_NONE of
 * any. */
uint32_t index_hash(uint16_t type, uint64_t key);

#endif
