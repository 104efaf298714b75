/*
 * Any bytes as an answer of HTTP, in pieces of any size: it is refused, or
 * its body is no longer than what came, the same however it was cut, and
 * none of the views leaves the bytes.
 */
#include "net/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
    if (!holds)
        __builtin_trap();
}

static void
within(struct slice s, struct slice all)
{
    must(s.n == 0 || (s.p >= all.p && s.p + s.n <= all.p + all.n));
}

/* The body in steps: what it ends with, its length, and a sum over it. */
static int
take_body(const struct http_head *h, struct slice all, size_t step, size_t *n,
          uint64_t *sum)
{
    struct http_body b;
    struct slice in, data;
    ssize_t used;

    *n = 0;
    *sum = 0;
    http_body_init(&b, h);
    while (!b.done && all.n > 0) {
        in = slice_head(all, step);
        used = http_body_next(&b, in, &data, NULL);
        if (used < 0)
            return (int)used;
        must(used > 0 && (size_t)used <= in.n);
        within(data, slice_head(in, (size_t)used));
        for (size_t i = 0; i < data.n; i++)
            *sum = *sum * 31 + (unsigned char)data.p[i];
        *n += data.n;
        all = slice_from(all, (size_t)used);
    }
    return b.done ? 0 : http_body_end(&b, NULL);
}

static void
look_at(const struct http_head *h, struct slice head, struct slice rest,
        size_t step)
{
    size_t n1, n2;
    uint64_t sum1, sum2;
    int rc1, rc2;

    must(h->status >= 100 && h->status <= 599);
    must(h->n_headers <= HTTP_HEADERS_MAX);
    must(h->framing != HTTP_LENGTH || h->length >= 0);
    for (size_t i = 0; i < h->n_headers; i++) {
        within(h->headers[i].name, head);
        within(h->headers[i].value, head);
        must(h->headers[i].name.n > 0);
    }
    rc1 = take_body(h, rest, rest.n + 1, &n1, &sum1);
    rc2 = take_body(h, rest, step, &n2, &sum2);
    must(rc1 == rc2);
    must(rc1 < 0 || (n1 == n2 && sum1 == sum2));
    must(n1 <= rest.n && n2 <= rest.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct slice methods[] = {
        SLICE_INIT("GET"), SLICE_INIT("HEAD"), SLICE_INIT("CONNECT")};
    static struct http_head h;
    struct slice in;
    size_t seen = 0, step, seen2 = 0;
    ssize_t n, m = ERR_MORE;

    if (size < 2)
        return 0;
    step = 1 + data[0] % 16;
    in = slice_of((const char *)data + 2, size - 2);
    n = http_head_end(in, SLICE("HTTP/1."), &seen, NULL);
    for (size_t have = 0; m == ERR_MORE && have < in.n; have += step)
        m = http_head_end(slice_head(in, have + step), SLICE("HTTP/1."), &seen2,
                          NULL);
    must(m == n || in.n == 0);
    if (http_request_parse(&h, in, NULL) == 0) {
        within(h.method, in);
        within(h.target, in);
    }
    if (n <= 0) {
        must(n == ERR_MORE || n == ERR_SYNTAX || n == ERR_LIMIT);
        return 0;
    }
    if (http_answer_parse(&h, slice_head(in, (size_t)n), methods[data[1] % 3],
                          NULL) == 0)
        look_at(&h, slice_head(in, (size_t)n), slice_from(in, (size_t)n), step);
    return 0;
}
