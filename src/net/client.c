#include "net/client.h"

#include "base/clock.h"

/* Interim answers before the answer; a server that sends more is broken. */
#define INTERIM_MAX 32

int
client_aim(struct net_client *c, const struct url *u, struct err *e)
{
    struct buf b = buf_over(c->name, sizeof(c->name) - 1);

    if (u->host.n > sizeof(c->host))
        return err_set(e, ERR_LIMIT, "a host of %zu bytes", u->host.n);
    if (!url_same_origin(&c->origin, u))
        c->old = false;
    memcpy(c->host, u->host.p, u->host.n);
    c->origin = *u;
    c->origin.host = slice_of(c->host, u->host.n);
    c->origin.target = c->origin.userinfo = SLICE("");
    c->proxy = proxy_for(&c->net->proxies, &c->origin);
    url_put_origin(&b, &c->origin);
    if (c->proxy != NULL) {
        buf_put(&b, SLICE(" through proxy "));
        url_put_origin(&b, &c->proxy->url);
    }
    c->name[b.n] = '\0';
    return 0;
}

bool
client_fits(const struct net_client *c, const struct url *u)
{
    return c->tcp.fd >= 0 && url_same_origin(&c->origin, u) &&
           (c->secure && tls_pending(c->tls) ? false
                                             : !tcp_stale(&c->tcp, c->secure));
}

void
client_close(struct net_client *c)
{
    if (c->secure)
        tls_close(c->tls);
    c->secure = false;
    tcp_close(&c->tcp);
}

ssize_t
client_read(struct net_client *c, char *p, size_t n, struct err *e)
{
    if (c->secure)
        return tls_read(c->tls, p, n, c->deadline_ms, e);
    return tcp_read(&c->tcp, p, n, c->deadline_ms, e);
}

ssize_t
client_fill(struct net_client *c, struct err *e)
{
    size_t room = CLIENT_IN_BYTES - c->in_n;
    ssize_t got;

    if (room > CLIENT_READ_BYTES)
        room = CLIENT_READ_BYTES;
    if (room == 0)
        return err_set(e, ERR_LIMIT, "headers of more than %d bytes",
                       HTTP_HEAD_MAX_BYTES);
    got = client_read(c, c->in + c->in_n, room, e);
    if (got > 0)
        c->in_n += (size_t)got;
    return got;
}

int
client_send(struct net_client *c, struct slice s, struct err *e)
{
    ssize_t sent;

    while (s.n > 0) {
        sent = c->secure ? tls_write(c->tls, s.p, s.n, c->deadline_ms, e)
                         : tcp_write(&c->tcp, s.p, s.n, c->deadline_ms, e);
        if (sent < 0)
            return (int)sent;
        s = slice_from(s, (size_t)sent);
    }
    return 0;
}

/* One whole head at the start of `in`. */
static int
read_one_head(struct net_client *c, struct slice method, struct err *e)
{
    size_t seen = 0;
    ssize_t n, got;

    for (;;) {
        n = http_head_end(slice_of(c->in, c->in_n), SLICE("HTTP/1."), &seen, e);
        if (n > 0)
            break;
        if (n != ERR_MORE)
            return (int)n;
        got = client_fill(c, e);
        if (got < 0)
            return (int)got;
        if (got == 0)
            return err_set(e, ERR_MORE, "the connection ended %s",
                           c->in_n == 0 ? "before an answer"
                                        : "within the answer's headers");
    }
    c->in_head = c->in_at = (size_t)n;
    return http_answer_parse(&c->head, slice_of(c->in, (size_t)n), method, e);
}

int
client_read_head(struct net_client *c, struct slice method, struct err *e)
{
    int rc;

    c->in_head = c->in_at = c->in_n = 0;
    for (int i = 0; i < INTERIM_MAX; i++) {
        rc = read_one_head(c, method, e);
        if (rc < 0)
            return rc;
        if (c->head.status >= 200)
            return 0;
        if (c->head.status == 101)
            return err_set(e, ERR_SYNTAX, "it changes to another protocol");
        c->in_n -= c->in_head;
        memmove(c->in, c->in + c->in_head, c->in_n);
    }
    return err_set(e, ERR_LIMIT, "more than %d interim answers", INTERIM_MAX);
}

/* What the proxy thought of CONNECT. */
static int
check_tunnel(const struct net_client *c, struct err *e)
{
    if (c->head.status == 407)
        return err_set(e, ERR_CONNECT,
                       "the proxy asks for %s user and password (407)",
                       c->proxy->authorization.n > 0 ? "another" : "a");
    if (c->head.status >= 300)
        return err_set(e, ERR_CONNECT, "the proxy answers %d to CONNECT",
                       c->head.status);
    if (c->in_at < c->in_n)
        return err_set(e, ERR_SYNTAX, "the proxy talks before the server");
    return 0;
}

/* Asks the proxy for a tunnel to the origin: RFC 9110 section 9.3.6. */
static int
open_tunnel(struct net_client *c, struct err *e)
{
    char host[CLIENT_HOST_MAX_BYTES + 16];
    struct buf b = buf_over(host, sizeof(host));
    struct buf out = buf_over(c->out, CLIENT_OUT_BYTES);
    struct http_request rq = {.method = SLICE("CONNECT"),
                              .origin = SLICE(""),
                              .authorization = SLICE("")};
    int rc;

    /* With its port always, even the scheme's own. */
    url_put_origin(&b, &c->origin);
    rq.target = rq.host = slice_from(buf_slice(&b), sizeof("https://") - 1);
    rq.proxy_authorization = c->proxy->authorization;
    rc = http_request_put(&out, &rq, e);
    if (rc == 0)
        rc = client_send(c, buf_slice(&out), e);
    if (rc == 0)
        rc = client_read_head(c, rq.method, e);
    return rc == 0 ? check_tunnel(c, e) : rc;
}

/* The socket, to the proxy if there is one, else to the origin. */
static int
open_socket(struct net_client *c, struct err *e)
{
    const struct url *u = c->proxy != NULL ? &c->proxy->url : &c->origin;
    struct addresses to;
    int rc;

    rc = address_find(c->resolver, u, c->tcp.stop_fd, c->deadline_ms, &to, e);
    return rc == 0 ? tcp_connect(&c->tcp, &to, c->deadline_ms, e) : rc;
}

/* All of a connection, once; it may be half open after an error. */
static int
connect_once(struct net_client *c, struct err *e)
{
    bool secure = c->origin.scheme == URL_HTTPS;
    int rc = open_socket(c, e);

    if (rc == 0 && secure && c->proxy != NULL)
        rc = open_tunnel(c, e);
    if (rc == 0 && secure) {
        rc = tls_start(c->tls, &c->tcp, c->origin.host, c->old, c->deadline_ms,
                       e);
        c->secure = rc == 0;
    }
    return rc;
}

int
client_connect(struct net_client *c, struct err *e)
{
    int rc = connect_once(c, e);

    if (rc == ERR_TLS && tls_wants_old(c->tls)) {
        client_close(c);
        c->old = true;
        rc = connect_once(c, e);
    }
    if (rc < 0)
        client_close(c);
    return rc;
}
