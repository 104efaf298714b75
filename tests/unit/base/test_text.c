/* Searching many bytes at a time finds what one byte at a time finds: texts
 * of all lengths, with needles at both ends, beside near misses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

#define TEXT_MAX_BYTES 150

static uint32_t seed;

static unsigned
any(unsigned below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 16) % below;
}

/* Few letters, so that what is sought is often nearly there. */
static struct slice
random_text(char *text, size_t n)
{
    static const char letters[] = "ab\\\x80\xff";

    for (size_t i = 0; i < n; i++)
        text[i] = letters[any(sizeof(letters) - 1)];
    return slice_of(text, n);
}

static size_t
find_slowly(struct slice s, struct slice needle)
{
    for (size_t i = 0; i + needle.n <= s.n; i++)
        if (memcmp(s.p + i, needle.p, needle.n) == 0)
            return i;
    return s.n;
}

static void
words(void **state)
{
    char text[TEXT_MAX_BYTES], other[TEXT_MAX_BYTES];

    (void)state;
    seed = 3;
    for (size_t n = 0; n < sizeof(text); n++)
        for (int round = 0; round < 60; round++) {
            struct slice s = random_text(text, n);
            struct slice needle = random_text(other, any(12));

            assert_int_equal(text_find(s, needle), find_slowly(s, needle));
            /* Part of the text itself, up to its very end. */
            needle = slice_from(s, any((unsigned)n + 1));
            needle = slice_head(needle, 1 + any(24));
            assert_int_equal(text_find(s, needle), find_slowly(s, needle));
        }
}

static void
bytes(void **state)
{
    char text[TEXT_MAX_BYTES], copy[TEXT_MAX_BYTES];

    (void)state;
    seed = 5;
    for (size_t n = 0; n < sizeof(text); n++)
        for (size_t at = 0; at <= n; at++) {
            struct slice s = random_text(text, n);

            memset(text, 'x', at);
            assert_int_equal(slice_chr(s, 'a'), find_slowly(s, SLICE("a")));
            assert_int_equal(slice_chr(s, '\xff'),
                             find_slowly(s, SLICE("\xff")));
            memcpy(copy, text, n);
            assert_true(slice_same(text, copy, n));
            if (at == n)
                continue;
            copy[at] ^= (char)(1u << any(8));
            assert_false(slice_same(text, copy, n));
            assert_true(slice_same(text, copy, at));
        }
}

static void
globs(void **state)
{
    static const struct {
        const char *pattern, *text;
        bool fits;
    } rows[] = {
        {"", "", true},        {"", "a", false},       {"*", "", true},
        {"*", "abc", true},    {"**", "abc", true},    {"abc", "abc", true},
        {"abc", "ab", false},  {"abc", "abcd", false}, {"*c", "abc", true},
        {"*c", "c", true},     {"*c", "cd", false},    {"*abcd", "bcd", false},
        {"*b*", "abc", true},  {"*b*", "b", true},     {"*b*", "ac", false},
        {"a*", "abc", true},   {"a*", "ba", false},    {"a*c", "abbc", true},
        {"a*c", "abb", false}, {"a?c", "abc", true},   {"a?c", "ac", false},
        {"*?c", "c", false},   {"*?c", "bc", true},    {"*a?*", "xa", false},
        {"*a?*", "xab", true}, {"?*", "", false},      {"*a*b*", "xaxb", true},
        {"*a*b*", "ba", false}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (text_glob(slice_str(rows[i].pattern), slice_str(rows[i].text)) !=
            rows[i].fits)
            fail_msg("%s over %s", rows[i].pattern, rows[i].text);
}

/* Escapes at every distance from each other, and with just enough room. */
static void
escapes(void **state)
{
    char text[TEXT_MAX_BYTES], want[TEXT_MAX_BYTES], got[TEXT_MAX_BYTES];

    (void)state;
    for (size_t gap = 0; gap < 20; gap++) {
        size_t n = 0, plain = 0;
        struct buf b;

        while (n + gap + 2 <= sizeof(text)) {
            memset(text + n, 'x', gap);
            memset(want + plain, 'x', gap);
            memcpy(text + n + gap, "\\n", 2);
            want[plain + gap] = '\n';
            n += gap + 2;
            plain += gap + 1;
        }
        for (size_t room = plain; room <= sizeof(got); room++) {
            b = buf_over(got, room);
            assert_true(text_unescape(&b, slice_of(text, n)));
            assert_false(b.full);
            assert_int_equal(b.n, plain);
            assert_memory_equal(got, want, plain);
        }
        b = buf_over(got, plain - 1);
        assert_true(text_unescape(&b, slice_of(text, n)));
        assert_true(b.full);
    }
    assert_false(
        text_unescape(&(struct buf){.p = got, .max = 9}, SLICE("a\\x")));
    assert_false(
        text_unescape(&(struct buf){.p = got, .max = 9}, SLICE("a\\")));
}

/* A text is read up to what must not stand in a string, at every place. */
static void
escapes_some(void **state)
{
    static const char *const bad[] = {"\"", "\x01", "\n", "\\x", "\\u12g4"};
    char got[TEXT_MAX_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        for (size_t at = 0; at < 40; at++) {
            size_t n = at + strlen(bad[i]) + 20;
            char *text = malloc(n);
            struct buf b = buf_over(got, sizeof(got));

            assert_non_null(text);
            memset(text, 'x', n);
            memcpy(text + at, bad[i], strlen(bad[i]));
            assert_int_equal(at, text_unescape_some(&b, slice_of(text, n)));
            assert_int_equal(at, b.n);
            assert_int_equal(at, text_unescape_some(&b, slice_of(text, at)));
            free(text);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),        cmocka_unit_test(bytes),
        cmocka_unit_test(globs),        cmocka_unit_test(escapes),
        cmocka_unit_test(escapes_some),
    };

    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
