#ifndef NET_NET_H
#define NET_NET_H

/*
 * What all connections share (whom TLS trusts, which proxy the environment
 * names) and what each thread has of its own (one connection and its
 * buffers).  Requests themselves: exchange.h.
 *
 * All memory is carved out of arenas at start; TLS's own allocations come
 * from a pool of fixed size that is part of it.  mbedTLS knows only one such
 * pool: there is one struct net in a process.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

/* What one TLS connection takes from the pool, at most: during the handshake,
 * with a chain of RSA certificates. */
#define NET_TLS_BYTES (64u << 10)

/* The environment, as an argument: the value of a name, or NULL. */
struct net_env {
    const char *(*get)(void *ctx, const char *name);
    void *ctx;
};

struct net;        /* read-only once it is made; shared by all threads */
struct net_client; /* one thread's */

/*
 * Reads the environment and the bundle of trusted CAs, and gets TLS ready for
 * `clients` connections at once.
 *
 * CAs, the first of: AWS_CA_BUNDLE, SSL_CERT_FILE (a file that either
 * names must be readable), /etc/ssl/certs/ca-certificates.crt,
 * /etc/pki/tls/certs/ca-bundle.crt, /etc/ssl/cert.pem, /ca.crt.  With none of
 * them https fails, http works.  The file stays open, so that it can be read
 * when a sandbox has closed the file system.
 *
 * Proxies, as curl and the AWS SDKs do: https_proxy or HTTPS_PROXY for https,
 * http_proxy or HTTP_PROXY for http, no_proxy or NO_PROXY for neither; the
 * lower-case name wins, and an empty value is no proxy.  NO_PROXY is "*"
 * or a list, by commas or blanks, of names (each with all names below it),
 * addresses and networks (10.0.0.0/8), each perhaps with :port.  Loopback and
 * link-local addresses (instance metadata) are never sent to a proxy.
 *
 * Returns 0; ERR_CONFIG when a file or a proxy's URL is no good; ERR_MEMORY.
 */
int net_init(struct net **net, const struct net_env *env, size_t clients,
             struct arena *arena, struct err *e);

/*
 * The process is about to end: clients that are closed from now on do not
 * wait for a name that is being looked up, which may take as long as
 * resolv.conf says.  Its thread goes on in the arena, which must stay.
 */
void net_leave(struct net *net);

/* Closes the bundle and the pool; NULL may be passed.  No client is left. */
void net_close(struct net *net);

/* The file of trusted CAs and how many it holds; empty: there is none. */
struct slice net_ca_file(const struct net *net, size_t *count);

/* The TLS pool: bytes in use now, the most ever used, and all there are. */
struct net_pool {
    size_t used, peak, size;
};
struct net_pool net_pool_stats(const struct net *net);

/*
 * A client with no connection yet, in the arena (some 140 KB, mostly
 * untouched until a large head comes); arena and net must outlive it.
 * Returns 0, ERR_MEMORY, or ERR_IO when there is no descriptor left.
 */
int net_client_open(struct net_client **c, const struct net *net,
                    struct arena *arena, struct err *e);

/* Closes its connection, if any; NULL may be passed. */
void net_client_close(struct net_client *c);

/* Closes the connection but keeps the client: the next request opens anew. */
void net_client_hang_up(struct net_client *c);

/*
 * From any thread, also from a signal handler: the call that the client's
 * thread is in, and every later one, gives up with ERR_STOPPED.
 */
void net_client_cancel(struct net_client *c);

#endif
