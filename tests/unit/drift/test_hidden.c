/* What hides a value is looked for at many bytes at once, and found wherever
 * one byte at a time would find it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/value_tags.h"
#include "drift/equal.h"

#define HIDING_MAX_BYTES 60

/* A word that hides is found wherever it stands in a text of any length, and
 * nothing but the text is looked at. */
static void
hiding(void **state)
{
    static const char word[] = "omitted";
    static const struct names none = {0};

    (void)state;
    for (size_t n = 1; n <= HIDING_MAX_BYTES; n++) {
        uint8_t *packed = malloc(1 + n);
        struct value v = {packed};

        assert_non_null(packed);
        packed[0] = (uint8_t)(TAG_SHORT | n);
        memset(packed + 1, 'x', n);
        assert_false(equal_hidden(&none, v));
        for (size_t at = 0; at + strlen(word) <= n; at++) {
            memset(packed + 1, 'x', n);
            memcpy(packed + 1 + at, word, strlen(word));
            if (!equal_hidden(&none, v))
                fail_msg("%zu bytes, at %zu", n, at);
        }
        free(packed);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(hiding)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
