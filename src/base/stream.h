#ifndef BASE_STREAM_H
#define BASE_STREAM_H

/*
 * Bytes that come one after the other, from a file, a pipe, memory, or out
 * of a gzip member (RFC 1952) around any of them.  Readers pull; nothing
 * here keeps more than its fixed buffers, which the caller's arena pays for.
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "arena.h"
#include "err.h"
#include "slice.h"

struct stream {
    /* Up to n > 0 bytes into p; 0 at the end, negative ERR_* with e set. */
    ssize_t (*read)(void *ctx, char *p, size_t n, struct err *e);
    void *ctx;
    /* All bytes that are left, when they are in memory as they are: the
     * stream is at its end then, and they live as long as what it is over.
     * NULL when it cannot. */
    struct slice (*view)(void *ctx);
};

static inline ssize_t
stream_read(struct stream *s, char *p, size_t n, struct err *e)
{
    return s->read(s->ctx, p, n, e);
}

/* Over an open descriptor; EINTR is tried again.  name is for messages and
 * must outlive the stream. */
struct stream_fd {
    int fd;
    struct slice name;
    uint64_t offset; /* bytes read so far */
};
struct stream stream_fd(struct stream_fd *f);

/* Over memory. */
struct stream_mem {
    struct slice left;
};
struct stream stream_mem(struct stream_mem *m);

/*
 * Looks at the first bytes of `in`: gzip is inflated (several members one
 * after the other too; trailing garbage, a wrong CRC or a torn end are
 * errors that name `name`), anything else passes through.  `out` takes the
 * place of `in`, of which it keeps a copy.  Buffers come from `arena` and live
 * until it is reset.  Returns 0 or ERR_MEMORY / the read's
 * error.
 */
int stream_sniff(struct stream *out, struct stream *in, struct slice name,
                 struct arena *arena, struct err *e);

#endif
