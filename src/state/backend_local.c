#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/stream.h"
#include "state/backend.h"

/* For how long a file that does not look whole may be in the making. */
#define WRITING_MS 2000

/* What a file is known by: rewritten in place it keeps its inode, replaced
 * it keeps perhaps its size and time. */
struct file_mark {
    uint64_t device, inode, size;
    int64_t modified_s, modified_ns, changed_s, changed_ns;
};

_Static_assert(sizeof(struct file_mark) <= BACKEND_MARK_MAX_BYTES,
               "a mark holds it");

static int
mark_read(struct backend_mark *m, int64_t *modified_ms, int fd,
          struct slice path, struct err *e)
{
    struct file_mark f = {0};
    struct stat st;

    if (fstat(fd, &st) != 0)
        return err_set(e, ERR_IO, "%.*s: %s", SLICE_FMT(path), strerror(errno));
    f.device = (uint64_t)st.st_dev;
    f.inode = (uint64_t)st.st_ino;
    f.size = (uint64_t)st.st_size;
    f.modified_s = st.st_mtim.tv_sec;
    f.modified_ns = st.st_mtim.tv_nsec;
    f.changed_s = st.st_ctim.tv_sec;
    f.changed_ns = st.st_ctim.tv_nsec;
    memcpy(m->text, &f, sizeof(f));
    m->n = sizeof(f);
    *modified_ms = f.modified_s * 1000 + f.modified_ns / 1000000;
    return 0;
}

static bool
mark_same(const struct backend_mark *a, const struct backend_mark *b)
{
    return a->n == b->n && memcmp(a->text, b->text, a->n) == 0;
}

/*
 * .NAME.lock.info in the same folder: Terraform, internal/states/statemgr/
 * filesystem.go, lockInfoPath().
 */
static bool
is_locked(struct slice path)
{
    size_t slash = slice_rchr(path, '/');
    size_t folder = slash < path.n ? slash + 1 : 0;
    char mem[BACKEND_PATH_MAX_BYTES];
    struct buf b = buf_over(mem, sizeof(mem));

    buf_put(&b, slice_head(path, folder));
    buf_byte(&b, '.');
    buf_put(&b, slice_from(path, folder));
    buf_put(&b, SLICE(".lock.info"));
    return !b.full && file_kind(buf_slice(&b), NULL) >= 0;
}

/* Reads the file from its first byte, plain or gzip, into l->keep. */
static int
read_state(int fd, struct backend_look *l, struct err *e)
{
    struct stream_fd file = {.fd = fd, .name = l->key};
    struct stream raw = stream_fd(&file), in;
    size_t used = arena_mark(l->scratch);
    int rc = stream_sniff(&in, &raw, l->key, l->scratch, e);

    if (rc >= 0)
        rc = state_load(&l->state, l->maps, &in, l->name, l->key, l->keep,
                        l->scratch, e);
    arena_reset(l->scratch, used);
    return rc < 0 ? rc : 0;
}

/*
 * Loads it, unless it changes meanwhile: Terraform writes a local state over
 * the old one, so that half of each may be read, and both halves be JSON.
 */
static int
load_file(int fd, struct backend_look *l, struct err *e)
{
    size_t kept = arena_mark(l->keep);
    struct backend_mark before, after;
    int64_t modified_ms;
    bool young;
    int rc = mark_read(&before, &modified_ms, fd, l->key, e);

    if (rc < 0 || mark_same(&before, &l->mark))
        return rc;
    young = modified_ms > l->wall_ms - WRITING_MS;
    rc = read_state(fd, l, e);
    if (rc < 0) {
        l->patience_ms = young && rc != ERR_MEMORY ? WRITING_MS : 0;
        return rc;
    }
    rc = mark_read(&after, &modified_ms, fd, l->key, e);
    if (rc == 0 && !mark_same(&before, &after)) {
        l->patience_ms = WRITING_MS;
        rc = err_set(e, ERR_MORE, "%.*s: written while it was read",
                     SLICE_FMT(l->key));
    }
    if (rc < 0) {
        l->state = NULL;
        arena_reset(l->keep, kept);
        return rc;
    }
    /* The next write may come within the same tick of the file system's
     * clock: only a file that rests is known by its times. */
    l->mark = after;
    if (young)
        l->mark.n = 0;
    return 0;
}

static int
local_look(struct backend *b, struct backend_look *l, struct err *e)
{
    int fd, rc;

    (void)b;
    l->state = NULL;
    l->gone = false;
    l->patience_ms = 0;
    e->code = 0;
    l->locked = is_locked(l->key);
    fd = file_open(l->key, e);
    if (fd < 0) {
        l->gone = file_kind(l->key, NULL) < 0 && errno == ENOENT;
        return fd;
    }
    rc = load_file(fd, l, e);
    file_close(fd);
    return rc;
}

void
backend_local(struct backend *b)
{
    *b = (struct backend){.look = local_look, .locks = true};
}
