#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "buf.h"

#define FILE_DENTS_BYTES 32768u /* what one getdents64 call may return */

/* What getdents64 writes, one after the other: getdents(2). */
struct file_dent {
    uint64_t ino;
    int64_t off;
    uint16_t size; /* of this one, name and padding included */
    uint8_t type;  /* not used: some file systems do not set it */
    char name[];
};

/* One name of a folder, in a list. */
struct file_name {
    struct file_name *next;
    struct slice text;
};

struct file_walker {
    int (*visit)(void *ctx, struct slice path, struct err *e);
    void *ctx;
    struct arena *arena;
    struct err *e;
    char *dents;
    char text[FILE_PATH_MAX_BYTES]; /* path's bytes */
    struct buf path;                /* of what is being read */
};

/* errno as a sentence: strerror() of musl returns constant texts. */
static int
file_fail(struct err *e, struct slice path)
{
    return err_set(e, ERR_IO, "%.*s: %s", SLICE_FMT(path), strerror(errno));
}

/* The name with a terminator, in out; false when it cannot be a name. */
static bool
path_text(struct slice path, char out[FILE_PATH_MAX_BYTES])
{
    errno = path.n < FILE_PATH_MAX_BYTES ? ENOENT : ENAMETOOLONG;
    if (path.n >= FILE_PATH_MAX_BYTES || slice_chr(path, '\0') < path.n)
        return false;
    if (path.n > 0)
        memcpy(out, path.p, path.n);
    out[path.n] = '\0';
    return true;
}

int
file_kind(struct slice path, struct err *e)
{
    char text[FILE_PATH_MAX_BYTES];
    struct stat st;

    if (!path_text(path, text) || stat(text, &st) != 0)
        return file_fail(e, path);
    return S_ISDIR(st.st_mode) ? FILE_FOLDER : FILE_PLAIN;
}

/* open(2) with the flags every descriptor here has. */
static int
file_open_as(struct slice path, int flags, struct err *e)
{
    char text[FILE_PATH_MAX_BYTES];
    /* Opening a FIFO, or a file on a network, may be interrupted. */
    int fd = -1;

    if (path_text(path, text))
        do
            fd = open(text, O_RDONLY | O_CLOEXEC | O_NOCTTY | flags);
        while (fd < 0 && errno == EINTR);
    return fd >= 0 ? fd : file_fail(e, path);
}

int
file_open(struct slice path, struct err *e)
{
    return file_open_as(path, 0, e);
}

void
file_close(int fd)
{
    if (fd >= 0)
        close(fd);
}

/* read(2) until there is something, the end, or an error. */
static ssize_t
file_take(int fd, char *p, size_t n)
{
    ssize_t got;

    do
        got = read(fd, p, n);
    while (got < 0 && errno == EINTR);
    return got;
}

int
file_read(struct slice path, size_t max, struct arena *arena,
          struct slice *text, struct err *e)
{
    struct buf b = arena_open(arena);
    int fd = file_open(path, e), rc = 0;
    ssize_t got = 1;

    if (fd < 0)
        return fd;
    /* One byte more than is allowed tells too long from just as long. */
    while (rc == 0 && got > 0 && b.n <= max) {
        size_t room = b.max - b.n;

        if (room > max - b.n)
            room = max - b.n + 1;
        got = room > 0 ? file_take(fd, b.p + b.n, room) : 0;
        if (got < 0)
            rc = file_fail(e, path);
        else if (room == 0)
            b.full = true;
        else
            b.n += (size_t)got;
    }
    file_close(fd);
    if (rc != 0)
        return rc;
    if (b.n > max)
        return err_set(e, ERR_LIMIT, "%.*s: longer than %zu bytes",
                       SLICE_FMT(path), max);
    *text = arena_keep(arena, &b);
    if (text->p == NULL)
        return err_set(e, ERR_MEMORY, "%.*s: no memory to read it",
                       SLICE_FMT(path));
    return 0;
}

/* Bytes, not letters: the order is the same wherever it runs. */
static bool
name_before(const struct file_name *a, const struct file_name *b)
{
    size_t n = a->text.n < b->text.n ? a->text.n : b->text.n;
    int order = memcmp(a->text.p, b->text.p, n);

    return order < 0 || (order == 0 && a->text.n <= b->text.n);
}

/* Two sorted lists as one. */
static struct file_name *
names_merge(struct file_name *a, struct file_name *b)
{
    struct file_name *first = NULL, **end = &first;

    while (a != NULL && b != NULL) {
        struct file_name **least = name_before(a, b) ? &a : &b;

        *end = *least;
        end = &(*end)->next;
        *least = *end;
    }
    *end = a != NULL ? a : b;
    return first;
}

