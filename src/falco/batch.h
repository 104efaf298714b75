#ifndef FALCO_BATCH_H
#define FALCO_BATCH_H

/*
 * Events as Falco takes them, some at a time: "plugin events" of libscap
 * (type 322), whose second parameter is a record's line as it came.  All
 * fields are of the machine's byte order, none are aligned:
 *
 *     header    ts u64, tid u64, len u32, type u16, nparams u32
 *     lengths   of the plugin id u32, of the payload u32
 *     plugin id u32
 *     payload
 *
 * (falcosecurity/libs, userspace/plugin/plugin_types.h; event type 322 is
 * PPME_PLUGINEVENT_E of driver/ppm_events_public.h.)
 */

#include <plugin/plugin_types.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/slice.h"
#include "falco/message.h"

#define BATCH_PLUGIN_ID 999 /* for plugins that are not in the registry */

/*
 * Few events: between two batches connections are served, and a writer waits
 * no longer than 200 ms for its greeting.
 */
#define BATCH_EVENTS 32
#define BATCH_BYTES (8u * MESSAGE_MAX_BYTES)

struct batch {
    struct arena arena;
    ss_plugin_event *list[BATCH_EVENTS];
    uint32_t n;
};

/* Takes its memory from the arena.  Returns 0 or ERR_MEMORY. */
int batch_init(struct batch *b, struct arena *from);

/* Forgets the events, and their memory with them. */
void batch_reset(struct batch *b);

/* Whether one more of any length fits. */
bool batch_has_room(const struct batch *b);

/* Adds an event; there must be room. */
void batch_add(struct batch *b, struct slice payload);

/* The payload of one of our events; false when it is none.  It lives as long
 * as the event. */
bool batch_payload(const ss_plugin_event *ev, struct slice *payload);

#endif
