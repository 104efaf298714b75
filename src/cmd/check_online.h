#ifndef CMD_CHECK_ONLINE_H
#define CMD_CHECK_ONLINE_H

/*
 * Tries every source, state and output of a configuration once and prints a
 * table of what works and what is missing, on standard output.  Returns the
 * exit status: 0 when all work, 1 when one does not.
 */

#include "agent/config.h"

int check_online(const struct config *c);

#endif
