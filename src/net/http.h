#ifndef NET_HTTP_H
#define NET_HTTP_H

/*
 * HTTP/1.1 messages as bytes (RFC 9110, RFC 9112): heads of answers and of
 * requests taken apart, bodies freed of their framing, requests written.  No
 * I/O, no clock, no memory of its own: bytes come in as slices, results are
 * views of them, and what is not exactly one message is refused.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#define HTTP_HEADERS_MAX 100
#define HTTP_HEAD_MAX_BYTES 65536 /* status line and headers */
#define HTTP_LINE_MAX_BYTES 1024  /* of a chunk: size and extensions */
#define HTTP_TRAILERS_MAX_BYTES 8192

struct http_header {
    struct slice name;
    struct slice value; /* without the white space around it */
};

/* How the end of a body is known: RFC 9112 section 6.3. */
enum http_framing {
    HTTP_NO_BODY,    /* by the status or the method */
    HTTP_LENGTH,     /* Content-Length */
    HTTP_CHUNKED,    /* Transfer-Encoding: chunked */
    HTTP_UNTIL_CLOSE /* the server closes */
};

struct http_head {
    int status;                  /* 100...599; of a request 0 */
    struct slice method, target; /* of a request */
    bool keep_alive;             /* the connection may be used again */
    enum http_framing framing;
    int64_t length; /* Content-Length, even where no body follows; or -1 */
    struct http_header headers[HTTP_HEADERS_MAX];
    size_t n_headers;
};

/*
 * Looks for a whole head at the start of `in`, which begins with `start`
 * ("HTTP/1." or nothing).  *seen is how far earlier calls got with the same,
 * shorter bytes: 0 at first; it keeps a head that drips in from being read
 * over and over.  Returns its length with the empty line, or ERR_MORE, or
 * ERR_SYNTAX as soon as it cannot become a head, or ERR_LIMIT.
 */
ssize_t http_head_end(struct slice in, struct slice start, size_t *seen,
                      struct err *e);

/*
 * Takes a whole head of an answer apart.  `method` is the request's: answers
 * to HEAD, and successful ones to CONNECT, have no body.  Refused are:
 * folded lines, blanks before a colon, control characters, any
 * Transfer-Encoding but "chunked", lengths that contradict each other or
 * stand beside Transfer-Encoding.  Returns 0, ERR_SYNTAX or ERR_LIMIT.
 */
int http_answer_parse(struct http_head *h, struct slice head,
                      struct slice method, struct err *e);

/* The same for a request, whose framing is HTTP_NO_BODY without a length. */
int http_request_parse(struct http_head *h, struct slice head, struct err *e);

/* The value of the first header of that name, without case; p is NULL: none. */
struct slice http_header_get(const struct http_header *headers, size_t n,
                             struct slice name);

/* Whether one of a header's comma-separated words is `word`, without case. */
bool http_header_has(struct slice value, struct slice word);

/* A body on its way out of its framing. */
struct http_body {
    enum http_framing framing;
    int state;     /* of the chunked coding: enum in http_body.c */
    uint64_t left; /* bytes of the body, or of this chunk */
    size_t line;   /* bytes of this chunk's line, or of the trailers */
    bool digits;   /* the chunk's size has begun */
    bool done;     /* nothing of the body comes any more */
};

void http_body_init(struct http_body *b, const struct http_head *h);

/*
 * Takes what it can from the start of `in`: returns how many bytes are used
 * up (0 only if in is empty or the body is done), with *data the part of
 * those that is body, perhaps empty.  ERR_SYNTAX or ERR_LIMIT when the
 * framing is broken.
 */
ssize_t http_body_next(struct http_body *b, struct slice in, struct slice *data,
                       struct err *e);

/* How many bytes that come next are surely body, whatever they are. */
uint64_t http_body_plain(const struct http_body *b);

/* n of those bytes were taken past http_body_next(). */
void http_body_skip(struct http_body *b, uint64_t n);

/* The connection has ended: 0 when that ends the body, else ERR_MORE. */
int http_body_end(struct http_body *b, struct err *e);

/* What http_request_put() writes. */
struct http_request {
    struct slice method;
    struct slice origin; /* "http://host:port" for a proxy; else empty */
    struct slice target; /* begins with "/" but for CONNECT; "" means "/" */
    struct slice host;   /* value of the Host header */
    const struct http_header *headers; /* none of those named below */
    size_t n_headers;
    struct slice authorization;       /* values of these headers; empty: */
    struct slice proxy_authorization; /* not sent */
    size_t body_bytes;
    bool with_length; /* say Content-Length even if it is 0 */
};

/*
 * Writes a request's head: its line, Host, the headers, Content-Length,
 * empty line.  Names must be tokens, values free of control characters: one
 * that is not, or is one of Host, Content-Length, Transfer-Encoding,
 * Connection, Accept-Encoding, is ERR_SYNTAX; ERR_LIMIT when b is full.
 */
int http_request_put(struct buf *b, const struct http_request *rq,
                     struct err *e);

#endif
