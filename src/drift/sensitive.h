#ifndef DRIFT_SENSITIVE_H
#define DRIFT_SENSITIVE_H

/*
 * Which attributes a state marks sensitive.  Terraform writes the paths as
 * lists of steps ({"type":"get_attr","value":"password"}), older versions as
 * texts (internal/states/statefile/version4.go).
 */

#include <stdbool.h>

#include "base/names.h"
#include "base/slice.h"
#include "base/value.h"

/*
 * Whether an attribute is sensitive, or stands in one that is, or holds one.
 * Indexes do not count: one sensitive element makes all of them so.
 */
bool sensitive_covers(const struct names *ns, struct value sensitive,
                      struct slice path);

#endif
