/* stdout and file: whole lines, whatever happens to the descriptor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/unit/output/running.h"

static struct running run;
static char folder[64], path[96];

static int
make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/append.XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof(path), "%s/out", folder);
    return 0;
}

static int
drop_folder(void **state)
{
    char more[sizeof(path) + 8];

    (void)state;
    snprintf(more, sizeof(more), "%s.1", path);
    unlink(more);
    unlink(path);
    return rmdir(folder);
}

static struct output_options
file_options(void)
{
    return (struct output_options){.type = OUTPUT_FILE,
                                   .name = SLICE("log"),
                                   .path = slice_str(path),
                                   .min_severity = SEVERITY_DEBUG};
}

static void
expect_file(const char *name, const char *want)
{
    char text[4096];
    int fd = open(name, O_RDONLY);
    ssize_t n = read(fd, text, sizeof(text) - 1);

    close(fd);
    assert_true(n >= 0);
    text[n] = '\0';
    assert_string_equal(text, want);
}

static void
lines(void **state)
{
    struct output_options options = file_options();
    struct stat st;

    (void)state;
    options.min_severity = SEVERITY_WARNING;
    running_open(&run, &options);
    running_put(&run, SEVERITY_WARNING, 2, 0);
    running_put(&run, SEVERITY_NOTICE, 2, 0);
    running_put(&run, SEVERITY_CRITICAL, 2, 1); /* known */
    running_put(&run, SEVERITY_CRITICAL, 2, 2); /* ... to another */
    running_start(&run);
    running_expect(&run, 4);
    running_stop(&run, 1000);
    expect_file(
        path, "{\"id\":\"e:1\",\"f\":\"xx\"}\n{\"id\":\"e:4\",\"f\":\"xx\"}\n");
    assert_int_equal(output_counts(run.o)->accepted, 2);
    assert_int_equal(output_counts(run.o)->skipped, 2);
    assert_int_equal(output_counts(run.o)->attempts, 2);
    assert_int_equal(output_counts(run.o)->failures, 0);
    assert_true(output_counts(run.o)->last_ok_ms > 0);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07137, 0);
    output_close(run.o);
}

static void
rotated(void **state)
{
    struct output_options options = file_options();
    char old[sizeof(path) + 8];
    int64_t until = clock_steady_ms() + 5000;

    (void)state;
    snprintf(old, sizeof(old), "%s.1", path);
    running_open(&run, &options);
    running_start(&run);
    running_put(&run, SEVERITY_DEBUG, 0, 0);
    running_expect(&run, 1);
    assert_int_equal(rename(path, old), 0);
    running_put(&run, SEVERITY_DEBUG, 0, 0);
    running_expect(&run, 2);
    output_reopen(run.o);
    while (access(path, F_OK) != 0 && clock_left_ms(until) > 0)
        usleep(1000); /* no line is needed for it */
    assert_int_equal(access(path, F_OK), 0);
    running_put(&run, SEVERITY_DEBUG, 0, 0);
    running_expect(&run, 3);
    running_stop(&run, 1000);
    output_close(run.o);
    expect_file(old,
                "{\"id\":\"e:1\",\"f\":\"\"}\n{\"id\":\"e:2\",\"f\":\"\"}\n");
    expect_file(path, "{\"id\":\"e:3\",\"f\":\"\"}\n");
}

/* A file that may not grow, as a disk that is full: the line is torn, and
 * comes again, on a line of its own, when there is room. */
static void
torn(void **state)
{
    struct output_options options = file_options();
    struct rlimit before, small;
    int64_t until = clock_steady_ms() + 5000;

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 30;
    running_open(&run, &options);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    running_start(&run);
    running_put(&run, SEVERITY_DEBUG, 0, 0); /* 20 bytes with its newline */
    running_put(&run, SEVERITY_DEBUG, 0, 0);
    while (output_counts(run.o)->failures < 2 && clock_left_ms(until) > 0)
        usleep(1000);
    assert_int_equal(outbox_accepted(run.ob, 0), 1);
    assert_false(output_counts(run.o)->up);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    running_expect(&run, 2);
    assert_true(output_counts(run.o)->up);
    assert_true(output_counts(run.o)->resent >= 1);
    running_stop(&run, 1000);
    output_close(run.o);
    expect_file(path, "{\"id\":\"e:1\",\"f\":\"\"}\n{\"id\":\"e:2\n"
                      "{\"id\":\"e:2\",\"f\":\"\"}\n");
}

/* What an earlier process left torn is mended too. */
static void
torn_before(void **state)
{
    struct output_options options = file_options();
    int fd = open(path, O_WRONLY | O_CREAT, 0600);

    (void)state;
    assert_int_equal(write(fd, "{\"id", 4), 4);
    close(fd);
    running_open(&run, &options);
    running_start(&run);
    running_put(&run, SEVERITY_DEBUG, 0, 0);
    running_expect(&run, 1);
    running_stop(&run, 1000);
    output_close(run.o);
    expect_file(path, "{\"id\n{\"id\":\"e:1\",\"f\":\"\"}\n");
}

