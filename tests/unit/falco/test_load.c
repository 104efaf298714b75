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

#define MIXED_WRITERS 4
#define MIXED_LINES 1500

/* A writer of lines of all lengths in pieces of all lengths, some of them no
 * records, that reads its acknowledgements as they come. */
struct mixed {
    int fd, number;
    uint64_t random;
    char acks[MIXED_LINES * 16];
    size_t acks_n;
};

static uint32_t
mixed_random(struct mixed *m, uint32_t below)
{
    m->random = m->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(m->random >> 33) % below;
}

static void
mixed_hear(struct mixed *m)
{
    ssize_t n = recv(m->fd, m->acks + m->acks_n, sizeof(m->acks) - m->acks_n,
                     MSG_DONTWAIT);

    m->acks_n += n > 0 ? (size_t)n : 0;
}

/* Line i: every tenth is too long, every seventh no record. */
static size_t
mixed_line(struct mixed *m, int i, char *line)
{
    size_t pad = mixed_random(m, i % 5 == 0 ? 60000 : 300);
    size_t n =
        (size_t)sprintf(line, "{\"kind\":\"%s\",\"id\":\"%d-%d\",\"u\":\"",
                        i % 7 == 0 ? "\\x" : "drift", m->number, i);

    if (i % 10 == 0)
        pad += MESSAGE_MAX_BYTES;
    memset(line + n, 'u', pad);
    memcpy(line + n + pad, "\"}\n", 3);
    return n + pad + 3;
}

static void *
mixed_write(void *ctx)
{
    struct mixed *m = ctx;
    char *line = malloc(3 * MESSAGE_MAX_BYTES);

    for (int i = 0; i < MIXED_LINES; i++) {
        size_t n = mixed_line(m, i, line), at = 0;

        while (at < n) {
            size_t piece = 1 + mixed_random(m, 20000);
            ssize_t sent =
                send(m->fd, line + at, piece < n - at ? piece : n - at,
                     MSG_NOSIGNAL | MSG_DONTWAIT);

            at += sent > 0 ? (size_t)sent : 0;
            mixed_hear(m);
        }
    }
    free(line);
    return NULL;
}

/* What a writer is to hear. */
static char *
mixed_want(int number)
{
    char *want = malloc(MIXED_LINES * 16), *at = want;

    at += sprintf(at, "tfdrift 1\n");
    for (int i = 0; i < MIXED_LINES; i++)
        if (i % 7 != 0 && i % 10 != 0)
            at += sprintf(at, "ack %d-%d\n", number, i);
    return want;
}

/* Every record is delivered once, in its writer's order, and nothing else. */
static void
mixed_writers(void **state)
{
    static struct mixed m[MIXED_WRITERS];
    pthread_t thread[MIXED_WRITERS];
    uint64_t want = 0;
    struct host host;

    (void)state;
    host_name(&host, "mixed");
    host_open(&host);
    for (int i = 0; i < MIXED_WRITERS; i++) {
        m[i] = (struct mixed){host_writer(host.path), i, (uint64_t)i, "", 0};
        pthread_create(&thread[i], NULL, mixed_write, &m[i]);
    }
    for (int i = 0; i < MIXED_LINES; i++)
        want += MIXED_WRITERS * (i % 7 != 0 && i % 10 != 0);
    while (host_metric(&host, "records") < want)
        host_next(&host);
    for (int i = 0; i < MIXED_WRITERS; i++)
        pthread_join(thread[i], NULL);
    host_next(&host);
    host_next(&host);
    for (int i = 0; i < MIXED_WRITERS; i++) {
        char *text = mixed_want(i);

        mixed_hear(&m[i]);
        assert_int_equal(m[i].acks_n, strlen(text));
        assert_memory_equal(m[i].acks, text, m[i].acks_n);
        free(text);
        close(m[i].fd);
    }
    assert_int_equal(host_metric(&host, "records"), want);
    assert_int_equal(host_metric(&host, "lines_too_long"),
                     MIXED_WRITERS * MIXED_LINES / 10);
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
        cmocka_unit_test(mixed_writers),
        cmocka_unit_test(waits_and_signals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
