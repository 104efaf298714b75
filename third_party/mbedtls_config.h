#ifndef TFDRIFT_MBEDTLS_CONFIG_H
#define TFDRIFT_MBEDTLS_CONFIG_H

/*
 * mbedTLS 3.6 as tfdrift needs it: a TLS 1.2 and 1.3 client that verifies
 * chains, plus the hashes of AWS signatures and Terraform states.  No file
 * system, no sockets of its own, no server, no libc allocator.
 */

/* Machine. */
#define MBEDTLS_HAVE_ASM
#define MBEDTLS_AESNI_C
#define MBEDTLS_AESCE_C
#define MBEDTLS_HAVE_TIME
#define MBEDTLS_HAVE_TIME_DATE
#define MBEDTLS_THREADING_C
#define MBEDTLS_THREADING_PTHREAD

/*
 * Memory: one pool that the program hands over at start with
 * mbedtls_memory_buffer_alloc_init.  Whoever allocates before that stops at
 * address 0: libc's calloc must not be the default, it would be linked.
 */
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_STD_CALLOC ((void *(*)(size_t, size_t))0)
#define MBEDTLS_PLATFORM_STD_FREE ((void (*)(void *))0)
#define MBEDTLS_MEMORY_BUFFER_ALLOC_C
#define MBEDTLS_MEMORY_ALIGN_MULTIPLE 16 /* bytes; of any object */

/* The pool's use is a metric; what else this adds would print on stderr. */
#define MBEDTLS_MEMORY_DEBUG
#define MBEDTLS_PLATFORM_FPRINTF_MACRO(...) ((void)0)

/* Hashes; MD5 is Terraform's digest of a state kept beside DynamoDB locks. */
#define MBEDTLS_MD_C
#define MBEDTLS_MD5_C
#define MBEDTLS_SHA1_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA384_C
#define MBEDTLS_SHA512_C
#define MBEDTLS_SHA256_SMALLER
#define MBEDTLS_SHA512_SMALLER
#define MBEDTLS_HKDF_C

/* Ciphers: authenticated ones only, of which every server has AES-GCM (RFC
 * 8446 section 9.1; AWS's TLS 1.2 policies likewise). */
#define MBEDTLS_AES_C
#define MBEDTLS_BLOCK_CIPHER_NO_DECRYPT /* GCM encrypts in both directions */
#define MBEDTLS_CIPHER_C
#define MBEDTLS_GCM_C

/* Public keys: what AWS's chains and key exchanges use. */
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_ECDH_C
#define MBEDTLS_ECDSA_C
#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_DP_CURVE25519_ENABLED
#define MBEDTLS_ECP_DP_SECP256R1_ENABLED
#define MBEDTLS_ECP_DP_SECP384R1_ENABLED
#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_PKCS1_V15
#define MBEDTLS_PKCS1_V21
#define MBEDTLS_PK_C
#define MBEDTLS_PK_PARSE_C
#define MBEDTLS_RSA_C
#define MBEDTLS_RSA_NO_CRT /* for private keys, of which there are none */

/* Tables that save a millisecond in a handshake cost 30 KB. */
#define MBEDTLS_ECP_FIXED_POINT_OPTIM 0
#define MBEDTLS_ECP_WINDOW_SIZE 3
#define MBEDTLS_AES_FEWER_TABLES

/* Certificates; their PEM bundles the program takes apart by itself. */
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C
#define MBEDTLS_BASE64_C
#define MBEDTLS_OID_C
#define MBEDTLS_X509_CRT_PARSE_C
#define MBEDTLS_X509_REMOVE_INFO
#define MBEDTLS_X509_RSASSA_PSS_SUPPORT
#define MBEDTLS_X509_TRUSTED_CERTIFICATE_CALLBACK
#define MBEDTLS_X509_USE_C

/*
 * TLS 1.3 reaches its primitives through PSA; random bytes are the kernel's,
 * through the program's own mbedtls_psa_external_get_random.
 */
#define MBEDTLS_PSA_CRYPTO_C
#define MBEDTLS_PSA_CRYPTO_CONFIG
#define MBEDTLS_PSA_CRYPTO_CONFIG_FILE <mbedtls_psa.h>
#define MBEDTLS_PSA_CRYPTO_EXTERNAL_RNG

#define MBEDTLS_KEY_EXCHANGE_ECDHE_ECDSA_ENABLED
#define MBEDTLS_KEY_EXCHANGE_ECDHE_RSA_ENABLED
#define MBEDTLS_SSL_ALPN
#define MBEDTLS_SSL_CLI_C
#define MBEDTLS_SSL_EXTENDED_MASTER_SECRET
#define MBEDTLS_SSL_KEEP_PEER_CERTIFICATE
#define MBEDTLS_SSL_PROTO_TLS1_2
#define MBEDTLS_SSL_PROTO_TLS1_3
#define MBEDTLS_SSL_SERVER_NAME_INDICATION
#define MBEDTLS_SSL_TLS1_3_COMPATIBILITY_MODE
#define MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_MODE_EPHEMERAL_ENABLED
#define MBEDTLS_SSL_TLS_C

/* Records: servers send full ones, we write short requests (bytes). */
#define MBEDTLS_SSL_IN_CONTENT_LEN 16384
#define MBEDTLS_SSL_OUT_CONTENT_LEN 4096

#endif
