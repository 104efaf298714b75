/* The scanner against the plainest loop there is, over every offset. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/scan.h"

/* What scan.h promises, byte by byte. */
struct plain {
    size_t at;
    bool inside, escaped;
};

static size_t
plain_next(struct plain *s, struct slice text)
{
    while (s->at < text.n) {
        size_t at = s->at++;
        char c = text.p[at];
        bool escaped = s->escaped;

        s->escaped = c == '\\' && !escaped;
        if (c == '"' && !escaped)
            s->inside = !s->inside;
        else if (!s->inside && strchr("{}[]:,", c) != NULL && c != '\0')
            return at;
    }
    return SCAN_END;
}

static void
compare(struct slice text)
{
    struct plain want = {0, false, false};
    struct scan got;
    size_t a, b;

    scan_init(&got, text);
    do {
        a = plain_next(&want, text);
        b = scan_next(&got);
        if (a != b)
            fail_msg("%zu instead of %zu in %.*s", b, a, SLICE_FMT(text));
    } while (a != SCAN_END);
}

/* All that matters to a scanner, in random order; a fixed seed. */
static void
random_text(void **state)
{
    static const char letters[] = "{}[]:,\"\"\\\\a ";
    uint32_t seed = 1;
    char text[400];

    (void)state;
    for (int round = 0; round < 20000; round++) {
        size_t n = 0, max = (size_t)round % sizeof(text);

        while (n < max) {
            seed = seed * 1664525u + 1013904223u;
            text[n++] = letters[(seed >> 24) % (sizeof(letters) - 1)];
        }
        compare(slice_of(text, n));
    }
}

/* Runs of backslashes of every length over the edge of a block. */
static void
backslashes(void **state)
{
    char text[260];

    (void)state;
    for (size_t from = 50; from < 70; from++)
        for (size_t run = 0; run < 140; run++) {
            memset(text, ' ', sizeof(text));
            text[0] = '"';
            memset(text + from, '\\', run);
            text[from + run] = '"';
            text[from + run + 1] = ',';
            text[from + run + 3] = '"';
            text[from + run + 4] = ':';
            compare(slice_of(text, sizeof(text)));
        }
}

static void
close_brackets(void **state)
{
    static const struct {
        const char *text;
        size_t open, close;
    } rows[] = {
        {"{}", 0, 1},
        {"{\"a\":[{},\"}\"]}", 0, 13},
        {"[[[[]]]]", 1, 6},
        {"{\"a\":1", 0, SCAN_END},
        {"{                                                              "
         "      [   ]}   ",
         0, 74},
        {"[\"]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
         "\\\"\"],",
         0, 61},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct slice text = slice_str(rows[i].text);
        struct scan s;
        size_t at;

        scan_init(&s, text);
        do
            at = scan_next(&s);
        while (at != rows[i].open);
        if (scan_close(&s) != rows[i].close)
            fail_msg("row %zu", i);
        /* What follows is given, what stood between is not. */
        at = scan_next(&s);
        if (rows[i].close != SCAN_END && at != SCAN_END)
            assert_true(at > rows[i].close);
    }
}

static void
in_string(void **state)
{
    struct scan s;

    (void)state;
    scan_init(&s, SLICE("{\"a\":\"b"));
    while (scan_next(&s) != SCAN_END)
        continue;
    assert_true(scan_in_string(&s));
    scan_init(&s, SLICE("{\"a\":\"b\""));
    while (scan_next(&s) != SCAN_END)
        continue;
    assert_false(scan_in_string(&s));
}

static void
deeper(void **state)
{
    (void)state;
    assert_false(scan_deeper(SLICE(""), 0));
    assert_false(scan_deeper(SLICE("\"[[[\""), 0));
    assert_true(scan_deeper(SLICE("[]"), 0));
    assert_false(scan_deeper(SLICE("[{\"a\":[]},[[]]]"), 3));
    assert_true(scan_deeper(SLICE("[{\"a\":[]},[[]]]"), 2));
    assert_false(scan_deeper(SLICE("]]][[["), 3));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_text),    cmocka_unit_test(backslashes),
        cmocka_unit_test(close_brackets), cmocka_unit_test(in_string),
        cmocka_unit_test(deeper),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
