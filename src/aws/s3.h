#ifndef AWS_S3_H
#define AWS_S3_H

/*
 * S3 as a reader of states needs it: GetObject with a condition and as a
 * stream, HeadObject, small objects whole, and ListObjectsV2
 * (docs.aws.amazon.com/AmazonS3/latest/API).  A bucket in another region
 * than was said is found once by what S3 answers, and remembered.
 */

#include <stdbool.h>
#include <stdint.h>

#include "aws/aws.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "base/stream.h"

#define S3_KEY_MAX_BYTES 1024 /* AWS's limit on a key */
#define S3_BUCKET_MAX_BYTES 255
#define S3_ETAG_MAX_BYTES 130 /* with its quotes */

/* What a call found. */
enum s3_found {
    S3_FOUND = 0,
    S3_UNCHANGED = 1, /* it still has the ETag that was given */
    S3_ABSENT = 2     /* there is no such key */
};

/*
 * A bucket and how to reach it.  Set the first four and zero the rest;
 * slices outlive it.  It belongs to one thread.
 */
struct s3_bucket {
    struct slice name;
    struct slice region;   /* as configured; corrected by S3's answers */
    struct slice endpoint; /* "https://host[:port][/path]"; empty: AWS's */
    bool path_style;       /* also for names with dots, and endpoints that
                            * are an address or a single label */
    char moved[AWS_REGION_MAX_BYTES]; /* where it really is; terminated */
};

struct s3_object {
    char etag_text[S3_ETAG_MAX_BYTES];
    size_t etag_n;
    int64_t size;        /* bytes; -1: not said */
    int64_t modified_ms; /* Last-Modified, wall clock; 0: not said */
    int64_t server_ms;   /* the answer's Date, wall clock; 0: none */
    /* s3_get() only: the bytes.  Ends with 0 only when all have come; lives
     * until the client's next call. */
    struct stream body;
};

static inline struct slice
s3_etag(const struct s3_object *o)
{
    return slice_of(o->etag_text, o->etag_n);
}

/*
 * Opens an object for reading.  With an etag (quotes included) only if it
 * has changed.  Attempts are repeated until the head of an answer is there,
 * at the latest by answer_ms; deadline_ms is the body's.  One that breaks off
 * is the stream's error, and the caller's to ask again.  Returns enum
 * s3_found, or ERR_DENIED (S3 says so for an absent key too when s3:ListBucket
 * is missing; the sentence names both actions), ERR_THROTTLED, ERR_REMOTE
 * (NoSuchBucket, ...), and what exchange() and creds.h return.
 */
int s3_get(struct aws_client *c, struct s3_bucket *b, struct slice key,
           struct slice etag, int64_t answer_ms, int64_t deadline_ms,
           struct s3_object *o, struct err *e);

/* The same without a body. */
int s3_head(struct aws_client *c, struct s3_bucket *b, struct slice key,
            int64_t deadline_ms, struct s3_object *o, struct err *e);

/*
 * A small object whole, in the arena; longer than max is ERR_LIMIT.  o may
 * be NULL.  Returns as s3_get(), never S3_UNCHANGED; a body that broke off
 * was asked for again.
 */
int s3_read(struct aws_client *c, struct s3_bucket *b, struct slice key,
            size_t max, int64_t deadline_ms, struct arena *arena,
            struct slice *body, struct s3_object *o, struct err *e);

/* One object of a listing; views, valid during the call of each(). */
struct s3_entry {
    struct slice key;
    struct slice etag; /* quotes included */
    int64_t size;
    int64_t modified_ms;
};

/*
 * Calls each() for every object whose key starts with prefix, in the order
 * of their keys' bytes, page after page.  `arena` holds one page at a time
 * and is rewound before returning.  Stops at the first negative return of
 * each() and gives it back; else returns the number of objects, or an error
 * as above; ERR_FOREIGN when a page's continuation token was had before.
 */
int64_t s3_list(struct aws_client *c, struct s3_bucket *b, struct slice prefix,
                int64_t deadline_ms, struct arena *arena,
                int (*each)(void *ctx, const struct s3_entry *entry,
                            struct err *e),
                void *ctx, struct err *e);

#endif
