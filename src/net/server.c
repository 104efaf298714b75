#include "net/server.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/address.h"
#include "net/http.h"

#define LINGER_MS 500 /* for the client to close after the answer */
#define PAUSE_MS 100  /* after a connection could not be accepted */
#define BACKLOG 32

/* What is awaited of a client. */
enum stage {
    STAGE_FREE,    /* no client */
    STAGE_REQUEST, /* the rest of its request */
    STAGE_ANSWER,  /* that it takes the answer */
    STAGE_LINGER   /* that it closes: closing first might reset the
                    * connection before it has read the answer */
};

struct client {
    enum stage stage;
    int fd;
    int64_t deadline_ms; /* of the stage; then it is dropped */
    size_t in_n, seen;
    char in[SERVER_HEAD_MAX_BYTES];
    char head[512];
    struct slice left[2]; /* of the answer: head and body, not sent yet */
    char *body;           /* SERVER_BODY_MAX_BYTES */
};

struct server {
    int listen_fd, stop_fd;
    int64_t pause_until_ms;
    uint16_t port;
    struct server_handler handler;
    struct http_head request;
    struct client clients[SERVER_CONNECTIONS];
};

static void
drop(struct client *c)
{
    if (c->stage != STAGE_FREE)
        close(c->fd);
    c->stage = STAGE_FREE;
}

static int
bind_to(struct server *s, struct slice host, uint16_t port, struct err *e)
{
    struct address a;
    socklen_t n = sizeof(a.to);
    int one = 1;

    if (!address_text(host, port, &a))
        return err_set(e, ERR_CONFIG, "%.*s is no address", SLICE_FMT(host));
    s->listen_fd = socket(a.to.any.sa_family,
                          SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    /* A restart must not wait for connections that are long gone. */
    if (s->listen_fd < 0 ||
        setsockopt(s->listen_fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) <
            0 ||
        bind(s->listen_fd, &a.to.any, a.n) < 0 ||
        listen(s->listen_fd, BACKLOG) < 0 ||
        getsockname(s->listen_fd, &a.to.any, &n) < 0)
        return err_set(e, ERR_IO, "cannot listen on %.*s port %u: %s",
                       SLICE_FMT(host), port, strerror(errno));
    s->port = ntohs(a.to.any.sa_family == AF_INET6 ? a.to.v6.sin6_port
                                                   : a.to.v4.sin_port);
    return 0;
}

int
server_open(struct server **s, struct slice host, uint16_t port,
            struct server_handler handler, struct arena *arena, struct err *e)
{
    struct server *x = arena_alloc(arena, sizeof(*x));
    int rc;

    if (x == NULL)
        return err_set(e, ERR_MEMORY, "no memory for the server");
    x->listen_fd = x->stop_fd = -1;
    x->pause_until_ms = 0;
    x->handler = handler;
    for (size_t i = 0; i < SERVER_CONNECTIONS; i++) {
        x->clients[i].stage = STAGE_FREE;
        x->clients[i].body = arena_alloc(arena, SERVER_BODY_MAX_BYTES);
        if (x->clients[i].body == NULL)
            return err_set(e, ERR_MEMORY, "no memory for the server");
    }
    rc = bind_to(x, host, port, e);
    if (rc == 0) {
        x->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (x->stop_fd < 0)
            rc = err_set(e, ERR_IO, "eventfd: %s", strerror(errno));
    }
    if (rc < 0)
        server_close(x);
    else
        *s = x;
    return rc;
}

uint16_t
server_port(const struct server *s)
{
    return s->port;
}

void
server_stop(struct server *s)
{
    static const uint64_t one = 1;

    if (write(s->stop_fd, &one, sizeof(one)) < 0)
        return; /* full: it has been said often enough */
}

void
server_close(struct server *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < SERVER_CONNECTIONS; i++)
        drop(&s->clients[i]);
    if (s->listen_fd >= 0)
        close(s->listen_fd);
    if (s->stop_fd >= 0)
        close(s->stop_fd);
}

