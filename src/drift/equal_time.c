#include "base/text.h"
#include "drift/equal.h"

/*
 * Points in time as AWS and Terraform write them:
 *   2025-12-06T07:30:00Z, 2025-12-06T07:30:00.000+01:00   RFC 3339
 *   2025-12-06 07:30:00 +0000 UTC                         Go's time.String
 *   Dec 6, 2025 7:30:00 AM                                CloudTrail
 *   1765006200, 1765006200000, 1.7650062E9                seconds, ms
 */

/* Days since 1970-01-01 of a date in the proleptic Gregorian calendar. */
static int64_t
days_of(int64_t y, int64_t m, int64_t d)
{
    int64_t era, year, day;

    y -= m <= 2;
    era = (y >= 0 ? y : y - 399) / 400;
    year = y - era * 400;
    day = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + year * 365 + year / 4 - year / 100 + day - 719468;
}

/* Up to max digits at the start of *s; -1 when there is none. */
static int64_t
cut_int(struct slice *s, size_t max)
{
    int64_t v = 0;
    size_t i = 0;

    while (i < s->n && i < max && text_digit(s->p[i]))
        v = v * 10 + (s->p[i++] - '0');
    *s = slice_from(*s, i);
    return i > 0 ? v : -1;
}

static bool
cut_text(struct slice *s, struct slice text)
{
    if (!slice_starts(*s, text))
        return false;
    *s = slice_from(*s, text.n);
    return true;
}

/* h:mm:ss, with a fraction that is left out; -1 when it is none. */
static int64_t
cut_clock(struct slice *s)
{
    int64_t h = cut_int(s, 2), m, sec;

    if (h < 0 || !cut_text(s, SLICE(":")))
        return -1;
    m = cut_int(s, 2);
    if (m < 0 || !cut_text(s, SLICE(":")))
        return -1;
    sec = cut_int(s, 2);
    if (sec < 0)
        return -1;
    if (cut_text(s, SLICE(".")))
        cut_int(s, 9);
    return h * 3600 + m * 60 + sec;
}

/* The offset from UTC at the end, in seconds; false when it is none. */
static bool
cut_zone(struct slice *s, int64_t *offset)
{
    bool west;
    int64_t h, m;

    *offset = 0;
    cut_text(s, SLICE(" "));
    if (s->n == 0 || cut_text(s, SLICE("Z")))
        return s->n == 0;
    west = s->p[0] == '-';
    if (!cut_text(s, SLICE("+")) && !cut_text(s, SLICE("-")))
        return slice_eq(*s, SLICE("UTC")) || slice_eq(*s, SLICE("GMT"));
    h = cut_int(s, 2);
    cut_text(s, SLICE(":"));
    m = cut_int(s, 2);
    if (h < 0 || m < 0)
        return false;
    *offset = (h * 3600 + m * 60) * (west ? -1 : 1);
    return s->n == 0 || slice_starts(*s, SLICE(" "));
}

static bool
parse_iso(struct slice s, int64_t *at)
{
    int64_t y, m, d, clock, offset;

    if (s.n < 10 || s.p[4] != '-' || s.p[7] != '-')
        return false;
    y = cut_int(&s, 4);
    cut_text(&s, SLICE("-"));
    m = cut_int(&s, 2);
    cut_text(&s, SLICE("-"));
    d = cut_int(&s, 2);
    if (y < 0 || m < 1 || m > 12 || d < 1 ||
        (!cut_text(&s, SLICE("T")) && !cut_text(&s, SLICE(" "))))
        return false;
    clock = cut_clock(&s);
    if (clock < 0 || !cut_zone(&s, &offset))
        return false;
    *at = days_of(y, m, d) * 86400 + clock - offset;
    return true;
}

static bool
parse_english(struct slice s, int64_t *at)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t month = 0, d, y, clock;
    bool pm;

    if (s.n < 4 || s.p[3] != ' ')
        return false;
    for (int64_t i = 0; i < 12; i++)
        if (slice_starts(s, slice_of(months + 3 * i, 3)))
            month = i + 1;
    if (month == 0)
        return false;
    s = slice_from(s, 4);
    if ((d = cut_int(&s, 2)) < 1 || !cut_text(&s, SLICE(", ")) ||
        (y = cut_int(&s, 4)) < 0)
        return false;
    cut_text(&s, SLICE(","));
    if (!cut_text(&s, SLICE(" ")) || (clock = cut_clock(&s)) < 0)
        return false;
    /* Newer Javas put a narrow no-break space before AM and PM. */
    if (!cut_text(&s, SLICE(" ")))
        cut_text(&s, SLICE("\xe2\x80\xaf"));
    pm = slice_eq(s, SLICE("PM"));
    if (!pm && !slice_eq(s, SLICE("AM")))
        return false;
    clock = clock % 43200 + (pm ? 43200 : 0);
    *at = days_of(y, month, d) * 86400 + clock;
    return true;
}

/* Whole seconds or milliseconds since 1970. */
static bool
parse_epoch(struct slice s, int64_t *at)
{
    int64_t v;

    if (s.n != 10 && s.n != 13)
        return false;
    v = cut_int(&s, 13);
    *at = v > 99999999999 ? v / 1000 : v;
    return s.n == 0 && v > 0;
}

bool
equal_times(struct slice a, struct slice b)
{
    int64_t x, y;
    bool text_a = parse_iso(a, &x) || parse_english(a, &x);
    bool text_b = parse_iso(b, &y) || parse_english(b, &y);

    /* Two plain numbers are numbers. */
    if (!text_a && !text_b)
        return false;
    if ((!text_a && !parse_epoch(a, &x)) || (!text_b && !parse_epoch(b, &y)))
        return false;
    return x == y;
}
