#include "net/tls_trust.h"

#include <errno.h>
#include <unistd.h>

#include <mbedtls/asn1.h>
#include <mbedtls/platform.h>

#include "base/file.h"
#include "base/text.h"

static const struct slice pem_begin = SLICE_INIT("-----BEGIN CERTIFICATE-----");
static const struct slice pem_end = SLICE_INIT("-----END CERTIFICATE-----");

/* Where the base64 of one certificate stands in the file. */
struct place {
    uint32_t subject; /* hash of the subject's name, as it is encoded */
    uint32_t bytes;
    uint64_t offset;
};

struct tls_trust {
    int fd;
    size_t n;
    struct place *p;
};

/* Fills text from an offset on; how many bytes, or -1. */
static ssize_t
read_at(int fd, char *text, size_t n, uint64_t offset)
{
    size_t have = 0;
    ssize_t got;

    while (have < n) {
        got = pread(fd, text + have, n - have, (off_t)(offset + have));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        have += (size_t)got;
    }
    return (ssize_t)have;
}

/* Steps over one element; its bytes with tag and length in *whole. */
static int
der_step(unsigned char **p, const unsigned char *end, int tag,
         struct slice *whole)
{
    unsigned char *start = *p;
    size_t n;
    int rc = mbedtls_asn1_get_tag(p, end, &n, tag);

    if (rc != 0)
        return rc;
    *p += n;
    *whole = slice_of((const char *)start, (size_t)(*p - start));
    return 0;
}

#define DER_SEQUENCE (MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE)

/*
 * The subject of a certificate (RFC 5280 section 4.1): version, serial
 * number, signature, issuer and validity stand before it.  Only this far, for
 * all of them at start, since parsing keys takes long.  p is NULL: none.
 */
static struct slice
der_subject(char *der, size_t n)
{
    static const int before[] = {MBEDTLS_ASN1_INTEGER, DER_SEQUENCE,
                                 DER_SEQUENCE, DER_SEQUENCE};
    unsigned char *p = (unsigned char *)der;
    const unsigned char *end = p + n;
    struct slice s;
    int version = MBEDTLS_ASN1_CONTEXT_SPECIFIC | MBEDTLS_ASN1_CONSTRUCTED;

    if (mbedtls_asn1_get_tag(&p, end, &n, DER_SEQUENCE) != 0 ||
        mbedtls_asn1_get_tag(&p, end, &n, DER_SEQUENCE) != 0)
        return slice_of(NULL, 0);
    if (p < end && *p == version && der_step(&p, end, version, &s) != 0)
        return slice_of(NULL, 0);
    for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++)
        if (der_step(&p, end, before[i], &s) != 0)
            return slice_of(NULL, 0);
    return der_step(&p, end, DER_SEQUENCE, &s) == 0 ? s : slice_of(NULL, 0);
}

static uint32_t
name_hash(struct slice name)
{
    return (uint32_t)text_hash(name);
}

/* The six bits of a base64 character (RFC 4648 section 4), or -1. */
static int
base64_value(char c)
{
    static const unsigned char after[] = {
        63, 0,  0,  0,  64, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 0,
        0,  0,  0,  0,  0,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
        11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
        0,  0,  0,  0,  0,  0,  27, 28, 29, 30, 31, 32, 33, 34, 35, 36,
        37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52};
    unsigned i = (unsigned)(unsigned char)c - '+';

    return i < sizeof(after) ? after[i] - 1 : -1;
}

/*
 * A certificate's bytes from its base64, in the place of the text; 0: it is
 * none.  mbedTLS's own takes care not to tell by its time what it decodes;
 * nothing is secret here, and a bundle took half of the time to start.
 */
static size_t
decode(char *text, size_t n)
{
    uint32_t bits = 0;
    size_t have = 0, out = 0;
    int v;

    for (size_t i = 0; i < n && text[i] != '='; i++) {
        v = base64_value(text[i]);
        if (v < 0 && text_space(text[i]))
            continue;
        if (v < 0)
            return 0;
        bits = bits << 6 | (uint32_t)v;
        if (++have % 4 == 0) {
            text[out++] = (char)(bits >> 16);
            text[out++] = (char)(bits >> 8);
            text[out++] = (char)bits;
        }
    }
    if (have % 4 >= 2)
        text[out++] = (char)(bits >> (have % 4 == 2 ? 4 : 10));
    if (have % 4 == 3)
        text[out++] = (char)(bits >> 2);
    return have % 4 == 1 ? 0 : out;
}

/* Remembers one certificate, unless there is no reading it. */
static int
keep(struct tls_trust *t, char *text, size_t bytes, uint64_t offset,
     struct err *e)
{
    size_t n = decode(text, bytes);
    struct slice subject = der_subject(text, n);

    if (n == 0 || subject.p == NULL)
        return 0;
    if (t->n == TLS_TRUST_MAX)
        return err_set(e, ERR_CONFIG, "more than %d certificates",
                       TLS_TRUST_MAX);
    t->p[t->n++] = (struct place){name_hash(subject), (uint32_t)bytes, offset};
    return 0;
}

/*
 * Keeps all certificates that are whole in these n bytes, which stand at
 * offset in the file.  *done: where the next window begins, which is at what
 * is cut off here, or behind the mark of one that no window holds.
 */
