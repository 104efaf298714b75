/* The Falco socket: readers of all kinds, played step by step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/output/reader.h"
#include "tests/unit/output/running.h"

static struct running run;
static int
set_up(void **state)
{
    struct output_options options = {.type = OUTPUT_FALCO,
                                     .name = SLICE("falco"),
                                     .min_severity = SEVERITY_DEBUG};

    (void)state;
    snprintf(name, sizeof(name), "/tmp/falco-test.%d", (int)getpid());
    options.socket = slice_str(name);
    running_open(&run, &options);
    reader_listen();
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    running_stop(&run, 0);
    output_close(run.o);
    if (peer >= 0)
        reader_leave();
    if (listener >= 0)
        close(listener);
    listener = -1;
    unlink(name);
    return 0;
}

static void
put(size_t n)
{
    for (size_t i = 0; i < n; i++)
        running_put(&run, SEVERITY_WARNING, 0, 0);
}

/* Silent for 200 ms: what is written is delivered. */
static void
plain(void **state)
{
    int64_t begun;

    (void)state;
    running_start(&run);
    put(2);
    reader_accept("");
    begun = clock_steady_ms();
    assert_int_equal(reader_lines(2), 2);
    assert_in_range(clock_steady_ms() - begun, 150, 2000);
    assert_string_equal(
        got, "{\"id\":\"e:1\",\"f\":\"\"}\n{\"id\":\"e:2\",\"f\":\"\"}\n");
    running_expect(&run, 2);
    begun = clock_steady_ms();
    put(1); /* the same connection, no greeting any more */
    assert_int_equal(reader_lines(1), 1);
    assert_in_range(clock_steady_ms() - begun, 0, 100);
    running_expect(&run, 3);
    assert_int_equal(output_counts(run.o)->accepted, 3);
    assert_int_equal(output_counts(run.o)->resent, 0);
}

/* A plain reader that has shut its own side still reads: nc does so. */
static void
plain_half_closed(void **state)
{
    (void)state;
    running_start(&run);
    put(1);
    reader_accept("");
    shutdown(peer, SHUT_WR);
    assert_int_equal(reader_lines(1), 1);
    put(1);
    assert_int_equal(reader_lines(1), 1);
    running_expect(&run, 2);
    assert_int_equal(output_counts(run.o)->failures, 0);
}

static void
acknowledged(void **state)
{
    (void)state;
    running_start(&run);
    put(3);
    reader_accept("tfdrift 1\n");
    assert_int_equal(reader_lines(3), 3); /* all are under way at once */
    usleep(20000);
    assert_int_equal(outbox_accepted(run.ob, 0), 0);
    reader_say("ack e:1\n");
    running_expect(&run, 1);
    reader_say("ack e:3\n"); /* ahead of its time */
    usleep(20000);
    assert_int_equal(outbox_accepted(run.ob, 0), 1);
    reader_say("ack e:"); /* in pieces */
    usleep(20000);
    reader_say("2\nack e:2\nack e:3\nack e:77\n"); /* and too often */
    running_expect(&run, 3);
    assert_int_equal(output_counts(run.o)->accepted, 3);
    assert_int_equal(output_counts(run.o)->attempts, 3);
}

/* What was not acknowledged comes again, and nothing else. */
static void
resent(void **state)
{
    (void)state;
    running_start(&run);
    put(4);
    reader_accept("tfdrift 1\n");
    assert_int_equal(reader_lines(4), 4);
    reader_say("ack e:1\nack e:3\n"); /* and away, before they are read */
    reader_leave();
    reader_accept("tfdrift 1\n");
    assert_int_equal(reader_lines(2), 2);
    assert_string_equal(
        got, "{\"id\":\"e:2\",\"f\":\"\"}\n{\"id\":\"e:4\",\"f\":\"\"}\n");
    assert_true(reader_is_quiet(50));
    assert_int_equal(outbox_accepted(run.ob, 0), 1);
    reader_say("ack e:4\nack e:2\n");
    running_expect(&run, 4);
    assert_int_equal(output_counts(run.o)->resent, 2);
    assert_int_equal(output_counts(run.o)->accepted, 4);
    assert_true(output_counts(run.o)->up);
}

