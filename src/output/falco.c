/*
 * The Falco socket: a client of a Unix stream socket that writes records as
 * lines.  With a reader that acknowledges, up to FALCO_WINDOW lines are under
 * way, and those it has not acknowledged when the connection ends are sent
 * again; with one that does not, a line is delivered when it is written.
 * While there is nothing to send, a lost connection stays closed.
 */
#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "output/driver.h"
#include "output/falco_acks.h"

#define FALCO_WINDOW 64       /* bits of struct falco's done */
#define FALCO_GREET_MS 200    /* a reader that is silent for so long is plain */
#define FALCO_REGREET_MS 5000 /* ... if none here has ever greeted before */
#define FALCO_READ_BYTES 4096

struct falco {
    int fd;              /* -1: no connection */
    bool acks;           /* its reader acknowledges */
    bool ended;          /* nothing more comes from it */
    bool known_to_greet; /* a reader of this socket did, earlier */
    bool stalled;        /* ... and that has been told */
    struct falco_acks in;
    uint64_t base;      /* the first line that is not accepted; 0: not
                          * started yet */
    uint64_t next;      /* the first that was not begun */
    uint64_t done;      /* bit i: line base + i is as good as accepted */
    uint64_t delivered; /* records since the last driver_accept() */
    struct slice left;  /* of line next - 1, not written yet */
    int64_t moved;      /* steady clock: when it last got on */
};

static int
falco_open(struct output *o, struct arena *arena, struct err *e)
{
    struct falco *f = arena_alloc(arena, sizeof(*f));
    struct sockaddr_un un;

    if (f == NULL)
        return err_set(e, ERR_MEMORY, "no memory for an output");
    if (o->options.socket.n == 0 || o->options.socket.n >= sizeof(un.sun_path))
        return err_set(e, ERR_CONFIG, "a socket's name has 1 to %zu bytes",
                       sizeof(un.sun_path) - 1);
    *f = (struct falco){.fd = -1};
    o->own = f;
    o->target = o->options.socket;
    return 0;
}

static int
falco_error(struct output *o, struct err *e, int code, const char *what)
{
    return err_set(e, code, "%.*s: %s", SLICE_FMT(o->target), what);
}

/*
 * A connection to the socket, or an error; a name that begins with @ is an
 * abstract one, which begins with a NUL: unix(7).  Never waits: a full
 * backlog is EAGAIN.
 */
static int
falco_connect(struct output *o, struct err *e)
{
    struct slice name = o->options.socket;
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    bool abstract = name.p[0] == '@';
    socklen_t n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + name.n +
                              (abstract ? 0 : 1));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return falco_error(o, e, ERR_CONNECT, strerror(errno));
    memcpy(un.sun_path, name.p, name.n);
    if (abstract)
        un.sun_path[0] = '\0';
    if (connect(fd, (const struct sockaddr *)&un, n) == 0)
        return fd;
    falco_error(o, e, ERR_CONNECT,
                errno == EAGAIN ? "its reader takes no connection"
                                : strerror(errno));
    close(fd);
    return ERR_CONNECT;
}

/* Moves base over what is done, and tells. */
static void
falco_settle(struct output *o)
{
    struct falco *f = o->own;
    uint64_t before = f->base;

    for (; f->base < f->next && (f->done & 1) != 0; f->base++)
        f->done >>= 1;
    if (f->base == before)
        return;
    driver_accept(o, f->base - 1, f->delivered);
    f->delivered = 0;
}

static void
falco_mark(struct output *o, uint64_t number)
{
    struct falco *f = o->own;

    f->done |= UINT64_C(1) << (number - f->base);
    falco_settle(o);
}

/* The reader got on with a line: it is delivered. */
static void
falco_delivered(struct output *o, uint64_t number)
{
    struct falco *f = o->own;

    f->delivered++;
    f->moved = clock_steady_ms();
    f->stalled = false;
    falco_mark(o, number);
}

/* An acknowledgement is for a line that was wholly written, or for none. */
static void
falco_acked(struct output *o, struct slice id)
{
    struct falco *f = o->own;
    uint64_t end = f->left.n > 0 ? f->next - 1 : f->next;
    struct outbox_line line;

    for (uint64_t i = f->base; i < end; i++)
        if ((f->done >> (i - f->base) & 1) == 0 &&
            outbox_line(o->ob, o->i, i, 0, &line) && slice_eq(line.id, id)) {
            falco_delivered(o, i);
            return;
        }
}

/* Takes all that the reader has said. */
static void
falco_hear(struct output *o)
{
    struct falco *f = o->own;
    char mem[FALCO_READ_BYTES];
    struct slice bytes, id;
    enum falco_word word;
    ssize_t n;

    do {
        n = recv(f->fd, mem, sizeof(mem), MSG_DONTWAIT);
        bytes = slice_of(mem, n > 0 ? (size_t)n : 0);
        while ((word = falco_acks_next(&f->in, &bytes, &id)) != FALCO_NOTHING)
            if (word == FALCO_GREETING)
                f->acks = f->known_to_greet = true;
            else if (word == FALCO_ACK)
                falco_acked(o, id);
    } while ((n < 0 && errno == EINTR) || n == (ssize_t)sizeof(mem));
    if (n == 0 || (n < 0 && errno != EAGAIN))
        f->ended = true;
}

/*
 * Connects and waits for the greeting.  Falco's plugin greets when Falco asks
 * it for events; while Falco starts, that may take longer than 200 ms, so
 * where a reader has greeted before, one that does not is given more time.
 */
