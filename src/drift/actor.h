#ifndef DRIFT_ACTOR_H
#define DRIFT_ACTOR_H

/*
 * Who made a call, out of a record's userIdentity (CloudTrail user guide,
 * "CloudTrail userIdentity element").  Pure; views of the value given.
 */

#include "base/names.h"
#include "base/slice.h"
#include "base/value.h"

struct actor {
    struct slice user;     /* the ARN if there is one, else the best name */
    struct slice role;     /* ARN of the session's role; empty: none */
    struct slice identity; /* the person behind a session; empty: unknown */
    struct slice account;  /* of the caller */
};

struct actor actor_of(const struct names *ns, struct value identity);

#endif
