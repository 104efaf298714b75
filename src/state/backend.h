#ifndef STATE_BACKEND_H
#define STATE_BACKEND_H

/*
 * Where state documents are kept, behind two questions: "is it still as it
 * was, and if not, what does it say?" and, for a store with keys, "which
 * keys are there?".  A look reads a document in one go and waits for nothing
 * but the wire; who asks decides when to ask again.  Nothing here remembers
 * anything: what a document was like is in the caller's mark.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/dynamodb.h"
#include "aws/s3.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "map/map.h"
#include "state/state.h"

#define BACKEND_PATH_MAX_BYTES 4096
#define BACKEND_MARK_MAX_BYTES S3_ETAG_MAX_BYTES

/* By what a document is known again: an ETag, or what fstat() says. */
struct backend_mark {
    uint8_t n; /* 0: nothing is known */
    char text[BACKEND_MARK_MAX_BYTES];
};

/* One look at one document. */
struct backend_look {
    /* What is asked; all of it outlives the look. */
    struct slice key;  /* a file's path, or an object's key */
    struct slice name; /* of the state in records */
    const struct maps *maps;
    struct arena *keep;    /* what is loaded goes here; may be full */
    struct arena *scratch; /* rewound */
    struct backend_mark mark;
    int64_t wall_ms;     /* the time of day */
    int64_t deadline_ms; /* steady clock; for all of the look */
    int64_t answer_ms;   /* by when an answer must have begun */
    bool wary;           /* asks a small one first: it failed again and again */
    /* What was found; set whatever the look returns. */
    struct state *state; /* NULL: it is as it was, or the look failed */
    bool locked;         /* an apply held its lock before it was read */
    bool gone;           /* there is no such document */
    /*
     * Not 0 when the failure may come of looking while it was written: it is
     * an error only if it is still there so many milliseconds after it was
     * first seen.
     */
    int64_t patience_ms;
};

/* One key of a store; views, valid during the call. */
struct backend_key {
    struct slice key;
    struct slice mark; /* what its mark would be */
};

struct backend {
    /*
     * Looks.  A document that is not what l->mark says is loaded, and mark
     * set to what it is now.  The lock is looked at before the document: an
     * apply that ends in between is then seen as locked, never as drift.
     * Returns 0, or an error with e set and nothing loaded; a look that
     * worked but for the lock, which may not be read, returns 0 with e->code
     * set.
     */
    int (*look)(struct backend *b, struct backend_look *l, struct err *e);
    /*
     * Calls each() for every key that a pattern (keyglob.h) matches and that
     * is no lock or backup.  NULL: it has no keys.  Returns 0, the first
     * negative return of each(), or an error with e set.
     */
    int (*list)(struct backend *b, struct slice pattern, int64_t deadline_ms,
                struct arena *scratch,
                int (*each)(void *ctx, const struct backend_key *key,
                            struct err *e),
                void *ctx, struct err *e);
    bool locks; /* it is told when an apply is running */
    /* S3's own; the clients are those of the thread that asks. */
    struct aws_client *objects, *table;
    struct s3_bucket bucket;
    struct dynamodb_table lock_table; /* name empty: none */
    bool lockfile;
};

/* Files, as Terraform's local backend writes them. */
void backend_local(struct backend *b);

/* What a bucket is reached by; slices outlive the backend. */
struct backend_s3 {
    struct aws_client *objects; /* for S3 */
    struct aws_client *table;   /* for DynamoDB; the same one may do */
    struct slice bucket, region, endpoint;
    bool path_style;
    struct slice lock_table; /* DynamoDB's, in the bucket's region */
    bool lockfile;           /* KEY.tflock is looked at */
};

/* Objects in a bucket, as Terraform's s3 backend writes them. */
void backend_s3(struct backend *b, const struct backend_s3 *o);

#endif
