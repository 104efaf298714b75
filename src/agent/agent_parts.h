#ifndef AGENT_AGENT_PARTS_H
#define AGENT_AGENT_PARTS_H

/*
 * The parts of an agent, each opened over those before it in the order
 * below.  All return 0 or more, or an error with e set.  agent.c's own.
 */

#include "agent/agent.h"

/* The mappings, and the words of them that the judge looks for. */
int agent_open_maps(struct agent *a, struct err *e);

/* Names, and room for what belongs to them. */
int agent_open_tables(struct agent *a, struct err *e);

int agent_open_network(struct agent *a, struct err *e);

/* The keeper gets all memory that nobody else wants. */
int agent_open_keeper(struct agent *a, struct err *e);

int agent_open_outbox(struct agent *a, struct err *e);

/* The judge's thread with what it is given; reads the checkpoint. */
int agent_open_pipeline(struct agent *a, struct err *e);

int agent_open_sources(struct agent *a, struct err *e);
int agent_open_outputs(struct agent *a, struct err *e);
int agent_open_admin(struct agent *a, struct err *e);

#endif
