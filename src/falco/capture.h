#ifndef FALCO_CAPTURE_H
#define FALCO_CAPTURE_H

/*
 * An open source: the socket, its writers, and the batch that Falco has in
 * its hands.  There are no threads; all happens while Falco asks for more.
 * Lines of several writers are taken in turn.
 */

#include "base/err.h"
#include "falco/batch.h"
#include "falco/counters.h"
#include "falco/settings.h"

/* Falco looks for signals between two calls: none takes longer than 100 ms,
 * of which this is what it may wait. */
#define CAPTURE_WAIT_MS 80
#define CAPTURE_WRITERS 16

struct capture;

/*
 * Binds the socket.  All its memory is taken here, and given back by
 * capture_close().  Returns NULL, with e set, when that fails.
 */
struct capture *capture_open(const struct settings *s,
                             struct counters *counters, struct err *e);

/* Lets go of the socket, and sends no acknowledgement: records of the last
 * batch come again.  c may be NULL. */
void capture_close(struct capture *c);

/*
 * Acknowledges the last batch and fetches the next.  Returns the number of
 * its events, which live until the next call; 0 when there are none yet.
 */
uint32_t capture_next(struct capture *c, ss_plugin_event ***events);

#endif