static void
no_folder(void **state)
{
    struct output_options options = file_options();
    struct outbox *ob;
    struct arena arena;
    struct output *o;
    struct err e;
    const uint64_t queue = 1;

    (void)state;
    options.path = SLICE("/nowhere/at/all/out");
    arena_init(&arena, run.memory, sizeof(run.memory));
    assert_int_equal(outbox_init(&ob, &arena, 1, 1, &queue, NULL, NULL), 0);
    assert_int_equal(output_open(&o, &options, ob, 0, &arena, &e), ERR_IO);
    assert_string_equal(e.text, "/nowhere/at/all/out: "
                                "No such file or directory");
}

/* Standard output is a pipe: one that fills, and one that breaks. */
static void
piped(void **state)
{
    struct output_options options = {.type = OUTPUT_STDOUT,
                                     .name = SLICE("stdout"),
                                     .min_severity = SEVERITY_DEBUG};
    int fds[2], kept = dup(STDOUT_FILENO);
    static char text[1u << 17];
    size_t got = 0, want = 0;

    (void)state;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(dup2(fds[1], STDOUT_FILENO), STDOUT_FILENO);
    close(fds[1]);
    running_open(&run, &options);
    for (int i = 0; i < 3; i++) {
        running_put(&run, SEVERITY_DEBUG, 30000, 0);
        want += 30000 + sizeof("{'id':'e:1','f':''}");
    }
    running_start(&run);
    usleep(50000); /* the pipe holds two of them */
    assert_true(outbox_accepted(run.ob, 0) < 3);
    while (got < want) {
        ssize_t n = read(fds[0], text + got, sizeof(text) - got);

        assert_true(n > 0);
        got += (size_t)n;
    }
    running_expect(&run, 3);
    assert_int_equal(got, want);
    assert_int_equal(text[want - 1], '\n');
    close(fds[0]);
    running_put(&run, SEVERITY_DEBUG, 0, 0);
    running_stop(&run, 300); /* it fails, and that is all */
    dup2(kept, STDOUT_FILENO);
    close(kept);
    assert_int_equal(outbox_accepted(run.ob, 0), 3);
    assert_true(output_counts(run.o)->failures >= 1);
    assert_false(output_counts(run.o)->up);
    output_close(run.o);
}

/* A reader that never reads holds nobody longer than the end. */
static void
stuck(void **state)
{
    struct output_options options = {.type = OUTPUT_STDOUT,
                                     .name = SLICE("stdout"),
                                     .min_severity = SEVERITY_DEBUG};
    int fds[2], kept = dup(STDOUT_FILENO);
    int64_t begun;

    (void)state;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(dup2(fds[1], STDOUT_FILENO), STDOUT_FILENO);
    close(fds[1]);
    running_open(&run, &options);
    for (int i = 0; i < 4; i++)
        running_put(&run, SEVERITY_DEBUG, 60000, 0);
    running_start(&run);
    usleep(20000);
    begun = clock_steady_ms();
    running_stop(&run, 100);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    close(fds[0]);
    assert_in_range(clock_steady_ms() - begun, 90, 2000);
    assert_int_equal(outbox_accepted(run.ob, 0), 1);
    output_close(run.o);
}

/* The pause grows, up to its limit, and is spread over all of it. */
static void
pauses(void **state)
{
    (void)state;
    for (unsigned tries = 0; tries < 100; tries++) {
        int64_t most = 0, bound = DRIVER_WAIT_MIN_MS;

        for (unsigned i = 0; i < tries && bound < DRIVER_WAIT_MAX_MS; i++)
            bound *= 2;
        if (bound > DRIVER_WAIT_MAX_MS)
            bound = DRIVER_WAIT_MAX_MS;
        for (uint64_t random = 0; random < 100000; random += 7) {
            int64_t ms = driver_pause_ms(tries, random);

            assert_in_range(ms, 0, bound);
            most = ms > most ? ms : most;
        }
        assert_true(most > bound - 10);
    }
}

/* To be throttled is no failure until it has lasted. */
static void
throttled(void **state)
{
    struct output_options options = {.type = OUTPUT_STDOUT,
                                     .name = SLICE("stdout"),
                                     .min_severity = SEVERITY_DEBUG};
    struct err e = {.code = ERR_THROTTLED, .text = "429"};

    (void)state;
    running_open(&run, &options);
    driver_failed(run.o, &e);
    assert_true(output_counts(run.o)->up);
    run.o->since -= DRIVER_STALL_MS;
    driver_failed(run.o, &e);
    assert_false(output_counts(run.o)->up);
    driver_accept(run.o, 0, 1);
    assert_true(output_counts(run.o)->up);
    assert_int_equal(run.o->since, 0);
    driver_failed(run.o, &e);
    assert_true(output_counts(run.o)->up);
    e.code = ERR_REMOTE;
    driver_failed(run.o, &e);
    assert_false(output_counts(run.o)->up);
    assert_int_equal(output_counts(run.o)->failures, 4);
    output_close(run.o);
}

int
main(void)
{
#define IN_FOLDER(test) \
    cmocka_unit_test_setup_teardown(test, make_folder, drop_folder)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(lines),
        IN_FOLDER(rotated),
        IN_FOLDER(torn),
        IN_FOLDER(torn_before),
        cmocka_unit_test(no_folder),
        cmocka_unit_test(piped),
        cmocka_unit_test(stuck),
        cmocka_unit_test(pauses),
        cmocka_unit_test(throttled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
