#include "stream.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/*
 * A signal without SA_RESTART may interrupt read(2) before it has anything:
 * that is neither an end nor an error.  The offset goes into the message
 * because that is all there is to find a bad place on a disk again.
 */
static ssize_t
fd_read(void *ctx, char *p, size_t n, struct err *e)
{
    struct stream_fd *f = ctx;
    ssize_t got;

    do
        got = read(f->fd, p, n);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return err_set(e, ERR_IO, "%.*s: (offset %llu) %s", SLICE_FMT(f->name),
                       (unsigned long long)f->offset, strerror(errno));
    f->offset += (uint64_t)got;
    return got;
}

struct stream
stream_fd(struct stream_fd *f)
{
    return (struct stream){.read = fd_read, .ctx = f};
}

/* For callers that want their own copy; mem_view() is for all others. */
static ssize_t
mem_read(void *ctx, char *p, size_t n, struct err *e)
{
    struct stream_mem *m = ctx;

    (void)e; /* memory does not fail */
    if (n > m->left.n)
        n = m->left.n;
    if (n > 0)
        memcpy(p, m->left.p, n);
    m->left = slice_from(m->left, n);
    return (ssize_t)n;
}

/* Taking the view uses the stream up, so that no byte can come twice. */
static struct slice
mem_view(void *ctx)
{
    struct stream_mem *m = ctx;
    struct slice all = m->left;

    m->left = slice_of("", 0);
    return all;
}

struct stream
stream_mem(struct stream_mem *m)
{
    return (struct stream){mem_read, m, mem_view};
}
