#include "falco/endpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

#define ENDPOINT_BACKLOG 64
#define ENDPOINT_LOCK_MS 80 /* another one binds in the same folder */

/* Falco shows the sentence and ends: it has to say which socket. */
static int
refuse(const struct settings *s, struct err *e, const char *what)
{
    return err_set(e, ERR_IO, "%s: %s", s->socket, what);
}

/* What bind() and connect() take for a name; returns its length. */
static socklen_t
address_of(const char *name, struct sockaddr_un *addr)
{
    size_t n = strlen(name);

    memset(addr, 0, sizeof(*addr));
    addr->sun_family = AF_UNIX;
    memcpy(addr->sun_path, name, n);
    if (name[0] != '@')
        return sizeof(*addr);
    /* Abstract: a NUL first, and as long as it is said to be. */
    addr->sun_path[0] = '\0';
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
}

/* Falco starts programs for its outputs: they must not inherit it. */
static int
stream_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* statx(2) rather than stat(2): glibc 2.33 gave the latter a new symbol. */
static bool
socket_file(const char *path, struct statx *st)
{
    return statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_TYPE | STATX_INO,
                 st) == 0 &&
           S_ISSOCK(st->stx_mode);
}

/* Whether somebody accepts connections there. */
static bool
is_alive(const struct sockaddr_un *addr, socklen_t n)
{
    int fd = stream_socket();
    bool alive;

    if (fd < 0)
        return true; /* not known: nothing is taken away */
    /* A full backlog (EAGAIN) is somebody's. */
    alive = connect(fd, (const struct sockaddr *)addr, n) == 0 ||
            errno != ECONNREFUSED;
    close(fd);
    return alive;
}

/*
 * The folder, locked: between looking at a stale file and replacing it, no
 * other plugin may do the same.  Returns a descriptor, or ERR_IO.
 */
static int
lock_folder(const struct settings *s, struct err *e)
{
    char folder[SETTINGS_NAME_MAX_BYTES];
    const char *slash = strrchr(s->socket, '/');
    size_t n = slash != NULL ? (size_t)(slash - s->socket) : 0;
    int64_t deadline = clock_steady_ms() + ENDPOINT_LOCK_MS;
    int fd;

    memcpy(folder, s->socket, n);
    folder[n] = '\0';
    if (n > 0 && mkdir(folder, 0755) < 0 && errno != EEXIST)
        return refuse(s, e, strerror(errno));
    fd = open(n > 0           ? folder
              : slash != NULL ? "/"
                              : ".",
              O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return refuse(s, e, strerror(errno));
    while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            break; /* a file system without locks: do without */
        } else if (clock_steady_ms() >= deadline) {
            close(fd);
            return refuse(s, e, "its folder is locked by somebody");
        }
        usleep(2000);
    }
    return fd;
}

/*
 * Binds ep->fd to a path.  Until its owner and mode are set the file has
 * fewer permissions than it will have, not more: Linux gives it those of the
 * descriptor, less the umask.
 */
static int
bind_path(struct endpoint *ep, const struct settings *s, struct err *e)
{
    struct sockaddr_un addr;
    socklen_t n = address_of(s->socket, &addr);
    struct statx st;

    if (socket_file(s->socket, &st)) {
        if (is_alive(&addr, n))
            return refuse(s, e, "in use: another process listens there");
        if (unlink(s->socket) < 0)
            return refuse(s, e, strerror(errno));
    }
    fchmod(ep->fd, s->mode & 0600);
    if (bind(ep->fd, (struct sockaddr *)&addr, n) < 0)
        return refuse(s, e,
                      errno == EADDRINUSE ? "there is a file that is no socket"
                                          : strerror(errno));
    memcpy(ep->path, s->socket, sizeof(ep->path));
    if (!socket_file(ep->path, &st))
        return refuse(s, e, strerror(errno));
    ep->inode = st.stx_ino;
    ep->major = st.stx_dev_major;
    ep->minor = st.stx_dev_minor;
    if (s->group != (gid_t)-1 && lchown(ep->path, (uid_t)-1, s->group) < 0)
        return err_set(e, ERR_IO, "%s: cannot give it to group %u: %s",
                       s->socket, (unsigned)s->group, strerror(errno));
    /* Last: until now nobody but Falco could have written to it. */
    return chmod(ep->path, s->mode) < 0 ? refuse(s, e, strerror(errno)) : 0;
}

/* The kernel forgets the name with its last descriptor: never stale. */
static int
bind_abstract(struct endpoint *ep, const struct settings *s, struct err *e)
{
    struct sockaddr_un addr;
    socklen_t n = address_of(s->socket, &addr);

    if (bind(ep->fd, (struct sockaddr *)&addr, n) == 0)
        return 0;
    return refuse(s, e,
                  errno == EADDRINUSE ? "in use: another process has it"
                                      : strerror(errno));
}

int
endpoint_bind(struct endpoint *ep, const struct settings *s, struct err *e)
{
    int rc, folder = -1;

    *ep = (struct endpoint){.fd = stream_socket()};
    if (ep->fd < 0)
        return refuse(s, e, strerror(errno));
    if (s->socket[0] == '@') {
        rc = bind_abstract(ep, s, e);
    } else {
        rc = folder = lock_folder(s, e);
        if (folder >= 0)
            rc = bind_path(ep, s, e);
    }
    if (rc == 0 && listen(ep->fd, ENDPOINT_BACKLOG) < 0)
        rc = refuse(s, e, strerror(errno));
    if (rc < 0)
        endpoint_release(ep);
    if (folder >= 0)
        close(folder); /* and the lock with it */
    return rc;
}

void
endpoint_release(struct endpoint *ep)
{
    struct statx st;

    /* A newer plugin may have put its own in the place of ours. */
    if (ep->path[0] != '\0' && socket_file(ep->path, &st) &&
        st.stx_ino == ep->inode && st.stx_dev_major == ep->major &&
        st.stx_dev_minor == ep->minor)
        unlink(ep->path);
    ep->path[0] = '\0';
    if (ep->fd >= 0)
        close(ep->fd);
    ep->fd = -1;
}
