#ifndef DRIFT_EQUAL_H
#define DRIFT_EQUAL_H

/*
 * When is a value of an event what the state says, to a Terraform user?
 * Each kind of comparison is one function.  Nothing is kept; documents that
 * stand in strings are unpacked into the scratch of the caller's trial and
 * given back at once.
 */

#include <stdbool.h>

#include "base/arena.h"
#include "base/sip.h"
#include "base/slice.h"
#include "base/value.h"

#define EQUAL_SET_MAX 2048 /* members of sets that are compared */

enum equality {
    EQUAL_NO,
    EQUAL_YES,
    EQUAL_UNKNOWN /* cannot be told from the event: a KMS alias and a key */
};

/* Where documents are unpacked, and what their digests are made with. */
struct equal_room {
    const struct names *names;
    const struct sip_key *key;
    struct arena *arena, *scratch;
};

/*
 * The general comparison: scalars by value ("true" = true, "30" = 30.0),
 * null = absent = "" = [] = {}, JSON documents by meaning, an ARN and the
 * name at its end, times as instants, KMS aliases against keys unknown.
 */
enum equality equal_values(const struct equal_room *r, struct value a,
                           struct value b);

/* equal_values() == EQUAL_YES. */
bool equal_is(const struct equal_room *r, struct value a, struct value b);

/* The same for text. */
bool equal_text(struct slice a, struct slice b);

/* Scalars only, no documents, no ARNs: "30" = 30.0, "True" = true. */
bool equal_scalars(struct slice a, struct slice b);

/* The name at the end of an ARN (or the ARN itself) on either side. */
bool equal_arn_name(struct slice a, struct slice b);

/* Domain names: no case, no final dot, \052 = *. */
bool equal_dns(struct slice a, struct slice b);

/* 8.0 = 8.0.35, 6.x = 6.2: all parts that both give are the same. */
bool equal_version(struct slice a, struct slice b);

/* Two points in time, in any of the formats AWS and Terraform write. */
bool equal_times(struct slice a, struct slice b);

/* IP protocols: tcp = 6, all = -1. */
bool equal_protocol(struct slice a, struct slice b);

/* Base64, plain text, or the SHA-1 that Terraform keeps of user data. */
bool equal_base64(const struct equal_room *r, struct slice state,
                  struct slice event);

/* A value that CloudTrail does not show, in any of its spellings; also an
 * object that says {"omitted": true, ...} in place of a long one. */
bool equal_hidden(const struct names *ns, struct value v);

#endif
