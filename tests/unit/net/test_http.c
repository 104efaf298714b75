/* Answers of HTTP, head and body, each case whole and byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/http.h"

#define OK "HTTP/1.1 200 OK\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

/* A whole answer, as a connection that then closes would bring it. */
static const struct {
    const char *method;
    const char *bytes;
    int rc; /* of all of it */
    int status;
    bool keep_alive;
    int64_t length;
    const char *body; /* that came before rc */
    const char *rest; /* left over behind the body */
} answers[] = {
    /* Lengths. */
    {"GET", OK "Content-Length: 2\r\n\r\nab", 0, 200, true, 2, "ab", ""},
    {"GET", OK "content-length:\t2 \r\n\r\nabc", 0, 200, true, 2, "ab", "c"},
    {"GET", OK "Content-Length: 0\r\n\r\n", 0, 200, true, 0, "", ""},
    {"GET", OK "Content-Length: 3\r\n\r\nab", ERR_MORE, 200, true, 3, "ab", ""},
    {"GET", OK "Content-Length: 999999999999999999\r\n\r\na", ERR_MORE, 200,
     true, 999999999999999999, "a", ""},
    /* Until the connection closes. */
    {"GET", OK "\r\nab", 0, 200, false, -1, "ab", ""},
    {"GET", OK "Connection: keep-alive\r\n\r\n", 0, 200, false, -1, "", ""},
    {"GET", "HTTP/1.0 200 OK\r\n\r\nab", 0, 200, false, -1, "ab", ""},
    /* Keeping the connection. */
    {"GET", OK "Connection: x, Close\r\nContent-Length: 0\r\n\r\n", 0, 200,
     false, 0, "", ""},
    {"GET", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", 0, 200, false, 1,
     "a", ""},
    {"GET",
     "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n",
     0, 200, true, 0, "", ""},
    {"GET",
     "HTTP/1.0 200 OK\r\nConnection: close\r\nConnection: keep-alive\r\n"
     "Content-Length: 0\r\n\r\n",
     0, 200, false, 0, "", ""},
    /* No body, whatever the headers say. */
    {"HEAD", OK "Content-Length: 5\r\n\r\n", 0, 200, true, 5, "", ""},
    {"HEAD", OK "Transfer-Encoding: chunked\r\n\r\n", 0, 200, true, -1, "", ""},
    {"GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 0, 304,
     true, 5, "", ""},
    {"GET", "HTTP/1.1 204 \r\n\r\nx", 0, 204, true, -1, "", "x"},
    {"CONNECT", "HTTP/1.1 200 \r\n\r\nx", 0, 200, true, -1, "", "x"},
    {"CONNECT", "HTTP/1.1 407 \r\nContent-Length: 1\r\n\r\nx", 0, 407, true, 1,
     "x", ""},
    {"GET", "HTTP/1.1 100 Continue\r\n\r\n", 0, 100, true, -1, "", ""},
    /* Chunks. */
    {"GET", CHUNKED "2\r\nab\r\n0\r\n\r\n", 0, 200, true, -1, "ab", ""},
    {"GET", CHUNKED "0\r\n\r\nz", 0, 200, true, -1, "", "z"},
    {"GET", CHUNKED "1\r\na\r\n0A\r\n0123456789\r\n000\r\n\r\n", 0, 200, true,
     -1, "a0123456789", ""},
    {"GET", CHUNKED "1;x=\"y;z\"\r\na\r\n1 ; q\r\nb\r\n0;e\r\n\r\n", 0, 200,
     true, -1, "ab", ""},
    {"GET", CHUNKED "1\r\na\r\n0\r\nX: y\r\nZ:\r\n\r\nr", 0, 200, true, -1, "a",
     "r"},
    {"GET", CHUNKED "2\r\nab", ERR_MORE, 200, true, -1, "ab", ""},
    {"GET", CHUNKED "2\r\nab\r\n", ERR_MORE, 200, true, -1, "ab", ""},
    {"GET", CHUNKED "2\r\nab\r\n0\r\n", ERR_MORE, 200, true, -1, "ab", ""},
    {"GET", CHUNKED "2\r\nab\r\n0\r\nX: y\r\n", ERR_MORE, 200, true, -1, "ab",
     ""},
    {"GET", CHUNKED "", ERR_MORE, 200, true, -1, "", ""},
    {"GET", CHUNKED "2\r\nabc\r\n", ERR_SYNTAX, 200, true, -1, "ab", ""},
    {"GET", CHUNKED "2\nab\r\n0\r\n\r\n", ERR_SYNTAX, 200, true, -1, "", ""},
    {"GET", CHUNKED "\r\n", ERR_SYNTAX, 200, true, -1, "", ""},
    {"GET", CHUNKED ";x\r\n", ERR_SYNTAX, 200, true, -1, "", ""},
    {"GET", CHUNKED "-1\r\n", ERR_SYNTAX, 200, true, -1, "", ""},
    {"GET", CHUNKED "g\r\n", ERR_SYNTAX, 200, true, -1, "", ""},
    {"GET", CHUNKED "1\rxa\r\n", ERR_SYNTAX, 200, true, -1, "", ""},
    {"GET", CHUNKED "1;\nx\r\na", ERR_SYNTAX, 200, true, -1, "", ""},
    {"GET", CHUNKED "0\r\nX\ny\r\n\r\n", ERR_SYNTAX, 200, true, -1, "", ""},
    {"GET", CHUNKED "0\r\n\rx", ERR_SYNTAX, 200, true, -1, "", ""},
    {"GET", CHUNKED "fffffffffffffff0\r\n", ERR_LIMIT, 200, true, -1, "", ""},
    {"GET", OK "Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n", 0, 200, true, -1,
     "", ""},
    /* Status lines. */
    {"GET", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 0, 200, true, 0, "",
     ""},
    {"GET", "HTTP/1.9 599 x y\r\nContent-Length: 0\r\n\r\n", 0, 599, true, 0,
     "", ""},
    /* Headers. */
    {"GET", OK "A: \xff\tb:c\r\nContent-Length: 0\r\n\r\n", 0, 200, true, 0, "",
     ""},
};

