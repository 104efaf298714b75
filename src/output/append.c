/*
 * stdout and file: lines at the end of a descriptor.  A line that could not
 * be written whole leaves a torn one; it gets a newline before the next try,
 * so that whoever reads lines loses none but the torn one, which comes again.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "output/driver.h"

/* A pipe that poll(2) calls writable takes that much without blocking:
 * PIPE_BUF, pipe(7).  Files take whole lines. */
#define WRITE_MAX_BYTES 4096

struct append {
    int fd;      /* -1: closed */
    size_t most; /* bytes to write at once */
    bool torn;   /* what was written last does not end with a newline */
};

/* What there is to know of a descriptor: returns its size if it is a file. */
static off_t
append_measure(struct append *a)
{
    struct stat st;
    bool plain = fstat(a->fd, &st) == 0 && S_ISREG(st.st_mode);

    a->most = plain ? SIZE_MAX : WRITE_MAX_BYTES;
    return plain ? st.st_size : 0;
}

/* Whether a file ends in the middle of a line, as one does on a disk that was
 * full when its writer was killed.  Not being allowed to read it is no. */
static bool
file_is_torn(const char *path, off_t size)
{
    char last = '\n';
    int in;

    if (size == 0)
        return false;
    in = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (in < 0)
        return false;
    if (pread(in, &last, 1, size - 1) != 1)
        last = '\n';
    close(in);
    return last != '\n';
}

/* O_NONBLOCK is for a FIFO: without a reader it would hang. */
static int
append_reopen(struct output *o, struct err *e)
{
    struct append *a = o->own;
    struct slice path = o->options.path;
    char name[FILE_PATH_MAX_BYTES];

    if (path.n >= sizeof(name) || memchr(path.p, '\0', path.n) != NULL)
        return err_set(e, ERR_LIMIT, "the path is no name of a file");
    memcpy(name, path.p, path.n);
    name[path.n] = '\0';
    file_close(a->fd);
    a->fd = open(
        name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
        0640);
    if (a->fd < 0)
        return err_set(e, ERR_IO, "%.*s: %s", SLICE_FMT(path), strerror(errno));
    a->torn = file_is_torn(name, append_measure(a));
    return 0;
}

/* Descriptor 1 is there from the start, whatever it is. */
static int
append_open(struct output *o, struct arena *arena, struct err *e)
{
    struct append *a = arena_alloc(arena, sizeof(*a));

    if (a == NULL)
        return err_set(e, ERR_MEMORY, "no memory for an output");
    *a = (struct append){.fd = -1};
    o->own = a;
    if (o->options.type == OUTPUT_STDOUT) {
        a->fd = STDOUT_FILENO;
        append_measure(a);
        o->target = SLICE("stdout");
        return 0;
    }
    o->target = o->options.path;
    return append_reopen(o, e);
}

/*
 * Waits until fd takes more.  A reader that pauses is no failure, but one
 * that pauses long is news.  Returns false when the end has come.
 */
static bool
wait_for_room(struct output *o, int fd)
{
    int64_t stalled = clock_steady_ms() + DRIVER_STALL_MS;
    struct err e;

    while (!driver_over(o)) {
        if (driver_wait(o, fd, POLLOUT, stalled) != 0)
            return true;
        if (clock_left_ms(stalled) != 0)
            continue;
        err_set(&e, ERR_TIMEOUT, "%.*s: nobody reads it", SLICE_FMT(o->target));
        driver_failed(o, &e);
        stalled = CLOCK_NEVER;
    }
    return false;
}

/* All of text; a->torn says whether a part of a line is out. */
static int
write_all(struct output *o, struct slice text, struct err *e)
{
    struct append *a = o->own;

    while (text.n > 0) {
        ssize_t n;

        if (!wait_for_room(o, a->fd))
            return err_set(e, ERR_STOPPED, "%.*s: given up at the end",
                           SLICE_FMT(o->target));
        n = write(a->fd, text.p, text.n < a->most ? text.n : a->most);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n <= 0)
            return err_set(e, ERR_IO, "%.*s: %s", SLICE_FMT(o->target),
                           n < 0 ? strerror(errno) : "nothing was written");
        text = slice_from(text, (size_t)n);
        a->torn = text.n > 0;
    }
    return 0;
}

/* SIGHUP is answered at once, so that whoever moved the file away may go on
 * with it. */
static int
append_refresh(struct output *o, struct err *e)
{
    struct append *a = o->own;

    if (o->options.type != OUTPUT_FILE ||
        (!atomic_exchange(&o->reopen, false) && a->fd >= 0))
        return 0;
    return append_reopen(o, e);
}

static int
append_deliver(struct output *o, const struct outbox_line *line, struct err *e)
{
    struct append *a = o->own;
    int rc = a->torn ? write_all(o, SLICE("\n"), e) : 0;

    return rc < 0 ? rc : write_all(o, line->json, e);
}

/* A file was opened already; a descriptor 1 may be closed. */
static int
append_probe(struct output *o, int64_t deadline_ms, struct err *e)
{
    struct append *a = o->own;

    (void)deadline_ms;
    if (fcntl(a->fd, F_GETFL) < 0)
        return err_set(e, ERR_IO, "%.*s: %s", SLICE_FMT(o->target),
                       strerror(errno));
    return 0;
}

static void
append_close(struct output *o)
{
    struct append *a = o->own;

    if (a == NULL || o->options.type == OUTPUT_STDOUT)
        return;
    file_close(a->fd);
    a->fd = -1;
}

const struct driver append_driver = {
    .open = append_open,
    .deliver = append_deliver,
    .refresh = append_refresh,
    .probe = append_probe,
    .close = append_close,
};
