#ifndef AGENT_GATHER_H
#define AGENT_GATHER_H

/*
 * The events of one batch while it is put together: each is copied once,
 * however often it comes, and they end up oldest first.  Full is an ordinary
 * condition.  Does no I/O.
 */

#include <stddef.h>
#include <stdint.h>

#include "agent/source.h"
#include "base/arena.h"
#include "base/slice.h"

/* Bytes of memory for each event there is room for; AWS's records have one
 * to two kilobytes each, those of a few services half of one. */
#define GATHER_EVENT_BYTES 512

struct gather {
    struct source_event *event;
    size_t n;          /* events there are */
    size_t max;        /* events there is room for */
    struct arena text; /* what they are views of; ids may be put here */
    struct source_event *spare; /* as many, for sorting */
    struct gather_id *id;       /* of the events, in the order they came */
    uint32_t *slot;             /* hash of an id: its number, from 1 */
    size_t touched;             /* of the tables, since the last pause */
    size_t slots;               /* a power of two */
};

enum gather_outcome { GATHER_TAKEN, GATHER_TWICE };

/* Carves it out of `from`, `bytes` in all.  Returns 0 or ERR_MEMORY. */
int gather_init(struct gather *g, struct arena *from, size_t bytes);

/*
 * Copies a record in; id (may be empty) is copied too.  GATHER_TWICE when a
 * record with this id is there; ERR_MEMORY when there is no room for it, and
 * nothing has changed.
 */
int gather_add(struct gather *g, int64_t time_ms, struct slice id,
               struct slice raw);

/* Turns the order of the events from number `from` on around. */
void gather_turn(struct gather *g, size_t from);

/* By time; those of the same time stay as they are. */
void gather_sort(struct gather *g);

/* Empty again. */
void gather_clear(struct gather *g);

/* For a longer pause: clears it, and gives the memory that was touched since
 * the last pause back to the system. */
void gather_rest(struct gather *g);

/* Gives the pages that lie wholly in these n bytes back to the system; they
 * read as zeros then. */
void gather_release(void *p, size_t n);

#endif
