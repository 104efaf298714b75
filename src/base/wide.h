#ifndef BASE_WIDE_H
#define BASE_WIDE_H

/*
 * Bytes taken eight at a time.  Nothing beyond the given end is read or
 * written.  Loads have their first byte lowest, whatever the machine.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "text.h"

static inline uint64_t
wide_load(const char *p)
{
    uint64_t x;

    memcpy(&x, p, sizeof(x));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    return x;
}

/* n < 8 bytes as a number; for one n, other bytes give another number. */
static inline uint64_t
wide_load_short(const char *p, size_t n)
{
    uint32_t a, b;

    if (n >= 4) {
        memcpy(&a, p, sizeof(a));
        memcpy(&b, p + n - 4, sizeof(b));
        return a | (uint64_t)b << 32;
    }
    if (n == 0)
        return 0;
    return (uint64_t)(unsigned char)p[0] |
           (uint64_t)(unsigned char)p[n / 2] << 8 |
           (uint64_t)(unsigned char)p[n - 1] << 16;
}

/* How many of n bytes are the same before two texts part. */
static inline size_t
wide_same(const char *p, const char *q, size_t n)
{
    size_t i = 0;

    for (; n - i >= 8; i += 8) {
        uint64_t x = wide_load(p + i) ^ wide_load(q + i);

        if (x != 0)
            return i + (size_t)__builtin_ctzll(x) / 8;
    }
    while (i < n && p[i] == q[i])
        i++;
    return i;
}

/* Copies n bytes that do not overlap; quick where n is small.  The last
 * bytes may be copied twice. */
static inline void
wide_copy(char *to, const char *from, size_t n)
{
    size_t i = 0;

    if (n > 64) {
        memcpy(to, from, n);
    } else if (n >= 8) {
        for (; n - i > 8; i += 8)
            memcpy(to + i, from + i, 8);
        memcpy(to + n - 8, from + n - 8, 8);
    } else if (n >= 4) {
        memcpy(to, from, 4);
        memcpy(to + n - 4, from + n - 4, 4);
    } else {
        for (; i < n; i++)
            to[i] = from[i];
    }
}

/* Moves n bytes to a place that begins behind p and may overlap them: from
 * the end, where libc's function goes byte by byte. */
static inline void
wide_move_up(char *to, const char *p, size_t n)
{
    char last[16];

    for (; n >= 16; n -= 16) {
        memcpy(last, p + n - 16, 16);
        memcpy(to + n - 16, last, 16);
    }
    while (n-- > 0)
        to[n] = p[n];
}

/* The first byte of p[i..end) that is not white space, or end. */
static inline size_t
wide_space(const char *p, size_t i, size_t end)
{
    const uint64_t spaces = UINT64_C(0x2020202020202020);

    if (i == end || (unsigned char)p[i] > ' ')
        return i;
    /* Mostly it is a line's end, and the indentation of the next. */
    i += p[i] == '\n';
    while (end - i >= 8) {
        uint64_t x = wide_load(p + i) ^ spaces;

        if (x != 0) {
            i += (size_t)__builtin_ctzll(x) / 8;
            break;
        }
        i += 8;
    }
    while (i < end && text_space(p[i]))
        i++;
    return i;
}

/*
 * Not zero when one of the eight bytes of x is a quote, a backslash or a
 * control character: its lowest bit is then in the top of the first one.
 */
static inline uint64_t
wide_marks(uint64_t x)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t q = x ^ ones * '"', b = x ^ ones * '\\';

    /* Exact where a byte is zero, or below 0x20; what is set above such a
     * byte may be mistaken. */
    return (((q - ones) & ~q) | ((b - ones) & ~b) | ((x - ones * 0x20) & ~x)) &
           ones * 0x80;
}

static inline bool
wide_is_mark(char c)
{
    return c == '"' || c == '\\' || (unsigned char)c < 0x20;
}

/* The first quote, backslash or control character of p[i..end), or end. */
static inline size_t
wide_mark(const char *p, size_t i, size_t end)
{
    for (; end - i >= 8; i += 8) {
        uint64_t marks = wide_marks(wide_load(p + i));

        if (marks != 0)
            return i + (size_t)__builtin_ctzll(marks) / 8;
    }
    while (i < end && !wide_is_mark(p[i]))
        i++;
    return i;
}

#endif
