#ifndef AWS_SIGV4_H
#define AWS_SIGV4_H

/*
 * AWS Signature Version 4 in headers (docs.aws.amazon.com/IAM/latest/
 * UserGuide, reference_sigv-create-signed-request.html).  Pure: the request,
 * the key and the time in, header values out; never allocates, leaves no key
 * behind on the stack.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/hash.h"
#include "aws/when.h"
#include "base/err.h"
#include "base/slice.h"
#include "net/http.h"

#define SIGV4_HEADERS_MAX 16 /* that are signed, host and date among them */
#define SIGV4_QUERY_MAX 16   /* fields of a query */
#define SIGV4_AUTHORIZATION_MAX_BYTES 1024
#define SIGV4_SECRET_MAX_BYTES 512

struct sigv4_key {
    struct slice id;
    struct slice secret;
    struct slice token; /* of a session; empty: none */
};

struct sigv4_request {
    struct slice method;
    struct slice path;  /* as it is sent, percent-encoded; "" is "/" */
    struct slice query; /* the same, without the '?' */
    struct slice host;  /* value of the Host header */
    /* Further headers to sign, in any order.  Content-Type and all x-amz-*
     * that are sent must be among them, but for the two below. */
    const struct http_header *headers;
    size_t n_headers;
    struct slice body_hash; /* SHA-256 in hex, or "UNSIGNED-PAYLOAD" */
    struct slice service;   /* "s3": its path is encoded once, not twice, */
    struct slice region;    /* and the body's hash is a signed header */
};

/* What has to be sent besides: x-amz-date, authorization; and for a key with
 * a token x-amz-security-token, for s3 x-amz-content-sha256. */
struct sigv4_signature {
    char date[WHEN_STAMP_BYTES];
    char authorization[SIGV4_AUTHORIZATION_MAX_BYTES];
    size_t authorization_n;
};

/*
 * Signs.  Returns 0, or ERR_LIMIT when there are more headers, query fields
 * or bytes than the limits above.
 */
int sigv4_sign(const struct sigv4_request *rq, const struct sigv4_key *key,
               int64_t now_ms, struct sigv4_signature *out);

#endif
