#include "net/tcp.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

int
tcp_wait(int fd, short events, int stop_fd, int64_t deadline_ms)
{
    struct pollfd p[] = {{.fd = fd, .events = events},
                         {.fd = stop_fd, .events = POLLIN}};
    int left, rc;

    /* Even when there always is something to read, the deadline holds. */
    for (;;) {
        left = clock_left_ms(deadline_ms);
        rc = poll(p, 2, left);
        if (rc < 0 && errno != EINTR)
            return ERR_IO;
        if (rc > 0 && p[1].revents != 0)
            return ERR_STOPPED;
        if (left == 0)
            return ERR_TIMEOUT;
        if (rc > 0 && p[0].revents != 0)
            return 0;
    }
}

/* The sentence of a wait that failed. */
static int
wait_failed(int rc, struct err *e, const char *what)
{
    if (rc == ERR_TIMEOUT)
        return err_set(e, rc, "the time is over while %s", what);
    return err_set(e, rc, "%s", err_text(rc));
}

/*
 * Small requests must not wait for more.  A connection that idles between
 * two polls is kept alive in the tables of what lies between, and one whose
 * other end has vanished fails soon, so that there is time to try anew.  None
 * of them is worth failing for.
 */
static void
set_options(int fd)
{
    static const struct {
        int level, name, value;
    } options[] = {
        {IPPROTO_TCP, TCP_NODELAY, 1},          {SOL_SOCKET, SO_KEEPALIVE, 1},
        {IPPROTO_TCP, TCP_KEEPIDLE, 45},        /* s */
        {IPPROTO_TCP, TCP_KEEPINTVL, 15},       /* s */
        {IPPROTO_TCP, TCP_KEEPCNT, 3},          /* probes */
        {IPPROTO_TCP, TCP_USER_TIMEOUT, 15000}, /* ms */
    };

    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
        setsockopt(fd, options[i].level, options[i].name, &options[i].value,
                   sizeof(options[i].value));
}

/* One address; what went wrong is left in *number as an errno. */
static int
connect_one(struct tcp *t, const struct address *a, int64_t deadline_ms,
            int *number)
{
    socklen_t n = sizeof(*number);
    int rc;

    *number = 0;
    t->fd = socket(a->to.any.sa_family,
                   SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (t->fd < 0) {
        *number = errno;
        return ERR_CONNECT;
    }
    if (a->to.any.sa_family != AF_UNIX)
        set_options(t->fd);
    /* Interrupted, it goes on by itself like one that is under way. */
    if (connect(t->fd, &a->to.any, a->n) == 0)
        return 0;
    if (errno != EINPROGRESS && errno != EINTR) {
        *number = errno;
        return ERR_CONNECT;
    }
    rc = tcp_wait(t->fd, POLLOUT, t->stop_fd, deadline_ms);
    if (rc == 0 && getsockopt(t->fd, SOL_SOCKET, SO_ERROR, number, &n) != 0)
        *number = errno;
    return rc == 0 && *number != 0 ? ERR_CONNECT : rc;
}

/*
 * When to go on to the next address: an even share of what is left, and no
 * more than TCP_CONNECT_MS, as long as there is a next one.
 */
static int64_t
connect_until(int64_t deadline_ms, size_t addresses_left)
{
    int64_t now = clock_steady_ms(), share;

    if (addresses_left <= 1 || deadline_ms <= now)
        return deadline_ms;
    share = (deadline_ms - now) / (int64_t)addresses_left;
    return now + (share < TCP_CONNECT_MS ? share : TCP_CONNECT_MS);
}

int
tcp_connect(struct tcp *t, const struct addresses *to, int64_t deadline_ms,
            struct err *e)
{
    int rc = ERR_CONNECT, number = 0;

    for (size_t i = 0; i < to->n; i++) {
        rc = connect_one(t, &to->p[i], connect_until(deadline_ms, to->n - i),
                         &number);
        if (rc == 0)
            return 0;
        tcp_close(t);
        if (rc == ERR_STOPPED || clock_left_ms(deadline_ms) == 0)
            break;
    }
    if (rc == ERR_CONNECT)
        return err_set(e, rc, "cannot connect: %s", strerror(number));
    return wait_failed(rc, e, "connecting");
}

ssize_t
tcp_read(struct tcp *t, char *p, size_t n, int64_t deadline_ms, struct err *e)
{
    ssize_t got;
    int rc;

    do {
        rc = tcp_wait(t->fd, POLLIN, t->stop_fd, deadline_ms);
        if (rc < 0)
            return wait_failed(rc, e, "waiting for the answer");
        got = recv(t->fd, p, n, 0);
    } while (got < 0 && (errno == EINTR || errno == EAGAIN));
    if (got < 0)
        return err_set(e, ERR_IO, "cannot read: %s", strerror(errno));
    return got;
}

ssize_t
tcp_write(struct tcp *t, const char *p, size_t n, int64_t deadline_ms,
          struct err *e)
{
    ssize_t sent;
    int rc;

    do {
        rc = tcp_wait(t->fd, POLLOUT, t->stop_fd, deadline_ms);
        if (rc < 0)
            return wait_failed(rc, e, "sending the request");
        sent = send(t->fd, p, n, MSG_NOSIGNAL);
    } while (sent < 0 && (errno == EINTR || errno == EAGAIN));
    if (sent < 0)
        return err_set(e, ERR_IO, "cannot send: %s", strerror(errno));
    return sent;
}

bool
tcp_stale(const struct tcp *t, bool talks)
{
    char c;
    ssize_t got = recv(t->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);

    if (got < 0)
        return errno != EAGAIN && errno != EINTR;
    return got == 0 || !talks;
}

void
tcp_close(struct tcp *t)
{
    if (t->fd >= 0)
        close(t->fd);
    t->fd = -1;
}
