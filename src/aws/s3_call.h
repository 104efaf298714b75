#ifndef AWS_S3_CALL_H
#define AWS_S3_CALL_H

/* What s3.c and s3_list.c have in common. */

#include "aws/call.h"
#include "aws/s3.h"

/*
 * Sends a call whose operation, action, method, query, headers and take are
 * set: host, path and region follow from the bucket.  key is empty for
 * the bucket itself.  One that S3 has in another region is found there, once.
 * Returns as call_send().
 */
int s3_send(struct aws_client *c, struct s3_bucket *b, struct slice key,
            struct call *call, int64_t deadline_ms, struct err *e);

#endif
