/*
 * SHA-1 of a block (FIPS 180-4, 6.1.3) as a loop, in the place that mbedTLS
 * has for one.  Its own, with every round written out, takes 4.7 KB; what is
 * hashed here is user data of instances, 16 KB at most.
 */

#include <mbedtls/sha1.h>

#include <string.h>

#define WORDS 16

static uint32_t
turn(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

/* The function of round t and its constant. */
static uint32_t
mix(unsigned t, uint32_t b, uint32_t c, uint32_t d)
{
    if (t < 20)
        return (d ^ (b & (c ^ d))) + 0x5a827999;
    if (t < 40)
        return (b ^ c ^ d) + 0x6ed9eba1;
    if (t < 60)
        return ((b & c) | (d & (b | c))) + 0x8f1bbcdc;
    return (b ^ c ^ d) + 0xca62c1d6;
}

int
mbedtls_internal_sha1_process(mbedtls_sha1_context *ctx,
                              const unsigned char data[64])
{
    uint32_t *h = ctx->MBEDTLS_PRIVATE(state), w[WORDS];
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

    for (unsigned t = 0; t < 80; t++) {
        uint32_t *now = &w[t % WORDS], sum;

        if (t < WORDS)
            *now = (uint32_t)data[4 * t] << 24 | data[4 * t + 1] << 16 |
                   data[4 * t + 2] << 8 | data[4 * t + 3];
        else
            *now = turn(w[(t - 3) % WORDS] ^ w[(t - 8) % WORDS] ^
                            w[(t - 14) % WORDS] ^ *now,
                        1);
        sum = turn(a, 5) + mix(t, b, c, d) + e + *now;
        e = d;
        d = c;
        c = turn(b, 30);
        b = a;
        a = sum;
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
    h[4] += e;
    /* User data has passwords in it at times. */
    explicit_bzero(w, sizeof(w));
    return 0;
}
