#ifndef AWS_HASH_H
#define AWS_HASH_H

/*
 * SHA-256 (FIPS 180-4) and HMAC with it (RFC 2104), by mbedTLS' code; never
 * allocates and cannot fail.
 */

#include <mbedtls/sha256.h>
#include <stdint.h>

#include "base/slice.h"

#define HASH_BYTES 32
#define HASH_HEX_BYTES 64

/* Of bytes that come piece by piece: begin, put as often as needed, end. */
struct hash {
    mbedtls_sha256_context sha;
};
void hash_begin(struct hash *h);
void hash_put(struct hash *h, struct slice s);
void hash_end(struct hash *h, uint8_t out[HASH_BYTES]);

/* HMAC-SHA-256; out may be the key's own memory. */
void hash_hmac(struct slice key, struct slice text, uint8_t out[HASH_BYTES]);

/* In lower-case hex digits, not terminated. */
void hash_hex(const uint8_t in[HASH_BYTES], char out[HASH_HEX_BYTES]);

/* SHA-256 of text in hex. */
void hash_text(struct slice text, char out[HASH_HEX_BYTES]);

#endif
