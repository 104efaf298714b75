#include "agent/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crc.h"

#define MAGIC "tfdrift checkpoint 2\n"
#define MAGIC_BYTES (sizeof(MAGIC) - 1)
#define HEAD_BYTES 8 /* of a frame */
#define TAIL_BYTES 4

static int
failed(const struct journal *j, const char *what, struct err *e)
{
    return err_set(e, ERR_IO, "%s: cannot %s: %s",
                   j->path[0] != '\0' ? j->path : "checkpoint in memory", what,
                   strerror(errno));
}

/* PATH with an ending. */
static bool
path_with(const struct journal *j, const char *ending,
          char out[FILE_PATH_MAX_BYTES])
{
    int n = snprintf(out, FILE_PATH_MAX_BYTES, "%s%s", j->path, ending);

    return n > 0 && n < FILE_PATH_MAX_BYTES;
}

/* Writes all at an offset.  Returns 0 or ERR_IO. */
static int
write_at(const struct journal *j, int fd, struct slice s, uint64_t offset,
         struct err *e)
{
    while (s.n > 0) {
        ssize_t n = pwrite(fd, s.p, s.n, (off_t)offset);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return failed(j, "write", e);
        s = slice_from(s, (size_t)n);
        offset += (uint64_t)n;
    }
    return 0;
}

static void
put_u32(struct buf *b, uint32_t v)
{
    buf_put(b, slice_of((const char *)&v, sizeof(v)));
}

static uint32_t
get_u32(const char *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof(v));
    return v;
}

size_t
journal_begin(struct buf *b, uint32_t kind)
{
    size_t at = b->n;

    put_u32(b, 0);
    put_u32(b, kind);
    return at;
}

void
journal_end(struct buf *b, size_t at)
{
    uint32_t n;

    if (b->full)
        return;
    n = (uint32_t)(b->n - at - HEAD_BYTES);
    memcpy(b->p + at, &n, sizeof(n));
    put_u32(b, crc_of(slice_of(b->p + at, b->n - at)));
}

/* Whether it is not the file of that name any more: whoever had it put
 * another in its place before it was locked here. */
static bool
is_replaced(const struct journal *j)
{
    struct stat open, named;

    return j->path[0] != '\0' &&
           (fstat(j->fd, &open) < 0 || stat(j->path, &named) < 0 ||
            open.st_ino != named.st_ino || open.st_dev != named.st_dev);
}

/* The file under its name, or memory; locked. */
static int
open_file(struct journal *j, struct err *e)
{
    j->fd = j->path[0] != '\0'
                ? open(j->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)
                : memfd_create("tfdrift-checkpoint", MFD_CLOEXEC);
    if (j->fd < 0)
        return failed(j, "open", e);
    if (flock(j->fd, LOCK_EX | LOCK_NB) < 0 || is_replaced(j))
        return err_set(e, ERR_IO, "%s: another process uses this checkpoint",
                       j->path);
    return 0;
}

/* The frames of a file as they are read, through one buffer. */
struct reading {
    int fd;
    char *p;
    size_t size, from, to;
    uint64_t offset; /* in the file, of p[from] */
};

/* Makes n bytes be there; false at the end of the file. */
static bool
reading_fill(struct reading *r, size_t n)
{
    ssize_t got;

    if (r->to - r->from >= n)
        return true;
    memmove(r->p, r->p + r->from, r->to - r->from);
    r->to -= r->from;
    r->from = 0;
    while (r->to < n) {
        got = pread(r->fd, r->p + r->to, r->size - r->to,
                    (off_t)(r->offset + r->to));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        r->to += (size_t)got;
    }
    return true;
}

static void
reading_pass(struct reading *r, size_t n)
{
    r->from += n;
    r->offset += n;
}

/* The next whole frame.  1; 0 when there is none, or only a part of one at
 * the end; or -1 with the damage told. */
static int
reading_frame(struct reading *r, struct slice *frame,
              struct journal_damage *damage)
{
    uint32_t n;

