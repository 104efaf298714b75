/* Our block function under mbedTLS' SHA-1, against Python's hashlib. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <mbedtls/sha1.h>

#define BYTES 1000000

/* Byte i is i * 7 + 1; lengths at the edges of blocks and of padding. */
static void
sums(void **state)
{
    static const struct {
        size_t n;
        const char *hex;
    } rows[] = {
        {0, "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
        {1, "bf8b4530d8d246dd74ac53a13471bba17941dff7"},
        {55, "04bb34aef4880b625e6b1564a014abd25fc02bfe"},
        {56, "83b9fcb6d3e3b20f376ab989a1b6353bcc6c0f44"},
        {63, "ab15090e8dbe512f3733350f9623ab11f9b5165b"},
        {64, "54305ee7e4c7bc5a96afc6d1994fc52d9bcb665f"},
        {65, "5985422a25357371ebd2a7f6ecd7eebed43db42c"},
        {119, "6839d6c27f22ed884ac43ae6bd3bfcee9e04b938"},
        {120, "8c40517a14ab8b78fd4b8958f4e31254a34c3fb0"},
        {1000000, "bd136fbb82202bcf30cfdd95f79b4601afe62d81"},
    };
    static unsigned char text[BYTES];

    (void)state;
    for (size_t i = 0; i < BYTES; i++)
        text[i] = (unsigned char)(i * 7 + 1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        unsigned char sum[20];
        char hex[2 * sizeof(sum) + 1];

        assert_int_equal(0, mbedtls_sha1(text, rows[i].n, sum));
        for (size_t k = 0; k < sizeof(sum); k++)
            snprintf(hex + 2 * k, 3, "%02x", sum[k]);
        assert_string_equal(rows[i].hex, hex);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sums)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
