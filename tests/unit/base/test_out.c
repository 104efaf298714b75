/* Buffered writing and log lines, through real pipes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/log.h"
#include "base/out.h"

#define BIG_BYTES (1u << 20) /* more than a pipe holds */

static int ends[2];

static int
open_pipe(void **state)
{
    (void)state;
    return pipe(ends);
}

static int
close_pipe(void **state)
{
    (void)state;
    close(ends[0]);
    close(ends[1]);
    return 0;
}

/* What the pipe holds by now. */
static size_t
read_some(char *to, size_t max)
{
    ssize_t n;

    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    n = read(ends[0], to, max);
    return n > 0 ? (size_t)n : 0;
}

static void
puts_are_held(void **state)
{
    char held[8], got[64];
    struct out o = out_over(ends[1], held, sizeof(held));

    (void)state;
    out_put(&o, SLICE("abc"));
    out_put(&o, SLICE("defgh")); /* full to the last byte */
    assert_int_equal(read_some(got, sizeof(got)), 0);
    out_put(&o, SLICE("i"));
    assert_int_equal(read_some(got, sizeof(got)), 8);
    assert_memory_equal(got, "abcdefgh", 8);
    out_put(&o, SLICE("longer than the array"));
    assert_int_equal(read_some(got, sizeof(got)), 22);
    assert_memory_equal(got, "ilonger than the array", 22);
    out_fmt(&o, "%d-%s", 12, "xy");
    out_fmt(&o, "%s", "4567");
    assert_int_equal(out_flush(&o), 0);
    assert_int_equal(read_some(got, sizeof(got)), 9);
    assert_memory_equal(got, "12-xy4567", 9);
    assert_int_equal(out_flush(&o), 0);
    assert_int_equal(read_some(got, sizeof(got)), 0);
}

static void
formatted_text_must_fit(void **state)
{
    char held[8], got[64];
    struct out o = out_over(ends[1], held, sizeof(held));

    (void)state;
    out_put(&o, SLICE("ab"));
    out_fmt(&o, "%s", "1234567"); /* fits after a flush */
    assert_false(o.failed);
    out_fmt(&o, "%s", "12345678"); /* never does */
    assert_true(o.failed);
    assert_int_equal(out_flush(&o), ERR_IO);
    assert_int_equal(read_some(got, sizeof(got)), 9);
    assert_memory_equal(got, "ab1234567", 9);
}

static void
closed_pipe_fails_for_good(void **state)
{
    char held[4];
    struct out o = out_over(ends[1], held, sizeof(held));

    (void)state;
    signal(SIGPIPE, SIG_IGN);
    close(ends[0]);
    out_put(&o, SLICE("ab"));
    assert_false(o.failed);
    assert_int_equal(out_flush(&o), ERR_IO);
    assert_true(o.failed);
    out_put(&o, SLICE("c"));
    assert_int_equal(o.buf.n, 0);
    assert_int_equal(out_flush(&o), ERR_IO);
    ends[0] = dup(ends[1]); /* something for close_pipe() */
}

static void *
drain(void *sum)
{
    char got[4096];
    ssize_t n;

    while ((n = read(ends[0], got, sizeof(got))) > 0) {
        *(size_t *)sum += (size_t)n;
        usleep(200); /* slower than the writer */
    }
    return NULL;
}

/* A pipe that is full, set not to block: it waits instead of losing. */
static void
full_pipe_is_waited_for(void **state)
{
    static char big[BIG_BYTES];
    char held[100];
    struct out o = out_over(ends[1], held, sizeof(held));
    pthread_t reader;
    size_t sum = 0;

    (void)state;
    assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(pthread_create(&reader, NULL, drain, &sum), 0);
    out_put(&o, slice_of(big, sizeof(big)));
    out_put(&o, SLICE("end"));
    assert_int_equal(out_flush(&o), 0);
    close(ends[1]);
    assert_int_equal(pthread_join(reader, NULL), 0);
    assert_int_equal(sum, BIG_BYTES + 3);
    ends[1] = dup(ends[0]);
}

/* Runs log_write() with standard error in the pipe. */
static size_t
log_line(enum log_level level, const char *message, struct slice value,
         char *got, size_t max)
{
    int saved = dup(STDERR_FILENO);

    assert_true(saved >= 0);
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
    LOG(level, "test", message, log_text("value", value), log_number("n", 7));
    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    close(saved);
    return read_some(got, max);
}

static void
log_lines(void **state)
{
    static const struct {
        enum log_level level;
        struct slice value;
        const char *want;
    } rows[] = {
        {LOG_DEBUG, SLICE_INIT("a"), ""},
        {LOG_INFO, SLICE_INIT("a/b:c"), "info test hello value=a/b:c n=7\n"},
        {LOG_WARNING, SLICE_INIT("a b"),
         "warning test hello value=\"a b\" n=7\n"},
        {LOG_ERROR, SLICE_INIT(""), "error test hello value=\"\" n=7\n"},
        {LOG_ERROR, {NULL, 0}, "error test hello value=\"\" n=7\n"},
        {LOG_ERROR, SLICE_INIT("x\ny\"\x1b[31m"),
         "error test hello value=\"x\\ny\\\"\\u001b[31m\" n=7\n"},
        {LOG_ERROR, SLICE_INIT("k=v"), "error test hello value=\"k=v\" n=7\n"},
    };
    char got[4096], big[LOG_VALUE_MAX_BYTES + 9];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        size_t n = log_line(rows[i].level, "hello", rows[i].value, got,
                            sizeof(got) - 1);

        got[n] = '\0';
        assert_string_equal(got, rows[i].want);
    }
    memset(big, 'x', sizeof(big));
    got[log_line(LOG_ERROR, "hello", slice_of(big, sizeof(big)), got,
                 sizeof(got) - 1)] = '\0';
    assert_non_null(strstr(got, "x(+9 bytes) n=7\n"));
    log_set(LOG_ERROR);
    assert_int_equal(
        log_line(LOG_WARNING, "hello", SLICE("a"), got, sizeof(got)), 0);
    log_set(LOG_DEBUG);
    assert_int_not_equal(
        log_line(LOG_DEBUG, "hello", SLICE("a"), got, sizeof(got)), 0);
}

/* Whatever is given, a line is one line and ends. */
static void
log_line_is_bounded(void **state)
{
    static char message[2 * LOG_LINE_MAX_BYTES];
    char got[2 * LOG_LINE_MAX_BYTES];
    size_t n;

    (void)state;
    memset(message, 'm', sizeof(message) - 1);
    n = log_line(LOG_ERROR, message, SLICE("v"), got, sizeof(got));
    assert_true(n > 0 && n <= LOG_LINE_MAX_BYTES);
    assert_true(got[n - 1] == '\n');
}

#define OUT_TEST(f) cmocka_unit_test_setup_teardown(f, open_pipe, close_pipe)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        OUT_TEST(puts_are_held),
        OUT_TEST(formatted_text_must_fit),
        OUT_TEST(closed_pipe_fails_for_good),
        OUT_TEST(full_pipe_is_waited_for),
        OUT_TEST(log_lines),
        OUT_TEST(log_line_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
