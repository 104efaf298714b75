#ifndef TESTS_NET_PEER_H
#define TESTS_NET_PEER_H

/*
 * A server for tests: it takes connections one after the other on loopback,
 * answers the n-th request it gets with the n-th turn of its script, and
 * keeps what it was sent.
 */

#include <arpa/inet.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/slice.h"

enum after {
    KEEP,  /* waits for another request */
    CLOSE, /* says that nothing more comes, and closes */
    RESET, /* tears the connection down */
    HANG   /* waits until the client gives up */
};

struct turn {
    const char *send; /* NULL: the end of the script */
    enum after after;
    unsigned drip_ms; /* between two bytes; 0: all at once */
};

struct peer {
    int listen_fd;
    unsigned port;
    pthread_t thread;
    const struct turn *turns;
    unsigned connections, requests;
    char got[16384]; /* all requests */
    size_t got_n;
};

/* Reads up to the end of a head, and a body of Content-Length; false at the
 * end of the connection. */
static bool
peer_read(struct peer *p, int fd)
{
    size_t from = p->got_n, body = 0;
    const char *end = NULL, *length;

    while (end == NULL || p->got_n < (size_t)(end - p->got) + 4 + body) {
        ssize_t n = recv(fd, p->got + p->got_n, 1, 0);

        if (n <= 0 || p->got_n + 2 > sizeof(p->got))
            return false;
        p->got_n++;
        p->got[p->got_n] = '\0';
        if (end == NULL) {
            end = strstr(p->got + from, "\r\n\r\n");
            length = strstr(p->got + from, "Content-Length: ");
            if (end != NULL && length != NULL)
                (void)sscanf(length, "Content-Length: %zu", &body);
        }
    }
    return true;
}

static void
peer_send(const struct turn *t, int fd)
{
    size_t n = strlen(t->send), step = t->drip_ms > 0 ? 1 : n;

    for (size_t i = 0; i < n; i += step) {
        if (send(fd, t->send + i, step, MSG_NOSIGNAL) < 0)
            return;
        usleep(t->drip_ms * 1000);
    }
}

static void
peer_leave(enum after how, int fd)
{
    struct linger now = {1, 0};
    char c;

    if (how == HANG)
        while (recv(fd, &c, 1, 0) > 0)
            ;
    if (how == RESET)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

static void *
peer_run(void *ctx)
{
    struct peer *p = ctx;
    const struct turn *t = p->turns;

    while (t->send != NULL) {
        int fd = accept(p->listen_fd, NULL, NULL);
        bool more = fd >= 0;

        if (fd < 0)
            return NULL; /* peer_stop() */
        p->connections++;
        while (more && t->send != NULL && peer_read(p, fd)) {
            p->requests++;
            peer_send(t, fd);
            more = t->after == KEEP;
            peer_leave(t->after, fd);
            t++;
        }
        close(fd);
    }
    return NULL;
}

static void
peer_start(struct peer *p, const struct turn *turns)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(a);

    memset(p, 0, sizeof(*p));
    p->turns = turns;
    p->listen_fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(p->listen_fd, (struct sockaddr *)&a, n), 0);
    assert_int_equal(listen(p->listen_fd, 16), 0);
    assert_int_equal(getsockname(p->listen_fd, (struct sockaddr *)&a, &n), 0);
    p->port = ntohs(a.sin_port);
    assert_int_equal(pthread_create(&p->thread, NULL, peer_run, p), 0);
}

/* After the client has closed; the rest of the script is left out. */
static void
peer_stop(struct peer *p)
{
    shutdown(p->listen_fd, SHUT_RDWR);
    pthread_join(p->thread, NULL);
    close(p->listen_fd);
}

#endif
