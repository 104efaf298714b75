/* Exchanges with a server that follows a script, well or badly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "net/exchange.h"
#include "tests/unit/net/peer.h"

#define OK "HTTP/1.1 200 OK\r\n"
#define EMPTY OK "Content-Length: 0\r\n\r\n"
#define AB OK "Content-Length: 2\r\n\r\nab"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"
#define TIMES 4

/* What some requests, one after the other, get. */
static const struct {
    const char *name;
    struct turn turns[TIMES + 1];
    struct {
        int rc; /* of the exchange, else of the body */
        const char *body;
    } want[TIMES]; /* up to one without a body */
    unsigned connections;
    unsigned requests;
} rows[] = {
    {"one", {{AB, KEEP, 0}}, {{0, "ab"}}, 1, 1},
    {"kept alive",
     {{AB, KEEP, 0},
      {EMPTY, KEEP, 0},
      {CHUNKED "1\r\nx\r\n0\r\n\r\n", KEEP, 0}},
     {{0, "ab"}, {0, ""}, {0, "x"}},
     1,
     3},
    {"drips",
     {{AB, KEEP, 1}, {CHUNKED "1;y\r\nx\r\n0\r\nA: b\r\n\r\n", KEEP, 1}},
     {{0, "ab"}, {0, "x"}},
     1,
     2},
    {"closes after each",
     {{OK "Connection: close\r\nContent-Length: 1\r\n\r\na", CLOSE, 0},
      {"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nb", CLOSE, 0},
      {OK "\r\nuntil close", CLOSE, 0}},
     {{0, "a"}, {0, "b"}, {0, "until close"}},
     3,
     3},
    {"says it keeps, but closes",
     {{AB, CLOSE, 0}, {AB, CLOSE, 0}, {AB, KEEP, 0}},
     {{0, "ab"}, {0, "ab"}, {0, "ab"}},
     3,
     3},
    {"closes when asked again",
     {{AB, KEEP, 0}, {"", CLOSE, 0}, {AB, KEEP, 0}},
     {{0, "ab"}, {0, "ab"}},
     2,
     3},
    {"resets when asked again",
     {{AB, KEEP, 0}, {"", RESET, 0}, {AB, KEEP, 0}},
     {{0, "ab"}, {0, "ab"}},
     2,
     3},
    {"only one more try",
     {{AB, KEEP, 0}, {"", CLOSE, 0}, {"", CLOSE, 0}, {AB, KEEP, 0}},
     {{0, "ab"}, {ERR_MORE, ""}},
     2,
     3},
    {"no second try of what was new", {{"", CLOSE, 0}}, {{ERR_MORE, ""}}, 1, 1},
    {"no second try after a byte",
     {{AB, KEEP, 0}, {"H", CLOSE, 0}},
     {{0, "ab"}, {ERR_MORE, ""}},
     1,
     2},
    {"truncated",
     {{OK "Content-Length: 3\r\n\r\nab", CLOSE, 0},
      {CHUNKED "3\r\nab", CLOSE, 0},
      {CHUNKED "2\r\nab\r\n", CLOSE, 0},
      {OK "Content-Le", CLOSE, 0}},
     {{ERR_MORE, "ab"}, {ERR_MORE, "ab"}, {ERR_MORE, "ab"}, {ERR_MORE, ""}},
     4,
     4},
    {"reset in the middle",
     {{OK "Content-Length: 3\r\n\r\nab", RESET, 0}, {AB, KEEP, 0}},
     {{ERR_IO, NULL}},
     1,
     1},
    {"longer than it said",
     {{AB "HTTP/1.1 500 x\r\n\r\n", KEEP, 0}, {AB, KEEP, 0}},
     {{0, "ab"}, {0, "ab"}},
     2,
     2},
    {"interim answers",
     {{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nA: b\r\n\r\n" AB, KEEP,
       1}},
     {{0, "ab"}},
     1,
     1},
    {"other protocols",
     {{"HTTP/1.1 101 x\r\n\r\n", KEEP, 0}},
     {{ERR_SYNTAX, ""}},
     1,
     1},
    {"no HTTP", {{"SSH-2.0-x\r\n", HANG, 0}}, {{ERR_SYNTAX, ""}}, 1, 1},
    {"broken chunks",
     {{CHUNKED "1\r\nabc\r\n", KEEP, 0}, {AB, KEEP, 0}},
     {{ERR_SYNTAX, "a"}, {0, "ab"}},
     2,
     2},
    {"hangs", {{"", HANG, 0}}, {{ERR_TIMEOUT, ""}}, 1, 1},
    {"hangs in the head", {{OK, HANG, 0}}, {{ERR_TIMEOUT, ""}}, 1, 1},
    {"hangs in the body",
     {{OK "Content-Length: 9\r\n\r\nab", HANG, 0}},
     {{ERR_TIMEOUT, "ab"}},
     1,
     1},
    {"drips for ever",
     {{OK "A: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", HANG, 100}},
     {{ERR_TIMEOUT, ""}},
     1,
     1},
};

