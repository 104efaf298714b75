#ifndef NET_TLS_H
#define NET_TLS_H

/*
 * TLS 1.2 and 1.3, client side, over a connected socket.  The server must
 * show a chain that leads to a trusted CA, is valid now, and is made out to
 * the host that was asked for (a DNS name or an IP address in subjectAltName).
 * There is no way to turn that off.  Everything is mbedTLS's; this hides it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "net/tcp.h"

struct tls_config; /* shared by all connections, read-only once made */
struct tls;        /* one connection at a time */

/*
 * Hands mbedTLS a pool of so many bytes of the arena, once in a process at a
 * time, and reads the bundle of CAs (an empty path: nobody is trusted).
 * Returns 0, ERR_CONFIG, ERR_MEMORY, or ERR_TLS.
 */
int tls_config_open(struct tls_config **c, struct slice ca_path,
                    size_t pool_bytes, struct arena *arena, struct err *e);

/* NULL may be passed; no connection is left. */
void tls_config_close(struct tls_config *c);

/* How many CAs are trusted. */
size_t tls_config_count(const struct tls_config *c);

/* Bytes of the pool in use, and the most ever used. */
void tls_pool_stats(size_t *used, size_t *peak);

/* A connection's place in the arena; NULL when it is full. */
struct tls *tls_new(const struct tls_config *c, struct arena *arena);

/*
 * Shakes hands over t, which must outlive the connection; `old` leaves TLS
 * 1.3 out.  Returns 0, or
 * ERR_TLS with what is wrong with the certificate or the protocol; ERR_MORE,
 * ERR_IO, ERR_TIMEOUT, ERR_STOPPED of the socket; ERR_MEMORY.
 */
int tls_start(struct tls *s, struct tcp *t, struct slice host, bool old,
              int64_t deadline_ms, struct err *e);

/* Whether the handshake that failed may go well over a new connection with
 * `old`: the server knows TLS 1.2 only and signed in a way that was offered
 * for 1.3.  Who certifies it is checked just the same. */
bool tls_wants_old(const struct tls *s);

/*
 * As tcp_read() and tcp_write(); 0 is the other side's word that it has
 * said all, and a connection that just ends is ERR_MORE.
 */
ssize_t tls_read(struct tls *s, char *p, size_t n, int64_t deadline_ms,
                 struct err *e);
ssize_t tls_write(struct tls *s, const char *p, size_t n, int64_t deadline_ms,
                  struct err *e);

/* Whether tls_read() has bytes without reading from the socket. */
bool tls_pending(const struct tls *s);

/* Says goodbye if the socket takes it soon, and gives the memory back; the
 * socket stays open.  May be closed already. */
void tls_close(struct tls *s);

#endif
