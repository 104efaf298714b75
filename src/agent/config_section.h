#ifndef AGENT_CONFIG_SECTION_H
#define AGENT_CONFIG_SECTION_H

/*
 * The section that is being read: opened by its head, filled key by key,
 * and checked as a whole when the next one begins.  Knows nothing of the
 * syntax of the file.
 */

#include <stddef.h>

#include "base/slice.h"
#include "config.h"
#include "config_reading.h"

/*
 * Room for as many sections of each kind and lines of [severity] as the text
 * can hold; all empty.  Returns 0 or ERR_MEMORY.
 */
int config_section_reserve(struct config_reading *r,
                           const size_t count[CONFIG_KINDS], size_t rules);

/*
 * Begins a section after checking the one before.  word and name are what
 * stands in [word "name"]; name.p is NULL without quotes.  Returns 0, or
 * ERR_CONFIG or ERR_MEMORY with e set, as all functions here.
 */
int config_section_open(struct config_reading *r, struct slice word,
                        struct slice name);

/* Checks the last section and fills in what the file did not mention. */
int config_section_finish(struct config_reading *r);

#endif
