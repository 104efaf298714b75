/* The small server: answers, refuses, and is held up by nobody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/server.h"

#define BIG (SERVER_BODY_MAX_BYTES - 1000)

static char memory[8u << 20];
static struct server *server;
static pthread_t thread;

static void
answer(void *ctx, const struct server_request *rq, struct server_answer *an)
{
    (void)ctx;
    if (slice_eq(rq->path, SLICE("/big"))) {
        while (an->body.n < BIG)
            buf_byte(&an->body, 'x');
    } else if (slice_eq(rq->path, SLICE("/over"))) {
        while (!an->body.full)
            buf_byte(&an->body, 'x');
    } else if (slice_eq(rq->path, SLICE("/a"))) {
        an->type = "text/x-a";
        buf_fmt(&an->body, "a?%.*s", SLICE_FMT(rq->query));
    } else {
        an->status = 404;
    }
}

static void *
run(void *ctx)
{
    server_run(ctx);
    return NULL;
}

static int
set_up(void **state)
{
    static const struct server_handler handler = {answer, NULL};
    struct arena a;
    struct err e;

    (void)state;
    arena_init(&a, memory, sizeof(memory));
    if (server_open(&server, SLICE("127.0.0.1"), 0, handler, &a, &e) < 0)
        return -1;
    return pthread_create(&thread, NULL, run, server);
}

static int
tear_down(void **state)
{
    (void)state;
    server_stop(server);
    pthread_join(thread, NULL);
    server_close(server);
    return 0;
}

static int
dial(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons(server_port(server)),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
    return fd;
}

static char got[1u << 20];

/* All that the server says until it closes. */
static size_t
listen_to(int fd)
{
    size_t n = 0;
    ssize_t r;

    while ((r = recv(fd, got + n, sizeof(got) - 1 - n, 0)) > 0)
        n += (size_t)r;
    got[n] = '\0';
    close(fd);
    return n;
}

static size_t
ask(const char *request, size_t step)
{
    size_t n = strlen(request);
    int fd = dial();

    for (size_t i = 0; i < n; i += step) {
        size_t part = n - i < step ? n - i : step;

        if (send(fd, request + i, part, MSG_NOSIGNAL) < 0)
            break;
        usleep(step < n ? 500 : 0);
    }
    return listen_to(fd);
}

static const struct {
    const char *request;
    const char *head; /* how the answer begins */
    const char *has;
    const char *tail; /* how it ends */
} rows[] = {
    {"GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK\r\n",
     "Content-Type: text/x-a\r\nContent-Length: 5\r\n", "\r\n\r\na?b=c"},
    {"GET /a HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK\r\n", "Connection: close\r\n",
     "\r\n\r\na?"},
    {"HEAD /a HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n", "Content-Length: 2\r\n",
     "\r\n\r\n"},
    {"GET /z HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found\r\n",
     "Content-Length: 0\r\n", "\r\n\r\n"},
    {"POST /a HTTP/1.1\r\nContent-Length: 1\r\n\r\nx",
     "HTTP/1.1 405 Method Not Allowed\r\n", "Allow: GET, HEAD\r\n",
     "Method Not Allowed\n"},
    {"GET a HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ", "", "Bad Request\n"},
    {"GET http://h/a HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ", "", "Bad Request\n"},
    {"nonsense\r\n\r\n", "HTTP/1.1 400 ", "", "Bad Request\n"},
    {"\n", "HTTP/1.1 400 ", "", "Bad Request\n"},
    {"GET /over HTTP/1.1\r\n\r\n", "HTTP/1.1 500 ", "", "Server Error\n"},
};

static void
answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (size_t step = 1; step <= 1000; step += 999) {
            size_t n = ask(rows[i].request, step), tail = strlen(rows[i].tail);

            print_message("%s", rows[i].request);
            assert_int_equal(strncmp(got, rows[i].head, strlen(rows[i].head)),
                             0);
            assert_non_null(strstr(got, rows[i].has));
            assert_true(n >= tail);
            assert_string_equal(got + n - tail, rows[i].tail);
        }
    assert_true(ask("GET /big HTTP/1.1\r\n\r\n", 1000) > BIG);
}

static void
refuses_large_requests(void **state)
{
    static char request[SERVER_HEAD_MAX_BYTES + 2];

    (void)state;
    memset(request, 'x', sizeof(request) - 1);
    memcpy(request, "GET /a HTTP/1.1\r\nA: ", 20);
    assert_true(ask(request, sizeof(request)) > 0);
    assert_int_equal(strncmp(got, "HTTP/1.1 431 ", 13), 0);
}

/* As many as there are places send half a request, or do not read their
 * answers: the next one is served when their time is over. */
static void
is_not_held_up(void **state)
{
    int64_t before = clock_steady_ms();
    int fd[SERVER_CONNECTIONS];

    (void)state;
    for (size_t i = 0; i < SERVER_CONNECTIONS; i++) {
        fd[i] = dial();
        assert_int_equal(send(fd[i], "GET /a", 6, 0), 6);
    }
    assert_true(ask("GET /a HTTP/1.1\r\n\r\n", 1000) > 0);
    assert_int_equal(strncmp(got, "HTTP/1.1 200 ", 13), 0);
    assert_in_range(clock_steady_ms() - before, SERVER_REQUEST_MS - 100,
                    SERVER_REQUEST_MS + 1000);
    for (size_t i = 0; i < SERVER_CONNECTIONS; i++)
        assert_int_equal(listen_to(fd[i]), 0);
}

static void
refuses_places(void **state)
{
    static const struct server_handler handler = {answer, NULL};
    struct server *s;
    struct arena a;
    struct err e;

    (void)state;
    arena_init(&a, memory + (sizeof(memory) - 100), 100);
    assert_int_equal(server_open(&s, SLICE("::1"), 0, handler, &a, &e),
                     ERR_MEMORY);
    assert_int_equal(arena_map(&a, 8u << 20), 0);
    assert_int_equal(server_open(&s, SLICE("localhost"), 0, handler, &a, &e),
                     ERR_CONFIG);
    assert_int_equal(server_open(&s, SLICE("127.0.0.1"), server_port(server),
                                 handler, &a, &e),
                     ERR_IO);
    assert_non_null(strstr(e.text, "127.0.0.1"));
    arena_unmap(&a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(refuses_large_requests),
        cmocka_unit_test(is_not_held_up),
        cmocka_unit_test(refuses_places),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
