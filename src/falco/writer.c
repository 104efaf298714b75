#include "falco/writer.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room for one more acknowledgement. */
static bool
can_answer(const struct writer *w)
{
    return w->deaf || WRITER_OUT_BYTES - w->out_n >= WRITER_ACK_MAX_BYTES;
}

/* Appends; the caller has seen to the room. */
static void
put_out(struct writer *w, struct slice s)
{
    memcpy(w->out + w->out_n, s.p, s.n);
    w->out_n += s.n;
}

/* MSG_NOSIGNAL: Falco leaves SIGPIPE as it is, and would die of it. */
static void
flush(struct writer *w)
{
    while (w->ready > 0 && !w->deaf) {
        ssize_t n = send(w->fd, w->out, w->ready, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return;
        if (n < 0) {
            w->deaf = true;
            break;
        }
        w->out_n -= (size_t)n;
        w->ready -= (size_t)n;
        memmove(w->out, w->out + n, w->out_n);
    }
    if (w->deaf)
        w->out_n = w->ready = 0;
}

/* Descriptors come again, and with them places: all is reset. */
void
writer_open(struct writer *w, int fd)
{
    w->fd = fd;
    w->from = w->to = w->looked = w->out_n = w->ready = 0;
    w->skipping = w->ended = w->deaf = false;
    counter_add(&w->counters->writers, 1);
    counter_add(&w->counters->writers_seen, 1);
    put_out(w, SLICE(WRITER_GREETING));
    writer_confirm(w);
}

/* What is left of a line was never a record: its writer sends it again. */
void
writer_close(struct writer *w)
{
    if (w->fd < 0)
        return;
    if (w->from < w->to || w->skipping)
        counter_add(&w->counters->lines_torn, 1);
    counter_add(&w->counters->writers, (uint64_t)-1);
    close(w->fd);
    w->fd = -1;
}

/* Not asking for more is the backpressure: the kernel's buffer fills, and
 * then the writer waits. */
short
writer_wants(const struct writer *w)
{
    short events = 0;

    if (!w->ended && w->to - w->from < w->in_max)
        events |= POLLIN;
    if (w->ready > 0)
        events |= POLLOUT;
    return events;
}

/* Moves what is left to the front once there is no room behind it: each byte
 * moves once for each time that the whole of the room is read. */
static void
read_some(struct writer *w)
{
    ssize_t n;

    if (w->to == w->in_max && w->from > 0) {
        memmove(w->in, w->in + w->from, w->to - w->from);
        w->to -= w->from;
        w->looked -= w->from;
        w->from = 0;
    }
    if (w->ended || w->to == w->in_max)
        return;
    do
        n = recv(w->fd, w->in + w->to, w->in_max - w->to, MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    if (n > 0) {
        w->to += (size_t)n;
        counter_add(&w->counters->bytes, (uint64_t)n);
    } else if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) {
        w->ended = true;
    }
}

/* A hang-up is reported even when nothing is asked for: what stands ready is
 * then tried once more, so that the failure of it is seen. */
void
writer_serve(struct writer *w, short events)
{
    if ((events & (POLLIN | POLLHUP | POLLERR)) != 0)
        read_some(w);
    if ((events & (POLLERR | POLLHUP)) != 0)
        w->deaf = true;
    flush(w);
}

/* Drops bytes of a line that is too long, up to its end. */
static void
skip(struct writer *w, size_t n)
{
    w->from += n;
    w->looked = w->from;
    if (w->from == w->to)
        w->from = w->to = w->looked = 0;
}

/* Looks at each byte once: what has no end yet is remembered by `looked`. */
bool
writer_line(struct writer *w, struct slice *line)
{
    while (w->fd >= 0 && can_answer(w) && w->looked < w->to) {
        struct slice rest = slice_of(w->in + w->looked, w->to - w->looked);
        size_t at = slice_chr(rest, '\n');
        size_t n = w->looked - w->from + at;
        bool whole = at < rest.n;

        if (w->skipping) {
            w->skipping = !whole;
            skip(w, n + whole);
        } else if (n > MESSAGE_MAX_BYTES) {
            counter_add(&w->counters->lines_too_long, 1);
            w->skipping = !whole;
            skip(w, n + whole);
        } else if (whole) {
            *line = slice_of(w->in + w->from, n);
            return true;
        } else {
            w->looked = w->to;
        }
    }
    return false;
}

void
writer_taken(struct writer *w, struct slice line)
{
    skip(w, line.n + 1);
}

/* Not sent before writer_confirm(): Falco has not even seen the record. */
void
writer_ack(struct writer *w, struct slice id)
{
    if (w->deaf || id.n > MESSAGE_ID_MAX_BYTES)
        return;
    put_out(w, SLICE("ack "));
    put_out(w, id);
    put_out(w, SLICE("\n"));
    counter_add(&w->counters->acks, 1);
}

void
writer_confirm(struct writer *w)
{
    w->ready = w->out_n;
    flush(w);
}

/* Half-closed writers still hear their acknowledgements. */
bool
writer_over(const struct writer *w)
{
    return w->ended && w->looked == w->to && w->out_n == 0;
}
