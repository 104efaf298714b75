/* Bundles of CAs: certificates are found wherever they stand, and what is
 * none is passed over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/tls_trust.h"

#define BEGIN "-----BEGIN CERTIFICATE-----\n"
#define END "-----END CERTIFICATE-----\n"
#define FILE_MAX_BYTES (1u << 20)

static char file[FILE_MAX_BYTES];
static struct buf b;

static void
put_length(unsigned char *p, size_t n)
{
    p[0] = 0x82;
    p[1] = (unsigned char)(n >> 8);
    p[2] = (unsigned char)n;
}

/* As much of a certificate as its subject takes, and then pad bytes. */
static size_t
make_der(unsigned char *der, size_t pad)
{
    static const unsigned char head[] = {0x02, 1, 0,    0x30, 0,    0x30, 0,
                                         0x30, 0, 0x30, 2,    0x05, 0,    0x04};
    size_t n = 8 + sizeof(head) + 3 + pad;

    memset(der, 0, n);
    der[0] = der[4] = 0x30;
    put_length(der + 1, n - 4);
    put_length(der + 5, n - 8);
    memcpy(der + 8, head, sizeof(head));
    put_length(der + 8 + sizeof(head), pad);
    return n;
}

/* In lines of 64, or in one. */
static void
put_base64(const unsigned char *p, size_t n, size_t width)
{
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst"
                              "uvwxyz0123456789+/";
    size_t column = 0;

    for (size_t i = 0; i < n; i += 3) {
        uint32_t bits = (uint32_t)p[i] << 16;
        size_t have = n - i < 3 ? n - i : 3;

        bits |= have > 1 ? (uint32_t)p[i + 1] << 8 : 0;
        bits |= have > 2 ? p[i + 2] : 0;
        for (size_t k = 0; k < 4; k++)
            buf_byte(&b, (unsigned char)(k > have
                                             ? '='
                                             : set[bits >> (18 - 6 * k) & 63]));
        if ((column += 4) % width == 0)
            buf_byte(&b, '\n');
    }
    buf_byte(&b, '\n');
}

static void
put_cert(size_t pad)
{
    static unsigned char der[1u << 16];
    size_t n = make_der(der, pad);

    buf_put(&b, SLICE(BEGIN));
    put_base64(der, n, 64);
    buf_put(&b, SLICE(END));
}

static void
put_blanks(size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_byte(&b, i % 70 == 69 ? '\n' : '#');
    buf_byte(&b, '\n');
}

/* How many certificates the bundle in b holds; or the error. */
static int
count(void)
{
    int fd = memfd_create("bundle", 0), rc;
    char path[64];
    struct arena arena;
    struct tls_trust *t = NULL;
    struct err e = {.text = ""};

    assert_false(b.full);
    assert_int_equal(write(fd, b.p, b.n), b.n);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    assert_int_equal(arena_map(&arena, 1u << 20), 0);
    rc = tls_trust_open(&t, slice_str(path), &arena, &e);
    if (rc == 0)
        rc = (int)tls_trust_count(t);
    tls_trust_close(t);
    arena_unmap(&arena);
    close(fd);
    return rc;
}

static void
start(void)
{
    b = buf_over(file, sizeof(file));
}

static void
test_anywhere(void **state)
{
    (void)state;
    /* So that every mark is cut in two by the end of some window. */
    for (size_t shift = 0; shift < 64; shift++) {
        start();
        put_blanks(TLS_TRUST_PEM_MAX - 48 + shift);
        for (size_t i = 0; i < 40; i++)
            put_cert(300 + i * 97 % 1500);
        put_blanks(shift * 500);
        put_cert(100);
        assert_int_equal(count(), 41);
    }
}

static void
test_long(void **state)
{
    (void)state;
    start();
    put_cert(11000); /* some 15,000 characters */
    put_cert(20000); /* no window holds it */
    put_cert(11500);
    put_cert(10);
    assert_int_equal(count(), 3);
}

static void
test_what_is_none(void **state)
{
    static const char *const rows[] = {
        "",
        "\n",
        BEGIN,
        BEGIN END,
        "-----BEGIN CERTIFICATE-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----",
        END BEGIN,
        BEGIN "AAAA\n" END,
        BEGIN "MA==\n" END,
        BEGIN "!\n" END,
        BEGIN "====\n" END,
        BEGIN "MAMCAQA\n",
        "-----BEGIN PRIVATE KEY-----\nMAMCAQA=\n-----END PRIVATE KEY-----\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        start();
        buf_put(&b, slice_str(rows[i]));
        assert_int_equal(count(), ERR_CONFIG);
        put_blanks(3);
        put_cert(50);
        put_cert(60);
        /* One without its end takes the next one with it. */
        assert_in_range(count(), 1, 2);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_anywhere),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_what_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