/* Heads that there is nothing to be had from. */
static const struct {
    const char *bytes;
    int rc;
} refused[] = {
    {OK "Content-Length: 2\r\nContent-Length: 2\r\n\r\nab", ERR_SYNTAX},
    {OK "Content-Length: 2, 2\r\n\r\nab", ERR_SYNTAX},
    {OK "Content-Length: +2\r\n\r\nab", ERR_SYNTAX},
    {OK "Content-Length: -1\r\n\r\n", ERR_SYNTAX},
    {OK "Content-Length: 0x2\r\n\r\nab", ERR_SYNTAX},
    {OK "Content-Length:\r\n\r\nab", ERR_SYNTAX},
    {OK "Content-Length: 9999999999999999999\r\n\r\n", ERR_SYNTAX},
    {OK "Transfer-Encoding: gzip, chunked\r\n\r\n", ERR_SYNTAX},
    {OK "Transfer-Encoding: identity\r\n\r\n", ERR_SYNTAX},
    {OK "Transfer-Encoding:\r\n\r\n", ERR_SYNTAX},
    {OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
     ERR_SYNTAX},
    {OK "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", ERR_SYNTAX},
    {OK "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", ERR_SYNTAX},
    {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", ERR_SYNTAX},
    {"HTTP/1.0 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
     "\r\n",
     ERR_SYNTAX},
    {"HTTP/2 200\r\n\r\n", ERR_SYNTAX},
    {"HTTP/1.1  200 OK\r\n\r\n", ERR_SYNTAX},
    {"HTTP/1.1 20 OK\r\n\r\n", ERR_SYNTAX},
    {"HTTP/1.1 2000\r\n\r\n", ERR_SYNTAX},
    {"HTTP/1.1 099 x\r\n\r\n", ERR_SYNTAX},
    {"HTTP/1.1 600 x\r\n\r\n", ERR_SYNTAX},
    {"HTTP/1.1\r\n\r\n", ERR_SYNTAX},
    {"\r\nHTTP/1.1 200 OK\r\n\r\n", ERR_SYNTAX},
    {"SSH-2.0-x\r\n", ERR_SYNTAX},
    {"http/1.1 200 OK\r\n\r\n", ERR_SYNTAX},
    {OK "A: b\r\n c\r\n\r\n", ERR_SYNTAX},
    {OK " A: b\r\n\r\n", ERR_SYNTAX},
    {OK "A : b\r\n\r\n", ERR_SYNTAX},
    {OK ": b\r\n\r\n", ERR_SYNTAX},
    {OK "A\r\n\r\n", ERR_SYNTAX},
    {OK "A\x80: b\r\n\r\n", ERR_SYNTAX},
    {OK "A: b\rc\r\n\r\n", ERR_SYNTAX},
    {OK "A: b\nC: d\r\n\r\n", ERR_SYNTAX},
    {OK "A: b\n\n", ERR_SYNTAX},
    {OK "A: \x01\r\n\r\n", ERR_SYNTAX},
    {OK "A: \x7f\r\n\r\n", ERR_SYNTAX},
    {"", ERR_MORE},
    {"HTT", ERR_MORE},
    {OK, ERR_MORE},
    {OK "A: b\r\n", ERR_MORE},
    {OK "A: b\r\n\r", ERR_MORE},
};

static char out[256];

/* Reads the head of a case as it would come in pieces of `step` bytes. */
static int
take_head(struct http_head *h, struct slice all, size_t step,
          struct slice method, size_t *head_n)
{
    struct err e;
    size_t seen = 0;
    ssize_t n = ERR_MORE;

    for (size_t have = 0; n == ERR_MORE && have <= all.n; have += step) {
        n = http_head_end(slice_head(all, have), SLICE("HTTP/1."), &seen, &e);
        if (have < all.n && have + step > all.n)
            have = all.n - step;
    }
    if (n < 0)
        return (int)n;
    *head_n = (size_t)n;
    return http_answer_parse(h, slice_head(all, (size_t)n), method, &e);
}

/* Its body likewise; *used is how many bytes belonged to it. */
static int
take_body(const struct http_head *h, struct slice all, size_t step,
          struct buf *body, size_t *used)
{
    struct http_body b;
    struct slice data;
    struct err e;
    ssize_t n;

    *used = 0;
    http_body_init(&b, h);
    while (!b.done && *used < all.n) {
        n = http_body_next(&b, slice_head(slice_from(all, *used), step), &data,
                           &e);
        if (n < 0)
            return (int)n;
        assert_true(n > 0);
        assert_true(data.n <= (size_t)n);
        buf_put(body, data);
        *used += (size_t)n;
    }
    return b.done ? 0 : http_body_end(&b, &e);
}

static void
one_answer(size_t i, size_t step)
{
    static struct http_head h;
    struct slice all = slice_str(answers[i].bytes);
    struct buf body = buf_over(out, sizeof(out));
    size_t head_n, used;
    int rc;

    rc = take_head(&h, all, step, slice_str(answers[i].method), &head_n);
    assert_int_equal(rc, 0);
    assert_int_equal(h.status, answers[i].status);
    assert_int_equal(h.keep_alive, answers[i].keep_alive);
    assert_int_equal(h.length, answers[i].length);
    all = slice_from(all, head_n);
    assert_int_equal(take_body(&h, all, step, &body, &used), answers[i].rc);
    assert_int_equal(body.n, strlen(answers[i].body));
    assert_memory_equal(body.p, answers[i].body, body.n);
    if (answers[i].rc == 0) {
        assert_int_equal(all.n - used, strlen(answers[i].rest));
        assert_memory_equal(all.p + used, answers[i].rest, all.n - used);
    }
}

static const size_t steps[] = {100000, 1, 2, 3, 7};

static void
refuses_heads(void **state)
{
    static struct http_head h;
    size_t n;

    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        print_message("%s\n", refused[i].bytes);
        for (size_t k = 0; k < sizeof(steps) / sizeof(steps[0]); k++)
            assert_int_equal(take_head(&h, slice_str(refused[i].bytes),
                                       steps[k], SLICE("GET"), &n),
                             refused[i].rc);
    }
}