/* No more than the window is under way. */
static void
window(void **state)
{
    char ack[32];

    (void)state;
    running_start(&run);
    put(200);
    reader_accept("tfdrift 1\n");
    assert_int_equal(reader_lines(64), 64);
    assert_true(reader_is_quiet(50));
    for (int i = 1; i <= 200; i++) {
        snprintf(ack, sizeof(ack), "ack e:%d\n", i);
        reader_say(ack);
        if (i + 64 <= 200)
            assert_int_equal(reader_lines(1), 1);
    }
    running_expect(&run, 200);
    assert_int_equal(output_counts(run.o)->resent, 0);
}

/* Lines that are passed over are accepted in their turn, without a reader. */
static void
passed_over(void **state)
{
    (void)state;
    running_start(&run);
    for (int i = 0; i < 100; i++)
        running_put(&run, SEVERITY_WARNING, 0, 1);
    running_expect(&run, 100);
    running_put(&run, SEVERITY_WARNING, 0, 0);
    running_put(&run, SEVERITY_WARNING, 0, 1);
    reader_accept("tfdrift 1\n");
    assert_int_equal(reader_lines(1), 1);
    usleep(20000);
    assert_int_equal(outbox_accepted(run.ob, 0), 100);
    reader_say("ack e:101\n");
    running_expect(&run, 102);
    assert_int_equal(output_counts(run.o)->skipped, 101);
    assert_int_equal(output_counts(run.o)->accepted, 1);
}

/* The reader goes away in the middle of a line: it comes again, whole. */
static void
torn(void **state)
{
    (void)state;
    for (int greeted = 0; greeted < 2; greeted++) {
        uint64_t number;

        if (greeted == 0)
            running_start(&run);
        do { /* until one is too much for the socket's buffer */
            number = running_put(&run, SEVERITY_WARNING, 60000, 0);
        } while (number % 8 != 0);
        reader_accept(greeted ? "tfdrift 1\n" : "");
        if (greeted)
            assert_int_equal(reader_lines(1), 1);
        usleep(300000);
        reader_leave();
        reader_accept(greeted ? "tfdrift 1\n" : "");
        number = outbox_accepted(run.ob, 0) + 1;
        do {
            char want[64];

            snprintf(want, sizeof(want), "{\"id\":\"e:%d\",\"f\":\"xx",
                     (int)number);
            assert_int_equal(reader_lines(1), 1);
            assert_memory_equal(got, want, strlen(want));
            snprintf(want, sizeof(want), "ack e:%d\n", (int)number);
            if (greeted)
                reader_say(want);
        } while (number++ < outbox_last(run.ob));
        running_expect(&run, number - 1);
        reader_leave();
    }
}

/* Whatever a reader says beside its lines does no harm. */
static void
garbage(void **state)
{
    char noise[5000];

    (void)state;
    running_start(&run);
    put(2);
    memset(noise, 'a', sizeof(noise));
    noise[0] = '\n';
    noise[sizeof(noise) - 1] = '\0';
    reader_accept("hello\nack e:1\n");
    reader_say("tfdrift 1\n");
    assert_int_equal(reader_lines(2), 2);
    for (int i = 0; i < 20; i++)
        reader_say(noise);
    reader_say("\nack\nack \nACK e:1\n\nack e:1 \nack  e:1\n");
    usleep(20000);
    assert_int_equal(outbox_accepted(run.ob, 0), 0);
    reader_say("ack e:1\nack e:2\n");
    running_expect(&run, 2);
}

