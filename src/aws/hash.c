#include "aws/hash.h"

#define BLOCK_BYTES 64 /* of SHA-256: RFC 2104's B */

/*
 * mbedTLS' functions return an error only where a hardware driver replaces
 * them; ours are the plain ones.
 */
void
hash_begin(struct hash *h)
{
    mbedtls_sha256_init(&h->sha);
    (void)mbedtls_sha256_starts(&h->sha, 0);
}

void
hash_put(struct hash *h, struct slice s)
{
    if (s.n > 0)
        (void)mbedtls_sha256_update(&h->sha, (const uint8_t *)s.p, s.n);
}

void
hash_end(struct hash *h, uint8_t out[HASH_BYTES])
{
    (void)mbedtls_sha256_finish(&h->sha, out);
    mbedtls_sha256_free(&h->sha); /* zeroes it: keys go through here */
}

/* One of HMAC's two passes: the padded key, then text. */
static void
hmac_pass(const uint8_t key[BLOCK_BYTES], uint8_t pad, struct slice text,
          uint8_t out[HASH_BYTES])
{
    uint8_t block[BLOCK_BYTES];
    struct hash h;

    for (size_t i = 0; i < sizeof(block); i++)
        block[i] = key[i] ^ pad;
    hash_begin(&h);
    hash_put(&h, slice_of((const char *)block, sizeof(block)));
    hash_put(&h, text);
    hash_end(&h, out);
    explicit_bzero(block, sizeof(block));
}

void
hash_hmac(struct slice key, struct slice text, uint8_t out[HASH_BYTES])
{
    uint8_t block[BLOCK_BYTES] = {0}, inner[HASH_BYTES];
    struct hash h;

    if (key.n > sizeof(block)) {
        hash_begin(&h);
        hash_put(&h, key);
        hash_end(&h, block);
    } else {
        memcpy(block, key.p, key.n);
    }
    hmac_pass(block, 0x36, text, inner);
    hmac_pass(block, 0x5c, slice_of((const char *)inner, sizeof(inner)), out);
    explicit_bzero(block, sizeof(block));
    explicit_bzero(inner, sizeof(inner));
}

void
hash_hex(const uint8_t in[HASH_BYTES], char out[HASH_HEX_BYTES])
{
    static const char digit[] = "0123456789abcdef";

    for (size_t i = 0; i < HASH_BYTES; i++) {
        out[2 * i] = digit[in[i] >> 4];
        out[2 * i + 1] = digit[in[i] & 15];
    }
}

void
hash_text(struct slice text, char out[HASH_HEX_BYTES])
{
    uint8_t sum[HASH_BYTES];
    struct hash h;

    hash_begin(&h);
    hash_put(&h, text);
    hash_end(&h, sum);
    hash_hex(sum, out);
}