static void
reads_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        print_message("%s %s\n", answers[i].method, answers[i].bytes);
        for (size_t k = 0; k < sizeof(steps) / sizeof(steps[0]); k++)
            one_answer(i, steps[k]);
    }
}

static void
refuses_zero_bytes(void **state)
{
    static const char head[] = OK "A: b\0c\r\n\r\n";
    static struct http_head h;
    size_t seen = 0;

    (void)state;
    assert_int_equal(http_head_end(slice_of(head, sizeof(head) - 1),
                                   SLICE("HTTP/1."), &seen, NULL),
                     ERR_SYNTAX);
    assert_int_equal(http_answer_parse(&h, slice_of(head, sizeof(head) - 1),
                                       SLICE("GET"), NULL),
                     ERR_SYNTAX);
}

static char big[HTTP_HEAD_MAX_BYTES + 4096];

/* A head of exactly n bytes. */
static struct slice
head_of(size_t n)
{
    size_t first = sizeof(OK "A: ") - 1;

    memcpy(big, OK "A: ", first);
    memset(big + first, 'x', n - first - 4);
    memcpy(big + n - 4, "\r\n\r\n", 4);
    return slice_of(big, n);
}

static void
limits_heads(void **state)
{
    static struct http_head h;
    struct buf b = buf_over(big, sizeof(big));
    struct slice s = head_of(HTTP_HEAD_MAX_BYTES);
    size_t seen = 0;

    (void)state;
    assert_int_equal(http_head_end(s, SLICE(""), &seen, NULL), s.n);
    assert_int_equal(http_answer_parse(&h, s, SLICE("GET"), NULL), 0);
    s = head_of(HTTP_HEAD_MAX_BYTES + 1);
    seen = 0;
    assert_int_equal(http_head_end(s, SLICE(""), &seen, NULL), ERR_LIMIT);
    for (int extra = 0; extra < 2; extra++) {
        b.n = 0;
        buf_put(&b, SLICE(OK));
        for (int i = 0; i < HTTP_HEADERS_MAX + extra; i++)
            buf_fmt(&b, "H%d: v%d\r\n", i, i);
        buf_put(&b, SLICE("\r\n"));
        assert_int_equal(
            http_answer_parse(&h, buf_slice(&b), SLICE("GET"), NULL),
            extra ? ERR_LIMIT : 0);
    }
    s = http_header_get(h.headers, h.n_headers, SLICE("h99"));
    assert_true(slice_eq(s, SLICE("v99")));
    s = http_header_get(h.headers, h.n_headers, SLICE("h100"));
    assert_null(s.p);
}

