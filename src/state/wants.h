#ifndef STATE_WANTS_H
#define STATE_WANTS_H

/*
 * What the mappings ask of a resource type: the attributes to keep of its
 * instances, and those by which an instance must be found.  Worked out once
 * for each type of a document, when the first of its resources comes by.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "map/map.h"

#define WANTS_BUCKETS 512

/* One attribute path by which instances are found. */
struct want_key {
    struct want_key *next;
    bool any;   /* also when the type is not known: id and arn */
    bool parts; /* by the parts of a composite id too */
    uint8_t n;
    uint16_t sym[]; /* n symbols of map.h, without alternatives */
};

/* One top-level attribute that is kept. */
struct want_attr {
    uint16_t name; /* NAME_NONE: a free slot */
    bool keyed;    /* a key's path begins with it */
};

struct want {
    struct want *next;
    struct slice type;
    uint16_t name;          /* of the type; NAME_NONE if no mapping knows it */
    uint32_t record;        /* offset of its record in the state */
    bool known;             /* some mapping is for it; else nothing is kept */
    struct want_attr *attr; /* open addressing */
    uint32_t mask, n;
    struct want_key *keys;
};

struct wants {
    const struct maps *ms;
    struct arena *arena;
    struct want *bucket[WANTS_BUCKETS];
    bool full; /* the arena is */
};

/* ms must outlive w; everything lives in `arena`. */
void wants_init(struct wants *w, const struct maps *ms, struct arena *arena);

/*
 * What is wanted of a type; NULL when the arena is full.  *fresh: asked for
 * the first time.  type must outlive w or be replaced in the result.
 */
struct want *wants_find(struct wants *w, struct slice type, bool *fresh);

/*
 * Once all types have come by: resources that hold a part of another one
 * (map_part()) are found by the attribute that names it, too.  That
 * attribute is among those kept, for it is in their id lines.  Returns
 * false when the arena is full.
 */
bool wants_parts(struct wants *w);

/* The kept attribute of this name, or NULL. */
const struct want_attr *want_attr(const struct want *k, uint32_t name);

/* For struct pack_filter: whether an attribute is kept; ctx is a want. */
bool want_keeps(void *ctx, uint32_t name);

#endif
