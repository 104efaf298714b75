#ifndef NET_CLIENT_H
#define NET_CLIENT_H

/*
 * What is inside struct net and struct net_client, and what exchange.c asks
 * of a client: a connection to an origin, bytes there, bytes back.
 */

#include "net/address.h"
#include "net/http.h"
#include "net/net.h"
#include "net/proxy.h"
#include "net/tcp.h"
#include "net/tls.h"
#include "net/url.h"

#define CLIENT_READ_BYTES 4096 /* at once, unless straight to the reader */
#define CLIENT_IN_BYTES (HTTP_HEAD_MAX_BYTES + CLIENT_READ_BYTES)
#define CLIENT_OUT_BYTES 32768 /* a request's head; short bodies too */
#define CLIENT_HOST_MAX_BYTES 512
#define CLIENT_NAME_MAX_BYTES 1100 /* two origins and a few words */

struct net {
    struct tls_config *tls;
    struct slice ca_file;
    struct proxies proxies;
    size_t pool_bytes;
    bool leaving; /* the process ends */
};

struct net_client {
    const struct net *net;
    struct resolver *resolver;
    struct tcp tcp; /* fd -1: not connected */
    struct tls *tls;
    bool secure; /* TLS is on */
    bool old;    /* the origin wants TLS 1.2: tls_wants_old() */

    struct url origin; /* of the connection; the host is a view of `host` */
    char host[CLIENT_HOST_MAX_BYTES];
    const struct proxy *proxy;        /* that it goes through, or NULL */
    char name[CLIENT_NAME_MAX_BYTES]; /* of the other side, in messages */

    int64_t deadline_ms; /* of the exchange that is under way */
    char *in;            /* CLIENT_IN_BYTES: the head, then bytes of the body */
    size_t in_head;      /* bytes of the head, kept: headers are views */
    size_t in_at;        /* from here on nobody has looked at it */
    size_t in_n;         /* bytes there are */
    char *out;           /* CLIENT_OUT_BYTES */
    struct http_head head;
    struct http_body body;
    int body_rc; /* what reading the body failed with */
};

/* Remembers where the next bytes go and how messages call it.  Returns 0, or
 * ERR_LIMIT when the host is too long. */
int client_aim(struct net_client *c, const struct url *u, struct err *e);

/* Whether the connection can carry another request to u. */
bool client_fits(const struct net_client *c, const struct url *u);

/* Connects, through the proxy and with TLS as the origin wants. */
int client_connect(struct net_client *c, struct err *e);

void client_close(struct net_client *c);

/* All of s. */
int client_send(struct net_client *c, struct slice s, struct err *e);

/* 1...n bytes, 0 at the end. */
ssize_t client_read(struct net_client *c, char *p, size_t n, struct err *e);

/* The same into `in`, behind what is there. */
ssize_t client_fill(struct net_client *c, struct err *e);

/*
 * Reads and parses the head of the answer to a request of this method into
 * c->head; interim answers (1xx) are passed over.  What follows stands from
 * in_at on.
 */
int client_read_head(struct net_client *c, struct slice method, struct err *e);

#endif