static int
scan_window(struct tls_trust *t, char *text, size_t n, uint64_t offset,
            size_t *done, struct err *e)
{
    size_t at = 0, begin, end;
    struct slice rest;
    int rc = 0;

    while (rc == 0) {
        rest = slice_of(text + at, n - at);
        begin = text_find(rest, pem_begin);
        if (begin == rest.n) { /* a mark may be cut in two */
            *done = rest.n < pem_begin.n ? at : n - pem_begin.n + 1;
            return 0;
        }
        at += begin + pem_begin.n;
        rest = slice_of(text + at, n - at);
        end = text_find(rest, pem_end);
        if (end == rest.n) {
            *done = at > pem_begin.n ? at - pem_begin.n : at;
            return 0;
        }
        rc = keep(t, text + at, end, offset + at, e);
        at += end;
    }
    return rc;
}

/* Goes through the file, a window of TLS_TRUST_PEM_MAX at a time. */
static int
scan(struct tls_trust *t, char *text, struct err *e)
{
    uint64_t offset = 0;
    size_t done = 0;
    ssize_t got;
    int rc;

    do {
        offset += done;
        got = read_at(t->fd, text, TLS_TRUST_PEM_MAX, offset);
        if (got < 0)
            return err_set(e, ERR_CONFIG, "%s", strerror(errno));
        rc = scan_window(t, text, (size_t)got, offset, &done, e);
    } while (rc == 0 && got == TLS_TRUST_PEM_MAX);
    return rc;
}

int
tls_trust_open(struct tls_trust **t, struct slice path, struct arena *arena,
               struct err *e)
{
    struct tls_trust *x = arena_alloc(arena, sizeof(*x));
    char *work;
    struct err why = {0};
    size_t mark;
    int rc;

    if (x == NULL)
        return err_set(e, ERR_MEMORY, "no memory for the CAs");
    *x = (struct tls_trust){.fd = file_open(path, &why)};
    if (x->fd < 0)
        return err_set(e, ERR_CONFIG, "trusted CAs: %s", why.text);
    /* The table grows into what is free; the scratch lies behind the most
     * it can be, on pages that are touched during start only. */
    x->p = arena_alloc(arena, TLS_TRUST_MAX * sizeof(*x->p));
    mark = arena_mark(arena);
    work = arena_bytes(arena, TLS_TRUST_PEM_MAX);
    rc = x->p == NULL || work == NULL ? ERR_MEMORY : scan(x, work, &why);
    arena_reset(arena, mark);
    if (rc == 0 && x->n == 0)
        rc = err_set(&why, ERR_CONFIG, "there is no certificate in it");
    if (rc == 0) {
        *t = x;
        return 0;
    }
    tls_trust_close(x);
    if (rc == ERR_MEMORY)
        return err_set(e, rc, "no memory for the CAs");
    return err_set(e, rc, "trusted CAs: %.*s: %s", SLICE_FMT(path), why.text);
}

void
tls_trust_close(struct tls_trust *t)
{
    if (t != NULL)
        file_close(t->fd);
}

size_t
tls_trust_count(const struct tls_trust *t)
{
    return t != NULL ? t->n : 0;
}

/*
 * Reads one and puts it in front of the list.  The file may have been
 * written over since the start: what is no certificate any more, or another
 * one, is not found, and the server then not trusted.
 */
static int
load(const struct tls_trust *t, const struct place *at, struct slice issuer,
     char *text, mbedtls_x509_crt **list)
{
    mbedtls_x509_crt *c;
    struct slice subject;
    size_t n;

    if (read_at(t->fd, text, at->bytes, at->offset) != (ssize_t)at->bytes)
        return 0;
    n = decode(text, at->bytes);
    subject = der_subject(text, n);
    if (n == 0 || subject.p == NULL || !slice_eq(subject, issuer))
        return 0;
    c = mbedtls_calloc(1, sizeof(*c));
    if (c == NULL)
        return MBEDTLS_ERR_X509_ALLOC_FAILED;
    mbedtls_x509_crt_init(c);
    if (mbedtls_x509_crt_parse_der(c, (unsigned char *)text, n) != 0) {
        mbedtls_x509_crt_free(c);
        mbedtls_free(c);
        return 0;
    }
    c->next = *list;
    *list = c;
    return 0;
}

int
tls_trust_find(void *ctx, const mbedtls_x509_crt *child,
               mbedtls_x509_crt **found)
{
    const struct tls_trust *t = ctx;
    struct slice issuer =
        slice_of((const char *)child->issuer_raw.p, child->issuer_raw.len);
    uint32_t hash = name_hash(issuer);
    int rc = 0, tried = 0;
    char *text;

    *found = NULL;
    for (size_t i = 0; i < t->n && rc == 0; i++) {
        if (t->p[i].subject != hash || tried++ >= TLS_TRUST_SAME_MAX)
            continue;
        text = mbedtls_calloc(1, t->p[i].bytes);
        rc = text == NULL ? MBEDTLS_ERR_X509_ALLOC_FAILED
                          : load(t, &t->p[i], issuer, text, found);
        mbedtls_free(text);
    }
    return rc;
}
