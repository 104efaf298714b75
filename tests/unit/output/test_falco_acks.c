/* What a reader says, in one piece, byte by byte, and in every two pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buf.h"
#include "output/falco_acks.h"

/* Longer than any line that means something. */
#define LONG_50 "01234567890123456789012345678901234567890123456789"
#define LONG LONG_50 LONG_50 LONG_50 LONG_50 LONG_50 LONG_50

/* want: G for a greeting, (id) for an acknowledgement, . for others. */
static const struct {
    const char *text, *want;
} rows[] = {
    {"", ""},
    {"tfdrift 1\n", "G"},
    {"tfdrift 1", ""},
    {"tfdrift 1\r\n", "."},
    {"tfdrift 2\n", "."},
    {"tfdrift 11\n", "."},
    {"ack a:0\n", "(a:0)"},
    {"ack a:0\nack b:1\n", "(a:0)(b:1)"},
    {"tfdrift 1\nack a:0\nack b", "G(a:0)"},
    {"ack\n", "."},
    {"ack \n", "()"},
    {"ack  a\n", "( a)"},
    {"Ack a\n", "."},
    {"\n\n\n", "..."},
    {LONG "\nack a\n", "(a)"},
    {"ack " LONG "\nack a\n", "(a)"},
    {LONG LONG "tfdrift 1\ntfdrift 1\n", "G"},
    {"ack 1" LONG_50 LONG_50 LONG_50 LONG_50 LONG_50 "\n",
     "(1" LONG_50 LONG_50 LONG_50 LONG_50 LONG_50 ")"},
};

static void
take(struct falco_acks *a, struct slice bytes, struct buf *b)
{
    struct slice id;

    for (;;)
        switch (falco_acks_next(a, &bytes, &id)) {
        case FALCO_NOTHING:
            assert_int_equal(bytes.n, 0);
            return;
        case FALCO_GREETING:
            buf_byte(b, 'G');
            break;
        case FALCO_ACK:
            buf_fmt(b, "(%.*s)", SLICE_FMT(id));
            break;
        case FALCO_OTHER:
            buf_byte(b, '.');
            break;
        }
}

static void
expect(const struct buf *b, size_t row)
{
    if (!slice_eq(buf_slice(b), slice_str(rows[row].want)))
        fail_msg("row %zu: %.*s", row, SLICE_FMT(buf_slice(b)));
}

static void
said(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct slice text = slice_str(rows[i].text);
        char mem[1024];

        for (size_t cut = 0; cut <= text.n; cut++) {
            struct buf b = buf_over(mem, sizeof(mem));
            struct falco_acks a = {0};

            take(&a, slice_head(text, cut), &b);
            take(&a, slice_from(text, cut), &b);
            expect(&b, i);
        }
        struct buf b = buf_over(mem, sizeof(mem));
        struct falco_acks a = {0};

        for (size_t at = 0; at < text.n; at++)
            take(&a, slice_of(text.p + at, 1), &b);
        expect(&b, i);
    }
}

static const struct {
    const char *id;
    bool fits;
} ids[] = {
    {"3b1c:0", true},    {"h-00ff:12", true}, {"", false},
    {"a b", false},      {"a\nb", false},     {"a\"b", false},
    {"\xc3\xbc", false}, {"a\\u0041", false},
};

static void
fitting(void **state)
{
    char longest[FALCO_ID_MAX_BYTES + 1];

    (void)state;
    for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
        assert_int_equal(falco_acks_fit(slice_str(ids[i].id)), ids[i].fits);
    memset(longest, 'a', sizeof(longest));
    assert_true(falco_acks_fit(slice_of(longest, FALCO_ID_MAX_BYTES)));
    assert_false(falco_acks_fit(slice_of(longest, FALCO_ID_MAX_BYTES + 1)));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(said),
        cmocka_unit_test(fitting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