/* Sorted runs of 1, 2, 4 ... names, merged as they grow: no recursion. */
static struct file_name *
names_sort(struct file_name *list)
{
    struct file_name *run[32] = {NULL}, *one;
    size_t i;

    while (list != NULL) {
        one = list;
        list = list->next;
        one->next = NULL;
        for (i = 0; i < 31 && run[i] != NULL; i++) {
            one = names_merge(run[i], one);
            run[i] = NULL;
        }
        run[i] = names_merge(run[i], one);
    }
    for (i = 0; i < 32; i++)
        list = names_merge(run[i], list);
    return list;
}

/* Adds what one getdents64 call gave to the list. */
static int
names_add(struct file_walker *w, size_t n, struct file_name **list)
{
    for (size_t at = 0; at < n;) {
        const struct file_dent *d = (const void *)(w->dents + at);
        struct slice name = slice_str(d->name);
        struct file_name *one;

        at += d->size;
        /* ".", ".." and what people hide: a mounted secret has ..data. */
        if (name.n == 0 || name.p[0] == '.')
            continue;
        one = arena_alloc(w->arena, sizeof(*one));
        if (one == NULL)
            return ERR_MEMORY;
        one->text = arena_copy(w->arena, name);
        if (one->text.p == NULL)
            return ERR_MEMORY;
        one->next = *list;
        *list = one;
    }
    return 0;
}

/* The sorted names in the folder w->path. */
static int
names_read(struct file_walker *w, struct file_name **list)
{
    int fd = file_open_as(buf_slice(&w->path), O_DIRECTORY, w->e), rc = 0;
    long got;

    *list = NULL;
    if (fd < 0)
        return fd;
    do {
        got = syscall(SYS_getdents64, fd, w->dents, FILE_DENTS_BYTES);
        if (got < 0)
            rc = file_fail(w->e, buf_slice(&w->path));
        else if (names_add(w, (size_t)got, list) != 0)
            rc = err_set(w->e, ERR_MEMORY, "%.*s: too many files",
                         SLICE_FMT(buf_slice(&w->path)));
    } while (got > 0 && rc == 0);
    file_close(fd);
    *list = names_sort(*list);
    return rc;
}

static int walk_folder(struct file_walker *w, int depth);

/* One name under a folder: w->path is already that of the name. */
static int
walk_one(struct file_walker *w, int depth)
{
    struct slice path = buf_slice(&w->path);
    char text[FILE_PATH_MAX_BYTES];
    struct stat st;
    int kind;

    if (w->path.full)
        return err_set(w->e, ERR_LIMIT, "%.*s...: the path is too long",
                       SLICE_FMT(path));
    if (!path_text(path, text) || lstat(text, &st) != 0)
        return file_fail(w->e, path);
    /* lstat first: a folder is entered only by its own name, so that a link
     * to a parent cannot make the walk endless. */
    if (S_ISDIR(st.st_mode))
        return walk_folder(w, depth + 1);
    kind = file_kind(path, w->e);
    if (kind < 0 || kind == FILE_FOLDER) /* a link to one: not followed */
        return kind < 0 ? kind : 0;
    return w->visit(w->ctx, path, w->e);
}

static int
walk_folder(struct file_walker *w, int depth)
{
    size_t mark = arena_mark(w->arena), length = w->path.n;
    struct file_name *list;
    int rc;

    if (depth > FILE_DEPTH_MAX)
        return err_set(w->e, ERR_LIMIT, "%.*s: more than %d folders in folders",
                       SLICE_FMT(buf_slice(&w->path)), FILE_DEPTH_MAX);
    /* The names are read to the end first: visit may take its time, and the
     * folder may change meanwhile. */
    rc = names_read(w, &list);
    for (; list != NULL && rc >= 0; list = list->next) {
        if (length > 0 && w->path.p[length - 1] != '/')
            buf_byte(&w->path, '/');
        buf_put(&w->path, list->text);
        rc = walk_one(w, depth);
        w->path.n = length;
    }
    arena_reset(w->arena, mark);
    return rc < 0 ? rc : 0;
}

int
file_walk(struct slice folder, struct arena *arena,
          int (*visit)(void *ctx, struct slice path, struct err *e), void *ctx,
          struct err *e)
{
    size_t mark = arena_mark(arena);
    struct file_walker w = {.visit = visit, .ctx = ctx, .arena = arena};
    int rc;

    w.e = e;
    w.path = buf_over(w.text, sizeof(w.text) - 1);
    buf_put(&w.path, folder);
    w.dents = arena_alloc(arena, FILE_DENTS_BYTES);
    if (w.dents == NULL || w.path.full)
        rc = err_set(e, w.dents == NULL ? ERR_MEMORY : ERR_IO,
                     "%.*s: cannot walk over it", SLICE_FMT(folder));
    else
        rc = walk_folder(&w, 1);
    arena_reset(arena, mark);
    return rc;
}
