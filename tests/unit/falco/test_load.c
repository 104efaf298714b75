/* Too much of everything, and how long a call takes. */
#include "host.h"

#include <pthread.h>
#include <signal.h>
#include <sys/time.h>

#define GARBAGE_LINES 1000000

struct flood {
    const char *line;
    int fd, lines;
    volatile int sent;
};

static void *
flood_lines(void *ctx)
{
    struct flood *flood = ctx;
    size_t n = strlen(flood->line);

    for (int i = 0; i < flood->lines; i++) {
        if (send(flood->fd, flood->line, n, MSG_NOSIGNAL) != (ssize_t)n)
            return ctx;
        flood->sent = i + 1;
    }
    return NULL;
}

/* Garbage beside a writer that behaves: it is heard at once, no call takes
 * too long, and every line is counted. */
static void
million_garbage_lines(void **state)
{
    struct flood flood = {"{\"id\":\"x\",\"kind\": nonsense}\n", -1,
                          GARBAGE_LINES, 0};
    uint32_t records = 0, sent = 0;
    struct host host;
    pthread_t thread;
    int fd;

    (void)state;
    host_name(&host, "garbage");
    host_open(&host);
    flood.fd = host_writer(host.path);
    fd = host_writer(host.path);
    pthread_create(&thread, NULL, flood_lines, &flood);
    while (host_metric(&host, "lines_malformed") < GARBAGE_LINES) {
        if (sent == records && sent < 200) {
            host_send_record(fd, "good");
            sent++;
        }
        records += host_next(&host);
    }
    pthread_join(thread, NULL);
    assert_true(records > 10);
    assert_true(sent - records <= 1);
    /* A busy machine may hold us up once or twice. */
    assert_in_range(host.slow, 0, 2 + host.calls / 20);
    close(fd);
    close(flood.fd);
    host_close(&host);
}

/* Nobody asks for events: the writer has to wait, what it sent before stays,
 * and nothing is lost in the end. */
static void
full_queue(void **state)
{
    static char line[4096];
    struct flood flood = {line, -1, 1000, 0};
    struct host host;
    pthread_t thread;
    int stopped = -1;

    (void)state;
    snprintf(line, sizeof(line),
             "{\"kind\":\"drift\",\"id\":\"x\",\"u\":\"%01000d\"}\n", 1);
    host_name(&host, "full");
    host_open(&host);
    flood.fd = host_writer(host.path);
    host_next(&host);
    pthread_create(&thread, NULL, flood_lines, &flood);
    while (stopped != flood.sent) {
        stopped = flood.sent;
        usleep(200000);
    }
    assert_in_range(stopped, 1, 999);
    for (int i = 0; i < 200 && host_metric(&host, "records") < 1000; i++)
        host_wait(&host);
    pthread_join(thread, NULL);
    assert_int_equal(host_metric(&host, "records"), 1000);
    close(flood.fd);
    host_close(&host);
}

/* One that never takes its acknowledgements is read no further, and costs
 * nobody anything. */
static void
deaf_writer(void **state)
{
    struct flood flood = {"{\"kind\":\"drift\",\"id\":\"0123456789012345678901"
                          "234567890123456789012345678901234567890123456789\"}"
                          "\n",
                          -1, 100000, 0};
    struct host host;
    pthread_t thread;
    uint64_t before = 1;
    int fd;

    (void)state;
    host_name(&host, "deaf");
    host_open(&host);
    flood.fd = host_writer(host.path);
    pthread_create(&thread, NULL, flood_lines, &flood);
    while (before != host_metric(&host, "records")) {
        before = host_metric(&host, "records");
        for (int i = 0; i < 20; i++)
            host_next(&host);
    }
    assert_in_range(before, 1, 99999);
    fd = host_writer(host.path);
    host_send_record(fd, "other");
    assert_int_equal(host_wait(&host), 1);
    host_next(&host);
    assert_string_equal(host_heard(fd), "tfdrift 1\nack other\n");
    /* Once it goes away, what it sent is delivered. */
    shutdown(flood.fd, SHUT_RDWR);
    pthread_join(thread, NULL);
    close(flood.fd);
    while (host_metric(&host, "writers") > 1)
        host_next(&host);
    assert_true(host_metric(&host, "records") > before);
    close(fd);
    host_close(&host);
}

static void
on_alarm(int sig)
{
    (void)sig;
}

/* Idle calls end in time; a signal ends them at once, without an error. */
static void
waits_and_signals(void **state)
{
    struct sigaction sa = {.sa_handler = on_alarm}, old;
    struct itimerval timer = {{0, 0}, {0, 20000}}, off = {{0, 0}, {0, 0}};
    int quick = 0;
    struct host host;

    (void)state;
    host_name(&host, "waits");
    host_open(&host);
    for (int i = 0; i < 10; i++) {
        double start = host_now_ms();

        assert_int_equal(host_next(&host), 0);
        assert_true(host_now_ms() - start > 20); /* it does wait */
    }
    assert_in_range(host.slow, 0, 2);
    sigaction(SIGALRM, &sa, &old);
    for (int i = 0; i < 10; i++) {
        double start = host_now_ms();

        setitimer(ITIMER_REAL, &timer, NULL);
        assert_int_equal(host_next(&host), 0);
        quick += host_now_ms() - start < 60;
    }
    setitimer(ITIMER_REAL, &off, NULL);
    sigaction(SIGALRM, &old, NULL);
    assert_in_range(quick, 6, 10);
    host_close(&host);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(million_garbage_lines),
        cmocka_unit_test(full_queue),
        cmocka_unit_test(deaf_writer),
        cmocka_unit_test(waits_and_signals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
