#include "out.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <unistd.h>

#include "err.h"
#include "fmt.h"

/* Whether a write that failed with errno is worth another try. */
static bool
write_again(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};

    if (errno == EINTR)
        return true;
    if (errno != EAGAIN && errno != EWOULDBLOCK)
        return false;
    /* A terminal or pipe shared with a program that set O_NONBLOCK. */
    return poll(&p, 1, -1) >= 0 || errno == EINTR;
}

/* Writes all of s to the descriptor, past the buffer.  write() may take less
 * than it was given: pipes do when a signal comes. */
static void
write_all(struct out *o, struct slice s)
{
    while (s.n > 0 && !o->failed) {
        ssize_t n = write(o->fd, s.p, s.n);

        if (n >= 0)
            s = slice_from(s, (size_t)n);
        else if (!write_again(o->fd))
            o->failed = true;
    }
}

int
out_flush(struct out *o)
{
    write_all(o, buf_slice(&o->buf));
    o->buf.n = 0;
    return o->failed ? ERR_IO : 0;
}

/* What is longer than the array is not copied at all. */
void
out_put(struct out *o, struct slice s)
{
    if (s.n > o->buf.max - o->buf.n)
        out_flush(o);
    /* After the flush the buffer is empty, so the order is kept. */
    if (s.n > o->buf.max)
        write_all(o, s);
    else if (!o->failed)
        buf_put(&o->buf, s);
}

/* How long the text will be is known only after it was tried. */
void
out_fmt(struct out *o, const char *fmt, ...)
{
    va_list ap;
    int n = 0;

    /* The second try has the whole array for itself. */
    for (int tries = 0; tries < 2 && !o->failed; tries++) {
        size_t room = o->buf.max - o->buf.n;

        va_start(ap, fmt);
        n = fmt_list(o->buf.p + o->buf.n, room, fmt, ap);
        va_end(ap);
        if (n >= 0 && (size_t)n < room) {
            o->buf.n += (size_t)n;
            return;
        }
        out_flush(o);
    }
    o->failed = true;
}
