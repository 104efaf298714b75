#ifndef DRIFT_ATTRGLOB_H
#define DRIFT_ATTRGLOB_H

/*
 * A user's glob over an attribute path.  root_block_device[0].iops is matched
 * by globs of itself, of the path without indexes (root_block_device.iops)
 * and of every attribute it stands in (root_block_device), so that a rule
 * need not know how deep a change is.  '*' also runs over dots.  Pure.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

/* Longer ones are matched by their first bytes only. */
#define ATTRGLOB_MAX_BYTES 1024

/* Whether glob matches head followed by path, in one of the ways above; head
 * is never shortened and may be empty. */
bool attrglob_match(struct slice glob, struct slice head, struct slice path);

/* Puts path without its indexes: root_block_device.iops. */
void attrglob_plain(struct buf *b, struct slice path);

#endif
