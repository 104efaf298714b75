#ifndef NET_TCP_H
#define NET_TCP_H

/*
 * One connected socket (TCP or Unix) that never blocks for longer than its
 * caller's deadline, raises no signal, and is not inherited by a child.
 */

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/slice.h"
#include "net/address.h"

#define TCP_CONNECT_MS 5000 /* for an address that is not the last one */

struct tcp {
    int fd;      /* -1: closed */
    int stop_fd; /* readable: give up; -1: none */
};

/*
 * Waits until fd has one of the events (poll(2)) or an error.  Returns 0,
 * ERR_TIMEOUT, ERR_STOPPED, or ERR_IO.
 */
int tcp_wait(int fd, short events, int stop_fd, int64_t deadline_ms);

/*
 * Connects to the first address that answers, in order; one that hangs gets
 * its share of the time only.  Returns 0, or ERR_CONNECT with what the last
 * one said, ERR_TIMEOUT, ERR_STOPPED.  t->stop_fd is set by the caller.
 */
int tcp_connect(struct tcp *t, const struct addresses *to, int64_t deadline_ms,
                struct err *e);

/* 1...n bytes; 0 when the other side has closed; ERR_IO, ERR_TIMEOUT,
 * ERR_STOPPED. */
ssize_t tcp_read(struct tcp *t, char *p, size_t n, int64_t deadline_ms,
                 struct err *e);

/* Sends 1...n bytes and returns how many, or an error as above. */
ssize_t tcp_write(struct tcp *t, const char *p, size_t n, int64_t deadline_ms,
                  struct err *e);

/*
 * Whether an idle connection is of no use any more: closed by the other side
 * or, unless `talks` (TLS has messages of its own), with bytes nobody asked
 * for.
 */
bool tcp_stale(const struct tcp *t, bool talks);

/* May be closed already. */
void tcp_close(struct tcp *t);

#endif
