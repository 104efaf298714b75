#ifndef AWS_MD5_H
#define AWS_MD5_H

/*
 * MD5 (RFC 1321), by mbedTLS' code: Terraform keeps it beside its lock as
 * the digest of a state.  It finds accidents, and protects from nobody.
 */

#include <mbedtls/md5.h>

#include "base/slice.h"

#define MD5_HEX_BYTES 32

/* Of bytes that come piece by piece: begin, put as often as needed, end. */
struct md5 {
    mbedtls_md5_context md5;
};
void md5_begin(struct md5 *m);
void md5_put(struct md5 *m, struct slice s);

/* In lower-case hex digits, not terminated. */
void md5_end(struct md5 *m, char out[MD5_HEX_BYTES]);

#endif
