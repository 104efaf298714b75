#include "slice.h"

/* Texts here are short, a word or an ARN: eight bytes at a time, without
 * the steps towards alignment that libc's functions take first. */
#define EACH UINT64_C(0x0101010101010101) /* times c: c in each byte */

static inline uint64_t
load8(const char *p)
{
    uint64_t x;

    memcpy(&x, p, sizeof(x));
    return x;
}

bool
slice_same(const char *p, const char *q, size_t n)
{
    size_t i = 0;

    if (n < 8) {
        while (i < n && p[i] == q[i])
            i++;
        return i == n;
    }
    for (; n - i > 8; i += 8)
        if (load8(p + i) != load8(q + i))
            return false;
    /* The last eight, some of which may have been compared already. */
    return load8(p + n - 8) == load8(q + n - 8);
}

size_t
slice_chr(struct slice s, char c)
{
    size_t i = 0;

    /* A byte that becomes zero shows in the top of its eight bits. */
    for (; s.n - i >= 8; i += 8) {
        uint64_t x = load8(s.p + i) ^ EACH * (unsigned char)c;

        if (((x - EACH) & ~x & EACH << 7) != 0)
            break;
    }
    while (i < s.n && s.p[i] != c)
        i++;
    return i;
}

size_t
slice_rchr(struct slice s, char c)
{
    for (size_t i = s.n; i-- > 0;)
        if (s.p[i] == c)
            return i;
    return s.n;
}
