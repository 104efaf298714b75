#include "net/net.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/file.h"
#include "net/client.h"
#include "net/heap.h"

/* What TLS keeps for all connections: keys' slots, configuration. */
#define POOL_SHARED_BYTES (16u << 10)

static const char *const ca_names[] = {"AWS_CA_BUNDLE", "SSL_CERT_FILE"};

/* Debian and its kin, Red Hat and its kin, Alpine and OpenBSD, our image. */
static const char *const ca_files[] = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
    "/ca.crt",
};

/* The bundle to use: one that is asked for, even if it cannot be read, or
 * the first that is there. */
static struct slice
find_bundle(const struct net_env *env)
{
    const char *value;

    for (size_t i = 0; i < sizeof(ca_names) / sizeof(ca_names[0]); i++) {
        value = env->get(env->ctx, ca_names[i]);
        if (value != NULL && value[0] != '\0')
            return slice_str(value);
    }
    for (size_t i = 0; i < sizeof(ca_files) / sizeof(ca_files[0]); i++)
        if (file_kind(slice_str(ca_files[i]), NULL) == FILE_PLAIN)
            return slice_str(ca_files[i]);
    return SLICE("");
}

int
net_init(struct net **net, const struct net_env *env, size_t clients,
         struct arena *arena, struct err *e)
{
    struct net *x = arena_alloc(arena, sizeof(*x));
    void *heap = arena_alloc(arena, HEAP_BYTES);
    int rc;

    if (x == NULL || heap == NULL)
        return err_set(e, ERR_MEMORY, "no memory for connections");
    *x = (struct net){0};
    x->ca_file = arena_copy(arena, find_bundle(env));
    if (x->ca_file.p == NULL)
        return err_set(e, ERR_MEMORY, "no memory for connections");
    rc = proxies_read(&x->proxies, env, arena, e);
    if (rc < 0)
        return rc;
    x->pool_bytes = POOL_SHARED_BYTES + clients * NET_TLS_BYTES;
    rc = tls_config_open(&x->tls, x->ca_file, x->pool_bytes, arena, e);
    if (rc < 0)
        return rc;
    heap_init(heap, HEAP_BYTES);
    *net = x;
    return 0;
}

void
net_leave(struct net *net)
{
    net->leaving = true;
}

void
net_close(struct net *net)
{
    /* A lookup that was left behind gives back memory that it took. */
    if (net == NULL || net->leaving)
        return;
    tls_config_close(net->tls);
    heap_init(NULL, 0);
}

struct slice
net_ca_file(const struct net *net, size_t *count)
{
    *count = tls_config_count(net->tls);
    return net->ca_file;
}

struct net_pool
net_pool_stats(const struct net *net)
{
    struct net_pool p = {.size = net->pool_bytes};

    tls_pool_stats(&p.used, &p.peak);
    return p;
}

int
net_client_open(struct net_client **c, const struct net *net,
                struct arena *arena, struct err *e)
{
    struct net_client *x = arena_alloc(arena, sizeof(*x));
    int rc;

    if (x == NULL)
        return err_set(e, ERR_MEMORY, "no memory for a connection");
    *x = (struct net_client){.net = net, .tcp = {.fd = -1, .stop_fd = -1}};
    x->tls = tls_new(net->tls, arena);
    x->in = arena_alloc(arena, CLIENT_IN_BYTES);
    x->out = arena_alloc(arena, CLIENT_OUT_BYTES);
    if (x->tls == NULL || x->in == NULL || x->out == NULL)
        return err_set(e, ERR_MEMORY, "no memory for a connection");
    rc = resolver_open(&x->resolver, arena, e);
    if (rc < 0)
        return rc;
    x->tcp.stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (x->tcp.stop_fd < 0) {
        resolver_close(x->resolver, false);
        return err_set(e, ERR_IO, "eventfd: %s", strerror(errno));
    }
    *c = x;
    return 0;
}

void
net_client_close(struct net_client *c)
{
    if (c == NULL)
        return;
    client_close(c);
    resolver_close(c->resolver, c->net->leaving);
    close(c->tcp.stop_fd);
}

void
net_client_hang_up(struct net_client *c)
{
    client_close(c);
}

/* Nobody reads it: once it is readable, it stays so. */
void
net_client_cancel(struct net_client *c)
{
    static const uint64_t one = 1;

    if (write(c->tcp.stop_fd, &one, sizeof(one)) < 0)
        return; /* full: it has been said often enough */
}
