#include "sweep.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#define AHEAD_BYTES 4096

/* One bit for each byte of a block, by what the byte is. */
struct masks {
    uint64_t quote, backslash, bracket, comma; /* comma: ',' and ':' */
};

/* Walks over blocks; there is one for each set of instructions. */
typedef void sweep_blocks(struct sweep *s, const char *p, struct sweep_block *b,
                          size_t n);

/*
 * Bytes that are escaped: each that follows an odd run of backslashes.  Such
 * a run ends one byte further than the carry of an addition tells, when it
 * starts at an odd place.
 */
static inline uint64_t
mask_escaped(uint64_t backslash, uint64_t *carry)
{
    const uint64_t even = 0x5555555555555555u;
    uint64_t follows, starts, sum;

    backslash &= ~*carry;
    follows = backslash << 1 | *carry;
    starts = backslash & ~even & ~follows;
    *carry = __builtin_add_overflow(starts, backslash, &sum);
    return (even ^ sum << 1) & follows;
}

/* Bit i becomes the XOR of bits 0..i. */
static inline uint64_t
prefix_shift(uint64_t x)
{
    for (int shift = 1; shift < 64; shift *= 2)
        x ^= x << shift;
    return x;
}

/*
 * The loop, into which each set of instructions puts its own classify and
 * prefix (always inlined for that).  The state between blocks is kept in
 * locals; a backslash is rare enough for a branch.
 */
static inline __attribute__((always_inline)) void
walk_blocks(struct sweep *s, const char *p, struct sweep_block *b, size_t n,
            struct masks (*classify)(const char *),
            uint64_t (*prefix)(uint64_t))
{
    uint64_t carried = s->inside, escaped = s->escaped;

    for (size_t i = 0; i < n; i++) {
        struct masks m = classify(p + 64 * i);
        uint64_t inside;

        /* What the processor foresees by itself ends with the page; to ask
         * for what lies behind the text does nothing. */
        __builtin_prefetch((const void *)((uintptr_t)p + 64 * i + AHEAD_BYTES));
        if (__builtin_expect((m.backslash | escaped) != 0, 0))
            m.quote &= ~mask_escaped(m.backslash, &escaped);
        inside = prefix(m.quote) ^ carried;
        carried = (uint64_t)((int64_t)inside >> 63);
        b[i].brackets = m.bracket & ~inside;
        b[i].all = (m.bracket | m.comma) & ~inside;
    }
    s->inside = carried;
    s->escaped = escaped;
}

/*
 * '[' and '{' differ in bit 0x20 only, and so do ']' and '}'; no other byte
 * becomes '{' or '}' when that bit is set.
 */
#if defined(__x86_64__)

static inline __attribute__((always_inline)) uint64_t
bits16(__m128i v)
{
    return (uint64_t)(uint32_t)_mm_movemask_epi8(v);
}

static inline __attribute__((always_inline)) __m128i
same16(__m128i v, char c)
{
    return _mm_cmpeq_epi8(v, _mm_set1_epi8(c));
}

static inline __attribute__((always_inline)) struct masks
classify_sse2(const char *p)
{
    struct masks m = {0, 0, 0, 0};

    for (int i = 0; i < 64; i += 16) {
        __m128i v = _mm_loadu_si128((const void *)(p + i));
        __m128i w = _mm_or_si128(v, _mm_set1_epi8(0x20));

        m.quote |= bits16(same16(v, '"')) << i;
        m.backslash |= bits16(same16(v, '\\')) << i;
        m.bracket |= bits16(_mm_or_si128(same16(w, '{'), same16(w, '}'))) << i;
        m.comma |= bits16(_mm_or_si128(same16(v, ','), same16(v, ':'))) << i;
    }
    return m;
}

static void
blocks_sse2(struct sweep *s, const char *p, struct sweep_block *b, size_t n)
{
    walk_blocks(s, p, b, n, classify_sse2, prefix_shift);
}

#define AVX2                                                 \
    __attribute__((target("avx2,pclmul,bmi"))) static inline \
        __attribute__((always_inline))

