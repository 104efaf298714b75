#include "net/tls.h"

#include <errno.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/random.h>

#include <mbedtls/memory_buffer_alloc.h>
#include <mbedtls/platform.h>
#include <mbedtls/psa_util.h>
#include <mbedtls/ssl.h>
#include <psa/crypto.h>

#include "base/clock.h"
#include "net/tls_trust.h"

#define GOODBYE_MS 50 /* for a last record, where there is room for it */

struct tls_config {
    mbedtls_ssl_config ssl;
    mbedtls_ssl_config old;  /* TLS 1.2 alone: see signatures */
    struct tls_trust *trust; /* NULL: nobody */
};

struct tls {
    const struct tls_config *config;
    mbedtls_ssl_context ssl;
    struct tcp *tcp;
    bool open;
    bool want_old; /* the last handshake should be done again without 1.3 */
    /* Of the call that is under way: mbedTLS calls back with less. */
    int64_t deadline_ms;
    int rc; /* what the socket said, if it failed */
    struct err why;
};

/* The bytes that PSA asks the program for: getrandom(2) does not return
 * short below 256 bytes, but may for more. */
psa_status_t
mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t *ctx,
                                uint8_t *out, size_t n, size_t *got)
{
    ssize_t r;

    (void)ctx;
    for (*got = 0; *got < n; *got += (size_t)r) {
        r = getrandom(out + *got, n - *got, 0);
        if (r < 0 && errno == EINTR)
            r = 0;
        if (r < 0)
            return PSA_ERROR_INSUFFICIENT_ENTROPY;
    }
    return PSA_SUCCESS;
}

/*
 * Signatures we accept.  A server without TLS 1.3 may choose PSS when it is
 * offered (RFC 8446 section 4.2.3), but mbedTLS 3.6 can check PSS in TLS 1.3
 * only: to such a server we come back and offer TLS 1.2 with PKCS #1 v1.5.
 */
static const uint16_t signatures[] = {
    MBEDTLS_TLS1_3_SIG_ECDSA_SECP256R1_SHA256,
    MBEDTLS_TLS1_3_SIG_ECDSA_SECP384R1_SHA384,
    MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA256, /* certificates, and TLS 1.2 */
    MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA384,
    MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA512,
    MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA256,
    MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA384,
    MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA512,
    MBEDTLS_TLS1_3_SIG_NONE,
};
static const uint16_t old_signatures[] = {
    MBEDTLS_TLS1_3_SIG_ECDSA_SECP256R1_SHA256,
    MBEDTLS_TLS1_3_SIG_ECDSA_SECP384R1_SHA384,
    MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA256,
    MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA384,
    MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA512,
    MBEDTLS_TLS1_3_SIG_NONE,
};

