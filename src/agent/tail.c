#include "agent/tail.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* Names that come and go in the folder; not what is written there. */
#define FOLDER_EVENTS \
    (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR)
/* The file itself; IN_ATTRIB is how its last link's end is told. */
#define FILE_EVENTS (IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF)

void
tail_init(struct tail *t, struct slice path)
{
    *t = (struct tail){.path = path, .fd = -1, .notify = -1};
}

static int
tail_fail(const struct tail *t, const char *why, struct err *e)
{
    return err_set(e, ERR_IO, "%.*s: %s", SLICE_FMT(t->path), why);
}

/* Takes an open file, if it is one. */
static int
tail_take(struct tail *t, int fd, struct err *e)
{
    struct stat st;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return tail_fail(t, "not a file that can be followed", e);
    }
    file_close(t->fd);
    t->fd = fd;
    t->device = st.st_dev;
    t->inode = st.st_ino;
    t->offset = 0;
    t->marked = 0;
    return 0;
}

int
tail_open(struct tail *t, struct err *e)
{
    int fd;

    /* O_NONBLOCK: opening a pipe must not wait for its other end. */
    do
        fd = open(t->path.p, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    while (fd < 0 && errno == EINTR);
    return fd >= 0 ? tail_take(t, fd, e) : tail_fail(t, strerror(errno), e);
}

/* What is looked for, and by whom. */
struct moved {
    struct tail *t;
    uint64_t device, inode;
};

static int
moved_visit(void *ctx, struct slice path, struct err *e)
{
    char text[FILE_PATH_MAX_BYTES];
    struct moved *m = ctx;
    struct stat st;
    int fd;

    if (path.n >= sizeof(text))
        return 0;
    memcpy(text, path.p, path.n);
    text[path.n] = '\0';
    if (lstat(text, &st) != 0 || st.st_dev != m->device ||
        st.st_ino != m->inode)
        return 0;
    fd = file_open(path, e);
    /* An end of the walk, and no error: tail_take() says how it went. */
    return fd >= 0 && tail_take(m->t, fd, e) == 0 ? ERR_STOPPED : 0;
}

void
tail_close(struct tail *t)
{
    file_close(t->fd);
    file_close(t->notify);
    t->fd = -1;
    t->notify = -1;
}

bool
tail_is(const struct tail *t, uint64_t device, uint64_t inode)
{
    return t->device == device && t->inode == inode;
}

bool
tail_had_end(const struct tail *t, uint64_t offset)
{
    char end;

    return offset == 0 || (pread(t->fd, &end, 1, (off_t)(offset - 1)) == 1 &&
                           (end == '}' || end == ']' || end == '\n'));
}

bool
tail_is_gzip(const struct tail *t)
{
    char head[2];

    return pread(t->fd, head, 2, 0) == 2 && head[0] == '\x1f' &&
           head[1] == '\x8b'; /* RFC 1952, 2.3.1 */
}

int
tail_seek(struct tail *t, uint64_t offset, struct err *e)
{
    if (lseek(t->fd, (off_t)offset, SEEK_SET) < 0)
        return tail_fail(t, strerror(errno), e);
    t->offset = offset;
    t->marked = offset < TAIL_MARK_BYTES ? (size_t)offset : TAIL_MARK_BYTES;
    if (pread(t->fd, t->mark, t->marked, (off_t)(offset - t->marked)) !=
        (ssize_t)t->marked)
        t->marked = 0;
    return 0;
}

/* Keeps the end of what was read. */
static void
mark_move(struct tail *t, const char *p, size_t n)
{
    size_t fresh = n < TAIL_MARK_BYTES ? n : TAIL_MARK_BYTES;
    size_t old = TAIL_MARK_BYTES - fresh;

    if (old > t->marked)
        old = t->marked;
    memmove(t->mark, t->mark + (t->marked - old), old);
    memcpy(t->mark + old, p + (n - fresh), fresh);
    t->marked = old + fresh;
}

/* Whether what was read is still there. */
static bool
mark_stands(const struct tail *t)
{
    char now[TAIL_MARK_BYTES];
    ssize_t got = pread(t->fd, now, t->marked, (off_t)(t->offset - t->marked));

    return got == (ssize_t)t->marked && memcmp(now, t->mark, t->marked) == 0;
}

ssize_t
tail_read(struct tail *t, char *p, size_t n, struct err *e)
{
    ssize_t got;

    do
        got = read(t->fd, p, n);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return err_set(e, ERR_IO, "%.*s: (offset %llu) %s", SLICE_FMT(t->path),
                       (unsigned long long)t->offset, strerror(errno));
    t->offset += (uint64_t)got;
    mark_move(t, p, (size_t)got);
    return got;
}

enum tail_state
tail_look(const struct tail *t)
{
    struct stat here, there;
    /* Looked at first: what the writer put into the old file before it went
     * over to the new one is then seen in the old one's size. */
    bool other = stat(t->path.p, &there) == 0 && there.st_size > 0;

    if (fstat(t->fd, &here) != 0)
        return TAIL_SAME;
    if ((uint64_t)here.st_size < t->offset || !mark_stands(t))
        return TAIL_TRUNCATED;
    if ((uint64_t)here.st_size > t->offset)
        return TAIL_LONGER;
    /* Rotation may make the new file before the writer leaves the old one: as
     * long as nothing is in the new one, the old one may still grow. */
    if (other && (there.st_dev != here.st_dev || there.st_ino != here.st_ino))
        return TAIL_REPLACED;
    return TAIL_SAME;
}

/* The folder the name is in. */
static void
folder_of(const struct tail *t, char out[FILE_PATH_MAX_BYTES])
{
    size_t n = slice_rchr(t->path, '/');

    if (n == t->path.n || n >= FILE_PATH_MAX_BYTES)
        memcpy(out, ".", 2);
    else if (n == 0)
        memcpy(out, "/", 2);
    else {
        memcpy(out, t->path.p, n);
        out[n] = '\0';
    }
}

bool
tail_open_moved(struct tail *t, uint64_t device, uint64_t inode,
                struct arena *arena)
{
    struct moved m = {t, device, inode};
    char folder[FILE_PATH_MAX_BYTES];

    folder_of(t, folder);
    return file_walk(slice_str(folder), arena, moved_visit, &m, NULL) ==
           ERR_STOPPED;
}

void
tail_watch(struct tail *t)
{
    char folder[FILE_PATH_MAX_BYTES];
    char told[1024]; /* inotify(7): at least one event and its name */
    struct stat st;

    if (t->notify < 0)
        t->notify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    t->deaf = t->notify < 0;
    if (t->deaf)
        return;
    while (read(t->notify, told, sizeof(told)) > 0)
        continue;
    folder_of(t, folder);
    if (inotify_add_watch(t->notify, folder, FOLDER_EVENTS) < 0)
        t->deaf = true;
    /* A name that is not there yet is told of by the folder. */
    if (inotify_add_watch(t->notify, t->path.p, FILE_EVENTS) < 0 &&
        errno != ENOENT)
        t->deaf = true;
    /* What happens in the folder a link points into is not told. */
    if (lstat(t->path.p, &st) == 0 && S_ISLNK(st.st_mode))
        t->deaf = true;
}
