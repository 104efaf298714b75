#ifndef DRIFT_PARTS_H
#define DRIFT_PARTS_H

/*
 * Parts of a resource that are managed as resources of their own: a bucket's
 * versioning, a role's policies.  The parent's state holds a copy that AWS
 * computed; what changes is reported on the part, not on the copy.
 */

#include "drift/finding.h"

/* Whether an attribute (top-level) of a resource is a copy of a part that
 * some state has as a resource of its own. */
bool parts_elsewhere(const struct trial *t, const struct instance *in,
                     uint16_t attr);

/* Takes changes of such copies out of the findings of a trial. */
void parts_reported(struct trial *t);

#endif
