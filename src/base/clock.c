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

/* n digits of v at p. */
static char *
put_digits(char *p, int n, int64_t v)
{
    for (int i = n; i-- > 0; v /= 10)
        p[i] = (char)('0' + v % 10);
    return p + n;
}

void
clock_text(int64_t wall_ms, char out[CLOCK_TEXT_BYTES])
{
    static const char shape[] = "4-2-2T2:2:2.3Z"; /* digits, what follows */
    int64_t ms = wall_ms > 0 ? wall_ms : 0;
    time_t s = (time_t)(ms / 1000);
    struct tm t = {.tm_year = 70, .tm_mday = 1};

    gmtime_r(&s, &t);
    const int parts[] = {t.tm_year + 1900, t.tm_mon + 1, t.tm_mday,
                         t.tm_hour,        t.tm_min,     t.tm_sec,
                         (int)(ms % 1000)};
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        out = put_digits(out, shape[2 * i] - '0', parts[i]);
        *out++ = shape[2 * i + 1];
    }
    *out = '\0';
}
