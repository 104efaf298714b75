#ifndef BASE_LANES_H
#define BASE_LANES_H

/*
 * Sixteen bytes at once, in the words that compilers have for it on all
 * machines (GCC manual, "Using Vector Instructions").  For inner loops.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#else
#include "wide.h"
#endif

#define LANES 16

/* Compared, a lane is all ones or zero. */
typedef uint8_t lanes __attribute__((vector_size(LANES)));

static inline lanes
lanes_load(const char *p)
{
    lanes x;

    memcpy(&x, p, sizeof(x));
    return x;
}

/* c in all of them. */
static inline lanes
lanes_of(char c)
{
    lanes x;

    memset(&x, c, sizeof(x));
    return x;
}

static inline lanes
lanes_same(lanes a, lanes b)
{
    return (lanes)(a == b);
}

/* Where a quote, a backslash or a control character is. */
static inline lanes
lanes_marks(lanes x)
{
    return (lanes)(x == '"') | (lanes)(x == '\\') | (lanes)(x < ' ');
}

/* Of lanes that were compared: whether any is set, and the first that is,
 * or LANES. */
#if defined(__SSE2__)

static inline unsigned
lanes_bits(lanes x)
{
    return (unsigned)_mm_movemask_epi8((__m128i)x);
}

static inline bool
lanes_any(lanes x)
{
    return lanes_bits(x) != 0;
}

static inline size_t
lanes_first(lanes x)
{
    return (size_t)__builtin_ctz(lanes_bits(x) | 1u << LANES);
}

#else

static inline bool
lanes_any(lanes x)
{
    uint64_t half[2];

    memcpy(half, &x, sizeof(half));
    return (half[0] | half[1]) != 0;
}

static inline size_t
lanes_first(lanes x)
{
    char byte[LANES];
    uint64_t low, high;

    memcpy(byte, &x, sizeof(byte));
    low = wide_load(byte);
    high = wide_load(byte + 8);
    if (low != 0)
        return (size_t)__builtin_ctzll(low) / 8;
    return high != 0 ? 8 + (size_t)__builtin_ctzll(high) / 8 : LANES;
}

#endif

#endif
