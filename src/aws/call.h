#ifndef AWS_CALL_H
#define AWS_CALL_H

/*
 * One call of an AWS service: signed, sent, and tried again while that may
 * help, until it has an answer or the deadline is over.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/client.h"
#include "aws/sigv4.h"

#define CALL_HEADERS_MAX 6 /* of a call's own */

struct call {
    enum endpoint_service service;
    struct slice operation; /* "LookupEvents" */
    struct slice action;    /* what IAM calls it; empty: needs no permission */
    struct slice method;
    struct slice region;
    struct slice base;  /* "https://host[:port][/path]" */
    struct slice path;  /* percent-encoded; "/..." */
    struct slice query; /* the same, without '?'; empty: none */
    /* All but those that signing adds. */
    struct http_header headers[CALL_HEADERS_MAX];
    size_t n_headers;
    struct slice body;
    bool anonymous;              /* not signed */
    const struct sigv4_key *key; /* signed with this one; NULL: the client's */
    bool may_be_absent;          /* 304, and 404 of a key, are answers */
    /*
     * Takes a successful answer while it can still be asked for again: an
     * ERR_* of a torn or malformed one leads to another attempt.  NULL: the
     * body is left to be read.
     */
    int (*take)(void *ctx, struct exchange_answer *an, struct err *e);
    void *ctx;
    /* Waits for every attempt's turn, where calls are limited; false: the
     * program is ending.  NULL: there is no limit to keep to. */
    bool (*turn)(void *ctx);
    void *turn_ctx;
};

/*
 * Makes the call.  Returns the answer's status, 200...299, 304 or 404; or an
 * error with its sentence, and c->fault when there was an answer.
 */
int call_send(struct aws_client *c, struct call *call, int64_t deadline_ms,
              struct err *e);

/* The answer's Date; 0: none. */
int64_t call_server_ms(const struct aws_client *c);

/*
 * The start of a POST to one of the services that speak JSON: target is the
 * value of X-Amz-Target, type of Content-Type.
 */
void call_json(struct call *call, struct slice target, struct slice type);

#endif
