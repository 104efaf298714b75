#ifndef CMD_TERMINAL_H
#define CMD_TERMINAL_H

/* What a descriptor shows to people, if it does. */

#include <stdbool.h>
#include <stddef.h>

#define TERMINAL_COLUMNS 80 /* where nothing is known */

bool terminal_is(int fd);

/* Columns: COLUMNS of the environment, or what the terminal says. */
size_t terminal_columns(int fd);

/* A terminal that can show colours, and whose user wants them: no NO_COLOR
 * (no-color.org) and no TERM=dumb. */
bool terminal_colours(int fd);

#endif
