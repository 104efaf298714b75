#ifndef NET_URL_H
#define NET_URL_H

/*
 * The URLs that requests go to: http://, https:// and http+unix:// (its host
 * is the path of a Unix socket, percent-encoded: http+unix://%2Frun%2Fx/y).
 * RFC 3986, of which all that is not needed is refused.  Nothing here
 * allocates or does I/O.  Messages never repeat the URL: it may hold secrets.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#define URL_MAX_BYTES 8192
#define URL_HOST_MAX_BYTES 253   /* RFC 1035 section 2.3.4, as text */
#define URL_SOCKET_MAX_BYTES 107 /* sockaddr_un.sun_path, unix(7) */

enum url_scheme { URL_HTTP, URL_HTTPS, URL_UNIX };

/* Whoever fills this in by hand sets all but userinfo; views, all of it. */
struct url {
    enum url_scheme scheme;
    /* A name, an IPv4 address, an IPv6 address without its brackets; of
     * URL_UNIX the socket's path, still percent-encoded. */
    struct slice host;
    uint16_t port;         /* 1...65535; 0 for URL_UNIX */
    struct slice target;   /* "/path?query"; "" and "?query" mean "/..." */
    struct slice userinfo; /* "user:password" before the @, still encoded */
};

/*
 * Takes a whole URL apart; a fragment is left out, a missing port is 80 or
 * 443.  The views are of text.  Returns 0, ERR_SYNTAX or ERR_LIMIT, with e
 * saying what is wrong, but not with which URL.
 */
int url_parse(struct url *u, struct slice text, struct err *e);

/*
 * The value of the Host header: the port only if it is not the scheme's own,
 * an IPv6 address in brackets; "localhost" for URL_UNIX.  What a signature of
 * the request has to sign as `host`.
 */
void url_put_host(struct buf *b, const struct url *u);

/* "https://host:port", with which messages name the other side; for URL_UNIX
 * "http+unix://" and the encoded path.  No target, no user. */
void url_put_origin(struct buf *b, const struct url *u);

/* Same scheme, host (without case) and port: one connection serves both. */
bool url_same_origin(const struct url *a, const struct url *b);

/* Whether host is an IPv6 address, by its colons. */
static inline bool
url_is_ipv6(const struct url *u)
{
    return u->scheme != URL_UNIX && slice_chr(u->host, ':') < u->host.n;
}

/*
 * Whether every byte of s may stand in a request's target (RFC 3986 without
 * what a browser would encode): printable ASCII without blanks, '"', '<',
 * '>', '\\', '^', '`', '{', '|', '}' and '#'.
 */
bool url_is_target(struct slice s);

#endif
