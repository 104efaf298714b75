#ifndef DRIFT_DEDUP_H
#define DRIFT_DEDUP_H

/*
 * Which events were seen already: a ring of the last ids with a hash index
 * over it, of fixed size.  Full is the ordinary condition: the oldest id
 * goes, and is counted.  The ids are plain data in the order they came, so
 * that they can be saved and read back.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

#define DEDUP_IDS 65536 /* what is kept where nobody says otherwise */

struct dedup_id {
    uint64_t half[2]; /* both 0: no id */
};

struct dedup {
    struct dedup_id *ring;
    uint32_t *index;  /* hash -> place in the ring + 1; 0: free */
    size_t max;       /* ids in the ring */
    size_t mask;      /* slots of the index - 1 */
    size_t next;      /* where the next id goes */
    size_t n;         /* ids there are */
    uint64_t dropped; /* ids that went for newer ones */
};

/* Room for max > 0 ids in the arena, which must outlive d.  Returns 0 or
 * ERR_MEMORY. */
int dedup_init(struct dedup *d, struct arena *a, size_t max);

/* The id of a text: the 16 bytes of a UUID, or a hash of anything else. */
struct dedup_id dedup_id(struct slice text);

/* Whether the id is there. */
bool dedup_has(const struct dedup *d, struct dedup_id id);

/* Id i of those there are, 0 the oldest. */
struct dedup_id dedup_at(const struct dedup *d, size_t i);

/* True when the id is there already; else it is now. */
bool dedup_seen(struct dedup *d, struct dedup_id id);

#endif
