#include "clock.h"

#include <time.h>

static int64_t
read_ms(clockid_t which)
{
    struct timespec t;

    /* Cannot fail for these two clocks on Linux: clock_gettime(2). */
    clock_gettime(which, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t
clock_steady_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

int64_t
clock_wall_ms(void)
{
    return read_ms(CLOCK_REALTIME);
}

int
clock_left_ms(int64_t deadline_ms)
{
    int64_t now;

    if (deadline_ms == CLOCK_NEVER)
        return -1;
    now = clock_steady_ms();
    if (deadline_ms <= now)
        return 0;
    return deadline_ms - now < INT32_MAX ? (int)(deadline_ms - now) : INT32_MAX;
}