AVX2 uint64_t
bits64(__m256i low, __m256i high)
{
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(low) |
           (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

AVX2 __m256i
same32(__m256i v, char c)
{
    return _mm256_cmpeq_epi8(v, _mm256_set1_epi8(c));
}

AVX2 __m256i
either32(__m256i v, char c, char d)
{
    return _mm256_or_si256(same32(v, c), same32(v, d));
}

AVX2 struct masks
classify_avx2(const char *p)
{
    __m256i a = _mm256_loadu_si256((const void *)p);
    __m256i b = _mm256_loadu_si256((const void *)(p + 32));
    __m256i x = _mm256_or_si256(a, _mm256_set1_epi8(0x20));
    __m256i y = _mm256_or_si256(b, _mm256_set1_epi8(0x20));

    return (struct masks){
        .quote = bits64(same32(a, '"'), same32(b, '"')),
        .backslash = bits64(same32(a, '\\'), same32(b, '\\')),
        .bracket = bits64(either32(x, '{', '}'), either32(y, '{', '}')),
        .comma = bits64(either32(a, ',', ':'), either32(b, ',', ':')),
    };
}

/* A product without carries by all ones is the prefix XOR. */
AVX2 uint64_t
prefix_product(uint64_t x)
{
    return (uint64_t)_mm_cvtsi128_si64(_mm_clmulepi64_si128(
        _mm_set_epi64x(0, (int64_t)x), _mm_set1_epi8((char)0xff), 0));
}

__attribute__((target("avx2,pclmul,bmi"))) static void
blocks_avx2(struct sweep *s, const char *p, struct sweep_block *b, size_t n)
{
    walk_blocks(s, p, b, n, classify_avx2, prefix_product);
}

#define AVX512                                                   \
    __attribute__((target("avx512bw,pclmul,bmi"))) static inline \
        __attribute__((always_inline))

AVX512 uint64_t
same64(__m512i v, char c)
{
    return _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(c));
}

AVX512 struct masks
classify_avx512(const char *p)
{
    __m512i v = _mm512_loadu_si512(p);
    __m512i w = _mm512_or_si512(v, _mm512_set1_epi8(0x20));

    return (struct masks){
        .quote = same64(v, '"'),
        .backslash = same64(v, '\\'),
        .bracket = same64(w, '{') | same64(w, '}'),
        .comma = same64(v, ',') | same64(v, ':'),
    };
}

__attribute__((target("avx512bw,pclmul,bmi"))) static void
blocks_avx512(struct sweep *s, const char *p, struct sweep_block *b, size_t n)
{
    walk_blocks(s, p, b, n, classify_avx512, prefix_product);
}

#define SAVED_YMM 0x06u /* registers the kernel keeps for each thread */
#define SAVED_ZMM 0xe6u

static sweep_blocks *best = blocks_sse2;

/* Once, before main(): where machines are virtual, the answer takes time.
 * libgcc would ask as well, and for the names of all processors. */
__attribute__((constructor, target("xsave"))) static void
choose_best(void)
{
    unsigned a, b, c, d, seven;
    uint64_t saved;

    if (!__get_cpuid_count(7, 0, &a, &seven, &c, &d) ||
        !__get_cpuid(1, &a, &b, &c, &d) || (c & bit_OSXSAVE) == 0 ||
        (c & bit_PCLMUL) == 0 || (seven & bit_BMI) == 0)
        return;
    saved = _xgetbv(0);
    if ((seven & bit_AVX512BW) != 0 && (saved & SAVED_ZMM) == SAVED_ZMM)
        best = blocks_avx512;
    else if ((seven & bit_AVX2) != 0 && (saved & SAVED_YMM) == SAVED_YMM)
        best = blocks_avx2;
}

static sweep_blocks *
blocks_best(void)
{
    return best;
}

#elif defined(__ARM_NEON)

/* 64 bytes of 00 or ff to 64 bits: keep one bit of each, add in pairs. */
static inline uint64_t
bits64(const uint8x16_t v[4])
{
    static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128,
                                        1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t w = vld1q_u8(weights);
    uint8x16_t low = vpaddq_u8(vandq_u8(v[0], w), vandq_u8(v[1], w));
    uint8x16_t high = vpaddq_u8(vandq_u8(v[2], w), vandq_u8(v[3], w));

    low = vpaddq_u8(low, high);
    low = vpaddq_u8(low, low);
    return vgetq_lane_u64(vreinterpretq_u64_u8(low), 0);
}

static inline uint8x16_t
same16(uint8x16_t v, char c)
{
    return vceqq_u8(v, vdupq_n_u8((uint8_t)c));
}

static inline struct masks
classify_neon(const char *p)
{
    uint8x16_t quote[4], backslash[4], bracket[4], comma[4];

    for (int i = 0; i < 4; i++) {
        uint8x16_t v = vld1q_u8((const uint8_t *)p + 16 * i);
        uint8x16_t w = vorrq_u8(v, vdupq_n_u8(0x20));

        quote[i] = same16(v, '"');
        backslash[i] = same16(v, '\\');
        bracket[i] = vorrq_u8(same16(w, '{'), same16(w, '}'));
        comma[i] = vorrq_u8(same16(v, ','), same16(v, ':'));
    }
    return (struct masks){bits64(quote), bits64(backslash), bits64(bracket),
                          bits64(comma)};
}

static void
blocks_neon(struct sweep *s, const char *p, struct sweep_block *b, size_t n)
{
    walk_blocks(s, p, b, n, classify_neon, prefix_shift);
}

static sweep_blocks *
blocks_best(void)
{
    return blocks_neon;
}

#else

static struct masks
classify_bytes(const char *p)
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

static void
blocks_bytes(struct sweep *s, const char *p, struct sweep_block *b, size_t n)
{
    walk_blocks(s, p, b, n, classify_bytes, prefix_shift);
}

static sweep_blocks *
blocks_best(void)
{
    return blocks_bytes;
}

#endif

struct sweep_at
sweep_more(struct sweep *s, struct sweep_at at)
{
    size_t left = s->n - s->done;
    size_t whole = left / 64 < s->batch ? left / 64 : s->batch;
    sweep_blocks *walk = blocks_best();
    char tail[64];

    /* Whole blocks are read where they are. */
    if (whole > 0)
        walk(s, s->p + s->done, s->block, whole);
    s->done += whole * 64;
    left -= whole * 64;
    /* The last bytes are filled up with what is no structure. */
    if (whole < s->batch && left > 0) {
        memset(tail, ' ', sizeof(tail));
        memcpy(tail, s->p + s->done, left);
        walk(s, tail, s->block + whole, 1);
        s->done = s->n;
        whole++;
    }
    at.next = s->block;
    at.end = s->block + whole;
    return at;
}
