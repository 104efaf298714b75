#ifndef TESTS_CANNED_H
#define TESTS_CANNED_H

/*
 * A server on a port of loopback that gives every request the same answer,
 * after a while, and counts them.  Tests change the answer as they go.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct canned {
    int fd;
    int port;
    _Atomic int asked;
    _Atomic int status;
    _Atomic int delay_ms;
    char body[1024]; /* changed only while nobody asks */
    pthread_t thread;
};

static void
canned_answer(struct canned *s, int fd)
{
    char in[8192], out[2048];
    size_t n = 0;
    ssize_t got = 0;
    struct timespec pause = {s->delay_ms / 1000, s->delay_ms % 1000 * 1000000L};

    while ((got = read(fd, in + n, sizeof(in) - 1 - n)) > 0) {
        n += (size_t)got;
        in[n] = '\0';
        if (strstr(in, "\r\n\r\n") != NULL)
            break;
    }
    s->asked++;
    nanosleep(&pause, NULL);
    n = (size_t)snprintf(out, sizeof(out),
                         "HTTP/1.1 %d X\r\nContent-Length: %zu\r\n"
                         "Connection: close\r\n\r\n%s",
                         s->status, strlen(s->body), s->body);
    if (got > 0)
        got = write(fd, out, n);
    close(fd);
}

static void *
canned_serve(void *ctx)
{
    struct canned *s = ctx;
    int fd;

    while ((fd = accept(s->fd, NULL, NULL)) >= 0)
        canned_answer(s, fd);
    return NULL;
}

/* Returns 0 once it listens. */
static int
canned_open(struct canned *s)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t size = sizeof(at);

    memset(s, 0, sizeof(*s));
    s->status = 200;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
        listen(s->fd, 16) != 0 ||
        getsockname(s->fd, (struct sockaddr *)&at, &size) != 0)
        return -1;
    s->port = ntohs(at.sin_port);
    return pthread_create(&s->thread, NULL, canned_serve, s);
}

static void
canned_close(struct canned *s)
{
    shutdown(s->fd, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->fd);
}

#endif