/* Framing that never ends is cut off: extensions and trailers. */
static void
limits_framing(void **state)
{
    static struct http_head h;
    struct http_body b;
    struct slice data;
    struct err e;
    ssize_t n;

    (void)state;
    assert_int_equal(http_answer_parse(&h, SLICE(CHUNKED), SLICE("GET"), NULL),
                     0);
    for (int trailers = 0; trailers < 2; trailers++) {
        http_body_init(&b, &h);
        n = trailers ? http_body_next(&b, SLICE("0\r\n"), &data, &e)
                     : http_body_next(&b, SLICE("1;"), &data, &e);
        assert_true(n > 0);
        memset(big, 'x', sizeof(big));
        n = http_body_next(&b, slice_of(big, sizeof(big)), &data, &e);
        assert_int_equal(n, ERR_LIMIT);
    }
}

static void
asks_of_headers(void **state)
{
    (void)state;
    assert_true(http_header_has(SLICE("a, b ,C"), SLICE("c")));
    assert_true(http_header_has(SLICE("close"), SLICE("Close")));
    assert_false(http_header_has(SLICE("closed, enclose"), SLICE("close")));
    assert_false(http_header_has(SLICE(""), SLICE("close")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_answers),      cmocka_unit_test(refuses_heads),
        cmocka_unit_test(refuses_zero_bytes), cmocka_unit_test(limits_heads),
        cmocka_unit_test(limits_framing),     cmocka_unit_test(asks_of_headers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
