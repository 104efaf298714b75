#ifndef NET_EXCHANGE_H
#define NET_EXCHANGE_H

/*
 * One HTTP request to one server and its answer, over TCP, TLS or a Unix
 * socket, through a proxy where the environment says so.  HTTP/1.1 (RFC 9110
 * and 9112).  An answer that is truncated, overlong or malformed is an error
 * and never an empty success.
 *
 * A client belongs to one thread, keeps at most one connection open, and
 * uses it again for the next request to the same origin; one that turns out
 * to have been closed meanwhile is opened anew, once, and only when nothing of
 * an answer has arrived.  Every call has one deadline, of the steady clock
 * (base/clock.h), for all of it: names, connecting, TLS, sending, reading.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "base/stream.h"
#include "net/http.h"
#include "net/net.h"
#include "net/url.h"

struct exchange_request {
    struct slice method; /* "GET" */
    struct url url;      /* where to; scheme, host, port, target */
    /* Host, Content-Length, Connection and Accept-Encoding are not among
     * them: they are added here. */
    const struct http_header *headers;
    size_t n_headers;
    struct slice body; /* empty: none; POST and PUT then say length 0 */
};

struct exchange_answer {
    int status; /* 200...599: 1xx are passed over */
    struct http_header headers[HTTP_HEADERS_MAX];
    size_t n_headers;       /* views; live until the next call */
    int64_t content_length; /* -1: not known beforehand */
    /* The body without its framing; ends with 0 only when it is whole, else
     * ERR_MORE, ERR_SYNTAX, ERR_LIMIT, ERR_TIMEOUT, ERR_IO with e set. */
    struct stream body;
};

/*
 * Sends the request and reads the head of its answer.  Whatever the status,
 * it returns 0 once there is one; or an error, with e naming the host and
 * what failed: ERR_RESOLVE, ERR_CONNECT, ERR_TLS (the certificate is not
 * trusted and why), ERR_TIMEOUT, ERR_IO, ERR_MORE, ERR_SYNTAX, ERR_LIMIT,
 * ERR_MEMORY, ERR_STOPPED (net_client_cancel).  The deadline holds for
 * reading the body too.  What is left of an earlier body is read and thrown
 * away if it is short, else the connection is closed.
 */
int exchange(struct net_client *c, const struct exchange_request *rq,
             int64_t deadline_ms, struct exchange_answer *an, struct err *e);

/* From here on the body has this deadline, and no longer the exchange's. */
void exchange_extend(const struct exchange_answer *an, int64_t deadline_ms);

/*
 * The whole body, in the arena: at most max bytes, else ERR_LIMIT.  Returns
 * 0 or what the stream says.
 */
int exchange_body(struct exchange_answer *an, size_t max, struct arena *arena,
                  struct slice *body, struct err *e);

/* A header of the answer by its name, without case; p is NULL: none. */
struct slice exchange_header(const struct exchange_answer *an,
                             struct slice name);

#endif