/* It greets too late: from then on it is believed. */
static void
late_greeting(void **state)
{
    (void)state;
    running_start(&run);
    put(1);
    reader_accept("");
    assert_int_equal(reader_lines(1), 1);
    running_expect(&run, 1);
    reader_say("tfdrift 1\n");
    usleep(20000);
    put(1);
    assert_int_equal(reader_lines(1), 1);
    usleep(20000);
    assert_int_equal(outbox_accepted(run.ob, 0), 1);
    reader_leave();
    put(1);
    reader_accept(""); /* and waited for: longer than 200 ms */
    usleep(400000);
    assert_true(reader_is_quiet(0));
    reader_say("tfdrift 1\n");
    assert_int_equal(reader_lines(2), 2);
    reader_say("ack e:2\nack e:3\n");
    running_expect(&run, 3);
}

/* Nobody listens; then somebody does. */
static void
absent(void **state)
{
    int64_t until = clock_steady_ms() + 5000;

    (void)state;
    close(listener);
    unlink(name);
    running_start(&run);
    put(1);
    while (output_counts(run.o)->failures < 2 && clock_left_ms(until) > 0)
        usleep(1000);
    assert_false(output_counts(run.o)->up);
    reader_listen();
    reader_accept("tfdrift 1\n");
    assert_int_equal(reader_lines(1), 1);
    reader_say("ack e:1\n");
    running_expect(&run, 1);
    assert_true(output_counts(run.o)->up);
    reader_leave(); /* with nothing under way that is no failure */
    usleep(20000);
    assert_true(output_counts(run.o)->up);
    put(1);
    reader_accept("tfdrift 1\n");
    assert_int_equal(reader_lines(1), 1);
    reader_say("ack e:2\n");
    running_expect(&run, 2);
}

/* The end: acknowledgements are waited for, but not for ever. */
static void
ending(void **state)
{
    int64_t begun;

    (void)state;
    running_start(&run);
    put(2);
    reader_accept("tfdrift 1\n");
    assert_int_equal(reader_lines(2), 2);
    begun = clock_steady_ms();
    output_stop(run.o, begun + 200);
    reader_say("ack e:1\n");
    output_join(run.o);
    assert_in_range(clock_steady_ms() - begun, 190, 2000);
    assert_int_equal(outbox_accepted(run.ob, 0), 1);
}

static void
ending_idle(void **state)
{
    int64_t begun;

    (void)state;
    running_start(&run);
    put(1);
    reader_accept("");
    assert_int_equal(reader_lines(1), 1);
    running_expect(&run, 1);
    begun = clock_steady_ms();
    running_stop(&run, 5000);
    assert_in_range(clock_steady_ms() - begun, 0, 500);
}

static void
abstract(void **state)
{
    struct output_options options = {.type = OUTPUT_FALCO,
                                     .name = SLICE("falco"),
                                     .min_severity = SEVERITY_DEBUG};
    struct err e;

    (void)state;
    output_close(run.o);
    close(listener);
    unlink(name);
    snprintf(name, sizeof(name), "@tfdrift-test-%d", (int)getpid());
    options.socket = slice_str(name);
    running_open(&run, &options);
    assert_int_equal(output_probe(run.o, CLOCK_NEVER, &e), ERR_CONNECT);
    assert_non_null(strstr(e.text, "Connection refused"));
    reader_listen();
    assert_int_equal(output_probe(run.o, CLOCK_NEVER, &e), 0);
    reader_accept("");
    reader_leave();
    running_start(&run);
    put(1);
    reader_accept("tfdrift 1\n");
    assert_int_equal(reader_lines(1), 1);
    reader_say("ack e:1\n");
    running_expect(&run, 1);
}

int
main(void)
{
#define WITH_SOCKET(test) \
    cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_SOCKET(plain),         WITH_SOCKET(plain_half_closed),
        WITH_SOCKET(acknowledged),  WITH_SOCKET(resent),
        WITH_SOCKET(window),        WITH_SOCKET(passed_over),
        WITH_SOCKET(torn),          WITH_SOCKET(garbage),
        WITH_SOCKET(late_greeting), WITH_SOCKET(absent),
        WITH_SOCKET(ending),        WITH_SOCKET(ending_idle),
        WITH_SOCKET(abstract),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