    if (!reading_fill(r, HEAD_BYTES))
        return 0;
    n = get_u32(r->p + r->from);
    damage->offset = r->offset;
    if (n > JOURNAL_PAYLOAD_MAX_BYTES) {
        snprintf(damage->text, sizeof(damage->text),
                 "a frame of %u bytes, more than there can be", n);
        return -1;
    }
    if (!reading_fill(r, HEAD_BYTES + n + TAIL_BYTES))
        return 0;
    *frame = slice_of(r->p + r->from, HEAD_BYTES + n + TAIL_BYTES);
    if (crc_of(slice_head(*frame, HEAD_BYTES + n)) !=
        get_u32(frame->p + HEAD_BYTES + n)) {
        snprintf(damage->text, sizeof(damage->text),
                 "the checksum of a frame of %u bytes is wrong", n);
        return -1;
    }
    return 1;
}

/* Reads all frames.  An empty file gets its head. */
static int
read_all(struct journal *j, struct reading *r,
         void (*each)(void *ctx, uint32_t kind, struct slice payload),
         void *ctx, struct journal_damage *damage, struct err *e)
{
    struct slice frame;

    if (!reading_fill(r, MAGIC_BYTES)) {
        /* Killed while it was being made, or new. */
        if (memcmp(r->p, MAGIC, r->to) == 0) {
            j->bytes = MAGIC_BYTES;
            return write_at(j, j->fd, SLICE(MAGIC), 0, e);
        }
    }
    if (r->to < MAGIC_BYTES || memcmp(r->p, MAGIC, MAGIC_BYTES) != 0) {
        snprintf(damage->text, sizeof(damage->text),
                 "it does not begin as a checkpoint of this version does");
        damage->offset = 0;
        return 0;
    }
    reading_pass(r, MAGIC_BYTES);
    while (reading_frame(r, &frame, damage) > 0) {
        each(ctx, get_u32(frame.p + 4),
             slice_of(frame.p + HEAD_BYTES, frame.n - HEAD_BYTES - TAIL_BYTES));
        reading_pass(r, frame.n);
    }
    j->bytes = r->offset;
    /* What hangs over is a frame that nobody was told of. */
    if (damage->text[0] == '\0' && ftruncate(j->fd, (off_t)j->bytes) < 0)
        return failed(j, "truncate", e);
    return 0;
}

/* Copies the first bytes of the file, which are good, into a new one. */
static int
salvage(struct journal *j, struct reading *r, struct err *e)
{
    char aside[FILE_PATH_MAX_BYTES];
    uint64_t end = j->bytes > MAGIC_BYTES ? j->bytes : MAGIC_BYTES;
    uint64_t at = MAGIC_BYTES;
    int rc = journal_replace(j, e);

    while (rc == 0 && at < end) {
        size_t most = end - at < r->size ? (size_t)(end - at) : r->size;
        ssize_t n = pread(j->fd, r->p, most, (off_t)at);

        if (n <= 0)
            return failed(j, "read", e);
        rc = journal_put(j, slice_of(r->p, (size_t)n), e);
        at += (uint64_t)n;
    }
    if (rc == 0 && j->path[0] != '\0' &&
        (!path_with(j, ".damaged", aside) || rename(j->path, aside) < 0))
        return failed(j, "set it aside as PATH.damaged", e);
    return rc == 0 ? journal_commit(j, e) : rc;
}

