#ifndef BASE_WIDE_H
#define BASE_WIDE_H

/*
 * Bytes taken eight at a time.  Nothing beyond the given end is read or
 * written.  Loads have their first byte lowest, whatever the machine.
 */

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

/* Copies n bytes that do not overlap; quick where n is small. */
static inline void
wide_copy(char *to, const char *from, size_t n)
{
    size_t i = 0;

    for (; n - i >= 8 && i < 64; i += 8)
        memcpy(to + i, from + i, 8);
    if (n - i >= 8)
        memcpy(to + i, from + i, n - i);
    else
        for (; i < n; i++)
            to[i] = from[i];
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

/* The first quote, backslash or control character of p[i..end), or end. */
static inline size_t
wide_mark(const char *p, size_t i, size_t end)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);

    for (; end - i >= 8; i += 8) {
        uint64_t x = wide_load(p + i);
        uint64_t q = x ^ ones * '"', b = x ^ ones * '\\';
        /* Lowest set where a byte is zero, or below 0x20; what is set above
         * that may be mistaken. */
        uint64_t hit =
            ((q - ones) & ~q) | ((b - ones) & ~b) | ((x - ones * 0x20) & ~x);

        hit &= ones * 0x80;
        if (hit != 0)
            return i + (size_t)__builtin_ctzll(hit) / 8;
    }
    while (i < end && p[i] != '"' && p[i] != '\\' &&
           (unsigned char)p[i] >= 0x20)
        i++;
    return i;
}

#endif
