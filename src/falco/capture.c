#include "falco/capture.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "falco/endpoint.h"
#include "falco/writer.h"

#define CAPTURE_LINES 64   /* lines between two looks at the clock */
#define CAPTURE_ACCEPTS 64 /* connections between two looks at the others */

struct capture {
    struct arena memory;
    struct endpoint endpoint;
    struct counters *counters;
    struct message message;
    struct batch batch;
    size_t turn; /* the writer that is asked first */
    bool deaf;   /* no more can be accepted for now */
    struct writer writer[CAPTURE_WRITERS];
};

/* Carves everything out of one mapping, which costs nothing until used. */
static struct capture *
allocate(const struct settings *s, struct counters *counters)
{
    struct arena memory;
    struct capture *c;
    bool fits;

    if (arena_map(&memory, sizeof(*c) + MESSAGE_MEMORY_BYTES + BATCH_BYTES +
                               4096 + CAPTURE_WRITERS * s->queue_bytes) < 0)
        return NULL;
    c = arena_alloc(&memory, sizeof(*c));
    fits = c != NULL && message_init(&c->message, &memory) == 0 &&
           batch_init(&c->batch, &memory) == 0;
    for (size_t i = 0; fits && i < CAPTURE_WRITERS; i++) {
        struct writer *w = &c->writer[i];

        w->fd = -1;
        w->counters = counters;
        w->in_max = s->queue_bytes;
        w->in = arena_bytes(&memory, w->in_max);
        fits = w->in != NULL;
    }
    if (!fits) {
        arena_unmap(&memory);
        return NULL;
    }
    c->counters = counters;
    c->memory = memory;
    return c;
}

struct capture *
capture_open(const struct settings *s, struct counters *counters, struct err *e)
{
    struct capture *c = allocate(s, counters);

    if (c == NULL) {
        err_set(e, ERR_MEMORY, "no memory for a queue of %zu KiB a writer",
                s->queue_bytes >> 10);
    } else if (endpoint_bind(&c->endpoint, s, e) < 0) {
        capture_close(c);
        c = NULL;
    }
    return c;
}

/* The memory holds c itself: its arena is taken out first. */
void
capture_close(struct capture *c)
{
    struct arena memory;

    if (c == NULL)
        return;
    for (size_t i = 0; i < CAPTURE_WRITERS; i++)
        writer_close(&c->writer[i]);
    endpoint_release(&c->endpoint);
    memory = c->memory;
    arena_unmap(&memory);
}

/* One that finds no place is sent away, and will try again: were it left to
 * wait, it would take us for a reader that does not greet. */
static void
accept_all(struct capture *c)
{
    for (;;) {
        int fd =
            accept4(c->endpoint.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        size_t i = 0;

        if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
            continue;
        if (fd < 0) {
            /* Out of descriptors: it stays readable, and must not be
             * waited for until the next call. */
            c->deaf = errno != EAGAIN && errno != EWOULDBLOCK;
            return;
        }
        while (i < CAPTURE_WRITERS && c->writer[i].fd >= 0)
            i++;
        if (i < CAPTURE_WRITERS) {
            writer_open(&c->writer[i], fd);
        } else {
            counter_add(&c->counters->writers_refused, 1);
            close(fd);
        }
    }
}

/* Waits until something can be done, and does it.  False when a signal came
 * in between. */
static bool
serve(struct capture *c, int wait_ms)
{
    struct pollfd p[1 + CAPTURE_WRITERS];
    int rc;

    p[0] = (struct pollfd){c->deaf ? -1 : c->endpoint.fd, POLLIN, 0};
    for (size_t i = 0; i < CAPTURE_WRITERS; i++)
        p[1 + i] = (struct pollfd){c->writer[i].fd, /* -1 is passed over */
                                   writer_wants(&c->writer[i]), 0};
    rc = poll(p, 1 + CAPTURE_WRITERS, wait_ms);
    if (rc <= 0)
        return rc == 0 || errno != EINTR;
    for (size_t i = 0; i < CAPTURE_WRITERS; i++)
        if (p[1 + i].fd >= 0 && p[1 + i].revents != 0)
            writer_serve(&c->writer[i], p[1 + i].revents);
    if (p[0].revents != 0)
        accept_all(c);
    return true;
}

/* Delivers the next line of a writer, or does with it what else there is to
 * do.  False when it has none. */
static bool
take_line(struct capture *c, struct writer *w)
{
    struct slice line, text;

    if (!writer_line(w, &line))
        return false;
    text = line;
    /* Whoever tries it by hand may end lines as terminals do; empty ones
     * are nobody's fault. */
    while (text.n > 0 && text.p[text.n - 1] == '\r')
        text.n--;
    if (text.n > 0) {
        message_read(&c->message, text);
        switch (message_use(&c->message)) {
        case MESSAGE_DELIVER:
            batch_add(&c->batch, text);
            counter_add(&c->counters->records, 1);
            writer_ack(w, message_id(&c->message));
            break;
        case MESSAGE_CONFIRM:
            counter_add(&c->counters->lines_unusable, 1);
            writer_ack(w, message_id(&c->message));
            break;
        case MESSAGE_SKIP:
            counter_add(&c->counters->lines_malformed, 1);
            break;
        }
    }
    writer_taken(w, line);
    return true;
}

/* Takes lines, one from each writer in turn, until there are no more, the
 * batch is full or the time is over. */
static void
take_lines(struct capture *c, int64_t deadline_ms)
{
    size_t idle = 0, lines = 0;

    while (idle < CAPTURE_WRITERS && batch_has_room(&c->batch)) {
        struct writer *w = &c->writer[c->turn];

        c->turn = (c->turn + 1) % CAPTURE_WRITERS;
        idle = take_line(c, w) ? 0 : idle + 1;
        if (++lines % CAPTURE_LINES == 0 && clock_steady_ms() >= deadline_ms)
            return;
    }
}

/* Whether a line could be taken at once. */
static bool
has_line(struct capture *c)
{
    struct slice line;

    for (size_t i = 0; i < CAPTURE_WRITERS; i++)
        if (writer_line(&c->writer[i], &line))
            return true;
    return false;
}

/*
 * One pass at least, also when lines are waiting: a writer that connects
 * meanwhile must be greeted.  A signal ends the wait, so that Falco can look
 * at what it asks for.
 */
uint32_t
capture_next(struct capture *c, ss_plugin_event ***events)
{
    int64_t deadline_ms = clock_steady_ms() + CAPTURE_WAIT_MS;
    bool calm = true;

    /* Falco asks for more: it is done with all of the last batch. */
    batch_reset(&c->batch);
    c->deaf = false;
    for (size_t i = 0; i < CAPTURE_WRITERS; i++)
        if (c->writer[i].fd >= 0)
            writer_confirm(&c->writer[i]);
    do {
        calm = serve(c, has_line(c) ? 0 : clock_left_ms(deadline_ms));
        take_lines(c, deadline_ms);
        for (size_t i = 0; i < CAPTURE_WRITERS; i++)
            if (c->writer[i].fd >= 0 && writer_over(&c->writer[i]))
                writer_close(&c->writer[i]);
    } while (calm && c->batch.n == 0 && clock_steady_ms() < deadline_ms);
    *events = c->batch.list;
    return c->batch.n;
}