static int
configure(mbedtls_ssl_config *c, struct tls_trust *trust, bool old)
{
    static const char *protocols[] = {"http/1.1", NULL};
    int rc;

    mbedtls_ssl_config_init(c);
    rc = mbedtls_ssl_config_defaults(c, MBEDTLS_SSL_IS_CLIENT,
                                     MBEDTLS_SSL_TRANSPORT_STREAM,
                                     MBEDTLS_SSL_PRESET_DEFAULT);
    if (rc != 0)
        return rc;
    mbedtls_ssl_conf_min_tls_version(c, MBEDTLS_SSL_VERSION_TLS1_2);
    mbedtls_ssl_conf_max_tls_version(c, old ? MBEDTLS_SSL_VERSION_TLS1_2
                                            : MBEDTLS_SSL_VERSION_TLS1_3);
    mbedtls_ssl_conf_authmode(c, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_rng(c, mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
    mbedtls_ssl_conf_sig_algs(c, old ? old_signatures : signatures);
    if (trust != NULL)
        mbedtls_ssl_conf_ca_cb(c, tls_trust_find, trust);
    return mbedtls_ssl_conf_alpn_protocols(c, protocols);
}

/*
 * mbedTLS begins with writing zeros over all of its pool, which would make
 * all of it resident.  What is behind the first page goes back: read again,
 * it is zeros again.
 */
static void
pool_start(unsigned char *pool, size_t bytes)
{
    size_t page = (size_t)getauxval(AT_PAGESZ);
    size_t skip = 2 * page - (uintptr_t)pool % page;

    mbedtls_memory_buffer_alloc_init(pool, bytes);
    if (bytes > skip + page)
        (void)madvise(pool + skip, (bytes - skip) / page * page, MADV_DONTNEED);
}

int
tls_config_open(struct tls_config **c, struct slice ca_path, size_t pool_bytes,
                struct arena *arena, struct err *e)
{
    struct tls_config *x = arena_alloc(arena, sizeof(*x));
    unsigned char *pool = arena_alloc(arena, pool_bytes);
    int rc = 0;

    if (x == NULL || pool == NULL)
        return err_set(e, ERR_MEMORY, "no memory for TLS");
    x->trust = NULL;
    if (ca_path.n > 0)
        rc = tls_trust_open(&x->trust, ca_path, arena, e);
    if (rc < 0)
        return rc;
    pool_start(pool, pool_bytes);
    if (psa_crypto_init() != PSA_SUCCESS ||
        configure(&x->ssl, x->trust, false) != 0 ||
        configure(&x->old, x->trust, true) != 0) {
        tls_config_close(x);
        return err_set(e, ERR_TLS, "TLS cannot be made ready");
    }
    *c = x;
    return 0;
}

void
tls_config_close(struct tls_config *c)
{
    if (c == NULL)
        return;
    mbedtls_ssl_config_free(&c->ssl);
    mbedtls_ssl_config_free(&c->old);
    tls_trust_close(c->trust);
    mbedtls_psa_crypto_free();
    mbedtls_memory_buffer_alloc_free();
}

size_t
tls_config_count(const struct tls_config *c)
{
    return tls_trust_count(c->trust);
}

void
tls_pool_stats(size_t *used, size_t *peak)
{
    size_t blocks;

    mbedtls_memory_buffer_alloc_cur_get(used, &blocks);
    mbedtls_memory_buffer_alloc_max_get(peak, &blocks);
}

struct tls *
tls_new(const struct tls_config *c, struct arena *arena)
{
    struct tls *s = arena_alloc(arena, sizeof(*s));

    if (s == NULL)
        return NULL;
    s->config = c;
    s->open = s->want_old = false;
    return s;
}

/* mbedTLS's reading and writing.  An error of the socket's is kept aside:
 * what comes back through mbedTLS is a number of its own. */
static int
bio_recv(void *ctx, unsigned char *p, size_t n)
{
    struct tls *s = ctx;
    ssize_t got = tcp_read(s->tcp, (char *)p, n, s->deadline_ms, &s->why);

    if (got < 0)
        s->rc = (int)got;
    return got < 0 ? MBEDTLS_ERR_SSL_INTERNAL_ERROR : (int)got;
}

static int
bio_send(void *ctx, const unsigned char *p, size_t n)
{
    struct tls *s = ctx;
    ssize_t sent =
        tcp_write(s->tcp, (const char *)p, n, s->deadline_ms, &s->why);

    if (sent < 0)
        s->rc = (int)sent;
    return sent < 0 ? MBEDTLS_ERR_SSL_INTERNAL_ERROR : (int)sent;
}

/* What may be wrong with a certificate; the first that is goes into the
 * message, the gravest stand first. */
static const struct {
    uint32_t flag;
    const char *text;
} complaints[] = {
    {MBEDTLS_X509_BADCERT_CN_MISMATCH, "it is made out to another host"},
    {MBEDTLS_X509_BADCERT_EXPIRED, "it, or its issuer's, has expired"},
    {MBEDTLS_X509_BADCERT_FUTURE, "it, or its issuer's, is not valid yet"},
    {MBEDTLS_X509_BADCERT_NOT_TRUSTED, "no trusted CA has signed it"},
    {MBEDTLS_X509_BADCERT_BAD_MD, "it is signed with a hash that is too weak"},
    {MBEDTLS_X509_BADCERT_BAD_KEY, "its key, or its issuer's, is too weak"},
    {MBEDTLS_X509_BADCERT_BAD_PK, "its kind of key is not allowed"},
    {MBEDTLS_X509_BADCERT_KEY_USAGE, "it is not for signing"},
    {MBEDTLS_X509_BADCERT_EXT_KEY_USAGE, "it is not for servers"},
    {MBEDTLS_X509_BADCERT_MISSING, "there is none"},
};

/* What mbedTLS says that people meet; others are told by number. */
static const struct {
    int number;
    int code;
    const char *text;
} failures[] = {
    {MBEDTLS_ERR_SSL_CONN_EOF, ERR_MORE, "the connection ended"},
    {MBEDTLS_ERR_SSL_ALLOC_FAILED, ERR_MEMORY, "no memory for TLS"},
    {MBEDTLS_ERR_X509_ALLOC_FAILED, ERR_MEMORY, "no memory for TLS"},
    {MBEDTLS_ERR_MPI_ALLOC_FAILED, ERR_MEMORY, "no memory for TLS"},
    {MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION, ERR_TLS,
     "TLS: it speaks neither TLS 1.2 nor 1.3"},
    {MBEDTLS_ERR_SSL_INVALID_RECORD, ERR_TLS, "TLS: what it sent is not TLS"},
    {MBEDTLS_ERR_SSL_INVALID_MAC, ERR_TLS, "TLS: bytes changed on the way"},
    {MBEDTLS_ERR_SSL_CA_CHAIN_REQUIRED, ERR_TLS,
     "there is no bundle of trusted CAs: set SSL_CERT_FILE"},
    {MBEDTLS_ERR_SSL_NO_APPLICATION_PROTOCOL, ERR_TLS,
     "TLS: it does not speak HTTP/1.1"},
};

/* The alert that the server sent last, as a number of RFC 8446 section 6. */
static int
fail_alert(const struct tls *s, struct err *e)
{
    int alert = s->ssl.MBEDTLS_PRIVATE(in_msg)[1];

    if (alert == MBEDTLS_SSL_ALERT_MSG_PROTOCOL_VERSION)
        return err_set(e, ERR_TLS, "TLS: it speaks neither TLS 1.2 nor 1.3");
    return err_set(e, ERR_TLS, "TLS: the server refuses, alert %d", alert);
}

/* Turns what mbedTLS returned into a code and a sentence. */
static int
fail(const struct tls *s, int number, struct err *e)
{
    uint32_t flags;

    if (s->rc < 0)
        return err_set(e, s->rc, "%s", s->why.text);
    if (number == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE)
        return fail_alert(s, e);
    if (number == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED ||
        number == MBEDTLS_ERR_SSL_BAD_CERTIFICATE) {
        flags = mbedtls_ssl_get_verify_result(&s->ssl);
        for (size_t i = 0; i < sizeof(complaints) / sizeof(complaints[0]); i++)
            if (flags != UINT32_MAX && (flags & complaints[i].flag) != 0)
                return err_set(e, ERR_TLS, "its certificate is not trusted: %s",
                               complaints[i].text);
    }
    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
        if (number == failures[i].number)
            return err_set(e, failures[i].code, "%s", failures[i].text);
    return err_set(e, ERR_TLS, "TLS: mbedTLS error -0x%04x", (unsigned)-number);
}

/* Whether to call mbedTLS again: it has done something, but not yet what it
 * was asked for. */
static bool
again(int rc)
{
    return rc == MBEDTLS_ERR_SSL_WANT_READ ||
           rc == MBEDTLS_ERR_SSL_WANT_WRITE ||
           rc == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET;
}

static void
begin(struct tls *s, int64_t deadline_ms)
{
    s->deadline_ms = deadline_ms;
    s->rc = 0;
    s->why.text[0] = '\0';
}

int
tls_start(struct tls *s, struct tcp *t, struct slice host, bool old,
          int64_t deadline_ms, struct err *e)
{
    char name[MBEDTLS_SSL_MAX_HOST_NAME_LEN + 1];
    int rc;

    /* A name with its final dot is the same name, but in no certificate. */
    if (host.n > 1 && host.p[host.n - 1] == '.')
        host.n--;
    if (host.n == 0 || host.n >= sizeof(name))
        return err_set(e, ERR_TLS, "no name that a certificate could bear");
    memcpy(name, host.p, host.n);
    name[host.n] = '\0';
    begin(s, deadline_ms);
    s->tcp = t;
    s->open = true;
    mbedtls_ssl_init(&s->ssl);
    rc = mbedtls_ssl_setup(&s->ssl, old ? &s->config->old : &s->config->ssl);
    if (rc == 0)
        rc = mbedtls_ssl_set_hostname(&s->ssl, name);
    if (rc == 0) {
        mbedtls_ssl_set_bio(&s->ssl, s, bio_send, bio_recv, NULL);
        do
            rc = mbedtls_ssl_handshake(&s->ssl);
        while (again(rc));
    }
    s->want_old =
        rc == MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER && !old &&
        mbedtls_ssl_get_version_number(&s->ssl) == MBEDTLS_SSL_VERSION_TLS1_2;
    if (rc == 0)
        return 0;
    rc = fail(s, rc, e);
    tls_close(s);
    return rc;
}

bool
tls_wants_old(const struct tls *s)
{
    return s->want_old;
}

ssize_t
tls_read(struct tls *s, char *p, size_t n, int64_t deadline_ms, struct err *e)
{
    int rc;

    begin(s, deadline_ms);
    do
        rc = mbedtls_ssl_read(&s->ssl, (unsigned char *)p, n);
    while (again(rc) && s->rc == 0);
    if (rc == 0) /* mbedTLS's name for an end without a word */
        rc = MBEDTLS_ERR_SSL_CONN_EOF;
    if (rc == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY)
        return 0;
    return rc < 0 ? fail(s, rc, e) : rc;
}

ssize_t
tls_write(struct tls *s, const char *p, size_t n, int64_t deadline_ms,
          struct err *e)
{
    int rc;

    begin(s, deadline_ms);
    do
        rc = mbedtls_ssl_write(&s->ssl, (const unsigned char *)p, n);
    while (again(rc) && s->rc == 0);
    return rc < 0 ? fail(s, rc, e) : rc;
}

bool
tls_pending(const struct tls *s)
{
    return mbedtls_ssl_check_pending(&s->ssl) != 0;
}

void
tls_close(struct tls *s)
{
    if (!s->open)
        return;
    begin(s, clock_steady_ms() + GOODBYE_MS);
    if (mbedtls_ssl_is_handshake_over(&s->ssl))
        (void)mbedtls_ssl_close_notify(&s->ssl);
    mbedtls_ssl_free(&s->ssl);
    s->open = false;
}
