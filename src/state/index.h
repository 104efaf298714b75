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
 * Sets st->dir, shift and pairs, which live at the end of `keep`.  The
 * records and places of st must be set.  Returns 0 or ERR_MEMORY.
 */
int index_build(struct state *st, struct wants *w, struct arena *keep);

/*
 * What a value is found by: what follows its last '/' or ':' (those at its
 * end, a dot there, and a log group's ":*" do not count).
 */
struct slice index_last(struct slice text);

/*
 * The name in the middle of an ARN whose resource has names below it
 * ("function:NAME:alias", "table/NAME/index/x"); empty for other text.
 */
struct slice index_middle(struct slice text);

#endif
