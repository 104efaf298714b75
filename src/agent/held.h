#ifndef AGENT_HELD_H
#define AGENT_HELD_H

/*
 * Events that wait: for a look at the state that is newer than they are, for
 * another look after a difference was found, for an apply to end, or for an
 * earlier event of the same resource.  They are kept as copies, in the order
 * in which they came.  Of fixed size; full is an ordinary condition.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/blocks.h"
#include "base/slice.h"
#include "drift/dedup.h"

#define HELD_MAX 1024   /* events */
#define HELD_KEYS_MAX 8 /* resources of one event that are told apart */

enum held_why {
    HELD_FRESH,    /* the states it may be about are older than it is */
    HELD_DRIFT,    /* a difference was found, and is looked for again */
    HELD_TERRAFORM /* Terraform's own: may put back what drifted */
};

/* The resources an event is about, by hash; what comes later and is about
 * one of them waits behind it. */
struct held_keys {
    uint64_t key[HELD_KEYS_MAX];
    size_t n; /* HELD_KEYS_MAX + 1: more than that, so any */
};

struct held {
    struct slice raw;
    struct dedup_id id;
    struct held_keys keys;
    enum held_why why;
    unsigned attempt;    /* looks that found no difference any more */
    uint64_t batch;      /* the one it came with */
    int64_t happened_ms; /* steady clock, as all here */
    int64_t since_ms;    /* when it came */
    int64_t due_ms;      /* not looked at before */
    size_t state;        /* the state that must be looked at again when it is
                       * due; SIZE_MAX: all of them */
};

struct held_list {
    struct blocks blocks;
    struct held *list; /* the oldest first */
    size_t n;
    size_t peak;
};

/* Room for `bytes` of events in the arena.  Returns 0 or ERR_MEMORY. */
int held_init(struct held_list *l, struct arena *arena, size_t bytes);

/* Adds a copy at the end; h->raw is made to point at it.  False: full. */
bool held_add(struct held_list *l, struct held *h);

/* Takes out number i; those behind it move up. */
void held_remove(struct held_list *l, size_t i);

/* Whether two events have a resource in common. */
bool held_common(const struct held_keys *a, const struct held_keys *b);

/* Whether one of the first n held events has a resource of these. */
bool held_blocks(const struct held_list *l, size_t n,
                 const struct held_keys *keys);

/* Adds a resource. */
void held_key(struct held_keys *keys, uint64_t key);

#endif
