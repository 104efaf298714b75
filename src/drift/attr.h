#ifndef DRIFT_ATTR_H
#define DRIFT_ATTR_H

/*
 * Attributes of a resource by their path in a mapping: blocks are lists in a
 * state, so that one path may stand for several places.
 */

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/value.h"
#include "map/map.h"
#include "state/state.h"

#define ATTR_DEPTH_MAX 24
#define ATTR_PATH_MAX_BYTES 512
#define PICK_DEPTH_MAX 8 /* of a block that an id line may pick */

/* One place: the path's symbols, each with the index of the block taken. */
struct spot {
    struct value v;
    int16_t index[ATTR_DEPTH_MAX]; /* after symbol i; -1: not a list */
};

struct spots {
    struct spot *spot;
    size_t n, max;
};

/* An element picked by an id line: of the block at sym[0..n), number index. */
struct pick {
    uint16_t sym[PICK_DEPTH_MAX];
    size_t n;
    int32_t index;
};

#define PICKS_MAX 4

struct picks {
    struct pick pick[PICKS_MAX];
    size_t n;
    /* Blocks that the id line could have meant but did not. */
    uint16_t excluded[PICKS_MAX];
    size_t n_excluded;
};

/* All places of a path (sym[0..n)) that a resource has; picks may be NULL. */
struct spots attr_find(struct arena *a, const struct instance *in,
                       const uint16_t *sym, size_t n,
                       const struct picks *picks);

/*
 * False when the object that should hold the attribute is there but has no
 * such member: another version of the provider wrote this state.
 */
bool attr_known(struct value attrs, const uint16_t *sym, size_t n);

/* The path of a place, "root_block_device[0].iops". */
void attr_text(const struct names *ns, const uint16_t *sym, size_t n,
               const struct spot *at, struct buf *out);

/* The path that a value not in the state would have: blocks get [0]. */
void attr_text_new(const struct names *ns, struct value attrs,
                   const uint16_t *sym, size_t n, struct buf *out);

#endif
