#include "scan.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

/* One bit for each byte of a block, by what the byte is. */
struct masks {
    uint64_t quote, backslash, bracket, comma; /* comma: ',' and ':' */
};

/*
 * '[' and '{' differ in bit 0x20 only, and so do ']' and '}'; no other byte
 * becomes '{' or '}' when that bit is set.
 */
#if defined(__SSE2__)

static uint64_t
mask16(__m128i v, char c)
{
    return (uint64_t)(uint32_t)_mm_movemask_epi8(
        _mm_cmpeq_epi8(v, _mm_set1_epi8(c)));
}

static struct masks
classify(const char *p)
{
    struct masks m = {0, 0, 0, 0};

    for (int i = 0; i < 64; i += 16) {
        __m128i v = _mm_loadu_si128((const void *)(p + i));
        __m128i w = _mm_or_si128(v, _mm_set1_epi8(0x20));

        m.quote |= mask16(v, '"') << i;
        m.backslash |= mask16(v, '\\') << i;
        m.bracket |= (mask16(w, '{') | mask16(w, '}')) << i;
        m.comma |= (mask16(v, ',') | mask16(v, ':')) << i;
    }
    return m;
}

#elif defined(__ARM_NEON)

/* 16 bytes of 00 or ff to 16 bits: keep one bit of each, add in pairs. */
static uint64_t
mask16(uint8x16_t v, char c)
{
    static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128,
                                        1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t hit =
        vandq_u8(vceqq_u8(v, vdupq_n_u8((uint8_t)c)), vld1q_u8(weights));

    return (uint64_t)vaddv_u8(vget_low_u8(hit)) |
           (uint64_t)vaddv_u8(vget_high_u8(hit)) << 8;
}

static struct masks
classify(const char *p)
{
    struct masks m = {0, 0, 0, 0};

    for (int i = 0; i < 64; i += 16) {
        uint8x16_t v = vld1q_u8((const uint8_t *)p + i);
        uint8x16_t w = vorrq_u8(v, vdupq_n_u8(0x20));

        m.quote |= mask16(v, '"') << i;
        m.backslash |= mask16(v, '\\') << i;
        m.bracket |= (mask16(w, '{') | mask16(w, '}')) << i;
        m.comma |= (mask16(v, ',') | mask16(v, ':')) << i;
    }
    return m;
}

#else

static struct masks
classify(const char *p)
{
    struct masks m = {0, 0, 0, 0};

    for (int i = 0; i < 64; i++) {
        char w = (char)(p[i] | 0x20);

        m.quote |= (uint64_t)(p[i] == '"') << i;
        m.backslash |= (uint64_t)(p[i] == '\\') << i;
        m.bracket |= (uint64_t)(w == '{' || w == '}') << i;
        m.comma |= (uint64_t)(p[i] == ',' || p[i] == ':') << i;
    }
    return m;
}

#endif

/* Bit i becomes the XOR of bits 0..i. */
static uint64_t
prefix_xor(uint64_t x)
{
    for (int shift = 1; shift < 64; shift *= 2)
        x ^= x << shift;
    return x;
}

/*
 * The bytes that a backslash escapes: those after an odd run of them.  A
 * block rarely has any, and then only the carried one counts.
 */
static uint64_t
escaped(struct scan *s, uint64_t backslash)
{
    const uint64_t even = 0x5555555555555555u;
    uint64_t follows, odd_starts, evens;

    backslash &= ~s->escaped;
    follows = backslash << 1 | s->escaped;
    odd_starts = backslash & ~even & ~follows;
    s->escaped = __builtin_add_overflow(odd_starts, backslash, &evens);
    return (even ^ evens << 1) & follows;
}

bool
scan_block(struct scan *s)
{
    char tail[64];
    struct masks m;
    uint64_t quotes, inside;

    if (s->next >= s->n)
        return false;
    if (s->n - s->next >= 64) {
        m = classify(s->p + s->next);
    } else {
        memset(tail, ' ', sizeof(tail));
        memcpy(tail, s->p + s->next, s->n - s->next);
        m = classify(tail);
    }
    s->next += 64;
    quotes = m.quote;
    if ((m.backslash | s->escaped) != 0)
        quotes &= ~escaped(s, m.backslash);
    inside = prefix_xor(quotes) ^ s->inside;
    s->inside = (uint64_t)((int64_t)inside >> 63);
    s->brackets = m.bracket & ~inside;
    s->all = s->brackets | (m.comma & ~inside);
    return true;
}

size_t
scan_close(struct scan *s)
{
    size_t depth = 1;

    for (;;) {
        while (s->brackets == 0)
            if (!scan_block(s))
                return SCAN_END;
        size_t at = s->next - 64 + (size_t)__builtin_ctzll(s->brackets);

        /* '{' and '[' have bit 1 set where '}' and ']' have bit 2. */
        depth += (s->p[at] & 2) != 0 ? 1 : (size_t)-1;
        s->brackets &= s->brackets - 1;
        if (depth == 0) {
            /* All before the closing bracket has been passed over. */
            uint64_t bit = (uint64_t)1 << (at % 64);

            s->all &= ~(bit | (bit - 1));
            return at;
        }
    }
}

bool
scan_deeper(struct slice text, size_t max)
{
    struct scan s;
    size_t depth = 0;

    scan_init(&s, text);
    while (scan_block(&s))
        for (; s.brackets != 0; s.brackets &= s.brackets - 1) {
            size_t at = s.next - 64 + (size_t)__builtin_ctzll(s.brackets);

            if ((s.p[at] & 2) == 0)
                depth -= depth > 0;
            else if (++depth > max)
                return true;
        }
    return false;
}
