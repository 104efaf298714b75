/*
 * Log lines as they come out of standard error, plain and as JSON: one line
 * each, whatever is in the values.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"

#define LONG_BYTES 300
#define TIME_BYTES 35 /* {"time":"2025-12-06T07:30:00.123Z", */

static const struct slice own = SLICE_INIT("edge \"1\"");
static char line[2 * LOG_LINE_MAX_BYTES];
static char text[LONG_BYTES + 1];

/* What is written to standard error meanwhile goes to `line`. */
static void
capture(void (*say)(void *ctx), void *ctx)
{
    int ends[2], before = dup(STDERR_FILENO);
    ssize_t n;

    assert_int_equal(pipe(ends), 0);
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
    say(ctx);
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    close(before);
    close(ends[1]);
    n = read(ends[0], line, sizeof(line) - 1);
    close(ends[0]);
    line[n > 0 ? n : 0] = '\0';
}

struct row {
    struct slice value;
    const char *plain, *json; /* behind "what" and in front of "n" */
};

static const struct row rows[] = {
    {SLICE_INIT("word"), "word", "\"word\""},
    {SLICE_INIT(""), "\"\"", "\"\""},
    {SLICE_INIT("two words"), "\"two words\"", "\"two words\""},
    {SLICE_INIT("a=b"), "\"a=b\"", "\"a=b\""},
    {SLICE_INIT("a\"b\\c"), "\"a\\\"b\\\\c\"", "\"a\\\"b\\\\c\""},
    {SLICE_INIT("x\nerror agent forged"), "\"x\\nerror agent forged\"",
     "\"x\\nerror agent forged\""},
    {SLICE_INIT("\033[31m"), "\"\\u001b[31m\"", "\"\\u001b[31m\""},
    {SLICE_INIT("nul\0in"), "\"nul\\u0000in\"", "\"nul\\u0000in\""},
    {SLICE_INIT("\xff"), "\"\xef\xbf\xbd\"", "\"\xef\xbf\xbd\""},
    {SLICE_INIT("gr\xc3\xbcn"), "\"gr\xc3\xbcn\"", "\"gr\xc3\xbcn\""},
};

static void
say_row(void *ctx)
{
    const struct row *r = ctx;

    LOG(LOG_INFO, "agent", "it says", log_text("what", r->value),
        log_number("n", UINT64_MAX));
}

static void
test_plain(void **state)
{
    (void)state;
    log_set(LOG_INFO);
    log_set_json(NULL);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct row r = rows[i];
        char want[256];

        capture(say_row, &r);
        snprintf(want, sizeof(want),
                 "info agent it says what=%s n=18446744073709551615\n",
                 r.plain);
        assert_string_equal(line, want);
    }
}

static void
test_json(void **state)
{
    (void)state;
    log_set(LOG_INFO);
    log_set_json(&own);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct row r = rows[i];
        char want[256];

        capture(say_row, &r);
        assert_memory_equal(line, "{\"time\":\"20", 11);
        assert_memory_equal(line + TIME_BYTES - 3, "Z\",", 3);
        snprintf(want, sizeof(want),
                 "\"agent\":\"edge \\\"1\\\"\",\"level\":\"info\","
                 "\"room\":\"agent\","
                 "\"message\":\"it says\",\"what\":%s,"
                 "\"n\":18446744073709551615}\n",
                 r.json);
        assert_string_equal(line + TIME_BYTES, want);
    }
}

static void
say_level(void *ctx)
{
    log_write(*(enum log_level *)ctx, "agent", "hello", NULL);
}

static void
test_levels(void **state)
{
    (void)state;
    log_set_json(NULL);
    for (int least = LOG_DEBUG; least <= LOG_ERROR; least++)
        for (int level = LOG_DEBUG; level <= LOG_ERROR; level++) {
            enum log_level at = (enum log_level)level;

            log_set((enum log_level)least);
            capture(say_level, &at);
            assert_int_equal(line[0] != '\0', level >= least);
        }
}

/* As many long values as it says, each of one byte over and over. */
static void
say_much(void *ctx)
{
    struct slice s = slice_of(text, LONG_BYTES);

    memset(text, *(char *)ctx, LONG_BYTES);
    LOG(LOG_ERROR, "agent", "much", log_text("a", s), log_text("b", s),
        log_text("c", s), log_text("d", s), log_text("e", s), log_text("f", s),
        log_text("g", s), log_text("h", s), log_text("i", s), log_text("j", s));
}

/* A line too long is still one line, and one object. */
static void
test_too_long(void **state)
{
    (void)state;
    log_set(LOG_INFO);
    for (size_t i = 0; i < 2 * 3; i++) {
        char c = "x\"\001"[i / 2];
        size_t n;

        log_set_json(i % 2 == 1 ? &own : NULL);
        capture(say_much, &c);
        n = strlen(line);
        assert_in_range(n, LOG_VALUE_MAX_BYTES, LOG_LINE_MAX_BYTES);
        assert_ptr_equal(strchr(line, '\n'), line + n - 1);
        if (i % 2 == 1)
            assert_string_equal(line + n - 13, ",\"cut\":true}\n");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_too_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
