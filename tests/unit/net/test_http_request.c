/* Requests of HTTP: read as a server does, written as a client does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/http.h"

static char out[256];

static const struct {
    const char *bytes;
    int rc;
    const char *method, *target;
} requests[] = {
    {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 0, "GET", "/"},
    {"HEAD /x?y HTTP/1.0\r\n\r\n", 0, "HEAD", "/x?y"},
    {"GET /\r\n\r\n", ERR_SYNTAX, "", ""},
    {"GET  / HTTP/1.1\r\n\r\n", ERR_SYNTAX, "", ""},
    {"GET / HTTP/1.1 x\r\n\r\n", ERR_SYNTAX, "", ""},
    {"GET / HTTP/2.0\r\n\r\n", ERR_SYNTAX, "", ""},
    {"G(T / HTTP/1.1\r\n\r\n", ERR_SYNTAX, "", ""},
    {" / HTTP/1.1\r\n\r\n", ERR_SYNTAX, "", ""},
    {"GET / HTTP/1.1\r\n a\r\n\r\n", ERR_SYNTAX, "", ""},
    {"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
     ERR_SYNTAX, "", ""},
    {"\r\n\r\n", ERR_SYNTAX, "", ""},
    {"", ERR_SYNTAX, "", ""},
};

static void
reads_requests(void **state)
{
    static struct http_head h;

    (void)state;
    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        print_message("%s\n", requests[i].bytes);
        assert_int_equal(
            http_request_parse(&h, slice_str(requests[i].bytes), NULL),
            requests[i].rc);
        if (requests[i].rc < 0)
            continue;
        assert_true(slice_eq(h.method, slice_str(requests[i].method)));
        assert_true(slice_eq(h.target, slice_str(requests[i].target)));
        assert_int_equal(h.framing, HTTP_NO_BODY);
    }
}

#define H(name, value)                      \
    {                                       \
        SLICE_INIT(name), SLICE_INIT(value) \
    }
#define RQ(m, o, t) \
    .method = SLICE_INIT(m), .origin = SLICE_INIT(o), .target = SLICE_INIT(t)

static const struct http_header some[] = {H("A", "b c"), H("X-Y", "")};
static const struct http_header hostile[] = {H("A", "b\r\nHost: evil")};
static const struct http_header unnamed[] = {H("A:", "b")};
static const struct http_header framing[] = {H("content-LENGTH", "1")};

static const struct {
    struct http_request rq;
    const char *text; /* NULL: ERR_SYNTAX */
} writes[] = {
    {{RQ("GET", "", "/a?b"), .host = SLICE_INIT("h:1")},
     "GET /a?b HTTP/1.1\r\nHost: h:1\r\nAccept-Encoding: identity\r\n\r\n"},
    {{RQ("POST", "", ""), .host = SLICE_INIT("h"), .with_length = true,
      .headers = some, .n_headers = 2},
     "POST / HTTP/1.1\r\nHost: h\r\nA: b c\r\nX-Y: \r\n"
     "Accept-Encoding: identity\r\nContent-Length: 0\r\n\r\n"},
    {{RQ("PUT", "http://h", "?q"), .host = SLICE_INIT("h"), .body_bytes = 12,
      .proxy_authorization = SLICE_INIT("Basic eA==")},
     "PUT http://h/?q HTTP/1.1\r\nHost: h\r\nProxy-Authorization: Basic eA=="
     "\r\nAccept-Encoding: identity\r\nContent-Length: 12\r\n\r\n"},
    {{RQ("CONNECT", "", "h:443"), .host = SLICE_INIT("h:443")},
     "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n"},
    {{RQ("GET", "", "/a b"), .host = SLICE_INIT("h")}, NULL},
    {{RQ("GET", "", "/\r\n"), .host = SLICE_INIT("h")}, NULL},
    {{RQ("GET /", "", "/"), .host = SLICE_INIT("h")}, NULL},
    {{RQ("", "", "/"), .host = SLICE_INIT("h")}, NULL},
    {{RQ("GET", "", "/"), .host = SLICE_INIT("")}, NULL},
    {{RQ("GET", "", "/"), .host = SLICE_INIT("h\r\nA: b")}, NULL},
    {{RQ("GET", "", "/"), .host = SLICE_INIT("h"), .headers = hostile,
      .n_headers = 1},
     NULL},
    {{RQ("GET", "", "/"), .host = SLICE_INIT("h"), .headers = unnamed,
      .n_headers = 1},
     NULL},
    {{RQ("GET", "", "/"), .host = SLICE_INIT("h"), .headers = framing,
      .n_headers = 1},
     NULL},
    {{RQ("GET", "", "/"), .host = SLICE_INIT("h"),
      .authorization = SLICE_INIT("a\nb")},
     NULL},
};

static void
writes_requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
        struct buf b = buf_over(out, sizeof(out));
        int rc = http_request_put(&b, &writes[i].rq, NULL);

        print_message("row %zu\n", i);
        assert_int_equal(rc, writes[i].text != NULL ? 0 : ERR_SYNTAX);
        if (rc < 0)
            continue;
        assert_int_equal(b.n, strlen(writes[i].text));
        assert_memory_equal(b.p, writes[i].text, b.n);
        b = buf_over(out, b.n - 1);
        assert_int_equal(http_request_put(&b, &writes[i].rq, NULL), ERR_LIMIT);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_requests),
        cmocka_unit_test(writes_requests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
