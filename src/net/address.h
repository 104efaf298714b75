#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

/*
 * Names to addresses.  getaddrinfo() has no deadline of its own (musl waits
 * attempts x timeout of resolv.conf, 10 s by default, 60 s at most), so it
 * runs on a thread that whoever waits can leave behind: its result is then
 * there for the next call, or thrown away.  Addresses as text need no thread.
 */

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/un.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "net/url.h"

#define ADDRESSES_MAX 16 /* more of one name are not tried */

struct address {
    socklen_t n; /* bytes of what holds */
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_un local;
    } to;
};

struct addresses {
    struct address p[ADDRESSES_MAX];
    size_t n;
};

struct resolver; /* one thread's, for one lookup at a time */

/* Returns 0, ERR_MEMORY, or ERR_IO when there is no descriptor left. */
int resolver_open(struct resolver **r, struct arena *arena, struct err *e);

/* Waits for a lookup that was left behind, or with `leave` leaves it for good,
 * and all that is r's with it; NULL may be passed. */
void resolver_close(struct resolver *r, bool leave);

/*
 * The addresses of a URL's host with its port, in the system's order (RFC
 * 6724), or of its socket.  stop_fd becomes readable when it is time to give
 * up.  Returns 0, ERR_RESOLVE, ERR_TIMEOUT, ERR_STOPPED, ERR_MEMORY.
 */
int address_find(struct resolver *r, const struct url *u, int stop_fd,
                 int64_t deadline_ms, struct addresses *out, struct err *e);

/* An address as text with a port, without any lookup; false: it is none. */
bool address_text(struct slice host, uint16_t port, struct address *out);

#endif
