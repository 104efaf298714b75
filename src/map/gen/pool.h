#ifndef MAP_POOL_H
#define MAP_POOL_H

/* Things by their bytes: equal ones are kept once, in the order of coming.
 * A pool lives until the program ends. */

#include <stddef.h>
#include <stdint.h>

#define POOL_SLOTS (1u << 17)
#define POOL_MAX (POOL_SLOTS / 2) /* things */

struct pool {
    struct {
        uint8_t *p;
        size_t n;
    } * item;
    uint32_t n;
    uint32_t *slot; /* index + 1 */
};

void pool_init(struct pool *p);

/* Index of these bytes, added when new; dies when the pool is full. */
uint32_t pool_put(struct pool *p, const void *bytes, size_t n);

/* Forgets all. */
void pool_clear(struct pool *p);

#endif
