#ifndef AGENT_LIMITER_H
#define AGENT_LIMITER_H

/*
 * How fast LookupEvents may be called: two calls a second for each account
 * and region (docs.aws.amazon.com/awscloudtrail/latest/userguide,
 * WhatIsCloudTrail-Limits.html), evenly spaced; slower for a while after AWS
 * has asked to slow down.  Pure: the clock (steady, milliseconds) is an
 * argument, and waiting is the caller's.
 */

#include <stdint.h>

#define LIMITER_SPACING_MS 500
#define LIMITER_SPACING_MAX_MS 8000
#define LIMITER_LEAST_MS 200

/* All zero: nobody has called yet. */
struct limiter {
    int64_t next_ms;   /* not before then */
    int64_t spaced_ms; /* from call to call; 0: LIMITER_SPACING_MS */
};

/* Takes the next place; returns when it may be used, now at the earliest. */
int64_t limiter_take(struct limiter *l, int64_t now_ms);

/*
 * A call has ended.  When it reached AWS nobody knows, after a slow handshake
 * late: two calls in a row are forgiven, but not more, so the next one keeps
 * LIMITER_LEAST_MS from this end.
 */
void limiter_end(struct limiter *l, int64_t now_ms);

/* A call was throttled: twice the spacing, beginning now. */
void limiter_slow(struct limiter *l, int64_t now_ms);

/* A call was not: goes back to the usual spacing bit by bit. */
void limiter_recover(struct limiter *l);

#endif