static int
falco_begin(struct output *o, struct err *e)
{
    struct falco *f = o->own;
    int64_t until = clock_steady_ms() +
                    (f->known_to_greet ? FALCO_REGREET_MS : FALCO_GREET_MS);
    int fd = falco_connect(o, e);

    if (fd < 0)
        return fd;
    f->fd = fd;
    f->acks = f->ended = f->stalled = false;
    f->in = (struct falco_acks){0};
    while (!f->acks && !f->ended && clock_left_ms(until) != 0 &&
           !driver_over(o))
        if (driver_wait(o, fd, POLLIN, until) != 0)
            falco_hear(o);
    f->moved = clock_steady_ms();
    return 0;
}

/*
 * The connection is of no more use.  Returns 0 when nothing was under way,
 * else code with e set; what was under way comes again.
 */
static int
falco_drop(struct output *o, struct err *e, int code, const char *what)
{
    struct falco *f = o->own;
    bool idle = f->base == f->next;

    close(f->fd);
    f->fd = -1;
    f->next = f->base;
    f->left = SLICE("");
    return idle ? 0 : falco_error(o, e, code, what);
}

/*
 * Gets the next line ready to be written, if there is one and the window has
 * room; lines that are passed over, or are done already, need no reader.
 */
static void
falco_take(struct output *o)
{
    struct falco *f = o->own;
    struct outbox_line line;

    while (f->left.n == 0 && f->next - f->base < FALCO_WINDOW) {
        uint64_t number = f->next;

        if ((f->done >> (number - f->base) & 1) != 0) {
            f->next++;
            continue;
        }
        if (!outbox_line(o->ob, o->i, number, 0, &line))
            return;
        f->next++;
        if (driver_skips(o, &line)) {
            falco_mark(o, number);
            continue;
        }
        if (f->base == number)
            f->moved = clock_steady_ms();
        f->left = line.json;
        driver_try(o, number);
    }
}

/* Writes what is left of the line.  Returns false when the connection ended. */
static bool
falco_write(struct output *o)
{
    struct falco *f = o->own;
    struct outbox_line line;
    uint64_t number = f->next - 1;
    ssize_t n = send(f->fd, f->left.p, f->left.n, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    f->left = slice_from(f->left, (size_t)n);
    f->moved = clock_steady_ms();
    if (f->left.n == 0 && outbox_line(o->ob, o->i, number, 0, &line) &&
        (!f->acks || !falco_acks_fit(line.id)))
        falco_delivered(o, number);
    return true;
}

/*
 * Too long without getting on.  Who acknowledges has lost something: start
 * over.  A plain reader only pauses: another connection would swallow lines
 * that nobody reads, so it is waited for.
 */
static int
falco_stalled(struct output *o, struct err *e)
{
    struct falco *f = o->own;

    if (f->acks)
        return falco_drop(o, e, ERR_TIMEOUT, "no acknowledgement for 60 s");
    falco_error(o, e, ERR_TIMEOUT, "its reader reads nothing");
    driver_failed(o, e);
    f->stalled = true;
    return 0;
}

/* One wait on the connection, and what comes of it. */
static int
falco_turn(struct output *o, struct err *e)
{
    struct falco *f = o->own;
    int64_t stall = CLOCK_NEVER;
    short wanted = f->ended ? 0 : POLLIN, got;

    if (f->left.n > 0)
        wanted |= POLLOUT;
    if (f->base < f->next && !f->stalled)
        stall = f->moved + DRIVER_STALL_MS;
    got = driver_wait(o, f->fd, wanted, stall);
    if (got & POLLIN)
        falco_hear(o);
    /* A plain reader may have shut its own side only: that is no end. */
    if ((got & (POLLHUP | POLLERR | POLLNVAL)) || (f->acks && f->ended))
        return falco_drop(o, e, ERR_IO, "its reader went away");
    if ((got & POLLOUT) && f->left.n > 0 && !falco_write(o)) {
        falco_hear(o);
        return falco_drop(o, e, ERR_IO, "its reader went away");
    }
    return clock_left_ms(stall) == 0 && f->moved + DRIVER_STALL_MS == stall
               ? falco_stalled(o, e)
               : 0;
}

static int
falco_run(struct output *o, struct err *e)
{
    struct falco *f = o->own;
    int rc = 0;

    if (f->base == 0) /* for the first time */
        f->base = f->next = outbox_accepted(o->ob, o->i) + 1;
    while (rc == 0 && !driver_over(o)) {
        bool last = driver_ending(o);

        falco_take(o);
        if (f->base == f->next && last)
            return 0;
        if (f->fd >= 0)
            rc = falco_turn(o, e);
        else if (f->left.n > 0)
            rc = falco_begin(o, e);
        else
            driver_wait(o, -1, 0, CLOCK_NEVER);
    }
    if (rc < 0 && f->fd < 0) { /* what could not be sent is not begun */
        f->next = f->base;
        f->left = SLICE("");
    }
    return rc;
}

static int
falco_probe(struct output *o, int64_t deadline_ms, struct err *e)
{
    int fd = falco_connect(o, e);

    (void)deadline_ms;
    if (fd < 0)
        return fd;
    close(fd);
    return 0;
}

static void
falco_close(struct output *o)
{
    struct falco *f = o->own;

    if (f == NULL)
        return;
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
}

const struct driver falco_driver = {
    .open = falco_open,
    .run = falco_run,
    .probe = falco_probe,
    .close = falco_close,
};
