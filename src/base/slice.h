#ifndef BASE_SLICE_H
#define BASE_SLICE_H

/*
 * A view of bytes somebody else owns: pointer and length, no terminator.
 * Never allocates, never writes.  A slice lives as long as what it points to.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const char *p; /* may be NULL only when n is 0 */
    size_t n;      /* bytes */
};

/* A slice of a string literal. */
#define SLICE(lit) ((struct slice){"" lit, sizeof(lit) - 1})

/* The same for static initialisers. */
#define SLICE_INIT(lit)         \
    {                           \
        "" lit, sizeof(lit) - 1 \
    }

/* Argument pair for "%.*s". */
#define SLICE_FMT(s) (int)(s).n, ((s).p != NULL ? (s).p : "")

static inline struct slice
slice_of(const char *p, size_t n)
{
    return (struct slice){p, n};
}

/* A view of a terminated string. */
static inline struct slice
slice_str(const char *s)
{
    return (struct slice){s, strlen(s)};
}

/* Whether n bytes are the same. */
bool slice_same(const char *p, const char *q, size_t n);

static inline bool
slice_eq(struct slice a, struct slice b)
{
    return a.n == b.n && slice_same(a.p, b.p, a.n);
}

/* The part of s from byte `from` on; empty when s is shorter. */
static inline struct slice
slice_from(struct slice s, size_t from)
{
    return from < s.n ? slice_of(s.p + from, s.n - from) : slice_of("", 0);
}

/* The first n bytes of s, or all of it. */
static inline struct slice
slice_head(struct slice s, size_t n)
{
    return slice_of(s.p, n < s.n ? n : s.n);
}

static inline bool
slice_starts(struct slice s, struct slice head)
{
    return s.n >= head.n && memcmp(s.p, head.p, head.n) == 0;
}

static inline bool
slice_ends(struct slice s, struct slice tail)
{
    return s.n >= tail.n && slice_same(s.p + (s.n - tail.n), tail.p, tail.n);
}

/* Offset of the first c in s, or s.n. */
size_t slice_chr(struct slice s, char c);

/* Offset of the last c in s, or s.n. */
size_t slice_rchr(struct slice s, char c);

#endif