static struct arena arena;
static struct net *net;
static struct peer peer;

static const char *
no_environment(void *ctx, const char *name)
{
    (void)ctx;
    (void)name;
    return NULL;
}

static int
set_up(void **state)
{
    static const struct net_env env = {no_environment, NULL};
    struct err e;

    (void)state;
    if (arena_map(&arena, 16u << 20) < 0)
        return -1;
    return net_init(&net, &env, 2, &arena, &e);
}

static int
tear_down(void **state)
{
    (void)state;
    net_close(net);
    arena_unmap(&arena);
    return 0;
}

/* One request; rc and, as far as it came, the body. */
static int
ask(struct net_client *c, const char *path, struct buf *body, struct err *e)
{
    static struct exchange_answer an;
    struct exchange_request rq = {.method = SLICE_INIT("GET"),
                                  .url = {.host = SLICE_INIT("127.0.0.1"),
                                          .port = (uint16_t)peer.port,
                                          .target = slice_str(path)}};
    int64_t now = clock_steady_ms();
    ssize_t got;
    int rc = exchange(c, &rq, now + 600, &an, e);

    if (rc < 0)
        return rc;
    assert_int_equal(an.status, 200);
    while ((got = stream_read(&an.body, body->p + body->n, 1, e)) > 0)
        body->n += (size_t)got;
    assert_int_equal(stream_read(&an.body, body->p, 1, NULL), got);
    assert_true(clock_steady_ms() - now < 2000);
    return (int)got;
}

static void
follow(size_t row)
{
    size_t mark = arena_mark(&arena);
    struct net_client *c;
    struct err e;
    char text[64];

    peer_start(&peer, rows[row].turns);
    assert_int_equal(net_client_open(&c, net, &arena, &e), 0);
    for (size_t i = 0; i < TIMES; i++) {
        struct buf body = buf_over(text, sizeof(text));
        const char *want = rows[row].want[i].body;
        int rc;

        if (want == NULL && rows[row].want[i].rc == 0)
            break;
        rc = ask(c, "/x", &body, &e);
        assert_int_equal(rc, rows[row].want[i].rc);
        if (rc < 0) {
            assert_int_equal(e.code, rc);
            assert_non_null(strstr(e.text, "http://127.0.0.1:"));
        }
        if (want != NULL) { /* a reset may overtake bytes */
            assert_int_equal(body.n, strlen(want));
            assert_memory_equal(text, want, body.n);
        }
        usleep(20000); /* for a FIN to come */
    }
    net_client_close(c);
    peer_stop(&peer);
    assert_int_equal(peer.connections, rows[row].connections);
    assert_int_equal(peer.requests, rows[row].requests);
    arena_reset(&arena, mark);
}

static void
follows_scripts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        print_message("%s\n", rows[i].name);
        follow(i);
    }
}

