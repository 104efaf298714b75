#ifndef AWS_S3_ADDRESS_H
#define AWS_S3_ADDRESS_H

/*
 * How a bucket and a key become a URL (AmazonS3/latest/userguide,
 * VirtualHosting.html).  Pure.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/*
 * Appends to base the endpoint, with the bucket's name in front of its host
 * where that can be; and to path "/key", or "/bucket/key" where not: when
 * path_style says so, the name is not one label of a host name, or the host
 * is an address or a single label.  An empty key is the bucket itself.
 * Returns 0, or what url_parse() says of the endpoint.
 */
int s3_address(struct buf *base, struct buf *path, struct slice endpoint,
               struct slice bucket, bool path_style, struct slice key,
               struct err *e);

#endif
