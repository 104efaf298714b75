/*
 * Prometheus' text format: escapes of labels, and lines that do not fit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/metrics.h"

static void
test_labels(void **state)
{
    static const struct {
        struct slice value;
        const char *want;
    } rows[] = {
        {SLICE_INIT(""), "\"\""},
        {SLICE_INIT("prod/us-east-1"), "\"prod/us-east-1\""},
        {SLICE_INIT("a\"b"), "\"a\\\"b\""},
        {SLICE_INIT("a\\b"), "\"a\\\\b\""},
        {SLICE_INIT("a\nb"), "\"a\\nb\""},
        {SLICE_INIT("\\n\n\"\\\""), "\"\\\\n\\n\\\"\\\\\\\"\""},
        {SLICE_INIT("tab\tcr\rnul\0del\x7f"), "\"tab?cr?nul?del?\""},
        {SLICE_INIT("gr\xc3\xbc\xc3\x9f"), "\"gr\xc3\xbc\xc3\x9f\""},
        {SLICE_INIT("\xf0\x9f\x98\x80!"), "\"\xf0\x9f\x98\x80!\""},
        {SLICE_INIT("line\xe2\x80\xa8"), "\"line\xe2\x80\xa8\""},
        {SLICE_INIT("cut\xc3"), "\"cut\xef\xbf\xbd\""},
        {SLICE_INIT("\xff\xfe"), "\"\xef\xbf\xbd\xef\xbf\xbd\""},
        {SLICE_INIT("{a=\"b\",c=\"d\"} 1"), "\"{a=\\\"b\\\",c=\\\"d\\\"} 1\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char mem[256];
        struct buf b = buf_over(mem, sizeof(mem));

        metrics_label(&b, rows[i].value);
        if (b.full || !slice_eq(buf_slice(&b), slice_str(rows[i].want)))
            fail_msg("row %zu: %.*s, not %s", i, SLICE_FMT(buf_slice(&b)),
                     rows[i].want);
    }
}

static void
test_numbers(void **state)
{
    static const struct {
        int64_t ms;
        const char *want;
    } rows[] = {
        {0, "tfdrift_x_seconds 0.000\n"},
        {1, "tfdrift_x_seconds 0.001\n"},
        {61050, "tfdrift_x_seconds 61.050\n"},
        {-1500, "tfdrift_x_seconds -1.500\n"},
        {-1, "tfdrift_x_seconds -0.001\n"},
    };
    char mem[256];
    struct buf b = buf_over(mem, sizeof(mem));

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        b.n = 0;
        metrics_sample_ms(&b, "x_seconds", NULL, SLICE(""), rows[i].ms);
        assert_true(slice_eq(buf_slice(&b), slice_str(rows[i].want)));
    }
    b.n = 0;
    metrics_sample(&b, "x_total", "of", SLICE("a\"b"), UINT64_MAX);
    assert_true(slice_eq(
        buf_slice(&b),
        SLICE("tfdrift_x_total{of=\"a\\\"b\"} 18446744073709551615\n")));
}

/* Whatever room there is, there are whole lines in it, the first ones. */
static void
test_no_half_lines(void **state)
{
    char all[1024], mem[1024];
    struct buf whole = buf_over(all, sizeof(all));

    (void)state;
    for (size_t room = sizeof(all); room > 0; room--) {
        struct buf b = buf_over(mem, room);

        metrics_head(&b, "a_total", "counter", "of things");
        for (uint64_t i = 0; i < 9; i++) {
            metrics_sample(&b, "a_total", "of", SLICE("long\"er"), i * 1000);
            metrics_sample_ms(&b, "b_seconds", NULL, SLICE(""), (int64_t)i);
        }
        if (room == sizeof(all)) {
            assert_false(b.full);
            memcpy(all, mem, b.n);
            whole.n = b.n;
        }
        assert_int_equal(b.full, b.n < whole.n);
        assert_memory_equal(mem, all, b.n);
        assert_true(b.n == 0 || mem[b.n - 1] == '\n');
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_no_half_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
