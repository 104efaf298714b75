#include "aws/when.h"

#include "base/text.h"

#define DAY_MS INT64_C(86400000)

struct date {
    int year, month, day; /* as people count them: 1...12, 1...31 */
    int hour, minute, second;
};

/*
 * Days since 1970-01-01 in the Gregorian calendar.  The year is taken to
 * begin in March, so that the leap day is its last: 306 days pass from March
 * to the end of December, and 153 days in any five months from March on.
 */
static int64_t
days_since_1970(int year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t m = month > 2 ? month - 3 : month + 9;

    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 -
           719468;
}

/* The time of a date, or 0 when there is no such date. */
static int64_t
date_ms(const struct date *d)
{
    static const int days[12] = {31, 29, 31, 30, 31, 30,
                                 31, 31, 30, 31, 30, 31};

    if (d->year < 1970 || d->year > 9999 || d->month < 1 || d->month > 12 ||
        d->day < 1 || d->day > days[d->month - 1] || d->hour > 23 ||
        d->minute > 59 || d->second > 60)
        return 0;
    return days_since_1970(d->year, d->month, d->day) * DAY_MS +
           ((int64_t)d->hour * 3600 + d->minute * 60 + d->second) * 1000;
}

/* n digits off the start of *s; -1 when they are none. */
static int
cut_digits(struct slice *s, size_t n)
{
    int v = 0;

    if (s->n < n)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (!text_digit(s->p[i]))
            return -1;
        v = v * 10 + (s->p[i] - '0');
    }
    *s = slice_from(*s, n);
    return v;
}

/* Passes over c at the start of *s. */
static bool
cut_byte(struct slice *s, char c)
{
    if (s->n == 0 || s->p[0] != c)
        return false;
    *s = slice_of(s->p + 1, s->n - 1);
    return true;
}

/* "hh:mm:ss" off the start of *s. */
static bool
cut_clock(struct slice *s, struct date *d)
{
    return (d->hour = cut_digits(s, 2)) >= 0 && cut_byte(s, ':') &&
           (d->minute = cut_digits(s, 2)) >= 0 && cut_byte(s, ':') &&
           (d->second = cut_digits(s, 2)) >= 0;
}

int64_t
when_http(struct slice text)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct slice s = text_trim(text), names = SLICE("");
    struct date d;
    size_t at;

    if (s.n != 29 || s.p[3] != ',' || s.p[4] != ' ')
        return 0; /* the day of the week is not looked at */
    s = slice_from(s, 5);
    names = slice_str(months);
    at = text_find(names, slice_of(s.p + 3, 3));
    d.month = at % 3 == 0 ? (int)(at / 3) + 1 : 0; /* 13: not found */
    if ((d.day = cut_digits(&s, 2)) < 0 || !cut_byte(&s, ' '))
        return 0;
    s = slice_from(s, 3);
    if (!cut_byte(&s, ' ') || (d.year = cut_digits(&s, 4)) < 0 ||
        !cut_byte(&s, ' ') || !cut_clock(&s, &d) || !slice_eq(s, SLICE(" GMT")))
        return 0;
    return date_ms(&d);
}

/* What stands behind the seconds: a fraction and a zone. *ms is changed. */
static bool
cut_zone(struct slice s, int64_t *ms)
{
    int64_t scale = 100, sign;
    int hours, minutes = 0;

    if (cut_byte(&s, '.')) {
        if (s.n == 0 || !text_digit(s.p[0]))
            return false;
        for (; s.n > 0 && text_digit(s.p[0]); scale /= 10)
            *ms += cut_digits(&s, 1) * scale;
    }
    if (s.n == 0 || slice_eq(s, SLICE("Z")))
        return true;
    sign = s.p[0] == '-' ? 1 : -1; /* UTC is what is behind, minus it */
    if (s.p[0] != '-' && s.p[0] != '+')
        return false;
    s = slice_from(s, 1);
    if ((hours = cut_digits(&s, 2)) < 0)
        return false;
    cut_byte(&s, ':');
    if (s.n > 0 && (minutes = cut_digits(&s, 2)) < 0)
        return false;
    *ms += sign * ((int64_t)hours * 60 + minutes) * 60000;
    return s.n == 0 && hours < 24 && minutes < 60;
}

int64_t
when_iso(struct slice text)
{
    struct slice s = text_trim(text);
    struct date d;
    int64_t ms;

    if ((d.year = cut_digits(&s, 4)) < 0 || !cut_byte(&s, '-') ||
        (d.month = cut_digits(&s, 2)) < 0 || !cut_byte(&s, '-') ||
        (d.day = cut_digits(&s, 2)) < 0 || !cut_byte(&s, 'T') ||
        !cut_clock(&s, &d))
        return 0;
    ms = date_ms(&d);
    return ms != 0 && cut_zone(s, &ms) && ms > 0 ? ms : 0;
}

/* v in n decimal digits. */
static void
put_digits(char *p, size_t n, int64_t v)
{
    for (; n-- > 0; v /= 10)
        p[n] = (char)('0' + v % 10);
}

void
when_stamp(int64_t ms, char out[WHEN_STAMP_BYTES])
{
    int64_t day = ms / DAY_MS, s = ms % DAY_MS / 1000;
    int64_t year = 1970 + day / 366, month = 12, left; /* not too late */

    while (days_since_1970((int)year + 1, 1, 1) <= day)
        year++;
    while (days_since_1970((int)year, (int)month, 1) > day)
        month--;
    left = day - days_since_1970((int)year, (int)month, 1);
    put_digits(out, 4, year);
    put_digits(out + 4, 2, month);
    put_digits(out + 6, 2, left + 1);
    out[8] = 'T';
    put_digits(out + 9, 2, s / 3600);
    put_digits(out + 11, 2, s / 60 % 60);
    put_digits(out + 13, 2, s % 60);
    out[15] = 'Z';
}
