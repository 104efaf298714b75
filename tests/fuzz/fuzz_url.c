/*
 * Any bytes as a URL: it is refused, or its parts lie within it, and the
 * origin, written out again, is read as the same one.
 */
#include "net/http.h"
#include "net/url.h"

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

/* A request to it is one head, whatever was in the URL. */
static void
ask_for(const struct url *u)
{
    static char text[URL_MAX_BYTES + 1024], host[URL_MAX_BYTES];
    struct buf out = buf_over(text, sizeof(text));
    struct buf h = buf_over(host, sizeof(host));
    struct http_request rq = {.method = SLICE_INIT("GET"), .target = u->target};
    static struct http_head head;
    size_t seen = 0;

    url_put_host(&h, u);
    rq.host = buf_slice(&h);
    must(http_request_put(&out, &rq, NULL) == 0);
    must(http_head_end(buf_slice(&out), SLICE(""), &seen, NULL) ==
         (ssize_t)out.n);
    must(http_request_parse(&head, buf_slice(&out), NULL) == 0);
    must(head.n_headers == 2);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[URL_MAX_BYTES + 64];
    struct slice in = slice_of((const char *)data, size);
    struct buf b = buf_over(text, sizeof(text));
    struct url u, again;
    struct err e = {0};
    int rc = url_parse(&u, in, &e);

    if (rc < 0) {
        must((rc == ERR_SYNTAX || rc == ERR_LIMIT) && e.code == rc);
        return 0;
    }
    within(u.host, in);
    within(u.target, in);
    within(u.userinfo, in);
    must(u.host.n > 0 && (u.port > 0) == (u.scheme != URL_UNIX));
    url_put_origin(&b, &u);
    must(!b.full && url_parse(&again, buf_slice(&b), NULL) == 0);
    must(url_same_origin(&u, &again));
    ask_for(&u);
    return 0;
}
