/* What fmt_list() writes is what libc's vsnprintf() does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include <cmocka.h>

#include "base/fmt.h"

/* The same into both, in arrays of every length up to what it takes. */
static void __attribute__((format(printf, 1, 2))) same(const char *fmt, ...)
{
    for (size_t max = 0; max < 80; max++) {
        char ours[81], theirs[81];
        va_list ap, again;
        int n, want;

        memset(ours, '#', sizeof(ours));
        memset(theirs, '#', sizeof(theirs));
        va_start(ap, fmt);
        va_copy(again, ap);
        want = vsnprintf(theirs, max, fmt, ap);
        n = fmt_list(ours, max, fmt, again);
        va_end(again);
        va_end(ap);
        assert_int_equal(n, want);
        assert_memory_equal(ours, theirs, sizeof(ours));
    }
}

static void
texts(void **state)
{
    (void)state;
    same("%s", "");
    same("plain, 100 %% of it");
    same("[%s] (%.*s) %.3s|%.9s|%.0s|", "text", 2, "abc", "abcdef", "abc", "x");
    same("%.*s", -1, "all of it");
    same("%-10s|%10s|%-3s|%3s|%8.2s|", "left", "right", "long", "long", "cut");
    same("%c%c%3c%-3c|", 'a', 'b', 'c', 'd');
}

static void
numbers(void **state)
{
    static const long long numbers[] = {
        0,         1,       -1,      9,        10,        -10,      99999,
        123456789, INT_MAX, INT_MIN, UINT_MAX, LLONG_MAX, LLONG_MIN};

    (void)state;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
        long long v = numbers[i];

        same("%d %u %x", (int)v, (unsigned)v, (unsigned)v);
        same("%ld %lu %lx", (long)v, (unsigned long)v, (unsigned long)v);
        same("%lld %llu", v, (unsigned long long)v);
        same("%llx %zu %zd", (unsigned long long)v, (size_t)v, (ssize_t)v);
        same("%5d|%-5d|%05d|%-8u|%8u|", (int)v, (int)v, (int)v, (unsigned)v,
             (unsigned)v);
        same("%02x %04x %016llx", (unsigned)v, (unsigned)v,
             (unsigned long long)v);
        same("%lld.%03lld", v / 1000, v % 1000);
    }
}

/* A mistake in a format is seen, whatever stands around it. */
static int
count(const char *fmt, ...)
{
    char text[80];
    va_list ap;
    int n;

    va_start(ap, fmt);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    n = fmt_list(text, sizeof(text), fmt, ap);
#pragma GCC diagnostic pop
    va_end(ap);
    return n;
}

static void
unknown(void **state)
{
    (void)state;
    assert_int_equal(count("fine"), 4);
    assert_int_equal(count("%f", 1.0), -1);
    assert_int_equal(count("a %p b", NULL), -1);
    assert_int_equal(count("%.3d", 1), -1);
    assert_int_equal(count("%.*u", 3, 1u), -1);
    assert_int_equal(count("%"), -1);
    assert_int_equal(count("%ll"), -1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(numbers),
        cmocka_unit_test(unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
