#ifndef NET_SERVER_H
#define NET_SERVER_H

/*
 * A small HTTP/1.1 server for those who look after the program: GET and HEAD
 * only, one thread, few connections, each bounded in bytes and in time, so
 * that no client can hold it up (not by sending slowly, not by not reading).
 * One request a connection, which is then closed.  Plain text, no TLS.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#define SERVER_CONNECTIONS 4         /* more wait until one is done */
#define SERVER_HEAD_MAX_BYTES 4096   /* of a request */
#define SERVER_BODY_MAX_BYTES 262144 /* of an answer */
#define SERVER_REQUEST_MS 2000       /* from accepting to a whole request */
#define SERVER_ANSWER_MS 10000       /* from there until it is sent */

struct server_request {
    struct slice path;  /* "/metrics", as it came */
    struct slice query; /* after the "?", or empty */
};

/* Filled in by the handler. */
struct server_answer {
    int status;       /* 200 if it is left alone */
    const char *type; /* "text/plain; charset=utf-8" if it is left alone */
    struct buf body;  /* SERVER_BODY_MAX_BYTES; full makes it a 500 */
};

/* Called on the server's thread; must not block. */
struct server_handler {
    void (*answer)(void *ctx, const struct server_request *rq,
                   struct server_answer *an);
    void *ctx;
};

struct server;

/*
 * Binds to an IPv4 or IPv6 address and listens; port 0 is any free one.
 * Memory comes from the arena, mostly untouched until it is needed.  Returns
 * 0; ERR_CONFIG when host is no address; ERR_IO when it cannot be bound;
 * ERR_MEMORY.
 */
int server_open(struct server **s, struct slice host, uint16_t port,
                struct server_handler handler, struct arena *arena,
                struct err *e);

/* The port it listens on. */
uint16_t server_port(const struct server *s);

/* Serves until server_stop(); sleeps unless there is something to do. */
void server_run(struct server *s);

/* From any thread: server_run() returns soon. */
void server_stop(struct server *s);

/* Closes all of it; NULL may be passed. */
void server_close(struct server *s);

#endif
