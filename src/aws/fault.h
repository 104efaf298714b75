#ifndef AWS_FAULT_H
#define AWS_FAULT_H

/*
 * What an answer that is no success says: JSON ("__type", "message") from
 * CloudTrail and DynamoDB, XML ("Code", "Message") from S3 and STS, either
 * from anything in between, or nothing but a status.  Pure.
 */

#include <stdbool.h>

#include "aws/aws.h"
#include "aws/retry.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#define FAULT_BODY_MAX_BYTES 16384 /* more is not looked at */
#define FAULT_CODE_MAX_BYTES 64
#define FAULT_MESSAGE_MAX_BYTES 200

enum fault_kind {
    FAULT_OTHER,       /* the request is refused; trying again does not help */
    FAULT_THROTTLED,   /* slow down */
    FAULT_DENIED,      /* not allowed */
    FAULT_UNKNOWN_KEY, /* the key is not known (any more) */
    FAULT_EXPIRED,     /* the session's time is over */
    FAULT_SKEWED,      /* not signed right; the clock may be the reason */
    FAULT_SERVER,      /* may pass */
    FAULT_STALE,       /* the NextToken is not taken */
    FAULT_MOVED,       /* the bucket is in another region */
    FAULT_ABSENT,      /* there is no such object */
    FAULT_KINDS
};

struct fault {
    enum fault_kind kind;
    int status;                            /* HTTP */
    char code[FAULT_CODE_MAX_BYTES];       /* terminated; may be empty */
    char message[FAULT_MESSAGE_MAX_BYTES]; /* the same, printable, cut */
    char region[AWS_REGION_MAX_BYTES];     /* an S3 answer's <Region> */
};

/*
 * Reads an answer's status, its X-Amzn-ErrorType header (empty: none) and
 * its body.  What cannot be read leaves code and message empty; the kind
 * then follows the status.  scratch is rewound.
 */
void fault_read(struct fault *f, int status, struct slice type,
                struct slice body, struct arena *scratch);

/* The ERR_* code a kind leads to, its outcome for counters, and how it is to
 * be tried again (RETRY_KINDS: not). */
int fault_error(const struct fault *f);
enum aws_outcome fault_outcome(const struct fault *f);
enum retry_kind fault_retry(const struct fault *f);

/*
 * The sentence: "cloudtrail LookupEvents in eu-west-1: AccessDeniedException:
 * ... (missing permission: cloudtrail:LookupEvents)".  action: what IAM calls
 * it.  Returns fault_error().
 */
int fault_say(const struct fault *f, struct slice service,
              struct slice operation, struct slice region, struct slice action,
              struct err *e);

#endif
