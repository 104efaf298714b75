#ifndef AWS_DYNAMODB_H
#define AWS_DYNAMODB_H

/*
 * The one read of DynamoDB that Terraform's lock table needs: GetItem by its
 * LockID, consistent
 * (docs.aws.amazon.com/amazondynamodb/latest/APIReference, API_GetItem.html).
 */

#include <stdbool.h>
#include <stdint.h>

#include "aws/aws.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#define DYNAMODB_ANSWER_MAX_BYTES (512u << 10) /* AWS: an item has 400 KB */

struct dynamodb_table {
    struct slice name;
    struct slice region;
    struct slice endpoint; /* "https://host[:port]"; empty: the region's */
};

/* Views of the arena. */
struct dynamodb_item {
    bool found;          /* there is such an item */
    struct slice info;   /* its Info: who holds the lock, as JSON text */
    struct slice digest; /* its Digest: hex MD5 of the state */
};

/*
 * Reads the item LockID = lock_id; Info and Digest are empty when it has no
 * such attribute.  `arena` is rewound on every error.  Returns 0 (found or
 * not), ERR_FOREIGN when one of them is no string, ERR_DENIED,
 * ERR_THROTTLED, ERR_REMOTE (ResourceNotFoundException: there is no such
 * table), and what exchange() and creds.h return.
 */
int dynamodb_lock(struct aws_client *c, const struct dynamodb_table *t,
                  struct slice lock_id, int64_t deadline_ms,
                  struct arena *arena, struct dynamodb_item *item,
                  struct err *e);

#endif
