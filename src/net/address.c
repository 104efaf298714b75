#include "net/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/text.h"
#include "base/thread.h"
#include "net/tcp.h"

/* Between the two threads the descriptor is the only signal: what the lookup
 * writes it writes before, what the client reads it reads after. */
struct resolver {
    int done_fd; /* eventfd: the lookup has ended */
    bool busy;   /* there is a thread; the client's own flag */
    pthread_t thread;
    char host[URL_HOST_MAX_BYTES + 2];
    struct addresses found; /* ports are 0 */
    int failed;             /* what getaddrinfo() returned */
};

int
resolver_open(struct resolver **r, struct arena *arena, struct err *e)
{
    struct resolver *x = arena_alloc(arena, sizeof(*x));

    if (x == NULL)
        return err_set(e, ERR_MEMORY, "no memory to look names up");
    *x = (struct resolver){0};
    x->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (x->done_fd < 0)
        return err_set(e, ERR_IO, "eventfd: %s", strerror(errno));
    *r = x;
    return 0;
}

/* Takes the signal, and the thread, which has nothing left to do. */
static void
lookup_end(struct resolver *r)
{
    uint64_t count;

    if (read(r->done_fd, &count, sizeof(count)) < 0)
        return; /* cannot be: poll() said it is readable */
    pthread_join(r->thread, NULL);
    r->busy = false;
}

void
resolver_close(struct resolver *r, bool leave)
{
    /* Left behind, it still needs what it was given. */
    if (r == NULL || (r->busy && leave))
        return;
    if (r->busy)
        pthread_join(r->thread, NULL);
    close(r->done_fd);
}

static void
keep_address(struct addresses *to, const struct sockaddr *from, socklen_t n)
{
    struct address *a = &to->p[to->n];

    if (to->n == ADDRESSES_MAX || n > sizeof(a->to) ||
        (from->sa_family != AF_INET && from->sa_family != AF_INET6))
        return;
    a->n = n;
    memcpy(&a->to, from, n);
    to->n++;
}

/* The lookup's thread. */
static void *
lookup(void *ctx)
{
    static const uint64_t one = 1;
    struct resolver *r = ctx;
    struct addrinfo want = {.ai_socktype = SOCK_STREAM}, *list = NULL;

    r->found.n = 0;
    r->failed = getaddrinfo(r->host, NULL, &want, &list);
    for (struct addrinfo *a = list; r->failed == 0 && a != NULL; a = a->ai_next)
        keep_address(&r->found, a->ai_addr, a->ai_addrlen);
    if (r->failed == 0)
        freeaddrinfo(list);
    if (write(r->done_fd, &one, sizeof(one)) < 0)
        return NULL; /* cannot be: the counter is 0 before */
    return NULL;
}

static void
set_ports(struct addresses *all, uint16_t port)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->p[i].to.any.sa_family == AF_INET6)
            all->p[i].to.v6.sin6_port = htons(port);
        else
            all->p[i].to.v4.sin_port = htons(port);
}

static int
lookup_wait(struct resolver *r, int stop_fd, int64_t deadline_ms, struct err *e)
{
    int rc = tcp_wait(r->done_fd, POLLIN, stop_fd, deadline_ms);

    if (rc == ERR_TIMEOUT)
        return err_set(e, rc, "its name was not resolved in time");
    if (rc < 0)
        return err_set(e, rc, "%s", err_text(rc));
    lookup_end(r);
    return 0;
}

/* Looks r->host up, or takes what an earlier call has left behind for it. */
static int
lookup_name(struct resolver *r, struct slice host, int stop_fd,
            int64_t deadline_ms, struct err *e)
{
    int rc;

    if (r->busy) {
        bool same = text_eq_fold(slice_str(r->host), host);

        rc = lookup_wait(r, stop_fd, deadline_ms, e);
        if (rc < 0 || (same && r->failed == 0))
            return rc;
    }
    memcpy(r->host, host.p, host.n);
    r->host[host.n] = '\0';
    rc = thread_start(&r->thread, "resolve", lookup, r, e);
    if (rc < 0)
        return rc;
    r->busy = true;
    return lookup_wait(r, stop_fd, deadline_ms, e);
}

bool
address_text(struct slice host, uint16_t port, struct address *out)
{
    char text[INET6_ADDRSTRLEN];

    if (host.n >= sizeof(text))
        return false;
    memcpy(text, host.p, host.n);
    text[host.n] = '\0';
    *out = (struct address){0};
    if (inet_pton(AF_INET, text, &out->to.v4.sin_addr) == 1) {
        out->to.v4.sin_family = AF_INET;
        out->to.v4.sin_port = htons(port);
        out->n = sizeof(out->to.v4);
    } else if (inet_pton(AF_INET6, text, &out->to.v6.sin6_addr) == 1) {
        out->to.v6.sin6_family = AF_INET6;
        out->to.v6.sin6_port = htons(port);
        out->n = sizeof(out->to.v6);
    }
    return out->n > 0;
}

/* "%2Frun%2Fx" is a path, "%40name" the abstract socket "name". */
static int
address_socket(struct slice path, struct address *out, struct err *e)
{
    struct buf b = buf_over(out->to.local.sun_path, URL_SOCKET_MAX_BYTES);

    *out = (struct address){.to.local.sun_family = AF_UNIX};
    text_unquote(&b, path);
    if (b.full || b.n == 0)
        return err_set(e, ERR_RESOLVE, "the socket's path is too long");
    /* An abstract name has no end but the address' length: unix(7). */
    out->n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + b.n +
                         (b.p[0] != '@'));
    if (b.p[0] == '@')
        b.p[0] = '\0';
    return 0;
}

int
address_find(struct resolver *r, const struct url *u, int stop_fd,
             int64_t deadline_ms, struct addresses *out, struct err *e)
{
    int rc;

    out->n = 1;
    if (u->scheme == URL_UNIX)
        return address_socket(u->host, &out->p[0], e);
    if (address_text(u->host, u->port, &out->p[0]))
        return 0;
    if (u->host.n == 0 || u->host.n > URL_HOST_MAX_BYTES ||
        memchr(u->host.p, '\0', u->host.n) != NULL)
        return err_set(e, ERR_RESOLVE, "its name is none");
    rc = lookup_name(r, u->host, stop_fd, deadline_ms, e);
    if (rc < 0)
        return rc;
    if (r->failed != 0)
        return err_set(e, ERR_RESOLVE, "its name cannot be resolved: %s",
                       gai_strerror(r->failed));
    if (r->found.n == 0)
        return err_set(e, ERR_RESOLVE, "its name has no address");
    *out = r->found;
    set_ports(out, u->port);
    return 0;
}
