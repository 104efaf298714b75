#ifndef AGENT_ADMIN_H
#define AGENT_ADMIN_H

/*
 * The admin port: /metrics (Prometheus text format 0.0.4), /healthz (the
 * process works: its judge's thread has run lately or has nothing to do) and
 * /readyz (every state is loaded, every source was polled lately), by one
 * thread with few connections (net/server.h).  It only reads numbers.
 */

#include "agent/config.h"
#include "base/arena.h"
#include "base/err.h"

struct agent;
struct admin;

/* Binds the configured address.  Memory comes from `arena`.  Returns 0, or an
 * error with e set: the address is in use, or not of this machine. */
int admin_open(struct admin **ad, struct agent *a,
               const struct config_address *listen, struct arena *arena,
               struct err *e);
int admin_start(struct admin *ad, struct err *e);

/* Ends its thread and closes the port; NULL may be passed. */
void admin_close(struct admin *ad);

#endif
