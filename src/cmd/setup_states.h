#ifndef CMD_SETUP_STATES_H
#define CMD_SETUP_STATES_H

/* The states of a setup; part of setup.h. */

#include "cmd/setup.h"

#define SETUP_STATES_MAX 4096

/*
 * Loads the configuration's local states and those under the paths given.
 * States that are not local are an error, unless paths stand in for them.
 */
int setup_states(struct setup *s, struct list paths, struct err *e);

#endif
