#include "net/exchange.h"

#include "base/clock.h"
#include "base/text.h"
#include "net/client.h"

/* What is left of an earlier body is worth reading if it is this short and
 * comes this fast; a new connection costs about as much. */
#define REST_MAX_BYTES (32u << 10)
#define REST_MS 200

/* The sentence in e, with the name of the other side before it. */
static int
blame(const struct net_client *c, int rc, struct err *e)
{
    struct err why;

    if (e == NULL)
        return rc;
    why = *e;
    return err_set(e, rc, "%s: %s", c->name, why.text);
}

/* The body is over, well or not: keeps the connection or closes it. */
static void
finish(struct net_client *c)
{
    if (c->body_rc < 0 || !c->head.keep_alive || c->in_at != c->in_n)
        client_close(c);
}

/* Bytes of the body that are in the buffer, after framing that is. */
static ssize_t
take_buffered(struct net_client *c, char *p, size_t n, struct err *e)
{
    struct slice left, data;
    uint64_t plain;
    ssize_t used;

    while (c->in_at < c->in_n && !c->body.done) {
        left = slice_of(c->in + c->in_at, c->in_n - c->in_at);
        plain = http_body_plain(&c->body);
        if (plain > 0) {
            left = slice_head(left, n);
            if (left.n > plain)
                left.n = (size_t)plain;
            memcpy(p, left.p, left.n);
            http_body_skip(&c->body, left.n);
            c->in_at += left.n;
            return (ssize_t)left.n;
        }
        /* Framing, byte by byte: so it cannot run into data. */
        used = http_body_next(&c->body, slice_head(left, 1), &data, e);
        if (used < 0)
            return used;
        c->in_at += (size_t)used;
    }
    return 0;
}

/* More from the connection: straight to the reader where it is all body. */
static ssize_t
take_fresh(struct net_client *c, char *p, size_t n, struct err *e)
{
    uint64_t plain = http_body_plain(&c->body);
    ssize_t got;

    c->in_at = c->in_n = c->in_head;
    if (plain == 0) {
        got = client_fill(c, e);
        return got != 0 ? (got < 0 ? got : 0) : http_body_end(&c->body, e);
    }
    got = client_read(c, p, n < plain ? n : (size_t)plain, e);
    if (got > 0)
        http_body_skip(&c->body, (uint64_t)got);
    return got != 0 ? got : http_body_end(&c->body, e);
}

/* The stream of an answer's body. */
static ssize_t
body_read(void *ctx, char *p, size_t n, struct err *e)
{
    struct net_client *c = ctx;
    ssize_t got = 0;

    if (c->body_rc < 0)
        return err_set(e, c->body_rc, "%s: %s", c->name, err_text(c->body_rc));
    if (c->body.done)
        return 0;
    while (got == 0 && !c->body.done) {
        got = take_buffered(c, p, n, e);
        if (got == 0 && !c->body.done)
            got = take_fresh(c, p, n, e);
    }
    if (got < 0) {
        c->body_rc = (int)got;
        blame(c, c->body_rc, e);
    }
    if (got < 0 || c->body.done)
        finish(c);
    return got;
}

/* Makes way for the next request; a body nobody wanted may be in it. */
static void
clear_rest(struct net_client *c, int64_t deadline_ms)
{
    int64_t soon = clock_steady_ms() + REST_MS;
    size_t total = 0;
    ssize_t got = 1;

    if (c->tcp.fd < 0 || c->body.done)
        return;
    c->deadline_ms = soon < deadline_ms ? soon : deadline_ms;
    while (got > 0 && total < REST_MAX_BYTES &&
           (c->body.framing != HTTP_LENGTH || c->body.left < REST_MAX_BYTES)) {
        got = body_read(c, c->out, CLIENT_OUT_BYTES, NULL);
        total += got > 0 ? (size_t)got : 0;
    }
    if (!c->body.done)
        client_close(c);
}

/* Whether the method has a body by its nature, so that none is length 0. */
static bool
wants_length(struct slice method)
{
    return slice_eq(method, SLICE("POST")) || slice_eq(method, SLICE("PUT")) ||
           slice_eq(method, SLICE("PATCH"));
}

static int
put_head(struct net_client *c, const struct exchange_request *rq,
         struct buf *out, struct err *e)
{
    char host[CLIENT_HOST_MAX_BYTES + 16], origin[CLIENT_HOST_MAX_BYTES + 32];
    char basic[1024];
    struct buf h = buf_over(host, sizeof(host));
    struct buf o = buf_over(origin, sizeof(origin));
    struct buf auth = buf_over(basic, sizeof(basic));
    struct http_request hr = {.method = rq->method,
                              .target = rq->url.target,
                              .headers = rq->headers,
                              .n_headers = rq->n_headers,
                              .body_bytes = rq->body.n,
                              .with_length = wants_length(rq->method)};
    int rc = 0;

