#include "base/random.h"

#include <sys/random.h>

#include "base/clock.h"

uint64_t
random_u64(void)
{
    uint64_t v;

    if (getrandom(&v, sizeof(v), GRND_NONBLOCK) != sizeof(v))
        v = (uint64_t)(clock_wall_ms() ^ clock_steady_ms() << 32) *
            0x9e3779b97f4a7c15u;
    return v;
}
