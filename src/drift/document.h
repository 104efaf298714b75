#ifndef DRIFT_DOCUMENT_H
#define DRIFT_DOCUMENT_H

/*
 * JSON documents by meaning.  A document may be a value or text that holds
 * one, URL-encoded or not.  Where two of them part, the rest is compared
 * through digests of what it means, so that sets cost no more than lists and
 * the work is linear in its size, whatever somebody sends.  The digests are
 * made under a key (base/sip.h): nobody can write a policy that goes for
 * another.
 */

#include <stdbool.h>

#include "drift/equal.h"

/*
 * Whether both are documents (objects or arrays) that mean the same.  IAM
 * policies (objects with a Statement) are read as AWS reads them: lists are
 * sets, one string is a list of one, an account's root ARN is its id, "*" as
 * a principal is {"AWS":"*"}, an empty Sid is none, numbers and booleans are
 * their text.  IAM User Guide, "Grammar of the IAM JSON policy language".
 */
bool document_equal(const struct equal_room *r, struct value a, struct value b);

/* Whether a value is an IAM policy: an object with a Statement. */
bool document_is_policy(const struct names *ns, struct value v);

/*
 * The document in v: v itself, or what its text holds, unpacked at the end
 * of r->arena; absent when it is none.
 */
struct value document_of(const struct equal_room *r, struct value v);

#endif
