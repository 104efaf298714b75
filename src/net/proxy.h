#ifndef NET_PROXY_H
#define NET_PROXY_H

/*
 * Which requests go through a proxy, as the environment says it (the rules
 * are in net.h).  No I/O: names in NO_PROXY are compared as text, networks
 * only with hosts that are addresses.
 */

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "net/net.h"
#include "net/url.h"

struct proxy {
    struct url url;             /* http://host:port; no host: not set */
    struct slice authorization; /* "Basic ..."; empty: none */
};

struct proxies {
    struct proxy http, https;
    struct slice except; /* NO_PROXY */
};

/* Returns 0, ERR_CONFIG with the variable's name, or ERR_MEMORY. */
int proxies_read(struct proxies *p, const struct net_env *env,
                 struct arena *arena, struct err *e);

/* The proxy to go through, or NULL to go straight. */
const struct proxy *proxy_for(const struct proxies *p, const struct url *u);

/* "Basic ..." for "user:password", still percent-encoded (RFC 7617). */
int basic_put(struct buf *b, struct slice userinfo, struct err *e);

#endif
