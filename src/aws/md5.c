#include "aws/md5.h"

/* mbedTLS' functions return an error only where a hardware driver replaces
 * them; ours are the plain ones. */
void
md5_begin(struct md5 *m)
{
    mbedtls_md5_init(&m->md5);
    (void)mbedtls_md5_starts(&m->md5);
}

void
md5_put(struct md5 *m, struct slice s)
{
    if (s.n > 0)
        (void)mbedtls_md5_update(&m->md5, (const uint8_t *)s.p, s.n);
}

void
md5_end(struct md5 *m, char out[MD5_HEX_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t sum[MD5_HEX_BYTES / 2];

    (void)mbedtls_md5_finish(&m->md5, sum);
    for (size_t i = 0; i < sizeof(sum); i++) {
        out[2 * i] = digits[sum[i] >> 4];
        out[2 * i + 1] = digits[sum[i] & 0xf];
    }
}
