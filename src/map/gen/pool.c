#include "map/gen/pool.h"

#include <string.h>

#include "map/gen/gen.h"

void
pool_init(struct pool *p)
{
    p->item = take(POOL_MAX, sizeof(*p->item));
    p->slot = take(POOL_SLOTS, sizeof(*p->slot));
    p->n = 0;
}

uint32_t
pool_put(struct pool *p, const void *bytes, size_t n)
{
    uint32_t h = 2166136261u, at;

    for (size_t i = 0; i < n; i++)
        h = (h ^ ((const uint8_t *)bytes)[i]) * 16777619u;
    for (at = h % POOL_SLOTS; p->slot[at] != 0; at = (at + 1) % POOL_SLOTS) {
        uint32_t i = p->slot[at] - 1;

        if (p->item[i].n == n && memcmp(p->item[i].p, bytes, n) == 0)
            return i;
    }
    if (p->n == POOL_MAX)
        die("mapc: too many different lines");
    p->item[p->n].p = take(n + 1, 1);
    p->item[p->n].n = n;
    memcpy(p->item[p->n].p, bytes, n);
    p->slot[at] = ++p->n;
    return p->n - 1;
}

void
pool_clear(struct pool *p)
{
    p->n = 0;
    memset(p->slot, 0, POOL_SLOTS * sizeof(*p->slot));
}
