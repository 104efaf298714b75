#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "base/sip.h"

/* Sums of 00 01 02 ... under the key 00 01 ... 0f.  That of 15 bytes is in
 * appendix A of the paper; all are what OpenSSL 3's SIPHASH gives. */
static const struct row {
    size_t n;
    uint64_t sum;
} rows[] = {
    {0, 0x726fdb47dd0e0e31},  {1, 0x74f839c593dc67fd},
    {2, 0x0d6c8009d9a94f5a},  {3, 0x85676696d7fb7e2d},
    {7, 0xab0200f58b01d137},  {8, 0x93f5f5799a932462},
    {15, 0xa129ca6149be45e5}, {16, 0x3f2acc7f57c29bdb},
    {63, 0x958a324ceb064572},
};

static const struct sip_key key = {
    {UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)}};

static void
sums(void **state)
{
    unsigned char in[64];

    (void)state;
    for (size_t i = 0; i < sizeof(in); i++)
        in[i] = (unsigned char)i;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_int_equal(sip_sum(&key, in, rows[i].n), rows[i].sum);
    /* Wherever the bytes stand; nothing behind them counts. */
    for (size_t at = 1; at < 8; at++) {
        unsigned char moved[32] = {0};

        for (size_t i = 0; i < 15; i++)
            moved[at + i] = (unsigned char)i;
        assert_int_equal(sip_sum(&key, moved + at, 15), 0xa129ca6149be45e5);
    }
}

static void
pairs(void **state)
{
    (void)state;
    assert_int_equal(sip_pair(&key, key.k[0], key.k[1]), rows[7].sum);
    assert_int_not_equal(sip_pair(&key, 1, 2), sip_pair(&key, 2, 1));
}

/* Two keys of a run are not the same, nor the sums under them. */
static void
keys(void **state)
{
    struct sip_key a = sip_key_random(), b = sip_key_random();

    (void)state;
    assert_int_not_equal(random_u64(), random_u64());
    assert_int_not_equal(a.k[0], a.k[1]);
    assert_int_not_equal(a.k[0], b.k[0]);
    assert_int_not_equal(sip_sum(&a, "x", 1), sip_sum(&b, "x", 1));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums),
        cmocka_unit_test(pairs),
        cmocka_unit_test(keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