    url_put_host(&h, &c->origin);
    if (c->proxy != NULL && !c->secure) {
        /* To a proxy, the whole URL: RFC 9112 section 3.2.2. */
        buf_put(&o, SLICE("http://"));
        buf_put(&o, buf_slice(&h));
        hr.proxy_authorization = c->proxy->authorization;
    }
    if (rq->url.userinfo.n > 0 &&
        http_header_get(rq->headers, rq->n_headers, SLICE("authorization")).p ==
            NULL)
        rc = basic_put(&auth, rq->url.userinfo, e);
    hr.authorization = buf_slice(&auth);
    hr.host = buf_slice(&h);
    hr.origin = buf_slice(&o);
    return rc == 0 ? http_request_put(out, &hr, e) : rc;
}

/* Sends all of a request and reads the head of its answer. */
static int
talk(struct net_client *c, const struct exchange_request *rq, struct err *e)
{
    struct buf out = buf_over(c->out, CLIENT_OUT_BYTES);
    struct slice body = rq->body;
    int rc = put_head(c, rq, &out, e);

    if (rc < 0)
        return rc;
    c->in_n = 0;
    if (body.n <= out.max - out.n) { /* one packet instead of two */
        buf_put(&out, body);
        body.n = 0;
    }
    rc = client_send(c, buf_slice(&out), e);
    if (rc == 0)
        rc = client_send(c, body, e);
    return rc == 0 ? client_read_head(c, rq->method, e) : rc;
}

/* Over the connection there is, or a new one; a new one too when the old one
 * turns out to have been closed and nothing of an answer came over it. */
static int
talk_somehow(struct net_client *c, const struct exchange_request *rq,
             struct err *e)
{
    bool old = client_fits(c, &rq->url);
    int rc;

    if (old) {
        rc = talk(c, rq, e);
        if (rc == 0)
            return 0;
        if (c->in_n > 0 || (rc != ERR_IO && rc != ERR_MORE && rc != ERR_TLS))
            return rc;
    }
    client_close(c);
    rc = client_aim(c, &rq->url, e);
    if (rc == 0)
        rc = client_connect(c, e);
    return rc == 0 ? talk(c, rq, e) : rc;
}

int
exchange(struct net_client *c, const struct exchange_request *rq,
         int64_t deadline_ms, struct exchange_answer *an, struct err *e)
{
    int rc;

    clear_rest(c, deadline_ms);
    c->deadline_ms = deadline_ms;
    c->in_n = c->in_at = c->in_head = 0;
    c->body = (struct http_body){.done = true};
    c->body_rc = 0;
    rc = talk_somehow(c, rq, e);
    if (rc < 0) {
        client_close(c);
        return blame(c, rc, e);
    }
    http_body_init(&c->body, &c->head);
    an->status = c->head.status;
    an->n_headers = c->head.n_headers;
    memcpy(an->headers, c->head.headers,
           c->head.n_headers * sizeof(c->head.headers[0]));
    an->content_length = c->head.length;
    an->body = (struct stream){.read = body_read, .ctx = c};
    if (c->body.done)
        finish(c);
    return 0;
}

void
exchange_extend(const struct exchange_answer *an, int64_t deadline_ms)
{
    struct net_client *c = an->body.ctx;

    c->deadline_ms = deadline_ms;
}

int
exchange_body(struct exchange_answer *an, size_t max, struct arena *arena,
              struct slice *body, struct err *e)
{
    struct buf b = arena_open(arena);
    const struct net_client *c = an->body.ctx;
    ssize_t got;
    char more;

    if (c->body.framing == HTTP_LENGTH && (uint64_t)an->content_length > max)
        return err_set(e, ERR_LIMIT, "%s: an answer of over %zu bytes", c->name,
                       max);
    for (;;) {
        size_t room = b.max - b.n;

        if (room > max - b.n)
            room = max - b.n;
        got = room > 0 ? stream_read(&an->body, b.p + b.n, room, e)
                       : stream_read(&an->body, &more, 1, e);
        if (got <= 0)
            break;
        if (room == 0)
            return max == b.n
                       ? err_set(e, ERR_LIMIT,
                                 "%s: an answer of over %zu bytes", c->name,
                                 max)
                       : err_set(e, ERR_MEMORY, "%s: no memory for the answer",
                                 c->name);
        b.n += (size_t)got;
    }
    if (got < 0)
        return (int)got;
    *body = arena_keep(arena, &b);
    return 0;
}

struct slice
exchange_header(const struct exchange_answer *an, struct slice name)
{
    return http_header_get(an->headers, an->n_headers, name);
}
