#ifndef AWS_STS_H
#define AWS_STS_H

/*
 * The Security Token Service: who we are, and another role's credentials
 * (docs.aws.amazon.com/STS/latest/APIReference).
 */

#include <stdint.h>

#include "aws/aws.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

/* Views of the arena. */
struct sts_caller {
    struct slice account; /* 12 digits */
    struct slice arn;
    struct slice user_id;
};

/*
 * GetCallerIdentity, which needs no permission: whether the credentials are
 * there and are accepted.  region may be empty: the client's own, or that of
 * the partition's global services.  Returns 0 or an error as
 * cloudtrail_lookup().
 */
int sts_whoami(struct aws_client *c, struct slice region, int64_t deadline_ms,
               struct arena *arena, struct sts_caller *who, struct err *e);

#endif
