#ifndef CMD_MAPPED_H
#define CMD_MAPPED_H

/* How much is mapped: events and resource types, each counted once. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "map/map.h"

struct mapped {
    size_t events; /* of one service each */
    size_t types;
    uint8_t seen[(NAME_NONE + 1) / 8]; /* bit: this name is a mapped type */
};

/* Counts; `scratch` is rewound.  Returns 0 or ERR_MEMORY. */
int mapped_count(const struct maps *ms, struct arena *scratch,
                 struct mapped *m);

/* Whether a glob matches a mapped type. */
bool mapped_has_type(const struct maps *ms, const struct mapped *m,
                     struct slice glob);

#endif
