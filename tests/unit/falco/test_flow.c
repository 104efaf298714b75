/* Lines of writers, and when they are acknowledged; writers that behave
 * badly. */
#include "host.h"

#include <pthread.h>

/* The acknowledgement comes with the call after the one that delivered. */
static void
acknowledges_late(void **state)
{
    struct host host;
    int fd;

    (void)state;
    host_name(&host, "acks");
    host_open(&host);
    fd = host_writer(host.path);
    host_send_record(fd, "e:0");
    host_send(fd, "{\"id\":\"no record\"}\n{\"kind\":\"drift\"}\n\n\r\n");
    host_send_record(fd, "e:1");
    assert_int_equal(host_wait(&host), 2);
    assert_string_equal(host_heard(fd), "tfdrift 1\n");
    assert_string_equal(host_heard(fd), "");
    assert_int_equal(host_metric(&host, "records"), 2);
    assert_int_equal(host_next(&host), 0);
    assert_string_equal(host_heard(fd), "ack e:0\nack no record\nack e:1\n");
    assert_int_equal(host_metric(&host, "lines_unusable"), 1);
    assert_int_equal(host_metric(&host, "lines_malformed"), 1);
    assert_int_equal(host_metric(&host, "acks"), 3);
    assert_int_equal(host_metric(&host, "writers"), 1);
    host_send_record(fd, "e:2");
    assert_int_equal(host_wait(&host), 1);
    host_close(&host); /* not asked for more: not acknowledged */
    assert_string_equal(host_heard(fd), "");
    close(fd);
}

static const struct line_row {
    const char *line, *heard;
    const char *counted; /* the metric that is 1 */
} lines[] = {
    {"{\"kind\":\"drift\",\"id\":\"a b\"}", "ack a b\n", "records"},
    {"  {\"kind\":\"new kind\",\"id\":\"\\u00e9\"} \r", "ack \xc3\xa9\n",
     "records"},
    {"{\"kind\":\"drift\",\"changes\":null,\"id\":\"x\"}", "ack x\n",
     "records"},
    {"{\"kind\":\"drift\",\"changes\":7,\"id\":\"x\"}", "ack x\n",
     "lines_unusable"},
    {"{\"kind\":null,\"id\":\"x\"}", "ack x\n", "lines_unusable"},
    {"{\"kind\":\"drift\",\"id\":\"a\\nack b\"}", "", "lines_malformed"},
    {"{\"kind\":\"drift\",\"id\":7}", "", "lines_malformed"},
    {"{\"kind\":\"drift\",\"id\":\"\"}", "", "lines_malformed"},
    {"{\"kind\":\"drift\",\"id\":\"x\"", "", "lines_malformed"},
    {"{\"kind\":\"drift\",\"id\":\"x\"}}", "", "lines_malformed"},
    {"[{\"kind\":\"drift\",\"id\":\"x\"}]", "", "lines_malformed"},
    {"ack e:0", "", "lines_malformed"},
    {"\xff\xfe", "", "lines_malformed"},
};

static void
uses_of_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        struct host host;
        const char *heard;
        int fd;

        host_name(&host, "lines");
        host_open(&host);
        fd = host_writer(host.path);
        host_next(&host);
        host_heard(fd);
        host_send(fd, lines[i].line);
        host_send(fd, "\n");
        host_next(&host);
        host_next(&host);
        heard = host_heard(fd);
        if (strcmp(heard, lines[i].heard) != 0 ||
            host_metric(&host, lines[i].counted) != 1)
            fail_msg("%s: heard %s, %s is not 1", lines[i].line, heard,
                     lines[i].counted);
        close(fd);
        host_close(&host);
    }
}

/* A record whose line is n bytes long, without its end. */
static char *
long_line(size_t n, const char *id)
{
    char *line = malloc(n + 2);
    int head =
        snprintf(line, n, "{\"kind\":\"drift\",\"id\":\"%s\",\"user\":\"", id);

    memset(line + head, 'u', n - (size_t)head);
    memcpy(line + n - 2, "\"}\n", 4);
    return line;
}

static void *
send_long_lines(void *ctx)
{
    static const size_t extra[] = {0, 1, 0, 200000, 0};
    int fd = *(int *)ctx;

    for (size_t i = 0; i < 5; i++) {
        char id[2] = {(char)('a' + i), '\0'};
        char *line = long_line(MESSAGE_MAX_BYTES + extra[i], id);
        size_t n = strlen(line), at = 0;

        while (at < n) {
            ssize_t sent = send(fd, line + at, n - at, MSG_NOSIGNAL);

            at += sent > 0 ? (size_t)sent : 0;
        }
        free(line);
    }
    return NULL;
}

