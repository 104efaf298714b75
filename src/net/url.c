#include "net/url.h"

#include <arpa/inet.h>

#include "base/text.h"

static const struct {
    struct slice text;
    uint16_t port;
} schemes[] = {
    [URL_HTTP] = {SLICE_INIT("http://"), 80},
    [URL_HTTPS] = {SLICE_INIT("https://"), 443},
    [URL_UNIX] = {SLICE_INIT("http+unix://"), 0},
};

static int
wrong(struct err *e, const char *what)
{
    return err_set(e, ERR_SYNTAX, "the URL %s", what);
}

static bool
is_alnum(char c)
{
    return text_digit(c) || (text_lower(c) >= 'a' && text_lower(c) <= 'z');
}

static bool
is_hex(char c)
{
    return text_digit(c) || (text_lower(c) >= 'a' && text_lower(c) <= 'f');
}

bool
url_is_target(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] > '~' ||
            memchr("\"<>\\^`{|}#", s.p[i], 10) != NULL)
            return false;
    return true;
}

/*
 * Names as resolvers take them: letters, digits, '-', '.' and '_', which
 * container networks use.  Anything more, and what we connect to and what we
 * compare with the certificate might not be the same.
 */
static int
check_name(struct slice host, struct err *e)
{
    if (host.n == 0)
        return wrong(e, "names no host");
    if (host.n > URL_HOST_MAX_BYTES)
        return err_set(e, ERR_LIMIT, "the URL's host is longer than %d bytes",
                       URL_HOST_MAX_BYTES);
    for (size_t i = 0; i < host.n; i++)
        if (!is_alnum(host.p[i]) && memchr("-._", host.p[i], 3) == NULL)
            return wrong(e, "has a host with a character that no name has");
    return 0;
}

static int
check_ipv6(struct slice host, struct err *e)
{
    char text[INET6_ADDRSTRLEN], out[16];

    if (host.n < sizeof(text)) {
        memcpy(text, host.p, host.n);
        text[host.n] = '\0';
        if (memchr(text, '\0', host.n) == NULL &&
            inet_pton(AF_INET6, text, out) == 1)
            return 0;
    }
    return wrong(e, "has no IPv6 address between its brackets");
}

/* A socket's path: whole escapes, no zero byte, as long as the kernel takes. */
static int
check_socket(struct slice path, struct err *e)
{
    size_t n = 0;

    if (path.n == 0)
        return wrong(e, "names no socket");
    for (size_t i = 0; i < path.n; i++, n++) {
        if (path.p[i] != '%')
            continue;
        if (path.n - i < 3 || !is_hex(path.p[i + 1]) || !is_hex(path.p[i + 2]))
            return wrong(e, "has a % without two hexadecimal digits");
        if (path.p[i + 1] == '0' && path.p[i + 2] == '0')
            return wrong(e, "has a zero byte in the socket's path");
        i += 2;
    }
    if (n > URL_SOCKET_MAX_BYTES)
        return err_set(e, ERR_LIMIT, "the socket's path is over %d bytes",
                       URL_SOCKET_MAX_BYTES);
    return url_is_target(path) ? 0 : wrong(e, "has a path not encoded with %");
}

static int
parse_port(struct url *u, struct slice text, struct err *e)
{
    unsigned port = 0;

    if (text.n == 0 || text.n > 5)
        return wrong(e, "has no port from 1 to 65535 after its colon");
    for (size_t i = 0; i < text.n; i++) {
        if (!text_digit(text.p[i]))
            return wrong(e, "has a port that is no number");
        port = port * 10 + (unsigned)(text.p[i] - '0');
    }
    if (port < 1 || port > 65535)
        return wrong(e, "has no port from 1 to 65535 after its colon");
    u->port = (uint16_t)port;
    return 0;
}

/* host, host:port, [address], [address]:port. */
static int
parse_host(struct url *u, struct slice text, struct err *e)
{
    size_t end;
    int rc;

    if (text.n > 0 && text.p[0] == '[') {
        end = slice_chr(text, ']');
        if (end == text.n)
            return wrong(e, "has a [ without its ]");
        u->host = slice_of(text.p + 1, end - 1);
        text = slice_from(text, end + 1);
        rc = check_ipv6(u->host, e);
        if (rc == 0 && text.n > 0 && text.p[0] != ':')
            rc = wrong(e, "has something between ] and the port");
    } else {
        end = slice_chr(text, ':');
        u->host = slice_head(text, end);
        text = slice_from(text, end);
        rc = check_name(u->host, e);
    }
    if (rc < 0 || text.n == 0)
        return rc;
    return parse_port(u, slice_from(text, 1), e);
}

static int
parse_authority(struct url *u, struct slice text, struct err *e)
{
    size_t at = slice_rchr(text, '@');

    if (u->scheme == URL_UNIX) {
        u->host = text;
        return check_socket(text, e);
    }
    if (at < text.n) {
        u->userinfo = slice_head(text, at);
        text = slice_from(text, at + 1);
        if (!url_is_target(u->userinfo))
            return wrong(e, "has a user or password not encoded with %");
    }
    return parse_host(u, text, e);
}

int
url_parse(struct url *u, struct slice text, struct err *e)
{
    size_t i, n = 0;
    int rc;

    *u = (struct url){.target = SLICE(""), .userinfo = SLICE("")};
    if (text.n > URL_MAX_BYTES)
        return err_set(e, ERR_LIMIT, "the URL is longer than %d bytes",
                       URL_MAX_BYTES);
    for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        n = schemes[i].text.n;
        if (text_eq_fold(slice_head(text, n), schemes[i].text))
            break;
    }
    if (i == sizeof(schemes) / sizeof(schemes[0]))
        return wrong(e, "begins with none of http://, https://, http+unix://");
    u->scheme = (enum url_scheme)i;
    u->port = schemes[i].port;
    text = slice_from(text, n);
    n = 0;
    while (n < text.n && memchr("/?#", text.p[n], 3) == NULL)
        n++;
    rc = parse_authority(u, slice_head(text, n), e);
    if (rc < 0)
        return rc;
    text = slice_from(text, n);
    u->target = slice_head(text, slice_chr(text, '#'));
    return url_is_target(u->target)
               ? 0
               : wrong(e, "has a character that must be encoded with %");
}

/* The host as an authority has it. */
static void
put_name(struct buf *b, const struct url *u)
{
    bool brackets = url_is_ipv6(u);

    if (brackets)
        buf_byte(b, '[');
    buf_put(b, u->host);
    if (brackets)
        buf_byte(b, ']');
}

void
url_put_host(struct buf *b, const struct url *u)
{
    if (u->scheme == URL_UNIX) {
        buf_put(b, SLICE("localhost"));
        return;
    }
    put_name(b, u);
    if (u->port != schemes[u->scheme].port) {
        buf_byte(b, ':');
        buf_u64(b, u->port);
    }
}

void
url_put_origin(struct buf *b, const struct url *u)
{
    buf_put(b, schemes[u->scheme].text);
    put_name(b, u);
    if (u->scheme != URL_UNIX) {
        buf_byte(b, ':');
        buf_u64(b, u->port);
    }
}

bool
url_same_origin(const struct url *a, const struct url *b)
{
    if (a->scheme != b->scheme || a->port != b->port)
        return false;
    return a->scheme == URL_UNIX ? slice_eq(a->host, b->host)
                                 : text_eq_fold(a->host, b->host);
}
