#ifndef AWS_CLOUDTRAIL_H
#define AWS_CLOUDTRAIL_H

/*
 * CloudTrail's LookupEvents, a page at a time
 * (docs.aws.amazon.com/awscloudtrail/latest/APIReference,
 * API_LookupEvents.html).  The one attribute a look-up takes is spent on
 * ReadOnly=false.  Who calls keeps to the limit of two calls a second, and
 * asks every page of one window with the same times: AWS refuses a token
 * when any of them changes.
 */

#include <stdbool.h>
#include <stdint.h>

#include "aws/aws.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#define CLOUDTRAIL_PAGE_MAX 50          /* events a page; AWS's limit */
#define CLOUDTRAIL_TOKEN_MAX_BYTES 8192 /* of a NextToken */

struct cloudtrail_query {
    struct slice region;
    struct slice endpoint; /* "https://host[:port]"; empty: the region's */
    int64_t start_ms;      /* wall clock; sent in whole seconds, the start */
    int64_t end_ms;        /* rounded down and the end up */
    struct slice token;    /* NextToken of the page before; empty: first */
    unsigned max_results;  /* 1...CLOUDTRAIL_PAGE_MAX */
    /* Waits before every attempt, to keep to the limit; false: the program
     * is ending.  NULL: no waiting. */
    bool (*turn)(void *ctx);
    void *turn_ctx;
};

/* Views of the arena. */
struct cloudtrail_page {
    struct slice body;   /* the whole answer, one JSON object */
    struct slice events; /* its Events, from '[' to ']' */
    struct slice token;  /* NextToken; empty: this is the last page */
    int64_t server_ms;   /* the answer's Date, wall clock; 0: none */
};

/*
 * Asks for one page.  Throttling and failures that may pass are tried again
 * within the deadline and the client's retry budget.  The answer is at most
 * body_max bytes and stays in `arena`, which is rewound on every error.
 * Returns 0; ERR_LIMIT when the answer is longer than body_max or ERR_MEMORY
 * when the arena is full (ask for fewer); ERR_STALE when AWS no longer takes
 * the token (begin the window again); ERR_THROTTLED; ERR_DENIED;
 * ERR_SYNTAX or ERR_FOREIGN for a 200 that is no whole page, Events missing
 * included; and what exchange() and creds.h return.
 */
int cloudtrail_lookup(struct aws_client *c, const struct cloudtrail_query *q,
                      size_t body_max, int64_t deadline_ms, struct arena *arena,
                      struct cloudtrail_page *page, struct err *e);

/*
 * The page in an answer's body: one whole JSON object, in which Events is an
 * array; what the events themselves are is for who decodes them.  All views
 * are of the body but for a token with escapes, which is put in `arena`.
 * Returns 0, ERR_SYNTAX, ERR_MORE, ERR_FOREIGN, ERR_LIMIT (a token of more
 * than CLOUDTRAIL_TOKEN_MAX_BYTES), ERR_MEMORY.  Does no I/O.
 */
int cloudtrail_parse(struct slice body, struct arena *arena,
                     struct cloudtrail_page *page, struct err *e);

#endif
