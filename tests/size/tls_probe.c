/*
 * Roots of a TLS client: linked with the program, they pull in what of
 * mbedTLS and libc a client that signs, resolves, connects and verifies
 * calls.  Never run; only the size of the result is looked at.
 */

#include <netdb.h>
#include <pthread.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <mbedtls/base64.h>
#include <mbedtls/error.h>
#include <mbedtls/md.h>
#include <mbedtls/md5.h>
#include <mbedtls/memory_buffer_alloc.h>
#include <mbedtls/sha1.h>
#include <mbedtls/sha256.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>
#include <psa/crypto.h>

/* The bytes that PSA asks its owner for. */
psa_status_t
mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t *ctx,
                                uint8_t *out, size_t n, size_t *got)
{
    ssize_t r = getrandom(out, n, 0);

    (void)ctx;
    *got = r < 0 ? 0 : (size_t)r;
    return *got == n ? PSA_SUCCESS : PSA_ERROR_INSUFFICIENT_ENTROPY;
}

#define ROOT(f) (void (*)(void))(f)

void (*const tls_probe[])(void);
void (*const tls_probe[])(void) = {
    ROOT(getaddrinfo),
    ROOT(freeaddrinfo),
    ROOT(socket),
    ROOT(connect),
    ROOT(listen),
    ROOT(accept),
    ROOT(setsockopt),
    ROOT(pthread_create),
    ROOT(pthread_join),
    ROOT(mbedtls_base64_encode),
    ROOT(mbedtls_md5),
    ROOT(mbedtls_md_hmac),
    ROOT(mbedtls_memory_buffer_alloc_init),
    ROOT(mbedtls_sha1),
    ROOT(mbedtls_sha256),
    ROOT(mbedtls_ssl_close_notify),
    ROOT(mbedtls_ssl_conf_authmode),
    ROOT(mbedtls_ssl_conf_ca_chain),
    ROOT(mbedtls_ssl_conf_rng),
    ROOT(mbedtls_ssl_conf_verify),
    ROOT(mbedtls_ssl_config_defaults),
    ROOT(mbedtls_ssl_config_free),
    ROOT(mbedtls_ssl_config_init),
    ROOT(mbedtls_ssl_free),
    ROOT(mbedtls_ssl_get_session),
    ROOT(mbedtls_ssl_get_verify_result),
    ROOT(mbedtls_ssl_handshake),
    ROOT(mbedtls_ssl_init),
    ROOT(mbedtls_ssl_read),
    ROOT(mbedtls_ssl_session_reset),
    ROOT(mbedtls_ssl_set_bio),
    ROOT(mbedtls_ssl_set_hostname),
    ROOT(mbedtls_ssl_set_session),
    ROOT(mbedtls_ssl_setup),
    ROOT(mbedtls_ssl_write),
    ROOT(mbedtls_strerror),
    ROOT(mbedtls_x509_crt_free),
    ROOT(mbedtls_x509_crt_init),
    ROOT(mbedtls_x509_crt_parse),
    ROOT(mbedtls_x509_crt_verify_info),
    ROOT(psa_crypto_init),
};
