/* When a call is repeated: waits, the budget, Retry-After, times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "aws/retry.h"
#include "aws/when.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))
#define MOST UINT32_MAX
#define HALF (UINT32_C(1) << 31)

static const struct {
    enum retry_kind kind;
    unsigned attempt;
    uint32_t random;
    int64_t after_ms, want;
} delays[] = {
    {RETRY_FAILURE, 1, 0, -1, 0},
    {RETRY_FAILURE, 1, HALF, -1, 50},
    {RETRY_FAILURE, 4, HALF, -1, 400},
    {RETRY_NETWORK, 2, MOST, -1, 199},
    {RETRY_THROTTLED, 1, HALF, -1, 500},
    {RETRY_THROTTLED, 3, HALF, -1, 2000},
    {RETRY_THROTTLED, 60, MOST, -1, RETRY_CAP_MS - 1},
    {RETRY_FAILURE, 1, 0, 3000, 3000}, /* never before what was asked */
    {RETRY_FAILURE, 1, HALF, 3000, 3050},
    {RETRY_THROTTLED, 2, 0, 0, 0},
};

static void
test_delays(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(delays); i++)
        assert_int_equal(retry_delay_ms(delays[i].kind, delays[i].attempt,
                                        delays[i].random, delays[i].after_ms),
                         delays[i].want);
}

/* Hundreds of failures empty it; successes fill it again, not beyond. */
static void
test_budget(void **state)
{
    struct retry_budget b = retry_budget();
    unsigned paid = 0, retries = 0;

    (void)state;
    while (retry_pay(&b, RETRY_FAILURE, &paid))
        retries++;
    assert_int_equal(retries, 100);
    assert_int_equal(paid, RETRY_TOKENS_MAX);
    for (int i = 0; i < 9; i++)
        retry_refund(&b, 0);
    assert_false(retry_pay(&b, RETRY_NETWORK, &paid));
    retry_refund(&b, 0);
    assert_true(retry_pay(&b, RETRY_NETWORK, &paid));
    for (int i = 0; i < 100; i++)
        retry_refund(&b, 10);
    assert_int_equal(b.tokens, RETRY_TOKENS_MAX);
}

#define NOON INT64_C(784111777000) /* Sun, 06 Nov 1994 08:49:37 GMT */

static const struct {
    const char *value;
    int64_t want;
} afters[] = {
    {"2", 2000},
    {" 0 ", 0},
    {"99999999999999999999", 86400000},
    {"Sun, 06 Nov 1994 08:49:40 GMT", 3000},
    {"Sun, 06 Nov 1994 08:49:00 GMT", 0},
    {"Sun, 06 Nov 2094 08:49:00 GMT", 86400000},
    {"", -1},
    {"-1", -1},
    {"1.5", -1},
    {"soon", -1},
};

static void
test_after(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(afters); i++)
        assert_int_equal(retry_after_ms(slice_str(afters[i].value), NOON),
                         afters[i].want);
}

/* Times as `date -u -d ... +%s` gives them. */
static const struct {
    int64_t (*read)(struct slice text);
    const char *text;
    int64_t want;
} times[] = {
    {when_http, "Sun, 06 Nov 1994 08:49:37 GMT", NOON},
    {when_http, "Thu, 29 Feb 2024 23:59:59 GMT", INT64_C(1709251199000)},
    {when_http, "Tue, 01 Jan 2030 00:00:00 GMT", INT64_C(1893456000000)},
    {when_http, "Sunday, 06-Nov-94 08:49:37 GMT", 0},
    {when_http, "Sun, 06 Now 1994 08:49:37 GMT", 0},
    {when_http, "Sun, 06 anF 1994 08:49:37 GMT", 0},
    {when_http, "Sun, 32 Nov 1994 08:49:37 GMT", 0},
    {when_http, "Sun, 06 Nov 1994 08:49:37 UTC", 0},
    {when_http, "", 0},
    {when_iso, "2026-11-23T17:22:08Z", INT64_C(1795454528000)},
    {when_iso, "2026-11-23T17:22:08.123456Z", INT64_C(1795454528123)},
    {when_iso, "2026-11-23T18:22:08+01:00", INT64_C(1795454528000)},
    {when_iso, "2026-11-23T12:52:08-0430", INT64_C(1795454528000)},
    {when_iso, "2026-11-23T17:22:08", INT64_C(1795454528000)},
    {when_iso, "2000-03-01T00:00:00Z", INT64_C(951868800000)},
    {when_iso, "2026-13-23T17:22:08Z", 0},
    {when_iso, "2026-11-23T17:22:08.Z", 0},
    {when_iso, "2026-11-23T17:22:08 Z", 0},
    {when_iso, "2026-11-23T24:22:08Z", 0},
    {when_iso, "2026-11-23", 0},
};

static void
test_times(void **state)
{
    static const struct {
        int64_t ms;
        const char *want;
    } stamps[] = {
        {0, "19700101T000000Z"},
        {INT64_C(1709251199999), "20240229T235959Z"},
        {INT64_C(951868800000), "20000301T000000Z"},
        {INT64_C(4102444799000), "20991231T235959Z"},
        {INT64_C(1795454528000), "20261123T172208Z"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(times); i++)
        assert_int_equal(times[i].read(slice_str(times[i].text)),
                         times[i].want);
    for (size_t i = 0; i < LENGTH(stamps); i++) {
        char text[WHEN_STAMP_BYTES];

        when_stamp(stamps[i].ms, text);
        assert_memory_equal(text, stamps[i].want, sizeof(text));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_delays),
        cmocka_unit_test(test_budget),
        cmocka_unit_test(test_after),
        cmocka_unit_test(test_times),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
