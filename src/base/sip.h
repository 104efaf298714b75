#ifndef BASE_SIP_H
#define BASE_SIP_H

/*
 * SipHash-2-4 (J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast
 * short-input PRF", 2012): 64 bits of some bytes and a key.  Who does not
 * know the key cannot find bytes that have the sum of others better than by
 * chance, so where two sums are the same their bytes may be taken to be.
 */

#include <stddef.h>
#include <stdint.h>

struct sip_key {
    uint64_t k[2];
};

/* A key of this run, from random.h. */
struct sip_key sip_key_random(void);

uint64_t sip_sum(const struct sip_key *key, const void *p, size_t n);

/* The sum of two numbers, which are in this order. */
uint64_t sip_pair(const struct sip_key *key, uint64_t a, uint64_t b);

#endif
