#ifndef AGENT_CONFIG_EXPAND_H
#define AGENT_CONFIG_EXPAND_H

/*
 * Puts into a value what stands elsewhere:
 *
 *     ${NAME}             the environment's; it must be set
 *     ${NAME:-default}    the same, or the default when unset or empty
 *     $${                 the two characters ${
 *     @/path              the first line of that file, at the start of the
 *                         value or after white space, up to white space
 *
 * What was put in is not looked at again, but a path may hold ${NAME}.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "config.h"

/*
 * Appends the value to out.  *secret is set when a part came from a file.
 * Returns 0; ERR_CONFIG with what is wrong in e; ERR_LIMIT when out is full
 * (e not set).
 */
int config_expand(struct buf *out, struct slice raw,
                  const struct config_env *env, bool *secret, struct err *e);

#endif
