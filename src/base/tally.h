#ifndef BASE_TALLY_H
#define BASE_TALLY_H

/* How often each of many names came: a fixed table; names that came when it
 * was full are counted together. */

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

#define TALLY_MAX 2048 /* names */

struct tally_name {
    struct slice service, event;
    uint64_t count; /* 0: free */
};

struct tally {
    struct tally_name *slot;
    struct arena *arena; /* copies of the names */
    size_t n;            /* names there are */
    uint64_t others;     /* times that a name had no room */
};

/* Returns 0 or ERR_MEMORY; the arena must outlive t. */
int tally_init(struct tally *t, struct arena *arena);

void tally_add(struct tally *t, struct slice service, struct slice event);

/* Sets out[] to the most frequent names, most first, equal ones by name;
 * returns how many. */
size_t tally_top(const struct tally *t, const struct tally_name **out,
                 size_t max);

#endif
