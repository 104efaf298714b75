#ifndef AWS_ENDPOINT_H
#define AWS_ENDPOINT_H

/*
 * Where each service of each region answers.  Pure: tables and arguments.
 * Source: the partitions and endpoint rules of AWS's SDKs (botocore
 * data/partitions.json and data/<service>/.../endpoint-rule-set-1.json), and
 * docs.aws.amazon.com/sdkref/latest/guide, feature-ss-endpoints.html and
 * feature-endpoints.html.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#define ENDPOINT_MAX_BYTES 512

/* Services that are called; each a row of services.def. */
enum endpoint_service {
#define SERVICE(name, id, key) ENDPOINT_##name,
#include "aws/services.def"
#undef SERVICE
    ENDPOINT_SERVICES
};

/* What its host name and its signatures say: "cloudtrail". */
struct slice endpoint_id(enum endpoint_service service);

/* What its settings are called: "cloudtrail" as services.NAME of a profile;
 * in capitals behind AWS_ENDPOINT_URL_. */
struct slice endpoint_key(enum endpoint_service service);

/* Variants that the environment or a profile ask for. */
struct endpoint_flavour {
    bool fips;      /* AWS_USE_FIPS_ENDPOINT */
    bool dualstack; /* AWS_USE_DUALSTACK_ENDPOINT */
};

/* Whether text can be a region: it becomes part of a host name. */
bool endpoint_is_region(struct slice text);

/*
 * Appends "https://cloudtrail.us-east-1.amazonaws.com".  Returns 0, or
 * ERR_CONFIG: no region by its looks, or a variant that its partition does
 * not have.
 */
int endpoint_put(struct buf *b, enum endpoint_service service,
                 struct slice region, struct endpoint_flavour flavour,
                 struct err *e);

/* The region that answers for a partition's global services, given any
 * region of it: "us-east-1". */
struct slice endpoint_home(struct slice region);

#endif
