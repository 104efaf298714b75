#ifndef DRIFT_BLOCK_H
#define DRIFT_BLOCK_H

/*
 * Blocks of Terraform against objects of a request: the same members under
 * other spellings (subnet_ids, subnetIds), one block as a list of one.  Only
 * what both have can be compared: what an event does not carry stays, and
 * what a state does not know is another provider's.
 */

#include <stdbool.h>

#include "drift/equal.h"

/*
 * Whether two containers agree in all that both of them say; either may be
 * the state's.  Lists agree when they have as many members and each finds
 * its own.  False when they have nothing in common to compare.
 */
bool block_equal(const struct equal_room *r, struct value a, struct value b);

/* Whether a value is an object or a list of objects. */
bool block_is(struct value v);

#endif
