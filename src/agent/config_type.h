#ifndef AGENT_CONFIG_TYPE_H
#define AGENT_CONFIG_TYPE_H

/*
 * What values may look like: one row per type with how it is read into its
 * member and what is allowed, in words.
 */

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"
#include "config_option.h"

/*
 * Reads text into the member at `field` (of the C type that config_option.c
 * asks for).  Texts are views of `text`, which must live as long as the
 * config; lists take their array from the arena.  A type that may stand
 * several times adds to what is there.  Returns 0; ERR_CONFIG when it is not
 * allowed; ERR_LIMIT when it is too long or has too many parts; ERR_MEMORY.
 */
int config_type_read(const struct config_option *o, struct slice text,
                     void *field, struct arena *a);

/* What is allowed: "a time from 100ms to 1h (ms, s, m or h)". */
void config_type_allowed(const struct config_option *o, struct buf *out);

/* Whether the key may stand several times in one section. */
bool config_type_repeats(const struct config_option *o);

/* Whether the member holds nothing; numbers and choices always hold one. */
bool config_type_empty(const struct config_option *o, const void *field);

#endif
