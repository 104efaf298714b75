#ifndef AWS_RETRY_H
#define AWS_RETRY_H

/*
 * Whether and when to try again.  Pure: randomness and time are arguments.
 * Backoff is exponential with full jitter
 * (aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter); the
 * budget is the retry quota of the SDKs' standard mode
 * (docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html):
 * while nearly all calls fail, nearly none is repeated.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

#define RETRY_ATTEMPTS_MAX 5  /* of one call */
#define RETRY_CAP_MS 20000    /* the longest wait that jitter gives */
#define RETRY_TOKENS_MAX 500u /* the budget at first */

enum retry_kind {
    RETRY_FAILURE,   /* an error of the server that may pass */
    RETRY_NETWORK,   /* no answer, or a broken one */
    RETRY_THROTTLED, /* it asked to slow down */
    RETRY_KINDS
};

struct retry_budget {
    unsigned tokens;
};

static inline struct retry_budget
retry_budget(void)
{
    return (struct retry_budget){RETRY_TOKENS_MAX};
}

/* Pays for one retry; false when the budget does not hold it.  *paid grows
 * by the price. */
bool retry_pay(struct retry_budget *budget, enum retry_kind kind,
               unsigned *paid);

/* A call succeeded: its retries' price comes back, or one token if there
 * was none. */
void retry_refund(struct retry_budget *budget, unsigned paid);

/*
 * How long to wait before attempt number `attempt` + 1, after that many
 * (1...) have failed.  random: any 32 bits.  after_ms: what the server asked
 * for, or -1; never less than that is waited.
 */
int64_t retry_delay_ms(enum retry_kind kind, unsigned attempt, uint32_t random,
                       int64_t after_ms);

/*
 * Retry-After (RFC 9110 section 10.2.3): seconds, or a date, given the wall
 * clock.  -1 when it is neither; a day at most.
 */
int64_t retry_after_ms(struct slice value, int64_t wall_ms);

#endif
