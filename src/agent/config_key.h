#ifndef AGENT_CONFIG_KEY_H
#define AGENT_CONFIG_KEY_H

/* One line of a section: key = value. */

#include <stdbool.h>

#include "base/slice.h"
#include "config_option.h"
#include "config_reading.h"

/*
 * key = value in the open section; value as it stands in the file.
 * Returns 0, or ERR_CONFIG or ERR_MEMORY with r->e set.
 */
int config_key_set(struct config_reading *r, struct slice key,
                   struct slice value);

/*
 * Reads the value of a row into field.  preset: it is the row's default,
 * which leaves the field as it is when nothing comes out of it.  Returns as
 * config_key_set().
 */
int config_key_put(struct config_reading *r, const struct config_option *o,
                   struct slice raw, void *field, bool preset);

#endif