static void
long_lines(void **state)
{
    char got[8] = "";
    struct host host;
    pthread_t thread;
    int fd;

    (void)state;
    host_name(&host, "long");
    host_open(&host);
    fd = host_writer(host.path);
    pthread_create(&thread, NULL, send_long_lines, &fd);
    for (int i = 0; i < 1000 && strlen(got) < 3; i++) {
        host_next(&host);
        for (uint32_t k = 0; k < host.n; k++)
            strcat(got, host_field(&host, host.events[k], "tfdrift.id"));
    }
    pthread_join(thread, NULL);
    assert_string_equal(got, "ace");
    assert_int_equal(host_metric(&host, "lines_too_long"), 2);
    host_next(&host);
    assert_non_null(strstr(host_heard(fd), "ack e\n"));
    close(fd);
    host_close(&host);
}

/* A byte at a time, with a call in between. */
static void
slow_writer(void **state)
{
    const char *line = "{\"kind\":\"drift\",\"id\":\"slow\"}\n";
    struct host host;
    double start = host_now_ms();
    int fd, quick;

    (void)state;
    host_name(&host, "slow");
    host_open(&host);
    fd = host_writer(host.path);
    quick = host_writer(host.path);
    for (const char *p = line; *p != '\0'; p++) {
        assert_int_equal(send(fd, p, 1, 0), 1);
        host_send_record(quick, "quick");
        assert_true(host_wait(&host) > 0);
    }
    assert_int_equal(host_metric(&host, "records"), strlen(line) + 1);
    assert_true(host_now_ms() - start < 5000); /* nobody waited for it */
    close(fd);
    close(quick);
    host_close(&host);
}

/* Those that go away in the middle, at the end, or before they are heard. */
static void
abrupt_writers(void **state)
{
    struct host host;
    uint32_t records = 0;
    int fd, half;

    (void)state;
    host_name(&host, "abrupt");
    host_open(&host);
    for (int i = 0; i < 50; i++) {
        fd = host_writer(host.path);
        assert_true(fd >= 0);
        if (i % 5 != 1)
            host_send_record(fd, "whole");
        if (i % 5 == 2)
            host_send(fd, "{\"kind\":\"drift\",\"id\":\"torn");
        if (i % 5 == 3)
            host_next(&host), records += host.n;
        if (i % 5 == 4) /* unread data makes the close a reset */
            host_next(&host), records += host.n, host_send(fd, "x");
        close(fd);
        host_next(&host);
        records += host.n;
    }
    /* One that only stops writing is heard and answered to the end. */
    half = host_writer(host.path);
    host_send_record(half, "half");
    shutdown(half, SHUT_WR);
    assert_int_equal(host_wait(&host), 1);
    host_next(&host);
    host_next(&host);
    assert_string_equal(host_heard(half), "tfdrift 1\nack half\n");
    assert_int_equal(recv(half, &fd, 1, MSG_DONTWAIT), 0);
    close(half);
    assert_int_equal(records, 40);
    assert_int_equal(host_metric(&host, "writers"), 0);
    assert_int_equal(host_metric(&host, "writers_seen"), 51);
    assert_in_range(host_metric(&host, "lines_torn"), 10, 20);
    host_close(&host);
}

/* All places taken: the next one is sent away, and heard later. */
static void
too_many_writers(void **state)
{
    struct host host;
    int fd[17];

    (void)state;
    host_name(&host, "many");
    host_open(&host);
    for (int i = 0; i < 17; i++)
        fd[i] = host_writer(host.path);
    for (int i = 0; i < 16; i++)
        host_send_record(fd[i], "x");
    for (uint32_t n = 0; n < 16; n += host.n)
        host_wait(&host);
    host_next(&host);
    assert_string_equal(host_heard(fd[15]), "tfdrift 1\nack x\n");
    assert_int_equal(recv(fd[16], &fd[16], 1, 0), 0);
    assert_int_equal(host_metric(&host, "writers_refused"), 1);
    close(fd[0]);
    host_next(&host);
    fd[0] = host_writer(host.path);
    host_next(&host);
    assert_string_equal(host_heard(fd[0]), "tfdrift 1\n");
    for (int i = 0; i < 17; i++)
        close(fd[i]);
    host_close(&host);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(acknowledges_late), cmocka_unit_test(uses_of_lines),
        cmocka_unit_test(long_lines),        cmocka_unit_test(slow_writer),
        cmocka_unit_test(abrupt_writers),    cmocka_unit_test(too_many_writers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