/* A head that never ends, and one with too many headers. */
static void
limits_heads(void **state)
{
    static char big[HTTP_HEAD_MAX_BYTES + 100];
    static char many[HTTP_HEADERS_MAX * 8 + 100];
    struct turn turns[] = {{big, HANG, 0}, {many, HANG, 0}, {NULL, KEEP, 0}};
    struct buf b = buf_over(many, sizeof(many) - 1), body;
    struct net_client *c;
    struct err e;
    char text[8];

    (void)state;
    memset(big, 'x', sizeof(big) - 1);
    memcpy(big, OK "A: ", sizeof(OK "A: ") - 1);
    buf_put(&b, SLICE(OK));
    for (int i = 0; i <= HTTP_HEADERS_MAX; i++)
        buf_put(&b, SLICE("A: b\r\n"));
    buf_put(&b, SLICE("\r\n"));
    peer_start(&peer, turns);
    assert_int_equal(net_client_open(&c, net, &arena, &e), 0);
    for (int i = 0; i < 2; i++) {
        body = buf_over(text, sizeof(text));
        assert_int_equal(ask(c, "/", &body, &e), ERR_LIMIT);
        assert_non_null(strstr(e.text, "headers"));
    }
    net_client_close(c);
    peer_stop(&peer);
}

/* What is sent, byte for byte. */
static void
sends_requests(void **state)
{
    static const struct turn turns[] = {
        {AB, KEEP, 0}, {AB, KEEP, 0}, {NULL, KEEP, 0}};
    static char large[6000];
    struct http_header h = {SLICE_INIT("X-A"), SLICE_INIT("b")};
    struct exchange_request rq = {
        .method = SLICE_INIT("POST"), .headers = &h, .n_headers = 1};
    struct exchange_answer an;
    struct net_client *c;
    struct slice body;
    struct err e;
    char url[64], want[256];

    (void)state;
    memset(large, 'x', sizeof(large));
    peer_start(&peer, turns);
    assert_int_equal(net_client_open(&c, net, &arena, &e), 0);
    snprintf(url, sizeof(url), "http://u:p@127.0.0.1:%u?q", peer.port);
    assert_int_equal(url_parse(&rq.url, slice_str(url), &e), 0);
    assert_int_equal(exchange(c, &rq, clock_steady_ms() + 2000, &an, &e), 0);
    assert_int_equal(exchange_body(&an, 2, &arena, &body, &e), 0);
    assert_true(slice_eq(body, SLICE("ab")));
    snprintf(want, sizeof(want),
             "POST /?q HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nX-A: b\r\n"
             "Authorization: Basic dTpw\r\nAccept-Encoding: identity\r\n"
             "Content-Length: 0\r\n\r\n",
             peer.port);
    assert_string_equal(peer.got, want);
    rq.body = slice_of(large, sizeof(large));
    assert_int_equal(exchange(c, &rq, clock_steady_ms() + 2000, &an, &e), 0);
    assert_int_equal(exchange_body(&an, 1, &arena, &body, &e), ERR_LIMIT);
    assert_non_null(strstr(peer.got, "Content-Length: 6000\r\n\r\nxxxxx"));
    assert_true(
        slice_eq(exchange_header(&an, SLICE("content-length")), SLICE("2")));
    net_client_close(c);
    peer_stop(&peer);
    assert_int_equal(peer.connections, 1);
}

static void *
cancel_soon(void *ctx)
{
    usleep(100000);
    net_client_cancel(ctx);
    return NULL;
}

static void
gives_up(void **state)
{
    static const struct turn turns[] = {{"", HANG, 0}, {NULL, KEEP, 0}};
    int64_t now = clock_steady_ms();
    struct net_client *c;
    struct buf body = {0};
    pthread_t other;
    struct err e;

    (void)state;
    peer_start(&peer, turns);
    assert_int_equal(net_client_open(&c, net, &arena, &e), 0);
    assert_int_equal(pthread_create(&other, NULL, cancel_soon, c), 0);
    assert_int_equal(ask(c, "/", &body, &e), ERR_STOPPED);
    assert_true(clock_steady_ms() - now < 500);
    assert_int_equal(ask(c, "/", &body, &e), ERR_STOPPED);
    pthread_join(other, NULL);
    net_client_close(c);
    peer_stop(&peer);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_scripts),
        cmocka_unit_test(limits_heads),
        cmocka_unit_test(sends_requests),
        cmocka_unit_test(gives_up),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
