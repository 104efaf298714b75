#include "base/sip.h"

#include <string.h>

#include "base/random.h"
#include "base/wide.h"

struct sip_key
sip_key_random(void)
{
    return (struct sip_key){{random_u64(), random_u64()}};
}

static uint64_t
turn(uint64_t v, unsigned bits)
{
    return v << bits | v >> (64 - bits);
}

static void
rounds(uint64_t v[4], unsigned n)
{
    while (n-- > 0) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = turn(v[1], 13) ^ v[0];
        v[3] = turn(v[3], 16) ^ v[2];
        v[0] = turn(v[0], 32) + v[3];
        v[2] += v[1];
        v[3] = turn(v[3], 21) ^ v[0];
        v[1] = turn(v[1], 17) ^ v[2];
        v[2] = turn(v[2], 32);
    }
}

static void
add(uint64_t v[4], uint64_t m)
{
    v[3] ^= m;
    rounds(v, 2);
    v[0] ^= m;
}

uint64_t
sip_sum(const struct sip_key *key, const void *p, size_t n)
{
    uint64_t v[4] = {key->k[0] ^ UINT64_C(0x736f6d6570736575),
                     key->k[1] ^ UINT64_C(0x646f72616e646f6d),
                     key->k[0] ^ UINT64_C(0x6c7967656e657261),
                     key->k[1] ^ UINT64_C(0x7465646279746573)};
    unsigned char last[8] = {0};
    const char *at = p;
    size_t i = 0;

    for (; n - i >= 8; i += 8)
        add(v, wide_load(at + i));
    if (n > i)
        memcpy(last, at + i, n - i);
    last[7] = (unsigned char)n;
    add(v, wide_load((const char *)last));
    v[2] ^= 0xff;
    rounds(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t
sip_pair(const struct sip_key *key, uint64_t a, uint64_t b)
{
    uint64_t pair[2] = {a, b};

    return sip_sum(key, pair, sizeof(pair));
}
