#include "base/text.h"
#include "net/http.h"
#include "net/url.h"

/* Written by http_request_put() itself, or what would break the framing. */
static const struct slice reserved[] = {
    SLICE_INIT("host"),
    SLICE_INIT("content-length"),
    SLICE_INIT("connection"),
    SLICE_INIT("transfer-encoding"),
    SLICE_INIT("te"),
    SLICE_INIT("accept-encoding"),
    SLICE_INIT("upgrade"),
    SLICE_INIT("expect"),
    SLICE_INIT("proxy-authorization"),
};

/* RFC 9110 section 5.6.2, without the characters no header of ours has. */
static bool
is_name(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = text_lower(s.p[i]);

        if (!(c >= 'a' && c <= 'z') && !text_digit(c) && c != '-' && c != '_')
            return false;
    }
    return s.n > 0;
}

/* A value with a line end in it would add headers, or a whole request. */
static bool
is_value(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (((unsigned char)s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] == 0x7f)
            return false;
    return true;
}

static void
put_header(struct buf *b, struct slice name, struct slice value)
{
    buf_put(b, name);
    buf_put(b, SLICE(": "));
    buf_put(b, value);
    buf_put(b, SLICE("\r\n"));
}

static int
put_headers(struct buf *b, const struct http_request *rq, struct err *e)
{
    for (size_t i = 0; i < rq->n_headers; i++) {
        struct http_header h = rq->headers[i];

        if (!is_name(h.name))
            return err_set(e, ERR_SYNTAX, "a header's name is no name");
        if (!is_value(h.value))
            return err_set(e, ERR_SYNTAX,
                           "a control character in the value of header %.*s",
                           SLICE_FMT(slice_head(h.name, 64)));
        for (size_t k = 0; k < sizeof(reserved) / sizeof(reserved[0]); k++)
            if (text_eq_fold(h.name, reserved[k]))
                return err_set(e, ERR_SYNTAX, "header %.*s is set by itself",
                               SLICE_FMT(h.name));
        put_header(b, h.name, h.value);
    }
    return 0;
}

static int
put_line(struct buf *b, const struct http_request *rq, struct err *e)
{
    bool connect = slice_eq(rq->method, SLICE("CONNECT"));

    if (!is_name(rq->method))
        return err_set(e, ERR_SYNTAX, "a method that is none");
    if (!url_is_target(rq->target) || !url_is_target(rq->origin))
        return err_set(e, ERR_SYNTAX,
                       "a character in the target must be encoded with %%");
    buf_put(b, rq->method);
    buf_byte(b, ' ');
    buf_put(b, rq->origin);
    if (!connect && (rq->target.n == 0 || rq->target.p[0] != '/'))
        buf_byte(b, '/');
    buf_put(b, rq->target);
    buf_put(b, SLICE(" HTTP/1.1\r\n"));
    return 0;
}

int
http_request_put(struct buf *b, const struct http_request *rq, struct err *e)
{
    int rc = put_line(b, rq, e);

    if (rc < 0)
        return rc;
    if (rq->host.n == 0 || !url_is_target(rq->host))
        return err_set(e, ERR_SYNTAX, "a host that is none");
    put_header(b, SLICE("Host"), rq->host);
    rc = put_headers(b, rq, e);
    if (rc < 0)
        return rc;
    if (!is_value(rq->authorization) || !is_value(rq->proxy_authorization))
        return err_set(e, ERR_SYNTAX, "a control character in credentials");
    if (rq->authorization.n > 0)
        put_header(b, SLICE("Authorization"), rq->authorization);
    if (rq->proxy_authorization.n > 0)
        put_header(b, SLICE("Proxy-Authorization"), rq->proxy_authorization);
    if (!slice_eq(rq->method, SLICE("CONNECT"))) /* bodies as they are */
        put_header(b, SLICE("Accept-Encoding"), SLICE("identity"));
    if (rq->with_length || rq->body_bytes > 0) {
        buf_put(b, SLICE("Content-Length: "));
        buf_u64(b, rq->body_bytes);
        buf_put(b, SLICE("\r\n"));
    }
    buf_put(b, SLICE("\r\n"));
    if (b->full)
        return err_set(e, ERR_LIMIT, "the request's headers are over %zu bytes",
                       b->max);
    return 0;
}
