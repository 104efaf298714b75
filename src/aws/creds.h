#ifndef AWS_CREDS_H
#define AWS_CREDS_H

/*
 * Credentials: found in the order of AWS's SDKs
 * (docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html),
 * kept by a provider for all clients of one identity, refreshed 15 minutes
 * before they expire.  While a refresh fails the last good ones stay in use
 * until their time is over.  Secrets are zeroed when they are replaced.
 */

#include <stdbool.h>
#include <stdint.h>

#include "aws/sigv4.h"
#include "base/err.h"
#include "base/slice.h"

#define CREDS_MAX_BYTES 8192        /* id, secret and token together */
#define CREDS_EARLY_MS (15 * 60000) /* refreshed this long before the end */
#define CREDS_LATE_MS (10 * 60000)  /* from here on calls wait for it */
#define CREDS_AGAIN_MS 10000        /* after a refresh that failed */

struct aws;
struct aws_client;
struct creds_provider;

/* What was found; views of the client's scratch. */
struct creds {
    struct sigv4_key key;
    int64_t expires_ms; /* wall clock; 0: never */
};

/* A client's own copy of what its provider holds. */
struct creds_copy {
    struct sigv4_key key; /* views of text */
    uint64_t generation;  /* which ones they are */
    char text[CREDS_MAX_BYTES];
};

/* Bytes of a provider, and readies n of them. */
size_t creds_provider_bytes(void);

struct creds_provider *creds_provider_at(struct creds_provider *p, size_t i);

/* Zeroes the secrets of a provider. */
void creds_forget(struct creds_provider *p);

/* The provider of c's identity, a new one if there is none; NULL when there
 * are too many, or its names are too long. */
struct creds_provider *creds_provider_for(struct aws_client *c);

/*
 * Copies valid credentials to c->key, refreshing them first when it is time.
 * Returns 0, or why there are none: ERR_CONFIG, ERR_DENIED, ERR_TIMEOUT, ...
 */
int creds_get(struct aws_client *c, int64_t deadline_ms, struct err *e);

/* AWS says that c->key is expired or unknown: the next creds_get() refreshes
 * unless another client has done so since. */
void creds_spent(struct aws_client *c);

/*
 * Looks credentials up along the chain, without any memory of earlier ones;
 * they are views of c's scratch, which the caller rewinds.
 */
int creds_find(struct aws_client *c, int64_t deadline_ms, struct creds *out,
               struct err *e);

#endif