int
journal_open(struct journal *j, struct slice path, struct arena *scratch,
             void (*each)(void *ctx, uint32_t kind, struct slice payload),
             void *ctx, struct journal_damage *damage, struct err *e)
{
    bool kept = path.n == 0 && j->memory > 0;
    size_t mark = arena_mark(scratch);
    struct reading r = {.size = JOURNAL_PAYLOAD_MAX_BYTES + 64};
    int rc = 0;

    *damage = (struct journal_damage){.text = ""};
    if (path.n >= sizeof(j->path))
        return err_set(e, ERR_LIMIT, "%.*s: the path is too long",
                       SLICE_FMT(path));
    memcpy(j->path, path.p != NULL ? path.p : "", path.n);
    j->path[path.n] = '\0';
    j->next = -1;
    if (kept) {
        j->fd = j->memory;
        j->memory = 0;
    }
    if (!kept && (rc = open_file(j, e)) < 0)
        return rc;
    r.fd = j->fd;
    r.p = arena_bytes(scratch, r.size);
    if (r.p == NULL)
        return err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    rc = read_all(j, &r, each, ctx, damage, e);
    if (rc == 0 && damage->text[0] != '\0')
        rc = salvage(j, &r, e);
    arena_reset(scratch, mark);
    return rc;
}

/* What was kept in memory is of no use any more. */
static void
forget_memory(struct journal *j)
{
    if (j->memory > 0)
        close(j->memory);
    j->memory = 0;
}

int
journal_append(struct journal *j, struct slice frames, struct err *e)
{
    int rc = write_at(j, j->fd, frames, j->bytes, e), cut;

    if (rc == 0 && j->path[0] != '\0' && fdatasync(j->fd) < 0)
        rc = failed(j, "sync", e);
    if (rc == 0) {
        j->bytes += frames.n;
        forget_memory(j);
        return 0;
    }
    /* If it stays, the next append writes over it, at the same place. */
    cut = ftruncate(j->fd, (off_t)j->bytes);
    (void)cut;
    return rc;
}

int
journal_replace(struct journal *j, struct err *e)
{
    char path[FILE_PATH_MAX_BYTES];

    if (j->next >= 0)
        close(j->next);
    j->next = -1;
    if (j->path[0] == '\0')
        j->next = memfd_create("tfdrift-checkpoint", MFD_CLOEXEC);
    else if (path_with(j, ".new", path))
        j->next = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (j->next < 0)
        return failed(j, "make a new file beside it", e);
    if (flock(j->next, LOCK_EX | LOCK_NB) < 0)
        return failed(j, "lock", e);
    j->next_bytes = 0;
    return journal_put(j, SLICE(MAGIC), e);
}

int
journal_put(struct journal *j, struct slice frames, struct err *e)
{
    int rc = write_at(j, j->next, frames, j->next_bytes, e);

    j->next_bytes += frames.n;
    return rc;
}

/* A rename is durable once the folder is synced: rename(2), fsync(2). */
static int
sync_folder(const struct journal *j, struct err *e)
{
    char folder[FILE_PATH_MAX_BYTES];
    char *slash;
    int fd, rc;

    snprintf(folder, sizeof(folder), "%s", j->path);
    slash = strrchr(folder, '/');
    if (slash != NULL)
        slash[slash == folder ? 1 : 0] = '\0';
    fd = open(slash != NULL ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return failed(j, "open the folder of", e);
    rc = fsync(fd) < 0 ? failed(j, "sync the folder of", e) : 0;
    close(fd);
    return rc;
}

int
journal_commit(struct journal *j, struct err *e)
{
    char path[FILE_PATH_MAX_BYTES];
    int rc = 0;

    if (j->path[0] != '\0') {
        if (fsync(j->next) < 0)
            return failed(j, "sync", e);
        if (!path_with(j, ".new", path) || rename(path, j->path) < 0)
            return failed(j, "replace", e);
        rc = sync_folder(j, e);
    }
    close(j->fd);
    j->fd = j->next;
    j->next = -1;
    j->bytes = j->next_bytes;
    return rc;
}

void
journal_close(struct journal *j, bool keep)
{
    if (j->next >= 0)
        close(j->next);
    j->next = -1;
    if (keep && j->path[0] == '\0' && j->fd > 0)
        j->memory = j->fd;
    else if (j->fd > 0)
        close(j->fd);
    j->fd = -1;
    if (!keep)
        forget_memory(j);
}