static const struct {
    int status;
    const char *text;
} reasons[] = {
    {200, "OK"},
    {400, "Bad Request"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
};

static const char *
reason(int status)
{
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (reasons[i].status == status)
            return reasons[i].text;
    return "Other"; /* it may be empty, but not all clients know that */
}

/* The answer's head and which of its bytes are to go out. */
static void
answer(struct client *c, const struct server_answer *an, bool with_body)
{
    struct buf h = buf_over(c->head, sizeof(c->head));

    buf_fmt(&h,
            "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
            "Cache-Control: no-store\r\n%sConnection: close\r\n\r\n",
            an->status, reason(an->status), an->type, an->body.n,
            an->status == 405 ? "Allow: GET, HEAD\r\n" : "");
    c->left[0] = buf_slice(&h);
    c->left[1] = with_body ? buf_slice(&an->body) : SLICE("");
    c->stage = STAGE_ANSWER;
    c->deadline_ms = clock_steady_ms() + SERVER_ANSWER_MS;
}

/* An answer to a request that the handler does not get to see. */
static void
refuse(struct client *c, int status, bool with_body)
{
    struct server_answer an = {.status = status,
                               .type = "text/plain; charset=utf-8",
                               .body =
                                   buf_over(c->body, SERVER_BODY_MAX_BYTES)};

    buf_fmt(&an.body, "%s\n", reason(status));
    answer(c, &an, with_body);
}

/* A whole request of head_n bytes is there. */
static void
serve(struct server *s, struct client *c, size_t head_n)
{
    struct server_answer an = {.status = 200,
                               .type = "text/plain; charset=utf-8",
                               .body =
                                   buf_over(c->body, SERVER_BODY_MAX_BYTES)};
    struct http_head *h = &s->request;
    struct server_request rq;
    size_t mark;
    bool get;

    if (http_request_parse(h, slice_of(c->in, head_n), NULL) < 0 ||
        h->target.p[0] != '/') {
        refuse(c, 400, true);
        return;
    }
    get = slice_eq(h->method, SLICE("GET"));
    if (!get && !slice_eq(h->method, SLICE("HEAD"))) {
        refuse(c, 405, true);
        return;
    }
    mark = slice_chr(h->target, '?');
    rq.path = slice_head(h->target, mark);
    rq.query = slice_from(h->target, mark + 1);
    s->handler.answer(s->handler.ctx, &rq, &an);
    if (an.body.full)
        refuse(c, 500, get);
    else
        answer(c, &an, get);
}

static void
read_request(struct server *s, struct client *c)
{
    ssize_t got = recv(c->fd, c->in + c->in_n, sizeof(c->in) - c->in_n, 0);
    ssize_t n;

    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        drop(c);
        return;
    }
    c->in_n += (size_t)got;
    n = http_head_end(slice_of(c->in, c->in_n), SLICE(""), &c->seen, NULL);
    if (n > 0)
        serve(s, c, (size_t)n);
    else if (n != ERR_MORE)
        refuse(c, 400, true);
    else if (c->in_n == sizeof(c->in))
        refuse(c, 431, true);
}

static void
write_answer(struct client *c)
{
    struct slice *part = &c->left[c->left[0].n == 0];
    ssize_t sent = send(c->fd, part->p, part->n, MSG_NOSIGNAL);

    if (sent < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (sent < 0) {
        drop(c);
        return;
    }
    *part = slice_from(*part, (size_t)sent);
    if (c->left[0].n + c->left[1].n > 0)
        return;
    shutdown(c->fd, SHUT_WR);
    c->stage = STAGE_LINGER;
    c->deadline_ms = clock_steady_ms() + LINGER_MS;
}

/* Reads what it still sends, to no end but to see it close. */
static void
linger(struct client *c)
{
    ssize_t got = recv(c->fd, c->in, sizeof(c->in), 0);

    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
        drop(c);
}

static void
welcome(struct server *s, struct client *c)
{
    int fd = accept4(s->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd >= 0) {
        c->fd = fd;
        c->stage = STAGE_REQUEST;
        c->deadline_ms = clock_steady_ms() + SERVER_REQUEST_MS;
        c->in_n = c->seen = 0;
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
               errno == ENOMEM) {
        /* It stays readable: without a pause, we would run in circles. */
        s->pause_until_ms = clock_steady_ms() + PAUSE_MS;
    }
}

static void
attend(struct server *s, struct client *c, const struct pollfd *p)
{
    if (c->stage == STAGE_REQUEST && p->revents != 0)
        read_request(s, c);
    else if (c->stage == STAGE_ANSWER && p->revents != 0)
        write_answer(c);
    else if (c->stage == STAGE_LINGER && p->revents != 0)
        linger(c);
    if (c->stage != STAGE_FREE && clock_left_ms(c->deadline_ms) == 0)
        drop(c);
}

/* What poll() is to look at: stop, new clients if there is a place (returned,
 * or NULL), clients.  *until_ms is when there is something to do anyway. */
static struct client *
watch(struct server *s, struct pollfd p[], int64_t *until_ms)
{
    struct client *place = NULL;

    *until_ms = CLOCK_NEVER;
    for (size_t i = 0; i < SERVER_CONNECTIONS; i++) {
        struct client *c = &s->clients[i];
        bool taken = c->stage != STAGE_FREE;

        p[2 + i] = (struct pollfd){.fd = taken ? c->fd : -1,
                                   .events = c->stage == STAGE_ANSWER ? POLLOUT
                                                                      : POLLIN};
        if (!taken && place == NULL)
            place = c; /* the first one: its pages are in use already */
        if (taken && c->deadline_ms < *until_ms)
            *until_ms = c->deadline_ms;
    }
    p[0] = (struct pollfd){.fd = s->stop_fd, .events = POLLIN};
    p[1] = (struct pollfd){.fd = -1, .events = POLLIN};
    if (place != NULL && clock_left_ms(s->pause_until_ms) == 0)
        p[1].fd = s->listen_fd;
    else if (place != NULL && s->pause_until_ms < *until_ms)
        *until_ms = s->pause_until_ms;
    return place;
}

void
server_run(struct server *s)
{
    struct pollfd p[2 + SERVER_CONNECTIONS];
    struct client *place;
    int64_t until_ms;

    for (;;) {
        place = watch(s, p, &until_ms);
        if (poll(p, 2 + SERVER_CONNECTIONS, clock_left_ms(until_ms)) < 0)
            continue; /* EINTR; memory for it will be there again */
        if (p[0].revents != 0)
            return;
        for (size_t i = 0; i < SERVER_CONNECTIONS; i++)
            attend(s, &s->clients[i], &p[2 + i]);
        if (p[1].revents != 0)
            welcome(s, place);
    }
}
