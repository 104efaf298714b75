#ifndef NET_TLS_TRUST_H
#define NET_TLS_TRUST_H

/*
 * The bundle of CAs whom TLS trusts, some 140 of them and 200 KB as a file.
 * Only where each stands is kept in memory; those that may have signed a
 * certificate are read from the open file when a server shows it.
 */

#include <stddef.h>

#include <mbedtls/x509_crt.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#define TLS_TRUST_MAX 4096      /* certificates in a bundle */
#define TLS_TRUST_PEM_MAX 16384 /* bytes of one, as text */
#define TLS_TRUST_SAME_MAX 8    /* tried, of those with one subject */

struct tls_trust;

/*
 * Opens a PEM bundle and finds the certificates in it; other blocks, and
 * such as cannot be read, are passed over.  Returns 0; ERR_CONFIG when it
 * cannot be read or holds none; ERR_MEMORY.
 */
int tls_trust_open(struct tls_trust **t, struct slice path, struct arena *arena,
                   struct err *e);

/* NULL may be passed. */
void tls_trust_close(struct tls_trust *t);

size_t tls_trust_count(const struct tls_trust *t);

/*
 * For mbedtls_ssl_conf_ca_cb(), ctx is the tls_trust: a new list, from
 * mbedTLS's pool and mbedTLS's to free, of the CAs whose subject is the
 * child's issuer; NULL when there is none.
 */
int tls_trust_find(void *ctx, const mbedtls_x509_crt *child,
                   mbedtls_x509_crt **found);

#endif
